// A function that has raised an error returns at once: what comes after a failed check may rely on it.
#include "compiler/Memory/Passes.h"

#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

namespace mlir::tenon {
#define GEN_PASS_DEF_RETURNONERRORPASS
#include "compiler/Memory/Passes.h.inc"
} // namespace mlir::tenon

using namespace mlir;

namespace {
struct ReturnOnErrorPass : tenon::impl::ReturnOnErrorPassBase<ReturnOnErrorPass> {
  using Base::Base;

  void runOnOperation() override {
    func::FuncOp function = getOperation();
    if (function.getNumResults() != 0)
      return;
    SmallVector<cf::BranchOp> ends;
    function.walk([&](LLVM::CallOp call) {
      if (call.getCallee() == "tenon_runtime_raise" || call.getCallee() == "tenon_runtime_list_failed")
        if (auto branch = dyn_cast<cf::BranchOp>(call->getBlock()->getTerminator()))
          ends.push_back(branch);
    });
    for (cf::BranchOp branch : ends) {
      OpBuilder builder(branch);
      func::ReturnOp::create(builder, branch.getLoc());
      branch.erase();
      ++numReturns;
    }
  }
};
} // namespace
