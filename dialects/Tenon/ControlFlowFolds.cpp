// Branches and loops: what disappears, and what is simpler written without a region.
#include "dialects/Tenon/Dialect.h"

#include "mlir/IR/Matchers.h"
#include "mlir/IR/PatternMatch.h"

#include "llvm/ADT/DenseSet.h"

using namespace mlir;
using namespace mlir::tenon;

/// The ops of `block` in place of `op`, whose results become the operands of the block's terminator from `first` on.
static void inlineBlock(PatternRewriter &rewriter, Operation *op, Block *block, ValueRange arguments,
                        unsigned first = 0) {
  Operation *terminator = block->getTerminator();
  rewriter.inlineBlockBefore(block, op, arguments);
  // Only now: a block may yield its arguments.
  rewriter.replaceOp(op, terminator->getOperands().drop_front(first));
  rewriter.eraseOp(terminator);
}

/// tenon.if with a constant condition is one of its regions.
static LogicalResult foldConstantIf(IfOp op, PatternRewriter &rewriter) {
  DenseElementsAttr condition;
  if (!matchPattern(op.getCondition(), m_Constant(&condition)))
    return failure();
  inlineBlock(rewriter, op, condition.getSplatValue<bool>() ? op.thenBlock() : op.elseBlock(), {});
  return success();
}

// ---- branches -------------------------------------------------------------------------------------------------------

/// tenon.if on `not c` is tenon.if on c with its regions exchanged.
static LogicalResult exchangeRegions(IfOp op, PatternRewriter &rewriter) {
  auto negated = op.getCondition().getDefiningOp<NotOp>();
  if (!negated)
    return failure();
  auto exchanged = IfOp::create(rewriter, op.getLoc(), op.getResultTypes(), negated.getInput());
  rewriter.inlineRegionBefore(op.getElseRegion(), exchanged.getThenRegion(), exchanged.getThenRegion().end());
  rewriter.inlineRegionBefore(op.getThenRegion(), exchanged.getElseRegion(), exchanged.getElseRegion().end());
  rewriter.replaceOp(op, exchanged.getResults());
  return success();
}

/// Inside a region it is known what the condition was: so is that of an inner tenon.if, and a flag that is handed on.
static LogicalResult spreadCondition(IfOp op, PatternRewriter &rewriter) {
  Value condition = op.getCondition();
  if (matchPattern(condition, m_Constant()))
    return failure();
  SmallVector<std::pair<Value, bool>> known{{condition, true}}; // what they are in the first region
  for (Operation *user : condition.getUsers())
    if (isa<NotOp>(user) && !op->isAncestor(user))
      known.emplace_back(user->getResult(0), false);
  bool changed = false;
  for (auto [value, inFirst] : known)
    for (Region *region : op.getRegions()) {
      auto isInside = [&](OpOperand &use) { return region->isAncestor(use.getOwner()->getParentRegion()); };
      if (llvm::none_of(value.getUses(), isInside))
        continue;
      bool holds = inFirst == (region == &op.getThenRegion());
      auto type = cast<RankedTensorType>(value.getType());
      Value constant = ConstantOp::create(rewriter, op.getLoc(), DenseElementsAttr::get(type, holds));
      rewriter.replaceUsesWithIf(value, constant, isInside);
      changed = true;
    }
  return success(changed);
}

static bool isScalar(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  return type && type.getRank() == 0;
}

/// What a result is when both regions have its value from outside, or one of them none: nothing where the op has to
/// say.
static Value createMerged(PatternRewriter &rewriter, IfOp op, Value first, Value second) {
  bool firstIsFree = first.getDefiningOp<UndefOp>(), secondIsFree = second.getDefiningOp<UndefOp>();
  if (firstIsFree && secondIsFree)
    return UndefOp::create(rewriter, op.getLoc(), first.getType());
  auto isOutside = [&](Value value) { return !op->isAncestor(value.getParentBlock()->getParentOp()); };
  if (firstIsFree && isOutside(second))
    return second;
  if ((secondIsFree || first == second) && isOutside(first))
    return first;
  // A tensor is better handed on than copied element by element; a scalar is in a register.
  if (firstIsFree || secondIsFree || !isScalar(first) || !isOutside(first) || !isOutside(second))
    return {};
  DenseElementsAttr ifTrue, ifFalse;
  if (first.getType() == op.getCondition().getType() && matchPattern(first, m_Constant(&ifTrue)) &&
      matchPattern(second, m_Constant(&ifFalse)) && ifTrue != ifFalse)
    return ifTrue.getSplatValue<bool>() ? Value(op.getCondition())
                                        : Value(NotOp::create(rewriter, op.getLoc(), op.getCondition()));
  return SelectOp::create(rewriter, op.getLoc(), op.getCondition(), first, second);
}

