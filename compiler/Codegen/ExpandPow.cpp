// pow: e^(y log|x|) with the logarithm to twice the precision of the result, and C's special cases (C99, F.9.4.4).
//
// f32 goes through f64, where log and exp have 29 bits to spare. f64 takes log|x| = e ln(2) + 2 s (1 + z/3 + z^2 p(z)),
// s = (m-1)/(m+1), z = s^2, as a pair of doubles up to the term in z; after T. J. Dekker, and W. J. Cody and W. Waite.
#include "compiler/Codegen/ExpandMath.h"

using namespace mlir;
using namespace mlir::tenon;

namespace {
/// An unevaluated sum.
struct Pair {
  Expr high, low;
};
} // namespace

static Pair normalized(MathBuilder &math, Expr high, Expr low) {
  Pair pair;
  pair.high = math.fastTwoSum(high, low, pair.low);
  return pair;
}

/// (a.high + a.low) * (b.high + b.low), the product of the low parts dropped.
static Pair multiply(MathBuilder &math, Pair a, Pair b) {
  Expr error;
  Expr product = math.twoProduct(a.high, b.high, error);
  return normalized(math, product, error + math.fma(a.high, b.low, a.low * b.high));
}

/// log(x) of a positive finite double; relative error about 2^-66.
static Pair logOfDouble(MathBuilder &math, Expr x) {
  Expr exponentBits;
  Expr m = splitExponent(math, x, exponentBits);
  Expr exponent = math.toReal(exponentBits);
  // s = f / g with g = m + 1 as a pair: the quotient, then its remainder.
  Expr f = m - 1.0;
  Expr gLow;
  Expr g = math.twoSum(math.real(1.0), m, gLow);
  Pair s;
  s.high = f / g;
  Expr productError;
  Expr product = math.twoProduct(s.high, g, productError);
  s.low = (((f - product) - productError) - s.high * gLow) / g;
  Pair z = multiply(math, s, s);
  // log(m) = 2 s (1 + z/3 + z^2 p(z)), absolute error of p 1.1e-17.
  Expr p =
      math.polynomial(z.high, {0x1.999999999999ap-3, 0x1.24924924922fdp-3, 0x1.c71c71c74cc3fp-4, 0x1.745d173ca3ea2p-4,
                               0x1.3b13a9e53da5bp-4, 0x1.11154be178622p-4, 0x1.e01a7efc9f76ap-5, 0x1.da9aa9cbe387fp-5});
  Pair third = multiply(math, z, Pair{math.real(0x1.5555555555555p-2), math.real(0x1.5555555555555p-56)});
  Pair sum = normalized(math, math.real(1.0), third.high);
  sum.low = sum.low + math.fma(z.high * z.high, p, third.low);
  Pair logM = multiply(math, Pair{s.high + s.high, s.low + s.low}, sum);
  // The product with ln(2)'s high part is exact, and larger than log(m) unless it is 0.
  Expr whole = exponent * 0x1.62e42feep-1;
  Expr wholeLow = exponent * 0x1.a39ef35793c76p-33;
  Expr error;
  Expr high = math.fastTwoSum(whole, logM.high, error);
  return normalized(math, high, error + (logM.low + wholeLow));
}

/// |x|^y for doubles without the special values.
static Expr powOfDouble(MathBuilder &math, Expr magnitude, Expr y) {
  Pair log = logOfDouble(math, magnitude);
  Expr error;
  Expr t = math.twoProduct(log.high, y, error);
  error = math.fma(log.low, y, error);
  // Where the product or the exponent is far out of range the error may be infinite or NaN.
  error = math.select(math.abs(error) < 1.0, error, 0.0);
  return expOfSum(math, t, error);
}

/// 0 and infinity have infinite logarithms.
static Expr withInfiniteLogs(MathBuilder &math, Expr magnitude, Expr log) {
  log = math.select(magnitude == 0.0, -__builtin_inf(), log);
  return math.select(magnitude == __builtin_inf(), magnitude, log);
}

static Expr isInteger(MathBuilder &math, Expr y) { return expandRoundEven(math, y) == y; }

Expr mlir::tenon::expandPow(MathBuilder &math, Expr x, Expr y) {
  double infinity = __builtin_inf();
  Expr magnitude = math.abs(x);
  Expr power;
  if (math.isDouble()) {
    Expr regular = powOfDouble(math, magnitude, y);
    // Signs decide: exp of (-)infinity.
    Expr isSpecial = (magnitude == 0.0) | (magnitude == infinity) | (math.abs(y) == infinity);
    Expr grows = (magnitude > 1.0) ^ (y < 0.0);
    power = math.select(isSpecial, math.select(grows, math.infinity(), math.real(0.0)), regular);
    power = math.select(math.isNaN(magnitude), magnitude, power);
  } else {
    MathBuilder wide = math.withFloat(math.getBuilder().getF64Type());
    Expr wideMagnitude = wide.convert(magnitude, math.getBuilder().getF64Type());
    Expr wideY = wide.convert(y, math.getBuilder().getF64Type());
    Expr log = withInfiniteLogs(wide, wideMagnitude, logOfPositive(wide, wideMagnitude));
    power = wide.convert(expandExp(wide, log * wideY), math.getBuilder().getF32Type());
    power = math.wrap(power);
    power = math.select(math.isNaN(magnitude), magnitude, power);
  }
  power = math.select(math.isNaN(y), y, power);
  power = math.select((magnitude == 1.0) & (math.abs(y) == infinity), 1.0, power);
  // A negative base needs an integer exponent, whose parity is the sign; infinite and huge exponents are even.
  Expr yIsInteger = isInteger(math, y);
  Expr yIsOdd = yIsInteger & !isInteger(math, y * 0.5);
  Expr isUndefined = (x < 0.0) & (x > -infinity) & !yIsInteger;
  power = math.select(isUndefined & !math.isNaN(y), math.quietNaN(), power);
  power = math.select(yIsOdd, math.withSignOf(power, x), power);
  return math.select((y == 0.0) | (x == 1.0), 1.0, power);
}
