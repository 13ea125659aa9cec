// Transposed convolution: ordinary convolutions, one for each place that an output can have between strides.
#include "compiler/Conversion/TenonToLinalg/Lowering.h"
#include "compiler/Conversion/TenonToLinalg/Patterns.h"
#include "compiler/Conversion/TenonToLinalg/Window.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

#include <numeric>

using namespace mlir;
using namespace mlir::tenon;

// Tap k of output y reads input (y + low - k * dilation) / stride, where that is a whole number inside. Outputs that
// are equal modulo the stride, a phase, have the same taps: every `stride / gcd(stride, dilation)`-th, which are
// `dilation / gcd` inputs apart. From the last of them to the first that is a convolution of stride 1 over the input.
// Nothing is spread out with zeros first, and no tap is asked whether it counts. An element is a chain by increasing
// input position.

namespace {
/// One phase along one dimension.
struct Phase {
  int64_t place, numPositions;     // outputs place, place + stride, ...
  int64_t lastTap, tapStep, count; // taps lastTap, lastTap - tapStep, ... read increasing inputs
  int64_t start, dilation;         // the first output reads inputs start, start + dilation, ...

  Phase(const Window &window, int64_t dim, int64_t place, int64_t outputSize, int64_t numTaps) : place(place) {
    int64_t stride = window.strides[dim], common = std::gcd(stride, window.dilations[dim]);
    numPositions = place < outputSize ? (outputSize - place + stride - 1) / stride : 0;
    tapStep = stride / common;
    dilation = window.dilations[dim] / common;
    count = start = lastTap = 0;
    for (int64_t tap = 0; tap < numTaps; ++tap) {
      int64_t distance = place + window.low(dim) - tap * window.dilations[dim];
      if (distance % stride != 0)
        continue;
      ++count;
      lastTap = tap;
      start = distance / stride;
    }
  }
  bool isEmpty() const { return count == 0 || numPositions == 0; }
  /// One past the last input that is read.
  int64_t end() const { return start + (numPositions - 1) + (count - 1) * dilation + 1; }
};
} // namespace

/// The taps of the phases as a filter [taps..., C, O], each dimension from the last tap to the first.
static Value createPhaseFilter(ImplicitLocOpBuilder &b, Value filter, ArrayRef<Phase> phases) {
  int64_t rank = phases.size();
  Sizes filterSizes = getSizes(b, filter), sizes;
  for (const Phase &phase : phases) sizes.push_back(b.getIndexAttr(phase.count));
  sizes.append({filterSizes[rank + 1], filterSizes[rank]});
  return createParallel(
      b, {}, {}, sizes, getDtype(filter), [&](ImplicitLocOpBuilder &b, ValueRange) -> SmallVector<Value> {
        SmallVector<Value> element;
        for (auto [dim, phase] : llvm::enumerate(phases)) {
          Value back = arith::MulIOp::create(b, linalg::IndexOp::create(b, dim), createIndex(b, phase.tapStep));
          element.push_back(arith::SubIOp::create(b, createIndex(b, phase.lastTap), back));
        }
        element.append({linalg::IndexOp::create(b, rank + 1), linalg::IndexOp::create(b, rank)});
        return {tensor::ExtractOp::create(b, filter, element)};
      });
}

