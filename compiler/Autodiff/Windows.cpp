// Pullbacks of convolution and pooling, as compositions: so they have pullbacks themselves.
//
// For a spatial dimension of size n with padding (low, high), window w, stride s, dilation d and result size m, tap k
// of position o reads padded element o s + k d; extent = (w - 1) d + 1.
#include "compiler/Autodiff/Pullback.h"

using namespace mlir;
using namespace mlir::tenon;

namespace {
struct Geometry {
  SmallVector<int64_t> strides, padding, dilations;
  int64_t low(size_t i) const { return padding[2 * i]; }
  int64_t high(size_t i) const { return padding[2 * i + 1]; }
};
} // namespace

static RankedTensorType typeOf(Value value) { return cast<RankedTensorType>(value.getType()); }

template <typename OpT> static Geometry geometryOf(OpT op) {
  return {llvm::to_vector(op.getStrides()), llvm::to_vector(op.getPadding()), llvm::to_vector(op.getDilations())};
}

/// The first elements of `value` along its spatial dimensions, as many as `like` has, from `starts` on.
static Term crop(Pullback &p, Value value, ArrayRef<int64_t> starts, Value like) {
  RankedTensorType type = typeOf(value), to = typeOf(like);
  int64_t rank = type.getRank();
  SmallVector<int64_t> begin(rank, 0), sizes(type.getShape()), strides(rank, 1);
  SmallVector<Value> dynamic;
  bool isWhole = true;
  for (int64_t axis = 0; axis < rank; ++axis) {
    bool isSpatial = axis > 0 && axis + 1 < rank;
    if (isSpatial) {
      isWhole &= starts[axis - 1] == 0 && !to.isDynamicDim(axis) && sizes[axis] == to.getDimSize(axis);
      begin[axis] = starts[axis - 1];
      sizes[axis] = to.getDimSize(axis);
    }
    if (ShapedType::isDynamic(sizes[axis]))
      dynamic.push_back(p.dim(isSpatial ? like : value, axis));
  }
  if (isWhole)
    return p(value);
  return p(SliceOp::create(p, value, ValueRange(), dynamic, p.getDenseI64ArrayAttr(begin),
                           p.getDenseI64ArrayAttr(sizes), p.getDenseI64ArrayAttr(strides)));
}

/// Each position's element followed by stride - 1 zeros, along the spatial dimensions.
static Term spreadPositions(Pullback &p, Value value, ArrayRef<int64_t> strides) {
  if (llvm::all_of(strides, [](int64_t stride) { return stride == 1; }))
    return p(value);
  RankedTensorType type = typeOf(value);
  int64_t rank = type.getRank();
  SmallVector<int64_t> split, joined, low, high;
  SmallVector<Value> splitDims = p.dims(value), joinedDims;
  for (int64_t axis = 0; axis < rank; ++axis) {
    bool isSpatial = axis > 0 && axis + 1 < rank;
    int64_t size = type.getDimSize(axis), stride = isSpatial ? strides[axis - 1] : 1;
    split.push_back(size);
    high.push_back(0);
    if (isSpatial) {
      split.push_back(1);
      high.push_back(stride - 1);
    }
    joined.push_back(ShapedType::isDynamic(size) ? size : size * stride);
    if (ShapedType::isDynamic(size))
      joinedDims.push_back(p(MulOp::create(p, p.dim(value, axis).value, p.integer(stride).value)));
  }
  low.assign(high.size(), 0);
  Value padded = PadOp::create(p, p.reshape(value, split, splitDims).value, p.number(0, type).value, low, high);
  return p.reshape(padded, joined, joinedDims);
}

