// Gather, scatter and one-hot: rows moved by loops that carry the result, after one check of all indices.
#include "compiler/Conversion/TenonToLinalg/Lowering.h"
#include "compiler/Conversion/TenonToLinalg/Patterns.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace mlir::tenon;

/// Raises `index_out_of_range` with one of the indices that are outside [0, size), if any.
static void requireInRange(ImplicitLocOpBuilder &b, Value indices, OpFoldResult size, StringRef opName) {
  auto type = cast<RankedTensorType>(indices.getType());
  Type i64 = b.getI64Type();
  Value limit = arith::IndexCastOp::create(b, i64, toIndex(b, size));
  auto isInside = [&](ImplicitLocOpBuilder &b, Value index) -> Value { // a negative one is a large unsigned number
    return arith::CmpIOp::create(b, arith::CmpIPredicate::ult, index, limit);
  };
  auto toI64 = [&](ImplicitLocOpBuilder &b, Value index) { return createCast(b, type.getElementType(), i64, index); };
  Value index;
  if (type.getRank() == 0) {
    index = toI64(b, getScalar(b, indices));
  } else {
    // A reduction that keeps an index that is outside: it is cheap beside the rows, and leaves their loop without
    // exits.
    Value start = createFilled(b, {}, getNumberAttr(i64, 0));
    AffineMap all = AffineMap::getMultiDimIdentityMap(type.getRank(), b.getContext());
    AffineMap none = AffineMap::get(type.getRank(), 0, b.getContext());
    auto found = createGeneric(b, indices, start, {all, none}, getIterators(0, type.getRank()),
                               [&](ImplicitLocOpBuilder &b, ValueRange x) -> SmallVector<Value> {
                                 Value index = toI64(b, x[0]);
                                 return {arith::SelectOp::create(b, isInside(b, index), x[1], index)};
                               });
    index = tensor::ExtractOp::create(b, found.getResult(0), ValueRange());
  }
  Value inside = isInside(b, index);
  // Without indices the reduction's start, 0, is left, which an empty dimension does not have.
  OpFoldResult count = b.getIndexAttr(1);
  for (OpFoldResult dim : getSizes(b, indices)) count = mulSizes(b, count, dim);
  if (getConstantIntValue(size).value_or(0) <= 0 && getConstantIntValue(count).value_or(0) == 0)
    inside = arith::OrIOp::create(
        b, inside, arith::CmpIOp::create(b, arith::CmpIPredicate::eq, toIndex(b, count), createIndex(b, 0)));
  RaiseOp::create(b, inside, RaiseCode::index_out_of_range,
                  (opName + ": index {} is outside a dimension of size {}").str(),
                  ValueRange{arith::IndexCastOp::create(b, b.getIndexType(), index), toIndex(b, size)});
}

/// indices[position...], moved inside where it was found to be outside, so that the row read in vain exists.
static Value getIndex(ImplicitLocOpBuilder &b, Value indices, ValueRange position, OpFoldResult size) {
  Value scalar = position.empty() ? getScalar(b, indices) : Value(tensor::ExtractOp::create(b, indices, position));
  Value index = arith::IndexCastOp::create(b, b.getIndexType(), scalar);
  Value last = toIndex(b, addSizes(b, size, b.getIndexAttr(-1)));
  return arith::MaxSIOp::create(b, arith::MinSIOp::create(b, index, last), createIndex(b, 0));
}

namespace {
/// One row of a tensor: all of some dimensions, at one index of the others.
struct Row {
  SmallVector<OpFoldResult> offsets, sizes, strides;

  Row(ImplicitLocOpBuilder &b, ArrayRef<OpFoldResult> tensorSizes, int64_t firstFixed, ArrayRef<OpFoldResult> indices)
      : offsets(tensorSizes.size(), b.getIndexAttr(0)), sizes(tensorSizes),
        strides(tensorSizes.size(), b.getIndexAttr(1)) {
    for (auto [i, index] : llvm::enumerate(indices)) {
      offsets[firstFixed + i] = index;
      sizes[firstFixed + i] = b.getIndexAttr(1);
    }
  }
};
} // namespace

static RankedTensorType dropShape(Value tensor, int64_t first, int64_t count) {
  auto type = cast<RankedTensorType>(tensor.getType());
  SmallVector<int64_t> shape(type.getShape());
  shape.erase(shape.begin() + first, shape.begin() + first + count);
  return type.clone(shape);
}

static LogicalResult lowerGather(GatherOp op, GatherOp::Adaptor adaptor, ConversionPatternRewriter &rewriter,
                                 ImplicitLocOpBuilder &b) {
  Value input = adaptor.getInput(), indices = adaptor.getIndices();
  int64_t axis = op.getAxis();
  Sizes inputSizes = getSizes(b, input), indexSizes = getSizes(b, indices);
  requireInRange(b, indices, inputSizes[axis], "gather");
  Sizes sizes(ArrayRef(inputSizes).take_front(axis));
  llvm::append_range(sizes, indexSizes);
  llvm::append_range(sizes, ArrayRef(inputSizes).drop_front(axis + 1));
  RankedTensorType rowType = dropShape(input, axis, 1);
  SmallVector<Value> results =
      createLoops(b, indexSizes, createEmpty(b, sizes, getDtype(input)),
                  [&](ImplicitLocOpBuilder &b, ValueRange position, ValueRange carried) -> SmallVector<Value> {
                    Value index = getIndex(b, indices, position, inputSizes[axis]);
                    if (rowType.getRank() == 0) {
                      Value element = tensor::ExtractOp::create(b, input, index);
                      return {tensor::InsertOp::create(b, element, carried[0], position)};
                    }
                    Row from(b, inputSizes, axis, {index}), to(b, sizes, axis, getAsOpFoldResult(position));
                    Value row =
                        tensor::ExtractSliceOp::create(b, rowType, input, from.offsets, from.sizes, from.strides);
                    return {tensor::InsertSliceOp::create(b, row, carried[0], to.offsets, to.sizes, to.strides)};
                  });
  rewriter.replaceOp(op, results);
  return success();
}

