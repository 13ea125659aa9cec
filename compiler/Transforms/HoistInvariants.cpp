// What every iteration would compute again is computed once, before the loop.
#include "compiler/Transforms/Passes.h"
#include "dialects/Tenon/Dialect.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Interfaces/LoopLikeInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Transforms/LoopInvariantCodeMotionUtils.h"

namespace mlir::tenon {
#define GEN_PASS_DEF_HOISTINVARIANTSPASS
#include "compiler/Transforms/Passes.h.inc"
} // namespace mlir::tenon

using namespace mlir;
using namespace mlir::tenon;

/// Whether an op costs nothing where it is, and may cost a copy elsewhere.
static bool belongsToItsUser(Operation *op) {
  if (!isa<SplatOp, IotaOp, BroadcastOp, UndefOp>(op))
    return false;
  auto type = dyn_cast<RankedTensorType>(op->getResult(0).getType());
  return !type || type.getRank() > 0;
}

static bool mayRunBefore(Operation *op) {
  if (!isMemoryEffectFree(op) || !isSpeculatable(op) || belongsToItsUser(op))
    return false;
  // A loop that the program does not reach might not end.
  return !op->walk([](WhileOp) { return WalkResult::interrupt(); }).wasInterrupted();
}

namespace {
struct HoistInvariantsPass : tenon::impl::HoistInvariantsPassBase<HoistInvariantsPass> {
  using Base::Base;

  void runOnOperation() override {
    // From the inside outwards: what leaves one loop may leave the next.
    getOperation()->walk([&](LoopLikeOpInterface loop) {
      numHoisted += moveLoopInvariantCode(
          loop.getLoopRegions(), [&](Value value, Region *) { return loop.isDefinedOutsideOfLoop(value); },
          [](Operation *op, Region *) { return mayRunBefore(op); },
          [&](Operation *op, Region *) { loop.moveOutOfLoop(op); });
    });
  }
};
} // namespace
