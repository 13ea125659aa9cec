// The pool: each index once, whoever calls from wherever, also when threads have gone to sleep.
#include "tenon/runtime/pool.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <thread>
#include <vector>

namespace {
using Pool = std::unique_ptr<tenon_pool, decltype(&tenon_pool_destroy)>;
Pool make(int64_t workers) { return Pool(tenon_pool_create(workers), tenon_pool_destroy); }

void count_visits(void *argument, int64_t begin, int64_t end) {
  auto &visits = *static_cast<std::vector<std::atomic<int>> *>(argument);
  for (int64_t i = begin; i < end; ++i) ++visits[std::size_t(i)];
}
::testing::AssertionResult visits_each_once(tenon_pool *pool, int64_t count) {
  std::vector<std::atomic<int>> visits(std::size_t(std::max<int64_t>(count, 0)));
  tenon_pool_parallel_for(pool, count, count_visits, &visits);
  for (std::size_t i = 0; i < visits.size(); ++i)
    if (visits[i] != 1)
      return ::testing::AssertionFailure()
             << "index " << i << " of " << count << " was visited " << visits[i] << " times";
  return ::testing::AssertionSuccess();
}

TEST(Pool, DoesEachIndexOnceForAnyNumberOfWorkers) {
  for (int64_t workers : {1, 2, 3, 7}) {
    const Pool pool = make(workers);
    ASSERT_TRUE(pool);
    EXPECT_EQ(tenon_pool_workers(pool.get()), workers);
    for (int64_t count : {-1, 0, 1, 2, 3, 7, 8, 100, 1001})
      for (int repeat = 0; repeat < 20; ++repeat) EXPECT_TRUE(visits_each_once(pool.get(), count)) << workers;
  }
}

TEST(Pool, TakesTheProcessorsThatItMayRunOn) {
  EXPECT_GE(tenon_pool_processors(), 1);
  EXPECT_EQ(tenon_pool_workers(make(0).get()), std::min<int64_t>(tenon_pool_processors(), 1024));
  EXPECT_EQ(tenon_pool_workers(nullptr), 1);
  EXPECT_TRUE(visits_each_once(nullptr, 10));
}

// Each part waits until a second thread is in the loop too.
void wait_for_company(void *argument, int64_t, int64_t) {
  auto &threads = *static_cast<std::atomic<int> *>(argument);
  static thread_local const void *counted = nullptr;
  if (counted != argument) {
    counted = argument;
    ++threads;
  }
  const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (threads < 2 && std::chrono::steady_clock::now() < limit) std::this_thread::yield();
}

TEST(Pool, WakesThreadsThatSleep) {
  const Pool pool = make(2);
  for (int64_t count : {2, 100}) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    auto threads = std::make_unique<std::atomic<int>>(0);
    if (count == 100)
      tenon_pool_parallel_for(pool.get(), count, wait_for_company, threads.get());
    else
      tenon_pool_parallel_for(
          pool.get(), count,
          [](void *argument, int64_t begin, int64_t) {
            // The first part is long enough to be worth a thread for the other.
            if (begin == 0)
              std::this_thread::sleep_for(std::chrono::milliseconds(1));
            ++*static_cast<std::atomic<int> *>(argument);
          },
          threads.get());
    EXPECT_EQ(*threads, 2);
  }
}

TEST(Pool, RunsLoopsInsideOfTasks) {
  const Pool pool = make(3);
  struct Outer {
    tenon_pool *pool;
    std::atomic<int> failures{0};
  } outer{pool.get()};
  for (int repeat = 0; repeat < 50; ++repeat)
    tenon_pool_parallel_for(
        pool.get(), 12,
        [](void *argument, int64_t begin, int64_t end) {
          auto &outer = *static_cast<Outer *>(argument);
          for (; begin < end; ++begin) outer.failures += !visits_each_once(outer.pool, 50);
        },
        &outer);
  EXPECT_EQ(outer.failures, 0);
}

TEST(Pool, ServesCallersFromSeveralThreadsAtOnce) {
  const Pool pool = make(3);
  std::atomic<int> failures{0};
  std::vector<std::thread> callers;
  for (int caller = 0; caller < 4; ++caller)
    callers.emplace_back([&, caller] {
      for (int repeat = 0; repeat < 500; ++repeat) {
        failures += !visits_each_once(pool.get(), 1 + (repeat * 7 + caller) % 40);
        if (repeat % 100 == 0)
          std::this_thread::sleep_for(std::chrono::microseconds(300));
      }
    });
  for (std::thread &caller : callers) caller.join();
  EXPECT_EQ(failures, 0);
}

// What a loop wrote is seen by the caller, and what the caller writes next by the loop after: without a lock of its
// own.
TEST(Pool, OrdersMemoryBetweenLoops) {
  const Pool pool = make(4);
  std::vector<int64_t> values(64, 0);
  for (int repeat = 0; repeat < 2000; ++repeat) {
    tenon_pool_parallel_for(
        pool.get(), 64,
        [](void *argument, int64_t begin, int64_t end) {
          for (; begin < end; ++begin) static_cast<int64_t *>(argument)[begin] += begin;
        },
        values.data());
    ++values[std::size_t(repeat % 64)];
  }
  for (int64_t i = 0; i < 64; ++i) EXPECT_EQ(values[std::size_t(i)], 2000 * i + (2000 / 64) + (i < 2000 % 64));
}

TEST(Pool, CanBeMadeAndDestroyedOften) {
  for (int repeat = 0; repeat < 100; ++repeat) {
    const Pool pool = make(1 + repeat % 4);
    if (repeat % 2)
      EXPECT_TRUE(visits_each_once(pool.get(), 9));
  }
  tenon_pool_destroy(nullptr);
}

TEST(Pool, LendsItselfToAContext) {
  const Pool pool = make(2);
  tenon_context context{};
  context.struct_size = sizeof context;
  tenon_pool_lend(pool.get(), &context);
  EXPECT_EQ(context.parallel_for, tenon_pool_parallel_for);
  EXPECT_EQ(context.executor, pool.get());
  EXPECT_EQ(context.workers, 2);
  tenon_pool_lend(nullptr, &context);
  EXPECT_EQ(context.parallel_for, nullptr);
  EXPECT_EQ(context.workers, 1);
}
} // namespace
