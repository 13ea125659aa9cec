// Training steps ahead of time, as benchmarks/peers/peers.py runs them in other systems: train_mlp_b32, train_cnn_b32.
// Beside the time, the memory of a step: its workspace and its state, in bytes.
#include "train_cnn.h"
#include "train_mlp.h"

#include <benchmark/benchmark.h>

#include <cmath>
#include <cstdlib>
#include <memory>
#include <vector>

namespace {
template <class State, class Init, class Step>
void train(benchmark::State &benchmark, Init init, Step step, std::size_t bytes) {
  auto allocate = [](std::size_t size) {
    return std::unique_ptr<void, decltype(&std::free)>(std::aligned_alloc(64, (size + 127) / 64 * 64), &std::free);
  };
  auto memory = allocate(sizeof(State)), work = allocate(bytes);
  auto *state = static_cast<State *>(memory.get());
  std::vector<float> x(32 * 784);
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = float(i * 7919 % 2001) / 1000 - 1;
  std::vector<std::int32_t> y(32);
  for (std::size_t i = 0; i < y.size(); ++i) y[i] = std::int32_t(i % 10);
  float loss = 0;
  int steps = 0;
  for (auto _ : benchmark) {
    // Begins anew now and then, as training does not go on after nothing is left to learn.
    if (steps++ % 100 == 0) {
      benchmark.PauseTiming();
      init(state);
      benchmark.ResumeTiming();
    }
    if (step(nullptr, x.data(), y.data(), state, &loss, work.get(), bytes) != 0 || std::isnan(loss))
      benchmark.SkipWithError("an error");
    benchmark::DoNotOptimize(loss);
  }
  benchmark.counters["workspace"] = double(bytes);
  benchmark.counters["state"] = double(sizeof(State));
}

void train_mlp(benchmark::State &benchmark) {
  train<train_mlp_state>(benchmark, train_mlp_state_init, train_mlp_step, TRAIN_MLP_STEP_WORKSPACE_BYTES);
}
BENCHMARK(train_mlp)->Name("train_mlp_b32")->Unit(benchmark::kMicrosecond);
void train_cnn(benchmark::State &benchmark) {
  train<train_cnn_state>(benchmark, train_cnn_state_init, train_cnn_step, TRAIN_CNN_STEP_WORKSPACE_BYTES);
}
BENCHMARK(train_cnn)->Name("train_cnn_b32")->Unit(benchmark::kMicrosecond);
} // namespace
