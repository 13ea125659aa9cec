// Inference and checks of matmul, convolutions and pooling.
#include "dialects/Tenon/Dialect.h"
#include "dialects/Tenon/Shapes.h"

using namespace mlir;
using namespace mlir::tenon;

LogicalResult MatmulOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor adaptor,
                                         SmallVectorImpl<Type> &results) {
  Checks check("matmul", location);
  auto types = check.tensors(adaptor.getOperands(), 2);
  if (failed(types))
    return failure();
  RankedTensorType lhs = (*types)[0], rhs = (*types)[1];
  auto pair = [&] { return "lhs " + describe(lhs) + ", rhs " + describe(rhs); };
  if (lhs.getRank() < 2 || rhs.getRank() < 2) // (C1)
    return check.error() << "expected operands of rank 2 or more: " << pair();
  if (failed(check.sameDtype(*types, {"lhs", "rhs"}))) // (C2)
    return failure();

  ArrayRef<int64_t> lhsMatrix = lhs.getShape().take_back(2), rhsMatrix = rhs.getShape().take_back(2);
  DictionaryAttr attributes = adaptor.getAttributes();
  bool transposeLhs = flagOf(adaptor.getTransposeLhsAttr(), attributes, "transpose_lhs");
  bool transposeRhs = flagOf(adaptor.getTransposeRhsAttr(), attributes, "transpose_rhs");
  if (!mergeDim(lhsMatrix[transposeLhs ? 0 : 1], rhsMatrix[transposeRhs ? 1 : 0])) { // (C3)
    InFlightDiagnostic diagnostic = check.error() << "inner dimensions differ: " << pair();
    if (transposeLhs || transposeRhs)
      diagnostic << (transposeLhs && transposeRhs ? ", both transposed"
                     : transposeLhs               ? ", lhs transposed"
                                                  : ", rhs transposed");
    return diagnostic;
  }

  int64_t lhsBatchRank = lhs.getRank() - 2, rhsBatchRank = rhs.getRank() - 2;
  int64_t batchRank = std::max(lhsBatchRank, rhsBatchRank);
  SmallVector<int64_t> shape(batchRank, 1);
  for (int64_t i = 0; i < batchRank; ++i) {
    int64_t fromLhs = i - (batchRank - lhsBatchRank), fromRhs = i - (batchRank - rhsBatchRank);
    std::optional<int64_t> size =
        broadcastDim(fromLhs < 0 ? 1 : lhs.getDimSize(fromLhs), fromRhs < 0 ? 1 : rhs.getDimSize(fromRhs));
    if (!size) // (C4)
      return check.error() << "batch dimensions do not broadcast: " << pair();
    shape[i] = *size;
  }
  shape.push_back(lhsMatrix[transposeLhs ? 1 : 0]);
  shape.push_back(rhsMatrix[transposeRhs ? 0 : 1]);
  results.push_back(RankedTensorType::get(shape, lhs.getElementType()));
  return success();
}

namespace {
/// Geometry of a sliding window over the spatial dimensions of [N, spatial..., C].
struct Window {
  ArrayRef<int64_t> strides, padding, dilations;
};
} // namespace

/// (C3) of convolutions, (C2) of pooling: the window's attributes, `spatialRank` numbers each, two for padding.
static FailureOr<Window> checkWindow(const Checks &check, DenseI64ArrayAttr strides, DenseI64ArrayAttr padding,
                                     DenseI64ArrayAttr dilations, int64_t spatialRank) {
  auto strideValues = check.numbers(strides, "strides", spatialRank, 1);
  if (failed(strideValues))
    return failure();
  auto paddingValues = check.numbers(padding, "padding", 2 * spatialRank, 0);
  if (failed(paddingValues))
    return failure();
  auto dilationValues = check.numbers(dilations, "dilations", spatialRank, 1);
  if (failed(dilationValues))
    return failure();
  return Window{*strideValues, *paddingValues, *dilationValues};
}

/// How far a window of `taps` reaches, (taps - 1) * dilation + 1; nullopt on overflow.
static std::optional<int64_t> windowExtent(int64_t taps, int64_t dilation) {
  if (ShapedType::isDynamic(taps))
    return ShapedType::kDynamic;
  std::optional<int64_t> reach = mulDims(taps - 1, dilation);
  return reach ? addDims(*reach, 1) : std::nullopt;
}