/// A result that needs no region does not come out of one.
static LogicalResult mergeResults(IfOp op, PatternRewriter &rewriter) {
  bool changed = false;
  for (OpResult result : op.getResults()) {
    unsigned number = result.getResultNumber();
    if (result.use_empty())
      continue; // goes anyway
    Value merged = createMerged(rewriter, op, op.thenBlock()->getTerminator()->getOperand(number),
                                op.elseBlock()->getTerminator()->getOperand(number));
    if (!merged)
      continue;
    rewriter.replaceAllUsesWith(result, merged);
    changed = true;
  }
  return success(changed);
}

/// Whether an op on scalars takes a cycle or two, and may run where the program does not run it. Not a division, even
/// by a number: it is shortest where LLVM still sees the condition, as in `if (n % 2 == 0) n = n / 2`.
static bool isCheap(Operation &op) {
  if (!llvm::all_of(op.getResults(), isScalar) || !isMemoryEffectFree(&op) || !isSpeculatable(&op))
    return false;
  return isa<ConstantOp, UndefOp, DimOp, NegOp, AbsOp, NotOp, AddOp, SubOp, MulOp, MaxOp, MinOp, ClampOp, AndOp, OrOp,
             XorOp, ShlOp, ShrOp, CompareOp, SelectOp, CastOp>(op);
}

/// Regions of a few cheap ops on scalars run both, before the op; mergeResults() then leaves a select. A branch that
/// the processor mispredicts costs more than what it saves.
static LogicalResult runBoth(IfOp op, PatternRewriter &rewriter) {
  constexpr int limit = 4; // in each region, constants aside
  if (op.getNumResults() == 0 || !llvm::all_of(op.getResults(), isScalar))
    return failure();
  bool hasOps = false;
  for (Region *region : op.getRegions()) {
    int count = 0;
    for (Operation &inner : region->front().without_terminator()) {
      if (!isCheap(inner) || (count += !isa<ConstantOp, UndefOp>(inner)) > limit)
        return failure();
      hasOps = true;
    }
  }
  if (!hasOps)
    return failure();
  for (Region *region : op.getRegions())
    for (Operation &inner : llvm::make_early_inc_range(region->front().without_terminator()))
      rewriter.moveOpBefore(&inner, op);
  return success();
}

// ---- loops ----------------------------------------------------------------------------------------------------------

/// tenon.for over nothing is its inits, once is its body.
static LogicalResult foldTrivialFor(ForOp op, PatternRewriter &rewriter) {
  DenseElementsAttr lower, upper;
  if (!matchPattern(op.getLower(), m_Constant(&lower)) || !matchPattern(op.getUpper(), m_Constant(&upper)))
    return failure();
  int64_t step = op.getStep(), from = lower.getSplatValue<int64_t>(), to = upper.getSplatValue<int64_t>();
  if (step > 0 ? from >= to : from <= to) {
    rewriter.replaceOp(op, op.getInits());
    return success();
  }
  int64_t next;
  bool isOnce = llvm::AddOverflow(from, step, next) || (step > 0 ? next >= to : next <= to);
  if (!isOnce)
    return failure();
  SmallVector<Value> arguments{op.getLower()};
  llvm::append_range(arguments, op.getInits());
  inlineBlock(rewriter, op, op.bodyBlock(), arguments);
  return success();
}

/// tenon.while whose condition never holds runs its first region once.
static LogicalResult foldFalseWhile(WhileOp op, PatternRewriter &rewriter) {
  DenseElementsAttr condition;
  ConditionOp terminator = op.getCondition();
  if (!matchPattern(terminator.getCondition(), m_Constant(&condition)) || condition.getSplatValue<bool>())
    return failure();
  inlineBlock(rewriter, op, op.beforeBlock(), op.getInits(), /*first=*/1); // behind the condition
  return success();
}

/// In an iteration it is known that the loop went on: `not stop` held, and so did each of several conditions.
static LogicalResult spreadLoopCondition(WhileOp op, PatternRewriter &rewriter) {
  ConditionOp condition = op.getCondition();
  SmallVector<std::pair<Value, bool>> known{{condition.getCondition(), true}};
  for (size_t i = 0; i < known.size(); ++i) {
    auto [value, holds] = known[i];
    if (auto both = value.getDefiningOp<AndOp>(); both && holds)
      known.append({{both.getLhs(), true}, {both.getRhs(), true}});
    else if (auto negated = value.getDefiningOp<NotOp>())
      known.emplace_back(negated.getInput(), !holds);
  }
  bool changed = false;
  for (auto [forwarded, argument] : llvm::zip_equal(condition.getValues(), op.getAfter().getArguments()))
    for (auto [value, holds] : known) {
      if (value != forwarded || argument.use_empty() || matchPattern(value, m_Constant()))
        continue;
      rewriter.setInsertionPointToStart(op.afterBlock());
      auto type = cast<RankedTensorType>(value.getType());
      Value constant = ConstantOp::create(rewriter, op.getLoc(), DenseElementsAttr::get(type, holds));
      rewriter.replaceAllUsesWith(argument, constant);
      changed = true;
    }
  return success(changed);
}

