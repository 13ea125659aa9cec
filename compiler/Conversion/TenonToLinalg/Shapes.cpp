// Ops that make or change shapes: destinations and slices, so that views stay views and pieces are written in place.
#include "compiler/Conversion/TenonToLinalg/Lowering.h"
#include "compiler/Conversion/TenonToLinalg/Patterns.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace mlir::tenon;

/// The type a result has after the conversion.
static RankedTensorType getStorageTensorType(Value tensor) {
  auto type = cast<RankedTensorType>(tensor.getType());
  return type.clone(getStorageType(type.getElementType()));
}

//===------------------------------------------------------------------------------------------------------------===//
// Making tensors
//===------------------------------------------------------------------------------------------------------------===//

static LogicalResult lowerSplat(SplatOp op, SplatOp::Adaptor adaptor, ConversionPatternRewriter &rewriter,
                                ImplicitLocOpBuilder &b) {
  Sizes sizes = getSizes(b, getStorageTensorType(op.getResult()), adaptor.getDims());
  Value result = createFilled(b, sizes, getScalar(b, adaptor.getValue()));
  rewriter.replaceOp(op, castTo(b, result, getStorageTensorType(op.getResult())));
  return success();
}

static LogicalResult lowerIota(IotaOp op, IotaOp::Adaptor adaptor, ConversionPatternRewriter &rewriter,
                               ImplicitLocOpBuilder &b) {
  RankedTensorType type = getStorageTensorType(op.getResult());
  Type dtype = getDtype(op.getResult()), i64 = b.getI64Type();
  Value result = createParallel(b, {}, {}, getSizes(b, type, adaptor.getDims()), type.getElementType(),
                                [&](ImplicitLocOpBuilder &b, ValueRange) -> SmallVector<Value> {
                                  Value index = linalg::IndexOp::create(b, op.getAxis());
                                  return {createCast(b, i64, dtype, arith::IndexCastOp::create(b, i64, index))};
                                });
  rewriter.replaceOp(op, castTo(b, result, type));
  return success();
}

//===------------------------------------------------------------------------------------------------------------===//
// Changing shapes
//===------------------------------------------------------------------------------------------------------------===//

static LogicalResult lowerBroadcast(BroadcastOp op, BroadcastOp::Adaptor adaptor, ConversionPatternRewriter &rewriter,
                                    ImplicitLocOpBuilder &b) {
  RankedTensorType type = getStorageTensorType(op.getResult());
  auto inputType = cast<RankedTensorType>(adaptor.getInput().getType());
  Sizes sizes = getSizes(b, type, adaptor.getDims());
  AffineMap map = getBroadcastMap(b.getContext(), inputType.getShape(), type.getShape());
  for (auto [position, expr] : llvm::enumerate(map.getResults()))
    if (auto dim = dyn_cast<AffineDimExpr>(expr))
      requireSameSize(b, getSize(b, adaptor.getInput(), position), sizes[dim.getPosition()],
                      "broadcast: dimension " + Twine(position) + " of the input is {}, which does not repeat to {}");
  Value result = createParallel(b, adaptor.getInput(), map, sizes, type.getElementType(),
                                [](ImplicitLocOpBuilder &, ValueRange x) -> SmallVector<Value> { return {x[0]}; });
  rewriter.replaceOp(op, castTo(b, result, type));
  return success();
}

namespace {
/// Neighbouring dimensions of a reshape's input and result that hold the same elements.
struct ReshapeGroup {
  ReassociationIndices input, result;
};
} // namespace

/// Finds dimensions that stay as they are, from both ends; what is between is one group. Both sides of a group have a
/// dimension, so that the groups are the dimensions of a tensor between the two shapes.
static SmallVector<ReshapeGroup> getReshapeGroups(ArrayRef<OpFoldResult> input, ArrayRef<OpFoldResult> result) {
  int64_t front = 0, inputEnd = input.size(), resultEnd = result.size();
  while (front < std::min(inputEnd, resultEnd) && isSameSize(input[front], result[front])) ++front;
  while (std::min(inputEnd, resultEnd) > front && isSameSize(input[inputEnd - 1], result[resultEnd - 1]))
    --inputEnd, --resultEnd;
  SmallVector<ReshapeGroup> groups;
  for (int64_t dim = 0; dim < front; ++dim) groups.push_back({{dim}, {dim}});
  ReshapeGroup middle{llvm::to_vector<2>(llvm::seq(front, inputEnd)), llvm::to_vector<2>(llvm::seq(front, resultEnd))};
  bool isWhole = !middle.input.empty() && !middle.result.empty();
  if (isWhole)
    groups.push_back(middle);
  for (int64_t dim = inputEnd; dim < static_cast<int64_t>(input.size()); ++dim)
    groups.push_back({{dim}, {dim - inputEnd + resultEnd}});
  // A middle with nothing on one side holds dimensions of size 1: they go with a neighbour.
  if (!isWhole && !groups.empty()) {
    ReshapeGroup &neighbour = groups[front == 0 ? 0 : front - 1];
    auto join = [&](ReassociationIndices &dims, ArrayRef<int64_t> more) {
      dims.insert(front == 0 ? dims.begin() : dims.end(), more.begin(), more.end());
    };
    join(neighbour.input, middle.input);
    join(neighbour.result, middle.result);
  }
  return groups;
}

