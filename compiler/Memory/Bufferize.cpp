// Tensors become buffers: destinations first, then one-shot bufferization.
#include "compiler/Memory/EmptyTensors.h"
#include "compiler/Memory/Passes.h"

#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Bufferization/Transforms/Bufferize.h"
#include "mlir/Dialect/Bufferization/Transforms/OneShotModuleBufferize.h"
#include "mlir/Dialect/Bufferization/Transforms/Transforms.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

namespace mlir::tenon {
#define GEN_PASS_DEF_BUFFERIZEPASS
#include "compiler/Memory/Passes.h.inc"
} // namespace mlir::tenon

using namespace mlir;

/// Whether two values are one buffer, or equal views of one.
static bool isSameBuffer(Value lhs, Value rhs) {
  if (lhs == rhs)
    return true;
  auto lhsView = lhs.getDefiningOp<memref::SubViewOp>(), rhsView = rhs.getDefiningOp<memref::SubViewOp>();
  return lhsView && rhsView && lhsView.getType() == rhsView.getType() &&
         isSameBuffer(lhsView.getSource(), rhsView.getSource()) &&
         isEqualConstantIntOrValueArray(lhsView.getMixedOffsets(), rhsView.getMixedOffsets()) &&
         isEqualConstantIntOrValueArray(lhsView.getMixedSizes(), rhsView.getMixedSizes()) &&
         isEqualConstantIntOrValueArray(lhsView.getMixedStrides(), rhsView.getMixedStrides());
}

/// Whether nothing but one copy uses a temporary: it has no value, as the start of what a loop fills.
static bool isUndefined(Value buffer) { return buffer.getDefiningOp<memref::AllocOp>() && buffer.hasOneUse(); }

namespace {
struct BufferizePass : tenon::impl::BufferizePassBase<BufferizePass> {
  using Base::Base;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    IRRewriter rewriter(module.getContext());

    // A `tensor.empty` whose value ends in an output (or in a slice of a concat) is that output.
    if (failed(tenon::computeEmptyTensorsInPlace(rewriter, module)))
      return signalPassFailure();

    // The empties that are left are temporaries of their own.
    module.walk([&](tensor::EmptyOp op) {
      rewriter.setInsertionPoint(op);
      rewriter.replaceOpWithNewOp<bufferization::AllocTensorOp>(op, op.getType(), op.getDynamicSizes());
    });

    bufferization::OneShotBufferizationOptions options;
    options.bufferizeFunctionBoundaries = true;
    options.setFunctionBoundaryTypeConversion(bufferization::LayoutMapOption::IdentityLayoutMap);
    options.allocationFn = [](OpBuilder &b, Location loc, MemRefType type, ValueRange sizes,
                              unsigned) -> FailureOr<Value> {
      return memref::AllocOp::create(b, loc, type, sizes, b.getI64IntegerAttr(64)).getResult();
    };
    options.memCpyFn = [](OpBuilder &b, Location loc, Value from, Value to) -> LogicalResult {
      linalg::CopyOp::create(b, loc, from, to);
      return success();
    };
    bufferization::BufferizationState state;
    bufferization::BufferizationStatistics statistics;
    if (failed(bufferization::runOneShotModuleBufferize(module, options, state, &statistics)))
      return signalPassFailure();

    module.walk([&](linalg::CopyOp copy) {
      Value from = copy.getInputs()[0];
      if (isUndefined(from)) {
        Operation *alloc = from.getDefiningOp();
        copy.erase();
        alloc->erase();
      } else if (isSameBuffer(from, copy.getOutputs()[0])) { // what was computed in its destination
        copy.erase();
      } else {
        ++numCopies;
      }
    });
    module.walk([&](memref::AllocOp) { ++numAllocs; });
  }
};
} // namespace
