// The end of barriers: what they kept apart has become separate writes to memory.
#include "compiler/Transforms/Passes.h"
#include "dialects/Tenon/Dialect.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace mlir::tenon {
#define GEN_PASS_DEF_REMOVEBARRIERSPASS
#include "compiler/Transforms/Passes.h.inc"
} // namespace mlir::tenon

using namespace mlir;
using namespace mlir::tenon;

namespace {
struct RemoveBarriersPass : tenon::impl::RemoveBarriersPassBase<RemoveBarriersPass> {
  using Base::Base;

  void runOnOperation() override {
    getOperation()->walk([&](BarrierOp op) {
      op.replaceAllUsesWith(op.getInputs());
      op.erase();
      ++numBarriers;
    });
  }
};
} // namespace
