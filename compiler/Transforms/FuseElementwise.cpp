// Element-wise producers move into the loops that consume them.
#include "compiler/Transforms/Passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/IR/LinalgInterfaces.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Interfaces/LoopLikeInterface.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace mlir::tenon {
#define GEN_PASS_DEF_FUSEELEMENTWISEPASS
#include "compiler/Transforms/Passes.h.inc"
} // namespace mlir::tenon

using namespace mlir;

namespace {
/// A loop that multiplies and accumulates over several operands: its emitter needs them as they are in memory.
bool isContraction(linalg::LinalgOp op) {
  if (op.getNumReductionLoops() == 0 || op.getNumDpsInputs() < 2)
    return false;
  bool accumulates = false;
  for (Operation &inner : op.getBlock()->without_terminator())
    accumulates |= isa<math::FmaOp, arith::MulFOp, arith::MulIOp>(inner);
  return accumulates;
}

/// Whether a loop runs `inner` more often than `outer`, which would be computed anew each time.
bool isRepeated(Operation *inner, Operation *outer) {
  for (Operation *op = inner->getParentOp(); op && !op->isProperAncestor(outer); op = op->getParentOp())
    if (isa<LoopLikeOpInterface>(op))
      return true;
  return false;
}

struct FuseElementwisePass : tenon::impl::FuseElementwisePassBase<FuseElementwisePass> {
  using Base::Base;

  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    linalg::ControlFusionFn control = [&](OpOperand *fused) {
      Operation *producer = fused->get().getDefiningOp();
      auto consumer = dyn_cast<linalg::LinalgOp>(fused->getOwner());
      bool fuse =
          producer && producer->hasOneUse() && consumer && !isContraction(consumer) && !isRepeated(consumer, producer);
      numFused += fuse;
      return fuse;
    };
    linalg::populateElementwiseOpsFusionPatterns(patterns, control);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      return signalPassFailure();
  }
};
} // namespace
