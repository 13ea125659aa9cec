// sin, cos and tan: x = n pi/2 + r with |r| <= pi/4, then the polynomial that n mod 4 chooses.
//
// Up to 2^20 the reduction is Cody and Waite's with pi/2 in pieces of 33 bits, whose products with n are exact. Beyond,
// lane by lane, Payne's and Hanek's (Radian reduction for trigonometric functions, 1983): a window of the bits of 2/pi
// is multiplied as an integer, modulo 4. f32 reduces in f64. The kernels have the form of fdlibm's k_sin.c and k_cos.c
// (Sun Microsystems, 1993); the coefficients are ours (math-coefficients.sollya).
#include "compiler/Codegen/ExpandMath.h"
#include "compiler/Codegen/LaneLoop.h"

#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace mlir::tenon;

namespace {
/// x = quadrant pi/2 + head + tail; the quadrant is an i64 of which two bits count.
struct Reduced {
  Expr quadrant, head, tail;
};
} // namespace

/// The first 1280 bits of 2/pi after the point, behind a word of zeros (for exponents below the table's start).
static const uint64_t twoOverPi[] = {0x0000000000000000, 0xa2f9836e4e441529, 0xfc2757d1f534ddc0, 0xdb6295993c439041,
                                     0xfe5163abdebbc561, 0xb7246e3a424dd2e0, 0x06492eea09d1921c, 0xfe1deb1cb129a73e,
                                     0xe88235f52ebb4484, 0xe99c7026b45f7e41, 0x3991d639835339f4, 0x9c845f8bbdf9283b,
                                     0x1ff897ffde05980f, 0xef2f118b5a0a6d1f, 0x6d367ecf27cb09b7, 0x4f463f669e5fea2d,
                                     0x7527bac7ebe5f17b, 0x3d0739f78a5292ea, 0x6bfb5fb11f8d5d08, 0x56033046fc7b6bab,
                                     0xf0cfbc209af4361d};

/// `count` words of 64 bits of 2/pi, from bit `exponent - 2` on (bit 0 is the first after the point).
static SmallVector<Expr> bitsOfTwoOverPi(MathBuilder &math, Expr exponent, unsigned count) {
  OpBuilder &builder = math.getBuilder();
  auto tableType = VectorType::get({static_cast<int64_t>(std::size(twoOverPi))}, builder.getI64Type());
  Value table = arith::ConstantOp::create(builder, math.getLoc(),
                                          DenseIntElementsAttr::get(tableType, ArrayRef<uint64_t>(twoOverPi)));
  Expr first = exponent - 2;
  Expr index = math.shiftRight(first, 6) + 1;
  Expr shift = first & 63;
  auto word = [&](unsigned i) {
    Value position = arith::IndexCastOp::create(builder, math.getLoc(), builder.getIndexType(), index + i);
    return math.create<vector::ExtractOp>(table, ArrayRef<OpFoldResult>{position});
  };
  SmallVector<Expr> words;
  Expr next = word(0);
  for (unsigned i = 0; i < count; ++i) {
    Expr high = math.create<arith::ShLIOp>(next, shift);
    next = word(i + 1);
    // Two steps: a shift by 64 would be undefined.
    Expr low = math.create<arith::ShRUIOp>(math.shiftRightLogical(next, 1), 63 - shift);
    words.push_back(high | low);
  }
  return words;
}

/// The low 192 bits of m (53 bits) times three words, most significant word first, as limbs of 32 bits, lowest first.
static SmallVector<Expr> multiplyWindow(MathBuilder &math, Expr m, ArrayRef<Expr> words) {
  const int64_t mask = 0xffffffff;
  SmallVector<Expr> window;
  for (Expr word : llvm::reverse(words)) {
    window.push_back(word & mask);
    window.push_back(math.shiftRightLogical(word, 32));
  }
  Expr mLow = m & mask, mHigh = math.shiftRightLogical(m, 32);
  SmallVector<Expr> limbs;
  Expr carry = math.integer(0);
  for (Expr limb : window) {
    Expr sum = mLow * limb + carry;
    limbs.push_back(sum & mask);
    carry = math.shiftRightLogical(sum, 32);
  }
  carry = math.integer(0);
  for (size_t i = 0; i + 1 < window.size(); ++i) {
    Expr sum = mHigh * window[i] + (limbs[i + 1] + carry);
    limbs[i + 1] = sum & mask;
    carry = math.shiftRightLogical(sum, 32);
  }
  return limbs;
}

/// A 32-bit limb held in i64, as a double: through i32, which every target converts in an instruction.
static Expr limbToReal(MathBuilder &math, Expr limb, double scale) {
  Expr narrow = math.convertUnsigned(limb, math.getBuilder().getI32Type());
  return math.create<arith::UIToFPOp>(math.getFloatType(), narrow) * scale;
}