static LogicalResult lowerReshape(ReshapeOp op, ReshapeOp::Adaptor adaptor, ConversionPatternRewriter &rewriter,
                                  ImplicitLocOpBuilder &b) {
  RankedTensorType type = getStorageTensorType(op.getResult());
  Value tensor = adaptor.getInput();
  // Nothing is moved, and which dimensions of nothing belong together is not to be told.
  if (type.hasStaticShape() && type.getNumElements() == 0) {
    rewriter.replaceOpWithNewOp<tensor::EmptyOp>(op, type.getShape(), type.getElementType());
    return success();
  }
  Sizes inputSizes = getSizes(b, tensor), sizes = getSizes(b, type, adaptor.getDims());
  SmallVector<ReshapeGroup> groups = getReshapeGroups(inputSizes, sizes);
  auto product = [&](ArrayRef<OpFoldResult> factors, ArrayRef<int64_t> dims) {
    OpFoldResult result = b.getIndexAttr(1);
    for (int64_t dim : dims) result = mulSizes(b, result, factors[dim]);
    return result;
  };

  // Collapsed to one dimension a group, then expanded: both are views.
  auto inputType = cast<RankedTensorType>(tensor.getType());
  SmallVector<ReassociationIndices> collapsed, expanded;
  SmallVector<int64_t> shape;
  bool isView = true;
  for (const ReshapeGroup &group : groups) {
    requireSameSize(b, product(inputSizes, group.input), product(sizes, group.result),
                    "reshape: {} elements do not fill dimensions of {}");
    collapsed.push_back(group.input);
    expanded.push_back(group.result);
    bool isOpen = false;
    int64_t count = 1, numOpen = 0;
    for (int64_t dim : group.result) {
      numOpen += type.isDynamicDim(dim);
      isOpen |= type.isDynamicDim(dim);
      count *= type.getDimSize(dim);
    }
    shape.push_back(isOpen ? ShapedType::kDynamic : count);
    isView &= numOpen <= 1;
  }
  if (!isView) {
    // Several open dimensions out of one: MLIR's lowering of expand_shape knows sizes and strides of only one open
    // dimension a group, so these elements are copied from the flat input.
    if (inputType.getRank() > 1)
      tensor = tensor::CollapseShapeOp::create(
          b, tensor, ReassociationIndices(llvm::to_vector<2>(llvm::seq<int64_t>(0, inputType.getRank()))));
    Value result = createParallel(b, {}, {}, sizes, type.getElementType(),
                                  [&](ImplicitLocOpBuilder &b, ValueRange) -> SmallVector<Value> {
                                    return {tensor::ExtractOp::create(b, tensor, createRowMajorPlace(b, sizes))};
                                  });
    rewriter.replaceOp(op, result);
    return success();
  }
  if (static_cast<int64_t>(groups.size()) < inputType.getRank())
    tensor = tensor::CollapseShapeOp::create(b, tensor, collapsed);
  tensor = castTo(b, tensor, type.clone(shape));
  if (static_cast<int64_t>(groups.size()) < type.getRank())
    tensor = tensor::ExpandShapeOp::create(b, type, tensor, expanded, sizes);
  rewriter.replaceOp(op, tensor);
  return success();
}

static LogicalResult lowerDim(DimOp op, DimOp::Adaptor adaptor, ConversionPatternRewriter &rewriter,
                              ImplicitLocOpBuilder &b) {
  Value size = toIndex(b, getSize(b, adaptor.getInput(), op.getAxis()));
  rewriter.replaceOp(op, createScalarTensor(b, arith::IndexCastOp::create(b, b.getI64Type(), size)));
  return success();
}

