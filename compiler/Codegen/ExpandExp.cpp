// exp, exp2, expm1 and tanh: a reduction to |r| <= ln(2)/2, a polynomial, and a scaling by a power of two.
//
// The reduction is Cody and Waite's (Software Manual for the Elementary Functions, 1980); ln(2) is cut so that n times
// its high part is exact even without fma. The coefficients are minimax in the relative error of the whole function,
// rounded to the format (Sollya's fpminimax; compiler/Codegen/math-coefficients.sollya makes them again).
#include "compiler/Codegen/ExpandMath.h"

using namespace mlir;
using namespace mlir::tenon;

/// x held to [low, high]; a NaN stays.
static Expr clamp(MathBuilder &math, Expr x, double low, double high) {
  x = math.select(x < low, low, x);
  return math.select(x > high, high, x);
}

/// x = n ln(2) + r: `n` as a float, and as an integer in `exponent`; the high part of r is exact before `ln2Low`.
static Expr reduceByLn2(MathBuilder &math, Expr x, Expr &n, Expr &exponent) {
  n = math.roundSmall(x * 0x1.71547652b82fep0, &exponent);
  return math.fma(n, math.real(math.isDouble() ? -0x1.62e42feep-1 : -0x1.62e4p-1), x);
}
static double ln2Low(MathBuilder &math) { return math.isDouble() ? 0x1.a39ef35793c76p-33 : 0x1.7f7d1cp-20; }

/// p of e^r = 1 + r + r^2 p(r), |r| <= ln(2)/2; relative error of e^r 3.2e-9 (f32), 3.8e-18 (f64).
static Expr expPolynomial(MathBuilder &math, Expr r) {
  if (math.isDouble())
    return math.polynomial(r, {0x1.000000000000ap-1, 0x1.55555555554fdp-3, 0x1.555555555069cp-5, 0x1.1111111126ecbp-7,
                               0x1.6c16c18482215p-10, 0x1.a01a012edf549p-13, 0x1.a01999392ab12p-16,
                               0x1.71df1af29625ap-19, 0x1.28ae252d63205p-22, 0x1.ad904c232627dp-26});
  return math.polynomial(r, {0x1.fffffcp-2, 0x1.55549p-3, 0x1.55589ep-5, 0x1.123abcp-7, 0x1.6a624cp-10});
}

/// e^r for x = exponent ln(2) + r, x in the range where `roundSmall` holds.
static Expr expOfRemainder(MathBuilder &math, Expr x, Expr &exponent) {
  Expr n;
  Expr high = reduceByLn2(math, x, n, exponent);
  Expr r = math.fma(n, math.real(-ln2Low(math)), high);
  return math.fma(expPolynomial(math, r), r * r, r) + 1.0;
}

Expr mlir::tenon::expandExp(MathBuilder &math, Expr x) {
  // Beyond these the result is 0 or infinity; the clamp keeps n in the range of `scale`.
  x = math.isDouble() ? clamp(math, x, -746.0, 710.0) : clamp(math, x, -104.0, 89.0);
  Expr exponent;
  Expr e = expOfRemainder(math, x, exponent);
  return math.scale(e, exponent);
}

Expr mlir::tenon::expWithinNormalRange(MathBuilder &math, Expr x) {
  Expr exponent;
  Expr e = expOfRemainder(math, x, exponent);
  return e * math.exponentOfTwo(exponent);
}

Expr mlir::tenon::expOfSum(MathBuilder &math, Expr x, Expr tail) {
  x = clamp(math, x, -746.0, 710.0);
  Expr n, exponent, error;
  Expr high = reduceByLn2(math, x, n, exponent);
  Expr low = n * ln2Low(math);
  Expr r = high - low;
  Expr rest = ((high - r) - low) + tail;
  Expr sum = math.fastTwoSum(math.real(1.0), r, error);
  // e^r (1 + rest): the tail of a large x is far above the last bit of r.
  Expr p = expPolynomial(math, r) * (r * r);
  return math.scale(sum + (error + math.fma(rest, sum + p, p)), exponent);
}

