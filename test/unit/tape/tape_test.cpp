// GradientTape: what it gives, eagerly and traced.
#include "both_modes.h"

namespace {

using tenon::f64;

Tensor points(tenon::Shape shape, int seed = 1) { return tenon::uniform(shape, seed, f64) * 2.0 - 0.9; }

TEST(Tape, GivesTheGradientOfAScalar) {
  check_gradient([](Tensor x) { return x * x * x; }, Tensor(1.5, f64));
  check_gradient([](Tensor x) { return tenon::sum(tenon::tanh(x) * tenon::exp(-x)); }, points({3, 4}));
}

// [gradient]
tenon::Variable w(tenon::Tensor{1.0, 2.0}, "w"), b(tenon::Tensor(0.5), "b");

std::array<Tensor, 3> slopes(Tensor x) {
  tenon::GradientTape tape;
  tape.watch(x);
  Tensor loss = tenon::mean(tenon::square(w * x + b));
  return tape.gradient(loss, w, b, x);
}
// [/gradient]

TEST(Tape, IsUsedAsInTheGuide) {
  auto traced = tenon::function(slopes);
  const Tensor x{3.0, -1.0};
  const auto eagerly = slopes(x), got = traced(x);
  EXPECT_EQ(eagerly[0].to_string(), "[10.5  1.5]");
  EXPECT_EQ(eagerly[1].item(), 2.0f);
  EXPECT_EQ(eagerly[2].to_string(), "[ 3.5 -3. ]");
  for (std::size_t i = 0; i < 3; ++i) EXPECT_TRUE(tenon::array_equal(eagerly[i], got[i]));
}

TEST(Tape, GoesThroughShapesReductionsAndProducts) {
  const Tensor w = points({4, 3}, 7);
  check_gradient([&](Tensor x) { return tenon::sum(tenon::square(tenon::matmul(x, w))); }, points({2, 4}));
  check_gradient([&](Tensor x) { return tenon::sum(tenon::reshape(x, {4, 2}).transpose() * points({2, 4}, 3)); },
                 points({2, 4}));
  check_gradient([&](Tensor x) { return tenon::mean(tenon::softmax(x[{tenon::slice(0, 2), tenon::all_}])[0][1]); },
                 points({3, 4}));
  check_gradient(
      [&](Tensor x) { return tenon::sum(tenon::full({3}, x[0]) * tenon::concat({x, x * 2})[tenon::slice(1, 4)]); },
      points({3}));
  check_gradient([&](Tensor x) { return tenon::sum(tenon::sort(x) * Tensor::from(std::vector<double>{1, 2, 3, 4})); },
                 points({4}));
}

TEST(Tape, WatchesTrainableVariablesWhenTheyAreRead) {
  Variable w(points({3, 2}, 1), "w"), b(points({2}, 2), "b");
  const auto program = [&](const std::vector<Tensor> &x) {
    GradientTape tape;
    const Tensor loss = tenon::mean(tenon::square(tenon::matmul(x[0], w) + b));
    const auto [dw, db] = tape.gradient(loss, w, b);
    return std::vector<Tensor>{loss, dw, db};
  };
  const Tensor x = points({5, 3}, 3);
  const std::vector<Tensor> got = in_both_modes(program, {x});
  const Tensor w0 = w.value(), b0 = b.value();
  expect_near(got[1],
              central_differences([&](Tensor v) { return tenon::mean(tenon::square(tenon::matmul(x, v) + b0)); }, w0));
  expect_near(got[2],
              central_differences([&](Tensor v) { return tenon::mean(tenon::square(tenon::matmul(x, w0) + v)); }, b0));
}

TEST(Tape, TakesRangesOfVariablesAndListsOfSources) {
  const std::vector<Variable> all{Variable(Tensor(2.0, f64)), Variable(Tensor(3.0, f64))};
  const std::vector<Tensor> got = in_both_modes(
      [&](const std::vector<Tensor> &x) {
        std::vector<Tensor> results;
        GradientTape tape({.persistent = true});
        tape.watch(x[0]);
        const Tensor y = all[0] * all[1] * x[0];
        for (const Tensor &g : tape.gradient(y, all)) results.push_back(g);
        for (const Tensor &g : tape.gradient(y, {x[0], all[1]})) results.push_back(g);
        results.push_back(tape.gradient(y, all[0]));
        return results;
      },
      {Tensor(5.0, f64)});
  const double expected[] = {15, 10, 6, 10, 15};
  ASSERT_EQ(got.size(), 5u);
  for (std::size_t i = 0; i < 5; ++i) EXPECT_EQ(got[i].item<double>(), expected[i]) << i;
}

TEST(Tape, SumsSeveralTargetsAndTakesCotangents) {
  const std::vector<Tensor> got = in_both_modes(
      [](const std::vector<Tensor> &x) {
        GradientTape tape({.persistent = true});
        tape.watch(x[0]);
        const Tensor y = x[0] * x[0], z = tenon::sum(x[0]);
        const Tensor weights = Tensor::from(std::vector<double>{10, 100});
        return std::vector<Tensor>{tape.gradient({y, z}, x[0]), tape.gradient(y, x[0], {.cotangents = {weights}}),
                                   tape.gradient(y, x[0])};
      },
      {Tensor::from(std::vector<double>{2, 3})});
  EXPECT_EQ(got[0].to_string(), "[5. 7.]");
  EXPECT_EQ(got[1].to_string(), "[ 40. 600.]");
  EXPECT_EQ(got[2].to_string(), "[4. 6.]");
}

TEST(Tape, GivesZerosForWhatIsNotConnectedIfAsked) {
  Variable w(Tensor{1.0, 2.0}), unused(tenon::ones({2, 2}));
  const std::vector<Tensor> got = in_both_modes(
      [&](const std::vector<Tensor> &) {
        GradientTape tape;
        const Tensor y = tenon::sum(w * w);
        return tape.gradient(y, {w, unused}, {.unconnected_gradients_zero = true});
      },
      {});
  EXPECT_EQ(got[0].to_string(), "[2. 4.]");
  EXPECT_EQ(got[1].to_string(), "[[0. 0.]\n [0. 0.]]");
}

TEST(Tape, StopsAtStopGradient) {
  const std::vector<Tensor> got = in_both_modes(
      [](const std::vector<Tensor> &x) {
        GradientTape tape;
        tape.watch(x[0]);
        return std::vector<Tensor>{tape.gradient(x[0] * tenon::stop_gradient(x[0] * 2), x[0])};
      },
      {Tensor(3.0)});
  EXPECT_EQ(got[0].item(), 6.0f);
}

TEST(Tape, TakesWhatCameBeforeItAsConstant) {
  Variable w(Tensor(2.0), "w");
  const std::vector<Tensor> got = in_both_modes(
      [&](const std::vector<Tensor> &x) {
        const Tensor before = w * x[0], read = w;
        GradientTape tape;
        tape.watch(x[0]);
        const auto [dw, dx] = tape.gradient(before * w * read * x[0], w, x[0]);
        GradientTape after; // another, behind a loop that uses what came before
        Tensor y = w * 1;
        $for(i, 2) { y = y * before; };
        return std::vector<Tensor>{dw, dx, after.gradient(y, w)};
      },
      {Tensor(3.0)});
  EXPECT_EQ(got[0].item(), 36.0f); // before * read * x
  EXPECT_EQ(got[1].item(), 24.0f); // before * w * read
  EXPECT_EQ(got[2].item(), 36.0f); // before^2
}

TEST(Tape, RecordsWhatAnInnerTapeGives) {
  const auto f = [](const Tensor &x) { return tenon::sum(x * x * x * tenon::sin(x)); };
  const auto slope = [&](const Tensor &x) {
    GradientTape tape;
    tape.watch(x);
    return tape.gradient(f(x), x);
  };
  check_gradient([&](Tensor x) { return tenon::sum(slope(x) * points({3}, 5)); }, points({3}));
  // and once more
  const auto curvature = [&](const Tensor &x) {
    GradientTape tape;
    tape.watch(x);
    return tape.gradient(slope(x), x);
  };
  check_gradient([&](Tensor x) { return tenon::sum(tenon::square(curvature(x))); }, points({3}), 1e-5);
}

TEST(Tape, GivesSecondOrderFromAPersistentTape) {
  const std::vector<Tensor> got = in_both_modes(
      [](const std::vector<Tensor> &x) {
        GradientTape tape({.persistent = true});
        tape.watch(x[0]);
        const Tensor first = tape.gradient(x[0] * x[0] * x[0], x[0]);
        return std::vector<Tensor>{first, tape.gradient(first, x[0])};
      },
      {Tensor(2.0)});
  EXPECT_EQ(got[0].item(), 12.0f);
  EXPECT_EQ(got[1].item(), 12.0f);
}

TEST(Tape, CountsTheValueThatWasReadBeforeAnAssignment) {
  for (bool traced : {false, true}) {
    Variable v(Tensor(3.0));
    const auto program = [&] {
      GradientTape tape;
      const Tensor y = v * v;
      v.assign(10.0);
      return tape.gradient(y, v);
    };
    auto function = tenon::function(program);
    EXPECT_EQ((traced ? function() : program()).item(), 6.0f);
    EXPECT_EQ(v.value().item(), 10.0f);
  }
}

TEST(Tape, PassesNoGradientThroughAnAssignment) {
  for (bool traced : {false, true}) {
    Variable v(Tensor(3.0)), average(Tensor(0.0));
    average.set_trainable(false);
    const auto program = [&] {
      GradientTape tape;
      average.assign(v * 0.5);
      const Tensor y = v * average;
      return tape.gradient(y, v);
    };
    auto function = tenon::function(program);
    EXPECT_EQ((traced ? function() : program()).item(), 1.5f);
  }
}

TEST(Tape, TellsVariablesApartThatShareTheirValue) {
  const Tensor start = Tensor{1.0, 2.0};
  Variable a(start), b(start), c(a.value());
  const std::vector<Tensor> got = in_both_modes(
      [&](const std::vector<Tensor> &) {
        GradientTape tape;
        const auto [da, db, dc] = tape.gradient(tenon::sum(a * 2 + b * 3 + c * start), a, b, c);
        return std::vector<Tensor>{da, db, dc};
      },
      {});
  EXPECT_EQ(got[0].to_string(), "[2. 2.]");
  EXPECT_EQ(got[1].to_string(), "[3. 3.]");
  EXPECT_EQ(got[2].to_string(), "[1. 2.]");
}

TEST(Tape, GoesThroughTracedStatements) {
  check_gradient(
      [](Tensor x) {
        Tensor y = x;
        $for(i, 3) { y = tenon::sin(y) * x; };
        $if(tenon::sum(x) > 0) { y = y * 2; }
        $else { y = y * 3; };
        return tenon::sum(y);
      },
      points({4}));
}

TEST(Tape, TrainsInATracedLoop) {
  for (bool traced : {false, true}) {
    Variable v(Tensor(1.0));
    const auto program = [&](Tensor n) {
      Tensor last = 0.0;
      $for(i, n) {
        GradientTape tape;
        const Tensor loss = (v - 3.0) * (v - 3.0);
        v.assign_sub(tape.gradient(loss, v) * 0.25);
        last = loss;
      };
      return last;
    };
    auto function = tenon::function(program);
    EXPECT_EQ((traced ? function(3) : program(3)).item(), 0.25f); // 4, 1, 0.25
    EXPECT_EQ(v.value().item(), 2.75f);
  }
}

TEST(Tape, EndsInAnyOrder) {
  auto a = std::make_unique<GradientTape>(), b = std::make_unique<GradientTape>();
  const Tensor x = 3.0;
  a->watch(x);
  b->watch(x);
  Tensor y = x * x;
  a.reset();
  auto c = std::make_unique<GradientTape>();
  c->watch(x);
  y = y * x;
  EXPECT_EQ(b->gradient(y, x).item(), 27.0f);
  b.reset();
  EXPECT_EQ(c->gradient(y, x).item(), 9.0f); // it began behind the square
}

TEST(Tape, BeginsAnewAfterAReset) {
  GradientTape tape;
  const Tensor x = 3.0;
  tape.watch(x);
  EXPECT_EQ(tape.gradient(x * x, x).item(), 6.0f);
  tape.reset();
  tape.watch(x);
  EXPECT_EQ(tape.gradient(x * 5, x).item(), 5.0f);
}

} // namespace
