// How loops that the compiler made are told from those of the program.
#pragma once

#include "llvm/ADT/StringRef.h"

namespace mlir::tenon {

/// A unit attribute of an `scf.for` whose iterations are parts of an operation: each writes elements of its own, so
/// they may run in any order, and nothing polls between them.
inline constexpr llvm::StringLiteral partsAttrName = "tenon.parts";

} // namespace mlir::tenon
