// Where the open dimensions of results come from.
#include "dialects/Tenon/Dialect.h"
#include "dialects/Tenon/Shapes.h"

#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace mlir::tenon;

static DimSource ofTensor(Value tensor, int64_t axis) { return {tensor, axis, {}}; }

/// The scalar operand that gives the open dimension `axis`: one operand for each open dimension, in order.
static DimSource ofDims(ValueRange dims, RankedTensorType type, int64_t axis) {
  return {{}, 0, dims[type.getDynamicDimIndex(axis)]};
}

/// An open dimension repeats nothing, so the first operand that has it open has its size.
static DimSource ofBroadcast(ValueRange operands, int64_t rank, int64_t axis) {
  for (Value operand : operands) {
    auto type = cast<RankedTensorType>(operand.getType());
    int64_t position = axis - (rank - type.getRank());
    if (position >= 0 && type.isDynamicDim(position))
      return ofTensor(operand, position);
  }
  return {};
}

/// Dimension `axis` of what is left of `input` without `axes`.
static DimSource ofReduced(Value input, ArrayRef<int64_t> axes, bool keepDims, int64_t axis) {
  int64_t source = 0;
  for (int64_t left = axis;; ++source) {
    if (!keepDims && llvm::is_contained(axes, source))
      continue;
    if (left-- == 0)
      return ofTensor(input, source);
  }
}

template <typename WindowOp> static DimSource ofWindow(WindowOp op, int64_t axis) {
  return axis == 0 ? ofTensor(op.getInput(), 0) : DimSource();
}

namespace {
/// Finds a size that a value inside of an op's regions has, in terms of what is outside of the op.
class SizeOutside {
public:
  explicit SizeOutside(Operation *op) : op(op) {}

  DimSource find(Value value, int64_t axis) {
    if (value.getDefiningOp<UndefOp>() || !visited.insert({value, axis}).second)
      return {}; // it says nothing
    if (isOutside(value))
      return ofTensor(value, axis);
    if (auto argument = dyn_cast<BlockArgument>(value))
      return findCarried(argument, axis);
    auto result = cast<OpResult>(value);
    Operation *inner = result.getOwner();
    unsigned number = result.getResultNumber();
    if (inner->getName().getDialectNamespace() != TenonDialect::getDialectNamespace())
      return {};
    if (auto branches = dyn_cast<IfOp>(inner))
      return findEither(branches.thenBlock()->getTerminator()->getOperand(number),
                        branches.elseBlock()->getTerminator()->getOperand(number), axis);
    if (auto loop = dyn_cast<ForOp>(inner))
      return findEither(loop.getInits()[number], loop.getYield().getValues()[number], axis);
    if (auto loop = dyn_cast<WhileOp>(inner))
      return find(loop.getCondition().getValues()[number], axis);
    if (auto checkpoint = dyn_cast<CheckpointOp>(inner))
      return find(checkpoint.getYield().getValues()[number], axis);
    DimSource source = sourceOfDim(result, axis);
    if (source.scalar)
      return isOutside(source.scalar) ? source : DimSource();
    return source.tensor ? find(source.tensor, source.axis) : DimSource();
  }

  /// A size that both have, as they have to: from one that says it.
  DimSource findEither(Value first, Value second, int64_t axis) {
    DimSource source = find(first, axis);
    return source.tensor || source.scalar ? source : find(second, axis);
  }

private:
  /// Regions that are still being traced belong to no op: they are around this one.
  bool isOutside(Value value) {
    Operation *parent = value.getParentBlock()->getParentOp();
    return !parent || !op->isAncestor(parent);
  }

  /// What a loop carries has the size that it had before the loop or, if it was undefined, that each iteration gives
  /// it.
  DimSource findCarried(BlockArgument argument, int64_t axis) {
    Operation *loop = argument.getOwner()->getParentOp();
    unsigned number = argument.getArgNumber();
    if (auto counted = dyn_cast<ForOp>(loop))
      return number == 0 ? DimSource()
                         : findEither(counted.getInits()[number - 1], counted.getYield().getValues()[number - 1], axis);
    auto repeated = dyn_cast<WhileOp>(loop);
    if (!repeated)
      return {};
    if (argument.getOwner() == repeated.afterBlock())
      return find(repeated.getCondition().getValues()[number], axis);
    return findEither(repeated.getInits()[number], repeated.getYield().getValues()[number], axis);
  }

  Operation *op;
  llvm::SmallDenseSet<std::pair<Value, int64_t>, 8> visited;
};
} // namespace

DimSource tenon::sourceOutside(Operation *op, Value value, int64_t axis) { return SizeOutside(op).find(value, axis); }

