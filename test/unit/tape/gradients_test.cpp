// Jacobians, Hessians, and gradients of the user's own, eagerly and traced.
#include "both_modes.h"
#include "expect_error.h"

namespace {

using tenon::f64;

Tensor points(tenon::Shape shape, int seed = 1) { return tenon::uniform(shape, seed, f64) * 2.0 - 0.9; }

TEST(Gradients, ValueAndGradient) {
  const auto got = in_both_modes(
      [](const std::vector<Tensor> &x) {
        const auto [value, gradient] =
            tenon::value_and_gradient([](const Tensor &v) { return tenon::sum(v * v); }, x[0]);
        return std::vector<Tensor>{value, gradient};
      },
      {Tensor{1.0, 2.0}});
  EXPECT_EQ(got[0].item(), 5.0f);
  EXPECT_EQ(got[1].to_string(), "[2. 4.]");
}

TEST(Gradients, JacobianHasARowForEachElement) {
  const auto f = [](const Tensor &x) { return tenon::reshape(tenon::concat({x * x[0], tenon::sin(x)}), {2, 3}); };
  const Tensor x = points({3}, 2);
  const auto got =
      in_both_modes([&](const std::vector<Tensor> &xs) { return std::vector<Tensor>{tenon::jacobian(f, xs[0])}; }, {x});
  ASSERT_EQ(got[0].shape(), (tenon::Shape{2, 3, 3}));
  for (int i = 0; i < 6; ++i)
    expect_near(got[0].reshape({6, 3})[i], central_differences([&](Tensor v) { return f(v).reshape({6})[i]; }, x));
}

TEST(Gradients, HessiansAndTheirProducts) {
  const auto f = [](const Tensor &x) { return tenon::sum(x * x * x) * tenon::sin(x[0]); };
  const Tensor x = points({3}, 3), v = points({3}, 4);
  const auto got = in_both_modes(
      [&](const std::vector<Tensor> &xs) {
        return std::vector<Tensor>{tenon::hessian_vector_product(f, xs[0], xs[1]), tenon::hessian(f, xs[0])};
      },
      {x, v});
  const auto slope = [&](Tensor at) { return tenon::sum(tenon::value_and_gradient(f, at).second * v); };
  expect_near(got[0], central_differences(slope, x), 1e-5);
  const Tensor product = tenon::matmul(got[1], v.reshape({3, 1})).reshape({3});
  for (int i = 0; i < 3; ++i)
    EXPECT_NEAR(product.data<double>()[std::size_t(i)], got[0].data<double>()[std::size_t(i)], 1e-12);
}

TEST(Gradients, OfASourceItself) {
  const auto got = in_both_modes(
      [](const std::vector<Tensor> &x) {
        GradientTape tape({.persistent = true});
        tape.watch(x);
        return std::vector<Tensor>{tape.gradient(x[0], x[0]),
                                   tape.gradient({x[0], x[1]}, x[1], {.cotangents = {x[1], x[0]}})};
      },
      {Tensor{1.0, 2.0}, Tensor{3.0, 4.0}});
  EXPECT_EQ(got[0].to_string(), "[1. 1.]");
  EXPECT_EQ(got[1].to_string(), "[1. 2.]");
}

// Of functions that are smooth at 0 while what they are made of is not.
TEST(Gradients, AtZeroOfSoftplusAndWhatIsMadeOfIt) {
  const auto got = in_both_modes(
      [](const std::vector<Tensor> &x) {
        GradientTape tape({.persistent = true});
        tape.watch(x);
        const Tensor soft = tenon::softplus(x[0]), zeros = x[0] * 0.0,
                     binary = tenon::losses::binary_crossentropy(x[1], x[0], {.from_logits = true}),
                     cosh = tenon::losses::log_cosh(zeros, x[0]);
        return std::vector<Tensor>{tape.gradient(soft, x[0]), tape.gradient(binary, x[0]), tape.gradient(cosh, x[0])};
      },
      {tenon::zeros({2, 1}, f64), Tensor{{0.0}, {1.0}}.cast(f64)});
  expect_near(got[0], {0.5, 0.5}, 1e-15);
  expect_near(got[1], {0.25, -0.25}, 1e-15); // (sigmoid(0) - y) / 2
  expect_near(got[2], {0, 0}, 1e-15);
}

// log(1 + e^x), whose gradient by the chain rule is NaN for large x (the example of TensorFlow's guide).
auto log1pexp() {
  // [log1pexp]
  auto log1pexp = tenon::custom_gradient([](Tensor x) {
    Tensor e = tenon::exp(x);
    return tenon::WithPullback{tenon::log(1 + e), [=](Tensor g) { return g * (1 - 1 / (1 + e)); }};
  });
  // [/log1pexp]
  return log1pexp;
}

TEST(CustomGradient, ReplacesTheChainRule) {
  const auto got = in_both_modes(
      [](const std::vector<Tensor> &xs) {
        auto f = log1pexp();
        GradientTape tape;
        tape.watch(xs[0]);
        const Tensor y = f(xs[0]);
        return std::vector<Tensor>{y, tape.gradient(y, xs[0])};
      },
      {Tensor{0.0, 100.0}});
  EXPECT_EQ(got[1].to_string(), "[0.5 1. ]");
}

TEST(CustomGradient, IsDifferentiatedItself) {
  auto f = log1pexp();
  check_gradient([&](Tensor x) { return tenon::sum(f(x) * x); }, points({3}));
  check_gradient(
      [&](Tensor x) {
        GradientTape tape;
        tape.watch(x);
        return tenon::sum(tape.gradient(tenon::sum(f(x)), x) * x);
      },
      points({3}), 1e-5);
}

TEST(CustomGradient, GivesOneForEachArgument) {
  auto product = tenon::custom_gradient([](Tensor x, Tensor y) {
    return tenon::WithPullback{x * y, [=](Tensor g) { return std::pair(g * y * 10, g * x * 100); }};
  });
  const auto got = in_both_modes(
      [&](const std::vector<Tensor> &xs) {
        GradientTape tape;
        tape.watch(xs);
        const auto [dx, dy] = tape.gradient(product(xs[0], xs[1]), xs[0], xs[1]);
        return std::vector<Tensor>{dx, dy};
      },
      {Tensor(2.0), Tensor(3.0)});
  EXPECT_EQ(got[0].item(), 30.0f);
  EXPECT_EQ(got[1].item(), 200.0f);
}

TEST(CustomGradient, WorksInLoopsAndBranches) {
  auto clipped = tenon::custom_gradient(
      [](Tensor x) { return tenon::WithPullback{x * 3, [](Tensor g) { return tenon::clamp(g, -1.0, 1.0); }}; });
  const auto got = in_both_modes(
      [&](const std::vector<Tensor> &xs) {
        GradientTape tape;
        tape.watch(xs[0]);
        Tensor y = xs[0];
        $for(i, 3) { y = clipped(y) * y; };
        return std::vector<Tensor>{y, tape.gradient(y, xs[0])};
      },
      {Tensor(0.5)});
  // y1 = 3 x x, y2 = 3 y1 y1, y3 = 3 y2 y2; backwards g -> clamp(g y) + 3 y g.
  double y = 0.5, g = 1;
  std::vector<double> ys;
  for (int i = 0; i < 3; ++i) ys.push_back(y), y = 3 * y * y;
  for (int i = 3; i-- > 0;) g = std::min(1.0, g * ys[std::size_t(i)]) + 3 * ys[std::size_t(i)] * g;
  EXPECT_NEAR(got[1].item(), g, 1e-4 * g);
}

TEST(CustomGradient, SaysWhatDoesNotFit) {
  auto two = tenon::custom_gradient(
      [](Tensor x) { return tenon::WithPullback{x * 2, [](Tensor g) { return std::pair(g, g); }}; });
  auto sum = tenon::custom_gradient(
      [](Tensor x) { return tenon::WithPullback{x * 2, [](Tensor g) { return tenon::sum(g); }}; });
  const auto ask = [](auto &f) {
    return [&f] {
      const Tensor x = tenon::ones({2});
      GradientTape tape;
      tape.watch(x);
      return tape.gradient(f(x), x);
    };
  };
  for (bool traced : {false, true}) {
    const auto run = [&](auto f) {
      auto function = tenon::function(f);
      return message_of([&] { (void)(traced ? function() : f()); });
    };
    EXPECT_NE(run(ask(two)).find("custom_gradient: the pullback gives 2 gradients, but there are 1 arguments "
                                 "(gradients_test.cpp:"),
              std::string::npos);
    EXPECT_NE(run(ask(sum)).find("custom_gradient: the pullback gives f32[] for argument 0, which is f32[2]"),
              std::string::npos);
  }
}

} // namespace
