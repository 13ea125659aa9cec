// What a tape refuses, with the same words eagerly and traced.
#include "both_modes.h"
#include "expect_error.h"

#include <thread>

namespace {

/// The message of `f`, the same in both modes.
template <class F> std::string message_in_both_modes(F f) {
  auto function = tenon::function(f, {.name = "f"});
  const std::string eager = message_of([&] { (void)f(); }), traced = message_of([&] { (void)function(); });
  EXPECT_EQ(eager, traced);
  return eager;
}
#define EXPECT_BOTH(text, ...)                                                                                         \
  do {                                                                                                                 \
    const std::string message = message_in_both_modes([&] { return __VA_ARGS__; });                                    \
    EXPECT_NE(message.find(text), std::string::npos) << message;                                                       \
  } while (false)

TEST(TapeErrors, ATargetThatDoesNotDependOnASource) {
  Variable w(Tensor{1.0, 2.0}, "w"), other(Tensor(1.0), "bias");
  EXPECT_BOTH("gradient: the target does not depend on source 1, the Variable 'bias', f32[] (errors_test.cpp:", [&] {
    GradientTape tape;
    return tape.gradient(tenon::sum(w), {w, other})[0];
  }());
  EXPECT_BOTH("remedy: {.unconnected_gradients_zero = true} gives zeros", [&] {
    GradientTape tape;
    return tape.gradient(tenon::sum(w * 2), other);
  }());
}

TEST(TapeErrors, ASourceThatIsNotWatched) {
  Variable fixed(Tensor(1.0), "fixed");
  fixed.set_trainable(false);
  EXPECT_BOTH("gradient: source 0, the Variable 'fixed', f32[], is not watched: it is not trainable", [&] {
    GradientTape tape;
    return tape.gradient(fixed * 2, fixed);
  }());
  EXPECT_BOTH("gradient: source 0, f32[2], is not watched (errors_test.cpp:", [&] {
    const Tensor x{1.0, 2.0};
    GradientTape tape;
    return tape.gradient(x * 2, x);
  }());
  GradientTape tape;
  tape.watch(fixed);
  EXPECT_EQ(tape.gradient(fixed * 2, fixed).item(), 2.0f);
}

TEST(TapeErrors, ATapeUsedTwice) {
  Variable w(Tensor(2.0));
  EXPECT_BOTH("gradient: the tape has been used (errors_test.cpp:", [&] {
    GradientTape tape;
    const Tensor y = w * w;
    tape.gradient(y, w);
    return tape.gradient(y, w);
  }());
  EXPECT_BOTH("remedy: a tape gives gradients once, unless it is made as GradientTape tape({.persistent = true})", [&] {
    GradientTape tape;
    const Tensor y = w * w;
    tape.gradient(y, w);
    tape.watch(y);
    return y;
  }());
}

TEST(TapeErrors, Integers) {
  EXPECT_BOTH("watch: the Tensor is i64[2]: integers and booleans have no gradient", [&] {
    GradientTape tape;
    const Tensor n{1, 2};
    tape.watch(n);
    return n;
  }());
  Variable w(Tensor{1.0, 2.0}), count(Tensor(1));
  EXPECT_BOTH("gradient: the target is i64[]: integers and booleans have no gradient", [&] {
    GradientTape tape;
    return tape.gradient(tenon::argmax(w), w);
  }());
  EXPECT_BOTH("gradient: source 0 is i64[]: integers and booleans have no gradient", [&] {
    GradientTape tape;
    return tape.gradient(tenon::sum(w), count);
  }());
}

TEST(TapeErrors, Cotangents) {
  Variable w(Tensor{1.0, 2.0});
  EXPECT_BOTH("gradient: cotangent 0 is f32[3], but its target is f32[2]", [&] {
    GradientTape tape;
    return tape.gradient(w * w, w, {.cotangents = {tenon::ones({3})}});
  }());
  EXPECT_BOTH("gradient: there are 2 cotangents for 1 targets", [&] {
    GradientTape tape;
    return tape.gradient(w * w, w, {.cotangents = {tenon::ones({2}), tenon::ones({2})}});
  }());
}

TEST(TapeErrors, TwoValuesOfOneVariable) {
  Variable w(Tensor(2.0), "w");
  EXPECT_BOTH("gradient: source 0, the Variable 'w', f32[], was read, assigned and read again: it has had two values",
              [&] {
                GradientTape tape;
                Tensor y = w * w;
                w.assign(3.0);
                y = y + w * 5;
                return tape.gradient(y, w);
              }());
}

TEST(TapeErrors, AnotherThreadOrTrace) {
  GradientTape tape;
  std::string message;
  std::thread([&] { message = message_of([&] { tape.watch(Tensor(1.0)); }); }).join();
  EXPECT_NE(message.find("watch: the tape was made in another thread"), message.npos) << message;
  auto f = tenon::function([&](Tensor x) {
    tape.watch(x);
    return x;
  });
  EXPECT_ERROR(f(1.0), "watch: the tape was made outside of the function that is being traced");
}

TEST(TapeErrors, AnErrorLeavesTheTapeAsItWas) {
  Variable w(Tensor(2.0)), other(Tensor(1.0));
  GradientTape tape;
  const Tensor y = w * w;
  EXPECT_ERROR(tape.gradient(y, other), "does not depend");
  EXPECT_EQ(tape.gradient(y, w).item(), 4.0f);
}

} // namespace
