// Scalar semantics of the dtypes, in arith ops.
#include "compiler/Conversion/TenonToLinalg/Arithmetic.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace mlir::tenon;

Type mlir::tenon::getStorageType(Type dtype) {
  if (auto integer = dyn_cast<IntegerType>(dtype); integer && !integer.isSignless())
    return IntegerType::get(dtype.getContext(), integer.getWidth());
  return dtype;
}

bool mlir::tenon::isHalfDtype(Type dtype) { return dtype.isF16() || dtype.isBF16(); }

Type mlir::tenon::getComputeType(Type dtype) {
  return isHalfDtype(dtype) ? Float32Type::get(dtype.getContext()) : getStorageType(dtype);
}

bool mlir::tenon::isUnsignedDtype(Type dtype) { return dtype.isUnsignedInteger() || dtype.isInteger(1); }

Value mlir::tenon::widen(ImplicitLocOpBuilder &b, Type dtype, Value value) {
  return isHalfDtype(dtype) ? arith::ExtFOp::create(b, b.getF32Type(), value) : value;
}

Value mlir::tenon::narrow(ImplicitLocOpBuilder &b, Type dtype, Value value) {
  return isHalfDtype(dtype) ? arith::TruncFOp::create(b, dtype, value) : value;
}

TypedAttr mlir::tenon::getNumberAttr(Type type, double value) {
  if (isa<FloatType>(type))
    return FloatAttr::get(type, value);
  return IntegerAttr::get(type, APInt(type.getIntOrFloatBitWidth(), static_cast<uint64_t>(static_cast<int64_t>(value)),
                                      /*isSigned=*/false, /*implicitTrunc=*/true));
}

Value mlir::tenon::createNumber(ImplicitLocOpBuilder &b, Type type, double value) {
  return arith::ConstantOp::create(b, getNumberAttr(type, value));
}

static TypedAttr getExtreme(Type dtype, bool lowest) {
  Type type = getComputeType(dtype);
  if (auto floatType = dyn_cast<FloatType>(type))
    return FloatAttr::get(type, APFloat::getInf(floatType.getFloatSemantics(), /*Negative=*/lowest));
  unsigned width = type.getIntOrFloatBitWidth();
  if (isUnsignedDtype(dtype))
    return IntegerAttr::get(type, lowest ? APInt::getZero(width) : APInt::getMaxValue(width));
  return IntegerAttr::get(type, lowest ? APInt::getSignedMinValue(width) : APInt::getSignedMaxValue(width));
}
TypedAttr mlir::tenon::getLowestAttr(Type dtype) { return getExtreme(dtype, /*lowest=*/true); }
TypedAttr mlir::tenon::getHighestAttr(Type dtype) { return getExtreme(dtype, /*lowest=*/false); }

Value mlir::tenon::createAdd(ImplicitLocOpBuilder &b, Type dtype, ValueRange x) {
  if (isa<FloatType>(dtype))
    return arith::AddFOp::create(b, x[0], x[1]);
  return arith::AddIOp::create(b, x[0], x[1]);
}

Value mlir::tenon::createSub(ImplicitLocOpBuilder &b, Type dtype, ValueRange x) {
  if (isa<FloatType>(dtype))
    return arith::SubFOp::create(b, x[0], x[1]);
  return arith::SubIOp::create(b, x[0], x[1]);
}

Value mlir::tenon::createMul(ImplicitLocOpBuilder &b, Type dtype, ValueRange x) {
  if (isa<FloatType>(dtype))
    return arith::MulFOp::create(b, x[0], x[1]);
  return arith::MulIOp::create(b, x[0], x[1]);
}

