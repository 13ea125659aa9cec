// Convolutions and pooling: generics over output positions and window taps.
#include "compiler/Conversion/TenonToLinalg/Lowering.h"
#include "compiler/Conversion/TenonToLinalg/Patterns.h"
#include "compiler/Conversion/TenonToLinalg/Window.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace mlir::tenon;

/// The input with `number` around its spatial dimensions.
static Value padSpatial(ImplicitLocOpBuilder &b, Value input, const Window &window, TypedAttr number) {
  SmallVector<int64_t> low{0}, high{0};
  for (int64_t dim = 0; dim < window.rank(); ++dim) {
    low.push_back(window.low(dim));
    high.push_back(window.high(dim));
  }
  low.push_back(0);
  high.push_back(0);
  return createPadded(b, input, low, high, arith::ConstantOp::create(b, number));
}

/// The number of positions of a window along one dimension of the padded input, where the type leaves it open.
static OpFoldResult getPositions(ImplicitLocOpBuilder &b, const Window &window, int64_t dim, int64_t staticSize,
                                 OpFoldResult paddedSize, OpFoldResult taps) {
  if (!ShapedType::isDynamic(staticSize))
    return b.getIndexAttr(staticSize);
  Value size = toIndex(b, paddedSize), extent = toIndex(b, window.getExtent(b, dim, taps));
  Value fits = arith::CmpIOp::create(b, arith::CmpIPredicate::sle, extent, size);
  RaiseOp::create(
      b, fits, RaiseCode::shape_mismatch,
      ("a window of extent {} does not fit in spatial dimension " + Twine(dim) + " of size {} with padding").str(),
      ValueRange{extent, size});
  // (size - extent) / stride + 1, which is 0 where the window does not fit.
  Value stride = createIndex(b, window.strides[dim]);
  Value span = arith::AddIOp::create(b, arith::SubIOp::create(b, size, extent), stride);
  Value positions = arith::DivSIOp::create(b, arith::MaxSIOp::create(b, span, createIndex(b, 0)), stride);
  return positions;
}

//===------------------------------------------------------------------------------------------------------------===//
// Convolution
//===------------------------------------------------------------------------------------------------------------===//

/// Dimension `dim` as two: the group, and the place in the group.
static Value splitDim(ImplicitLocOpBuilder &b, Value tensor, int64_t dim, int64_t groups) {
  auto type = cast<RankedTensorType>(tensor.getType());
  SmallVector<int64_t> shape(type.getShape());
  int64_t size = shape[dim];
  shape[dim] = groups;
  shape.insert(shape.begin() + dim + 1, ShapedType::isDynamic(size) ? size : size / groups);
  Sizes sizes = getSizes(b, tensor);
  OpFoldResult inGroup = b.getIndexAttr(shape[dim + 1]);
  if (ShapedType::isDynamic(size)) {
    inGroup = arith::DivUIOp::create(b, toIndex(b, sizes[dim]), createIndex(b, groups)).getResult();
    requireSameSize(b, mulSizes(b, inGroup, b.getIndexAttr(groups)), sizes[dim],
                    "conv: {} of {} channels divide into " + Twine(groups) + " groups");
  }
  sizes[dim] = b.getIndexAttr(groups);
  sizes.insert(sizes.begin() + dim + 1, inGroup);
  SmallVector<ReassociationIndices> groupsOfDims;
  for (int64_t i = 0, next = 0; i < type.getRank(); ++i) {
    groupsOfDims.push_back({next++});
    if (i == dim)
      groupsOfDims.back().push_back(next++);
  }
  return tensor::ExpandShapeOp::create(b, type.clone(shape), tensor, groupsOfDims, sizes);
}

