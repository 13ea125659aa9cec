// Variables that branches and loops read or assign become values that these carry.
#include "compiler/Transforms/Passes.h"
#include "dialects/Tenon/Dialect.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include "llvm/ADT/MapVector.h"

namespace mlir::tenon {
#define GEN_PASS_DEF_CARRYVARIABLESPASS
#include "compiler/Transforms/Passes.h.inc"
} // namespace mlir::tenon

using namespace mlir;
using namespace mlir::tenon;

namespace {
/// A variable that the regions of an op use.
struct Use {
  RankedTensorType type;
  Location location;
  bool assigned = false;
};
using Uses = llvm::MapVector<StringAttr, Use>;

struct CarryVariablesPass : tenon::impl::CarryVariablesPassBase<CarryVariablesPass> {
  using Base::Base;

  void runOnOperation() override {
    // From the inside outwards: what an inner op needs stands before and after it, in a region of the next op.
    SmallVector<Operation *> ops;
    getOperation()->walk<WalkOrder::PostOrder>([&](Operation *op) {
      if (isa<IfOp, WhileOp, ForOp, CustomGradientOp, CheckpointOp>(op))
        ops.push_back(op);
    });
    for (Operation *op : ops)
      if (Uses uses = findUses(op); !uses.empty())
        carry(op, uses);
  }

private:
  static Uses findUses(Operation *op) {
    Uses uses;
    for (Region &region : op->getRegions())
      for (Operation &inner : region.front()) {
        if (auto read = dyn_cast<ReadOp>(inner))
          uses.try_emplace(read.getVariableAttr().getAttr(), Use{read.getType(), read.getLoc()});
        else if (auto assign = dyn_cast<AssignOp>(inner))
          uses.try_emplace(assign.getVariableAttr().getAttr(), Use{assign.getValue().getType(), assign.getLoc()})
              .first->second.assigned = true;
      }
    return uses;
  }

  /// Reads the variables before `op`; those that its regions assign go through these and are assigned after it.
  void carry(Operation *op, Uses &uses) {
    OpBuilder builder(op);
    llvm::MapVector<StringAttr, Value> before;
    SmallVector<StringAttr> assigned;
    for (auto &[variable, use] : uses) {
      before[variable] = ReadOp::create(builder, use.location, use.type, FlatSymbolRefAttr::get(variable));
      if (use.assigned)
        assigned.push_back(variable);
      ++(use.assigned ? numCarried : numRead);
    }
    for (Region &region : op->getRegions()) {
      auto current = before;
      if (isa<ForOp, WhileOp>(op)) // both regions of a while take what is carried
        for (StringAttr variable : assigned) {
          const Use &use = uses.find(variable)->second;
          current[variable] = region.addArgument(use.type, NameLoc::get(variable, use.location));
        }
      for (Operation &inner : llvm::make_early_inc_range(region.front())) {
        if (auto read = dyn_cast<ReadOp>(inner)) {
          read.getResult().replaceAllUsesWith(current[read.getVariableAttr().getAttr()]);
          read.erase();
        } else if (auto assign = dyn_cast<AssignOp>(inner)) {
          current[assign.getVariableAttr().getAttr()] = assign.getValue();
          assign.erase();
        }
      }
      // What a terminator hands on stands last, also behind the condition of a while.
      Operation *terminator = region.front().getTerminator();
      for (StringAttr variable : assigned) terminator->insertOperands(terminator->getNumOperands(), current[variable]);
    }
    if (!assigned.empty())
      addResults(op, before, uses, assigned);
  }

  /// The same op with a result for each variable and, where it is a loop, its value before.
  static void addResults(Operation *op, const llvm::MapVector<StringAttr, Value> &before, Uses &uses,
                         ArrayRef<StringAttr> assigned) {
    OpBuilder builder(op);
    OperationState state(op->getLoc(), op->getName());
    state.addOperands(op->getOperands());
    state.addTypes(op->getResultTypes());
    state.addAttributes(op->getAttrs());
    for (StringAttr variable : assigned) {
      if (isa<ForOp, WhileOp>(op))
        state.addOperands(before.lookup(variable));
      state.addTypes(uses.find(variable)->second.type);
    }
    for (Region &region : op->getRegions()) state.addRegion()->takeBody(region);
    Operation *carrying = builder.create(state);
    unsigned numResults = op->getNumResults();
    op->replaceAllUsesWith(carrying->getResults().take_front(numResults));
    op->erase();
    builder.setInsertionPointAfter(carrying);
    for (auto [variable, value] : llvm::zip_equal(assigned, carrying->getResults().drop_front(numResults)))
      AssignOp::create(builder, uses.find(variable)->second.location, FlatSymbolRefAttr::get(variable), value);
  }
};
} // namespace
