// The interface of each entry point, written down before lowering changes its types.
#include "compiler/Target/Signature.h"
#include "compiler/Transforms/Passes.h"

namespace mlir::tenon {
#define GEN_PASS_DEF_INFERSIGNATURESPASS
#include "compiler/Transforms/Passes.h.inc"
} // namespace mlir::tenon

using namespace mlir;
using namespace mlir::tenon;

namespace {
struct InferSignaturesPass : tenon::impl::InferSignaturesPassBase<InferSignaturesPass> {
  using Base::Base;

  void runOnOperation() override {
    for (auto function : getOperation().getOps<func::FuncOp>()) {
      if (!function.isPublic() || function.isExternal())
        continue;
      FailureOr<FunctionSignature> signature = FunctionSignature::fromFunction(function);
      if (failed(signature))
        return signalPassFailure();
      signature->set(function);
    }
  }
};
} // namespace
