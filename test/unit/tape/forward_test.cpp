// Products with Jacobians forward, and whole Jacobians and Hessians: both modes, JAX's numbers, central differences.
#include "both_modes.h"
#include "expect_error.h"

namespace {

using tenon::f64;

struct Golden {
  tenon::Shape shape;
  std::vector<double> values;
};
#include "jax.inc"

void expect_golden(const Tensor &got, const Golden &golden) {
  EXPECT_EQ(got.shape(), golden.shape);
  expect_near(got, golden.values, 1e-10);
}

// As numbers() in make_goldens.py.
Tensor drawn(tenon::Shape shape, int seed) {
  std::int64_t n = 1;
  for (std::int64_t size : shape) n *= size;
  std::vector<double> values;
  for (std::int64_t i = 0; i < n; ++i) values.push_back(double((i * 7919 + seed * 104729) % 2048 - 1024) / 1024);
  return Tensor::from(values, shape);
}
const Tensor w = drawn({4, 5}, 1), v = drawn({3, 4}, 2), u = drawn({3, 4}, 3), x = drawn({3, 4}, 4);

Tensor layer(const Tensor &a) {
  return tenon::tanh(tenon::matmul(a, w)) * tenon::exp(tenon::sum(a, 1, {.keep_dims = true}));
}
Tensor wide(const Tensor &a) {
  const Tensor outer = tenon::reshape(tenon::sin(a[0]), {4, 1}) * tenon::reshape(tenon::softmax(a, 1), {1, 12});
  return tenon::concat({tenon::reshape(outer, {48}), tenon::reshape(a * a, {12})});
}
Tensor narrow(const Tensor &a) {
  const Tensor column = tenon::reshape(tenon::matmul(a, Tensor::from(std::vector<double>{0, 1, 0, 0}, {4, 1})), {3});
  return tenon::stack({tenon::sum(tenon::sigmoid(a) * a), tenon::prod(tenon::cos(column))});
}
Tensor loss(const Tensor &a) {
  return tenon::mean(tenon::square(layer(a))) +
         tenon::log(tenon::sum(tenon::exp(a[1]))) * tenon::sum(a[2] * a[2] * a[2]);
}
Tensor scan(const Tensor &a) {
  Tensor h = a;
  $for(i, 5) { h = tenon::sin(h) * a + h / 2; };
  return h;
}
Tensor newton(const Tensor &a) {
  const Tensor square = 1 + a * a;
  Tensor y = square;
  $while(tenon::max(tenon::abs(y * y - square)) > 1e-12) { y = (y + square / y) / 2; };
  return y;
}

template <class F> void check_jvp(F f, const Golden &value, const Golden &slope) {
  const auto got = in_both_modes(
      [&](const std::vector<Tensor> &xs) {
        const auto [y, dy] = tenon::jvp(f, xs[0], xs[1]);
        return std::vector<Tensor>{y, dy};
      },
      {x, v});
  expect_golden(got[0], value);
  expect_golden(got[1], slope);
}

TEST(Jvp, IsJaxs) {
  check_jvp(layer, layer_value, layer_slope);
  check_jvp(wide, wide_value, wide_slope);
  check_jvp(narrow, narrow_value, narrow_slope);
}
TEST(Jvp, GoesThroughLoops) {
  check_jvp(scan, scan_value, scan_slope);
  check_jvp(newton, newton_value, newton_slope);
}

TEST(Jvp, IsThatOfCentralDifferences) {
  for (const auto &f : {layer, wide, narrow, scan}) {
    const Tensor slope = tenon::jvp(f, x, v).second, step(1e-5);
    const Tensor differences = (f(x + v * step) - f(x - v * step)) / (step * 2.0);
    expect_near(slope, {differences.data<double>().begin(), differences.data<double>().end()}, 1e-8);
  }
}

TEST(Jvp, TakesSeveralTensors) {
  const auto f = [](const std::vector<Tensor> &a) { return tenon::sin(a[0]) * a[1]; };
  const auto got = in_both_modes(
      [&](const std::vector<Tensor> &xs) {
        return std::vector<Tensor>{tenon::jvp(f, {xs[0], xs[1]}, {xs[2], xs[0]}).second};
      },
      {x, u, v});
  expect_golden(got[0], two_slope);
}

TEST(Jvp, IsDifferentiated) {
  const auto got = in_both_modes(
      [&](const std::vector<Tensor> &xs) {
        const auto slope = [&](const Tensor &a) { return tenon::jvp(layer, a, xs[1]).second; };
        GradientTape tape;
        tape.watch(xs[0]);
        const Tensor gradient = tape.gradient(tenon::sum(slope(xs[0])), xs[0]);
        return std::vector<Tensor>{tenon::jvp(slope, xs[0], xs[2]).second, gradient};
      },
      {x, v, u});
  expect_golden(got[0], second_slope);
  expect_golden(got[1], slope_gradient);
}

TEST(Jvp, IsZerosWhereNothingDepends) {
  const auto got = in_both_modes(
      [](const std::vector<Tensor> &xs) {
        return std::vector<Tensor>{tenon::jvp([](const Tensor &) { return w * 2; }, xs[0], xs[1]).second};
      },
      {x, v});
  EXPECT_TRUE(tenon::array_equal(got[0], tenon::zeros({4, 5}, f64)));
}

TEST(Jacobians, AreJaxs) {
  const auto got = in_both_modes(
      [](const std::vector<Tensor> &xs) {
        return std::vector<Tensor>{tenon::jacobian(layer, xs[0]), tenon::jacobian(wide, xs[0]),
                                   tenon::jacobian(narrow, xs[0])};
      },
      {x});
  expect_golden(got[0], layer_jacobian);
  expect_golden(got[1], wide_jacobian);
  expect_golden(got[2], narrow_jacobian);
}

TEST(Hessians, AreJaxs) {
  const auto got = in_both_modes(
      [](const std::vector<Tensor> &xs) {
        return std::vector<Tensor>{tenon::hessian(loss, xs[0]), tenon::hessian_vector_product(loss, xs[0], xs[1])};
      },
      {x, v});
  expect_golden(got[0], loss_hessian);
  expect_golden(got[1], loss_product);
}

TEST(Jvp, SaysWhatDoesNotFit) {
  const auto f = [](const Tensor &a) { return a * 2; };
  for (bool traced : {false, true}) {
    const auto run = [&](auto g) {
      auto function = tenon::function(g);
      return message_of([&] { (void)(traced ? function() : g()); });
    };
    EXPECT_NE(run([&] {
                return tenon::jvp(f, tenon::ones({3}), tenon::ones({2})).second;
              }).find("jvp: tangent 0 is f32[2], but its argument is f32[3] (forward_test.cpp:"),
              std::string::npos);
    EXPECT_NE(run([&] {
                return tenon::jvp([](const std::vector<Tensor> &a) { return a[0]; }, {tenon::ones({3})},
                                  std::vector<Tensor>{})
                    .second;
              }).find("jvp: there are 0 tangents for 1 arguments"),
              std::string::npos);
    EXPECT_NE(run([&] {
                return tenon::jvp([](const Tensor &a) { return tenon::cast(a, tenon::i32); }, tenon::ones({3}),
                                  tenon::ones({3}))
                    .second;
              }).find("jvp: the value is i32[3]: integers and booleans have no gradient"),
              std::string::npos);
  }
}

} // namespace
