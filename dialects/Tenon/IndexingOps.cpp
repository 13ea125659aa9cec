// Inference and checks of gather, scatter, one-hot, sorting and random numbers.
#include "dialects/Tenon/Dialect.h"
#include "dialects/Tenon/Shapes.h"

using namespace mlir;
using namespace mlir::tenon;

LogicalResult GatherOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor adaptor,
                                         SmallVectorImpl<Type> &results) {
  Checks check("gather", location);
  auto types = check.tensors(adaptor.getOperands(), 2);
  if (failed(types))
    return failure();
  RankedTensorType input = (*types)[0], indices = (*types)[1];
  auto axis =
      check.index(attrOf(adaptor.getAxisAttr(), adaptor.getAttributes(), "axis"), "axis", input.getRank()); // (C1)
  if (failed(axis))
    return failure();
  SmallVector<int64_t> shape(input.getShape().take_front(*axis));
  llvm::append_range(shape, indices.getShape());
  llvm::append_range(shape, input.getShape().drop_front(*axis + 1));
  results.push_back(RankedTensorType::get(shape, input.getElementType()));
  return success();
}

LogicalResult ScatterOp::verify() {
  Checks check(*this);
  RankedTensorType input = getInput().getType(), indices = getIndices().getType(), updates = getUpdates().getType();
  if (input.getRank() < 1) // (C1)
    return check.error() << "expected an input of rank 1 or more, but got " << describe(input);
  SmallVector<int64_t> expected(indices.getShape());
  llvm::append_range(expected, input.getShape().drop_front());
  bool match = updates.getRank() == static_cast<int64_t>(expected.size());
  for (size_t i = 0; match && i < expected.size(); ++i)
    match = mergeDim(expected[i], updates.getDimSize(i)).has_value();
  if (!match) // (C2)
    return check.error() << "expected updates " << describe(RankedTensorType::get(expected, input.getElementType()))
                         << " for input " << describe(input) << " and indices " << describe(indices) << ", but got "
                         << describe(updates);
  if (getKind() == ScatterKind::add && input.getElementType().isInteger(1)) // (C3)
    return check.error() << "expected numbers to add, but got " << describe(input);
  return success();
}

LogicalResult OneHotOp::verify() {
  Checks check(*this);
  RankedTensorType indices = getIndices().getType(), result = getResult().getType();
  if (result.getRank() != indices.getRank() + 1 || result.getShape().drop_back() != indices.getShape()) // (C1)
    return check.error() << "expected the result to have the shape of the indices and one more dimension: indices "
                         << describe(indices) << ", result " << describe(result);
  if (ShapedType::isDynamic(result.getShape().back())) // (C2)
    return check.error() << "expected a static last dimension, but got " << describe(result);
  return success();
}

LogicalResult SortOp::inferReturnTypes(MLIRContext *context, std::optional<Location> location, Adaptor adaptor,
                                       SmallVectorImpl<Type> &results) {
  Checks check("sort", location);
  auto types = check.tensors(adaptor.getOperands(), 1);
  if (failed(types) || failed(check.index(attrOf(adaptor.getAxisAttr(), adaptor.getAttributes(), "axis"), "axis",
                                          types->front().getRank()))) // (C1)
    return failure();
  results.push_back(types->front());
  results.push_back(RankedTensorType::get(types->front().getShape(), IntegerType::get(context, 64)));
  return success();
}

LogicalResult TopKOp::inferReturnTypes(MLIRContext *context, std::optional<Location> location, Adaptor adaptor,
                                       SmallVectorImpl<Type> &results) {
  Checks check("top_k", location);
  auto types = check.tensors(adaptor.getOperands(), 1);
  if (failed(types))
    return failure();
  RankedTensorType input = types->front();
  if (input.getRank() < 1) // (C1)
    return check.error() << "expected an input of rank 1 or more, but got " << describe(input);
  int64_t last = input.getShape().back();
  int64_t end = ShapedType::isDynamic(last) ? std::numeric_limits<int64_t>::max() : last + 1;
  auto k = check.index(attrOf(adaptor.getKAttr(), adaptor.getAttributes(), "k"), "k", end); // (C2)
  if (failed(k))
    return failure();
  SmallVector<int64_t> shape(input.getShape());
  shape.back() = *k;
  results.push_back(RankedTensorType::get(shape, input.getElementType()));
  results.push_back(RankedTensorType::get(shape, IntegerType::get(context, 64)));
  return success();
}

static LogicalResult verifyRandom(Operation *op, RankedTensorType seed, ValueRange dims, RankedTensorType result) {
  Checks check(op);
  if (!seed.getElementType().isSignlessInteger(64) || seed.getShape() != ArrayRef<int64_t>{2}) // (C1)
    return check.error() << "expected a seed i64[2], but got " << describe(seed);
  return check.dims(dims, result); // (C2)
}

LogicalResult RandomBitsOp::verify() {
  return verifyRandom(*this, cast<RankedTensorType>(getSeed().getType()), getDims(), getResult().getType());
}
LogicalResult RandomUniformOp::verify() {
  return verifyRandom(*this, cast<RankedTensorType>(getSeed().getType()), getDims(), getResult().getType());
}
LogicalResult RandomNormalOp::verify() {
  return verifyRandom(*this, cast<RankedTensorType>(getSeed().getType()), getDims(), getResult().getType());
}
