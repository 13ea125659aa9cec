// Ops on constants, evaluated as the compiled code evaluates them, bit for bit.
#include "dialects/Tenon/ConstantFolds.h"
#include "dialects/Tenon/Dialect.h"

#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace mlir::tenon;
using llvm::APFloat;
using llvm::APInt;

// Elements are handled as their bits; a float is made of them where it is computed with.

static SmallVector<APInt> bitsOf(DenseElementsAttr attr) {
  SmallVector<APInt> bits;
  if (isa<FloatType>(attr.getElementType())) {
    if (attr.isSplat())
      return {attr.getSplatValue<APFloat>().bitcastToAPInt()};
    for (const APFloat &value : attr.getValues<APFloat>()) bits.push_back(value.bitcastToAPInt());
    return bits;
  }
  if (attr.isSplat())
    return {attr.getSplatValue<APInt>()};
  llvm::append_range(bits, attr.getValues<APInt>());
  return bits;
}

/// One element makes a splat.
static DenseElementsAttr constantOf(RankedTensorType type, ArrayRef<APInt> bits) {
  auto floatType = dyn_cast<FloatType>(type.getElementType());
  if (!floatType)
    return DenseElementsAttr::get(type, bits);
  SmallVector<APFloat> values;
  for (const APInt &value : bits) values.emplace_back(floatType.getFloatSemantics(), value);
  return DenseElementsAttr::get(type, values);
}

/// u8 and i1 compare and convert as unsigned numbers.
static bool isUnsigned(Type dtype) { return dtype.isUnsignedInteger() || dtype.isInteger(1); }

Attribute tenon::zeroOf(Type type) {
  auto tensor = cast<RankedTensorType>(type);
  if (!tensor.hasStaticShape())
    return {};
  return constantOf(tensor, APInt::getZero(tensor.getElementTypeBitWidth()));
}

bool tenon::isLossless(Type from, Type to) {
  if (from == to)
    return true;
  if (to.isInteger(1))
    return false;
  auto fromFloat = dyn_cast<FloatType>(from), toFloat = dyn_cast<FloatType>(to);
  if (fromFloat)
    return toFloat && APFloat::isRepresentableBy(fromFloat.getFloatSemantics(), toFloat.getFloatSemantics());
  unsigned bits = from.getIntOrFloatBitWidth();
  if (toFloat) // The least signed number is a power of two, so the sign costs no precision.
    return APFloat::semanticsPrecision(toFloat.getFloatSemantics()) >= (isUnsigned(from) ? bits : bits - 1);
  if (isUnsigned(to))
    return isUnsigned(from) && to.getIntOrFloatBitWidth() >= bits;
  return to.getIntOrFloatBitWidth() >= bits + (isUnsigned(from) ? 1 : 0);
}

// ---- elements ------------------------------------------------------------------------------------------------------

static std::optional<APInt> evaluateIntegers(Operation *op, ArrayRef<APInt> x, bool isUnsigned) {
  unsigned width = x[0].getBitWidth();
  return llvm::TypeSwitch<Operation *, std::optional<APInt>>(op)
      .Case([&](NegOp) { return -x[0]; })
      .Case([&](AbsOp) { return x[0].abs(); })
      .Case([&](NotOp) { return ~x[0]; })
      .Case([&](AddOp) { return x[0] + x[1]; })
      .Case([&](SubOp) { return x[0] - x[1]; })
      .Case([&](MulOp) { return x[0] * x[1]; })
      .Case([&](DivOp) { return x[1].isZero() ? x[1]
                                : isUnsigned  ? x[0].udiv(x[1])
                                              : x[0].sdiv(x[1]); })
      .Case([&](RemOp) { return x[1].isZero() ? x[0]
                                : isUnsigned  ? x[0].urem(x[1])
                                              : x[0].srem(x[1]); })
      .Case([&](MaxOp) { return isUnsigned ? llvm::APIntOps::umax(x[0], x[1]) : llvm::APIntOps::smax(x[0], x[1]); })
      .Case([&](MinOp) { return isUnsigned ? llvm::APIntOps::umin(x[0], x[1]) : llvm::APIntOps::smin(x[0], x[1]); })
      .Case([&](AndOp) { return x[0] & x[1]; })
      .Case([&](OrOp) { return x[0] | x[1]; })
      .Case([&](XorOp) { return x[0] ^ x[1]; })
      .Case([&](ShlOp) { return x[1].uge(width) ? APInt::getZero(width) : x[0].shl(x[1]); })
      .Case([&](ShrOp) {
        if (isUnsigned)
          return x[1].uge(width) ? APInt::getZero(width) : x[0].lshr(x[1]);
        // Out of range means clamped, to 0 or to the sign's copies.
        return x[1].isNegative() ? x[0] : x[0].ashr(x[1].uge(width) ? width - 1 : x[1].getZExtValue());
      })
      .Default([](Operation *) { return std::nullopt; });
}

