// Initializers: random numbers on the host, in double precision, rounded once.
#include "tenon/initializers.h"
#include "buffer.h"
#include "philox.h"

#include <cmath>
#include <mutex>

namespace tenon {

using namespace detail;

namespace {
// The generator of first values: a seed, and how many blocks have been drawn.
struct Stream {
  std::mutex mutex;
  std::uint64_t seed = 0, blocks = 0;
};
Stream &stream() {
  static Stream instance;
  return instance;
}

// Two numbers in [0, 1) of 53 bits from each block.
struct Draw {
  std::uint64_t seed, block;
  explicit Draw(std::int64_t count) {
    std::lock_guard lock(stream().mutex);
    seed = stream().seed;
    block = stream().blocks;
    stream().blocks += std::uint64_t(count + 1) / 2;
  }
  double operator()(std::int64_t i) const {
    const auto words = philox(seed, block + std::uint64_t(i) / 2);
    const std::uint64_t low = words[i % 2 ? 2 : 0], high = words[i % 2 ? 3 : 1];
    return double((high << 32 | low) >> 11) * 0x1p-53;
  }
};

// A Tensor whose element i is f(i).
template <class F> Tensor make(const Shape &shape, DType dtype, Location where, F f) {
  if (!is_floating(dtype))
    throw Error("initializer", "expected a floating dtype, but got " + std::string(name(dtype)), where);
  BufferRef buffer(allocate(dtype, shape));
  with_type(dtype, [&](auto zero) {
    using T = decltype(zero);
    if constexpr (std::is_floating_point_v<T> || std::is_same_v<T, float16> || std::is_same_v<T, bfloat16>)
      for (std::int64_t i = 0; i < buffer->count; ++i) {
        if constexpr (std::is_floating_point_v<T>)
          buffer->as<T>()[i] = T(f(i));
        else
          buffer->as<T>()[i] = T(float(f(i)));
      }
  });
  return Access::adopt(buffer.take());
}
} // namespace

void set_seed(std::int64_t seed) {
  std::lock_guard lock(stream().mutex);
  stream().seed = std::uint64_t(seed);
  stream().blocks = 0;
}

Tensor Initializer::operator()(const Shape &shape, DType dtype) const {
  return static_cast<State *>(shared())->make(shape, dtype);
}

namespace initializers {

Tensor Constant::operator()(const Shape &shape, DType dtype) const {
  return make(shape, dtype, Location(), [this](std::int64_t) { return value; });
}

// The inputs and outputs of one unit, from a kernel's shape [window...,in,out].
static std::pair<double, double> fans(const Shape &shape) {
  const std::size_t n = shape.size();
  if (n == 0)
    return {1, 1};
  if (n == 1)
    return {double(shape[0]), double(shape[0])};
  double window = 1;
  for (std::size_t i = 0; i + 2 < n; ++i) window *= double(shape[i]);
  return {window * double(shape[n - 2]), window * double(shape[n - 1])};
}

Tensor VarianceScaling::operator()(const Shape &shape, DType dtype) const {
  const auto [in, out] = fans(shape);
  const double fan = this->fan == Fan::in ? in : this->fan == Fan::out ? out : (in + out) / 2;
  const double variance = scale / std::max(1.0, fan);
  const Draw draw(count_of(shape));
  const double limit = std::sqrt(3 * variance);
  return make(shape, dtype, Location(), [&](std::int64_t i) { return (2 * draw(i) - 1) * limit; });
}

} // namespace initializers

} // namespace tenon
