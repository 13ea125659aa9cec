// What tests of recurrent layers share: inputs and weights by the formula of make_recurrent_goldens.py, and its
// results.
#pragma once

#include "../../drawn_numbers.h"

#include <tenon/tenon.h>

#include <gtest/gtest.h>

#include <cmath>
#include <map>

namespace recurrent {

using tenon::Tensor;

inline Tensor numbers(const tenon::Shape &shape, std::uint32_t seed, tenon::DType dtype = tenon::f64) {
  return drawn_numbers(shape, seed, dtype);
}

struct Golden {
  const char *name;
  std::vector<std::int64_t> shape;
  std::vector<double> values;
};
inline const std::map<std::string, const Golden *> &goldens() {
  static const Golden all[] = {
#include "recurrent_goldens.inc"
  };
  static const auto *index = [] {
    auto *result = new std::map<std::string, const Golden *>;
    for (const Golden &golden : all) result->emplace(golden.name, &golden);
    return result;
  }();
  return *index;
}

/// The largest difference, absolute beside 1.
inline double difference(const Tensor &x, const Golden &golden) {
  EXPECT_EQ(x.shape(), golden.shape) << golden.name;
  if (x.shape() != golden.shape)
    return INFINITY;
  const Tensor wide = x.cast(tenon::f64);
  double worst = 0;
  for (std::size_t i = 0; i < golden.values.size(); ++i)
    worst = std::fmax(worst,
                      std::fabs(wide.data<double>()[i] - golden.values[i]) / std::fmax(1, std::fabs(golden.values[i])));
  return worst;
}
inline void expect_golden(const Tensor &x, const std::string &name) {
  const auto found = goldens().find(name);
  ASSERT_NE(found, goldens().end()) << name;
  EXPECT_LE(difference(x, *found->second), x.dtype() == tenon::f64 ? 1e-11 : 2e-6) << name;
}

/// Gives a layer the weights of the goldens; it has been called.
inline void fill(const tenon::Variables &variables) {
  std::uint32_t seed = 10;
  for (const tenon::NamedVariable &variable : variables)
    variable.assign(numbers(variable.shape(), seed++, variable.dtype()) * 2);
}

inline constexpr std::int64_t batch = 2, steps = 4, features = 3, units = 2;
inline Tensor inputs(tenon::DType dtype) { return numbers({batch, steps, features}, 1, dtype) * 2; }
inline Tensor lengths() { return Tensor{3, 4}; }
inline Tensor gaps() { return Tensor{{true, true, false, true}, {false, true, true, false}}; }

} // namespace recurrent
