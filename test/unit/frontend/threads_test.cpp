// The number of threads: what it is, that it changes no bit, and calls from several threads at once.
#include "expect_error.h"
#include <tenon/tenon.h>

#include <atomic>
#include <cstdlib>
#include <thread>
#include <vector>

using tenon::Tensor;

namespace {
// Puts the number back.
struct NumThreads {
  explicit NumThreads(int count) { tenon::set_num_threads(count); }
  ~NumThreads() { tenon::set_num_threads(before); }
  const int before = tenon::num_threads();
};

TEST(Threads, AreAsManyAsAsked) {
  const NumThreads restore(1);
  EXPECT_EQ(tenon::num_threads(), 1);
  tenon::set_num_threads(3);
  EXPECT_EQ(tenon::num_threads(), 3);
  tenon::set_num_threads(0);
  EXPECT_GE(tenon::num_threads(), 1);
  EXPECT_ERROR(tenon::set_num_threads(-1), "set_num_threads: got -1");
  EXPECT_ERROR(tenon::set_num_threads(-1), "pass a number of threads, or 0 for one per processor");
}

// Large enough to be cut: two products and a softmax.
Tensor compute(const Tensor &x, const Tensor &w) {
  return tenon::softmax(tenon::matmul(tenon::tanh(tenon::matmul(x, w)), tenon::transpose(w)));
}

TEST(Threads, ChangeNoBit) {
  const NumThreads restore(1);
  const Tensor x = tenon::uniform({130, 257}, 1), w = tenon::uniform({257, 301}, 2);
  const Tensor alone = compute(x, w);
  auto f = tenon::function(compute);
  for (int count : {2, 3, 7, 1}) {
    tenon::set_num_threads(count);
    EXPECT_TRUE(tenon::array_equal(compute(x, w), alone)) << count << " threads, eagerly";
    EXPECT_TRUE(tenon::array_equal(f(x, w), alone)) << count << " threads";
  }
}

TEST(Threads, ServeSeveralCallersWhileTheirNumberChanges) {
  const NumThreads restore(2);
  const Tensor x = tenon::uniform({64, 200}, 1), w = tenon::uniform({200, 300}, 2);
  const Tensor expected = compute(x, w);
  std::atomic<int> wrong{0};
  std::vector<std::thread> callers;
  for (int caller = 0; caller < 3; ++caller)
    callers.emplace_back([&] {
      for (int i = 0; i < 20; ++i) wrong += !tenon::array_equal(compute(x, w), expected);
    });
  for (int count : {1, 3, 2, 4}) {
    tenon::set_num_threads(count);
    wrong += !tenon::array_equal(compute(x, w), expected);
  }
  for (std::thread &caller : callers) caller.join();
  EXPECT_EQ(wrong, 0);
}
} // namespace
