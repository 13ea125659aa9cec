// Folds of the ops that make or change shapes: compositions, moves of nothing, and constants.
#include "dialects/Tenon/ConstantFolds.h"
#include "dialects/Tenon/Dialect.h"
#include "dialects/Tenon/Shapes.h"

#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace mlir::tenon;

/// Whether `scalar` is known to be the size of dimension `axis` of `tensor`.
static bool isDimOf(Value scalar, Value tensor, int64_t axis) {
  auto dim = scalar.getDefiningOp<DimOp>();
  return dim && dim.getInput() == tensor && static_cast<int64_t>(dim.getAxis()) == axis;
}

/// Whether a result of `tensor`'s type has also `tensor`'s size: the `dims` operands read them off it.
static bool hasSameSizes(Value tensor, Value result, ValueRange dims) {
  if (tensor.getType() != result.getType())
    return false;
  auto type = cast<RankedTensorType>(result.getType());
  for (int64_t axis = 0; axis < type.getRank(); ++axis)
    if (type.isDynamicDim(axis) && !isDimOf(dims[type.getDynamicDimIndex(axis)], tensor, axis))
      return false;
  return true;
}

static bool isIota(ArrayRef<int64_t> values) {
  return llvm::all_of(llvm::enumerate(values), [](auto it) { return static_cast<int64_t>(it.index()) == it.value(); });
}
static bool areAll(ArrayRef<int64_t> values, int64_t value) {
  return llvm::all_of(values, [&](int64_t each) { return each == value; });
}

/// Row-major position of `index`.
static int64_t positionIn(ArrayRef<int64_t> shape, ArrayRef<int64_t> index) {
  int64_t position = 0;
  for (auto [size, i] : llvm::zip_equal(shape, index)) position = position * size + i;
  return position;
}

// Two steps through an open shape may each be plausible where both at once are not: such a program ends in an error at
// run time, and has to reach it.

OpFoldResult SplatOp::fold(FoldAdaptor adaptor) {
  if (getResult().getType().getRank() == 0)
    return getValue();
  return foldMove(adaptor.getValue(), getResult().getType(), [](ArrayRef<int64_t>) { return 0; });
}

OpFoldResult BroadcastOp::fold(FoldAdaptor adaptor) {
  if (hasSameSizes(getInput(), getResult(), getDims()))
    return getInput();
  if (auto inner = getInput().getDefiningOp<BroadcastOp>();
      inner && broadcastsTo(inner.getInput().getType().getShape(), getResult().getType().getShape())) {
    getInputMutable().assign(inner.getInput());
    return getResult();
  }
  ArrayRef<int64_t> shape = getInput().getType().getShape();
  return foldMove(adaptor.getInput(), getResult().getType(), [&](ArrayRef<int64_t> index) {
    SmallVector<int64_t> source(index.take_back(shape.size()));
    for (auto [i, size] : llvm::zip_equal(source, shape)) i = size == 1 ? 0 : i;
    return positionIn(shape, source);
  });
}

OpFoldResult ReshapeOp::fold(FoldAdaptor adaptor) {
  if (hasSameSizes(getInput(), getResult(), getDims()))
    return getInput();
  if (auto inner = getInput().getDefiningOp<ReshapeOp>();
      inner && reshapesTo(inner.getInput().getType().getShape(), getResult().getType().getShape())) {
    getInputMutable().assign(inner.getInput());
    return getResult();
  }
  // The bytes stay where they are, so a constant of any size folds.
  if (auto dense = dyn_cast_or_null<DenseElementsAttr>(adaptor.getInput());
      dense && getResult().getType().hasStaticShape())
    return dense.reshape(getResult().getType());
  return {};
}

OpFoldResult DimOp::fold(FoldAdaptor) {
  RankedTensorType type = getInput().getType();
  int64_t axis = getAxis();
  if (axis < 0 || axis >= type.getRank()) // Folded before it was verified.
    return {};
  if (!type.isDynamicDim(axis))
    return DenseElementsAttr::get(cast<ShapedType>(getResult().getType()), type.getDimSize(axis));
  DimSource source;
  if (auto result = dyn_cast<OpResult>(getInput())) {
    if (result.getOwner()->getDialect() == getOperation()->getDialect())
      source = sourceOfDim(result, axis);
  } else if (Operation *loop = getInput().getParentBlock()->getParentOp(); isa_and_present<ForOp, WhileOp>(loop)) {
    source = sourceOutside(loop, getInput(), axis);
  }
  if (source.scalar)
    return source.scalar;
  if (!source.tensor)
    return {};
  getInputMutable().assign(source.tensor);
  setAxis(source.axis);
  return getResult();
}

OpFoldResult TransposeOp::fold(FoldAdaptor adaptor) {
  ArrayRef<int64_t> permutation = getPermutation();
  if (isIota(permutation))
    return getInput();
  if (auto inner = getInput().getDefiningOp<TransposeOp>()) {
    SmallVector<int64_t> composed;
    for (int64_t axis : permutation) composed.push_back(inner.getPermutation()[axis]);
    getInputMutable().assign(inner.getInput());
    setPermutation(composed);
    return getResult();
  }
  return foldMove(adaptor.getInput(), getResult().getType(), [&](ArrayRef<int64_t> index) {
    SmallVector<int64_t> source(index.size());
    for (auto [i, axis] : llvm::zip_equal(index, permutation)) source[axis] = i;
    return positionIn(getInput().getType().getShape(), source);
  });
}