static LogicalResult lowerTranspose(TransposeOp op, TransposeOp::Adaptor adaptor, ConversionPatternRewriter &rewriter,
                                    ImplicitLocOpBuilder &b) {
  Value input = adaptor.getInput();
  ArrayRef<int64_t> permutation = op.getPermutation();
  if (llvm::is_sorted(permutation)) {
    rewriter.replaceOp(op, input);
    return success();
  }
  Sizes inputSizes = getSizes(b, input), sizes;
  for (int64_t dim : permutation) sizes.push_back(inputSizes[dim]);
  Value empty = createEmpty(b, sizes, getDtype(input));
  rewriter.replaceOp(op, linalg::TransposeOp::create(b, input, empty, permutation).getResult());
  return success();
}

//===------------------------------------------------------------------------------------------------------------===//
// Joining and cutting
//===------------------------------------------------------------------------------------------------------------===//

static LogicalResult lowerConcat(ConcatOp op, ConcatOp::Adaptor adaptor, ConversionPatternRewriter &rewriter,
                                 ImplicitLocOpBuilder &b) {
  RankedTensorType type = getStorageTensorType(op.getResult());
  int64_t rank = type.getRank(), axis = op.getAxis();
  SmallVector<Sizes> inputSizes;
  for (Value input : adaptor.getInputs()) inputSizes.push_back(getSizes(b, input));
  Sizes sizes;
  for (int64_t dim = 0; dim < rank; ++dim) {
    Sizes candidates = llvm::map_to_vector<6>(inputSizes, [&](const Sizes &sizes) { return sizes[dim]; });
    if (dim != axis) {
      sizes.push_back(mergeSizes(b, type.getDimSize(dim), candidates,
                                 "concat: dimension " + Twine(dim) + " is {} in one input and {} in another"));
      continue;
    }
    OpFoldResult sum = b.getIndexAttr(0);
    for (OpFoldResult size : candidates) sum = addSizes(b, sum, size);
    sizes.push_back(sum);
  }
  // Each input is written where it belongs: by its producer, where bufferization sees that it can be.
  Value result = createEmpty(b, sizes, type.getElementType());
  SmallVector<OpFoldResult> offsets(rank, b.getIndexAttr(0)), strides(rank, b.getIndexAttr(1));
  for (auto [input, inputSize] : llvm::zip_equal(adaptor.getInputs(), inputSizes)) {
    Sizes extent = sizes;
    extent[axis] = inputSize[axis];
    if (hasNoElements(input.getType()))
      continue;
    // A slice's static sizes and its source's type have to be static alike.
    SmallVector<int64_t> shape;
    for (OpFoldResult size : extent)
      shape.push_back(isa<Attribute>(size) ? *getConstantIntValue(size) : ShapedType::kDynamic);
    result = tensor::InsertSliceOp::create(b, castTo(b, input, type.clone(shape)), result, offsets, extent, strides);
    offsets[axis] = addSizes(b, offsets[axis], inputSize[axis]);
  }
  rewriter.replaceOp(op, castTo(b, result, type));
  return success();
}

static LogicalResult lowerStack(StackOp op, StackOp::Adaptor adaptor, ConversionPatternRewriter &rewriter,
                                ImplicitLocOpBuilder &b) {
  RankedTensorType type = getStorageTensorType(op.getResult());
  int64_t rank = type.getRank(), axis = op.getAxis();
  Sizes inputSizes = getSizes(b, adaptor.getInputs().front());
  for (Value input : adaptor.getInputs().drop_front())
    for (auto [dim, size] : llvm::enumerate(getSizes(b, input)))
      requireSameSize(b, inputSizes[dim], size,
                      "stack: dimension " + Twine(dim) + " is {} in one input and {} in another");
  Sizes sizes = inputSizes, extent;
  sizes.insert(sizes.begin() + axis, b.getIndexAttr(adaptor.getInputs().size()));
  extent = sizes;
  extent[axis] = b.getIndexAttr(1);
  Value result = createEmpty(b, sizes, type.getElementType());
  SmallVector<OpFoldResult> offsets(rank, b.getIndexAttr(0)), strides(rank, b.getIndexAttr(1));
  for (auto [position, input] : llvm::enumerate(adaptor.getInputs())) {
    offsets[axis] = b.getIndexAttr(position);
    result = tensor::InsertSliceOp::create(b, input, result, offsets, extent, strides);
  }
  rewriter.replaceOp(op, castTo(b, result, type));
  return success();
}

