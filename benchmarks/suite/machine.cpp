// The machine's limits; compiled for this CPU, with vectors of the width that it has.
#include "machine.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace bench {
namespace {

#if defined(__AVX512F__)
constexpr int vector_bytes = 64;
#elif defined(__AVX__)
constexpr int vector_bytes = 32;
#else
constexpr int vector_bytes = 16;
#endif
typedef float Vector __attribute__((vector_size(vector_bytes)));

double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

/// Keeps the values from being optimized away. Their sum is what is kept: an array that an asm statement sees would be
/// in memory in the loops as well.
template <std::size_t n> void keep(const Vector (&values)[n]) {
  Vector sum = values[0];
  for (std::size_t i = 1; i < n; ++i) sum += values[i];
  asm volatile("" : "+m"(sum));
}

/// Runs `slice(thread)`, which gives an amount of work, on all threads at the same time until `seconds` are over: the
/// sum over the threads of the median amount a second.
template <class Slice> double rate(int threads, double seconds, Slice slice) {
  std::atomic<int> ready = 0;
  std::vector<double> medians(static_cast<std::size_t>(threads));
  const auto run = [&](int thread) {
    slice(thread);
    ++ready;
    while (ready != threads) std::this_thread::yield();
    std::vector<double> rates;
    for (const double end = now() + seconds; rates.size() < 3 || now() < end;) {
      const double start = now();
      const double work = slice(thread);
      rates.push_back(work / (now() - start));
    }
    std::nth_element(rates.begin(), rates.begin() + std::ptrdiff_t(rates.size() / 2), rates.end());
    medians[std::size_t(thread)] = rates[rates.size() / 2];
  };
  std::vector<std::thread> others;
  for (int thread = 1; thread < threads; ++thread) others.emplace_back(run, thread);
  run(0);
  for (std::thread &other : others) other.join();
  double sum = 0;
  for (double median : medians) sum += median;
  return sum;
}

struct Free {
  void operator()(void *memory) const { std::free(memory); }
};
using Buffer = std::unique_ptr<Vector, Free>;

Buffer buffer(std::size_t bytes) {
  Buffer result(static_cast<Vector *>(std::aligned_alloc(4096, (bytes + 4095) / 4096 * 4096)));
  for (std::size_t i = 0; i < bytes / sizeof(Vector); ++i) result.get()[i] = Vector{} + 1.0f;
  return result;
}

/// How many times a buffer is gone through in a slice of 1 MB or more.
std::size_t passes(std::size_t bytes) { return std::max<std::size_t>(1, (std::size_t(1) << 20) / bytes); }

} // namespace

double fma_peak(int threads, double seconds) {
  // More chains than the latency times the ports of any CPU, and as many registers as SSE and AVX have at least.
  constexpr int chains = vector_bytes == 64 ? 24 : 12, steps = 1 << 15;
  return rate(threads, seconds, [](int) {
#pragma clang fp contract(fast)
    Vector sums[chains], factor = Vector{} + 0.999f, addend = Vector{} + 0.001f;
    asm volatile("" : "+x"(factor), "+x"(addend));
    for (Vector &sum : sums) sum = Vector{} + 1.0f;
    for (int i = 0; i < steps; ++i)
#pragma clang loop unroll(full)
      for (int c = 0; c < chains; ++c) sums[c] = sums[c] * factor + addend;
    keep(sums);
    return 2.0 * steps * chains * (vector_bytes / 4);
  });
}

double read_bandwidth(int threads, std::size_t bytes, double seconds) {
  std::vector<Buffer> buffers;
  for (int thread = 0; thread < threads; ++thread) buffers.push_back(buffer(bytes));
  const std::size_t count = bytes / sizeof(Vector) / 8 * 8, times = passes(bytes);
  return rate(threads, seconds, [&](int thread) {
    const Vector *data = buffers[std::size_t(thread)].get();
    Vector sums[8] = {};
    for (std::size_t pass = 0; pass < times; ++pass)
      for (std::size_t i = 0; i < count; i += 8)
#pragma clang loop unroll(full)
        for (int k = 0; k < 8; ++k) sums[k] += data[i + std::size_t(k)];
    keep(sums);
    return double(times) * double(count) * sizeof(Vector);
  });
}

double copy_bandwidth(int threads, std::size_t bytes, double seconds) {
  std::vector<Buffer> from, to;
  for (int thread = 0; thread < threads; ++thread) {
    from.push_back(buffer(bytes / 2));
    to.push_back(buffer(bytes / 2));
  }
  const std::size_t count = bytes / 2 / sizeof(Vector) / 4 * 4, times = passes(bytes);
  return rate(threads, seconds, [&](int thread) {
    const Vector *source = from[std::size_t(thread)].get();
    Vector *target = to[std::size_t(thread)].get();
    for (std::size_t pass = 0; pass < times; ++pass) {
      for (std::size_t i = 0; i < count; i += 4) {
        Vector a = source[i], b = source[i + 1], c = source[i + 2], d = source[i + 3];
        target[i] = a;
        target[i + 1] = b;
        target[i + 2] = c;
        target[i + 3] = d;
      }
      asm volatile("" ::: "memory");
    }
    return 2.0 * double(times) * double(count) * sizeof(Vector);
  });
}

std::size_t cache_bytes(int level) {
  // Not sysconf's numbers: in a virtual machine its third level may be that of all of the host.
  for (int index = 0; index < 8; ++index) {
    const std::string folder = "/sys/devices/system/cpu/cpu0/cache/index" + std::to_string(index);
    std::string type, size;
    int found = 0;
    std::ifstream(folder + "/level") >> found;
    std::ifstream(folder + "/type") >> type;
    std::ifstream(folder + "/size") >> size;
    if (found == level && type != "Instruction" && !size.empty())
      return std::strtoull(size.c_str(), nullptr, 10) << (size.back() == 'K' ? 10 : size.back() == 'M' ? 20 : 0);
  }
  return 0;
}

} // namespace bench