/// A divisor by which a division does not trap, 1 in place of 0 and of -1 under the least value, and whether `y` is 0.
static std::pair<Value, Value> createSafeDivisor(ImplicitLocOpBuilder &b, Type dtype, Value x, Value y) {
  Type type = y.getType();
  Value one = createNumber(b, type, 1);
  Value isZero = arith::CmpIOp::create(b, arith::CmpIPredicate::eq, y, createNumber(b, type, 0));
  Value traps = isZero;
  if (!isUnsignedDtype(dtype)) {
    // x / 1 is x, which is what the least value divided by -1 wraps to; x % 1 is 0, as it should be too.
    Value isLeast =
        arith::CmpIOp::create(b, arith::CmpIPredicate::eq, x, arith::ConstantOp::create(b, getLowestAttr(dtype)));
    Value isMinusOne = arith::CmpIOp::create(b, arith::CmpIPredicate::eq, y, createNumber(b, type, -1));
    traps = arith::OrIOp::create(b, traps, arith::AndIOp::create(b, isLeast, isMinusOne));
  }
  return {arith::SelectOp::create(b, traps, one, y), isZero};
}

Value mlir::tenon::createDiv(ImplicitLocOpBuilder &b, Type dtype, ValueRange x) {
  if (isa<FloatType>(dtype))
    return arith::DivFOp::create(b, x[0], x[1]);
  auto [divisor, isZero] = createSafeDivisor(b, dtype, x[0], x[1]);
  Value quotient = isUnsignedDtype(dtype) ? Value(arith::DivUIOp::create(b, x[0], divisor))
                                          : Value(arith::DivSIOp::create(b, x[0], divisor));
  return arith::SelectOp::create(b, isZero, createNumber(b, x[0].getType(), 0), quotient);
}

Value mlir::tenon::createRem(ImplicitLocOpBuilder &b, Type dtype, ValueRange x) {
  if (isa<FloatType>(dtype))
    return arith::RemFOp::create(b, x[0], x[1]);
  auto [divisor, isZero] = createSafeDivisor(b, dtype, x[0], x[1]);
  Value remainder = isUnsignedDtype(dtype) ? Value(arith::RemUIOp::create(b, x[0], divisor))
                                           : Value(arith::RemSIOp::create(b, x[0], divisor));
  return arith::SelectOp::create(b, isZero, x[0], remainder);
}

static Value createExtremum(ImplicitLocOpBuilder &b, Type dtype, ComparePredicate predicate, Value x, Value y) {
  Value isFirst = createCompare(b, dtype, predicate, x, y);
  Value result = arith::SelectOp::create(b, isFirst, x, y);
  // A comparison with NaN is false, so a NaN on the right was taken already.
  if (Value isNaN = createIsNaN(b, dtype, x))
    result = arith::SelectOp::create(b, isNaN, x, result);
  return result;
}
Value mlir::tenon::createMax(ImplicitLocOpBuilder &b, Type dtype, ValueRange x) {
  return createExtremum(b, dtype, ComparePredicate::gt, x[0], x[1]);
}
Value mlir::tenon::createMin(ImplicitLocOpBuilder &b, Type dtype, ValueRange x) {
  return createExtremum(b, dtype, ComparePredicate::lt, x[0], x[1]);
}

static Value createExtremumStep(ImplicitLocOpBuilder &b, Type dtype, ComparePredicate predicate, Value accumulator,
                                Value element) {
  Value wins = createCompare(b, dtype, predicate, element, accumulator);
  if (Value isNaN = createIsNaN(b, dtype, element))
    wins = arith::OrIOp::create(b, wins, isNaN);
  return arith::SelectOp::create(b, wins, element, accumulator);
}
Value mlir::tenon::createMaxStep(ImplicitLocOpBuilder &b, Type dtype, ValueRange x) {
  return createExtremumStep(b, dtype, ComparePredicate::gt, x[0], x[1]);
}
Value mlir::tenon::createMinStep(ImplicitLocOpBuilder &b, Type dtype, ValueRange x) {
  return createExtremumStep(b, dtype, ComparePredicate::lt, x[0], x[1]);
}

Value mlir::tenon::createAnd(ImplicitLocOpBuilder &b, Type, ValueRange x) {
  return arith::AndIOp::create(b, x[0], x[1]);
}
Value mlir::tenon::createOr(ImplicitLocOpBuilder &b, Type, ValueRange x) { return arith::OrIOp::create(b, x[0], x[1]); }
Value mlir::tenon::createXor(ImplicitLocOpBuilder &b, Type, ValueRange x) {
  return arith::XOrIOp::create(b, x[0], x[1]);
}

