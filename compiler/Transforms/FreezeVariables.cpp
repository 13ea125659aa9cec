// Variables that no function of the module assigns become constants of their first values.
#include "compiler/Transforms/Passes.h"
#include "dialects/Tenon/Dialect.h"

#include "mlir/IR/BuiltinOps.h"

namespace mlir::tenon {
#define GEN_PASS_DEF_FREEZEVARIABLESPASS
#include "compiler/Transforms/Passes.h.inc"
} // namespace mlir::tenon

using namespace mlir;
using namespace mlir::tenon;

namespace {
struct FreezeVariablesPass : tenon::impl::FreezeVariablesPassBase<FreezeVariablesPass> {
  using Base::Base;

  void runOnOperation() override {
    struct Uses {
      SmallVector<ReadOp> reads;
      bool assigned = false;
    };
    llvm::StringMap<Uses> uses;
    getOperation().walk([&](Operation *op) {
      if (auto read = dyn_cast<ReadOp>(op))
        uses[read.getVariable()].reads.push_back(read);
      else if (auto assign = dyn_cast<AssignOp>(op))
        uses[assign.getVariable()].assigned = true;
    });
    for (auto variable : llvm::make_early_inc_range(getOperation().getOps<VariableOp>())) {
      const Uses &use = uses[variable.getSymName()];
      ElementsAttr first = variable.getInitAttr();
      // Without a first value it is the caller who gives one.
      if (!first || use.assigned)
        continue;
      for (ReadOp read : use.reads) {
        OpBuilder builder(read);
        read.replaceAllUsesWith(ConstantOp::create(builder, read.getLoc(), read.getType(), first).getResult());
        read.erase();
      }
      variable.erase();
      ++numFrozen;
    }
  }
};
} // namespace
