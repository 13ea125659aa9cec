// Where the open dimensions of results come from.
#include "dialects/Tenon/Dialect.h"
#include "dialects/Tenon/Shapes.h"

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

/// Where a region's value gets its size outside of `region`: one step after the other, as long as there is one.
static DimSource outside(Region &region, Value value, int64_t axis) {
  while (region.isAncestor(value.getParentRegion())) {
    auto result = dyn_cast<OpResult>(value);
    if (!result || result.getOwner()->getName().getDialectNamespace() != TenonDialect::getDialectNamespace())
      return {};
    DimSource source = sourceOfDim(result, axis);
    if (source.scalar)
      return region.isAncestor(source.scalar.getParentRegion()) ? DimSource() : source;
    if (!source.tensor)
      return {};
    value = source.tensor;
    axis = source.axis;
  }
  return ofTensor(value, axis);
}

/// A size that both branches agree on, as they have to: from one that says it. What is undefined says nothing.
static DimSource ofBranches(IfOp op, unsigned number, int64_t axis) {
  for (Region *region : op.getRegions()) {
    Value value = region->front().getTerminator()->getOperand(number);
    if (value.getDefiningOp<UndefOp>())
      continue;
    if (DimSource source = outside(*region, value, axis); source.tensor || source.scalar)
      return source;
  }
  return {};
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
      .Case<SplatOp, IotaOp, BroadcastOp, ReshapeOp, RandomBitsOp, RandomUniformOp, RandomNormalOp>(
          [&](auto given) { return ofDims(given.getDims(), type, axis); })
      .Case([&](SliceOp slice) { return ofDims(slice.getSizes(), type, axis); })
      .Case([&](InsertOp insert) { return ofTensor(insert.getInput(), axis); })
      // What a loop carries keeps its size.
      .Case([&](ForOp loop) { return ofTensor(loop.getInits()[result.getResultNumber()], axis); })
      .Case([&](IfOp branches) { return ofBranches(branches, result.getResultNumber(), axis); })
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
