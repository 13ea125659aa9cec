// stop_recording(): what a tape does not record is a constant to it, eagerly and traced.
#include "both_modes.h"
#include "expect_error.h"

namespace {

Tensor points() { return Tensor{0.5, -1.0, 2.0}; }

TEST(StopRecording, MakesConstants) {
  const auto got = in_both_modes(
      [](const std::vector<Tensor> &xs) {
        GradientTape tape;
        tape.watch(xs[0]);
        Tensor y = xs[0];
        {
          const auto pause = tape.stop_recording();
          y = tenon::exp(xs[0]) * xs[0];
        }
        const Tensor z = y * xs[0];
        return std::vector<Tensor>{tape.gradient(z, xs[0]), y};
      },
      {points()});
  EXPECT_TRUE(tenon::array_equal(got[0], got[1]));
}

TEST(StopRecording, GoesOnWatching) {
  const auto got = in_both_modes(
      [](const std::vector<Tensor> &xs) {
        GradientTape tape;
        tape.watch(xs[0]);
        const Tensor before = xs[0] * 3;
        {
          const auto pause = tape.stop_recording();
        }
        return std::vector<Tensor>{tape.gradient(before * xs[0], xs[0])};
      },
      {points()});
  EXPECT_TRUE(tenon::array_equal(got[0], points() * 6));
}

TEST(StopRecording, DoesNotWatchVariables) {
  const Variable v(points(), "v");
  for (bool traced : {false, true}) {
    const auto run = [&] {
      GradientTape tape;
      Tensor y = [&] {
        const auto pause = tape.stop_recording();
        return v * 2;
      }();
      return tape.gradient(y * y, v);
    };
    auto function = tenon::function(run);
    EXPECT_ERROR(traced ? function() : run(), "gradient: the target does not depend on source 0, the Variable 'v'");
  }
  // What is read behind it is.
  const auto got = in_both_modes(
      [&](const std::vector<Tensor> &) {
        GradientTape tape;
        Tensor y = [&] {
          const auto pause = tape.stop_recording();
          return Tensor(v.value());
        }();
        return std::vector<Tensor>{tape.gradient(y * v, v)};
      },
      {});
  EXPECT_TRUE(tenon::array_equal(got[0], points()));
}

TEST(StopRecording, IsForGradientsThatAreNotDifferentiated) {
  for (bool traced : {false, true}) {
    const auto run = [](bool pauses) {
      const Tensor x = points();
      GradientTape tape({.persistent = true});
      tape.watch(x);
      const Tensor y = x * x * x;
      Tensor g = x;
      if (pauses) {
        const auto pause = tape.stop_recording();
        g = tape.gradient(y, x);
      } else {
        g = tape.gradient(y, x);
      }
      return tape.gradient(g, x);
    };
    const auto without = [&] { return run(false); };
    const auto with = [&] { return run(true); };
    auto f = tenon::function(without);
    auto g = tenon::function(with);
    EXPECT_TRUE(tenon::array_equal(traced ? f() : without(), points() * 6));
    EXPECT_ERROR(traced ? g() : with(), "gradient: the target does not depend on source 0");
  }
}

TEST(StopRecording, IsOneTapesAlone) {
  const auto got = in_both_modes(
      [](const std::vector<Tensor> &xs) {
        GradientTape outer, inner;
        outer.watch(xs[0]);
        inner.watch(xs[0]);
        Tensor y = xs[0];
        {
          const auto pause = inner.stop_recording();
          y = tenon::exp(xs[0]);
        }
        return std::vector<Tensor>{outer.gradient(y, xs[0]), y};
      },
      {points()});
  EXPECT_TRUE(tenon::array_equal(got[0], got[1]));
}

TEST(StopRecording, StandsInLoopsAndBeforeBreaks) {
  const auto got = in_both_modes(
      [](const std::vector<Tensor> &xs) {
        const Tensor x = xs[0];
        GradientTape tape;
        tape.watch(x);
        Tensor sum = x, last = x;
        $for(i, 3) {
          const auto pause = tape.stop_recording();
          last = tenon::exp(x) + tenon::cast(i, tenon::f32);
        };
        sum = sum * last;
        return std::vector<Tensor>{tape.gradient(sum, x), last};
      },
      {points()});
  EXPECT_TRUE(tenon::array_equal(got[0], got[1]));
}

TEST(StopRecording, SaysWhatCannotBe) {
  const Tensor x = points();
  GradientTape tape;
  tape.watch(x);
  {
    const auto pause = tape.stop_recording();
    EXPECT_ERROR((void)tape.stop_recording(), "stop_recording: the tape pauses already (pause_test.cpp:");
    EXPECT_ERROR(tape.reset(), "reset: the tape pauses (pause_test.cpp:");
  }
  EXPECT_ERROR(tenon::checkpoint([&](Tensor v) {
                 const auto pause = tape.stop_recording();
                 return v * 2;
               })(x),
               "stop_recording: the tape was made outside of the checkpoint that is running");
  (void)tape.gradient(x * x, x);
  EXPECT_ERROR((void)tape.stop_recording(), "stop_recording: the tape has been used");
  // A tape around would see through what the inner one takes for a constant.
  for (bool traced : {false, true}) {
    const auto run = [] {
      const Tensor v = points();
      GradientTape outer;
      outer.watch(v);
      const Tensor before = tenon::sin(v);
      GradientTape inner;
      inner.watch(v);
      Tensor g = inner.gradient(before * v, v);
      return outer.gradient(g, v);
    };
    auto function = tenon::function(run);
    EXPECT_ERROR(traced ? function() : run(), "gradient: what was computed from a source while the tape did not record "
                                              "is used while another tape records");
  }
}

} // namespace
