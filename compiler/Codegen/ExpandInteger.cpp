// Integer division, 64-bit conversions and float extrema for 32-bit targets, where LLVM would call helper functions.
//
// A 32-bit quotient is exact through f64: unless it is an integer it is at least 2^-32 of itself away from one, and
// f64's rounding is 2^-53. 64-bit operands that fit 32 bits take the same way; others are divided bit by bit.
#include "compiler/Codegen/ExpandMath.h"
#include "compiler/Codegen/LaneLoop.h"

#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace mlir::tenon;

namespace {
/// Which of the four divisions.
struct Division {
  bool isSigned, wantsRemainder;
};
} // namespace

static std::optional<Division> divisionOf(Operation *op) {
  if (isa<arith::DivSIOp>(op))
    return Division{true, false};
  if (isa<arith::DivUIOp>(op))
    return Division{false, false};
  if (isa<arith::RemSIOp>(op))
    return Division{true, true};
  if (isa<arith::RemUIOp>(op))
    return Division{false, true};
  return std::nullopt;
}

static Type withElement(Type shape, Type element) {
  if (auto vector = dyn_cast<VectorType>(shape))
    return vector.clone(element);
  return element;
}

/// x / y of integers of at most 32 bits; `math` is f64 with their shape.
static Expr divideNarrow(MathBuilder &math, Expr x, Expr y, bool isSigned) {
  auto real = [&](Expr integer) {
    return isSigned ? math.create<arith::SIToFPOp>(math.getFloatType(), integer)
                    : math.create<arith::UIToFPOp>(math.getFloatType(), integer);
  };
  // 32 bits hold every quotient of narrower ones too, -2^15 / -1 among them.
  Type i32 = withElement(x.type(), math.getBuilder().getI32Type());
  Expr quotient = real(x) / real(y);
  Expr whole = isSigned ? math.create<arith::FPToSIOp>(i32, quotient) : math.create<arith::FPToUIOp>(i32, quotient);
  return math.convertUnsigned(whole, getElementTypeOrSelf(x.type()));
}

/// x / y of unsigned 64-bit scalars, one quotient bit an iteration.
static Expr divideLong(MathBuilder &math, Expr x, Expr y) {
  OpBuilder &builder = math.getBuilder();
  Location loc = math.getLoc();
  Value zero = arith::ConstantIndexOp::create(builder, loc, 0), one = arith::ConstantIndexOp::create(builder, loc, 1);
  Value count = arith::ConstantIndexOp::create(builder, loc, 64);
  Expr none = math.integer(0);
  // The dividend leaves at the top of one word while the quotient enters at its bottom.
  auto loop =
      scf::ForOp::create(builder, loc, zero, count, one, ValueRange{x, none},
                         [&](OpBuilder &body, Location loc, Value, ValueRange carried) {
                           MathBuilder inner(body, loc, math.getFloatType(), math.getTarget());
                           Expr word = inner.wrap(carried[0]), remainder = inner.wrap(carried[1]),
                                divisor = inner.wrap(y);
                           // A remainder with its top bit set exceeds every divisor once it is doubled.
                           Expr isHigh = remainder < 0;
                           remainder = inner.shiftLeft(remainder, 1) | inner.shiftRightLogical(word, 63);
                           Expr fits = isHigh | inner.compare(arith::CmpIPredicate::uge, remainder, divisor);
                           remainder = inner.select(fits, remainder - divisor, remainder);
                           word = inner.shiftLeft(word, 1) | inner.select(fits, inner.integer(1), inner.integer(0));
                           scf::YieldOp::create(body, loc, ValueRange{word, remainder});
                         });
  return math.wrap(loop.getResult(0));
}

static Expr divideLongSigned(MathBuilder &math, Expr x, Expr y) {
  auto magnitude = [&](Expr value) { return math.select(value < 0, -value, value); };
  Expr quotient = divideLong(math, magnitude(x), magnitude(y));
  return math.select((x ^ y) < 0, -quotient, quotient);
}

static Value expandDivision(Operation *op, Division division, const MathTarget &target) {
  OpBuilder builder(op);
  Location loc = op->getLoc();
  Type type = op->getResult(0).getType(), element = getElementTypeOrSelf(type);
  MathBuilder math(builder, loc, withElement(type, builder.getF64Type()), target);
  Expr x = math.wrap(op->getOperand(0)), y = math.wrap(op->getOperand(1));
  // An index is 32 bits wide here.
  bool isIndex = element.isIndex();
  if (isIndex) {
    Type i32 = withElement(type, builder.getI32Type());
    x = math.create<arith::IndexCastOp>(i32, x), y = math.create<arith::IndexCastOp>(i32, y);
  }
  Expr quotient;
  if (isIndex || element.getIntOrFloatBitWidth() <= 32) {
    quotient = divideNarrow(math, x, y, division.isSigned);
  } else {
    Type i32 = builder.getI32Type();
    auto narrow = [&](Expr value) { return math.convertUnsigned(value, i32); };
    auto widen = [&](Expr value) {
      return division.isSigned ? math.convert(value, element) : math.convertUnsigned(value, element);
    };
    Expr xNarrow = narrow(x), yNarrow = narrow(y);
    Expr isWide = (widen(xNarrow) != x) | (widen(yNarrow) != y);
    // Where the low half of a wide divisor is 0, the common case divides by 1 instead of by 0.
    yNarrow = math.select(isWide, math.constant(yNarrow.type(), int64_t(1)), yNarrow);
    xNarrow = math.select(isWide, math.constant(xNarrow.type(), int64_t(0)), xNarrow);
    Expr common = widen(divideNarrow(math, xNarrow, yNarrow, division.isSigned));
    SmallVector<Value> result = patchRareLanes(
        math, isWide, ValueRange{x, y}, ValueRange{common}, [&](MathBuilder &scalar, ValueRange operands) {
          Expr a = scalar.wrap(operands[0]), b = scalar.wrap(operands[1]);
          return SmallVector<Value>{division.isSigned ? divideLongSigned(scalar, a, b) : divideLong(scalar, a, b)};
        });
    quotient = math.wrap(result[0]);
  }
  Expr result = division.wantsRemainder ? x - quotient * y : quotient;
  return isIndex ? Value(math.create<arith::IndexCastOp>(type, result)) : Value(result);
}

