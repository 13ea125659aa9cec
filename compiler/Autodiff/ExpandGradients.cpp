// Gradient ops become backward passes: seeds, a walk backwards over everything before, and what loops keep for it.
#include "compiler/Autodiff/Passes.h"
#include "compiler/Autodiff/Regions.h"
#include "compiler/Autodiff/Reverse.h"
#include "dialects/Tenon/Shapes.h"

namespace mlir::tenon {
#define GEN_PASS_DEF_EXPANDGRADIENTSPASS
#include "compiler/Autodiff/Passes.h.inc"
} // namespace mlir::tenon

using namespace mlir;
using namespace mlir::tenon;

namespace {
/// The blocks around an op up to the function's, each with the op of it that encloses the one asked for (itself first).
SmallVector<Operation *> enclosing(Operation *op) {
  SmallVector<Operation *> chain;
  for (; op && !isa<func::FuncOp>(op); op = op->getParentOp()) chain.push_back(op);
  return chain;
}

/// Reads of one variable without an assignment between them are one value, and after an assignment it is the assigned
/// one: a gradient with respect to a read is one with respect to the variable.
void forwardReads(Block &block) {
  DenseMap<StringAttr, Value> current;
  for (Operation &op : llvm::make_early_inc_range(block)) {
    if (auto assign = dyn_cast<AssignOp>(op)) {
      current[assign.getVariableAttr().getAttr()] = assign.getValue();
    } else if (auto read = dyn_cast<ReadOp>(op)) {
      Value &value = current[read.getVariableAttr().getAttr()];
      if (!value) {
        value = read.getResult();
        continue;
      }
      read.getResult().replaceAllUsesWith(value);
      read.erase();
    }
  }
}

class Expansion {
public:
  Expansion(GradientOp gradient, Storage storage)
      : storage(storage), gradient(gradient), chain(enclosing(gradient)), context(activity, mirror), builder(gradient) {
  }

  LogicalResult run() {
    // Before anything refers to their values.
    for (Operation *last : chain)
      for (Operation &op :
           llvm::make_early_inc_range(llvm::make_range(last->getBlock()->begin(), Block::iterator(last))))
        countIterations(&op);
    Flow flow;
    for (Operation *last : chain)
      for (Operation *op = last->getPrevNode(); op; op = op->getPrevNode()) flow.add(op);
    activity.varied = flow.reach(gradient.getSources(), /*forward=*/true);
    activity.useful = flow.reach(gradient.getTargets(), /*forward=*/false);
    if (failed(checkSources()))
      return failure();
    seed();
    for (Operation *last : chain)
      if (failed(reverseBlock(last->getPrevNode(), builder, context)))
        return failure();
    SmallVector<Value> results;
    for (Value source : gradient.getSources()) results.push_back(context.getOrZeros(builder, source));
    gradient.replaceAllUsesWith(results);
    if (failed(keepResiduals(mirror, gradient, storage)))
      return failure();
    gradient.erase();
    return success();
  }

private:
  LogicalResult checkSources() {
    for (auto [i, source] : llvm::enumerate(gradient.getSources())) {
      if (failed(checkCarried(i, source)))
        return failure();
      if (activity.useful.contains(source) || gradient.getAllowUnconnected())
        continue;
      auto error = gradient.emitError("gradient: ")
                   << (gradient.getTargets().size() == 1 ? "the target does not depend" : "no target depends")
                   << " on source " << i << ", " << describe(source.getType());
      error.attachNote(source.getLoc()) << "the source";
      return error;
    }
    return success();
  }

