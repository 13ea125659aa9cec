// Variables are updated behind the checks of a function, so that an error leaves them as they were.
#include "compiler/Memory/Passes.h"
#include "dialects/Tenon/Dialect.h"

#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Interfaces/DestinationStyleOpInterface.h"

namespace mlir::tenon {
#define GEN_PASS_DEF_DEFERUPDATESPASS
#include "compiler/Memory/Passes.h.inc"
} // namespace mlir::tenon

using namespace mlir;
using namespace mlir::tenon;

namespace {
/// Whether a result of `op` takes the place of what a variable held at entry.
bool isUpdate(Operation &op) {
  return isa<DestinationStyleOpInterface>(op) && isMemoryEffectFree(&op) &&
         llvm::any_of(op.getUsers(), [](Operation *user) {
           auto store = dyn_cast<bufferization::MaterializeInDestinationOp>(user);
           auto variable = store ? store.getDest().getDefiningOp<bufferization::ToTensorOp>() : nullptr;
           return variable && variable.getWritable();
         });
}

struct DeferUpdatesPass : tenon::impl::DeferUpdatesPassBase<DeferUpdatesPass> {
  using Base::Base;

  void runOnOperation() override {
    Block &block = getOperation().front();
    Operation *last = nullptr;
    for (Operation &op : block) {
      bool raises = isa<RaiseOp>(op);
      op.walk([&](RaiseOp) { raises = true; });
      if (raises)
        last = &op;
    }
    if (!last)
      return;
    SmallVector<Operation *> updates;
    for (Operation &op : block)
      if (op.isBeforeInBlock(last) && isUpdate(op))
        updates.push_back(&op);
    // From the last one: an update that another one needs then follows it.
    for (Operation *update : llvm::reverse(updates)) {
      bool isNeeded = llvm::any_of(update->getUsers(), [&](Operation *user) {
        Operation *ancestor = block.findAncestorOpInBlock(*user);
        return !last->isBeforeInBlock(ancestor);
      });
      if (isNeeded)
        continue;
      update->moveAfter(last);
      ++numDeferred;
    }
  }
};
} // namespace