OpFoldResult ConcatOp::fold(FoldAdaptor adaptor) {
  if (getInputs().size() == 1)
    return getInputs().front();

  // A concat of concats along the same axis is one.
  SmallVector<Value> flat;
  for (Value input : getInputs()) {
    auto inner = input.getDefiningOp<ConcatOp>();
    if (inner && inner.getAxis() == getAxis())
      llvm::append_range(flat, inner.getInputs());
    else
      flat.push_back(input);
  }
  if (flat.size() != getInputs().size()) {
    getInputsMutable().assign(flat);
    return getResult();
  }

  int64_t axis = getAxis();
  return foldMove(adaptor.getInputs(), getResult().getType(), [&](ArrayRef<int64_t> index) {
    SmallVector<int64_t> source(index);
    int64_t before = 0;
    for (Value input : getInputs()) {
      auto type = cast<RankedTensorType>(input.getType());
      if (source[axis] < type.getDimSize(axis))
        return before + positionIn(type.getShape(), source);
      source[axis] -= type.getDimSize(axis);
      before += type.getNumElements();
    }
    llvm_unreachable("the inputs add up to the result");
  });
}

OpFoldResult StackOp::fold(FoldAdaptor adaptor) {
  int64_t axis = getAxis();
  return foldMove(adaptor.getInputs(), getResult().getType(), [&](ArrayRef<int64_t> index) {
    SmallVector<int64_t> source(index);
    source.erase(source.begin() + axis);
    auto type = cast<RankedTensorType>(getInputs().front().getType());
    return index[axis] * type.getNumElements() + positionIn(type.getShape(), source);
  });
}

LogicalResult SplitOp::fold(FoldAdaptor adaptor, SmallVectorImpl<OpFoldResult> &results) {
  if (getNumResults() == 1) {
    results.push_back(getInput());
    return success();
  }
  int64_t axis = getAxis(), start = 0;
  for (auto [result, size] : llvm::zip_equal(getResults(), getSizes())) {
    Attribute piece = foldMove(adaptor.getInput(), result.getType(), [&](ArrayRef<int64_t> index) {
      SmallVector<int64_t> source(index);
      source[axis] += start;
      return positionIn(getInput().getType().getShape(), source);
    });
    if (!piece)
      return failure();
    results.push_back(piece);
    start += size;
  }
  return success(!results.empty());
}

OpFoldResult PadOp::fold(FoldAdaptor adaptor) {
  ArrayRef<int64_t> low = getLow(), shape = getInput().getType().getShape();
  if (areAll(low, 0) && areAll(getHigh(), 0))
    return getInput();
  // The value is the last element of input and value laid end to end.
  return foldMove({adaptor.getInput(), adaptor.getValue()}, getResult().getType(), [&](ArrayRef<int64_t> index) {
    SmallVector<int64_t> source;
    for (auto [i, before] : llvm::zip_equal(index, low)) source.push_back(i - before);
    for (auto [i, size] : llvm::zip_equal(source, shape))
      if (i < 0 || i >= size)
        return getInput().getType().getNumElements();
    return positionIn(shape, source);
  });
}

OpFoldResult ReverseOp::fold(FoldAdaptor adaptor) {
  ArrayRef<int64_t> axes = getAxes(), shape = getInput().getType().getShape();
  // Along a dimension of one element nothing moves.
  if (llvm::all_of(axes, [&](int64_t axis) { return shape[axis] == 1; }))
    return getInput();
  if (auto inner = getInput().getDefiningOp<ReverseOp>()) {
    // An axis that both reverse stays.
    SmallVector<int64_t> once;
    for (int64_t axis = 0; axis < static_cast<int64_t>(shape.size()); ++axis)
      if (llvm::is_contained(axes, axis) != llvm::is_contained(inner.getAxes(), axis))
        once.push_back(axis);
    getInputMutable().assign(inner.getInput());
    setAxes(once);
    return getResult();
  }
  return foldMove(adaptor.getInput(), getResult().getType(), [&](ArrayRef<int64_t> index) {
    SmallVector<int64_t> source(index);
    for (int64_t axis : axes) source[axis] = shape[axis] - 1 - source[axis];
    return positionIn(shape, source);
  });
}

OpFoldResult SliceOp::fold(FoldAdaptor adaptor) {
  ArrayRef<int64_t> starts = getStaticStarts(), strides = getStrides();
  bool fromZero = areAll(starts, 0) && areAll(strides, 1);
  if (fromZero && hasSameSizes(getInput(), getResult(), getSizes()))
    return getInput();
  if (!getStarts().empty() || !getInput().getType().hasStaticShape())
    return {};
  return foldMove(adaptor.getInput(), getResult().getType(), [&](ArrayRef<int64_t> index) {
    SmallVector<int64_t> source;
    for (auto [i, start, stride] : llvm::zip_equal(index, starts, strides)) source.push_back(start + i * stride);
    return positionIn(getInput().getType().getShape(), source);
  });
}

OpFoldResult ReduceOp::fold(FoldAdaptor) {
  // Over no axis each element is alone: -0 + x, 1 * x, x / 1 are x.
  return getAxes().empty() ? OpFoldResult(getInput()) : OpFoldResult();
}
