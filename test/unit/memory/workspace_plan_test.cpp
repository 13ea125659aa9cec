// The workspace planner on made-up lifetimes: never an overlap, never far from the bound.
#include "compiler/Memory/WorkspacePlan.h"

#include <gtest/gtest.h>
#include <random>

using namespace mlir::tenon;

namespace {
void expectValid(llvm::ArrayRef<Lifetime> lifetimes, const WorkspacePlan &plan) {
  ASSERT_EQ(plan.offsets.size(), lifetimes.size());
  for (size_t i = 0; i < lifetimes.size(); ++i) {
    EXPECT_EQ(plan.offsets[i] % 64, 0);
    EXPECT_LE(plan.offsets[i] + lifetimes[i].size, plan.bytes);
    for (size_t j = 0; j < i; ++j) {
      if (!lifetimes[i].overlaps(lifetimes[j]))
        continue;
      bool apart = plan.offsets[i] + lifetimes[i].size <= plan.offsets[j] ||
                   plan.offsets[j] + lifetimes[j].size <= plan.offsets[i];
      EXPECT_TRUE(apart) << "temporaries " << j << " and " << i << " are live together and share memory";
    }
  }
}

TEST(WorkspacePlan, IsEmptyForNoTemporaries) { EXPECT_EQ(planWorkspace({}, 64).bytes, 0); }

TEST(WorkspacePlan, ReusesTheMemoryOfADeadTemporary) {
  Lifetime lifetimes[] = {{0, 1, 1000}, {1, 2, 500}, {2, 3, 1000}};
  WorkspacePlan plan = planWorkspace(lifetimes, 64);
  expectValid(lifetimes, plan);
  EXPECT_EQ(plan.bytes, 1024 + 512);
  EXPECT_EQ(plan.offsets[0], plan.offsets[2]);
}

TEST(WorkspacePlan, KeepsTemporariesOfOneMomentApart) {
  Lifetime lifetimes[] = {{0, 5, 64}, {0, 5, 64}, {3, 3, 1}};
  WorkspacePlan plan = planWorkspace(lifetimes, 64);
  expectValid(lifetimes, plan);
  EXPECT_EQ(plan.bytes, 3 * 64);
}

TEST(WorkspacePlan, StaysNearTheLowerBoundOnRandomLifetimes) {
  std::mt19937 random(7);
  double worst = 1;
  for (int round = 0; round < 200; ++round) {
    llvm::SmallVector<Lifetime> lifetimes;
    for (int i = 0, n = 2 + int(random() % 40); i < n; ++i) {
      int64_t begin = random() % 60;
      lifetimes.push_back({begin, begin + int64_t(random() % 8), int64_t(1 + random() % 100000)});
    }
    WorkspacePlan plan = planWorkspace(lifetimes, 64);
    expectValid(lifetimes, plan);
    int64_t bound = liveLowerBound(lifetimes, 64);
    EXPECT_GE(plan.bytes, bound);
    worst = std::max(worst, double(plan.bytes) / double(bound));
  }
  EXPECT_LT(worst, 1.1);
}
} // namespace
