// Tapes and traced functions inside each other: calls that a tape records, statements, effects, open sizes.
#include "both_modes.h"

namespace {

using tenon::f64;

Tensor points(tenon::Shape shape, int seed = 1) { return tenon::uniform(shape, seed, f64) * 2.0 - 0.9; }

// A gradient of a call is that of its body.
TEST(TapeCalls, GoThroughAFunction) {
  auto inner = tenon::function([](Tensor x, Tensor y) { return tenon::tanh(x * y) + tenon::exp(-x); });
  const Tensor y = points({4}, 9);
  const auto f = [&](Tensor x) { return tenon::sum(tenon::square(inner(x, y)) * x); };
  check_gradient(f, points({4}));
  EXPECT_EQ(inner.trace_count(), 1u);
}

TEST(TapeCalls, WatchVariablesAndCapturedTensors) {
  Variable w(points({3}, 2), "w");
  Tensor captured = points({3}, 3);
  auto loss = tenon::function([&](Tensor x) { return tenon::sum(tenon::sin(w * x) * captured); });
  const Tensor x = points({3}, 4);
  GradientTape tape;
  tape.watch(captured);
  const auto [dw, dc] = tape.gradient(loss(x), w, captured);
  const Tensor w0 = w.value();
  expect_near(dw, central_differences([&](Tensor v) { return tenon::sum(tenon::sin(v * x) * captured); }, w0));
  EXPECT_TRUE(tenon::array_equal(dc, tenon::sin(w0 * x)));
}

TEST(TapeCalls, GoThroughLoopsWithinAFunction) {
  auto power = tenon::function([](Tensor x, Tensor n) {
    Tensor y = tenon::ones_like(x);
    $for(i, n) { y = y * x; };
    return y;
  });
  GradientTape tape;
  const Tensor x = Tensor(3.0, f64);
  tape.watch(x);
  auto fixed = tenon::function([&](Tensor v) {
    Tensor y = v;
    $for(i, 3) { y = y * v; };
    return y;
  });
  EXPECT_EQ(tape.gradient(fixed(x), x).item<double>(), 4 * 27.0);
}

TEST(TapeCalls, OpenSizesAreThoseOfTheCall) {
  auto f = tenon::function([](Tensor x) { return tenon::mean(tenon::square(x), 0); },
                           {tenon::arg("x", tenon::spec<double>("batch", 2))});
  for (int n : {3, 5}) {
    const auto g = [&](const Tensor &x) {
      GradientTape tape;
      tape.watch(x);
      return tape.gradient(tenon::sum(f(x)), x);
    };
    const Tensor x = points({n, 2});
    expect_near(g(x), central_differences([&](Tensor v) { return tenon::sum(f(v)); }, x));
  }
  EXPECT_EQ(f.trace_count(), 1u);
}

TEST(TapeCalls, EffectsHappenOnce) {
  Variable count(Tensor(0.0), "count");
  count.set_trainable(false);
  auto f = tenon::function([&](Tensor x) {
    count.assign_add(1.0);
    tenon::check(x > 0, "positive");
    return x * x * count;
  });
  GradientTape tape;
  const Tensor x = 3.0;
  tape.watch(x);
  EXPECT_EQ(tape.gradient(f(x), x).item(), 6.0f);
  EXPECT_EQ(count.value().item(), 1.0f);
}

TEST(TapeCalls, AFunctionMayAskForGradientsItself) {
  auto slope = tenon::function([](Tensor x) {
    GradientTape tape;
    tape.watch(x);
    return tape.gradient(tenon::sum(x * x * tenon::stop_gradient(x)), x);
  });
  const Tensor x = points({3}, 5);
  GradientTape tape;
  tape.watch(x);
  const Tensor g = slope(x); // 2 x c, with c = x stopped
  const Tensor second = tape.gradient(tenon::sum(g), x);
  EXPECT_TRUE(tenon::array_equal(g, 2.0 * x * x));
  EXPECT_TRUE(tenon::array_equal(second, 2.0 * x));
}

TEST(TapeCalls, TrainsInAFunctionAndEagerlyWithTheSameBits) {
  const auto train = [](bool traced) {
    Variable w(tenon::uniform({3, 2}, 1), "w"), b(tenon::zeros({2}), "b");
    const auto step = [&](Tensor x, Tensor y) {
      GradientTape tape;
      const Tensor loss = tenon::mean(tenon::square(tenon::matmul(x, w) + b - y));
      const auto [dw, db] = tape.gradient(loss, w, b);
      w.assign_sub(dw * 0.1);
      b.assign_sub(db * 0.1);
      return loss;
    };
    auto function = tenon::function(step);
    std::vector<float> losses;
    for (int i = 0; i < 5; ++i) {
      const Tensor x = tenon::uniform({4, 3}, 10 + i), y = tenon::uniform({4, 2}, 20 + i);
      losses.push_back((traced ? function(x, y) : step(x, y)).item());
    }
    return losses;
  };
  EXPECT_EQ(train(false), train(true));
}

} // namespace
