// Errors in ulp against a reference of higher precision, with the special values that must be exact.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <limits>
#include <vector>

namespace tenon_test {

/// Set by --exhaustive: all 2^32 inputs instead of a stride.
extern bool exhaustive;

/// Collects the largest error of a function's results of type T (float, double) against `Wide` references.
template <typename T, typename Wide> class ErrorMeter {
public:
  /// `inputs` are kept for the report.
  void add(T x, T y, T got, Wide exact) {
    if (std::isnan(exact) || std::isnan(got)) {
      if (std::isnan(exact) != std::isnan(got))
        wrong(x, y, got, exact);
      return;
    }
    Wide difference = std::fabs(static_cast<Wide>(got) - exact);
    // The ulp is at least |exact| * 2^-digits: most values end here.
    if (difference <= static_cast<Wide>(largest) * std::fabs(exact) * epsilon / 2 && exact != 0)
      return;
    addSlowly(x, y, got, exact);
  }
  double largestUlp() const { return largest; }
  int64_t wrongCount() const { return wrongs; }
  void print(const char *name) const {
    std::printf("%-24s %.3f ulp at x = %a y = %a: got %a, exact %.17g; %lld wrong special values\n", name, largest,
                static_cast<double>(worstX), static_cast<double>(worstY), static_cast<double>(worstGot),
                static_cast<double>(worstExact), static_cast<long long>(wrongs));
  }

private:
  static constexpr T epsilon = std::numeric_limits<T>::epsilon();
  static constexpr int digits = std::numeric_limits<T>::digits;
  static constexpr int minExponent = std::numeric_limits<T>::min_exponent;

  void wrong(T x, T y, T got, Wide exact) {
    if (wrongs++ < 8)
      std::printf("  wrong: x = %a (%.9g) y = %a: got %a, exact %.17g\n", static_cast<double>(x),
                  static_cast<double>(x), static_cast<double>(y), static_cast<double>(got), static_cast<double>(exact));
  }
  void addSlowly(T x, T y, T got, Wide exact) {
    if (static_cast<T>(exact) == 0 && exact == 0) {
      if (got != 0 || std::signbit(got) != std::signbit(exact))
        wrong(x, y, got, exact);
      return;
    }
    if (std::isinf(exact)) {
      if (static_cast<Wide>(got) != exact)
        wrong(x, y, got, exact);
      return;
    }
    // Infinity counts as the power of two after the largest finite value.
    Wide value = got;
    if (std::isinf(got))
      value = std::copysign(std::ldexp(Wide(1), std::numeric_limits<T>::max_exponent), static_cast<Wide>(got));
    int exponent = 0;
    std::frexp(exact, &exponent);
    // A wide format's exact result beyond T's range is right as infinity.
    if (exponent > std::numeric_limits<T>::max_exponent) {
      if (!std::isinf(got) || std::signbit(got) != std::signbit(exact))
        wrong(x, y, got, exact);
      return;
    }
    Wide ulp = std::ldexp(Wide(1), (exponent < minExponent ? minExponent : exponent) - digits);
    double error = static_cast<double>(std::fabs(value - exact) / ulp);
    if (error > largest) {
      largest = error;
      worstX = x, worstY = y, worstGot = got, worstExact = exact;
    }
  }

  double largest = 0;
  int64_t wrongs = 0;
  T worstX = 0, worstY = 0, worstGot = 0;
  Wide worstExact = 0;
};

template <typename To, typename From> To bitCast(From from) {
  static_assert(sizeof(To) == sizeof(From));
  To to;
  std::memcpy(&to, &from, sizeof to);
  return to;
}

/// The values at which functions change their mind, of both signs.
template <typename T> std::vector<T> specialValues() {
  using Limits = std::numeric_limits<T>;
  std::vector<T> values;
  for (T value : {T(0),
                  T(1),
                  T(2),
                  T(0.5),
                  T(1.5),
                  T(2.5),
                  T(3),
                  Limits::infinity(),
                  Limits::denorm_min(),
                  Limits::min(),
                  Limits::max(),
                  1 - Limits::epsilon() / 2,
                  1 + Limits::epsilon(),
                  Limits::epsilon(),
                  Limits::min() / 2,
                  T(1e5),
                  T(1e30),
                  1 / Limits::epsilon(),
                  1 / Limits::epsilon() + 1,
                  T(0x1p20),
                  T(7919)}) {
    values.push_back(value);
    values.push_back(-value);
  }
  values.push_back(Limits::quiet_NaN());
  return values;
}

} // namespace tenon_test
