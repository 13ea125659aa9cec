// What code generation knows of a processor: numbers from which tile sizes, vector widths and tails follow.
#pragma once

#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Types.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"

#include <cstdint>

namespace mlir::tenon {

/// One CPU level. Nothing in code generation asks for a processor by name: it asks these numbers, so that a new
/// level is a row in a table. The host is never consulted.
struct TargetDescription {
  llvm::StringLiteral name;
  /// Architectural vector registers, of `vectorBits` bits each; 0 bits: scalars only. No emitted vector is wider.
  unsigned vectorRegisters;
  unsigned vectorBits;
  /// Fused multiply-add in hardware. Without it contractions multiply, then add: a library call per element is no
  /// substitute.
  bool fma;
  /// Narrowest element, in bits, that masked loads and stores handle natively; 0: none, tails use narrower vectors.
  unsigned maskedBits;
  /// Rounds a float to an integral one in one instruction.
  bool rounds;
  /// Converts between f16 and f32 in one instruction.
  bool converts16;
  /// Divides 32-bit integers, and divides and converts 64-bit integers, without a helper function.
  bool wideIntegers;
  /// Data cache of the first and second level, in bytes.
  int64_t l1Bytes;
  int64_t l2Bytes;

  /// Elements of `type` (an integer or a float) in one vector; 1 where the target has no vectors.
  int64_t lanes(Type type) const;
  /// Whether a masked load or store of vectors of `type` is one instruction.
  bool masks(Type type) const;
};

/// The levels that are known, least capable first within an architecture.
llvm::ArrayRef<TargetDescription> targetDescriptions();

/// The level called `name` (`x86-64-v4`, `aarch64`, ...), or null.
const TargetDescription *findTargetDescription(llvm::StringRef name);

/// The level that passes assume on a command line that names none.
inline constexpr llvm::StringLiteral kDefaultTarget = "x86-64-v4";

/// The same; for a name that is not in the table an error "expected `target` to be one of a, b, c, but got `x`", and
/// null.
const TargetDescription *findTargetDescription(llvm::StringRef name,
                                               llvm::function_ref<InFlightDiagnostic()> emitError);

} // namespace mlir::tenon
