// Pullbacks of checkpoints: the region once more, from the values that it was given, with its gradient behind it.
#include "compiler/Autodiff/Reverse.h"

#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Transforms/RegionUtils.h"

using namespace mlir;
using namespace mlir::tenon;

/// What a random op is given is all that tells two of its calls apart: where that is constants, equal calls would be
/// one value again, and a mask that is drawn in a checkpoint would be kept after all.
static bool isMergedAnyway(Operation &op) {
  return op.getNumOperands() && !op.getNumRegions() && isa<RandomBitsOp, RandomUniformOp, RandomNormalOp>(op) &&
         llvm::all_of(op.getOperands(), [](Value operand) { return matchPattern(operand, m_Constant()); });
}

/// The region's ops again, without what it told the world.
static void computeAgain(CheckpointOp op, OpBuilder &builder, IRMapping &map) {
  for (Operation &inner : op.bodyBlock()->without_terminator()) {
    if (isa<PrintOp, AssertOp>(inner))
      continue;
    Operation *again = builder.clone(inner, map);
    again->walk([](Operation *told) {
      if (isa<PrintOp, AssertOp>(told))
        told->erase();
    });
    again->walk([&](Operation *merged) {
      if (!isMergedAnyway(*merged))
        return;
      OpBuilder before(merged);
      merged->setOperand(0, BarrierOp::create(before, merged->getLoc(), merged->getOperand(0)).getResult(0));
    });
  }
}

/// A checkpoint too, so that a gradient of the gradient keeps no more of it:
///
///   %dx = tenon.checkpoint {
///     %x' = tenon.barrier %x
///     ... the region, with %x' for %x
///     %d = tenon.gradient %x', %y' wrt %x' cotangents(what %x had so far, that of %y)
///     tenon.yield %d
///   }
///
/// That %x' is a target itself adds to its cotangent in the order in which a backward pass without checkpoints does, so
/// that the bits are the same.
static LogicalResult pullCheckpoint(CheckpointOp op, Pullback &p) {
  SmallVector<Value> yields, cotangents;
  for (auto [result, yielded] : llvm::zip_equal(op.getResults(), op.getYield().getValues()))
    if (Value cotangent = p.context.get(result)) {
      yields.push_back(yielded);
      cotangents.push_back(cotangent);
    }
  Flow flow;
  flow.add(op);
  llvm::DenseSet<Value> useful = flow.reach(yields, /*forward=*/false);
  llvm::SetVector<Value> used;
  getUsedValuesDefinedAbove(op.getBody(), used);
  SmallVector<Value> given, sources;
  for (Value value : used) {
    auto type = cast<RankedTensorType>(value.getType());
    bool isSource = p.needs(value) && useful.contains(value);
    if (isSource)
      sources.push_back(value);
    if (isSource || (type.getRank() && !matchPattern(value, m_Constant())))
      given.push_back(value);
  }
  if (sources.empty())
    return success();

  OperationState state(op.getLoc(), CheckpointOp::getOperationName());
  for (Value source : sources) state.addTypes(source.getType());
  state.addRegion()->emplaceBlock();
  auto backward = cast<CheckpointOp>(static_cast<OpBuilder &>(p).create(state));
  OpBuilder builder = OpBuilder::atBlockEnd(backward.bodyBlock());
  IRMapping map;
  map.map(given, BarrierOp::create(builder, op.getLoc(), given).getResults());
  computeAgain(op, builder, map);
  SmallVector<Value> targets, seeds, wanted;
  for (Value source : sources) {
    wanted.push_back(map.lookup(source));
    if (Value sum = p.context.get(source)) {
      targets.push_back(wanted.back());
      seeds.push_back(sum);
    }
  }
  for (auto [yielded, cotangent] : llvm::zip_equal(yields, cotangents)) {
    targets.push_back(map.lookupOrDefault(yielded));
    seeds.push_back(cotangent);
  }
  auto gradient = GradientOp::create(builder, op.getLoc(), targets, wanted, seeds, /*allow_unconnected=*/true);
  YieldOp::create(builder, op.getLoc(), gradient.getGradients());
  for (auto [source, sum] : llvm::zip_equal(sources, backward.getResults())) p.context.set(source, sum);
  return success();
}

static LogicalResult pullBarrier(BarrierOp op, Pullback &p) {
  for (auto [i, input] : llvm::enumerate(op.getInputs()))
    if (Value cotangent = p.context.get(op.getResult(i)))
      p.context.add(p, input, cotangent);
  return success();
}

void tenon::attachCheckpointPullbacks(MLIRContext &context) {
  attachPullback<CheckpointOp, pullCheckpoint>(context);
  attachPullback<BarrierOp, pullBarrier>(context);
}
