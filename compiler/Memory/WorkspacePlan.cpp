// Greedy placement of temporaries; the best of several orders.
#include "compiler/Memory/WorkspacePlan.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Sequence.h"
#include "llvm/Support/MathExtras.h"
#include <algorithm>
#include <random>

using namespace mlir::tenon;

/// Puts the temporaries down in `order`, each at the lowest offset that is free during its whole life.
static WorkspacePlan placeInOrder(llvm::ArrayRef<Lifetime> temporaries, llvm::ArrayRef<unsigned> order,
                                  int64_t alignment) {
  WorkspacePlan plan;
  plan.offsets.assign(temporaries.size(), 0);
  llvm::SmallVector<unsigned> placed; // by offset
  for (unsigned index : order) {
    const Lifetime &temporary = temporaries[index];
    int64_t offset = 0;
    for (unsigned other : placed) {
      if (!temporary.overlaps(temporaries[other]))
        continue;
      if (plan.offsets[other] >= offset + temporary.size)
        break; // the gap before `other` is large enough, and later ones lie higher
      offset = std::max(offset, (int64_t)llvm::alignTo(plan.offsets[other] + temporaries[other].size, alignment));
    }
    plan.offsets[index] = offset;
    plan.bytes = std::max(plan.bytes, (int64_t)llvm::alignTo(offset + temporary.size, alignment));
    auto byOffset = [&](unsigned a, unsigned b) { return plan.offsets[a] < plan.offsets[b]; };
    placed.insert(std::upper_bound(placed.begin(), placed.end(), index, byOffset), index);
  }
  return plan;
}

WorkspacePlan mlir::tenon::planWorkspace(llvm::ArrayRef<Lifetime> temporaries, int64_t alignment) {
  auto length = [&](unsigned i) { return temporaries[i].end - temporaries[i].begin + 1; };
  auto order = llvm::to_vector(llvm::seq<unsigned>(0, temporaries.size()));
  WorkspacePlan best;
  llvm::SmallVector<unsigned> bestOrder;
  auto keepIfSmaller = [&](llvm::ArrayRef<unsigned> candidate) {
    WorkspacePlan plan = placeInOrder(temporaries, candidate, alignment);
    if (!bestOrder.empty() && plan.bytes >= best.bytes)
      return;
    best = std::move(plan);
    bestOrder.assign(candidate.begin(), candidate.end());
  };
  auto attempt = [&](auto less) {
    llvm::SmallVector<unsigned> sorted = order;
    llvm::stable_sort(sorted, less);
    keepIfSmaller(sorted);
  };
  attempt([&](unsigned a, unsigned b) { return temporaries[a].size > temporaries[b].size; });
  attempt([&](unsigned a, unsigned b) { return temporaries[a].begin < temporaries[b].begin; });
  attempt([&](unsigned a, unsigned b) { return length(a) > length(b); });
  attempt([&](unsigned a, unsigned b) { return temporaries[a].size * length(a) > temporaries[b].size * length(b); });

  // Where the greedy orders leave a gap, move one temporary at a time to the front and keep what helps. The budget
  // bounds compile time (about a millisecond); a fixed sequence keeps the output the same from run to run.
  int64_t bound = liveLowerBound(temporaries, alignment);
  std::minstd_rand random(1);
  for (size_t budget = 4'000'000, cost = temporaries.size() * temporaries.size() + 1;
       budget > cost && best.bytes > bound; budget -= cost) {
    llvm::SmallVector<unsigned> candidate = bestOrder;
    size_t from = random() % candidate.size(), to = random() % candidate.size();
    std::rotate(candidate.begin() + std::min(from, to), candidate.begin() + std::max(from, to),
                candidate.begin() + std::max(from, to) + 1);
    keepIfSmaller(candidate);
  }
  return best;
}

int64_t mlir::tenon::liveLowerBound(llvm::ArrayRef<Lifetime> temporaries, int64_t alignment) {
  int64_t bound = 0;
  // The largest sum is reached where some temporary begins.
  for (const Lifetime &moment : temporaries) {
    int64_t live = 0;
    for (const Lifetime &other : temporaries)
      if (other.begin <= moment.begin && moment.begin <= other.end)
        live += llvm::alignTo(other.size, alignment);
    bound = std::max(bound, live);
  }
  return bound;
}
