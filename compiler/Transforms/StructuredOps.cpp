// What linalg ops are to the passes of this room.
#include "compiler/Transforms/StructuredOps.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Interfaces/LoopLikeInterface.h"

using namespace mlir;

bool mlir::tenon::isContraction(linalg::LinalgOp op) {
  if (op.getNumReductionLoops() == 0 || op.getNumDpsInputs() < 2)
    return false;
  bool accumulates = false;
  for (Operation &inner : op.getBlock()->without_terminator())
    accumulates |= isa<math::FmaOp, arith::MulFOp, arith::MulIOp>(inner);
  return accumulates;
}

bool mlir::tenon::isElementwiseLoop(Operation *op) {
  auto generic = dyn_cast_or_null<linalg::GenericOp>(op);
  return generic && generic.getNumLoops() == generic.getNumParallelLoops();
}

bool mlir::tenon::isRepeated(Operation *inner, Operation *outer) {
  for (Operation *op = inner->getParentOp(); op && !op->isProperAncestor(outer); op = op->getParentOp())
    if (isa<LoopLikeOpInterface>(op))
      return true;
  return false;
}
