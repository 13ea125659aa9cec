// same(f, expected, arguments...): f gives the expected numbers eagerly, traced, and called again.
#pragma once

#include "expect_error.h"
#include <tenon/tenon.h>

#include <array>
#include <cmath>
#include <map>

/// The numbers of a structure, one after the other.
template <class R> std::vector<double> numbers(R result) {
  tenon::detail::Leaves leaves;
  tenon::detail::visit(leaves, result);
  std::vector<double> all;
  for (const tenon::Tensor *leaf : leaves.tensors) {
    const tenon::Tensor x = leaf->cast(tenon::f64);
    for (double value : x.data<double>()) all.push_back(value);
  }
  return all;
}

template <class F, class... A> void same(F f, const std::vector<double> &expected, A... arguments) {
  EXPECT_EQ(numbers(f(arguments...)), expected) << "eagerly";
  auto traced = tenon::function(f);
  try {
    EXPECT_EQ(numbers(traced(arguments...)), expected) << "traced\n" << traced.mlir(arguments...);
    EXPECT_EQ(numbers(traced(arguments...)), expected) << "called again";
  } catch (const std::exception &e) {
    ADD_FAILURE() << e.what() << "\n" << traced.mlir(arguments...);
  }
}

/// As above where only eager and traced results are compared, bit for bit.
template <class F, class... A> void agree(F f, A... arguments) { same(f, numbers(f(arguments...)), arguments...); }