/// Whether `y` is a shift that the type has; a negative one is a large unsigned number.
static Value createIsShift(ImplicitLocOpBuilder &b, Value y) {
  Value bits = createNumber(b, y.getType(), y.getType().getIntOrFloatBitWidth());
  return arith::CmpIOp::create(b, arith::CmpIPredicate::ult, y, bits);
}

Value mlir::tenon::createShl(ImplicitLocOpBuilder &b, Type, ValueRange x) {
  Value zero = createNumber(b, x[0].getType(), 0);
  Value isShift = createIsShift(b, x[1]);
  Value amount = arith::SelectOp::create(b, isShift, x[1], zero);
  return arith::SelectOp::create(b, isShift, arith::ShLIOp::create(b, x[0], amount), zero);
}

Value mlir::tenon::createShr(ImplicitLocOpBuilder &b, Type dtype, ValueRange x) {
  Type type = x[0].getType();
  Value zero = createNumber(b, type, 0);
  if (isUnsignedDtype(dtype)) {
    Value isShift = createIsShift(b, x[1]);
    Value amount = arith::SelectOp::create(b, isShift, x[1], zero);
    return arith::SelectOp::create(b, isShift, arith::ShRUIOp::create(b, x[0], amount), zero);
  }
  Value last = createNumber(b, type, type.getIntOrFloatBitWidth() - 1);
  Value amount = arith::MinSIOp::create(b, arith::MaxSIOp::create(b, x[1], zero), last);
  return arith::ShRSIOp::create(b, x[0], amount);
}

Value mlir::tenon::createCompare(ImplicitLocOpBuilder &b, Type dtype, ComparePredicate predicate, Value x, Value y) {
  using F = arith::CmpFPredicate;
  using I = arith::CmpIPredicate;
  struct Row {
    F onFloats;
    I onSigned, onUnsigned;
  };
  static constexpr Row rows[] = {{F::OEQ, I::eq, I::eq},   {F::UNE, I::ne, I::ne},   {F::OLT, I::slt, I::ult},
                                 {F::OLE, I::sle, I::ule}, {F::OGT, I::sgt, I::ugt}, {F::OGE, I::sge, I::uge}};
  const Row &row = rows[static_cast<unsigned>(predicate)];
  if (isa<FloatType>(dtype))
    return arith::CmpFOp::create(b, row.onFloats, x, y);
  return arith::CmpIOp::create(b, isUnsignedDtype(dtype) ? row.onUnsigned : row.onSigned, x, y);
}

Value mlir::tenon::createIsNaN(ImplicitLocOpBuilder &b, Type dtype, Value value) {
  return isa<FloatType>(dtype) ? Value(arith::CmpFOp::create(b, arith::CmpFPredicate::UNO, value, value)) : Value();
}

//===------------------------------------------------------------------------------------------------------------===//
// Casts
//===------------------------------------------------------------------------------------------------------------===//

/// f64 to f16 or bf16 with one rounding. The way leads through f32, where a second rounding could move a value off a
/// tie; rounding that first step to odd keeps what decides the second (Boldo and Melquiond, 2008).
static Value truncateToHalf(ImplicitLocOpBuilder &b, Type to, Value value) {
  Type f32 = b.getF32Type(), f64 = b.getF64Type(), i32 = b.getI32Type();
  Value nearest = arith::TruncFOp::create(b, f32, value);
  Value back = arith::ExtFOp::create(b, f64, nearest);
  Value bits = arith::BitcastOp::create(b, i32, nearest);
  // Toward zero first: the bits of a float order by magnitude. `one` differs from NaN, which is left alone.
  Value inexact = arith::CmpFOp::create(b, arith::CmpFPredicate::ONE, back, value);
  Value sign = createNumber(b, f64, 0);
  Value negative = arith::CmpFOp::create(b, arith::CmpFPredicate::OLT, value, sign);
  Value above = arith::CmpFOp::create(b, arith::CmpFPredicate::OGT, back, value);
  Value below = arith::CmpFOp::create(b, arith::CmpFPredicate::OLT, back, value);
  Value tooFar = arith::SelectOp::create(b, negative, below, above);
  Value one = createNumber(b, i32, 1);
  Value toward = arith::SelectOp::create(b, tooFar, arith::SubIOp::create(b, bits, one), bits);
  Value odd = arith::OrIOp::create(b, toward, one);
  Value chosen = arith::SelectOp::create(b, inexact, odd, bits);
  return arith::TruncFOp::create(b, to, arith::BitcastOp::create(b, f32, chosen));
}