/// A result of an op with regions: what these yield for it, or the init of a loop, which keeps sizes.
static DimSource ofRegions(Operation *op, unsigned number, int64_t axis) {
  SizeOutside outside(op);
  if (auto branches = dyn_cast<IfOp>(op))
    return outside.findEither(branches.thenBlock()->getTerminator()->getOperand(number),
                              branches.elseBlock()->getTerminator()->getOperand(number), axis);
  if (auto loop = dyn_cast<ForOp>(op))
    return outside.findEither(loop.getInits()[number], loop.getYield().getValues()[number], axis);
  if (auto checkpoint = dyn_cast<CheckpointOp>(op))
    return outside.find(checkpoint.getYield().getValues()[number], axis);
  return outside.find(cast<WhileOp>(op).getCondition().getValues()[number], axis);
}

DimSource tenon::sourceOfDim(OpResult result, int64_t axis) {
  Operation *op = result.getOwner();
  auto type = cast<RankedTensorType>(result.getType());
  int64_t rank = type.getRank();
  if (op->hasTrait<OpTrait::SameOperandsAndResultType>() || op->hasTrait<OpTrait::SameOperandsAndResultShape>())
    return ofTensor(op->getOperand(0), axis);
  return llvm::TypeSwitch<Operation *, DimSource>(op)
      .Case<LayerNormOp, ScatterOp, OneHotOp, SortOp, TopKOp, SplitOp>(
          [&](auto) { return ofTensor(op->getOperand(0), axis); })
      .Case<AddOp, SubOp, MulOp, DivOp, RemOp, PowOp, MaxOp, MinOp, AndOp, OrOp, XorOp, ShlOp, ShrOp, CompareOp,
            SelectOp, ClampOp>([&](auto) { return ofBroadcast(op->getOperands(), rank, axis); })
      .Case<SplatOp, IotaOp, BroadcastOp, ReshapeOp, RandomBitsOp, RandomUniformOp, RandomNormalOp, ListPopOp,
            ListGetOp>([&](auto given) { return ofDims(given.getDims(), type, axis); })
      .Case([&](SliceOp slice) { return ofDims(slice.getSizes(), type, axis); })
      .Case([&](InsertOp insert) { return ofTensor(insert.getInput(), axis); })
      .Case<IfOp, ForOp, WhileOp, CheckpointOp>(
          [&](auto regions) { return ofRegions(regions, result.getResultNumber(), axis); })
      .Case([&](TransposeOp transpose) { return ofTensor(transpose.getInput(), transpose.getPermutation()[axis]); })
      .Case([&](ReduceOp reduce) { return ofReduced(reduce.getInput(), reduce.getAxes(), reduce.getKeepDims(), axis); })
      .Case<ArgmaxOp, ArgminOp>([&](auto reduce) {
        return ofReduced(reduce.getInput(), {static_cast<int64_t>(reduce.getAxis())}, reduce.getKeepDims(), axis);
      })
      .Case([&](MatmulOp matmul) {
        if (axis == rank - 2)
          return ofTensor(matmul.getLhs(), matmul.getLhs().getType().getRank() - (matmul.getTransposeLhs() ? 1 : 2));
        if (axis == rank - 1)
          return ofTensor(matmul.getRhs(), matmul.getRhs().getType().getRank() - (matmul.getTransposeRhs() ? 2 : 1));
        return ofBroadcast(op->getOperands(), rank, axis);
      })
      .Case([&](ConvOp conv) { return axis == rank - 1 ? ofTensor(conv.getFilter(), rank - 1) : ofWindow(conv, axis); })
      .Case([&](ConvTransposeOp conv) {
        return axis == rank - 1 ? ofTensor(conv.getFilter(), rank - 2) : ofWindow(conv, axis);
      })
      .Case<MaxPoolOp, AvgPoolOp>(
          [&](auto pool) { return axis == rank - 1 ? ofTensor(pool.getInput(), axis) : ofWindow(pool, axis); })
      .Case([&](ConcatOp concat) {
        return axis == static_cast<int64_t>(concat.getAxis()) && concat.getInputs().size() > 1
                   ? DimSource()
                   : ofTensor(concat.getInputs().front(), axis);
      })
      .Case([&](StackOp stack) {
        return ofTensor(stack.getInputs().front(), axis < static_cast<int64_t>(stack.getAxis()) ? axis : axis - 1);
      })
      .Case([&](GradientOp gradient) { return ofTensor(gradient.getSources()[result.getResultNumber()], axis); })
      .Case([&](BarrierOp barrier) { return ofTensor(barrier.getInputs()[result.getResultNumber()], axis); })
      .Case([&](PadOp pad) {
        return pad.getLow()[axis] == 0 && pad.getHigh()[axis] == 0 ? ofTensor(pad.getInput(), axis) : DimSource();
      })
      .Case([&](GatherOp gather) {
        int64_t gathered = gather.getAxis(), indicesRank = gather.getIndices().getType().getRank();
        if (axis < gathered)
          return ofTensor(gather.getInput(), axis);
        if (axis < gathered + indicesRank)
          return ofTensor(gather.getIndices(), axis - gathered);
        return ofTensor(gather.getInput(), axis - indicesRank + 1);
      })
      .Default([](Operation *) { return DimSource(); });
}