static std::optional<APFloat> evaluateFloats(Operation *op, ArrayRef<APFloat> x) {
  auto rounded = [&](auto method) {
    APFloat result = x[0];
    (result.*method)(x[1], APFloat::rmNearestTiesToEven);
    return std::optional(result);
  };
  return llvm::TypeSwitch<Operation *, std::optional<APFloat>>(op)
      .Case([&](NegOp) { return llvm::neg(x[0]); })
      .Case([&](AbsOp) { return llvm::abs(x[0]); })
      .Case([&](AddOp) { return rounded(&APFloat::add); })
      .Case([&](SubOp) { return rounded(&APFloat::subtract); })
      .Case([&](MulOp) { return rounded(&APFloat::multiply); })
      .Case([&](DivOp) { return rounded(&APFloat::divide); })
      // Equal zeros of either sign: the right one, as a comparison and a selection have it.
      .Case([&](MaxOp) { return x[0] > x[1] ? x[0] : x[1]; })
      .Case([&](MinOp) { return x[0] < x[1] ? x[0] : x[1]; })
      .Default([](Operation *) { return std::nullopt; });
}

static bool compareElements(ComparePredicate predicate, Type dtype, ArrayRef<APInt> x) {
  APFloat::cmpResult order;
  if (auto type = dyn_cast<FloatType>(dtype)) {
    order = APFloat(type.getFloatSemantics(), x[0]).compare(APFloat(type.getFloatSemantics(), x[1]));
  } else {
    bool less = isUnsigned(dtype) ? x[0].ult(x[1]) : x[0].slt(x[1]);
    order = x[0] == x[1] ? APFloat::cmpEqual : less ? APFloat::cmpLessThan : APFloat::cmpGreaterThan;
  }
  switch (predicate) {
  case ComparePredicate::eq: return order == APFloat::cmpEqual;
  case ComparePredicate::ne: return order != APFloat::cmpEqual;
  case ComparePredicate::lt: return order == APFloat::cmpLessThan;
  case ComparePredicate::le: return order == APFloat::cmpLessThan || order == APFloat::cmpEqual;
  case ComparePredicate::gt: return order == APFloat::cmpGreaterThan;
  case ComparePredicate::ge: return order == APFloat::cmpGreaterThan || order == APFloat::cmpEqual;
  }
  llvm_unreachable("every predicate returned");
}

static APFloat convertTo(APFloat value, const llvm::fltSemantics &semantics) {
  bool inexact;
  value.convert(semantics, APFloat::rmNearestTiesToEven, &inexact);
  return value;
}

/// Halves are computed with in f32 and rounded after each op.
static const llvm::fltSemantics &computeSemantics(FloatType type) {
  return type.getWidth() == 16 ? APFloat::IEEEsingle() : type.getFloatSemantics();
}

static std::optional<APInt> castElement(Type from, Type to, const APInt &bits) {
  auto fromFloat = dyn_cast<FloatType>(from), toFloat = dyn_cast<FloatType>(to);
  if (fromFloat) {
    APFloat value(fromFloat.getFloatSemantics(), bits);
    if (to.isInteger(1))
      return APInt(1, !value.isZero());
    if (toFloat)
      return value.isNaN() ? std::nullopt
                           : std::optional(convertTo(value, toFloat.getFloatSemantics()).bitcastToAPInt());
    // Toward zero, saturating, NaN to 0: just what APFloat leaves in an integer out of range.
    llvm::APSInt result(to.getIntOrFloatBitWidth(), isUnsigned(to));
    bool exact;
    value.convertToInteger(result, APFloat::rmTowardZero, &exact);
    return value.isNaN() ? APInt::getZero(to.getIntOrFloatBitWidth()) : APInt(result);
  }
  if (toFloat) {
    APFloat value(computeSemantics(toFloat));
    value.convertFromAPInt(bits, !isUnsigned(from), APFloat::rmNearestTiesToEven);
    return convertTo(value, toFloat.getFloatSemantics()).bitcastToAPInt();
  }
  if (to.isInteger(1))
    return APInt(1, !bits.isZero());
  unsigned width = to.getIntOrFloatBitWidth();
  return isUnsigned(from) ? bits.zextOrTrunc(width) : bits.sextOrTrunc(width);
}

