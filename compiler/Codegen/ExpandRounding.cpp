// floor, ceil, trunc, round and roundeven by arithmetic, where the target has no instruction.
//
// |x| + 2^p - 2^p, p the number of fraction bits, rounds to the nearest integer, halves to even; larger |x| are
// integers. The other roundings correct that by one. The sign of x is put back, which keeps -0.
#include "compiler/Codegen/ExpandMath.h"

#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace mlir::tenon;

/// roundeven(|x|) for |x| below 2^p, |x| itself beyond and for NaN.
static Expr roundMagnitude(MathBuilder &math, Expr magnitude) {
  double shift = math.isDouble() ? 0x1p52 : 0x1p23;
  return math.select(magnitude < shift, (magnitude + shift) - shift, magnitude);
}

Expr mlir::tenon::expandRoundEven(MathBuilder &math, Expr x) {
  if (math.getTarget().roundInstructions)
    return math.create<math::RoundEvenOp>(x);
  return math.withSignOf(roundMagnitude(math, math.abs(x)), x);
}

Expr mlir::tenon::expandTrunc(MathBuilder &math, Expr x) {
  if (math.getTarget().roundInstructions)
    return math.create<math::TruncOp>(x);
  Expr magnitude = math.abs(x);
  Expr rounded = roundMagnitude(math, magnitude);
  return math.withSignOf(math.select(rounded > magnitude, rounded - 1.0, rounded), x);
}

Expr mlir::tenon::expandFloor(MathBuilder &math, Expr x) {
  if (math.getTarget().roundInstructions)
    return math.create<math::FloorOp>(x);
  Expr rounded = expandRoundEven(math, x);
  return math.withSignOf(math.select(rounded > x, rounded - 1.0, rounded), x);
}

Expr mlir::tenon::expandCeil(MathBuilder &math, Expr x) {
  if (math.getTarget().roundInstructions)
    return math.create<math::CeilOp>(x);
  Expr rounded = expandRoundEven(math, x);
  return math.withSignOf(math.select(rounded < x, rounded + 1.0, rounded), x);
}

/// Halves away from zero: few targets have it, so that every target gets the same two steps.
Expr mlir::tenon::expandRound(MathBuilder &math, Expr x) {
  Expr magnitude = math.abs(x);
  Expr whole = expandTrunc(math, magnitude);
  return math.withSignOf(math.select(magnitude - whole >= 0.5, whole + 1.0, whole), x);
}
