// Pullbacks of ops that make or change shapes.
#include "compiler/Autodiff/Pullback.h"

using namespace mlir;
using namespace mlir::tenon;

static int64_t rankOf(Value value) { return cast<RankedTensorType>(value.getType()).getRank(); }

static LogicalResult pullSplat(SplatOp op, Pullback &p) {
  p.add(op.getValue(), p.cotangent());
  return success();
}
static LogicalResult pullBroadcast(BroadcastOp op, Pullback &p) {
  p.add(op.getInput(), p.cotangent());
  return success();
}
static LogicalResult pullReshape(ReshapeOp op, Pullback &p) {
  p.add(op.getInput(), p.reshapeLike(p.cotangent(), op.getInput()));
  return success();
}
static LogicalResult pullTranspose(TransposeOp op, Pullback &p) {
  SmallVector<int64_t> inverse(op.getPermutation().size());
  for (auto [to, from] : llvm::enumerate(op.getPermutation())) inverse[from] = to;
  p.add(op.getInput(), p.transpose(p.cotangent(), inverse));
  return success();
}
static LogicalResult pullReverse(ReverseOp op, Pullback &p) {
  p.add(op.getInput(), ReverseOp::create(p, p.cotangent().value, op.getAxes()));
  return success();
}

static LogicalResult pullConcat(ConcatOp op, Pullback &p) {
  int64_t axis = op.getAxis(), rank = op.getResult().getType().getRank(), known = 0;
  SmallVector<int64_t> strides(rank, 1);
  Value open; // where the next input begins is `known`, and `open` more
  for (Value input : op.getInputs()) {
    auto type = cast<RankedTensorType>(input.getType());
    if (p.needs(input)) {
      SmallVector<int64_t> starts(rank, 0);
      SmallVector<Value> dynamic;
      if (open) {
        starts[axis] = ShapedType::kDynamic;
        dynamic.push_back(AddOp::create(p, open, p.integer(known).value));
      } else {
        starts[axis] = known;
      }
      Value part = SliceOp::create(p, p.cotangent().value, dynamic, p.dims(input), p.getDenseI64ArrayAttr(starts),
                                   p.getDenseI64ArrayAttr(type.getShape()), p.getDenseI64ArrayAttr(strides));
      p.add(input, part);
    }
    if (!type.isDynamicDim(axis))
      known += type.getDimSize(axis);
    else
      open = open ? Value(AddOp::create(p, open, p.dim(input, axis).value)) : p.dim(input, axis).value;
  }
  return success();
}

static LogicalResult pullStack(StackOp op, Pullback &p) {
  int64_t axis = op.getAxis(), rank = op.getResult().getType().getRank();
  SmallVector<int64_t> sizes(op.getResult().getType().getShape()), starts(rank, 0), strides(rank, 1);
  sizes[axis] = 1;
  for (auto [i, input] : llvm::enumerate(op.getInputs())) {
    if (!p.needs(input))
      continue;
    starts[axis] = i;
    Value part = SliceOp::create(p, p.cotangent().value, ValueRange(), p.dims(input), p.getDenseI64ArrayAttr(starts),
                                 p.getDenseI64ArrayAttr(sizes), p.getDenseI64ArrayAttr(strides));
    p.add(input, p.reshapeLike(part, input));
  }
  return success();
}

/// The pieces' cotangents one after the other, zeros for those that have none.
static LogicalResult pullSplit(SplitOp op, Pullback &p) {
  SmallVector<Value> parts;
  for (auto [i, result] : llvm::enumerate(op.getResults())) {
    Term part = p.cotangent(i);
    parts.push_back(part ? part : p.zeros(result));
  }
  p.add(op.getInput(), ConcatOp::create(p, parts, static_cast<int64_t>(op.getAxis())));
  return success();
}

