// Schedules: learning rates as operations on the iterations, in Keras 3's arithmetic (f32).
#include "tenon/schedules.h"
#include "promote.h"
#include "tenon/create.h"
#include "tenon/ops.h"

#include <numbers>

namespace tenon::schedules {

using namespace tenon::detail;

static Tensor step_of(const Arg &iterations) { return cast(iterations, f32); }

static void check_steps(const char *name, std::int64_t steps, Location where) {
  if (steps <= 0)
    throw Error(name, "expected a positive number of steps, but got " + std::to_string(steps), where);
}

// t / n, rounded down for a staircase.
static Tensor progress(const Arg &iterations, std::int64_t steps, bool staircase) {
  const Tensor p = Arg(step_of(iterations), iterations.where) / double(steps);
  return staircase ? floor(Arg(p, iterations.where)) : p;
}

Tensor ExponentialDecay::operator()(const Arg &iterations) const {
  check_steps("ExponentialDecay", decay_steps, iterations.where);
  const Location w = iterations.where;
  const Tensor factor = pow(Arg(float(decay_rate), w), Arg(progress(iterations, decay_steps, options.staircase), w));
  return Arg(factor, w) * initial_learning_rate;
}

Tensor InverseTimeDecay::operator()(const Arg &iterations) const {
  check_steps("InverseTimeDecay", decay_steps, iterations.where);
  const Location w = iterations.where;
  const Tensor grown = Arg(progress(iterations, decay_steps, options.staircase), w) * decay_rate,
               divisor = Arg(grown, w) + 1;
  return Arg(initial_learning_rate, w) / Arg(divisor, w);
}

Tensor PolynomialDecay::operator()(const Arg &iterations) const {
  check_steps("PolynomialDecay", decay_steps, iterations.where);
  const Location w = iterations.where;
  Tensor t = step_of(iterations), steps = Tensor(float(decay_steps), w);
  if (options.cycle) {
    const Tensor rounds = ceil(Arg(Arg(t, w) / Arg(steps, w), w)), first = Arg(t, w) == 0;
    steps = Arg(steps, w) * Arg(where(Arg(first, w), 1, Arg(rounds, w)), w);
  } else {
    t = minimum(Arg(t, w), Arg(steps, w));
  }
  const Tensor rest = Arg(1, w) - Arg(Arg(t, w) / Arg(steps, w), w), shape = pow(Arg(rest, w), options.power);
  const Tensor above = Arg(shape, w) * double(float(initial_learning_rate) - float(options.end_learning_rate));
  return Arg(above, w) + options.end_learning_rate;
}

Tensor CosineDecay::operator()(const Arg &iterations) const {
  const auto [alpha, warmup_target, warmup_steps] = options;
  check_steps("CosineDecay", decay_steps, iterations.where);
  const Location w = iterations.where;
  const Tensor step = step_of(iterations), t = minimum(Arg(step, w), double(decay_steps + warmup_steps));
  const double top = warmup_steps > 0 ? warmup_target : initial_learning_rate;
  const Tensor since = Arg(t, w) - double(warmup_steps), fraction = Arg(since, w) / double(decay_steps);
  const Tensor angle = Arg(fraction, w) * std::numbers::pi, wave = cos(Arg(angle, w));
  const Tensor lifted = Arg(wave, w) + 1, half = Arg(lifted, w) * 0.5, scaled = Arg(half, w) * (1 - alpha);
  const Tensor share = Arg(scaled, w) + alpha, decayed = Arg(share, w) * top;
  if (warmup_steps <= 0)
    return decayed;
  const Tensor line = Arg(t, w) / double(warmup_steps);
  const Tensor risen = Arg(line, w) * double(float(warmup_target) - float(initial_learning_rate));
  const Tensor warming = Arg(t, w) < double(warmup_steps), rate = Arg(risen, w) + initial_learning_rate;
  return where(Arg(warming, w), Arg(rate, w), Arg(decayed, w));
}

Tensor PiecewiseConstantDecay::operator()(const Arg &iterations) const {
  const Location w = iterations.where;
  if (values.size() != boundaries.size() + 1)
    throw Error("PiecewiseConstantDecay",
                "expected one value more than boundaries, but got " + std::to_string(values.size()) + " values and " +
                    std::to_string(boundaries.size()) + " boundaries",
                w);
  const Tensor step = tensor_of(iterations);
  Tensor rate(float(values.back()), w);
  for (std::size_t i = boundaries.size(); i-- > 0;) {
    if (i > 0 && boundaries[i] <= boundaries[i - 1])
      throw Error("PiecewiseConstantDecay",
                  "expected boundaries that rise, but got " + std::to_string(boundaries[i - 1]) + " before " +
                      std::to_string(boundaries[i]),
                  w);
    const Tensor before = Arg(step, w) <= boundaries[i];
    rate = where(Arg(before, w), values[i], Arg(rate, w));
  }
  return rate;
}

Tensor WarmUp::operator()(const Arg &iterations) const {
  check_steps("WarmUp", steps, iterations.where);
  const Location w = iterations.where;
  const Tensor step = step_of(iterations), share = Arg(step, w) / double(steps), bounded = minimum(Arg(share, w), 1);
  return Arg(bounded, w) * learning_rate;
}

} // namespace tenon::schedules
