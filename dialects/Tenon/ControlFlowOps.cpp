// Branches and loops: where control goes, and checks that name the variable.
#include "dialects/Tenon/Dialect.h"
#include "dialects/Tenon/Shapes.h"

using namespace mlir;
using namespace mlir::tenon;

// ---- where control goes
// --------------------------------------------------------------------------------------------------

OperandRange IfOp::getEntrySuccessorOperands(RegionSuccessor) {
  return {getOperation()->operand_end(), getOperation()->operand_end()};
}

void IfOp::getSuccessorRegions(RegionBranchPoint point, SmallVectorImpl<RegionSuccessor> &successors) {
  if (!point.isParent()) {
    successors.emplace_back(getOperation(), getResults());
    return;
  }
  successors.emplace_back(&getThenRegion());
  successors.emplace_back(&getElseRegion());
}

OperandRange WhileOp::getEntrySuccessorOperands(RegionSuccessor) { return getInits(); }

void WhileOp::getSuccessorRegions(RegionBranchPoint point, SmallVectorImpl<RegionSuccessor> &successors) {
  if (point.isParent() || point.getTerminatorPredecessorOrNull()->getParentRegion() == &getAfter()) {
    successors.emplace_back(&getBefore(), getBefore().getArguments());
    return;
  }
  successors.emplace_back(getOperation(), getResults());
  successors.emplace_back(&getAfter(), getAfter().getArguments());
}

OperandRange ForOp::getEntrySuccessorOperands(RegionSuccessor) { return getInits(); }

void ForOp::getSuccessorRegions(RegionBranchPoint, SmallVectorImpl<RegionSuccessor> &successors) {
  // Before the first iteration and after each, there may be another or not.
  successors.emplace_back(&getBody(), getBody().getArguments().drop_front());
  successors.emplace_back(getOperation(), getResults());
}

MutableOperandRange ConditionOp::getMutableSuccessorOperands(RegionSuccessor) { return getValuesMutable(); }

ConditionOp WhileOp::getCondition() { return cast<ConditionOp>(beforeBlock()->getTerminator()); }
YieldOp WhileOp::getYield() { return cast<YieldOp>(afterBlock()->getTerminator()); }
YieldOp ForOp::getYield() { return cast<YieldOp>(bodyBlock()->getTerminator()); }

SmallVector<Region *> WhileOp::getLoopRegions() { return {&getBefore(), &getAfter()}; }
SmallVector<Region *> ForOp::getLoopRegions() { return {&getBody()}; }
Block::BlockArgListType WhileOp::getRegionIterArgs() { return getBefore().getArguments(); }
std::optional<MutableArrayRef<OpOperand>> WhileOp::getYieldedValuesMutable() { return getYield().getValuesMutable(); }
Block::BlockArgListType ForOp::getRegionIterArgs() { return getBody().getArguments().drop_front(); }
std::optional<MutableArrayRef<OpOperand>> ForOp::getYieldedValuesMutable() { return getYield().getValuesMutable(); }
std::optional<ResultRange> ForOp::getLoopResults() { return getResults(); }

// ---- checks
// --------------------------------------------------------------------------------------------------------------

/// "the value of 's', declared at f.cpp:3:10," as its location tells; else by its place.
static std::string describeCarried(Location declared, size_t place) {
  std::string text = "carried value " + std::to_string(place);
  if (auto name = dyn_cast<NameLoc>(declared)) {
    text = "'" + name.getName().str() + "'";
    declared = name.getChildLoc();
  }
  if (auto file = dyn_cast<FileLineColLoc>(declared))
    text += " (declared at " + file.getFilename().str() + ":" + std::to_string(file.getLine()) + ":" +
            std::to_string(file.getColumn()) + ")";
  return text;
}

/// The terminator of a region that may not be well formed yet; null where that is for others to report.
template <typename OpT> static OpT terminatorOf(Region &region) {
  return region.empty() || region.front().empty() ? OpT() : dyn_cast<OpT>(region.front().back());
}