static Value castFloatToFloat(ImplicitLocOpBuilder &b, Type from, Type to, Value value) {
  if (from == to)
    return value;
  // Through f32: exact upwards, and conversions between halves and f64 would be library calls.
  value = widen(b, from, value);
  if (value.getType().isF64())
    return isHalfDtype(to) ? truncateToHalf(b, to, value) : Value(arith::TruncFOp::create(b, to, value));
  if (to.isF64())
    return arith::ExtFOp::create(b, to, value);
  return narrow(b, to, value);
}

static Value castFloatToInteger(ImplicitLocOpBuilder &b, Type from, Type to, Value value) {
  value = widen(b, from, value);
  Type type = value.getType(), result = getStorageType(to);
  if (to.isInteger(1))
    return arith::CmpFOp::create(b, arith::CmpFPredicate::UNE, value, createNumber(b, type, 0));
  // Out of range the conversion is poison, so each such case selects another value. Narrow integers are converted
  // as i32, for which every CPU has a vector instruction.
  bool isUnsigned = isUnsignedDtype(to);
  unsigned width = result.getIntOrFloatBitWidth();
  Type wide = width < 32 ? b.getI32Type() : result;
  double high = std::ldexp(1.0, isUnsigned ? width : width - 1), low = isUnsigned ? 0 : -high;
  Value converted = arith::FPToSIOp::create(b, wide, value);
  if (wide != result)
    converted = arith::TruncIOp::create(b, result, converted);
  Value isHigh = arith::CmpFOp::create(b, arith::CmpFPredicate::OGE, value, createNumber(b, type, high));
  Value isLow = arith::CmpFOp::create(b, arith::CmpFPredicate::OLE, value, createNumber(b, type, low));
  Value isNaN = arith::CmpFOp::create(b, arith::CmpFPredicate::UNO, value, value);
  converted = arith::SelectOp::create(b, isHigh, arith::ConstantOp::create(b, getHighestAttr(to)), converted);
  converted = arith::SelectOp::create(b, isLow, arith::ConstantOp::create(b, getLowestAttr(to)), converted);
  return arith::SelectOp::create(b, isNaN, createNumber(b, result, 0), converted);
}

static Value castIntegerToFloat(ImplicitLocOpBuilder &b, Type from, Type to, Value value) {
  Type type = getComputeType(to);
  Value converted = isUnsignedDtype(from) ? Value(arith::UIToFPOp::create(b, type, value))
                                          : Value(arith::SIToFPOp::create(b, type, value));
  return narrow(b, to, converted);
}

static Value castIntegerToInteger(ImplicitLocOpBuilder &b, Type from, Type to, Value value) {
  Type type = getStorageType(to);
  if (to.isInteger(1) && !from.isInteger(1))
    return arith::CmpIOp::create(b, arith::CmpIPredicate::ne, value, createNumber(b, value.getType(), 0));
  unsigned fromWidth = value.getType().getIntOrFloatBitWidth(), toWidth = type.getIntOrFloatBitWidth();
  if (fromWidth > toWidth)
    return arith::TruncIOp::create(b, type, value);
  if (fromWidth == toWidth)
    return value;
  if (isUnsignedDtype(from))
    return arith::ExtUIOp::create(b, type, value);
  return arith::ExtSIOp::create(b, type, value);
}

Value mlir::tenon::createCast(ImplicitLocOpBuilder &b, Type from, Type to, Value value) {
  if (isa<FloatType>(from))
    return isa<FloatType>(to) ? castFloatToFloat(b, from, to, value) : castFloatToInteger(b, from, to, value);
  return isa<FloatType>(to) ? castIntegerToFloat(b, from, to, value) : castIntegerToInteger(b, from, to, value);
}
