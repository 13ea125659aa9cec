// Loops with a condition forward the tensors that they carry: one buffer all the way round.
#include "compiler/Memory/AlignForwarded.h"
#include "compiler/Memory/RegionSizes.h"

#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace mlir::tenon;

static bool isTensor(Value value) { return isa<RankedTensorType>(value.getType()); }

scf::WhileOp mlir::tenon::alignForwarded(scf::WhileOp loop) {
  Block *before = loop.getBeforeBody(), *after = loop.getAfterBody();
  scf::ConditionOp condition = loop.getConditionOp();
  auto forwarded = condition.getArgs();
  auto isAligned = [&] {
    for (auto [i, value] : llvm::enumerate(forwarded))
      if (isTensor(value) && (i >= before->getNumArguments() || value != before->getArgument(i)))
        return false;
    for (auto [i, value] : llvm::enumerate(before->getArguments()))
      if (isTensor(value) && (i >= forwarded.size() || value != forwarded[i]))
        return false;
    return true;
  };
  if (isAligned())
    return loop;

  OpBuilder builder(loop);
  // First the carried tensors, then tensors that the condition makes, then scalars.
  SmallVector<Value> inits, yields, conditionArgs;
  SmallVector<Type> carriedTypes, resultTypes;
  SmallVector<Location> carriedLocs, resultLocs;
  DenseMap<Value, unsigned> slots; // of forwarded tensors
  auto addCarried = [&](Value init, Location loc) {
    inits.push_back(init);
    carriedTypes.push_back(init.getType());
    carriedLocs.push_back(loc);
  };
  auto addForwarded = [&](Value value, Location loc) {
    conditionArgs.push_back(value);
    resultTypes.push_back(value.getType());
    resultLocs.push_back(loc);
  };
  SmallVector<unsigned> beforeSlots(before->getNumArguments()), afterSlots(forwarded.size());
  for (auto [i, argument] : llvm::enumerate(before->getArguments()))
    if (isTensor(argument)) {
      slots[argument] = beforeSlots[i] = inits.size();
      addForwarded(argument, argument.getLoc());
      addCarried(loop.getInits()[i], argument.getLoc());
    }
  SmallVector<Value> made;
  for (auto [i, value] : llvm::enumerate(forwarded)) {
    if (!isTensor(value))
      continue;
    auto [slot, isNew] = slots.try_emplace(value, inits.size());
    afterSlots[i] = slot->second;
    if (!isNew)
      continue;
    auto type = cast<RankedTensorType>(value.getType());
    SmallVector<Value> sizes;
    for (int64_t dim = 0; dim < type.getRank(); ++dim)
      if (type.isDynamicDim(dim)) {
        sizes.push_back(sizeOutside(builder, value, dim, loop));
        if (!sizes.back())
          return {};
      }
    made.push_back(value);
    addForwarded(value, value.getLoc());
    addCarried(tensor::EmptyOp::create(builder, value.getLoc(), type.getShape(), type.getElementType(), sizes),
               value.getLoc());
  }
  unsigned numTensors = inits.size();
  for (auto [i, argument] : llvm::enumerate(before->getArguments()))
    if (!isTensor(argument)) {
      beforeSlots[i] = inits.size();
      addCarried(loop.getInits()[i], argument.getLoc());
    }
  for (auto [i, value] : llvm::enumerate(forwarded))
    if (!isTensor(value)) {
      afterSlots[i] = conditionArgs.size();
      addForwarded(value, after->getArgument(i).getLoc());
    }

  auto aligned = scf::WhileOp::create(builder, loop.getLoc(), resultTypes, inits);
  aligned->setAttrs(loop->getAttrs());
  Block *newBefore = builder.createBlock(&aligned.getBefore(), {}, carriedTypes, carriedLocs);
  Block *newAfter = builder.createBlock(&aligned.getAfter(), {}, resultTypes, resultLocs);

  // The condition: what it makes is stored in the slot of its own.
  newBefore->getOperations().splice(newBefore->end(), before->getOperations());
  builder.setInsertionPoint(condition);
  unsigned firstMade = numTensors - made.size();
  for (auto [i, value] : llvm::enumerate(made))
    conditionArgs[firstMade + i] =
        bufferization::MaterializeInDestinationOp::create(builder, value.getLoc(), value.getType(), value,
                                                          newBefore->getArgument(firstMade + i))
            .getResult();
  scf::ConditionOp::create(builder, condition.getLoc(), condition.getCondition(), conditionArgs);
  condition.erase();
  for (auto [i, argument] : llvm::enumerate(before->getArguments()))
    argument.replaceAllUsesWith(newBefore->getArgument(beforeSlots[i]));

  // The body.
  newAfter->getOperations().splice(newAfter->end(), after->getOperations());
  for (auto [i, argument] : llvm::enumerate(after->getArguments()))
    argument.replaceAllUsesWith(newAfter->getArgument(afterSlots[i]));
  auto yield = cast<scf::YieldOp>(newAfter->getTerminator());
  yields.resize(inits.size());
  for (auto [i, value] : llvm::enumerate(yield.getOperands())) yields[beforeSlots[i]] = value;
  for (unsigned slot = firstMade; slot < numTensors; ++slot) yields[slot] = newAfter->getArgument(slot);
  yield->setOperands(yields);

  for (auto [i, result] : llvm::enumerate(loop.getResults()))
    result.replaceAllUsesWith(aligned.getResult(afterSlots[i]));
  loop.erase();
  return aligned;
}
