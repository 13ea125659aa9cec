// What a call costs beside its body: eager, traced, ahead of time. Bodies are one addition.
#include "overhead.h"

#include <benchmark/benchmark.h>
#include <tenon/tenon.h>

using tenon::Tensor;

namespace {
void eager_add(benchmark::State &state) {
  Tensor a = tenon::ones({1, 1}), b = tenon::ones({1, 1});
  for (auto _ : state) benchmark::DoNotOptimize(a + b);
}
BENCHMARK(eager_add);

void function_of_one_add(benchmark::State &state) {
  auto add = tenon::function([](Tensor a, Tensor b) { return a + b; });
  Tensor a = tenon::ones({1, 1}), b = tenon::ones({1, 1});
  add(a, b);
  for (auto _ : state) benchmark::DoNotOptimize(add(a, b));
}
BENCHMARK(function_of_one_add);

void ahead_of_time_add(benchmark::State &state) {
  float a = 1, b = 2, sum = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(overhead_add(nullptr, &a, &b, &sum, nullptr, 0));
    benchmark::DoNotOptimize(sum);
  }
}
BENCHMARK(ahead_of_time_add);
} // namespace