Expr mlir::tenon::expandExp2(MathBuilder &math, Expr x) {
  x = math.isDouble() ? clamp(math, x, -1076.0, 1025.0) : clamp(math, x, -151.0, 129.0);
  Expr exponent;
  Expr r = x - math.roundSmall(x, &exponent);
  // 1 + r p(r); relative error 3.7e-9 (f32), 1.4e-18 (f64).
  Expr p = math.isDouble() ? math.polynomial(r, {0x1.62e42fefa39efp-1, 0x1.ebfbdff82c58dp-3, 0x1.c6b08d704a182p-5,
                                                 0x1.3b2ab6fba53b7p-7, 0x1.5d87fe7888e0dp-10, 0x1.430912f701b18p-13,
                                                 0x1.ffcbfcdb13ad7p-17, 0x1.62c027b412e32p-20, 0x1.b524233d50841p-24,
                                                 0x1.e4bbcaccbfcf7p-28, 0x1.eafd8df56725ap-32, 0x1.de38e4439e365p-36})
                           : math.polynomial(r, {0x1.62e43p-1, 0x1.ebfbd8p-3, 0x1.c6af74p-5, 0x1.3b3096p-7,
                                                 0x1.5f0ca8p-10, 0x1.3fad5cp-13});
  return math.scale(math.fma(p, r, math.real(1.0)), exponent);
}

/// 2^-1 (e^x - 1) of an x within the clamp, with the reduction's and the first sum's rounding errors carried along.
/// Halved, so that the largest results do not overflow before the last step.
static Expr halfExpm1(MathBuilder &math, Expr x) {
  Expr n, exponent;
  Expr high = reduceByLn2(math, x, n, exponent);
  Expr low = n * ln2Low(math);
  Expr r = high - low;
  Expr rError = (high - r) - low;
  // e^r - 1 = r + r^2 p(r); relative error 4.7e-10 (f32), 3.6e-20 (f64).
  Expr p =
      math.isDouble()
          ? math.polynomial(r, {0x1p-1, 0x1.5555555555555p-3, 0x1.5555555555557p-5, 0x1.1111111111306p-7,
                                0x1.6c16c16c1577bp-10, 0x1.a01a019f17af8p-13, 0x1.a01a01ab1542p-16,
                                0x1.71de3e21bbeafp-19, 0x1.27e4d13eeaca6p-22, 0x1.ae56f642af34ap-26,
                                0x1.1f83ed6f205c9p-29, 0x1.733dc2422832cp-33})
          : math.polynomial(r, {0x1p-1, 0x1.555554p-3, 0x1.5554fp-5, 0x1.111306p-7, 0x1.6d437cp-10, 0x1.9e0c6p-13});
  Expr tail = math.fma(p, r * r, rError);
  // 2^n (1 + r + tail) - 1: |2^n - 1| exceeds |2^n r| unless it is 0, so this sum is exact.
  Expr power = math.exponentOfTwo(exponent - 1);
  Expr error;
  Expr sum = math.fastTwoSum(power - 0.5, power * r, error);
  return sum + math.fma(power, tail, error);
}

Expr mlir::tenon::expandExpm1(MathBuilder &math, Expr x) {
  Expr clamped = math.isDouble() ? clamp(math, x, -40.0, 710.0) : clamp(math, x, -20.0, 89.0);
  Expr result = halfExpm1(math, clamped) * 2.0;
  // Tiny arguments, signed zero among them, are their own result.
  return math.select(math.abs(x) < (math.isDouble() ? 0x1p-54 : 0x1p-25), x, result);
}

Expr mlir::tenon::expandTanh(MathBuilder &math, Expr x) {
  Expr magnitude = math.abs(x);
  // Beyond these 1 - tanh(x) is less than half an ulp.
  double limit = math.isDouble() ? 19.1 : 9.1;
  Expr clamped = math.select(magnitude > limit, limit, magnitude);
  Expr large = 1.0 - 2.0 / (expWithinNormalRange(math, clamped + clamped) + 1.0);
  // Where the difference would cancel: x + x^3 p(x^2), absolute error of p 9.9e-9 (f32), 1.9e-17 (f64).
  Expr square = x * x;
  Expr p = math.isDouble()
               ? math.polynomial(square, {-0x1.5555555555555p-2, 0x1.1111111111036p-3, -0x1.ba1ba1ba07e1bp-5,
                                          0x1.664f487c5be94p-6, -0x1.226e343bbd1fep-7, 0x1.d6d391ed5676p-9,
                                          -0x1.7d9ef943b8991p-10, 0x1.3522efdb9bfbbp-11, -0x1.f216a782e4439p-13,
                                          0x1.83a67ded44b03p-14, -0x1.047a13f38d28ep-15, 0x1.aec8dcff2ca2ep-18})
               : math.polynomial(square, {-0x1.555556p-2, 0x1.11113ap-3, -0x1.ba1b1ep-5, 0x1.65821ap-6, -0x1.15c6bep-7,
                                          0x1.3cd7b2p-9});
  Expr small = math.fma(p * square, x, x);
  return math.withSignOf(math.select(magnitude < 0.625, small, large), x);
}
