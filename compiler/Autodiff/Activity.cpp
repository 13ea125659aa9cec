// The graph of what flows where, and two searches in it.
#include "compiler/Autodiff/Activity.h"
#include "compiler/Autodiff/Pullback.h"

using namespace mlir;
using namespace mlir::tenon;

void Flow::edge(Value from, Value to) {
  if (isDifferentiable(from.getType()) && isDifferentiable(to.getType()))
    edges.emplace_back(from, to);
}

void Flow::add(Operation *op) {
  for (Region &region : op->getRegions())
    for (Operation &inner : region.getOps()) add(&inner);
  auto edgesTo = [&](ValueRange from, ValueRange to) {
    for (auto [a, b] : llvm::zip_equal(from, to)) edge(a, b);
  };
  if (auto branches = dyn_cast<IfOp>(op)) {
    for (Region &region : op->getRegions()) edgesTo(region.front().getTerminator()->getOperands(), op->getResults());
  } else if (auto loop = dyn_cast<ForOp>(op)) {
    for (ValueRange from : {ValueRange(loop.getInits()), ValueRange(loop.getYield().getValues())}) {
      edgesTo(from, loop.getRegionIterArgs());
      edgesTo(from, loop.getResults());
    }
  } else if (auto loop = dyn_cast<WhileOp>(op)) {
    for (ValueRange from : {ValueRange(loop.getInits()), ValueRange(loop.getYield().getValues())})
      edgesTo(from, loop.getRegionIterArgs());
    ValueRange forwarded = loop.getCondition().getValues();
    edgesTo(forwarded, loop.afterBlock()->getArguments());
    edgesTo(forwarded, loop.getResults());
  } else if (auto checkpoint = dyn_cast<CheckpointOp>(op)) {
    edgesTo(checkpoint.getYield().getValues(), op->getResults());
  } else if (isa<BarrierOp>(op)) {
    edgesTo(op->getOperands(), op->getResults());
  } else if (auto custom = dyn_cast<CustomGradientOp>(op)) {
    for (Value source : custom.getSources())
      for (Value result : custom.getResults()) edge(source, result);
  } else if (!isa<StopGradientOp>(op)) {
    for (Value operand : op->getOperands())
      for (Value result : op->getResults()) edge(operand, result);
  }
}

llvm::DenseSet<Value> Flow::reach(ValueRange from, bool forward) const {
  DenseMap<Value, SmallVector<Value>> next;
  for (auto [a, b] : edges) forward ? next[a].push_back(b) : next[b].push_back(a);
  llvm::DenseSet<Value> reached;
  SmallVector<Value> work(from);
  while (!work.empty()) {
    Value value = work.pop_back_val();
    if (reached.insert(value).second)
      llvm::append_range(work, next.lookup(value));
  }
  return reached;
}
