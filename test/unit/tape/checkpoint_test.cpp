// Checkpoints: the same values and gradients to the bit as without, in everything that a checkpoint may hold.
#include "both_modes.h"
#include "expect_error.h"

#include <malloc.h>

namespace {

using tenon::f64;

Tensor points(tenon::Shape shape, int seed = 1) { return tenon::uniform(shape, seed, f64) * 2.0 - 0.9; }

// What `program` gives with a wrapper that checkpoints and with one that does nothing: the same bits, in both modes.
template <class P> std::vector<Tensor> with_and_without(P program, const std::vector<Tensor> &xs) {
  const auto plain =
      in_both_modes([&](const std::vector<Tensor> &x) { return program(x, [](auto f) { return f; }); }, xs);
  const auto checkpointed = in_both_modes(
      [&](const std::vector<Tensor> &x) { return program(x, [](auto f) { return tenon::checkpoint(f); }); }, xs);
  EXPECT_EQ(plain.size(), checkpointed.size());
  for (std::size_t i = 0; i < plain.size() && i < checkpointed.size(); ++i)
    EXPECT_TRUE(tenon::array_equal(plain[i], checkpointed[i]))
        << i << ": without " << plain[i] << "\nwith " << checkpointed[i];
  return checkpointed;
}

// The gradient of a scalar function of one Tensor: with_and_without(), and central differences.
template <class F> void check(F f, const Tensor &x) {
  const auto got = with_and_without(
      [&](const std::vector<Tensor> &xs, auto wrap) {
        GradientTape tape;
        tape.watch(xs[0]);
        const Tensor y = f(xs[0], wrap);
        return std::vector<Tensor>{y, tape.gradient(y, xs[0])};
      },
      {x});
  expect_near(got[1], central_differences([&](Tensor v) { return f(v, [](auto g) { return g; }); }, x));
}

TEST(Checkpoint, HasTheSameBits) {
  // Variables and a Tensor from outside, each used more than once, and a residual connection: sums of cotangents have
  // the order that they have without.
  const Variable w(points({4, 4}, 2), "w"), b(points({4}, 3), "b");
  with_and_without(
      [&](const std::vector<Tensor> &xs, auto wrap) {
        GradientTape tape;
        tape.watch(xs);
        const Tensor scale = tenon::exp(xs[1]);
        auto block = wrap([&](Tensor h) {
          const Tensor t = tenon::tanh(tenon::matmul(h, w) + b) * scale;
          return tenon::sin(tenon::matmul(t, w) * scale + b) + h;
        });
        Tensor h = xs[0] * scale;
        for (int i = 0; i < 3; ++i) h = h + block(h);
        const Tensor loss = tenon::mean(h * h) + tenon::sum(w * w);
        const auto [dx, ds, dw, db] = tape.gradient(loss, xs[0], xs[1], w, b);
        return std::vector<Tensor>{loss, dx, ds, dw, db};
      },
      {points({5, 4}), points({4}, 7)});
}

TEST(Checkpoint, IsABlockOfAModel) {
  const Variable up(points({4, 16}, 2), "up"), down(points({16, 4}, 3), "down");
  const auto loss = [&](bool with, const Tensor &x) {
    GradientTape tape;
    tape.watch(x);
    Tensor h = x;
    if (!with) {
      for (int i = 0; i < 8; ++i) h = h + tenon::matmul(tenon::relu(tenon::matmul(h, up)), down);
    } else {
      // [blocks]
      auto block = tenon::checkpoint([&](Tensor h) { return tenon::matmul(tenon::relu(tenon::matmul(h, up)), down); });
      for (int i = 0; i < 8; ++i) h = h + block(h);
      // [/blocks]
    }
    const auto [dx, du] = tape.gradient(tenon::mean(h), x, up);
    return std::vector<Tensor>{dx, du};
  };
  const auto with = in_both_modes([&](const std::vector<Tensor> &x) { return loss(true, x[0]); }, {points({3, 4})});
  const auto without = loss(false, points({3, 4}));
  for (std::size_t i = 0; i < 2; ++i) EXPECT_TRUE(tenon::array_equal(with[i], without[i]));
}

TEST(Checkpoint, IsDifferentiatedAsTheFunctionIs) {
  check([](Tensor x, auto wrap) { return tenon::sum(wrap([](Tensor v) { return tenon::sin(v * v) * v; })(x)); },
        points({5}));
}

TEST(Checkpoint, HoldsOthers) {
  check(
      [](Tensor x, auto wrap) {
        auto inner = wrap([](Tensor v) { return tenon::tanh(v * v) + v; });
        auto outer = wrap([&](Tensor v) { return inner(tenon::sin(inner(v))) * v; });
        return tenon::sum(outer(outer(x)));
      },
      points({4}));
}

TEST(Checkpoint, StandsInLoops) {
  check(
      [](Tensor x, auto wrap) {
        auto step = wrap([&](Tensor h) { return tenon::sin(h * x) + tenon::cos(h); });
        Tensor h = tenon::exp(x);
        $for(i, 4) { h = step(h) * x; };
        return tenon::sum(h);
      },
      points({3}));
  // How often nobody knows.
  check(
      [](Tensor x, auto wrap) {
        auto step = wrap([](Tensor h) { return tenon::tanh(h) * h * 0.8; });
        Tensor h = x;
        $while(tenon::sum(tenon::abs(h)) > 0.1) { h = step(h); };
        return tenon::sum(h);
      },
      points({3}));
}

TEST(Checkpoint, HoldsLoopsAndBranches) {
  check(
      [](Tensor x, auto wrap) {
        auto f = wrap([](Tensor v) {
          Tensor h = v;
          $for(i, 3) {
            $if(tenon::sum(h) > 0.0) { h = tenon::sin(h) * v; }
            $else { h = tenon::exp(h) - v; };
          };
          return h;
        });
        return tenon::sum(f(f(x)));
      },
      points({4}));
}

TEST(Checkpoint, HasSecondOrder) {
  const auto hessian = [&](auto wrap, const std::vector<Tensor> &xs) {
    const auto f = [&](const Tensor &x) {
      auto block = wrap([](Tensor v) { return tenon::sin(v * v) * tenon::exp(v); });
      return tenon::sum(block(block(x)));
    };
    return std::vector<Tensor>{tenon::hessian_vector_product(f, xs[0], xs[1]), tenon::hessian(f, xs[0])};
  };
  // Sums of what the values and the slopes give have another order, so that the bits may differ.
  const std::vector<Tensor> xs{points({3}), points({3}, 4)};
  const auto with = in_both_modes(
      [&](const std::vector<Tensor> &x) { return hessian([](auto f) { return tenon::checkpoint(f); }, x); }, xs);
  const auto without = hessian([](auto f) { return f; }, xs);
  for (std::size_t i = 0; i < 2; ++i)
    expect_near(with[i], {without[i].data<double>().begin(), without[i].data<double>().end()}, 1e-12);
}

TEST(Checkpoint, HoldsATape) {
  // The slope of the inside is part of the function.
  check(
      [](Tensor x, auto wrap) {
        auto f = wrap([](Tensor v) {
          GradientTape tape;
          tape.watch(v);
          return tape.gradient(tenon::sum(tenon::sin(v) * v * v), v) + v;
        });
        return tenon::sum(f(f(x) * x));
      },
      points({3}));
}

TEST(Checkpoint, HoldsAGradientOfOnesOwn) {
  auto clipped = tenon::custom_gradient([](Tensor x) {
    Tensor e = tenon::exp(x);
    return tenon::WithPullback{tenon::log(1 + e), [=](Tensor g) { return g * 3 * e; }};
  });
  with_and_without(
      [&](const std::vector<Tensor> &xs, auto wrap) {
        GradientTape tape;
        tape.watch(xs[0]);
        auto f = wrap([&](Tensor v) { return clipped(v * v) * v; });
        const Tensor y = f(f(xs[0]));
        return std::vector<Tensor>{y, tape.gradient(y, xs[0])};
      },
      {points({3})});
}

TEST(Checkpoint, HoldsCallsOfFunctions) {
  auto inner = tenon::function([](Tensor v) { return tenon::sin(v) * v; });
  check([&](Tensor x, auto wrap) { return tenon::sum(wrap([&](Tensor v) { return inner(inner(v)) + v; })(x)); },
        points({3}));
}

TEST(Checkpoint, DrawsTheSameNumbersAgain) {
  // From a stream, which moves on once, and from a seed.
  with_and_without(
      [](const std::vector<Tensor> &xs, auto wrap) {
        static const tenon::Generator stream(11);
        stream.state().assign(Tensor{std::int64_t(11), std::int64_t(0)});
        GradientTape tape;
        tape.watch(xs[0]);
        auto dropped = wrap([&](Tensor v) {
          const Tensor mask = tenon::cast(tenon::uniform({64}, stream, f64) > 0.3, f64);
          return tenon::sin(v) * mask + v * tenon::uniform({64}, 5, f64);
        });
        const Tensor y = dropped(dropped(xs[0]));
        return std::vector<Tensor>{y, tape.gradient(y, xs[0]), stream.state().value()};
      },
      {points({64})});
}

TEST(Checkpoint, MayAssign) {
  const auto got = with_and_without(
      [](const std::vector<Tensor> &xs, auto wrap) {
        static const Variable calls(Tensor(0.0), "calls");
        calls.assign(Tensor(0.0));
        GradientTape tape;
        tape.watch(xs[0]);
        Tensor last = xs[0];
        auto f = wrap([&](Tensor v) {
          calls.assign_add(1.0);
          last = tenon::exp(v);
          return last * v;
        });
        const Tensor y = f(f(xs[0])) + last;
        return std::vector<Tensor>{y, tape.gradient(y, xs[0]), calls.value()};
      },
      {points({3})});
  EXPECT_EQ(got[2].item<double>(), 2);
}

TEST(Checkpoint, GivesStructures) {
  struct Two {
    Tensor sum, product;
  };
  with_and_without(
      [](const std::vector<Tensor> &xs, auto wrap) {
        GradientTape tape;
        tape.watch(xs);
        auto f = wrap([](const Tensor &a, const std::vector<Tensor> &b, int times) {
          return Two{(a + b[0]) * times, tenon::sin(a) * b[1]};
        });
        const Two y = f(xs[0], xs, 3);
        const Tensor loss = tenon::sum(y.sum * y.product);
        const auto [da, db] = tape.gradient(loss, xs[0], xs[1]);
        return std::vector<Tensor>{loss, da, db};
      },
      {points({3}), points({3}, 2)});
}

TEST(Checkpoint, LetsOpenSizesThrough) {
  auto step = [](bool with) {
    return [with](Tensor x) {
      GradientTape tape;
      tape.watch(x);
      const auto inside = [&](Tensor v) {
        return tenon::tanh(tenon::matmul(v, tenon::sin(v), {.transpose_rhs = true}));
      };
      Tensor h = with ? tenon::checkpoint(inside)(x) : inside(x);
      $for(i, 3) { h = with ? tenon::checkpoint(inside)(h) : inside(h); };
      return tape.gradient(tenon::sum(h), x);
    };
  };
  const auto specs = tenon::spec<double>("rows", "columns");
  auto with = tenon::function(step(true), {specs}), without = tenon::function(step(false), {specs});
  for (tenon::Shape shape : {tenon::Shape{3, 3}, tenon::Shape{5, 5}})
    EXPECT_TRUE(tenon::array_equal(with(points(shape)), without(points(shape))));
}

#ifdef __GLIBC__
// Eagerly nothing stays of what is inside but what something else holds: what a second call adds to the memory in use,
// in Tensors. What the first one let go, the frontend's pool has kept, so that each way has sizes of its own.
TEST(Checkpoint, LetsGoOfWhatIsInside) {
  const auto used = [] {
    const auto info = mallinfo2();
    return info.uordblks + info.hblkhd;
  };
  const auto added = [&](bool with, std::int64_t n) {
    const Tensor x = tenon::ones({n}, f64) * 0.5;
    const auto f = [](Tensor v) { return tenon::sin(tenon::exp(tenon::cos(tenon::tanh(v) * v))); };
    GradientTape tape;
    tape.watch(x);
    const Tensor y = with ? tenon::checkpoint(f)(x) : f(x);
    const std::size_t before = used();
    const Tensor z = with ? tenon::checkpoint(f)(y) : f(y);
    return (used() - before + std::size_t(n)) / std::size_t(8 * n);
  };
  EXPECT_EQ(added(true, 1 << 20), 1u);
  EXPECT_EQ(added(false, 3 << 20), 5u);
}
#endif

TEST(Checkpoint, MayBeAskedAgain) {
  GradientTape tape({.persistent = true});
  const Tensor x = points({3});
  tape.watch(x);
  const Tensor y = tenon::checkpoint([](Tensor v) { return tenon::sin(tenon::exp(v)) * v; })(x);
  const Tensor first = tape.gradient(y, x), second = tape.gradient(y, x);
  EXPECT_TRUE(tenon::array_equal(first, second));
}

// Two tapes, of which the inner one reads a Variable for the first time inside.
TEST(Checkpoint, ReadsVariablesForTwoTapes) {
  const Variable v(points({3}, 5), "v");
  with_and_without(
      [&](const std::vector<Tensor> &xs, auto wrap) {
        GradientTape outer;
        const Tensor before = v * xs[0];
        GradientTape inner;
        inner.watch(xs[0]);
        const Tensor y = wrap([&](Tensor x) { return tenon::sin(x * v) * v; })(xs[0]);
        const auto [dx, dv] = inner.gradient(y, xs[0], v);
        return std::vector<Tensor>{dx, dv, outer.gradient(tenon::sum(y * before), v)};
      },
      {points({3})});
}

TEST(Checkpoint, SaysWhatCannotBe) {
  const auto watch = [] {
    const Tensor x = tenon::ones({2});
    GradientTape tape;
    tape.watch(x);
    auto f = tenon::checkpoint([&](Tensor v) {
      const Tensor y = v * 2;
      tape.watch(y);
      return y * v;
    });
    return tape.gradient(f(x), x);
  };
  const auto ask = [] {
    const Tensor x = tenon::ones({2});
    GradientTape tape;
    tape.watch(x);
    return tenon::checkpoint([&](Tensor v) { return tape.gradient(v * v, v); })(x);
  };
  for (bool traced : {false, true}) {
    const auto run = [&](auto f) {
      auto function = tenon::function(f);
      return message_of([&] { (void)(traced ? function() : f()); });
    };
    EXPECT_NE(
        run(watch).find("watch: the tape was made outside of the checkpoint that is running (checkpoint_test.cpp:"),
        std::string::npos)
        << run(watch);
    EXPECT_NE(run(ask).find("gradient: the tape was made outside of the checkpoint that is running"),
              std::string::npos);
    EXPECT_NE(run(ask).find("watch before the call and ask behind it, or make the tape inside"), std::string::npos);
  }
  auto grows = tenon::function([](Tensor n) {
    tenon::TensorArray all(tenon::f32);
    $for(i, n) {
      all.append(tenon::ones({2}));
      tenon::checkpoint([&] { all.append(tenon::ones({2})); })();
    };
    return all.read(0);
  });
  EXPECT_NE(message_of([&] {
              grows(Tensor(3));
            }).find("checkpoint: it appends to a TensorArray that was made outside of it (checkpoint_test.cpp:"),
            std::string::npos);
}

} // namespace