/// A 64-bit integer as f64 from its halves, rounded once. For f32 the f64 is rounded to odd, so that the second
/// rounding sees no tie that was none.
static Value convertFromWide(Operation *op, const MathTarget &target) {
  OpBuilder builder(op);
  Type type = op->getResult(0).getType();
  MathBuilder math(builder, op->getLoc(), withElement(type, builder.getF64Type()), target);
  Expr x = math.wrap(op->getOperand(0));
  Expr low = math.create<arith::UIToFPOp>(math.getFloatType(), math.convertUnsigned(x, builder.getI32Type()));
  Expr highBits = math.convertUnsigned(math.shiftRightLogical(x, 32), builder.getI32Type());
  Expr high = isa<arith::SIToFPOp>(op) ? math.create<arith::SIToFPOp>(math.getFloatType(), highBits)
                                       : math.create<arith::UIToFPOp>(math.getFloatType(), highBits);
  high = high * 0x1p32;
  if (getElementTypeOrSelf(type).isF64())
    return high + low;
  Expr error;
  Expr sum = math.twoSum(high, low, error);
  Expr bits = math.bits(sum);
  // Toward the error: one ulp up in magnitude where it has the sum's sign.
  Expr step = math.select((sum < 0.0) ^ (error < 0.0), math.integer(-1), math.integer(1));
  Expr odd = math.fromBits(math.select((error != 0.0) & ((bits & 1) == 0), bits + step, bits));
  return math.convert(odd, getElementTypeOrSelf(type));
}

/// A float as a 64-bit integer: its integral part in two halves.
static Value convertToWide(Operation *op, const MathTarget &target) {
  OpBuilder builder(op);
  Type type = op->getResult(0).getType();
  MathBuilder math(builder, op->getLoc(), withElement(type, builder.getF64Type()), target);
  Expr x = expandTrunc(math, math.convert(math.wrap(op->getOperand(0)), builder.getF64Type()));
  Expr high = expandFloor(math, x * 0x1p-32);
  Expr low = x - high * 0x1p32;
  Type i32 = withElement(type, builder.getI32Type());
  Expr highBits =
      isa<arith::FPToSIOp>(op) ? math.create<arith::FPToSIOp>(i32, high) : math.create<arith::FPToUIOp>(i32, high);
  Expr lowBits = math.create<arith::FPToUIOp>(i32, low);
  return math.shiftLeft(math.convertUnsigned(highBits, builder.getI64Type()), 32) |
         math.convertUnsigned(lowBits, builder.getI64Type());
}

/// The larger or smaller, NaN if either is; of equal zeros maximum takes the positive one. LLVM 22 cannot select
/// llvm.maximum.f64 for armv7.
static Value expandExtremum(Operation *op, const MathTarget &target) {
  OpBuilder builder(op);
  MathBuilder math(builder, op->getLoc(), op->getResult(0).getType(), target);
  Expr a = math.wrap(op->getOperand(0)), b = math.wrap(op->getOperand(1));
  bool isMaximum = isa<arith::MaximumFOp>(op);
  Expr isFirst = (isMaximum ? a > b : a < b) | math.isNaN(a);
  Expr equal = math.fromBits(isMaximum ? math.bits(a) & math.bits(b) : math.bits(a) | math.bits(b));
  return math.select(a == b, equal, math.select(isFirst, a, b));
}

Value mlir::tenon::expandFor32Bits(Operation *op, const MathTarget &target) {
  auto is64 = [](Value value) { return getElementTypeOrSelf(value.getType()).isInteger(64); };
  if (std::optional<Division> division = divisionOf(op)) {
    // LLVM multiplies instead where the divisor is a constant.
    return matchPattern(op->getOperand(1), m_Constant()) && !is64(op->getResult(0))
               ? nullptr
               : expandDivision(op, *division, target);
  }
  if (isa<arith::SIToFPOp, arith::UIToFPOp>(op) && is64(op->getOperand(0)))
    return convertFromWide(op, target);
  if (isa<arith::FPToSIOp, arith::FPToUIOp>(op) && is64(op->getResult(0)))
    return convertToWide(op, target);
  if (isa<arith::MaximumFOp, arith::MinimumFOp>(op))
    return expandExtremum(op, target);
  return nullptr;
}