/// dx of r = conv(x, filter): where it is one group the transposed convolution, which may come out longer than x.
static Term convInputGradient(Pullback &p, Value g, Value filter, Value like, const Geometry &geometry,
                              int64_t groups) {
  size_t spatial = geometry.strides.size();
  RankedTensorType type = typeOf(filter);
  SmallVector<int64_t> zeros(spatial, 0);
  if (groups == 1) {
    SmallVector<int64_t> padding, outputPadding;
    for (size_t i = 0; i < spatial; ++i) {
      int64_t positions = typeOf(g).getDimSize(i + 1), size = typeOf(like).getDimSize(i + 1), high = 0, extra = 0;
      int64_t extent = (type.getDimSize(i) - 1) * geometry.dilations[i] + 1;
      if (geometry.strides[i] == 1) {
        high = geometry.high(i);
      } else if (!ShapedType::isDynamic(positions) && !ShapedType::isDynamic(size) && !type.isDynamicDim(i)) {
        int64_t surplus = (positions - 1) * geometry.strides[i] + extent - geometry.low(i) - size;
        high = std::max<int64_t>(surplus, 0);
        extra = std::max<int64_t>(-surplus, 0);
      } else {
        // The high padding is put off: what it cuts away follows from the size of x. Enough for every size of x that
        // gives this result; less than the stride or the dilation.
        extra = geometry.strides[i] - 1;
      }
      padding.append({geometry.low(i), high});
      outputPadding.push_back(extra);
    }
    Value whole =
        ConvTransposeOp::create(p, g, filter, p.getDenseI64ArrayAttr(geometry.strides), p.getDenseI64ArrayAttr(padding),
                                p.getDenseI64ArrayAttr(geometry.dilations), p.getDenseI64ArrayAttr(outputPadding));
    // With strides of 1 the sizes agree, whatever they are.
    bool agrees = llvm::all_of(geometry.strides, [](int64_t stride) { return stride == 1; });
    return agrees && whole.getType() == like.getType() ? p(whole) : crop(p, whole, zeros, like);
  }
  // [w..., C/G, G, O/G] -> [w..., O/G, G, C/G], reversed: each group's filter transposed.
  int64_t rank = type.getRank(), channels = type.getDimSize(rank - 2), outputs = type.getDimSize(rank - 1) / groups;
  SmallVector<int64_t> split(type.getShape().drop_back()), permutation, joined(type.getShape().drop_back(2)), axes;
  split.append({groups, outputs});
  for (size_t i = 0; i < spatial; ++i) {
    permutation.push_back(i);
    axes.push_back(i);
  }
  permutation.append({rank, rank - 1, rank - 2});
  joined.append({outputs, groups * channels});
  SmallVector<Value> dims = p.dims(filter);
  Value turned = p.reshape(p.transpose(p.reshape(filter, split, dims), permutation), joined, dims);
  turned = ReverseOp::create(p, turned, axes);
  // All of what any x of this result may have; the low padding is cropped.
  SmallVector<int64_t> padding, ones(spatial, 1), starts;
  for (size_t i = 0; i < spatial; ++i) {
    int64_t extent = (type.getDimSize(i) - 1) * geometry.dilations[i] + 1;
    padding.append({extent - 1, extent - 1});
    starts.push_back(geometry.low(i));
  }
  Value whole = ConvOp::create(p, spreadPositions(p, g, geometry.strides).value, turned, p.getDenseI64ArrayAttr(ones),
                               p.getDenseI64ArrayAttr(padding), p.getDenseI64ArrayAttr(geometry.dilations),
                               p.getI64IntegerAttr(groups));
  return crop(p, whole, starts, like);
}

