// Makes the scalar lowering of contractions agree with the emitted kernels, bit for bit.
#include "compiler/Codegen/Contraction.h"
#include "compiler/Codegen/Passes.h"
#include "compiler/Codegen/TargetDescription.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/Math/IR/Math.h"

namespace mlir::tenon {
#define GEN_PASS_DEF_REFERENCECONTRACTIONSPASS
#include "compiler/Codegen/Passes.h.inc"
} // namespace mlir::tenon

using namespace mlir;
using namespace mlir::tenon;

namespace {
struct ReferenceContractionsPass : tenon::impl::ReferenceContractionsPassBase<ReferenceContractionsPass> {
  using Base::Base;

  LogicalResult initialize(MLIRContext *context) override {
    description = findTargetDescription(target, [&] { return emitError(UnknownLoc::get(context)); });
    return success(description);
  }

  void runOnOperation() override {
    SmallVector<linalg::LinalgOp> contractions;
    getOperation().walk([&](linalg::LinalgOp op) {
      if (succeeded(matchContractionBody(op)))
        contractions.push_back(op);
    });
    IRRewriter rewriter(&getContext());
    for (linalg::LinalgOp op : contractions) {
      rewriter.setInsertionPoint(op);
      if (!isa<linalg::GenericOp>(op.getOperation())) {
        // The body is matched anew: the named op's went with it.
        FailureOr<linalg::GenericOp> generic = linalg::generalizeNamedOp(rewriter, op);
        if (failed(generic))
          return op->emitError("expected a named contraction to have a generic form"), signalPassFailure();
        rewriteNamedBody(rewriter, *generic);
      } else {
        splitFused(rewriter, op);
      }
    }
  }

  /// add(out, multiply(a, b)) of a float, in a generic that was a named op: one fused operation where there is one.
  void rewriteNamedBody(IRRewriter &rewriter, linalg::GenericOp op) {
    auto add = op.getBody()->getTerminator()->getOperand(0).getDefiningOp<arith::AddFOp>();
    if (!add || !description->fma)
      return;
    Value out = op.getBody()->getArgument(2);
    auto multiply = (add.getLhs() == out ? add.getRhs() : add.getLhs()).getDefiningOp<arith::MulFOp>();
    rewriter.setInsertionPoint(add);
    rewriter.replaceOpWithNewOp<math::FmaOp>(add, multiply.getLhs(), multiply.getRhs(), out);
    rewriter.eraseOp(multiply);
  }

  void splitFused(IRRewriter &rewriter, linalg::LinalgOp op) {
    auto fma = op.getBlock()->getTerminator()->getOperand(0).getDefiningOp<math::FmaOp>();
    if (!fma || description->fma)
      return;
    rewriter.setInsertionPoint(fma);
    Value product = arith::MulFOp::create(rewriter, fma.getLoc(), fma.getA(), fma.getB());
    rewriter.replaceOpWithNewOp<arith::AddFOp>(fma, fma.getC(), product);
  }

  const TargetDescription *description = nullptr;
};
} // namespace
