// Segments: runs of ops without effects but on buffers, cut where nothing but memory passes.
#include "compiler/Codegen/KernelSegments.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Interfaces/LoopLikeInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace mlir;
using namespace mlir::tenon;

/// Whether `op`, without its regions, does no more than compute, read and write buffers.
static bool touchesOnlyBuffers(Operation *op) {
  if (op->hasTrait<OpTrait::HasRecursiveMemoryEffects>() || isa<memref::AllocaOp>(op) || isMemoryEffectFree(op))
    return true;
  auto interface = dyn_cast<MemoryEffectOpInterface>(op);
  if (!interface)
    return false;
  SmallVector<MemoryEffects::EffectInstance> effects;
  interface.getEffects(effects);
  return llvm::all_of(effects, [](const MemoryEffects::EffectInstance &effect) {
    return isa<MemoryEffects::Read, MemoryEffects::Write>(effect.getEffect()) && effect.getValue() &&
           isa<MemRefType>(effect.getValue().getType());
  });
}

static bool isLoop(Operation *op) { return isa<LoopLikeOpInterface>(op); }

static bool hasLoop(Operation *op) {
  return op->walk([](Operation *inner) { return isLoop(inner) ? WalkResult::interrupt() : WalkResult::advance(); })
      .wasInterrupted();
}

/// Whether `op` can be a member at all. A branch around loops is none: the loops are.
static bool canBeMember(Operation *op) {
  if (op->hasTrait<OpTrait::IsTerminator>() || op->walk([](Operation *inner) {
                                                   return touchesOnlyBuffers(inner) ? WalkResult::advance()
                                                                                    : WalkResult::interrupt();
                                                 }).wasInterrupted())
    return false;
  if (op->getNumRegions() && !isLoop(op) && hasLoop(op))
    return false;
  // A scalar that is loaded is for several kernels, which it would make one.
  return !isa<memref::LoadOp>(op);
}

namespace {
/// A longest run of ops of which each can be a member, and where it may be cut.
class Run {
public:
  void add(Operation *op) {
    // What depends on no member is there before all of them.
    bool isPureOutside = !op->getNumRegions() && (isMemoryEffectFree(op) || isa<memref::AllocaOp>(op)) &&
                         llvm::none_of(op->getOperands(), [&](Value operand) {
                           Operation *producer = operand.getDefiningOp();
                           return producer && positions.contains(producer) && isMember[positions[producer]];
                         });
    positions[op] = ops.size();
    ops.push_back(op);
    isMember.push_back(!isPureOutside);
  }

  void takeSegments(SmallVectorImpl<KernelSegment> &segments) {
    findCuts();
    size_t begin = 0;
    bool previousHasLoop = true;
    for (size_t end = 1; end <= ops.size(); ++end) {
      if (!mayCut[end])
        continue;
      auto piece = ArrayRef(ops).slice(begin, end - begin);
      bool hasLoops = llvm::any_of(piece, isLoop);
      if (hasLoops || previousHasLoop)
        segments.emplace_back();
      for (size_t i = begin; i < end; ++i)
        if (isMember[i])
          segments.back().members.push_back(ops[i]);
      if (segments.back().members.empty())
        segments.pop_back();
      else
        previousHasLoop = hasLoops;
      begin = end;
    }
    *this = Run();
  }

private:
  /// A cut before position i is one that no value of a member crosses.
  void findCuts() {
    mayCut.assign(ops.size() + 1, true);
    size_t furthest = 0;
    for (size_t i = 0; i < ops.size(); ++i) {
      if (i > 0 && furthest >= i)
        mayCut[i] = false;
      if (!isMember[i])
        continue;
      for (Operation *user : ops[i]->getUsers())
        if (Operation *top = ops[i]->getBlock()->findAncestorOpInBlock(*user))
          if (auto position = positions.find(top); position != positions.end())
            furthest = std::max(furthest, position->second);
    }
  }

  SmallVector<Operation *> ops;
  SmallVector<bool> isMember, mayCut;
  DenseMap<Operation *, size_t> positions;
};
} // namespace

BlockParts mlir::tenon::findSegments(Block &block) {
  BlockParts parts;
  Run run;
  for (Operation &op : block) {
    if (canBeMember(&op)) {
      run.add(&op);
      continue;
    }
    run.takeSegments(parts.segments);
    if (op.getNumRegions())
      parts.others.push_back(&op);
  }
  run.takeSegments(parts.segments);
  return parts;
}
