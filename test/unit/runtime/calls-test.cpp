// Cancelling, parallel loops and the CPU check.
#include "tenon/runtime/compiled.h"
#include "tenon/runtime/cpu.h"
#include "tenon/runtime/host.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <thread>
#include <vector>

namespace {

TEST(RuntimeCancel, AFlagEndsTheCallOnce) {
  char message[64] = "";
  volatile int32_t cancel = 0;
  tenon_context context = {};
  context.struct_size = sizeof context;
  context.message = message;
  context.message_capacity = sizeof message;
  context.cancel = &cancel;
  tenon_frame frame = {&context, TENON_OK, 0, "m_f", nullptr};
  EXPECT_EQ(tenon_runtime_cancelled(&frame), 0);
  EXPECT_EQ(tenon_runtime_cancel_flag(&frame), &cancel);
  cancel = 1;
  EXPECT_NE(tenon_runtime_cancelled(&frame), 0);
  EXPECT_EQ(frame.status, TENON_ERROR_CANCELLED);
  EXPECT_STREQ(message, "m_f: the call was cancelled");
  cancel = 0;
  EXPECT_NE(tenon_runtime_cancelled(&frame), 0) << "errors are sticky";
}

TEST(RuntimeCancel, WithoutAContextOnlyErrorsStop) {
  tenon_frame frame = {nullptr, TENON_OK, 0, "m_f", nullptr};
  EXPECT_EQ(tenon_runtime_cancelled(&frame), 0);
  tenon_runtime_raise(&frame, TENON_ERROR_LIMIT, "", 0, nullptr);
  EXPECT_NE(tenon_runtime_cancelled(&frame), 0);
}

// Marks how often each index was done.
void count_visits(void *argument, int64_t begin, int64_t end) {
  auto &visits = *static_cast<std::vector<int> *>(argument);
  for (int64_t i = begin; i < end; ++i) ++visits[i];
}

// Cuts the range into as many parts as the executor (an int) says, last part first, each on a thread of its own.
void threads_parallel_for(void *executor, int64_t count, tenon_task task, void *argument) {
  const int64_t parts = std::min<int64_t>(*static_cast<int *>(executor), count);
  std::vector<std::thread> threads;
  for (int64_t part = parts; part-- > 0;)
    threads.emplace_back([=] { task(argument, count * part / parts, count * (part + 1) / parts); });
  for (std::thread &thread : threads) thread.join();
}

TEST(RuntimeParallelFor, DoesEachIndexOnceForAnyNumberOfWorkers) {
  for (int workers : {0, 1, 2, 3, 7}) {
    tenon_context context = {};
    context.struct_size = sizeof context;
    context.parallel_for = workers == 0 ? nullptr : threads_parallel_for;
    context.executor = &workers;
    context.workers = workers;
    tenon_frame frame = {&context, TENON_OK, 0, "m_f", nullptr};
    EXPECT_EQ(tenon_runtime_workers(&frame), std::max(workers, 1));
    for (int64_t count : {0, 1, 2, 5, 100}) {
      std::vector<int> visits(count, 0);
      tenon_runtime_parallel_for(&frame, count, count_visits, &visits);
      EXPECT_EQ(std::count(visits.begin(), visits.end(), 1), count) << workers << " workers";
    }
  }
}

TEST(RuntimeParallelFor, RunsHereWithoutAContext) {
  tenon_frame frame = {nullptr, TENON_OK, 0, "m_f", nullptr};
  std::vector<int> visits(10, 0);
  tenon_runtime_parallel_for(&frame, 10, count_visits, &visits);
  EXPECT_EQ(std::count(visits.begin(), visits.end(), 1), 10);
  tenon_runtime_parallel_for(&frame, -1, count_visits, &visits);
  EXPECT_EQ(tenon_runtime_workers(&frame), 1);
}

// Marks the points of a space whose extents are known to be 7, 5 and 3.
void count_points(void *argument, const int64_t *box) {
  auto &visits = *static_cast<std::vector<int> *>(argument);
  for (int64_t i = box[0]; i < box[1]; ++i)
    for (int64_t j = box[2]; j < box[3]; ++j)
      for (int64_t k = box[4]; k < box[5]; ++k) ++visits[std::size_t((i * 5 + j) * 3 + k)];
}

TEST(RuntimeParallel, BoxesCoverTheSpaceOnce) {
  const int64_t extents[3] = {7, 5, 3};
  for (int workers : {0, 1, 2, 3, 7, 64})
    for (int64_t work : {int64_t(-1), int64_t(0), int64_t(12000), int64_t(90000), INT64_MAX}) {
      tenon_context context = {};
      context.struct_size = sizeof context;
      context.parallel_for = workers == 0 ? nullptr : threads_parallel_for;
      context.executor = &workers;
      context.workers = workers;
      tenon_frame frame = {&context, TENON_OK, 0, "m_f", nullptr};
      std::vector<int> visits(7 * 5 * 3, 0);
      tenon_runtime_parallel(&frame, work, 3, extents, count_points, &visits);
      EXPECT_EQ(std::count(visits.begin(), visits.end(), 1), 7 * 5 * 3) << workers << " workers, work " << work;
    }
}

TEST(RuntimeParallel, MakesPartsThatAreWorthIt) {
  struct Calls {
    int64_t count = 0;
  } calls;
  auto parts = [&](int64_t workers, int64_t work) {
    tenon_context context = {};
    context.struct_size = sizeof context;
    context.parallel_for = [](void *executor, int64_t count, tenon_task task, void *argument) {
      static_cast<Calls *>(executor)->count = count;
      task(argument, 0, count);
    };
    context.executor = &calls;
    context.workers = workers;
    tenon_frame frame = {&context, TENON_OK, 0, "m_f", nullptr};
    const int64_t extent = 1000;
    calls.count = 1;
    tenon_runtime_parallel(&frame, work, 1, &extent, [](void *, const int64_t *) {}, nullptr);
    return calls.count;
  };
  EXPECT_EQ(parts(8, 9000), 1);     // half of it would be less than a part has to take
  EXPECT_EQ(parts(8, 12000), 2);    // two parts, whoever does them
  EXPECT_EQ(parts(2, 30000), 2);    // one each
  EXPECT_EQ(parts(2, 10000000), 8); // several each, so that nobody waits long
  EXPECT_EQ(parts(1, 10000000), 1);
  EXPECT_EQ(parts(INT64_MAX, 12000), 2);
}

TEST(RuntimeParallel, AnEmptySpaceHasNoBox) {
  const int64_t extents[2] = {4, 0};
  tenon_frame frame = {nullptr, TENON_OK, 0, "m_f", nullptr};
  bool called = false;
  tenon_runtime_parallel(
      &frame, 1000000, 2, extents, [](void *argument, const int64_t *) { *static_cast<bool *>(argument) = true; },
      &called);
  EXPECT_FALSE(called);
}

TEST(RuntimeParallelFor, OneOfManyConcurrentErrorsWins) {
  char message[64] = "";
  int workers = 8;
  tenon_context context = {};
  context.struct_size = sizeof context;
  context.message = message;
  context.message_capacity = sizeof message;
  context.parallel_for = threads_parallel_for;
  context.executor = &workers;
  tenon_frame frame = {&context, TENON_OK, 0, "m_f", nullptr};
  auto fail = [](void *argument, int64_t begin, int64_t) {
    tenon_runtime_raise(static_cast<tenon_frame *>(argument), TENON_ERROR_LIMIT, "part {}", 1, &begin);
  };
  tenon_runtime_parallel_for(&frame, 8, fail, &frame);
  EXPECT_EQ(frame.status, TENON_ERROR_LIMIT);
  const std::string text = message;
  ASSERT_EQ(text.size(), std::string("m_f: part 0").size()) << text;
  EXPECT_EQ(text.substr(0, 10), "m_f: part ");
  EXPECT_TRUE(text[10] >= '0' && text[10] <= '7') << text;
}

TEST(RuntimeCpu, NothingIsAlwaysSupportedAndTheUnknownNever) {
  EXPECT_TRUE(tenon_runtime_cpu_supported(0));
  EXPECT_FALSE(tenon_runtime_cpu_supported(UINT64_C(1) << 62));
}

TEST(RuntimeCpu, TheFirstLevelThatRunsIsChosen) {
  const uint64_t never = UINT64_C(1) << 62;
  const tenon_level_info levels[] = {{"best", never}, {"good", 0}, {"least", 0}};
  EXPECT_EQ(tenon_runtime_cpu_level(levels, 3), 1);
  EXPECT_EQ(tenon_runtime_cpu_level(levels, 1), 1); // none of one
  tenon_model_info model = {};
  model.levels = levels;
  model.level_count = 3;
  EXPECT_STREQ(tenon_model_level(&model)->cpu, "good");
  model.level_count = 1;
  EXPECT_EQ(tenon_model_level(&model), nullptr);
}

#if defined(__x86_64__)
TEST(RuntimeCpu, AgreesWithTheCompilersOwnCheck) {
#define EXPECT_AGREES(level, name)                                                                                     \
  EXPECT_EQ(tenon_runtime_cpu_supported(level) != 0, __builtin_cpu_supports(name) != 0) << name
  EXPECT_AGREES(TENON_X86_64_V2, "x86-64-v2");
  EXPECT_AGREES(TENON_X86_64_V3, "x86-64-v3");
  EXPECT_AGREES(TENON_X86_64_V4, "x86-64-v4");
  EXPECT_AGREES(UINT64_C(1) << 9, "fma");
  EXPECT_AGREES(UINT64_C(1) << 23, "avx512vnni");
  EXPECT_AGREES(UINT64_C(1) << 28, "avx512bf16");
}
#endif

TEST(RuntimeCpu, X86BitsAreDistinctAndWideRegistersComeFromTheNames) {
  struct Feature {
    int bit;
    std::string name;
  };
#define ROW(bit, name, leaf, subleaf, reg, reg_bit) {bit, name},
  const std::vector<Feature> features = {TENON_X86_FEATURES(ROW)};
  const std::vector<std::string> ymm = {"avx", "f16c", "fma", "fma4", "xop", "vaes", "vpclmulqdq", "avx2"};
  uint64_t all = 0, needs_ymm = 0, needs_zmm = 0;
  for (const Feature &feature : features) {
    const uint64_t bit = UINT64_C(1) << feature.bit;
    EXPECT_EQ(all & bit, 0u) << feature.name;
    all |= bit;
    if (feature.name.rfind("avx512", 0) == 0)
      needs_zmm |= bit;
    else if (feature.name.rfind("avx", 0) == 0 || std::count(ymm.begin(), ymm.end(), feature.name) != 0)
      needs_ymm |= bit;
  }
  EXPECT_EQ(needs_ymm, TENON_X86_NEEDS_YMM);
  EXPECT_EQ(needs_zmm, TENON_X86_NEEDS_ZMM);
}

} // namespace