  /// What a loop around the gradient carries from one iteration to the next comes from nowhere, as seen from inside:
  /// a source outside that it depends on would silently lose that part.
  LogicalResult checkCarried(size_t number, Value source) {
    for (Operation *op : chain) {
      if (!isa<ForOp, WhileOp>(op) || op->isAncestor(source.getParentBlock()->getParentOp()))
        continue;
      Flow flow;
      for (Operation *last : chain)
        for (Operation *before = last->getPrevNode(); before; before = before->getPrevNode()) flow.add(before);
      flow.add(op);
      llvm::DenseSet<Value> reached = flow.reach(source, /*forward=*/true);
      for (Region &region : op->getRegions())
        for (BlockArgument carried : region.getArguments())
          if (reached.contains(carried) && activity.useful.contains(carried)) {
            auto error = gradient.emitError("gradient: source ")
                         << number << ", " << describe(source.getType())
                         << ", reaches the target through a value that the loop around it carries; take the gradient "
                            "after the loop";
            error.attachNote(carried.getLoc()) << "the value";
            return error;
          }
    }
    return success();
  }

  void seed() {
    for (auto [i, target] : llvm::enumerate(gradient.getTargets())) {
      if (!activity.needs(target))
        continue;
      Value cotangent;
      if (!gradient.getCotangents().empty()) {
        cotangent = gradient.getCotangents()[i];
      } else {
        Pullback p(gradient, builder, context);
        cotangent = SplatOp::create(p, cast<RankedTensorType>(target.getType()), p.number(1, target.getType()).value,
                                    p.dims(target));
      }
      context.add(builder, target, cotangent);
    }
  }

  Storage storage;
  GradientOp gradient;
  SmallVector<Operation *> chain;
  Activity activity;
  Mirror mirror;
  PullbackContext context;
  OpBuilder builder;
};

struct ExpandGradientsPass : tenon::impl::ExpandGradientsPassBase<ExpandGradientsPass> {
  using Base::Base;

  void runOnOperation() override {
    SmallVector<GradientOp> gradients;
    // What stands in a region comes before what stands behind it.
    getOperation().walk<WalkOrder::PostOrder>([&](GradientOp op) { gradients.push_back(op); });
    if (!gradients.empty())
      forwardReads(getOperation().front());
    Storage storage = !heap ? Storage::Arrays : lists ? Storage::Lists : Storage::ArraysOrLists;
    known.insert(gradients.begin(), gradients.end());
    for (GradientOp gradient : gradients)
      if (failed(expand(gradient, storage)))
        return signalPassFailure();
    if (!heap && refuseLists())
      return signalPassFailure();
    getOperation().walk([](WhileOp op) { forgetCounter(op); });
    getOperation().walk<WalkOrder::PostOrder>([](CheckpointOp op) { inlineBody(op); });
    getOperation().walk([](StopGradientOp op) {
      op.replaceAllUsesWith(op.getInput());
      op.erase();
    });
    // From the inside outwards: a pullback may hold another one.
    getOperation().walk<WalkOrder::PostOrder>([](CustomGradientOp op) {
      op.replaceAllUsesWith(op.getValues());
      op.erase();
    });
  }

private:
  /// The gradient, and those that pullbacks of checkpoints ask for: what comes behind has to see them expanded.
  LogicalResult expand(GradientOp gradient, Storage storage) {
    known.erase(gradient);
    if (failed(Expansion(gradient, storage).run()))
      return failure();
    ++numGradients;
    SmallVector<GradientOp> more;
    getOperation().walk<WalkOrder::PostOrder>([&](GradientOp op) {
      if (known.insert(op).second)
        more.push_back(op);
    });
    for (GradientOp op : more)
      if (failed(expand(op, storage)))
        return failure();
    return success();
  }

  static void inlineBody(CheckpointOp op) {
    YieldOp yield = op.getYield();
    op.replaceAllUsesWith(yield.getValues());
    op->getBlock()->getOperations().splice(op->getIterator(), op.bodyBlock()->getOperations(), op.bodyBlock()->begin(),
                                           yield->getIterator());
    op.erase();
  }

  /// Lists of the program itself.
  bool refuseLists() {
    bool found = false;
    getOperation().walk([&](ListCreateOp op) {
      found = true;
      op.emitError("an array that grows needs memory of the host, which is to give none; say how many elements it has "
                   "at most: TensorArray(dtype, {.capacity = n})");
    });
    return found;
  }

  llvm::DenseSet<Operation *> known; ///< gradients that are not expanded yet
};
} // namespace
