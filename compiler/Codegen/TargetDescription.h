// What code generation knows of a processor: numbers from which tile sizes, vector widths and tails follow.
#pragma once

#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Types.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"

#include <cstdint>

namespace mlir::tenon {

/// An instruction that multiplies four neighbouring 8-bit integers, sums the products and adds them to an i32 lane,
/// which wraps: as wide as the level's vectors, and exact.
enum class DotProduct : uint8_t {
  None,
  /// u8 by i8: x86's vpdpbusd. For i8 by i8 the sign bit of one operand is flipped, which adds 128 to its elements, and
  /// 128 times the sum of the other's is taken off again.
  UnsignedSigned,
  /// i8 by i8: Arm's sdot. Its unsigned twin is there, too.
  SignedSigned
};

/// One CPU level. Nothing in code generation asks for a processor by name: it asks these numbers, so that a new
/// level is a row in a table. The host is never consulted.
///
/// Where LLVM knows a number (registers, their width, masks, the instructions that there are, and what its scheduling
/// models say of a multiply-add), test/unit/target/target_description_test.cpp holds the row to it.
struct TargetDescription {
  llvm::StringLiteral name;
  /// What `tenonc --target --cpu --features` is told for exactly this row. A CPU with a row of its own gets that,
  /// others the last row of their architecture whose instructions they have: see Target::getLevelName().
  llvm::StringLiteral target, cpu, features;
  /// Architectural vector registers, of `vectorBits` bits each; 0 bits: scalars only. No emitted vector is wider.
  unsigned vectorRegisters;
  unsigned vectorBits;
  /// Fused multiply-add in hardware. Without it contractions multiply, then add: a library call per element is no
  /// substitute.
  bool fma;
  /// Cycles from a multiply-add of vectors to the next one that adds to its result, and how many start in a cycle.
  /// Without `fma` it is the addition, and the pairs of a multiplication and an addition. Their product is how many
  /// independent chains keep the units busy.
  unsigned fmaLatency, fmaPerCycle;
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
  /// Dot products of 8-bit integers.
  DotProduct dot8 = DotProduct::None;
  /// Multiplies 2 x 8 by 8 x 2 matrices of 8-bit integers into 2 x 2 of i32 (Arm's smmla), in 128 bits.
  bool matrix8 = false;
  /// Sums two products of bf16 into an f32 lane (vdpbf16ps, bfdot). Both flush subnormals and round in their own ways,
  /// so a contraction under the numerics contract cannot use it.
  bool dotBF16 = false;
  /// Computes in f16 vectors, multiply-add included (AVX512-FP16, Arm's fullfp16). An op of f16 that is computed in f32
  /// and rounded has the same bits where it is one addition, multiplication or division; contractions accumulate in
  /// f32.
  bool arithmetic16 = false;

  /// Elements of `type` (an integer or a float) in one vector; 1 where the target has no vectors.
  int64_t lanes(Type type) const;
  /// Whether a masked load or store of vectors of `type` is one instruction.
  bool masks(Type type) const;
  /// The widest register tile of a contraction, in vectors, and the rows that the registers then hold accumulators for,
  /// besides what a step of the reduction needs: a row of one operand's vectors, an element of the other in all lanes.
  int64_t tileVectors() const;
  int64_t tileRows() const;
  /// Multiplies vectors of floats by powers of two in one instruction.
  bool scales() const;
};

/// The levels that are known, least capable first within an architecture.
llvm::ArrayRef<TargetDescription> targetDescriptions();

/// The table as text, a row a line.
void printTargetDescriptions(llvm::raw_ostream &os);

/// The level called `name` (`x86-64-v4`, `aarch64`, ...), or null.
const TargetDescription *findTargetDescription(llvm::StringRef name);

/// The level that passes assume on a command line that names none.
inline constexpr llvm::StringLiteral kDefaultTarget = "x86-64-v4";

/// The same; for a name that is not in the table an error "expected `target` to be one of a, b, c, but got `x`", and
/// null.
const TargetDescription *findTargetDescription(llvm::StringRef name,
                                               llvm::function_ref<InFlightDiagnostic()> emitError);

} // namespace mlir::tenon