static LogicalResult lowerConv(ConvOp op, ConvOp::Adaptor adaptor, ConversionPatternRewriter &rewriter,
                               ImplicitLocOpBuilder &b) {
  auto type = cast<RankedTensorType>(op.getResult().getType());
  Type dtype = type.getElementType();
  Window window{op.getStrides(), op.getPadding(), op.getDilations()};
  int64_t rank = window.rank(), groups = op.getGroups();
  Value filter = adaptor.getFilter();
  Value input = padSpatial(b, adaptor.getInput(), window, getNumberAttr(getStorageType(dtype), 0));
  Sizes inputSizes = getSizes(b, input), filterSizes = getSizes(b, filter);
  requireSameSize(b, inputSizes[rank + 1], mulSizes(b, filterSizes[rank], b.getIndexAttr(groups)),
                  "conv: the input has {} channels, the filter is for {}");
  Sizes sizes{inputSizes[0]};
  for (int64_t dim = 0; dim < rank; ++dim)
    sizes.push_back(getPositions(b, window, dim, type.getDimSize(dim + 1), inputSizes[dim + 1], filterSizes[dim]));

  // Loops: n, positions, [group], [output channel], taps, [input channel]; depthwise ones need not all of them.
  auto filterType = cast<RankedTensorType>(filter.getType());
  bool isGrouped = groups > 1;
  bool hasInner = !isGrouped || filterType.getDimSize(rank) != 1;
  bool hasOuter = !isGrouped || filterType.getDimSize(rank + 1) != groups;
  int64_t nextLoop = 0;
  auto takeLoops = [&](int64_t count) {
    SmallVector<AffineExpr> loops;
    for (int64_t i = 0; i < count; ++i) loops.push_back(b.getAffineDimExpr(nextLoop++));
    return loops;
  };
  auto batch = takeLoops(1), position = takeLoops(rank), group = takeLoops(isGrouped), outer = takeLoops(hasOuter);
  int64_t numParallel = nextLoop;
  auto tap = takeLoops(rank), inner = takeLoops(hasInner);

  SmallVector<AffineExpr> element;
  for (int64_t dim = 0; dim < rank; ++dim) element.push_back(window.getElement(dim, position[dim], tap[dim]));
  auto getMap = [&](ArrayRef<SmallVector<AffineExpr>> parts) {
    SmallVector<AffineExpr> exprs;
    for (const auto &part : parts) llvm::append_range(exprs, part);
    return AffineMap::get(nextLoop, 0, exprs, b.getContext());
  };
  AffineMap inputMap = getMap({batch, element, group, inner});
  AffineMap filterMap = getMap({tap, inner, group, outer});
  AffineMap resultMap = getMap({batch, position, group, outer});

  if (isGrouped && hasInner)
    input = splitDim(b, input, rank + 1, groups);
  if (isGrouped && hasOuter)
    filter = splitDim(b, filter, rank + 1, groups);
  if (isGrouped && !hasInner)
    filter = dropDims(b, filter, rank);
  if (isGrouped)
    sizes.push_back(b.getIndexAttr(groups));
  if (hasOuter)
    sizes.push_back(getSizes(b, filter).back());

  Value result = createContraction(b, dtype, {input, filter}, {inputMap, filterMap, resultMap},
                                   getIterators(numParallel, nextLoop - numParallel), sizes);
  if (isGrouped && hasOuter) {
    SmallVector<ReassociationIndices> joined;
    for (int64_t dim = 0; dim <= rank; ++dim) joined.push_back({dim});
    joined.push_back({rank + 1, rank + 2});
    result = tensor::CollapseShapeOp::create(b, result, joined);
  }
  rewriter.replaceOp(op, castTo(b, result, type.clone(getStorageType(dtype))));
  return success();
}

//===------------------------------------------------------------------------------------------------------------===//
// Pooling
//===------------------------------------------------------------------------------------------------------------===//

