// Random numbers for generators of tests.
#pragma once

#include <cstdint>
#include <iterator>

namespace tenon::test {

/// Repeatable on every machine, which the distributions of <random> are not (splitmix64, Steele et al., 2014).
class Random {
public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }
  std::int64_t below(std::int64_t n) { return std::int64_t(next() % std::uint64_t(n)); }
  std::int64_t between(std::int64_t low, std::int64_t high) { return low + below(high - low + 1); }
  bool percent(int p) { return below(100) < p; }
  double unit() { return double(next() >> 11) * 0x1p-53; }
  template <class C> auto of(const C &choices) { return choices[std::size_t(below(std::int64_t(std::size(choices))))]; }

private:
  std::uint64_t state_;
};

} // namespace tenon::test
