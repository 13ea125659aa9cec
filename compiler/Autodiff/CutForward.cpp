// A backward pass on its own: what the forward pass computed and the caller has kept becomes arguments.
#include "compiler/Autodiff/Passes.h"
#include "dialects/Tenon/Dialect.h"

#include "mlir/Interfaces/SideEffectInterfaces.h"

namespace mlir::tenon {
#define GEN_PASS_DEF_CUTFORWARDPASS
#include "compiler/Autodiff/Passes.h.inc"
} // namespace mlir::tenon

using namespace mlir;
using namespace mlir::tenon;

namespace {
struct CutForwardPass : tenon::impl::CutForwardPassBase<CutForwardPass> {
  using Base::Base;

  void runOnOperation() override {
    func::FuncOp f = getOperation();
    if (f.isExternal())
      return;
    SmallVector<unsigned> saved;
    for (unsigned i = 0; i < f.getNumResults(); ++i)
      if (f.getResultAttr(i, "tenon.saved"))
        saved.push_back(i);
    if (saved.empty())
      return;
    Builder builder(f.getContext());
    Block &body = f.front();
    Operation *end = body.getTerminator();
    auto number = [&](unsigned argument, int64_t input) {
      f.setArgAttr(argument, "tenon.input", builder.getI64IntegerAttr(input));
    };
    for (unsigned i = 0; i < f.getNumArguments(); ++i) number(i, i);
    for (unsigned i : saved) {
      Value value = end->getOperand(i);
      unsigned argument = f.getNumArguments();
      if (failed(f.insertArgument(argument, value.getType(), {}, value.getLoc())))
        return signalPassFailure();
      number(argument, argument);
      value.replaceAllUsesExcept(f.getArgument(argument), end);
    }
    for (unsigned i : llvm::reverse(saved)) {
      end->eraseOperand(i);
      if (failed(f.eraseResult(i)))
        return signalPassFailure();
    }
    for (Operation &op : llvm::make_early_inc_range(llvm::reverse(body)))
      if (isOpTriviallyDead(&op)) {
        op.erase();
        ++numErased;
      }
    for (unsigned i = f.getNumArguments(); i-- > 0;)
      if (f.getArgument(i).use_empty() && failed(f.eraseArgument(i)))
        return signalPassFailure();
  }
};
} // namespace