/// Payne's and Hanek's reduction of one finite double, |x| >= 2^20.
static Reduced reduceLarge(MathBuilder &math, Expr x) {
  Expr bits = math.bits(x);
  Expr exponent = (math.shiftRightLogical(bits, 52) & 0x7ff) - (1023 + 52);
  Expr m = (bits & ((INT64_C(1) << 52) - 1)) | (INT64_C(1) << 52);
  SmallVector<Expr> limbs = multiplyWindow(math, m, bitsOfTwoOverPi(math, exponent, 3));

  // x 2/pi modulo 4 is the 192-bit number over 2^190: two bits of quadrant, then the fraction.
  auto pair = [&](unsigned high) { return math.shiftLeft(limbs[high], 32) | limbs[high - 1]; };
  Expr top = pair(5), middle = pair(3), bottom = pair(1);
  Expr quadrant = math.shiftRightLogical(top, 62);
  Expr high = math.shiftLeft(top, 2) | math.shiftRightLogical(middle, 62);
  Expr low = math.shiftLeft(middle, 2) | math.shiftRightLogical(bottom, 62);
  // A fraction of 1/2 or more belongs to the next quadrant, and is negative there.
  Expr isUpper = high < 0;
  quadrant = quadrant + math.shiftRightLogical(high, 63);
  Expr isZeroLow = low == 0;
  Expr negatedHigh = math.select(isZeroLow, -high, -1 - high);
  high = math.select(isUpper, negatedHigh, high);
  low = math.select(isUpper, -low, low);

  // The fraction as a pair of doubles, times pi/2 as a pair.
  Expr error1, error2, error3, tail;
  Expr upper = math.fastTwoSum(limbToReal(math, math.shiftRightLogical(high, 32), 0x1p-32),
                               limbToReal(math, high, 0x1p-64), error1);
  Expr lower = limbToReal(math, math.shiftRightLogical(low, 32), 0x1p-96) + limbToReal(math, low, 0x1p-128);
  Expr fraction = math.fastTwoSum(upper, lower, error2);
  Expr product = math.twoProduct(fraction, math.real(0x1.921fb54442d18p0), error3);
  Expr rest = math.fma(fraction, math.real(0x1.1a62633145c07p-54),
                       math.fma(error1 + error2, math.real(0x1.921fb54442d18p0), error3));
  Expr head = math.fastTwoSum(product, rest, tail);

  // The sign of x turns everything around.
  Expr isNegative = x < 0.0;
  Expr flips = isUpper ^ isNegative;
  return {math.select(isNegative, -quadrant, quadrant), math.select(flips, -head, head),
          math.select(flips, -tail, tail)};
}

/// Replaces the lanes of `common` that are beyond Cody and Waite's range.
static Reduced patchLarge(MathBuilder &math, Expr x, const Reduced &common) {
  Expr magnitude = math.abs(x);
  Expr isLarge = (magnitude >= 0x1p20) & (magnitude < __builtin_inf());
  SmallVector<Value> results =
      patchRareLanes(math, isLarge, ValueRange{x}, ValueRange{common.quadrant, common.head, common.tail},
                     [](MathBuilder &scalar, ValueRange operands) {
                       Reduced r = reduceLarge(scalar, scalar.wrap(operands[0]));
                       return SmallVector<Value>{r.quadrant, r.head, r.tail};
                     });
  return {math.wrap(results[0]), math.wrap(results[1]), math.wrap(results[2])};
}

/// The reduction of doubles.
static Reduced reduce(MathBuilder &math, Expr x) {
  Expr quadrant;
  Expr n = math.roundSmall(x * 0x1.45f306dc9c883p-1, &quadrant);
  Expr first = x - n * 0x1.921fb544p0;
  Expr error2, error3, tail;
  Expr second = math.twoSum(first, n * -0x1.0b4611a6p-34, error2);
  Expr third = math.twoSum(second, n * -0x1.3198a2ep-69, error3);
  Expr head = math.fastTwoSum(third, (error2 + error3) - n * 0x1.b839a252049c1p-104, tail);
  return patchLarge(math, x, {quadrant, head, tail});
}

/// The reduction of doubles that were floats: the head suffices.
static Reduced reduceOfFloat(MathBuilder &math, Expr x) {
  Expr quadrant;
  Expr n = math.roundSmall(x * 0x1.45f306dc9c883p-1, &quadrant);
  Expr head = (x - n * 0x1.921fb544p0) - n * 0x1.0b4611a626331p-34;
  return patchLarge(math, x, {quadrant, head, math.real(0.0)});
}

/// sin(head + tail) = head + result.
static Expr sinTail(MathBuilder &math, Expr head, Expr tail) {
  // sin(r) = r + r^3 p(r^2); error of p 2.2e-17.
  Expr z = head * head;
  Expr cube = z * head;
  Expr p = math.polynomial(z, {0x1.1111111110c7ap-7, -0x1.a01a019e9eaf3p-13, 0x1.71de37ae58afcp-19,
                               -0x1.ae601d50afb9bp-26, 0x1.5e1034164ac3p-33});
  Expr inner = math.fma(tail, math.real(0.5), -(cube * p));
  return cube * -0x1.5555555555555p-3 - math.fma(z, inner, -tail);
}

