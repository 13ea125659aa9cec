// Programs with control flow as object files: called through the C interface, with the bits of the eager run; what an
// object needs from outside.
#include "programs.h"
#include "same.h"

#include "tenon/runtime/abi.h"

#include <chrono>
#include <csignal>
#include <cstdio>
#include <dlfcn.h>
#include <sys/time.h>
#include <thread>

using tenon::Tensor;

namespace {

Tensor running_means(Tensor x) { // [batch, time]
  x = tenon::transpose(x, {1, 0});
  tenon::TensorArray means(tenon::f32, x.dim(0));
  Tensor sum = tenon::zeros({x.dim(1)});
  $for(t, x.dim(0)) {
    sum = sum + x[t];
    means.write(t, sum / tenon::cast(t + 1, tenon::f32));
  };
  return tenon::transpose(means.stack(), {1, 0});
}

constexpr int pick_line = __LINE__ + 3;
Tensor pick(Tensor v, Tensor n) {
  Tensor s = 0.0;
  $for(i, n) { s += v[i]; };
  return s;
}

// Three loops that a test cancels: numbers without an end, a long count of short iterations, tensors.
Tensor endless(Tensor n) {
  $while(n != 0) { n = n * 2 + 1; };
  return n;
}
Tensor counts(Tensor n) {
  Tensor s = 0.5;
  $for(i, n) { s = 1.0 - s * s; };
  return s;
}
Tensor multiplies(Tensor n, Tensor x) {
  $for(i, n) { x = tenon::tanh(tenon::matmul(x, x)); };
  return x;
}

// Nobody knows how many numbers there will be.
Tensor middle_of_collatz(Tensor n) {
  tenon::TensorArray path(tenon::i64);
  $while(n != 1) {
    path.append(n);
    n = tenon::where(n % 2 == 0, n / 2, 3 * n + 1);
  };
  path.append(n);
  return path.read(path.size() / 2);
}

class AheadOfTime : public testing::Test {
protected:
  static void SetUpTestSuite() {
    using tenon::arg, tenon::spec;
    tenon::Program program("flow");
    program.add("collatz", collatz, {arg("n", spec<std::int64_t>())}, {{"steps"}});
    program.add("find_pair", find_pair, {arg("v", spec<float>("n")), arg("target", spec<float>())}, {{"found"}});
    program.add("means", running_means, {arg("x", spec<float>("batch", "time"))}, {{"y"}});
    program.add("pick", pick, {arg("v", spec<float>(3)), arg("n", spec<std::int64_t>())}, {{"sum"}});
    program.add("middle", middle_of_collatz, {arg("n", spec<std::int64_t>())}, {{"number"}});
    program.add("endless", endless, {arg("n", spec<std::int64_t>())}, {{"y"}});
    program.add("counts", counts, {arg("n", spec<std::int64_t>())}, {{"y"}});
    program.add("multiplies", multiplies, {arg("n", spec<std::int64_t>()), arg("x", spec<float>(16, 16))}, {{"y"}});
    stem = testing::TempDir() + "tenon_flow_" + std::to_string(getpid());
    tenon::WriteOptions options;
    options.runtime = TENON_TEST_RUNTIME;
    program.write(stem + ".so", options);
    program.write(stem + ".o");
    library = dlopen((stem + ".so").c_str(), RTLD_NOW | RTLD_LOCAL);
    ASSERT_TRUE(library) << dlerror();
  }
  static void TearDownTestSuite() {
    dlclose(library);
    for (const char *ending : {".so", ".o", ".h", ".hpp"}) std::remove((stem + ending).c_str());
  }
  template <class... A> static std::int32_t call(const char *name, const tenon_context *context, A... arguments) {
    alignas(64) static unsigned char workspace[1 << 16];
    using Function = std::int32_t (*)(const tenon_context *, A..., void *, std::size_t);
    return reinterpret_cast<Function>(dlsym(library, name))(context, arguments..., workspace, sizeof workspace);
  }
  static inline void *library = nullptr;
  static inline std::string stem;
};

TEST_F(AheadOfTime, Loops) {
  for (std::int64_t n : {1, 6, 27, 97}) {
    std::int64_t steps = -1;
    ASSERT_EQ((call<const std::int64_t *, std::int64_t *>("flow_collatz", nullptr, &n, &steps)), 0);
    EXPECT_EQ(double(steps), numbers(collatz(n))[0]);
  }
}

TEST_F(AheadOfTime, EarlyReturns) {
  const std::vector<float> v{1, 4, 6, 9};
  for (float target : {10.f, 11.f, -3.f, 5.f}) {
    std::int64_t found = 0;
    ASSERT_EQ((call<std::int64_t, const float *, const float *, std::int64_t *>("flow_find_pair", nullptr, 4, v.data(),
                                                                                &target, &found)),
              0);
    EXPECT_EQ(double(found), numbers(find_pair(Tensor::from(v), target))[0]);
  }
}

TEST_F(AheadOfTime, OneObjectServesEveryBatchAndLength) {
  for (auto [batch, time] : {std::pair{1, 1}, {3, 5}, {2, 0}, {7, 2}}) {
    const Tensor x = tenon::uniform({batch, time}, 5);
    std::vector<float> y(std::size_t(batch * time), -1.f);
    ASSERT_EQ((call<std::int64_t, std::int64_t, const float *, float *>("flow_means", nullptr, batch, time,
                                                                        x.data<float>().data(), y.data())),
              0);
    if (time > 0) {
      EXPECT_EQ(std::vector<double>(y.begin(), y.end()), numbers(running_means(x)));
    }
  }
}

TEST_F(AheadOfTime, AnIndexOutOfRangeNamesTheLine) {
  char message[256] = {};
  tenon_context context{};
  context.struct_size = sizeof context;
  context.message = message;
  context.message_capacity = sizeof message;
  const float v[3] = {1, 2, 3};
  float sum = 0;
  std::int64_t n = 3;
  ASSERT_EQ((call<const float *, const std::int64_t *, float *>("flow_pick", &context, v, &n, &sum)), 0);
  EXPECT_EQ(sum, 6);
  n = 4;
  EXPECT_NE((call<const float *, const std::int64_t *, float *>("flow_pick", &context, v, &n, &sum)), 0);
  EXPECT_EQ(std::string(message),
            "flow_pick: slice: start 3 and size 1 with stride 1 reach outside dimension 0 of size "
            "3 (ahead_of_time_test.cpp:" +
                std::to_string(pick_line) + ")");
}

TEST_F(AheadOfTime, AnArrayThatGrowsAsksTheHost) {
  struct Heap {
    std::int64_t bytes = 0;
    int allocations = 0, failing = -1;
  } heap;
  char message[256] = {};
  tenon_context context{};
  context.struct_size = sizeof context;
  context.message = message;
  context.message_capacity = sizeof message;
  const auto middle = [&](std::int64_t n, std::int64_t &number) {
    return call<const std::int64_t *, std::int64_t *>("flow_middle", &context, &n, &number);
  };
  std::int64_t number = 0;
  EXPECT_EQ(middle(27, number), TENON_ERROR_HOST);
  EXPECT_EQ(
      std::string(message).find("flow_middle: a TensorArray that grows needs memory from the host, but the context "
                                "has no `allocate` and `release` (ahead_of_time_test.cpp:"),
      0u)
      << message;
  context.host = &heap;
  context.allocate = [](void *host, std::size_t bytes) -> void * {
    Heap &heap = *static_cast<Heap *>(host);
    if (heap.allocations++ == heap.failing)
      return nullptr;
    heap.bytes += std::int64_t(bytes);
    return std::malloc(bytes);
  };
  context.release = [](void *host, void *memory, std::size_t bytes) {
    static_cast<Heap *>(host)->bytes -= std::int64_t(bytes);
    std::free(memory);
  };
  for (std::int64_t n : {1, 27, 97, 6171}) { // up to 262 numbers
    ASSERT_EQ(middle(n, number), 0) << message;
    EXPECT_EQ(double(number), numbers(middle_of_collatz(n))[0]);
    EXPECT_EQ(heap.bytes, 0) << "all is given back";
  }
  heap.allocations = 0;
  ASSERT_EQ(middle(6171, number), 0);
  const int allocations = heap.allocations;
  EXPECT_GE(allocations, 3);
  for (heap.failing = 0; heap.failing < allocations; ++heap.failing) {
    heap.allocations = 0;
    EXPECT_EQ(middle(6171, number), TENON_ERROR_HOST);
    EXPECT_NE(std::string(message).find("but its `allocate` gave none"), std::string::npos) << message;
    EXPECT_EQ(heap.bytes, 0);
  }
}

/// Runs `f` with a context whose flag another thread sets after a while, or is set from the beginning.
template <class F> void expect_cancelled(F &&f, const char *name) {
  for (bool at_once : {true, false}) {
    volatile std::int32_t flag = at_once;
    char message[256] = {};
    tenon_context context{};
    context.struct_size = sizeof context;
    context.message = message;
    context.message_capacity = sizeof message;
    context.cancel = &flag;
    std::thread other([&] {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      flag = 1;
    });
    const std::int32_t code = f(&context);
    other.join();
    EXPECT_EQ(code, TENON_ERROR_CANCELLED) << name;
    EXPECT_EQ(
        std::string(message).find(std::string("flow_") + name + ": the call was cancelled (ahead_of_time_test.cpp:"),
        0u)
        << message;
  }
}

TEST_F(AheadOfTime, ALoopEndsWhereTheCallerCancelsIt) {
  std::int64_t n = 1, y = 0;
  expect_cancelled(
      [&](const tenon_context *context) {
        return call<const std::int64_t *, std::int64_t *>("flow_endless", context, &n, &y);
      },
      "endless");
  const std::int64_t many = std::int64_t(1) << 60;
  float s = 0;
  expect_cancelled(
      [&](const tenon_context *context) {
        return call<const std::int64_t *, float *>("flow_counts", context, &many, &s);
      },
      "counts");
  std::vector<float> x(256, 0.5f), z(256);
  expect_cancelled(
      [&](const tenon_context *context) {
        return call<const std::int64_t *, const float *, float *>("flow_multiplies", context, &many, x.data(),
                                                                  z.data());
      },
      "multiplies");
}

volatile std::int32_t interrupted = 0;

TEST_F(AheadOfTime, ASignalCancels) {
  tenon_context context{};
  context.struct_size = sizeof context;
  context.cancel = &interrupted;
  std::signal(SIGALRM, [](int) { interrupted = 1; });
  const itimerval soon{{0, 0}, {0, 20000}};
  setitimer(ITIMER_REAL, &soon, nullptr);
  std::int64_t n = 1, y = 0;
  EXPECT_EQ((call<const std::int64_t *, std::int64_t *>("flow_endless", &context, &n, &y)), TENON_ERROR_CANCELLED);
  std::signal(SIGALRM, SIG_DFL);
}

TEST_F(AheadOfTime, ALoopThatCountsPartsRunsEveryIteration) {
  for (std::int64_t n : {-3, 0, 1, 7, 8, 9, 4095, 4096, 4097, 10000}) {
    float s = -1;
    ASSERT_EQ((call<const std::int64_t *, float *>("flow_counts", nullptr, &n, &s)), 0);
    float expected = 0.5f;
    for (std::int64_t i = 0; i < n; ++i) expected = 1.0f - expected * expected;
    EXPECT_EQ(s, expected) << n;
  }
}

TEST_F(AheadOfTime, AnObjectAllocatesNothing) {
  std::FILE *listing = popen(("nm -u " + stem + ".o").c_str(), "r");
  ASSERT_TRUE(listing);
  char symbol[256];
  int count = 0;
  while (std::fscanf(listing, " U %255s", symbol) == 1) {
    ++count;
    const std::string name = symbol;
    EXPECT_TRUE(name == "memcpy" || name == "memmove" || name == "memset" || name.starts_with("tenon_runtime_"))
        << name;
  }
  pclose(listing);
  EXPECT_GT(count, 0);
}

} // namespace