/// (C6) of convolutions, (C3) of pooling: the number of window positions along spatial dimension `i`: floor((size +
/// padding - extent) / stride) + 1.
static FailureOr<int64_t> windowPositions(const Checks &check, const Window &window, int64_t i, int64_t size,
                                          int64_t taps) {
  std::optional<int64_t> extent = windowExtent(taps, window.dilations[i]);
  std::optional<int64_t> padding = addDims(window.padding[2 * i], window.padding[2 * i + 1]);
  std::optional<int64_t> padded = padding ? addDims(size, *padding) : std::nullopt;
  if (!extent || !padded)
    return check.error() << "spatial dimension " << i << " is too large";
  if (ShapedType::isDynamic(*extent) || ShapedType::isDynamic(*padded))
    return ShapedType::kDynamic;
  if (*extent > *padded)
    return check.error() << "window of extent " << *extent << " does not fit in spatial dimension " << i << " of size "
                         << *padded << " with padding";
  return (*padded - *extent) / window.strides[i] + 1;
}

/// Operands [N, spatial..., C] and [window..., A, B] with one or two spatial dimensions; yields the spatial rank.
static FailureOr<int64_t> checkConvOperands(const Checks &check, ArrayRef<RankedTensorType> types) {
  RankedTensorType input = types[0], filter = types[1];
  if (failed(check.sameDtype(types, {"input", "filter"}))) // (C2)
    return failure();
  if (input.getRank() < 3 || input.getRank() > 4) // (C1)
    return check.error() << "expected an input of rank 3 or 4, [N, spatial..., C], but got " << describe(input);
  if (filter.getRank() != input.getRank()) // (C1)
    return check.error() << "expected input and filter of equal rank: input " << describe(input) << ", filter "
                         << describe(filter);
  int64_t spatialRank = input.getRank() - 2;
  for (int64_t taps : filter.getShape().take_front(spatialRank))
    if (taps == 0) // (C6)
      return check.error() << "expected a window of at least 1, but got filter " << describe(filter);
  return spatialRank;
}

namespace {
/// What convolutions have in common: their operands, checked, and the window.
struct ConvOperands {
  RankedTensorType input, filter;
  int64_t spatialRank;
  Window window;
};
} // namespace

template <typename Adaptor> static FailureOr<ConvOperands> checkConv(const Checks &check, Adaptor adaptor) {
  auto types = check.tensors(adaptor.getOperands(), 2);
  if (failed(types))
    return failure();
  auto spatialRank = checkConvOperands(check, *types);
  if (failed(spatialRank))
    return failure();
  DictionaryAttr attributes = adaptor.getAttributes();
  auto window = checkWindow(check, attrOf(adaptor.getStridesAttr(), attributes, "strides"),
                            attrOf(adaptor.getPaddingAttr(), attributes, "padding"),
                            attrOf(adaptor.getDilationsAttr(), attributes, "dilations"), *spatialRank);
  if (failed(window))
    return failure();
  return ConvOperands{(*types)[0], (*types)[1], *spatialRank, *window};
}

LogicalResult ConvOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor adaptor,
                                       SmallVectorImpl<Type> &results) {
  Checks check("conv", location);
  auto operands = checkConv(check, adaptor);
  if (failed(operands))
    return failure();
  auto [input, filter, spatialRank, window] = *operands;

  int64_t groups = 1;
  if (IntegerAttr attr = attrOf(adaptor.getProperties().groups, adaptor.getAttributes(), "groups"))
    groups = attr.getInt();
  int64_t channels = input.getShape().back(), filterChannels = filter.getDimSize(spatialRank);
  int64_t outChannels = filter.getShape().back();
  if (groups < 1) // (C4)
    return check.error() << "expected `groups` to be at least 1, but got " << groups;
  if (!ShapedType::isDynamic(channels) && channels % groups != 0) // (C4)
    return check.error() << "input channels do not divide into " << groups << " groups: input " << describe(input);
  if (!ShapedType::isDynamic(outChannels) && outChannels % groups != 0) // (C4)
    return check.error() << "output channels do not divide into " << groups << " groups: filter " << describe(filter);
  if (!ShapedType::isDynamic(channels) && !mergeDim(channels / groups, filterChannels)) // (C5)
    return check.error() << "channels differ: expected filter [window..., " << channels / groups << ", O] for "
                         << groups << (groups == 1 ? " group" : " groups") << ": input " << describe(input)
                         << ", filter " << describe(filter);

  SmallVector<int64_t> shape{input.getDimSize(0)};
  for (int64_t i = 0; i < spatialRank; ++i) {
    auto size = windowPositions(check, window, i, input.getDimSize(i + 1), filter.getDimSize(i));
    if (failed(size))
      return failure();
    shape.push_back(*size);
  }
  shape.push_back(outChannels);
  results.push_back(RankedTensorType::get(shape, input.getElementType()));
  return success();
}

