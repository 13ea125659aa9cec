// Schedules: learning rates that depend on the step, as functions of an optimizer's iterations.
//
// Each takes the number of steps taken so far, an i64 scalar Tensor, and gives an f32 scalar; in a compiled step it is
// part of that step, so nothing is traced again as the rate changes. Formulas and defaults are Keras 3's. t is the
// step, n is decay_steps.
#pragma once

#include "tenon/handle.h"
#include "tenon/tensor.h"

namespace tenon::schedules {

struct DecayOptions {
  bool staircase = false; ///< t / n rounded down
};
/// initial * rate^(t / n): `ExponentialDecay{0.1, 1000, 0.96, {.staircase = true}}`.
struct ExponentialDecay {
  double initial_learning_rate;
  std::int64_t decay_steps;
  double decay_rate;
  DecayOptions options = {};
  Tensor operator()(const Arg &iterations) const;
};

/// initial / (1 + rate t / n).
struct InverseTimeDecay {
  double initial_learning_rate;
  std::int64_t decay_steps;
  double decay_rate;
  DecayOptions options = {};
  Tensor operator()(const Arg &iterations) const;
};

struct PolynomialDecayOptions {
  double end_learning_rate = 0.0001;
  double power = 1;
  bool cycle = false; ///< past n it starts again, with the next multiple of n in its place
};
/// (initial - end) (1 - min(t, n) / n)^power + end.
struct PolynomialDecay {
  double initial_learning_rate;
  std::int64_t decay_steps;
  PolynomialDecayOptions options = {};
  Tensor operator()(const Arg &iterations) const;
};

struct CosineDecayOptions {
  double alpha = 0;
  double warmup_target = 0;
  std::int64_t warmup_steps = 0; ///< 0: no warm-up
};
/// After a warm-up, if there is one, a half cosine from the top to alpha times it in n steps (Loshchilov and Hutter,
/// 2016). The warm-up is a line from initial_learning_rate to warmup_target, which is the top then.
struct CosineDecay {
  double initial_learning_rate;
  std::int64_t decay_steps;
  CosineDecayOptions options = {};
  Tensor operator()(const Arg &iterations) const;
};

/// values[i] while t <= boundaries[i], afterwards the last: one value more than boundaries, which rise.
struct PiecewiseConstantDecay {
  std::vector<std::int64_t> boundaries;
  std::vector<double> values;
  Tensor operator()(const Arg &iterations) const;
};

/// A line from 0 to learning_rate in `steps` steps, and that from then on.
struct WarmUp {
  double learning_rate;
  std::int64_t steps;
  Tensor operator()(const Arg &iterations) const;
};

} // namespace tenon::schedules

namespace tenon::optim {

/// What an optimizer takes as its learning rate: a number, which may be set later, or a schedule: one of the above, or
/// any function of the iterations. A handle: a copy shares the function.
class LearningRate {
public:
  template <Arithmetic T> LearningRate(T value) : value_(double(value)) {}
  template <class F>
    requires(!Arithmetic<F> && !std::is_base_of_v<LearningRate, std::remove_cvref_t<F>> &&
             std::is_invocable_r_v<Tensor, F &, Tensor>)
  LearningRate(F schedule) : schedule_(new Model<F>(std::move(schedule))) {}

  bool is_schedule() const { return bool(schedule_); }
  double value() const { return value_; }
  /// The schedule's rate after that many steps.
  Tensor at(const Tensor &iterations, Location where) const { return schedule_->call(iterations, where); }

private:
  struct Concept : tenon::detail::Shared {
    bool holds_variables() const override { return false; }
    virtual Tensor call(const Tensor &iterations, Location where) = 0;
  };
  template <class F> struct Model final : Concept {
    explicit Model(F f) : f(std::move(f)) {}
    Tensor call(const Tensor &iterations, Location where) override {
      if constexpr (std::is_invocable_v<F &, const Arg &>)
        return f(Arg(iterations, where)); // carries the caller's line
      else
        return f(iterations);
    }
    F f;
  };
  double value_ = 0;
  tenon::detail::Shares<Concept> schedule_;
};

} // namespace tenon::optim
