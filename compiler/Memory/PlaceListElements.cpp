// What is pushed to a list is computed in its element, and read there from then on.
#include "compiler/Memory/Passes.h"
#include "dialects/Tenon/Dialect.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"

namespace mlir::tenon {
#define GEN_PASS_DEF_PLACELISTELEMENTSPASS
#include "compiler/Memory/Passes.h.inc"
} // namespace mlir::tenon

using namespace mlir;
using namespace mlir::tenon;

static bool touchesLists(Operation *op) {
  auto isAccess = [](Operation *inner) {
    return isa<ListCreateOp, ListSlotOp, ListCountOp>(inner) ? WalkResult::interrupt() : WalkResult::advance();
  };
  return op->walk(isAccess).wasInterrupted();
}

/// Moves a new element to as early as the order of lists allows, before the op that computes the value.
static void makeEarly(ListSlotOp slot) {
  auto mayPass = [&](Operation *op) {
    return !touchesLists(op) &&
           llvm::none_of(slot->getOperands(), [&](Value operand) { return operand.getDefiningOp() == op; });
  };
  Operation *before = slot;
  while (before->getPrevNode() && mayPass(before->getPrevNode())) before = before->getPrevNode();
  if (before != slot)
    slot->moveBefore(before);
}

/// Everybody who comes later reads the element, which nobody may write: the value itself may lie in its memory, where a
/// loop that begins with the value would work.
static bool readElement(bufferization::MaterializeInDestinationOp store) {
  Value value = store.getSource();
  if (Operation *op = value.getDefiningOp(); op && isa<arith::ConstantOp, bufferization::ToTensorOp>(op))
    return false;
  SmallVector<OpOperand *> later;
  for (OpOperand &use : value.getUses()) {
    Operation *ancestor = store->getBlock()->findAncestorOpInBlock(*use.getOwner());
    if (ancestor && store->isBeforeInBlock(ancestor))
      later.push_back(&use);
  }
  if (later.empty())
    return false;
  OpBuilder builder(store);
  builder.setInsertionPointAfter(store);
  Value element = bufferization::ToTensorOp::create(builder, store.getLoc(), value.getType(), store.getDest(),
                                                    /*restrict=*/true, /*writable=*/false);
  for (OpOperand *use : later) use->set(element);
  return true;
}

namespace {
struct PlaceListElementsPass : tenon::impl::PlaceListElementsPassBase<PlaceListElementsPass> {
  using Base::Base;

  void runOnOperation() override {
    SmallVector<bufferization::MaterializeInDestinationOp> stores;
    getOperation().walk([&](bufferization::MaterializeInDestinationOp op) {
      if (op.getDest().getDefiningOp<ListSlotOp>())
        stores.push_back(op);
    });
    for (bufferization::MaterializeInDestinationOp store : stores) {
      makeEarly(store.getDest().getDefiningOp<ListSlotOp>());
      numRead += readElement(store);
    }
  }
};
} // namespace
