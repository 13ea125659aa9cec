// Compiles one math formula through --tenon-expand-math into a loop over arrays that a test can call.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace tenon_test {

/// What the formula is compiled for. The host by default; `Baseline` has neither fma, rounding nor f16 instructions,
/// and `Narrow` no division and no 64-bit conversions either, as 32-bit targets.
enum class Level { Host, Baseline, Narrow };

class MathJit {
public:
  /// A kernel as kernelText writes it; `lanes` is 0 for scalar code. No symbol of the process is visible to the code: a
  /// call of the C library fails to link.
  MathJit(const std::string &inputType, const std::string &outputType, const std::string &body, unsigned lanes,
          Level level);
  ~MathJit();
  /// Computes out[i] of x[i] and y[i]; `count` is a multiple of `lanes`. `y` may be null where the body has no %y.
  void operator()(const void *x, const void *y, void *out, int64_t count) const { function(x, y, out, count); }

private:
  struct State;
  std::unique_ptr<State> state;
  void (*function)(const void *, const void *, void *, int64_t) = nullptr;
};

} // namespace tenon_test
