// Results are computed where they are wanted: in the caller's buffers.
#include "compiler/Memory/Passes.h"

#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Interfaces/DestinationStyleOpInterface.h"

namespace mlir::tenon {
#define GEN_PASS_DEF_CHOOSEDESTINATIONSPASS
#include "compiler/Memory/Passes.h.inc"
} // namespace mlir::tenon

using namespace mlir;

/// CSE makes one op of equal `tensor.empty` and `linalg.fill` ops, and their users would then share one buffer: all but
/// one of them on a copy. Each destination gets its own again.
static void unshareDestinations(func::FuncOp function) {
  auto unshare = [&](Operation *op) {
    OpBuilder builder(op);
    bool isShared = !op->hasOneUse();
    for (OpOperand &use : llvm::make_early_inc_range(op->getUses())) {
      Operation *owner = use.getOwner();
      auto user = dyn_cast<DestinationStyleOpInterface>(owner);
      bool isDestination = (user && user.isDpsInit(&use)) || isa<LoopLikeOpInterface>(owner);
      // What is outside a loop that writes it would be copied in every iteration.
      if (!isDestination || (!isShared && owner->getBlock() == op->getBlock()))
        continue;
      builder.setInsertionPoint(owner);
      use.set(builder.clone(*op)->getResult(0));
    }
    if (op->use_empty())
      op->erase();
  };
  // Fills before what they fill.
  SmallVector<Operation *> fills, empties;
  function.walk([&](linalg::FillOp op) { fills.push_back(op); });
  llvm::for_each(fills, unshare);
  function.walk([&](tensor::EmptyOp op) { empties.push_back(op); });
  llvm::for_each(empties, unshare);
}

/// A view of `buffer` in the shape that `reshape` was given, or null where its sizes do not follow from the buffer.
static Value viewBeforeReshape(OpBuilder &builder, Operation *reshape, Value buffer) {
  Location loc = reshape->getLoc();
  if (auto expand = dyn_cast<tensor::ExpandShapeOp>(reshape))
    return memref::CollapseShapeOp::create(builder, loc, buffer, expand.getReassociationIndices());
  auto collapse = dyn_cast<tensor::CollapseShapeOp>(reshape);
  if (!collapse)
    return {};
  RankedTensorType type = collapse.getSrcType();
  // Where all dimensions go (a result of rank 0) there are no groups: the static sizes come from the type alone.
  SmallVector<OpFoldResult> sizes(type.getRank());
  for (int64_t dim = 0; dim < type.getRank(); ++dim)
    if (!type.isDynamicDim(dim))
      sizes[dim] = builder.getIndexAttr(type.getDimSize(dim));
  for (auto [position, group] : llvm::enumerate(collapse.getReassociationIndices()))
    for (int64_t dim : group) {
      if (!type.isDynamicDim(dim))
        continue;
      if (group.size() == 1)
        sizes[dim] = memref::DimOp::create(builder, loc, buffer, position).getResult();
      else
        return {};
    }
  if (type.getRank() == 0)
    return {};
  return memref::ExpandShapeOp::create(builder, loc, type.getShape(), buffer, collapse.getReassociationIndices(),
                                       sizes);
}

/// The `tensor.empty` in whose memory the value is computed, all the way through destinations that nobody else uses:
/// what another op still reads is copied before it is written, and that op would then read the buffer after the copy's
/// return.
static tensor::EmptyOp findEmpty(Value value) {
  bool isIntermediate = false;
  while (auto result = dyn_cast<OpResult>(value)) {
    if (std::exchange(isIntermediate, true) && !value.hasOneUse())
      return {};
    Operation *op = result.getOwner();
    if (auto empty = dyn_cast<tensor::EmptyOp>(op))
      return empty->hasOneUse() ? empty : tensor::EmptyOp();
    if (auto destinationStyle = dyn_cast<DestinationStyleOpInterface>(op))
      value = destinationStyle.getTiedOpOperand(result)->get();
    else if (auto loop = dyn_cast<scf::ForOp>(op))
      value = loop.getInitArgs()[result.getResultNumber()];
    else
      break;
  }
  return {};
}

namespace {
struct ChooseDestinationsPass : tenon::impl::ChooseDestinationsPassBase<ChooseDestinationsPass> {
  using Base::Base;

  void runOnOperation() override {
    func::FuncOp function = getOperation();
    unshareDestinations(function);
    SmallVector<bufferization::MaterializeInDestinationOp> stores;
    function.walk([&](bufferization::MaterializeInDestinationOp op) {
      // The caller's buffers are arguments of the function.
      if (isa<MemRefType>(op.getDest().getType()) && isa<BlockArgument>(op.getDest()) && op.getRestrict())
        stores.push_back(op);
    });
    OpBuilder builder(function.getContext());
    for (bufferization::MaterializeInDestinationOp store : stores) {
      Value source = store.getSource(), buffer = store.getDest();
      builder.setInsertionPointToStart(&function.front());
      // A reshape of the result becomes a view of the buffer instead.
      while (Operation *op = source.getDefiningOp()) {
        if (!isa<tensor::ExpandShapeOp, tensor::CollapseShapeOp>(op) || !findEmpty(op->getOperand(0)))
          break;
        Value view = viewBeforeReshape(builder, op, buffer);
        if (!view)
          break;
        source = op->getOperand(0);
        buffer = view;
      }
      tensor::EmptyOp empty = findEmpty(source);
      if (!empty)
        continue;
      Value destination = bufferization::ToTensorOp::create(builder, empty.getLoc(), empty.getType(), buffer,
                                                            /*restrict=*/true, /*writable=*/true);
      store.getSourceMutable().set(source);
      store.getDestMutable().set(buffer);
      empty.replaceAllUsesWith(destination); // which may be the source itself: an output of which nothing is written
      empty.erase();
      ++numPlaced;
    }
  }
};
} // namespace