/// Puts `value` in place of an undefined `operand`, and of those that tenon.if hands on to it inside the loop.
static bool define(PatternRewriter &rewriter, OpOperand &operand, Value value) {
  if (operand.get().getDefiningOp<UndefOp>()) {
    rewriter.modifyOpInPlace(operand.getOwner(), [&] { operand.set(value); });
    return true;
  }
  auto result = dyn_cast<OpResult>(operand.get());
  auto branches = result ? dyn_cast<IfOp>(result.getOwner()) : IfOp();
  if (!branches || !result.hasOneUse() || !value.getParentRegion()->isAncestor(branches->getParentRegion()))
    return false;
  bool changed = false;
  for (Region *region : branches.getRegions())
    changed |= define(rewriter, region->front().getTerminator()->getOpOperand(result.getResultNumber()), value);
  return changed;
}

/// A tensor that an iteration leaves undefined is the one that it was given: there is nothing to move.
static LogicalResult keepUndefined(ForOp op, PatternRewriter &rewriter) {
  bool changed = false;
  for (auto [carried, yielded] : llvm::zip_equal(op.getRegionIterArgs(), op.getYield().getValuesMutable()))
    if (!isScalar(carried)) // which is nowhere, and free to be what suits a select
      changed |= define(rewriter, yielded, carried);
  return success(changed);
}
static LogicalResult keepUndefinedInWhile(WhileOp op, PatternRewriter &rewriter) {
  bool changed = false;
  for (auto [forwarded, argument] : llvm::zip_equal(op.getCondition().getValues(), op.getAfter().getArguments())) {
    auto carried = dyn_cast<BlockArgument>(forwarded);
    if (carried && carried.getOwner() == op.beforeBlock() && !isScalar(carried))
      changed |= define(rewriter, op.getYield().getValuesMutable()[carried.getArgNumber()], argument);
  }
  return success(changed);
}

/// What a loop carries for its own sake alone: the init takes its place, after which nothing is left to carry.
template <typename LoopT> static LogicalResult dropUnread(LoopT op, PatternRewriter &rewriter) {
  llvm::SmallDenseSet<Value> live;
  SmallVector<Value> worklist;
  auto mark = [&](Value value) {
    if (live.insert(value).second)
      worklist.push_back(value);
  };
  auto markOperands = [&](Operation *inner) {
    inner->walk([&](Operation *nested) { llvm::for_each(nested->getOperands(), mark); });
  };
  // What the loop is run for: its effects, how often it runs, and the results that are read.
  for (Region &region : op->getRegions())
    for (Operation &inner : region.front().without_terminator())
      if (!wouldOpBeTriviallyDead(&inner))
        markOperands(&inner);
  auto whileOp = dyn_cast<WhileOp>(op.getOperation());
  Operation *last = whileOp ? whileOp.getCondition().getOperation() : op->getRegion(0).front().getTerminator();
  unsigned first = whileOp ? 1 : 0; // behind the condition
  if (whileOp)
    mark(last->getOperand(0));
  for (OpResult result : op->getResults())
    if (!result.use_empty())
      mark(last->getOperand(first + result.getResultNumber()));
  while (!worklist.empty()) {
    Value value = worklist.pop_back_val();
    auto argument = dyn_cast<BlockArgument>(value);
    if (!argument) {
      if (op->isProperAncestor(value.getDefiningOp()))
        markOperands(value.getDefiningOp());
      continue;
    }
    if (whileOp && argument.getOwner() == whileOp.afterBlock())
      mark(last->getOperand(first + argument.getArgNumber()));
    auto carried = op.getRegionIterArgs();
    if (auto place = llvm::find(carried, argument); place != carried.end())
      mark(op.getYield().getValues()[place - carried.begin()]);
  }
  bool changed = false;
  for (auto [i, argument, init, yielded] :
       llvm::enumerate(op.getRegionIterArgs(), op.getInits(), op.getYield().getValuesMutable())) {
    if (live.contains(argument) || yielded.get() == init || yielded.get() == argument)
      continue;
    if (!whileOp && !op->getResult(i).use_empty())
      continue; // tenon.for ends with what it yields last
    rewriter.modifyOpInPlace(op.getYield(), [&] { yielded.set(init); });
    changed = true;
  }
  return success(changed);
}

void IfOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *) {
  patterns.add(foldConstantIf);
  patterns.add(exchangeRegions);
  patterns.add(spreadCondition);
  patterns.add(mergeResults);
  patterns.add(runBoth);
  populateRegionBranchOpInterfaceCanonicalizationPatterns(patterns, getOperationName());
}
void WhileOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *) {
  patterns.add(foldFalseWhile);
  patterns.add(dropUnread<WhileOp>);
  patterns.add(spreadLoopCondition);
  patterns.add(keepUndefinedInWhile);
  populateRegionBranchOpInterfaceCanonicalizationPatterns(patterns, getOperationName());
}
void ForOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *) {
  patterns.add(foldTrivialFor);
  patterns.add(dropUnread<ForOp>);
  patterns.add(keepUndefined);
  populateRegionBranchOpInterfaceCanonicalizationPatterns(patterns, getOperationName());
}
