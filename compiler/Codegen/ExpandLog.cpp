// log, log2, log10 and log1p: x = 2^e m with m in [sqrt(1/2), sqrt(2)), and log(m) as a head and a tail.
//
// f32: log(1+f) = f - f^2/2 + f^3 p(f). f64: with s = f/(2+f), log(1+f) = f - (f^2/2 - s (f^2/2 + z p(z))), z = s^2,
// the form of fdlibm's e_log.c (Sun Microsystems, 1993). The coefficients are ours (math-coefficients.sollya).
#include "compiler/Codegen/ExpandMath.h"

using namespace mlir;
using namespace mlir::tenon;

namespace {
/// log(x) = exponent ln(2) + head + tail, |tail| well below |head|; head is exactly m - 1.
struct LogParts {
  Expr exponent, head, tail;
};
} // namespace

Expr mlir::tenon::splitExponent(MathBuilder &math, Expr x, Expr &exponent) {
  int fraction = math.isDouble() ? 52 : 23;
  // Subnormals are scaled up first.
  Expr isSubnormal = x < (math.isDouble() ? 0x1p-1022 : 0x1p-126);
  Expr bits = math.bits(math.select(isSubnormal, x * (math.isDouble() ? 0x1p52 : 0x1p23), x));
  int64_t sqrtHalf = math.isDouble() ? 0x3fe6a09e667f3bcd : 0x3f3504f3;
  Expr shifted = math.shiftRight(bits - sqrtHalf, fraction);
  exponent = shifted - math.select(isSubnormal, math.integer(fraction), math.integer(0));
  return math.fromBits(bits - math.shiftLeft(shifted, fraction));
}

/// log(1+f) - f for f in [sqrt(1/2) - 1, sqrt(2) - 1].
static Expr logTail(MathBuilder &math, Expr f) {
  Expr square = f * f;
  if (!math.isDouble()) {
    // Relative error of the logarithm 7.9e-9.
    Expr p = math.polynomial(f, {0x1.55557p-2, -0x1.000234p-2, 0x1.99944ep-3, -0x1.5466fep-3, 0x1.239ce2p-3,
                                 -0x1.0e96ccp-3, 0x1.015976p-3, -0x1.2a6f8p-4});
    return math.fma(p, f * square, square * -0.5);
  }
  Expr s = f / (f + 2.0);
  Expr z = s * s;
  // Relative error of the logarithm 4.5e-18.
  Expr p = math.polynomial(z, {0x1.5555555555558p-1, 0x1.99999999952d1p-2, 0x1.2492492df8654p-2, 0x1.c71c62dab0eddp-3,
                               0x1.7462b7d8cea48p-3, 0x1.39fdf803d4c2dp-3, 0x1.2b5d2f49fc42cp-3});
  Expr half = square * 0.5;
  return s * math.fma(z, p, half) - half;
}

static LogParts logParts(MathBuilder &math, Expr x) {
  Expr exponent;
  Expr f = splitExponent(math, x, exponent) - 1.0;
  return {math.toReal(exponent), f, logTail(math, f)};
}

/// exponent ln(2) + head + tail; the product with ln(2)'s high part is exact.
static Expr sumParts(MathBuilder &math, const LogParts &parts) {
  double high = math.isDouble() ? 0x1.62e42feep-1 : 0x1.62e4p-1;
  double low = math.isDouble() ? 0x1.a39ef35793c76p-33 : 0x1.7f7d1cp-20;
  Expr rest = math.fma(parts.exponent, math.real(low), parts.tail);
  return math.fma(parts.exponent, math.real(high), parts.head + rest);
}

/// Puts -infinity at `zero`, NaN below, and keeps `argument` where it is infinite, NaN or `zero` < argument fails.
static Expr withLogSpecials(MathBuilder &math, Expr argument, double zero, Expr result) {
  Expr special = math.select(argument < zero, math.quietNaN(), argument);
  special = math.select(argument == zero, -__builtin_inf(), special);
  return math.select((argument > zero) & (argument < __builtin_inf()), result, special);
}

Expr mlir::tenon::logOfPositive(MathBuilder &math, Expr x) { return sumParts(math, logParts(math, x)); }

Expr mlir::tenon::expandLog(MathBuilder &math, Expr x) { return withLogSpecials(math, x, 0.0, logOfPositive(math, x)); }

/// log(x) / log(base) as exponent * scale + (head + tail) * factor, the constants and the product in two parts.
static Expr logInBase(MathBuilder &math, Expr x, double scaleHigh, double scaleLow, double factorHigh,
                      double factorLow) {
  LogParts parts = logParts(math, x);
  Expr tail, error;
  Expr head = math.fastTwoSum(parts.head, parts.tail, tail);
  Expr product = math.twoProduct(head, math.real(factorHigh), error);
  Expr low = math.fma(tail, math.real(factorHigh), math.fma(head, math.real(factorLow), error));
  if (scaleLow != 0)
    low = math.fma(parts.exponent, math.real(scaleLow), low);
  Expr whole = parts.exponent * scaleHigh;
  // |whole| is at least |product| unless it is 0.
  Expr sumError;
  Expr sum = math.fastTwoSum(whole, product, sumError);
  return sum + (low + sumError);
}

Expr mlir::tenon::expandLog2(MathBuilder &math, Expr x) {
  Expr result = math.isDouble() ? logInBase(math, x, 1.0, 0.0, 0x1.71547652b82fep0, 0x1.777d0ffda0d24p-56)
                                : logInBase(math, x, 1.0, 0.0, 0x1.715476p0, 0x1.4ae0cp-26);
  return withLogSpecials(math, x, 0.0, result);
}

Expr mlir::tenon::expandLog10(MathBuilder &math, Expr x) {
  // log10(2)'s high part has 40 (f32: 14) bits, so that its product with an exponent is exact.
  Expr result = math.isDouble() ? logInBase(math, x, 0x1.34413509f6p-2, 0x1.9fef311f12b36p-42, 0x1.bcb7b1526e50ep-2,
                                            0x1.95355baaafad3p-57)
                                : logInBase(math, x, 0x1.344p-2, 0x1.3509f8p-18, 0x1.bcb7b2p-2, -0x1.5b235ep-27);
  return withLogSpecials(math, x, 0.0, result);
}

Expr mlir::tenon::expandLog1p(MathBuilder &math, Expr x) {
  // u = 1 + x with its rounding error (two-sum), which the derivative carries into the logarithm.
  Expr error, exponent;
  Expr u = math.twoSum(math.real(1.0), x, error);
  Expr m = splitExponent(math, u, exponent);
  // Without an exponent x itself is m - 1, exactly.
  Expr near = exponent == 0;
  LogParts parts;
  parts.exponent = math.toReal(exponent);
  parts.head = math.select(near, x, m - 1.0);
  parts.tail = logTail(math, parts.head) + math.select(near, 0.0, error / u);
  Expr result = math.select(math.abs(x) < (math.isDouble() ? 0x1p-54 : 0x1p-25), x, sumParts(math, parts));
  return withLogSpecials(math, x, -1.0, result);
}