static LogicalResult lowerSplit(SplitOp op, SplitOp::Adaptor adaptor, ConversionPatternRewriter &rewriter,
                                ImplicitLocOpBuilder &b) {
  Value input = adaptor.getInput();
  Sizes extent = getSizes(b, input);
  SmallVector<OpFoldResult> offsets(extent.size(), b.getIndexAttr(0)), strides(extent.size(), b.getIndexAttr(1));
  SmallVector<Value> pieces;
  int64_t offset = 0;
  for (auto [piece, size] : llvm::zip_equal(op.getResults(), op.getSizes())) {
    offsets[op.getAxis()] = b.getIndexAttr(offset);
    extent[op.getAxis()] = b.getIndexAttr(size);
    RankedTensorType type = getStorageTensorType(piece);
    pieces.push_back(size == 0 ? createEmpty(b, extent, type.getElementType())
                               : tensor::ExtractSliceOp::create(b, type, input, offsets, extent, strides));
    offset += size;
  }
  rewriter.replaceOp(op, pieces);
  return success();
}

static LogicalResult lowerPad(PadOp op, PadOp::Adaptor adaptor, ConversionPatternRewriter &rewriter,
                              ImplicitLocOpBuilder &b) {
  Value result = createPadded(b, adaptor.getInput(), op.getLow(), op.getHigh(), getScalar(b, adaptor.getValue()));
  rewriter.replaceOp(op, castTo(b, result, getStorageTensorType(op.getResult())));
  return success();
}

static LogicalResult lowerReverse(ReverseOp op, ReverseOp::Adaptor adaptor, ConversionPatternRewriter &rewriter,
                                  ImplicitLocOpBuilder &b) {
  Value input = adaptor.getInput();
  Sizes sizes = getSizes(b, input);
  SmallVector<Value> last(sizes.size());
  for (int64_t axis : op.getAxes()) last[axis] = arith::SubIOp::create(b, toIndex(b, sizes[axis]), createIndex(b, 1));
  Value result =
      createParallel(b, {}, {}, sizes, getDtype(input), [&](ImplicitLocOpBuilder &b, ValueRange) -> SmallVector<Value> {
        SmallVector<Value> position;
        for (auto [dim, end] : llvm::enumerate(last)) {
          Value index = linalg::IndexOp::create(b, dim);
          position.push_back(end ? Value(arith::SubIOp::create(b, end, index)) : index);
        }
        return {tensor::ExtractOp::create(b, input, position)};
      });
  rewriter.replaceOp(op, result);
  return success();
}

/// Raises `index_out_of_range` where `size` elements from `start` reach outside of `extent`, and has the start moved
/// inside, where reading and writing do no harm.
static OpFoldResult requireInside(ImplicitLocOpBuilder &b, StringRef opName, int64_t dim, OpFoldResult start,
                                  OpFoldResult size, OpFoldResult extent, int64_t stride) {
  auto startNumber = getConstantIntValue(start), sizeNumber = getConstantIntValue(size),
       extentNumber = getConstantIntValue(extent);
  bool isWhole = startNumber == 0 && stride == 1 && isSameSize(size, extent);
  bool isKnown = startNumber && sizeNumber && extentNumber; // and was verified
  if (isWhole || isKnown)
    return start;
  // What is touched: start, and (size - 1) * stride elements further; nothing for a size of 0.
  Value zero = createIndex(b, 0), one = createIndex(b, 1), sizeValue = toIndex(b, size);
  Value reach = arith::MulIOp::create(b, arith::SubIOp::create(b, sizeValue, one), createIndex(b, stride));
  reach = arith::AddIOp::create(b, arith::MaxSIOp::create(b, reach, createIndex(b, -1)), one);
  Value greatest = arith::SubIOp::create(b, toIndex(b, extent), reach), startValue = toIndex(b, start);
  auto compare = [&](arith::CmpIPredicate predicate, Value x, Value y) -> Value {
    return arith::CmpIOp::create(b, predicate, x, y);
  };
  Value inside = arith::AndIOp::create(b, compare(arith::CmpIPredicate::sge, startValue, zero),
                                       compare(arith::CmpIPredicate::sle, startValue, greatest));
  inside = arith::AndIOp::create(b, inside, compare(arith::CmpIPredicate::sge, sizeValue, zero));
  RaiseOp::create(b, inside, RaiseCode::index_out_of_range,
                  (opName + ": start {} and size {} with stride " + Twine(stride) + " reach outside dimension " +
                   Twine(dim) + " of size {}")
                      .str(),
                  ValueRange{startValue, sizeValue, toIndex(b, extent)});
  if (startNumber)
    return start;
  return Value(arith::MaxSIOp::create(b, arith::MinSIOp::create(b, startValue, greatest), zero));
}

