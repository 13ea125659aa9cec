// Initializers: random numbers on the host, in double precision, rounded once.
#include "tenon/initializers.h"
#include "buffer.h"
#include "normal.h"
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

std::int64_t detail::next_seed() {
  std::lock_guard lock(stream().mutex);
  const auto words = philox(stream().seed, stream().blocks++);
  return std::int64_t(std::uint64_t(words[1]) << 31 | words[0] >> 1); // not negative
}

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
  const double limit = std::sqrt(3 * variance);
  switch (distribution) {
  case Distribution::uniform: return Uniform{-limit, limit}(shape, dtype);
  case Distribution::untruncated_normal: return Normal{0, std::sqrt(variance)}(shape, dtype);
  case Distribution::truncated_normal: break;
  }
  // The standard deviation of a normal distribution that ends at 2.
  return Normal{0, std::sqrt(variance) / 0.87962566103423978, true}(shape, dtype);
}

Tensor Uniform::operator()(const Shape &shape, DType dtype) const {
  const Draw draw(count_of(shape));
  return make(shape, dtype, Location(), [&](std::int64_t i) { return low + (high - low) * draw(i); });
}

// A number in (0, 1) has a quantile, which is normally distributed; truncated, the number is between those of -2 and 2.
static double normal_number(double u, bool truncated) {
  constexpr double below = 0.022750131948179209; // of the distribution, below -2
  u += 0x1p-54;                                  // never 0
  return normal_quantile(truncated ? below + u * (1 - 2 * below) : u);
}

Tensor Normal::operator()(const Shape &shape, DType dtype) const {
  const Draw draw(count_of(shape));
  return make(shape, dtype, Location(),
              [&](std::int64_t i) { return mean + stddev * normal_number(draw(i), truncated); });
}

Tensor Orthogonal::operator()(const Shape &shape, DType dtype) const {
  if (shape.size() < 2)
    throw Error("orthogonal", "expected a shape of two dimensions or more, but got " + describe(shape), Location());
  const std::int64_t columns = shape.back();
  std::int64_t rows = 1;
  for (std::size_t i = 0; i + 1 < shape.size(); ++i) rows *= shape[i];
  // n vectors of length m, one after the other, made orthonormal by modified Gram-Schmidt, twice each: then they are to
  // the last bits.
  const std::int64_t m = std::max(rows, columns), n = std::min(rows, columns);
  const Draw draw(m * n);
  std::vector<double> q(std::size_t(m * n));
  for (std::size_t i = 0; i < q.size(); ++i) q[i] = normal_number(draw(std::int64_t(i)), false);
  for (std::int64_t j = 0; j < n; ++j) {
    double *v = q.data() + j * m;
    for (int again = 0; again < 2; ++again)
      for (std::int64_t k = 0; k < j; ++k) {
        const double *u = q.data() + k * m;
        double product = 0;
        for (std::int64_t i = 0; i < m; ++i) product += u[i] * v[i];
        for (std::int64_t i = 0; i < m; ++i) v[i] -= product * u[i];
      }
    double length = 0;
    for (std::int64_t i = 0; i < m; ++i) length += v[i] * v[i];
    length = std::sqrt(length);
    for (std::int64_t i = 0; i < m; ++i) v[i] /= length;
  }
  return make(shape, dtype, Location(), [&](std::int64_t at) {
    const std::int64_t row = at / columns, column = at % columns;
    return gain * q[std::size_t(rows >= columns ? column * m + row : row * m + column)];
  });
}

Tensor Identity::operator()(const Shape &shape, DType dtype) const {
  if (shape.size() != 2)
    throw Error("identity", "expected a shape of two dimensions, but got " + describe(shape), Location());
  return make(shape, dtype, Location(), [&](std::int64_t i) { return i / shape[1] == i % shape[1] ? gain : 0.0; });
}

} // namespace initializers

} // namespace tenon
