// Rare cases of a vector formula, computed lane by lane with the code that a scalar gets.
#pragma once

#include "compiler/Codegen/MathBuilder.h"

#include "llvm/ADT/STLFunctionalExtras.h"

namespace mlir::tenon {

/// Scalar code of the rare case: results (one per `common` value) from one lane's `operands`.
using RareCase = llvm::function_ref<SmallVector<Value>(MathBuilder &, ValueRange operands)>;

/// `common` where `isRare` is false, and `rare(operands)` where it holds. A scalar gets an scf.if; a vector gets an
/// scf.if on "any lane", and in it a loop over the lanes, so that the common case costs one branch. `math` is of the
/// lanes' type.
SmallVector<Value> patchRareLanes(MathBuilder &math, Expr isRare, ValueRange operands, ValueRange common,
                                  RareCase rare);

} // namespace mlir::tenon
