// Variables are updated as soon as what updates them is known.
#include "compiler/Memory/Passes.h"

#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Transforms/RegionUtils.h"
#include "llvm/ADT/SetVector.h"

namespace mlir::tenon {
#define GEN_PASS_DEF_HOISTUPDATESPASS
#include "compiler/Memory/Passes.h.inc"
} // namespace mlir::tenon

using namespace mlir;

namespace {
/// The tensors that variables held at entry and that results of `op` take the place of.
SmallVector<Value> getReplaced(Operation *op) {
  SmallVector<Value> replaced;
  for (Operation *user : op->getUsers())
    if (auto store = dyn_cast<bufferization::MaterializeInDestinationOp>(user))
      if (auto variable = store.getDest().getDefiningOp<bufferization::ToTensorOp>();
          variable && variable.getWritable() && store->getBlock() == op->getBlock())
        replaced.push_back(store.getDest());
  return replaced;
}

/// What an update needs that costs nothing to compute earlier: scalars, such as a step's learning rate, and new
/// tensors.
bool isMovable(Operation *op) {
  if (!isMemoryEffectFree(op) || isa<bufferization::MaterializeInDestinationOp>(op))
    return false;
  return isa<tensor::EmptyOp>(op) || llvm::all_of(op->getResultTypes(), [](Type type) {
           auto tensor = dyn_cast<RankedTensorType>(type);
           return type.isIntOrIndexOrFloat() || (tensor && tensor.getRank() == 0);
         });
}

struct HoistUpdatesPass : tenon::impl::HoistUpdatesPassBase<HoistUpdatesPass> {
  using Base::Base;

  void runOnOperation() override {
    SmallVector<linalg::GenericOp> updates;
    for (auto op : getOperation().front().getOps<linalg::GenericOp>())
      if (op.getNumLoops() == op.getNumParallelLoops() && !getReplaced(op).empty())
        updates.push_back(op);
    for (linalg::GenericOp update : updates) hoist(update);
  }

private:
  /// Moves `update` behind the last op that it depends on, or that still reads what it replaces, or that has an effect:
  /// an error before which a variable was kept.
  void hoist(linalg::GenericOp update) {
    Block *block = update->getBlock();
    Operation *last = nullptr;
    auto comesAfter = [&](Operation *op) {
      if (!last || last->isBeforeInBlock(op))
        last = op;
    };
    for (Value variable : getReplaced(update))
      for (Operation *user : variable.getUsers()) {
        Operation *ancestor = block->findAncestorOpInBlock(*user);
        if (!ancestor || ancestor == update || isa<bufferization::MaterializeInDestinationOp>(ancestor))
          continue;
        // It would be updated on a copy, sooner or later.
        if (update->isBeforeInBlock(ancestor))
          return;
        comesAfter(ancestor);
      }
    for (Operation *op = update->getPrevNode(); op && op != last; op = op->getPrevNode())
      if (!isMemoryEffectFree(op)) {
        comesAfter(op);
        break;
      }

    // What it depends on moves with it or stays before it.
    SetVector<Operation *> moved;
    auto visit = [&](auto &self, Operation *op) -> void {
      SetVector<Value> above;
      getUsedValuesDefinedAbove(op->getRegions(), above);
      above.insert_range(op->getOperands());
      for (Value value : above) {
        Operation *definition = value.getDefiningOp();
        if (!definition || definition->getBlock() != block || moved.contains(definition))
          continue;
        if (isMovable(definition))
          self(self, definition);
        else
          comesAfter(definition);
      }
      moved.insert(op);
    };
    visit(visit, update);
    if (!last || last->getNextNode() == update)
      return;
    bool isMoved = false;
    for (Operation *op : moved) {
      if (op->isBeforeInBlock(last)) // movable, and early enough
        continue;
      isMoved |= op == update;
      op->moveAfter(last);
      last = op;
    }
    numHoisted += isMoved;
  }
};
} // namespace
