// The gate between two phases.
#include "compiler/Transforms/Passes.h"

#include "mlir/IR/BuiltinOps.h"

namespace mlir::tenon {
#define GEN_PASS_DEF_VERIFYPHASEPASS
#include "compiler/Transforms/Passes.h.inc"
} // namespace mlir::tenon

using namespace mlir;

namespace {
struct VerifyPhasePass : tenon::impl::VerifyPhasePassBase<VerifyPhasePass> {
  using Base::Base;

  void runOnOperation() override {
    bool failed = false;
    getOperation().walk<WalkOrder::PreOrder>([&](Operation *op) {
      StringRef name = op->getName().getStringRef(), dialect = op->getName().getDialectNamespace();
      if (!llvm::is_contained(forbid, dialect) || llvm::is_contained(allow, name))
        return WalkResult::advance();
      failed = true;
      InFlightDiagnostic diagnostic = op->emitError("'") << name << "' is left at the end of the " << phase
                                                         << " phase: Tenon has no lowering for it here";
      if (op->getNumOperands())
        diagnostic.attachNote() << "its operands are " << op->getOperandTypes();
      return WalkResult::skip(); // what it holds is left with it
    });
    if (failed)
      signalPassFailure();
    markAllAnalysesPreserved();
  }
};
} // namespace
