// Replaces structured operations on memrefs with loop nests of vectors.
#include "compiler/Codegen/Passes.h"
#include "compiler/Codegen/SweepEmitters.h"
#include "dialects/TenonMath/TenonMath.h"
#include "dialects/TenonParallel/TenonParallel.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

namespace mlir::tenon {
#define GEN_PASS_DEF_EMITSWEEPSPASS
#include "compiler/Codegen/Passes.h.inc"
} // namespace mlir::tenon

using namespace mlir;
using namespace mlir::tenon;

namespace {
struct EmitSweepsPass : tenon::impl::EmitSweepsPassBase<EmitSweepsPass> {
  using EmitSweepsPassBase::EmitSweepsPassBase;

  void runOnOperation() override {
    func::FuncOp function = getOperation();
    if (function.isExternal())
      return;
    ConstantPool pool(&function.getBody().front());
    const TargetDescription *level = findTargetDescription(target, [&] { return function.emitError(); });
    if (!level)
      return signalPassFailure();
    function.walk([&](Operation *op) {
      if (isa<linalg::LinalgOp, linalg::SoftmaxOp, memref::CopyOp>(op))
        candidates.push_back(op);
    });
    // Backwards: a reduction looks at the fill before it.
    while (!candidates.empty()) {
      Operation *op = candidates.pop_back_val();
      if (auto copy = dyn_cast<memref::CopyOp>(op)) {
        op = asStructured(copy);
        if (!op)
          continue;
      }
      if (auto softmax = dyn_cast<linalg::SoftmaxOp>(op)) {
        if (emit(softmax, pool, *level))
          op->erase();
        continue;
      }
      if (emit(cast<linalg::LinalgOp>(op), pool, *level))
        op->erase();
    }
  }

  // What is left to emit.
  SmallVector<Operation *> candidates;

  // A copy between layouts would become a call of a runtime library; one between equal layouts stays and becomes a
  // memcpy.
  Operation *asStructured(memref::CopyOp copy) {
    auto source = dyn_cast<MemRefType>(copy.getSource().getType()),
         target = dyn_cast<MemRefType>(copy.getTarget().getType());
    if (!source || !target || (source.getLayout().isIdentity() && target.getLayout().isIdentity()))
      return nullptr;
    OpBuilder builder(copy);
    Operation *structured = linalg::CopyOp::create(builder, copy.getLoc(), copy.getSource(), copy.getTarget());
    copy.erase();
    return structured;
  }

  // The fill with a constant that gives a reduction's output its start, if nothing stands between them.
  static linalg::FillOp fillBefore(linalg::LinalgOp reduction) {
    Value output = reduction.getDpsInits()[0];
    for (Operation *op = reduction->getPrevNode(); op; op = op->getPrevNode()) {
      if (auto fill = dyn_cast<linalg::FillOp>(op); fill && fill.output() == output)
        return fill.value().getDefiningOp<arith::ConstantOp>() ? fill : nullptr;
      if (!isMemoryEffectFree(op) && !isa<memref::AllocOp>(op))
        return nullptr;
    }
    return nullptr;
  }

  bool emit(linalg::SoftmaxOp op, ConstantPool &pool, const TargetDescription &level) {
    SweepBuilder builder(op, pool, Threads::of(op, level, parallel));
    FailureOr<Sweep> sweep = matchSoftmax(builder, op);
    if (failed(sweep))
      return false;
    simplifySweep(builder, *sweep);
    emitSoftmax(builder, *sweep);
    ++numSoftmax;
    return true;
  }

  bool emit(linalg::LinalgOp op, ConstantPool &pool, const TargetDescription &level) {
    // Contractions have an emitter and a contract of their own.
    if (isa<linalg::ContractionOpInterface, linalg::ConvolutionOpInterface>(op.getOperation()))
      return false;
    SweepBuilder builder(op, pool, Threads::of(op, level, parallel));
    FailureOr<Sweep> sweep = matchSweep(builder, op);
    if (failed(sweep))
      return false;
    if (sweep->isParallel()) {
      simplifySweep(builder, *sweep);
      emitParallelSweep(builder, *sweep);
      ++numParallel;
      return true;
    }
    FailureOr<Combiner> combiner = matchCombiner(*sweep);
    if (failed(combiner))
      return false;
    if (linalg::FillOp fill = fillBefore(op)) {
      sweep->start = fill.value().getDefiningOp<arith::ConstantOp>().getValue();
      llvm::erase(candidates, fill.getOperation());
      fill.erase();
    }
    simplifySweep(builder, *sweep);
    if (sweep->hasLanes())
      emitLaneReduction(builder, *sweep, *combiner);
    else
      emitSequentialReduction(builder, *sweep, *combiner);
    ++numReductions;
    return true;
  }
};
} // namespace