/// cos(head + tail) = high + low.
static Expr cosParts(MathBuilder &math, Expr head, Expr tail, Expr &low) {
  // cos(r) = 1 - z/2 + z^2 p(z); error of p 2.3e-18.
  Expr z = head * head;
  Expr half = z * 0.5;
  Expr p = math.polynomial(z, {0x1.5555555555555p-5, -0x1.6c16c16c168c8p-10, 0x1.a01a019f37923p-16,
                               -0x1.27e4fa01e4aebp-22, 0x1.1eeb56ab58d32p-29, -0x1.90729f750639dp-37});
  Expr one = 1.0 - half;
  Expr lost = (1.0 - one) - half;
  return math.fastTwoSum(one, lost + (math.fma(z * z, p, -(head * tail))), low);
}

/// sin and cos of a reduced f32, in f32; the errors of p are 5.0e-9 and 2.5e-9.
static Expr sinOfFloat(MathBuilder &math, Expr head, Expr tail) {
  Expr z = head * head;
  Expr p = math.polynomial(z, {-0x1.555556p-3, 0x1.111198p-7, -0x1.a08312p-13, 0x1.877536p-19});
  return head + math.fma(p, z * head, tail);
}
static Expr cosOfFloat(MathBuilder &math, Expr head, Expr tail) {
  Expr z = head * head;
  Expr half = z * 0.5;
  Expr p = math.polynomial(z, {0x1.555554p-5, -0x1.6c129cp-10, 0x1.9bc614p-16});
  Expr one = 1.0 - half;
  Expr lost = (1.0 - one) - half;
  return one + (lost + math.fma(p, z * z, -(head * tail)));
}

/// sin(x + turns pi/2): odd quadrants take the cosine, the upper two change the sign.
static Expr sinOfTurned(MathBuilder &math, Expr x, int64_t turns) {
  OpBuilder &builder = math.getBuilder();
  Expr sin, cos, quadrant;
  if (math.isDouble()) {
    Reduced r = reduce(math, x);
    Expr low;
    sin = r.head + sinTail(math, r.head, r.tail);
    cos = cosParts(math, r.head, r.tail, low);
    quadrant = r.quadrant;
  } else {
    MathBuilder wide = math.withFloat(builder.getF64Type());
    Reduced r = reduceOfFloat(wide, wide.convert(x, builder.getF64Type()));
    Expr head = wide.convert(r.head, builder.getF32Type());
    Expr tail = wide.convert(r.head - wide.convert(head, builder.getF64Type()), builder.getF32Type());
    sin = sinOfFloat(math, math.wrap(head), math.wrap(tail));
    cos = cosOfFloat(math, math.wrap(head), math.wrap(tail));
    quadrant = math.wrap(wide.convert(r.quadrant, builder.getI32Type()));
  }
  if (turns != 0)
    quadrant = quadrant + turns;
  Expr result = math.select((quadrant & 1) == 0, sin, cos);
  return math.select((quadrant & 2) == 0, result, -result);
}

/// Tiny arguments are their own sine and tangent: this keeps -0.
static Expr orTiny(MathBuilder &math, Expr x, Expr result) {
  return math.select(math.abs(x) < (math.isDouble() ? 0x1p-27 : 0x1p-13), x, result);
}

Expr mlir::tenon::expandSin(MathBuilder &math, Expr x) { return orTiny(math, x, sinOfTurned(math, x, 0)); }
Expr mlir::tenon::expandCos(MathBuilder &math, Expr x) { return sinOfTurned(math, x, 1); }

/// sin/cos, or -cos/sin in odd quadrants, as pairs of doubles; the quotient with its remainder.
static Expr tanOfReduced(MathBuilder &math, const Reduced &r) {
  Expr sinLow, cosLow;
  Expr sin = math.fastTwoSum(r.head, sinTail(math, r.head, r.tail), sinLow);
  Expr cos = cosParts(math, r.head, r.tail, cosLow);
  Expr isEven = (r.quadrant & 1) == 0;
  Expr top = math.select(isEven, sin, -cos), topLow = math.select(isEven, sinLow, -cosLow);
  Expr bottom = math.select(isEven, cos, sin), bottomLow = math.select(isEven, cosLow, sinLow);
  Expr quotient = top / bottom;
  Expr error;
  Expr product = math.twoProduct(quotient, bottom, error);
  Expr remainder = ((top - product) - error) + (topLow - quotient * bottomLow);
  return quotient + remainder / bottom;
}

Expr mlir::tenon::expandTan(MathBuilder &math, Expr x) {
  if (math.isDouble())
    return orTiny(math, x, tanOfReduced(math, reduce(math, x)));
  OpBuilder &builder = math.getBuilder();
  MathBuilder wide = math.withFloat(builder.getF64Type());
  Reduced r = reduceOfFloat(wide, wide.convert(x, builder.getF64Type()));
  // In f64 throughout: a quotient of f32 parts would have twice the error.
  Expr low;
  Expr sin = r.head + sinTail(wide, r.head, r.tail);
  Expr cos = cosParts(wide, r.head, r.tail, low);
  Expr isEven = (r.quadrant & 1) == 0;
  Expr quotient = wide.select(isEven, sin, -cos) / wide.select(isEven, cos, sin);
  return orTiny(math, x, math.wrap(wide.convert(quotient, builder.getF32Type())));
}
