// Inference and checks of reductions, cumulative sums, softmax and normalization.
#include "dialects/Tenon/Dialect.h"
#include "dialects/Tenon/Shapes.h"

#include "llvm/ADT/SmallBitVector.h"

using namespace mlir;
using namespace mlir::tenon;

/// `shape` without the dimensions in `axes`, or with 1 in their place.
static SmallVector<int64_t> reducedShape(ArrayRef<int64_t> shape, ArrayRef<int64_t> axes, bool keepDims) {
  llvm::SmallBitVector reduced(shape.size());
  for (int64_t axis : axes) reduced.set(axis);
  SmallVector<int64_t> result;
  for (auto [i, size] : llvm::enumerate(shape)) {
    if (!reduced.test(i))
      result.push_back(size);
    else if (keepDims)
      result.push_back(1);
  }
  return result;
}

LogicalResult ReduceOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor adaptor,
                                         SmallVectorImpl<Type> &results) {
  Checks check("reduce", location);
  auto types = check.tensors(adaptor.getOperands(), 1);
  if (failed(types))
    return failure();
  RankedTensorType input = types->front();
  DictionaryAttr attributes = adaptor.getAttributes();
  auto kind = attrOf(adaptor.getKindAttr(), attributes, "kind");
  if (!kind)
    return check.error() << "expected an attribute `kind`";
  bool isBool = input.getElementType().isInteger(1);
  bool isFloat = isa<FloatType>(input.getElementType());
  switch (kind.getValue()) { // (C2)
  case ReduceKind::any:
  case ReduceKind::all:
    if (!isBool)
      return check.error() << "expected an i1 input for " << stringifyReduceKind(kind.getValue()) << ", but got "
                           << describe(input);
    break;
  case ReduceKind::mean:
    if (!isFloat)
      return check.error() << "expected a floating-point input for mean, but got " << describe(input);
    break;
  case ReduceKind::sum:
  case ReduceKind::prod:
  case ReduceKind::max:
  case ReduceKind::min:
    if (isBool)
      return check.error() << "expected an input of numbers for " << stringifyReduceKind(kind.getValue())
                           << ", but got " << describe(input);
    break;
  }
  auto axes = check.axes(attrOf(adaptor.getAxesAttr(), attributes, "axes"), "axes", input.getRank()); // (C1)
  if (failed(axes))
    return failure();
  bool keepDims = flagOf(adaptor.getKeepDimsAttr(), attributes, "keep_dims");
  results.push_back(RankedTensorType::get(reducedShape(input.getShape(), *axes, keepDims), input.getElementType()));
  return success();
}

template <typename AdaptorT>
static LogicalResult inferArgReduce(StringRef name, MLIRContext *context, std::optional<Location> location,
                                    AdaptorT adaptor, SmallVectorImpl<Type> &results) {
  Checks check(name, location);
  auto types = check.tensors(adaptor.getOperands(), 1);
  if (failed(types))
    return failure();
  RankedTensorType input = types->front();
  DictionaryAttr attributes = adaptor.getAttributes();
  auto axis = check.index(attrOf(adaptor.getAxisAttr(), attributes, "axis"), "axis", input.getRank()); // (C1)
  if (failed(axis))
    return failure();
  if (input.getDimSize(*axis) == 0) // (C2)
    return check.error() << "expected at least one element along axis " << *axis << ", but got " << describe(input);
  bool keepDims = flagOf(adaptor.getKeepDimsAttr(), attributes, "keep_dims");
  results.push_back(
      RankedTensorType::get(reducedShape(input.getShape(), *axis, keepDims), IntegerType::get(context, 64)));
  return success();
}

LogicalResult ArgmaxOp::inferReturnTypes(MLIRContext *context, std::optional<Location> location, Adaptor adaptor,
                                         SmallVectorImpl<Type> &results) {
  return inferArgReduce("argmax", context, location, adaptor, results);
}

LogicalResult ArgminOp::inferReturnTypes(MLIRContext *context, std::optional<Location> location, Adaptor adaptor,
                                         SmallVectorImpl<Type> &results) {
  return inferArgReduce("argmin", context, location, adaptor, results);
}

// (C1) of each.
LogicalResult CumsumOp::verify() { return Checks(*this).index(getAxisAttr(), "axis", getInput().getType().getRank()); }
LogicalResult SoftmaxOp::verify() { return Checks(*this).index(getAxisAttr(), "axis", getInput().getType().getRank()); }
LogicalResult LogSoftmaxOp::verify() {
  return Checks(*this).index(getAxisAttr(), "axis", getInput().getType().getRank());
}

LogicalResult LayerNormOp::verify() {
  Checks check(*this);
  RankedTensorType input = getInput().getType(), scale = getScale().getType();
  if (input.getRank() < 1) // (C1)
    return check.error() << "expected an input of rank 1 or more, but got " << describe(input);
  if (failed(check.sameDtype({input, scale}, {"input", "scale"}))) // (C2)
    return failure();
  if (scale.getRank() != 1 || !mergeDim(scale.getDimSize(0), input.getShape().back())) // (C3)
    return check.error() << "expected scale and offset as long as the last dimension: input " << describe(input)
                         << ", scale " << describe(scale);
  if (APFloat epsilon = getEpsilon(); !epsilon.isFinite() || (epsilon.isNegative() && !epsilon.isZero())) // (C4)
    return check.error() << "expected `epsilon` to be finite and not negative, but got " << getEpsilonAttr();
  return success();
}