/// dfilter of r = conv(x, filter): a convolution of x with g as the filter, batch and channels exchanged, stride and
/// dilation too. Each group reads its own channels: [N, n..., G C/G] -> [C/G, n..., G N].
static Term convFilterGradient(Pullback &p, Value x, Value g, Value like, const Geometry &geometry, int64_t groups) {
  size_t spatial = geometry.strides.size();
  RankedTensorType type = typeOf(x);
  int64_t rank = type.getRank(), last = rank - 1;
  SmallVector<int64_t> exchange{last};
  for (size_t i = 0; i < spatial; ++i) exchange.push_back(i + 1);
  exchange.push_back(0);
  Term images = p(x);
  if (groups == 1) {
    images = p.transpose(x, exchange);
  } else {
    int64_t channels = type.getDimSize(last) / groups, batch = type.getDimSize(0);
    SmallVector<int64_t> split(type.getShape().drop_back()), joined{channels};
    split.append({groups, channels});
    SmallVector<int64_t> permutation{rank};
    SmallVector<Value> joinedDims;
    for (size_t i = 0; i < spatial; ++i) {
      permutation.push_back(i + 1);
      joined.push_back(type.getDimSize(i + 1));
      if (type.isDynamicDim(i + 1))
        joinedDims.push_back(p.dim(x, i + 1));
    }
    permutation.append({last, 0});
    joined.push_back(ShapedType::isDynamic(batch) ? batch : groups * batch);
    if (ShapedType::isDynamic(batch))
      joinedDims.push_back(MulOp::create(p, p.dim(x, 0).value, p.integer(groups).value));
    images = p.reshape(p.transpose(p.reshape(x, split, p.dims(x)), permutation), joined, joinedDims);
  }
  // [N, m..., O] -> [m..., N, O]
  SmallVector<int64_t> toFilter, back;
  for (size_t i = 0; i < spatial; ++i) toFilter.push_back(i + 1);
  toFilter.append({0, last});
  Value filter = p.transpose(g, toFilter);
  Value whole = ConvOp::create(p, images.value, filter, p.getDenseI64ArrayAttr(geometry.dilations),
                               p.getDenseI64ArrayAttr(geometry.padding), p.getDenseI64ArrayAttr(geometry.strides),
                               p.getI64IntegerAttr(groups));
  // [C/G, w..., O] -> [w..., C/G, O], of which taps that no position reached are cut off.
  for (size_t i = 0; i < spatial; ++i) back.push_back(i + 1);
  back.append({0, last});
  SmallVector<int64_t> starts(rank, 0);
  return p.sliceLike(p.transpose(whole, back), starts, like);
}

static LogicalResult pullConv(ConvOp op, Pullback &p) {
  Geometry geometry = geometryOf(op);
  int64_t groups = op.getGroups();
  RankedTensorType filter = op.getFilter().getType();
  if (groups > 1 && !filter.hasStaticShape())
    return op.emitError("conv: the gradient of a grouped convolution needs a filter of static shape");
  if (p.needs(op.getInput()))
    p.add(op.getInput(), convInputGradient(p, p.cotangent(), op.getFilter(), op.getInput(), geometry, groups));
  if (p.needs(op.getFilter()))
    p.add(op.getFilter(), convFilterGradient(p, op.getInput(), p.cotangent(), op.getFilter(), geometry, groups));
  return success();
}

/// The transposed convolution is the gradient of a convolution; so its own is that convolution, with the roles of input
/// and result exchanged in the filter's.
static LogicalResult pullConvTranspose(ConvTransposeOp op, Pullback &p) {
  Geometry geometry = geometryOf(op);
  if (p.needs(op.getInput())) {
    Value whole = ConvOp::create(p, p.cotangent().value, op.getFilter(), p.getDenseI64ArrayAttr(geometry.strides),
                                 p.getDenseI64ArrayAttr(geometry.padding), p.getDenseI64ArrayAttr(geometry.dilations),
                                 p.getI64IntegerAttr(1));
    SmallVector<int64_t> starts(geometry.strides.size(), 0);
    p.add(op.getInput(), crop(p, whole, starts, op.getInput()));
  }
  if (p.needs(op.getFilter()))
    p.add(op.getFilter(), convFilterGradient(p, p.cotangent(), op.getInput(), op.getFilter(), geometry, 1));
  return success();
}

// ---- pooling: tap by tap. A tap's contributions are spread to where they belong in the padded input, and added.
namespace {
class Taps {
public:
  template <typename OpT>
  Taps(Pullback &p, OpT op)
      : p(p), input(op.getInput()), result(op.getResult()), window(op.getWindow()), geometry(geometryOf(op)) {}

  /// Calls `visit` with the offset of each tap, in row-major order.
  void forEach(llvm::function_ref<void(ArrayRef<int64_t>)> visit) {
    SmallVector<int64_t> tap(window.size(), 0);
    for (;;) {
      visit(tap);
      size_t i = window.size();
      while (i-- > 0 && ++tap[i] == window[i]) tap[i] = 0;
      if (i == static_cast<size_t>(-1))
        return;
    }
  }

