// What the text of a random program is written in, as C++ numbers: the independent meaning.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <ranges>
#include <utility>

namespace tenon::test::programs::native {

using Real = double;
using Int = std::int64_t;
using Bool = bool;

struct Vec {
  double x[4];
  const double *begin() const { return x; }
  const double *end() const { return x + 4; }
};
using List = std::array<double, 4>;
struct Memory {
  double held = 0;
  double value() const { return held; }
  void assign(double x) { held = x; }
  void assign_add(double x) { held += x; }
};
struct Pair {
  Real x;
  Int k;
};

inline Real real(double x) { return x; }
inline Int integer(std::int64_t i) { return i; }
/// Into [0, 16): numbers stay bounded.
inline Real wrap(Real x) { return x - std::floor(x / 16.0) * 16.0; }
inline Int bits(Int i) { return i & 31; }
inline Real minimum(Real x, Real y) { return std::min(x, y); }
inline Real maximum(Real x, Real y) { return std::max(x, y); }
inline Real absolute(Real x) { return std::abs(x); }
inline Real select(Bool condition, Real x, Real y) { return condition ? x : y; }
inline Real to_real(Int i) { return Real(i); }
inline Int to_integer(Real x) { return Int(std::floor(x)); }

template <class F> Vec each(F f) { return {{f(0), f(1), f(2), f(3)}}; }
inline Vec wrap_each(Vec v) {
  return each([&](int i) { return wrap(v.x[i]); });
}
inline Vec sum_of(Vec v, Vec w) {
  return each([&](int i) { return v.x[i] + w.x[i]; });
}
inline Vec scaled(Vec v, Real x) {
  return each([&](int i) { return v.x[i] * x; });
}
inline Vec spread(Real x) {
  return each([&](int) { return x; });
}
inline Vec rows(Vec v) { return v; }
inline Real element(Vec v, Int i) { return v.x[i & 3]; }
/// As a reduction adds: 64 lanes, folded in halves.
inline Real sum(Vec v) { return (v.x[0] + v.x[2]) + (v.x[1] + v.x[3]); }

inline List empty_list() { return {}; }
inline void put(List &list, Int i, Real x) { list[std::size_t(i & 3)] = x; }
inline Real item(const List &list, Int i) { return list[std::size_t(i & 3)]; }
inline auto range(Int n) { return std::views::iota(Int(0), n); }

/// A function with a loop of its own, called on a variable of the caller.
inline void halve(Real &x, Int &k) {
  while (x > 1.0) {
    x = x / 2.0;
    k = bits(k + 1);
  }
}

/// What a program returns of all its variables.
inline Real digest(Real a, Real b, Real c, const Pair &s, const Pair &r, Int k, Vec v, const List &list) {
  Real x = a + b * 3.0 + c * 5.0 + s.x * 7.0 + r.x * 11.0 + to_real(k * 13 + s.k * 17 + r.k * 19) + sum(v);
  for (int i = 0; i < 4; ++i) x = x + item(list, integer(i)) * double(23 + i);
  return x;
}

} // namespace tenon::test::programs::native
