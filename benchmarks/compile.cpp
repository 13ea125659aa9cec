// What compiling costs: a new eager signature, without and with the persistent cache, and the digits-sized MLP to an
// object.
#include <benchmark/benchmark.h>
#include <cstdlib>
#include <filesystem>
#include <tenon/tenon.h>

using tenon::Tensor;

namespace {
/// Each iteration meets a shape that this process has not seen: compiled where the persistent cache does not know it
/// (the first run of this program with a fresh TENON_CACHE_DIR), loaded where it does (the second).
void new_eager_signature(benchmark::State &state) {
  std::int64_t n = 2;
  for (auto _ : state) {
    state.PauseTiming();
    Tensor a = tenon::full({n, 7}, 1.0f), b = tenon::full({n, 7}, 2.0f);
    ++n;
    state.ResumeTiming();
    benchmark::DoNotOptimize(a + b);
  }
}
BENCHMARK(new_eager_signature)->Iterations(200)->Unit(benchmark::kMillisecond);

void mlp_to_object(benchmark::State &state) {
  Tensor w0 = tenon::full({784, 512}, 0.01f), b0 = tenon::zeros({512}), w1 = tenon::full({512, 512}, 0.01f),
         b1 = tenon::zeros({512}), w2 = tenon::full({512, 10}, 0.01f), b2 = tenon::zeros({10});
  const auto mlp = [&](Tensor x) {
    x = tenon::relu(tenon::matmul(x, w0) + b0);
    x = tenon::relu(tenon::matmul(x, w1) + b1);
    return tenon::softmax(tenon::matmul(x, w2) + b2);
  };
  const auto path = std::filesystem::temp_directory_path() / "tenon_bench_mlp.o";
  for (auto _ : state) {
    tenon::Program program("mlp");
    program.add("predict", mlp, {tenon::arg("x", tenon::spec<float>(8, 784))}, {{"probabilities"}});
    program.write(path.string());
  }
  std::filesystem::remove(path);
}
BENCHMARK(mlp_to_object)->Iterations(10)->Unit(benchmark::kMillisecond);
} // namespace