/// Combines the taps of each window of the padded input in order, in f32 for halves. A tap is a strided view of the
/// input, and all windows combine it at once: element-wise, with the channels side by side.
static Value createPool(ImplicitLocOpBuilder &b, Value padded, Type dtype, const Window &window, ArrayRef<int64_t> taps,
                        RankedTensorType type, TypedAttr start, ScalarOp combine) {
  int64_t rank = window.rank();
  Sizes paddedSizes = getSizes(b, padded), sizes{paddedSizes[0]}, tapSizes;
  SmallVector<OpFoldResult> strides{b.getIndexAttr(1)};
  int64_t numTaps = 1;
  for (int64_t dim = 0; dim < rank; ++dim) {
    tapSizes.push_back(b.getIndexAttr(taps[dim]));
    strides.push_back(b.getIndexAttr(window.strides[dim]));
    sizes.push_back(getPositions(b, window, dim, type.getDimSize(dim + 1), paddedSizes[dim + 1], tapSizes.back()));
    numTaps *= taps[dim];
  }
  sizes.push_back(paddedSizes[rank + 1]);
  strides.push_back(b.getIndexAttr(1));
  auto getTap = [&](ImplicitLocOpBuilder &b, ArrayRef<OpFoldResult> tap) -> Value {
    SmallVector<OpFoldResult> offsets(rank + 2, b.getIndexAttr(0));
    for (int64_t dim = 0; dim < rank; ++dim)
      offsets[dim + 1] = mulSizes(b, tap[dim], b.getIndexAttr(window.dilations[dim]));
    return tensor::ExtractSliceOp::create(b, padded, offsets, sizes, strides);
  };
  AffineMap identity = AffineMap::getMultiDimIdentityMap(rank + 2, b.getContext());

  // The taps of a small window are combined in one sweep, so that what was combined stays in registers.
  constexpr int64_t mostViews = 16;
  if (numTaps <= mostViews) {
    SmallVector<Value> views;
    for (int64_t number = 0; number < numTaps; ++number) {
      SmallVector<OpFoldResult> tap(rank);
      for (int64_t dim = rank - 1, rest = number; dim >= 0; rest /= taps[dim--])
        tap[dim] = b.getIndexAttr(rest % taps[dim]);
      views.push_back(getTap(b, tap));
    }
    return createParallel(b, views, Maps(numTaps, identity), sizes, start.getType(),
                          [&](ImplicitLocOpBuilder &b, ValueRange x) -> SmallVector<Value> {
                            Value result = widen(b, dtype, x[0]);
                            for (int64_t number = 1; number < numTaps; ++number)
                              result = combine(b, dtype, {result, widen(b, dtype, x[number])});
                            return {result};
                          });
  }
  return createLoops(b, tapSizes, createFilled(b, sizes, start),
                     [&](ImplicitLocOpBuilder &b, ValueRange tap, ValueRange carried) -> SmallVector<Value> {
                       Value view = getTap(b, getAsOpFoldResult(tap));
                       return {createGeneric(b, view, carried[0], {identity, identity}, getIterators(rank + 2),
                                             [&](ImplicitLocOpBuilder &b, ValueRange x) -> SmallVector<Value> {
                                               return {combine(b, dtype, {x[1], widen(b, dtype, x[0])})};
                                             })
                                   .getResult(0)};
                     })[0];
}

static LogicalResult lowerMaxPool(MaxPoolOp op, MaxPoolOp::Adaptor adaptor, ConversionPatternRewriter &rewriter,
                                  ImplicitLocOpBuilder &b) {
  auto type = cast<RankedTensorType>(op.getResult().getType());
  Type dtype = type.getElementType(), storage = getStorageType(dtype);
  Window window{op.getStrides(), op.getPadding(), op.getDilations()};
  TypedAttr lowest = getLowestAttr(dtype);
  if (auto half = dyn_cast<FloatType>(storage))
    lowest = FloatAttr::get(half, APFloat::getInf(half.getFloatSemantics(), /*Negative=*/true));
  Value padded = padSpatial(b, adaptor.getInput(), window, lowest);
  Value result = createPool(b, padded, dtype, window, op.getWindow(), type, getLowestAttr(dtype), createMax);
  rewriter.replaceOp(op, castTo(b, convertElements(b, result, storage), type.clone(storage)));
  return success();
}