  /// What the tap reads at each position of `padded`.
  Term read(Value padded, ArrayRef<int64_t> tap) {
    int64_t rank = typeOf(padded).getRank();
    SmallVector<int64_t> starts(rank, 0), strides(rank, 1);
    for (auto [i, k] : llvm::enumerate(tap)) {
      starts[i + 1] = k * geometry.dilations[i];
      strides[i + 1] = geometry.strides[i];
    }
    return p(SliceOp::create(p, padded, ValueRange(), p.dims(result), p.getDenseI64ArrayAttr(starts),
                             p.getDenseI64ArrayAttr(typeOf(result).getShape()), p.getDenseI64ArrayAttr(strides)));
  }

  Term pad(Value value, Value with) {
    SmallVector<int64_t> low{0}, high{0};
    for (size_t i = 0; i < window.size(); ++i) {
      low.push_back(geometry.low(i));
      high.push_back(geometry.high(i));
    }
    low.push_back(0);
    high.push_back(0);
    return p(PadOp::create(p, value, with, low, high));
  }

  void write(Value contribution, ArrayRef<int64_t> tap) {
    SmallVector<int64_t> low{0}, high{0};
    for (auto [i, k] : llvm::enumerate(tap)) {
      low.push_back(k * geometry.dilations[i]);
      high.push_back((window[i] - 1 - k) * geometry.dilations[i]);
    }
    low.push_back(0);
    high.push_back(0);
    Value placed = PadOp::create(p, spreadPositions(p, contribution, geometry.strides).value,
                                 p.number(0, contribution.getType()).value, low, high);
    sum = sum ? Value(AddOp::create(p, sum, placed)) : placed;
  }

  /// The sum of what was written, in the shape of the input.
  Term finish() {
    SmallVector<int64_t> starts;
    for (size_t i = 0; i < window.size(); ++i) starts.push_back(geometry.low(i));
    return crop(p, sum, starts, input);
  }

private:
  Pullback &p;
  Value input, result;
  ArrayRef<int64_t> window;
  Geometry geometry;
  Value sum;
};
} // namespace

/// Whether windows lie side by side, each input element in one at most, and all spatial sizes are known.
static bool isTiling(MaxPoolOp op) {
  Geometry geometry = geometryOf(op);
  for (auto [i, size] : llvm::enumerate(op.getWindow())) {
    bool isOpen = op.getInput().getType().isDynamicDim(i + 1) || op.getResult().getType().isDynamicDim(i + 1);
    if (isOpen || geometry.strides[i] != size || (geometry.dilations[i] != 1 && size != 1))
      return false;
  }
  return true;
}

