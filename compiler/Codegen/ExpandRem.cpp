// arith.remf, exactly: the remainder of the truncated quotient, as C's fmod.
//
// While the quotient q fits the significand, x - q y is a float, and so is exact; a quotient that the division rounded
// up shows as a negative remainder. Larger quotients go through a binary long division on the significands.
#include "compiler/Codegen/ExpandMath.h"
#include "compiler/Codegen/LaneLoop.h"

#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace mlir::tenon;

/// The significand of a positive finite x as an integer, and the biased exponent of its unit; subnormals are scaled
/// first, so the leading bit is always set.
static Expr significand(MathBuilder &math, Expr x, Expr &exponent) {
  int fraction = math.isDouble() ? 52 : 23;
  Expr isSubnormal = x < (math.isDouble() ? 0x1p-1022 : 0x1p-126);
  Expr bits = math.bits(math.select(isSubnormal, x * (math.isDouble() ? 0x1p52 : 0x1p23), x));
  exponent = math.shiftRight(bits, fraction) - math.select(isSubnormal, math.integer(fraction), math.integer(0));
  return (bits & ((INT64_C(1) << fraction) - 1)) | (INT64_C(1) << fraction);
}

/// A non-negative integer below 2^53 as a float, through 32-bit integers, which every target converts in an
/// instruction.
static Expr toRealByHalves(MathBuilder &math, Expr integer) {
  if (!math.isDouble())
    return math.toReal(integer);
  auto half = [&](Expr part) {
    return math.create<arith::UIToFPOp>(math.getFloatType(),
                                        math.convertUnsigned(part, math.getBuilder().getI32Type()));
  };
  return math.fma(half(math.shiftRightLogical(integer, 32)), math.real(0x1p32), half(integer));
}

/// The remainder of positive finite scalars x > y, one quotient bit an iteration.
static Value divideLong(MathBuilder &math, Value xValue, Value yValue) {
  OpBuilder &builder = math.getBuilder();
  Location loc = math.getLoc();
  Expr xExponent, yExponent;
  Expr x = significand(math, math.wrap(xValue), xExponent);
  Expr y = significand(math, math.wrap(yValue), yExponent);
  Expr zero = math.integer(0), one = math.integer(1);
  auto subtracted = [&](MathBuilder &math, Expr r) { return math.select(r >= math.wrap(y), r - math.wrap(y), r); };
  Type type = zero.type();

  // r = x mod y over the bits of the exponents' difference.
  auto divide = scf::WhileOp::create(
      builder, loc, TypeRange{type, type}, ValueRange{subtracted(math, x), xExponent - yExponent},
      [&](OpBuilder &before, Location loc, ValueRange carried) {
        MathBuilder inner(before, loc, math.getFloatType(), math.getTarget());
        scf::ConditionOp::create(before, loc, inner.wrap(carried[1]) > inner.wrap(zero), carried);
      },
      [&](OpBuilder &after, Location loc, ValueRange carried) {
        MathBuilder inner(after, loc, math.getFloatType(), math.getTarget());
        Expr r = subtracted(inner, inner.shiftLeft(inner.wrap(carried[0]), 1));
        scf::YieldOp::create(after, loc, ValueRange{r, inner.wrap(carried[1]) - inner.wrap(one)});
      });
  // r has y's unit; it is a multiple of the smallest subnormal, so the scaling is exact.
  Expr unit = math.isDouble() ? yExponent - (1023 + 52) : yExponent - (127 + 23);
  return math.scale(toRealByHalves(math, math.wrap(divide.getResult(0))), unit);
}

Expr mlir::tenon::expandRem(MathBuilder &math, Expr x, Expr y) {
  Expr magnitude = math.abs(x), divisor = math.abs(y);
  double infinity = __builtin_inf();
  Expr quotient = magnitude / divisor;
  Expr whole = expandTrunc(math, quotient);
  Expr error;
  Expr product = math.twoProduct(whole, divisor, error);
  Expr r = (magnitude - product) - error;
  r = math.select(r < 0.0, r + divisor, r);
  // The rest: x inf or NaN, y 0 or NaN are NaN; y inf or beyond |x| leaves x.
  r = math.select(magnitude < divisor, magnitude, r);
  Expr isDefined = (magnitude < infinity) & (divisor > 0.0);
  r = math.select(isDefined, r, math.quietNaN());
  // Beyond the significand, and where the splitting of `twoProduct` would overflow.
  Expr isLong = !(quotient < (math.isDouble() ? 0x1p52 : 0x1p23));
  if (!math.hasFma())
    isLong = isLong | (magnitude > (math.isDouble() ? 0x1p990 : 0x1p100));
  isLong = isLong & isDefined & (magnitude >= divisor);
  SmallVector<Value> result = patchRareLanes(math, isLong, ValueRange{magnitude, divisor}, ValueRange{r},
                                             [](MathBuilder &scalar, ValueRange operands) {
                                               return SmallVector<Value>{divideLong(scalar, operands[0], operands[1])};
                                             });
  return math.withSignOf(math.wrap(result[0]), x);
}