/// Where all spatial sizes are static.
static Value createPhases(ImplicitLocOpBuilder &b, ConvTransposeOp op, Type dtype, const Window &window, Value input,
                          Value filter) {
  auto type = cast<RankedTensorType>(op.getResult().getType()), inputType = cast<RankedTensorType>(input.getType());
  int64_t rank = window.rank();
  Type storage = getStorageType(dtype);
  Sizes inputSizes = getSizes(b, input), sizes{inputSizes[0]};
  SmallVector<SmallVector<Phase>> phases(rank);
  SmallVector<int64_t> low{0}, high{0};
  int64_t numPhases = 1;
  for (int64_t dim = 0; dim < rank; ++dim) {
    int64_t outputSize = type.getDimSize(dim + 1), before = 0, after = 0;
    for (int64_t place = 0; place < window.strides[dim]; ++place) {
      Phase phase(window, dim, place, outputSize, cast<RankedTensorType>(filter.getType()).getDimSize(dim));
      phases[dim].push_back(phase);
      if (phase.isEmpty())
        continue;
      before = std::max(before, -phase.start);
      after = std::max(after, phase.end() - inputType.getDimSize(dim + 1));
    }
    sizes.push_back(b.getIndexAttr(outputSize));
    low.push_back(before);
    high.push_back(after);
    numPhases *= window.strides[dim];
  }
  sizes.push_back(getSize(b, filter, rank));
  low.push_back(0);
  high.push_back(0);
  Value zero = arith::ConstantOp::create(b, getNumberAttr(storage, 0));
  Value padded = createPadded(b, input, low, high, zero);

  // Loops of a phase: n, positions, output channel, taps, input channel.
  int64_t numLoops = 2 * rank + 3;
  auto loop = [&](int64_t number) { return b.getAffineDimExpr(number); };
  Value result = createEmpty(b, sizes, storage);
  for (int64_t number = 0; number < numPhases; ++number) {
    SmallVector<Phase> phase;
    for (int64_t dim = rank - 1, rest = number; dim >= 0; rest /= window.strides[dim--])
      phase.insert(phase.begin(), phases[dim][rest % window.strides[dim]]);
    if (llvm::any_of(phase, [](const Phase &p) { return p.numPositions == 0; }))
      continue;
    SmallVector<OpFoldResult> ones(rank + 2, b.getIndexAttr(1)), offsets(rank + 2, b.getIndexAttr(0)), places = offsets,
                                                                                                       steps = ones;
    Sizes extents = getSizes(b, padded), positions{sizes[0]};
    SmallVector<AffineExpr> inputExprs{loop(0)}, filterExprs;
    for (int64_t dim = 0; dim < rank; ++dim) {
      const Phase &p = phase[dim];
      offsets[dim + 1] = b.getIndexAttr(p.start + low[dim + 1]);
      extents[dim + 1] = b.getIndexAttr(p.end() - p.start);
      places[dim + 1] = b.getIndexAttr(p.place);
      steps[dim + 1] = b.getIndexAttr(window.strides[dim]);
      positions.push_back(b.getIndexAttr(p.numPositions));
      inputExprs.push_back(loop(dim + 1) + loop(rank + 2 + dim) * p.dilation);
      filterExprs.push_back(loop(rank + 2 + dim));
    }
    positions.push_back(sizes.back());
    inputExprs.push_back(loop(numLoops - 1));
    filterExprs.append({loop(numLoops - 1), loop(rank + 1)});
    Value piece;
    if (llvm::any_of(phase, [](const Phase &p) { return p.isEmpty(); })) {
      piece = createFilled(b, positions, zero); // a stride beyond the window leaves gaps
    } else {
      Value source = tensor::ExtractSliceOp::create(b, padded, offsets, extents, ones);
      AffineMap inputMap = AffineMap::get(numLoops, 0, inputExprs, b.getContext());
      AffineMap filterMap = AffineMap::get(numLoops, 0, filterExprs, b.getContext());
      AffineMap resultMap = AffineMap::getMultiDimIdentityMap(numLoops, b.getContext()).getMajorSubMap(rank + 2);
      piece = createContraction(b, dtype, {source, createPhaseFilter(b, filter, phase)},
                                {inputMap, filterMap, resultMap}, getIterators(rank + 2, rank + 1), positions);
    }
    result = tensor::InsertSliceOp::create(b, piece, result, places, positions, steps);
  }
  return result;
}

