// A block, op by op from the end.
#include "compiler/Autodiff/Reverse.h"

using namespace mlir;
using namespace mlir::tenon;

LogicalResult tenon::reverseBlock(Operation *last, OpBuilder &builder, PullbackContext &context) {
  for (Operation *op = last, *previous; op; op = previous) {
    previous = op->getPrevNode();
    if (llvm::none_of(op->getResults(), [&](Value result) { return context.get(result) && context.needs(result); }))
      continue;
    if (isa<StopGradientOp>(op) || (op->getNumOperands() == 0 && op->getNumRegions() == 0))
      continue;
    // A source may be computed from values that nothing is asked of.
    if (op->getNumRegions() == 0 && llvm::none_of(op->getOperands(), [&](Value v) { return context.needs(v); }))
      continue;
    auto differentiable = dyn_cast<DifferentiableOpInterface>(op);
    if (!differentiable)
      return op->emitError(op->getName().stripDialect()) << ": has no gradient, and lies between a source and a target";
    if (failed(differentiable.buildPullback(builder, context)))
      return failure();
  }
  return success();
}