/// What is carried has one type everywhere. `before` and `after` say where the two were met.
static LogicalResult verifyCarried(const Checks &check, ValueRange values, StringRef before, TypeRange other,
                                   StringRef after, Region *named, unsigned offset = 0) {
  if (values.size() != other.size())
    return check.error() << "expected " << values.size() << " values " << after << ", as " << before << ", but got "
                         << other.size();
  for (auto [i, value, type] : llvm::enumerate(values, other)) {
    if (value.getType() == type)
      continue;
    Location declared =
        named && named->getNumArguments() > i + offset ? named->getArgument(i + offset).getLoc() : value.getLoc();
    return check.error() << describeCarried(declared, i) << " is " << describe(value.getType()) << " " << before
                         << ", but " << describe(type) << " " << after;
  }
  return success();
}

LogicalResult IfOp::verify() {
  Checks check(*this);
  for (Region *region : {&getThenRegion(), &getElseRegion()}) { // (C2)
    StringRef name = region == &getThenRegion() ? "first" : "second";
    auto yield = terminatorOf<YieldOp>(*region);
    if (!yield)
      continue;
    if (yield.getValues().size() != getNumResults())
      return check.error() << "expected " << getNumResults() << " values of the " << name
                           << " region, one for each result, but got " << yield.getValues().size();
    for (auto [i, result, value] : llvm::enumerate(getResults(), yield.getValues()))
      if (result.getType() != value.getType())
        return check.error() << "result " << i << " is " << describe(result.getType()) << ", but the " << name
                             << " region yields " << describe(value.getType());
  }
  return success();
}

LogicalResult WhileOp::verify() {
  Checks check(*this);
  if (getBefore().empty() || getAfter().empty())
    return success(); // reported with the regions
  if (failed(verifyCarried(check, getInits(), "before the loop", getBefore().getArgumentTypes(), "in its condition",
                           &getBefore()))) // (C1)
    return failure();
  Operation *last = getBefore().front().empty() ? nullptr : &getBefore().front().back();
  auto condition = terminatorOf<ConditionOp>(getBefore());
  if (last && last->hasTrait<OpTrait::IsTerminator>() && !condition)
    return check.error() << "expected the first region to end in 'tenon.condition', but it ends in '" << last->getName()
                         << "'";
  if (condition && (failed(verifyCarried(check, getResults(), "among the results", condition.getValues().getTypes(),
                                         "in 'tenon.condition'", &getAfter())) ||
                    failed(verifyCarried(check, getResults(), "among the results", getAfter().getArgumentTypes(),
                                         "in the body", &getAfter())))) // (C2)
    return failure();
  if (auto yield = terminatorOf<YieldOp>(getAfter())) // (C2)
    return verifyCarried(check, getInits(), "before the loop", yield.getValues().getTypes(), "after one iteration",
                         &getBefore());
  return success();
}

LogicalResult ForOp::verify() {
  Checks check(*this);
  if (getStep() == 0) // (C1)
    return check.error() << "the step is 0";
  if (getBody().empty())
    return success(); // reported with the regions
  // (C2)
  if (getBody().getNumArguments() == 0 || getBody().getArgument(0).getType() != getLower().getType())
    return check.error() << "expected the region's first argument to be the index, i64[]";
  if (failed(verifyCarried(check, getInits(), "before the loop",
                           ValueRange(getBody().getArguments()).drop_front().getTypes(), "in its body", &getBody(),
                           1)) ||
      failed(verifyCarried(check, getInits(), "before the loop", getResultTypes(), "among the results", &getBody(), 1)))
    return failure();
  if (auto yield = terminatorOf<YieldOp>(getBody()))
    return verifyCarried(check, getInits(), "before the loop", yield.getValues().getTypes(), "after one iteration",
                         &getBody(), 1);
  return success();
}