static LogicalResult pullPad(PadOp op, Pullback &p) {
  Term g = p.cotangent(), inner = p.sliceLike(g, op.getLow(), op.getInput());
  p.add(op.getInput(), inner);
  if (p.needs(op.getValue()))
    p.add(op.getValue(), p.sumTo(g, op.getValue()) - p.sumTo(inner, op.getValue()));
  return success();
}

/// `value` with `stride` - 1 zeros between its elements along each axis, and none behind the last.
static Term spread(Pullback &p, Value value, ArrayRef<int64_t> strides) {
  auto type = cast<RankedTensorType>(value.getType());
  int64_t rank = type.getRank();
  SmallVector<int64_t> split, low(2 * rank, 0), high(2 * rank, 0), joined, zeros(rank, 0), ones(rank, 1), sizes;
  SmallVector<Value> splitDims = p.dims(value), joinedDims, dynamic;
  for (int64_t axis = 0; axis < rank; ++axis) {
    int64_t size = type.getDimSize(axis), stride = strides[axis];
    split.push_back(size);
    split.push_back(1);
    high[2 * axis + 1] = stride - 1;
    if (!ShapedType::isDynamic(size)) {
      joined.push_back(size * stride);
      sizes.push_back(size == 0 ? 0 : (size - 1) * stride + 1);
      continue;
    }
    joined.push_back(size);
    sizes.push_back(size);
    Term long_ = p(MulOp::create(p, p.dim(value, axis).value, p.integer(stride).value));
    joinedDims.push_back(long_);
    Value trimmed = SubOp::create(p, long_.value, p.integer(stride - 1).value);
    dynamic.push_back(MaxOp::create(p, trimmed, p.integer(0).value));
  }
  Value padded = PadOp::create(p, p.reshape(value, split, splitDims).value, p.number(0, type).value, low, high);
  Value full = p.reshape(padded, joined, joinedDims);
  return p(SliceOp::create(p, full, ValueRange(), dynamic, p.getDenseI64ArrayAttr(zeros), p.getDenseI64ArrayAttr(sizes),
                           p.getDenseI64ArrayAttr(ones)));
}

static LogicalResult pullSlice(SliceOp op, Pullback &p) {
  if (!p.needs(op.getInput()))
    return success();
  Term g = p.cotangent();
  if (llvm::any_of(op.getStrides(), [](int64_t stride) { return stride != 1; }))
    g = spread(p, g, op.getStrides());
  p.addBlock(op.getInput(), g, op.getStaticStarts(), op.getStarts());
  return success();
}

static LogicalResult pullInsert(InsertOp op, Pullback &p) {
  Term g = p.cotangent();
  SmallVector<int64_t> strides(rankOf(g), 1);
  if (p.needs(op.getUpdate()))
    p.add(op.getUpdate(), SliceOp::create(p, g.value, op.getStarts(), p.dims(op.getUpdate()), op.getStaticStartsAttr(),
                                          p.getDenseI64ArrayAttr(op.getUpdate().getType().getShape()),
                                          p.getDenseI64ArrayAttr(strides)));
  if (p.needs(op.getInput()))
    p.add(op.getInput(),
          InsertOp::create(p, p.zeros(op.getUpdate()).value, g.value, op.getStarts(), op.getStaticStarts()));
  return success();
}

void tenon::attachShapePullbacks(MLIRContext &context) {
  attachPullback<SplatOp, pullSplat, true>(context);
  attachPullback<BroadcastOp, pullBroadcast, true>(context);
  attachPullback<ReshapeOp, pullReshape, true>(context);
  attachPullback<TransposeOp, pullTranspose, true>(context);
  attachPullback<ReverseOp, pullReverse, true>(context);
  attachPullback<ConcatOp, pullConcat, true>(context);
  attachPullback<StackOp, pullStack, true>(context);
  attachPullback<SplitOp, pullSplit>(context);
  attachPullback<PadOp, pullPad, true>(context);
  attachPullback<SliceOp, pullSlice, true>(context);
  attachPullback<InsertOp, pullInsert>(context);
}
