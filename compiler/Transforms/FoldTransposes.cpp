// Contractions read and write transposed tensors where they lie.
#include "compiler/Transforms/Passes.h"
#include "compiler/Transforms/StructuredOps.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace mlir::tenon {
#define GEN_PASS_DEF_FOLDTRANSPOSESPASS
#include "compiler/Transforms/Passes.h.inc"
} // namespace mlir::tenon

using namespace mlir;
using namespace mlir::tenon;

/// Whether rows stay rows: with another innermost dimension a kernel's vectors would have gaps between elements.
static bool keepsRows(linalg::TransposeOp transpose) {
  ArrayRef<int64_t> permutation = transpose.getPermutation();
  return !permutation.empty() && permutation.back() == static_cast<int64_t>(permutation.size()) - 1;
}

/// The subscripts of a tensor whose transposed is subscripted by `map`.
static AffineMap beforeTranspose(AffineMap map, ArrayRef<int64_t> permutation) {
  SmallVector<AffineExpr> results(map.getNumResults());
  for (auto [position, source] : llvm::enumerate(permutation)) results[source] = map.getResult(position);
  return AffineMap::get(map.getNumDims(), map.getNumSymbols(), results, map.getContext());
}

namespace {
struct FoldOperand : OpRewritePattern<linalg::GenericOp> {
  FoldOperand(MLIRContext *context, llvm::Statistic &count) : OpRewritePattern(context), count(count) {}

  LogicalResult matchAndRewrite(linalg::GenericOp op, PatternRewriter &rewriter) const override {
    if (!isContraction(op) || !op.hasPureTensorSemantics())
      return failure();
    SmallVector<AffineMap> maps = op.getIndexingMapsArray();
    bool changed = false;
    rewriter.startOpModification(op);
    for (OpOperand *operand : op.getDpsInputOperands()) {
      auto transpose = operand->get().getDefiningOp<linalg::TransposeOp>();
      if (!transpose || !keepsRows(transpose) || isRepeated(op, transpose))
        continue;
      AffineMap &map = maps[operand->getOperandNumber()];
      map = beforeTranspose(map, transpose.getPermutation());
      operand->set(transpose.getInput());
      changed = true;
      ++count;
    }
    if (!changed) {
      rewriter.cancelOpModification(op);
      return failure();
    }
    op.setIndexingMapsAttr(rewriter.getAffineMapArrayAttr(maps));
    rewriter.finalizeOpModification(op);
    return success();
  }

  llvm::Statistic &count;
};

struct FoldResult : OpRewritePattern<linalg::TransposeOp> {
  FoldResult(MLIRContext *context, llvm::Statistic &count) : OpRewritePattern(context), count(count) {}

  LogicalResult matchAndRewrite(linalg::TransposeOp transpose, PatternRewriter &rewriter) const override {
    auto op = transpose.getInput().getDefiningOp<linalg::GenericOp>();
    if (!op || !op->hasOneUse() || op->getNumResults() != 1 || !isContraction(op) || !keepsRows(transpose) ||
        op->getBlock() != transpose->getBlock())
      return failure();
    // What it begins with is the same everywhere.
    auto fill = op.getDpsInits()[0].getDefiningOp<linalg::FillOp>();
    if (!fill || !transpose.getInit().getDefiningOp<tensor::EmptyOp>())
      return failure();
    SmallVector<AffineMap> maps = op.getIndexingMapsArray();
    // Position i of the result is position permutation[i] of what it is made of.
    AffineMap &map = maps.back();
    SmallVector<AffineExpr> results;
    for (int64_t source : transpose.getPermutation()) results.push_back(map.getResult(source));
    map = AffineMap::get(map.getNumDims(), 0, results, map.getContext());
    Value start =
        linalg::FillOp::create(rewriter, fill.getLoc(), fill.getInputs(), ValueRange{transpose.getInit()}).getResult(0);
    auto direct = linalg::GenericOp::create(rewriter, op.getLoc(), start.getType(), op.getDpsInputs(), start, maps,
                                            op.getIteratorTypesArray());
    rewriter.inlineRegionBefore(op.getRegion(), direct.getRegion(), direct.getRegion().begin());
    rewriter.replaceOp(transpose, direct);
    rewriter.eraseOp(op);
    ++count;
    return success();
  }

  llvm::Statistic &count;
};

struct FoldTransposesPass : tenon::impl::FoldTransposesPassBase<FoldTransposesPass> {
  using Base::Base;

  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<FoldOperand>(&getContext(), numOperands);
    patterns.add<FoldResult>(&getContext(), numResults);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};
} // namespace