/// The next of numbers that stand in an attribute or, where that says so, in an operand.
static OpFoldResult takeIndex(ImplicitLocOpBuilder &b, int64_t number, ValueRange &operands) {
  if (!ShapedType::isDynamic(number))
    return b.getIndexAttr(number);
  OpFoldResult index = getScalarIndex(b, operands.front());
  operands = operands.drop_front();
  return index;
}

static LogicalResult lowerSlice(SliceOp op, SliceOp::Adaptor adaptor, ConversionPatternRewriter &rewriter,
                                ImplicitLocOpBuilder &b) {
  Value input = adaptor.getInput();
  ValueRange startOperands = adaptor.getStarts(), sizeOperands = adaptor.getSizes();
  Sizes starts, sizes, strides;
  for (auto [dim, extent] : llvm::enumerate(getSizes(b, input))) {
    OpFoldResult start = takeIndex(b, op.getStaticStarts()[dim], startOperands);
    sizes.push_back(takeIndex(b, op.getStaticSizes()[dim], sizeOperands));
    int64_t stride = op.getStrides()[dim];
    starts.push_back(requireInside(b, "slice", dim, start, sizes.back(), extent, stride));
    strides.push_back(b.getIndexAttr(stride));
  }
  Value result = tensor::ExtractSliceOp::create(b, input, starts, sizes, strides);
  rewriter.replaceOp(op, castTo(b, result, getStorageTensorType(op.getResult())));
  return success();
}

static LogicalResult lowerInsert(InsertOp op, InsertOp::Adaptor adaptor, ConversionPatternRewriter &rewriter,
                                 ImplicitLocOpBuilder &b) {
  Value input = adaptor.getInput(), update = adaptor.getUpdate();
  ValueRange startOperands = adaptor.getStarts();
  if (hasNoElements(update.getType())) {
    rewriter.replaceOp(op, input);
    return success();
  }
  Sizes sizes = getSizes(b, update), starts, strides(sizes.size(), b.getIndexAttr(1));
  for (auto [dim, extent] : llvm::enumerate(getSizes(b, input))) {
    OpFoldResult start = takeIndex(b, op.getStaticStarts()[dim], startOperands);
    starts.push_back(requireInside(b, "insert", dim, start, sizes[dim], extent, 1));
  }
  // One number goes where it belongs from its register.
  auto expand = update.getDefiningOp<tensor::ExpandShapeOp>();
  if (expand && expand.getSrcType().getRank() == 0) {
    SmallVector<Value> position;
    for (OpFoldResult start : starts) position.push_back(toIndex(b, start));
    rewriter.replaceOp(op, tensor::InsertOp::create(b, getScalar(b, expand.getSrc()), input, position).getResult());
    return success();
  }
  rewriter.replaceOp(op, tensor::InsertSliceOp::create(b, update, input, starts, sizes, strides).getResult());
  return success();
}

void mlir::tenon::populateShapePatterns(const TypeConverter &converter, RewritePatternSet &patterns) {
  MLIRContext *context = patterns.getContext();
  patterns.add<FunctionPattern<SplatOp>>(converter, context, lowerSplat);
  patterns.add<FunctionPattern<IotaOp>>(converter, context, lowerIota);
  patterns.add<FunctionPattern<BroadcastOp>>(converter, context, lowerBroadcast);
  patterns.add<FunctionPattern<ReshapeOp>>(converter, context, lowerReshape);
  patterns.add<FunctionPattern<DimOp>>(converter, context, lowerDim);
  patterns.add<FunctionPattern<TransposeOp>>(converter, context, lowerTranspose);
  patterns.add<FunctionPattern<ConcatOp>>(converter, context, lowerConcat);
  patterns.add<FunctionPattern<StackOp>>(converter, context, lowerStack);
  patterns.add<FunctionPattern<SplitOp>>(converter, context, lowerSplit);
  patterns.add<FunctionPattern<PadOp>>(converter, context, lowerPad);
  patterns.add<FunctionPattern<ReverseOp>>(converter, context, lowerReverse);
  patterns.add<FunctionPattern<SliceOp>>(converter, context, lowerSlice);
  patterns.add<FunctionPattern<InsertOp>>(converter, context, lowerInsert);
}