static LogicalResult lowerScatter(ScatterOp op, ScatterOp::Adaptor adaptor, ConversionPatternRewriter &rewriter,
                                  ImplicitLocOpBuilder &b) {
  Type dtype = getDtype(op.getInput());
  Value input = adaptor.getInput(), indices = adaptor.getIndices(), updates = adaptor.getUpdates();
  Sizes inputSizes = getSizes(b, input), indexSizes = getSizes(b, indices), updateSizes = getSizes(b, updates);
  Sizes expected = indexSizes;
  llvm::append_range(expected, ArrayRef(inputSizes).drop_front());
  for (auto [dim, size] : llvm::enumerate(expected))
    requireSameSize(b, size, updateSizes[dim],
                    "scatter: dimension " + Twine(dim) + " of the updates should be {}, but is {}");
  requireInRange(b, indices, inputSizes[0], "scatter");
  RankedTensorType rowType = dropShape(input, 0, 1), updateType = dropShape(updates, 0, indexSizes.size());
  AffineMap identity = AffineMap::getMultiDimIdentityMap(rowType.getRank(), b.getContext());
  bool adds = op.getKind() == ScatterKind::add;
  auto combine = [&](ImplicitLocOpBuilder &b, ValueRange x) -> SmallVector<Value> {
    return {narrow(b, dtype, createAdd(b, dtype, {widen(b, dtype, x[1]), widen(b, dtype, x[0])}))};
  };
  // An argument or a constant cannot be written over. Copied here, the copy can be made in the buffer of the result.
  Value start = input;
  if (isa<BlockArgument>(input) || matchPattern(input, m_Constant()))
    start = linalg::CopyOp::create(b, input, createEmpty(b, inputSizes, getDtype(input))).getResult(0);
  SmallVector<Value> results = createLoops(
      b, indexSizes, start,
      [&](ImplicitLocOpBuilder &b, ValueRange position, ValueRange carried) -> SmallVector<Value> {
        Value index = getIndex(b, indices, position, inputSizes[0]);
        if (rowType.getRank() == 0) {
          Value update = tensor::ExtractOp::create(b, updates, position);
          if (adds)
            update = combine(b, {update, tensor::ExtractOp::create(b, carried[0], index)})[0];
          return {tensor::InsertOp::create(b, update, carried[0], index)};
        }
        Row from(b, updateSizes, 0, getAsOpFoldResult(position)), to(b, inputSizes, 0, {index});
        Value update = tensor::ExtractSliceOp::create(b, updateType, updates, from.offsets, from.sizes, from.strides);
        if (adds) {
          Value row = tensor::ExtractSliceOp::create(b, rowType, carried[0], to.offsets, to.sizes, to.strides);
          update = createGeneric(b, update, row, {identity, identity}, getIterators(rowType.getRank()), combine)
                       .getResult(0);
        }
        return {tensor::InsertSliceOp::create(b, update, carried[0], to.offsets, to.sizes, to.strides)};
      });
  rewriter.replaceOp(op, results);
  return success();
}

static LogicalResult lowerOneHot(OneHotOp op, OneHotOp::Adaptor adaptor, ConversionPatternRewriter &rewriter,
                                 ImplicitLocOpBuilder &b) {
  auto type = cast<RankedTensorType>(op.getResult().getType());
  Type storage = getStorageType(type.getElementType());
  Value indices = adaptor.getIndices();
  Sizes sizes = getSizes(b, indices);
  sizes.push_back(b.getIndexAttr(type.getShape().back()));
  // getMajorSubMap() gives no map at all where no result is left, as for a scalar index.
  SmallVector<AffineExpr> dims;
  for (int64_t i = 0; i + 1 < type.getRank(); ++i) dims.push_back(b.getAffineDimExpr(i));
  AffineMap outer = AffineMap::get(type.getRank(), 0, dims, b.getContext());
  Value result = createParallel(
      b, indices, outer, sizes, storage, [&](ImplicitLocOpBuilder &b, ValueRange x) -> SmallVector<Value> {
        Value place = arith::IndexCastOp::create(b, getDtype(indices), linalg::IndexOp::create(b, type.getRank() - 1));
        Value isHere = arith::CmpIOp::create(b, arith::CmpIPredicate::eq, x[0], place);
        return {arith::SelectOp::create(b, isHere, createNumber(b, storage, 1), createNumber(b, storage, 0))};
      });
  rewriter.replaceOp(op, result);
  return success();
}

void mlir::tenon::populateIndexingPatterns(const TypeConverter &converter, RewritePatternSet &patterns) {
  MLIRContext *context = patterns.getContext();
  patterns.add<FunctionPattern<GatherOp>>(converter, context, lowerGather);
  patterns.add<FunctionPattern<ScatterOp>>(converter, context, lowerScatter);
  patterns.add<FunctionPattern<OneHotOp>>(converter, context, lowerOneHot);
}
