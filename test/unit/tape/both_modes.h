// A program run eagerly and traced: the same bits; and what its gradients are by central differences.
#pragma once

#include <tenon/tenon.h>

#include <gtest/gtest.h>

#include <cmath>

using tenon::GradientTape;
using tenon::Tensor;
using tenon::Variable;

/// What `f` gives for these, eagerly; the traced function has to give the same bits.
template <class F> std::vector<Tensor> in_both_modes(F f, const std::vector<Tensor> &xs) {
  std::vector<Tensor> eager = f(xs);
  auto function = tenon::function([&](std::vector<Tensor> x) { return f(x); });
  const std::vector<Tensor> traced = function(xs);
  EXPECT_EQ(eager.size(), traced.size());
  for (std::size_t i = 0; i < eager.size() && i < traced.size(); ++i) {
    EXPECT_EQ(eager[i].shape(), traced[i].shape()) << i;
    EXPECT_TRUE(tenon::array_equal(eager[i], traced[i])) << i << ": eagerly " << eager[i] << "\ntraced " << traced[i];
  }
  return eager;
}

/// The gradient of the scalar f64 function `f` with respect to element after element of `x`.
template <class F> std::vector<double> central_differences(F f, const Tensor &x, double step = 1e-5) {
  std::vector<double> values(x.data<double>().begin(), x.data<double>().end()), result;
  for (double &value : values) {
    const double middle = value;
    value = middle + step;
    const double up = f(Tensor::from(values, x.shape())).template item<double>();
    value = middle - step;
    const double down = f(Tensor::from(values, x.shape())).template item<double>();
    value = middle;
    result.push_back((up - down) / (2 * step));
  }
  return result;
}

inline void expect_near(const Tensor &gradient, const std::vector<double> &expected, double tolerance = 1e-6) {
  ASSERT_EQ(std::size_t(gradient.size()), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i)
    EXPECT_NEAR(gradient.data<double>()[i], expected[i], tolerance * std::max(1.0, std::abs(expected[i]))) << i;
}

/// d f / d x of a scalar function of one Tensor, in both modes, against central differences.
template <class F> void check_gradient(F f, const Tensor &x, double tolerance = 1e-6) {
  const auto gradient = [&](const std::vector<Tensor> &xs) {
    GradientTape tape;
    tape.watch(xs[0]);
    const Tensor y = f(xs[0]);
    return std::vector<Tensor>{y, tape.gradient(y, xs[0])};
  };
  expect_near(in_both_modes(gradient, {x})[1], central_differences(f, x), tolerance);
}
