// All cases of the benchmark suite have the same bits eagerly, traced and ahead of time, and these on one worker, on
// two and on seven, however the executor cuts what runs in parallel.
#include "../../benchmarks/suite/library.h"
#include "../../benchmarks/suite/models.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <filesystem>
#include <random>
#include <thread>
#include <unistd.h>

using namespace tenon;

namespace {

/// An executor that cuts a range into parts of any size, and has its workers take them in any order.
class Irregular {
public:
  explicit Irregular(int workers) : workers_(workers) {}

  void lend(tenon_context &context) {
    context.parallel_for = [](void *executor, std::int64_t count, tenon_task task, void *argument) {
      static_cast<Irregular *>(executor)->run(count, task, argument);
    };
    context.executor = this;
    context.workers = workers_;
  }

private:
  void run(std::int64_t count, tenon_task task, void *argument) {
    std::mt19937_64 random(seed_++);
    struct Part {
      std::int64_t begin, end;
    };
    std::vector<Part> parts;
    for (std::int64_t begin = 0; begin < count;) {
      const std::int64_t most = std::max<std::int64_t>(1, 2 * count / workers_);
      const std::int64_t size = 1 + std::int64_t(random() % std::uint64_t(most));
      parts.push_back({begin, std::min(begin + size, count)});
      begin += size;
    }
    std::shuffle(parts.begin(), parts.end(), random);
    std::atomic<std::size_t> next = 0;
    const auto work = [&] {
      for (std::size_t i; (i = next++) < parts.size();) task(argument, parts[i].begin, parts[i].end);
    };
    static thread_local bool inside = false; // a loop in a task: its parts in this thread
    std::vector<std::thread> others;
    for (int worker = 1; !inside && worker < workers_; ++worker)
      others.emplace_back([&] {
        inside = true;
        work();
      });
    const bool was_inside = std::exchange(inside, true);
    work();
    inside = was_inside;
    for (std::thread &other : others) other.join();
  }

  int workers_;
  std::atomic<std::uint64_t> seed_ = 1;
};

std::vector<unsigned char> bytes_of(const Tensor &x) {
  const auto copy = [](auto elements) {
    const auto *first = reinterpret_cast<const unsigned char *>(elements.data());
    return std::vector<unsigned char>(first, first + elements.size_bytes());
  };
  return x.dtype() == f32   ? copy(x.data<float>())
         : x.dtype() == i32 ? copy(x.data<std::int32_t>())
                            : copy(x.data<std::int64_t>());
}

/// What a call gives and leaves in the variables, `steps` times.
struct Result {
  std::vector<std::vector<unsigned char>> outputs;
  std::vector<std::pair<std::string, std::vector<unsigned char>>> variables;
};

template <class Call> Result run(const bench::Case &model, int steps, Call call) {
  std::vector<Tensor> inputs;
  for (const bench::Input &input : model.inputs) inputs.push_back(input.value);
  Result result;
  for (int step = 0; step < steps; ++step) result.outputs.push_back(bytes_of(call(inputs)));
  for (const Variable &variable : model.variables)
    result.variables.emplace_back(variable.name(), bytes_of(variable.value()));
  return result;
}

Result run_traced(const bench::Case &model, int steps) {
  if (model.inputs.size() == 1) {
    auto traced = function([&](Tensor a) { return model.call({a}); }, {model.inputs[0].spec});
    return run(model, steps, [&](const std::vector<Tensor> &x) { return traced(x[0]); });
  }
  auto traced =
      function([&](Tensor a, Tensor b) { return model.call({a, b}); }, {model.inputs[0].spec, model.inputs[1].spec});
  return run(model, steps, [&](const std::vector<Tensor> &x) { return traced(x[0], x[1]); });
}

class SuiteBits : public testing::TestWithParam<std::string> {};

TEST_P(SuiteBits, AreEqualOnEveryPathAndNumberOfWorkers) {
  const std::string name = GetParam();
  const bench::Case eager = bench::make_case(name), traced = bench::make_case(name), shipped = bench::make_case(name);
  const int steps = eager.variables.empty() ? 1 : 3;
  const Result expected = run(eager, steps, eager.call);
  const Result compiled = run_traced(traced, steps);
  EXPECT_TRUE(compiled.outputs == expected.outputs) << "traced";
  EXPECT_TRUE(compiled.variables == expected.variables) << "traced";

  const std::filesystem::path folder =
      std::filesystem::path(testing::TempDir()) / ("tenon_suite_" + name + std::to_string(getpid()));
  std::filesystem::create_directories(folder);
  for (const bench::Input &input : shipped.inputs)
    save_npy((folder / ("input." + input.name + ".npy")).string(), input.value);
  Program program(name);
  shipped.add_to(program);
  WriteOptions options;
  options.runtime = TENON_TEST_RUNTIME;
  program.write((folder / (name + ".so")).string(), options);
  {
    bench::Library library((folder / (name + ".so")).string(), folder.string());
    for (int workers : {0, 1, 2, 7}) { // 0: no executor
      char message[256] = "";
      tenon_context context = {};
      context.struct_size = sizeof context;
      context.message = message;
      context.message_capacity = sizeof message;
      Irregular executor(workers);
      if (workers)
        executor.lend(context);
      library.reset();
      for (int step = 0; step < steps; ++step) {
        ASSERT_EQ(library.call(&context), TENON_OK) << message;
        EXPECT_TRUE(library.output() == expected.outputs[std::size_t(step)]) << workers << " workers, step " << step;
      }
      for (const auto &[variable, bytes] : expected.variables) {
        const void *state = library.variable(variable);
        ASSERT_TRUE(state) << variable;
        EXPECT_EQ(std::memcmp(state, bytes.data(), bytes.size()), 0) << workers << " workers, " << variable;
      }
    }
  }
  std::filesystem::remove_all(folder);
}

INSTANTIATE_TEST_SUITE_P(Cases, SuiteBits, testing::ValuesIn(bench::case_names()),
                         [](const testing::TestParamInfo<std::string> &info) { return info.param; });

} // namespace