/// How many taps of each window lie on elements, in a tensor of the spatial sizes.
static Value createTapCounts(ImplicitLocOpBuilder &b, const Window &window, ArrayRef<int64_t> taps,
                             ArrayRef<OpFoldResult> inputSizes, ArrayRef<OpFoldResult> positions, Type elementType) {
  return createParallel(
      b, {}, {}, positions, elementType, [&](ImplicitLocOpBuilder &b, ValueRange) -> SmallVector<Value> {
        Value count = createIndex(b, 1), zero = createIndex(b, 0);
        for (int64_t dim = 0; dim < window.rank(); ++dim) {
          // Taps k with 0 <= y * stride - low + k * dilation < size. The window is never in the padding alone.
          Value start = arith::MulIOp::create(b, linalg::IndexOp::create(b, dim), createIndex(b, window.strides[dim]));
          Value before = arith::SubIOp::create(b, createIndex(b, window.low(dim)), start);
          Value until = arith::AddIOp::create(b, toIndex(b, inputSizes[dim]), before);
          Value dilation = createIndex(b, window.dilations[dim]), roundUp = createIndex(b, window.dilations[dim] - 1);
          auto divideUp = [&](Value x) -> Value {
            return arith::DivUIOp::create(b, arith::AddIOp::create(b, x, roundUp), dilation);
          };
          Value first = divideUp(arith::MaxSIOp::create(b, before, zero));
          Value end =
              arith::MinSIOp::create(b, divideUp(arith::MaxSIOp::create(b, until, zero)), createIndex(b, taps[dim]));
          count = arith::MulIOp::create(b, count, arith::SubIOp::create(b, end, first));
        }
        return {arith::SIToFPOp::create(b, elementType, arith::IndexCastOp::create(b, b.getI64Type(), count))};
      });
}

static LogicalResult lowerAvgPool(AvgPoolOp op, AvgPoolOp::Adaptor adaptor, ConversionPatternRewriter &rewriter,
                                  ImplicitLocOpBuilder &b) {
  auto type = cast<RankedTensorType>(op.getResult().getType());
  Type dtype = type.getElementType(), compute = getComputeType(dtype);
  Window window{op.getStrides(), op.getPadding(), op.getDilations()};
  ArrayRef<int64_t> taps = op.getWindow();
  int64_t rank = window.rank();
  // -0.0 is the number that a sum does not see.
  Value padded = padSpatial(b, adaptor.getInput(), window, getNumberAttr(dtype, -0.0));
  Value sums = createPool(b, padded, dtype, window, taps, type, getNumberAttr(compute, -0.0), createAdd);
  Sizes sizes = getSizes(b, sums);
  AffineMap all = AffineMap::getMultiDimIdentityMap(rank + 2, b.getContext());
  SmallVector<Value> inputs{sums};
  Maps maps{all};
  bool isFull = op.getCountPadding() || padded == adaptor.getInput();
  if (!isFull) {
    ArrayRef<OpFoldResult> positions = ArrayRef(sizes).slice(1, rank);
    Sizes inputSizes = getSizes(b, adaptor.getInput());
    inputs.push_back(createTapCounts(b, window, taps, ArrayRef(inputSizes).slice(1, rank), positions, compute));
    maps.push_back(all.getSliceMap(1, rank));
  }
  int64_t full = 1;
  for (int64_t count : taps) full *= count;
  Value result =
      createParallel(b, inputs, maps, sizes, dtype, [&](ImplicitLocOpBuilder &b, ValueRange x) -> SmallVector<Value> {
        Value count = isFull ? createNumber(b, compute, full) : x[1];
        return {narrow(b, dtype, arith::DivFOp::create(b, x[0], count))};
      });
  rewriter.replaceOp(op, castTo(b, result, type));
  return success();
}

void mlir::tenon::populateWindowPatterns(const TypeConverter &converter, RewritePatternSet &patterns) {
  MLIRContext *context = patterns.getContext();
  patterns.add<FunctionPattern<ConvOp>>(converter, context, lowerConv);
  patterns.add<FunctionPattern<MaxPoolOp>>(converter, context, lowerMaxPool);
  patterns.add<FunctionPattern<AvgPoolOp>>(converter, context, lowerAvgPool);
}