/// Where sizes are open: each output asks of each tap whether it is reached.
static Value createGather(ImplicitLocOpBuilder &b, ConvTransposeOp op, Type dtype, const Window &window, Value input,
                          Value filter) {
  auto type = cast<RankedTensorType>(op.getResult().getType());
  int64_t rank = window.rank();
  Sizes inputSizes = getSizes(b, input), filterSizes = getSizes(b, filter);
  Sizes sizes{inputSizes[0]};
  for (int64_t dim = 0; dim < rank; ++dim) {
    if (!type.isDynamicDim(dim + 1)) {
      sizes.push_back(b.getIndexAttr(type.getDimSize(dim + 1)));
      continue;
    }
    OpFoldResult span =
        mulSizes(b, addSizes(b, inputSizes[dim + 1], b.getIndexAttr(-1)), b.getIndexAttr(window.strides[dim]));
    OpFoldResult full = addSizes(b, span, window.getExtent(b, dim, filterSizes[dim]));
    full = addSizes(b, full, b.getIndexAttr(op.getOutputPadding()[dim] - window.low(dim) - window.high(dim)));
    sizes.push_back(arith::MaxSIOp::create(b, toIndex(b, full), createIndex(b, 0)).getResult());
  }
  sizes.push_back(filterSizes[rank]);

  // Loops: n, positions, output channel, taps, input channel.
  int64_t numParallel = rank + 2, numLoops = 2 * rank + 3;
  SmallVector<AffineExpr> filterExprs;
  for (int64_t dim = 0; dim < rank; ++dim) filterExprs.push_back(b.getAffineDimExpr(numParallel + dim));
  filterExprs.push_back(b.getAffineDimExpr(rank + 1));
  filterExprs.push_back(b.getAffineDimExpr(numLoops - 1));
  AffineMap filterMap = AffineMap::get(numLoops, 0, filterExprs, b.getContext());
  AffineMap resultMap = AffineMap::getMultiDimIdentityMap(numLoops, b.getContext()).getMajorSubMap(numParallel);
  Value zeros = createFilled(b, sizes, getNumberAttr(getComputeType(dtype), 0));
  auto generic = createGeneric(
      b, filter, zeros, {filterMap, resultMap}, getIterators(numParallel, rank + 1),
      [&](ImplicitLocOpBuilder &b, ValueRange x) -> SmallVector<Value> {
        Value channel = linalg::IndexOp::create(b, numLoops - 1), zero = createIndex(b, 0), reached;
        auto require = [&](arith::CmpIPredicate predicate, Value lhs, Value rhs) {
          Value holds = arith::CmpIOp::create(b, predicate, lhs, rhs);
          reached = reached ? Value(arith::AndIOp::create(b, reached, holds)) : holds;
        };
        SmallVector<Value> element{linalg::IndexOp::create(b, 0)}, taps;
        for (int64_t dim = 0; dim < rank; ++dim) {
          Value position = linalg::IndexOp::create(b, dim + 1), stride = createIndex(b, window.strides[dim]);
          // From the last tap to the first: by increasing input position, as in the phases above.
          Value last = toIndex(b, addSizes(b, filterSizes[dim], b.getIndexAttr(-1)));
          Value tap = arith::SubIOp::create(b, last, linalg::IndexOp::create(b, numParallel + dim));
          Value shifted = arith::AddIOp::create(b, position, createIndex(b, window.low(dim)));
          Value distance =
              arith::SubIOp::create(b, shifted, arith::MulIOp::create(b, tap, createIndex(b, window.dilations[dim])));
          Value source = arith::DivSIOp::create(b, distance, stride);
          require(arith::CmpIPredicate::sge, distance, zero);
          require(arith::CmpIPredicate::eq, arith::MulIOp::create(b, source, stride), distance);
          require(arith::CmpIPredicate::slt, source, toIndex(b, inputSizes[dim + 1]));
          element.push_back(source);
          taps.push_back(tap);
        }
        element.push_back(channel);
        taps.append({linalg::IndexOp::create(b, rank + 1), channel});
        auto sum = scf::IfOp::create(
            b, reached,
            [&](OpBuilder &nested, Location loc) {
              ImplicitLocOpBuilder b(loc, nested);
              Value lhs = widen(b, dtype, tensor::ExtractOp::create(b, input, element));
              Value rhs = widen(b, dtype, tensor::ExtractOp::create(b, filter, taps));
              scf::YieldOp::create(b, createMulAdd(b, dtype, lhs, rhs, x[1]));
            },
            [&](OpBuilder &nested, Location loc) { scf::YieldOp::create(nested, loc, x[1]); });
        return {sum.getResult(0)};
      });
  return convertElements(b, generic.getResult(0), getStorageType(dtype));
}

static LogicalResult lowerConvTranspose(ConvTransposeOp op, ConvTransposeOp::Adaptor adaptor,
                                        ConversionPatternRewriter &rewriter, ImplicitLocOpBuilder &b) {
  auto type = cast<RankedTensorType>(op.getResult().getType());
  Type dtype = type.getElementType();
  Window window{op.getStrides(), op.getPadding(), op.getDilations()};
  int64_t rank = window.rank();
  Value input = adaptor.getInput(), filter = adaptor.getFilter();
  requireSameSize(b, getSize(b, input, rank + 1), getSize(b, filter, rank + 1),
                  "conv_transpose: the input has {} channels, the filter is for {}");
  // Many phases are much code; a stride of that size is rare.
  constexpr int64_t mostPhases = 16;
  int64_t numPhases = 1;
  bool isStatic = true;
  for (int64_t dim = 0; dim < rank; ++dim) {
    numPhases *= window.strides[dim];
    isStatic &= !type.isDynamicDim(dim + 1) && !cast<RankedTensorType>(input.getType()).isDynamicDim(dim + 1) &&
                !cast<RankedTensorType>(filter.getType()).isDynamicDim(dim) && type.getDimSize(dim + 1) > 0;
  }
  Value result = isStatic && numPhases <= mostPhases ? createPhases(b, op, dtype, window, input, filter)
                                                     : createGather(b, op, dtype, window, input, filter);
  rewriter.replaceOp(op, castTo(b, result, type.clone(getStorageType(dtype))));
  return success();
}

void mlir::tenon::populateConvTransposePatterns(const TypeConverter &converter, RewritePatternSet &patterns) {
  patterns.add<FunctionPattern<ConvTransposeOp>>(converter, patterns.getContext(), lowerConvTranspose);
}