/// Where windows lie side by side each input element asks whether it is the one: no tap is written apart and added. A
/// window's elements are numbered in row-major order, and [N, m..., C] is [N, m, w, ..., C] in the input.
static Term pullTiling(Pullback &p, MaxPoolOp op, Taps &taps, Term padded) {
  RankedTensorType type = op.getInput().getType(), result = op.getResult().getType();
  size_t spatial = op.getWindow().size();
  Type number = p.getI8Type();
  int64_t count = 1;
  for (int64_t size : op.getWindow()) count *= size;
  if (count >= 127)
    number = p.getI32Type();
  // The first that equals the largest; where none does, a number that no element has.
  SmallVector<Term> hits;
  taps.forEach([&](ArrayRef<int64_t> tap) {
    hits.push_back(p.compare(ComparePredicate::eq, taps.read(padded, tap), op.getResult()));
  });
  auto numbered = RankedTensorType::get({}, number);
  Term chosen = p.number(count, numbered);
  for (int64_t tap = count; tap-- > 0;) chosen = p.select(hits[tap], p.number(tap, numbered), chosen);

  SmallVector<int64_t> apart{result.getDimSize(0)}, split{type.getDimSize(0)}, joined{type.getDimSize(0)},
      own(1 + 2 * spatial + 1, 1);
  for (size_t i = 0; i < spatial; ++i) {
    int64_t positions = result.getDimSize(i + 1), size = op.getWindow()[i];
    apart.append({positions, 1});
    split.append({positions, size});
    joined.push_back(positions * size);
    own[2 + 2 * i] = size;
  }
  for (auto *shape : {&apart, &split, &joined}) shape->push_back(type.getDimSize(type.getRank() - 1));
  SmallVector<Value> dims = p.dims(op.getInput());
  Term numbers = p(IotaOp::create(p, RankedTensorType::get({count}, number), 0, ValueRange()));
  Term isChosen = p.compare(ComparePredicate::eq, p.reshape(chosen, apart, dims), p.reshape(numbers, own, {}));
  Term g = p.reshape(p.cotangent(), apart, dims);
  Value whole = p.reshape(p.select(isChosen, g, p.number(0, type)), joined, dims);

  // The input begins after the low padding, and may end before the last window or after it.
  Geometry geometry = geometryOf(op);
  SmallVector<int64_t> starts(type.getRank(), 0), sizes(joined), strides(type.getRank(), 1), low(type.getRank(), 0),
      high(type.getRank(), 0);
  for (size_t i = 0; i < spatial; ++i) {
    starts[i + 1] = geometry.low(i);
    sizes[i + 1] = std::min(joined[i + 1] - geometry.low(i), type.getDimSize(i + 1));
    high[i + 1] = type.getDimSize(i + 1) - sizes[i + 1];
  }
  if (sizes != joined)
    whole = SliceOp::create(p, whole, ValueRange(), dims, p.getDenseI64ArrayAttr(starts), p.getDenseI64ArrayAttr(sizes),
                            p.getDenseI64ArrayAttr(strides));
  if (llvm::any_of(high, [](int64_t size) { return size != 0; }))
    whole = PadOp::create(p, whole, p.number(0, type).value, low, high);
  return p(whole);
}

/// Each position's cotangent goes to the first tap that has the largest element.
static LogicalResult pullMaxPool(MaxPoolOp op, Pullback &p) {
  RankedTensorType type = op.getInput().getType();
  Taps taps(p, op);
  Term padded = taps.pad(op.getInput(), p.number(-std::numeric_limits<double>::infinity(), type));
  if (isTiling(op)) {
    p.add(op.getInput(), pullTiling(p, op, taps, padded));
    return success();
  }
  Term left = p.cotangent(), zero = p.number(0, type);
  taps.forEach([&](ArrayRef<int64_t> tap) {
    Term hit = p.compare(ComparePredicate::eq, taps.read(padded, tap), op.getResult());
    taps.write(p.select(hit, left, zero), tap);
    left = p.select(hit, zero, left);
  });
  p.add(op.getInput(), taps.finish());
  return success();
}

/// Each tap gets the same share; how many count is what the same pool of ones tells.
static LogicalResult pullAvgPool(AvgPoolOp op, Pullback &p) {
  RankedTensorType type = op.getInput().getType();
  Taps taps(p, op);
  double total = 1;
  for (int64_t size : op.getWindow()) total *= static_cast<double>(size);
  Term share = p.cotangent() * (1.0 / total);
  bool isPadded = llvm::any_of(op.getPadding(), [](int64_t padding) { return padding != 0; });
  if (isPadded && !op.getCountPadding()) {
    Value ones = SplatOp::create(p, type, p.number(1, type).value, p.dims(op.getInput()));
    Term inside = taps.pad(ones, p.number(0, type)), counted;
    taps.forEach([&](ArrayRef<int64_t> tap) {
      Term tapOnes = taps.read(inside, tap);
      counted = counted ? counted + tapOnes : tapOnes;
    });
    share = p.cotangent() / counted;
  }
  taps.forEach([&](ArrayRef<int64_t> tap) { taps.write(share, tap); });
  p.add(op.getInput(), taps.finish());
  return success();
}

void tenon::attachWindowPullbacks(MLIRContext &context) {
  attachPullback<ConvOp, pullConv>(context);
  attachPullback<ConvTransposeOp, pullConvTranspose>(context);
  attachPullback<MaxPoolOp, pullMaxPool>(context);
  attachPullback<AvgPoolOp, pullAvgPool>(context);
}
