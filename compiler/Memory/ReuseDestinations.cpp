// Element-wise ops write over an input that dies with them.
#include "compiler/Memory/Passes.h"

#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace mlir::tenon {
#define GEN_PASS_DEF_REUSEDESTINATIONSPASS
#include "compiler/Memory/Passes.h.inc"
} // namespace mlir::tenon

using namespace mlir;

namespace {
/// An input of `op` that may be its destination: read at the same element that is written, by no one else, and made by
/// an op (an argument is the caller's). `result` is what would be written there.
OpOperand *dyingInput(linalg::GenericOp op, Value result) {
  for (OpOperand *input : op.getDpsInputOperands()) {
    Value value = input->get();
    Operation *producer = value.getDefiningOp();
    if (!producer || !value.hasOneUse() || value.getType() != result.getType() ||
        producer->getBlock() != op->getBlock())
      continue;
    // A constant lies in read-only memory, and views of arguments are not ours either.
    if (!isa<linalg::LinalgOp>(producer) || !op.getMatchingIndexingMap(input).isIdentity())
      continue;
    return input;
  }
  return nullptr;
}

/// Whether the result of `op` has a place to go to that the ops before it still read: it is computed there by itself
/// rather than copied there after all of them have worked in one temporary.
bool hasPlaceOfItsOwn(linalg::GenericOp op, Value result, OpOperand *input) {
  bufferization::MaterializeInDestinationOp store;
  for (Operation *user : result.getUsers())
    if (auto candidate = dyn_cast<bufferization::MaterializeInDestinationOp>(user))
      store = candidate;
  if (!store || store->getBlock() != op->getBlock() || !isa<TensorType>(store.getDest().getType()))
    return false;
  Operation *first = op;
  for (Value value = input->get(); auto result = dyn_cast<OpResult>(value);) {
    auto writer = dyn_cast<linalg::LinalgOp>(result.getOwner());
    if (!writer || writer->getBlock() != op->getBlock())
      break;
    first = writer;
    value = writer.getDpsInitOperand(result.getResultNumber())->get();
  }
  return llvm::any_of(store.getDest().getUsers(), [&](Operation *user) {
    Operation *ancestor = op->getBlock()->findAncestorOpInBlock(*user);
    return ancestor && user != store && !ancestor->isBeforeInBlock(first);
  });
}

struct ReuseDestinationsPass : tenon::impl::ReuseDestinationsPassBase<ReuseDestinationsPass> {
  using Base::Base;

  void runOnOperation() override {
    getOperation().walk([&](linalg::GenericOp op) {
      if (op.getNumParallelLoops() != op.getNumLoops())
        return;
      for (OpResult result : op->getResults()) {
        OpOperand *destination = op.getDpsInitOperand(result.getResultNumber());
        if (!destination->get().getDefiningOp<tensor::EmptyOp>() ||
            !op.getMatchingIndexingMap(destination).isIdentity() ||
            !op.getMatchingBlockArgument(destination).use_empty())
          continue;
        // What one result takes has a second use: no other takes it.
        if (OpOperand *input = dyingInput(op, result); input && !hasPlaceOfItsOwn(op, result, input)) {
          destination->set(input->get());
          ++numReused;
        }
      }
    });
  }
};
} // namespace
