// Loops ahead of time, as benchmarks/peers/peers.py runs them in other systems: collatz_1000, lstm_t64_b1,
// lstm_t64_b16. The inner loop of collatz is seven instructions on registers (x86-64): a test of the lowest bit and a
// jump, a shift or a lea, an increment, a comparison and a jump. They are there eight times, and before the first a
// comparison with the caller's cancel flag in memory: 21.5 us for the 20.6 without it, and 29 with it in each iteration.
#include "loops.h"

#include <benchmark/benchmark.h>

#include <cstdlib>
#include <memory>
#include <vector>

namespace {
void collatz_1000(benchmark::State &state) {
  std::int32_t n = 1000, steps = 0;
  for (auto _ : state) {
    if (loops_collatz(nullptr, &n, &steps, nullptr, 0) != 0 || steps != 59542)
      state.SkipWithError("wrong");
    benchmark::DoNotOptimize(steps);
  }
}
BENCHMARK(collatz_1000)->Unit(benchmark::kMicrosecond);

void lstm(benchmark::State &state) {
  const std::int64_t time = 64, batch = state.range(0);
  std::vector<float> x(std::size_t(time * batch * 128)), outputs(std::size_t(time * batch * 256));
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = float(i % 17) / 8 - 1;
  const std::size_t bytes = loops_lstm_workspace_bytes(time, batch);
  std::unique_ptr<void, decltype(&std::free)> work(std::aligned_alloc(64, (bytes + 63) / 64 * 64 + 64), &std::free);
  for (auto _ : state) {
    if (loops_lstm(nullptr, time, batch, x.data(), outputs.data(), work.get(), bytes) != 0)
      state.SkipWithError("an error");
    benchmark::DoNotOptimize(outputs.data());
  }
}
BENCHMARK(lstm)->Name("lstm_t64_b")->Arg(1)->Arg(16)->Unit(benchmark::kMicrosecond);
} // namespace