LogicalResult ConvTransposeOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor adaptor,
                                                SmallVectorImpl<Type> &results) {
  Checks check("conv_transpose", location);
  auto operands = checkConv(check, adaptor);
  if (failed(operands))
    return failure();
  auto [input, filter, spatialRank, window] = *operands;
  auto outputPadding = check.numbers(attrOf(adaptor.getOutputPaddingAttr(), adaptor.getAttributes(), "output_padding"),
                                     "output_padding", spatialRank, 0); // (C3)
  if (failed(outputPadding))
    return failure();
  if (!mergeDim(input.getShape().back(), filter.getShape().back())) // (C4)
    return check.error() << "channels differ: input " << describe(input) << ", filter " << describe(filter)
                         << " [window..., O, C]";

  // (size - 1) * stride + extent + output padding - padding: what a convolution of that size would have come from.
  SmallVector<int64_t> shape{input.getDimSize(0)};
  for (int64_t i = 0; i < spatialRank; ++i) {
    if ((*outputPadding)[i] >= std::max(window.strides[i], window.dilations[i])) // (C5)
      return check.error() << "expected `output_padding` less than stride or dilation, but got " << (*outputPadding)[i]
                           << " in spatial dimension " << i;
    int64_t size = input.getDimSize(i + 1);
    std::optional<int64_t> extent = windowExtent(filter.getDimSize(i), window.dilations[i]);
    std::optional<int64_t> span = ShapedType::isDynamic(size) ? std::optional<int64_t>(ShapedType::kDynamic)
                                                              : mulDims(size - 1, window.strides[i]);
    std::optional<int64_t> padding = addDims(window.padding[2 * i], window.padding[2 * i + 1]);
    std::optional<int64_t> full = extent && span ? addDims(*extent, *span) : std::nullopt;
    full = full ? addDims(*full, (*outputPadding)[i]) : std::nullopt;
    if (!full || !padding)
      return check.error() << "spatial dimension " << i << " is too large";
    if (!ShapedType::isDynamic(*full) && *full < *padding) // (C6)
      return check.error() << "padding " << *padding << " exceeds the " << *full << " elements of spatial dimension "
                           << i;
    shape.push_back(ShapedType::isDynamic(*full) ? *full : *full - *padding);
  }
  shape.push_back(filter.getDimSize(spatialRank));
  results.push_back(RankedTensorType::get(shape, input.getElementType()));
  return success();
}

template <typename AdaptorT>
static LogicalResult inferPool(StringRef name, std::optional<Location> location, AdaptorT adaptor,
                               SmallVectorImpl<Type> &results) {
  Checks check(name, location);
  auto types = check.tensors(adaptor.getOperands(), 1);
  if (failed(types))
    return failure();
  RankedTensorType input = types->front();
  if (input.getRank() < 3 || input.getRank() > 4) // (C1)
    return check.error() << "expected an input of rank 3 or 4, [N, spatial..., C], but got " << describe(input);
  int64_t spatialRank = input.getRank() - 2;
  DictionaryAttr attributes = adaptor.getAttributes();
  auto taps = check.numbers(attrOf(adaptor.getWindowAttr(), attributes, "window"), "window", spatialRank, 1); // (C2)
  if (failed(taps))
    return failure();
  auto window = checkWindow(check, attrOf(adaptor.getStridesAttr(), attributes, "strides"),
                            attrOf(adaptor.getPaddingAttr(), attributes, "padding"),
                            attrOf(adaptor.getDilationsAttr(), attributes, "dilations"), spatialRank);
  if (failed(window))
    return failure();

  SmallVector<int64_t> shape{input.getDimSize(0)};
  for (int64_t i = 0; i < spatialRank; ++i) {
    std::optional<int64_t> extent = windowExtent((*taps)[i], window->dilations[i]);
    int64_t padding = std::max(window->padding[2 * i], window->padding[2 * i + 1]);
    // A window that lies in the padding alone has no element to take.
    if (extent && padding >= *extent) // (C3)
      return check.error() << "expected `padding` less than the window's extent " << *extent << ", but got " << padding
                           << " in spatial dimension " << i;
    auto size = windowPositions(check, *window, i, input.getDimSize(i + 1), (*taps)[i]);
    if (failed(size))
      return failure();
    shape.push_back(*size);
  }
  shape.push_back(input.getShape().back());
  results.push_back(RankedTensorType::get(shape, input.getElementType()));
  return success();
}

LogicalResult MaxPoolOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor adaptor,
                                          SmallVectorImpl<Type> &results) {
  return inferPool("max_pool", location, adaptor, results);
}

LogicalResult AvgPoolOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor adaptor,
                                          SmallVectorImpl<Type> &results) {
  return inferPool("avg_pool", location, adaptor, results);
}