static std::optional<APInt> evaluate(Operation *op, Type dtype, ArrayRef<APInt> x) {
  if (isa<SelectOp>(op))
    return x[0].isZero() ? x[2] : x[1];
  if (auto compare = dyn_cast<CompareOp>(op))
    return APInt(1, compareElements(compare.getPredicate(), dtype, x));
  if (auto cast = dyn_cast<CastOp>(op))
    return castElement(dtype, cast.getResult().getType().getElementType(), x[0]);
  auto floatType = dyn_cast<FloatType>(dtype);
  if (!floatType)
    return evaluateIntegers(op, x, isUnsigned(dtype));

  SmallVector<APFloat> values;
  for (const APInt &bits : x) {
    values.push_back(convertTo(APFloat(floatType.getFloatSemantics(), bits), computeSemantics(floatType)));
    if (values.back().isNaN())
      return std::nullopt;
  }
  std::optional<APFloat> result = evaluateFloats(op, values);
  if (!result || result->isNaN())
    return std::nullopt;
  return convertTo(*result, floatType.getFloatSemantics()).bitcastToAPInt();
}

// ---- tensors -------------------------------------------------------------------------------------------------------

/// Calls `visit` with each index of `shape` in row-major order; stops when it returns false.
static bool forEachIndex(ArrayRef<int64_t> shape, llvm::function_ref<bool(ArrayRef<int64_t>)> visit) {
  SmallVector<int64_t> index(shape.size(), 0);
  while (true) {
    if (!visit(index))
      return false;
    size_t axis = shape.size();
    while (axis != 0 && ++index[axis - 1] == shape[axis - 1]) index[--axis] = 0;
    if (axis == 0)
      return true;
  }
}

/// Where the element at `index` of a result is in an operand that broadcasts to it.
static int64_t broadcastPosition(ArrayRef<int64_t> index, ArrayRef<int64_t> operandShape) {
  int64_t position = 0;
  for (auto [i, size] : llvm::zip_equal(index.take_back(operandShape.size()), operandShape))
    position = position * size + (size == 1 ? 0 : i);
  return position;
}

Attribute tenon::foldElementwise(Operation *op, ArrayRef<Attribute> operands) {
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  if (!type.hasStaticShape() || type.getNumElements() == 0)
    return {};
  Type dtype = cast<RankedTensorType>(op->getOperands().back().getType()).getElementType();
  SmallVector<SmallVector<APInt>> inputs;
  SmallVector<RankedTensorType> types;
  bool splat = true;
  for (Attribute operand : operands) {
    auto dense = dyn_cast_or_null<DenseElementsAttr>(operand);
    if (!dense || (!dense.isSplat() && type.getNumElements() > constantFoldLimit))
      return {};
    splat &= dense.isSplat();
    inputs.push_back(bitsOf(dense));
    types.push_back(cast<RankedTensorType>(dense.getType()));
  }

  SmallVector<APInt> results;
  auto element = [&](ArrayRef<int64_t> index) {
    SmallVector<APInt> x;
    for (auto [bits, inputType] : llvm::zip_equal(inputs, types))
      x.push_back(bits.size() == 1 ? bits[0] : bits[broadcastPosition(index, inputType.getShape())]);
    std::optional<APInt> result = evaluate(op, dtype, x);
    if (result)
      results.push_back(*result);
    return result.has_value();
  };
  bool known = splat ? element(SmallVector<int64_t>(type.getRank(), 0)) : forEachIndex(type.getShape(), element);
  return known ? constantOf(type, results) : Attribute();
}

Attribute tenon::foldMove(ArrayRef<Attribute> inputs, Type result,
                          llvm::function_ref<int64_t(ArrayRef<int64_t> index)> source) {
  auto type = cast<RankedTensorType>(result);
  if (!type.hasStaticShape() || type.getNumElements() == 0)
    return {};
  if (inputs.size() == 1)
    if (auto dense = dyn_cast_or_null<DenseElementsAttr>(inputs.front()); dense && dense.isSplat())
      return constantOf(type, bitsOf(dense));
  if (type.getNumElements() > constantFoldLimit)
    return {};
  SmallVector<APInt> elements;
  for (Attribute input : inputs) {
    auto dense = dyn_cast_or_null<DenseElementsAttr>(input);
    if (!dense || dense.getNumElements() > constantFoldLimit)
      return {};
    SmallVector<APInt> bits = bitsOf(dense);
    for (int64_t i = 0, size = dense.getNumElements(); i < size; ++i)
      elements.push_back(bits.size() == 1 ? bits[0] : bits[i]);
  }
  SmallVector<APInt> moved;
  forEachIndex(type.getShape(), [&](ArrayRef<int64_t> index) {
    moved.push_back(elements[source(index)]);
    return true;
  });
  return constantOf(type, moved);
}
