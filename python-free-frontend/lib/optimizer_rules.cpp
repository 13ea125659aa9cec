// The update rules of the optimizers, in the arithmetic of Keras 3 (keras/src/optimizers), operation by operation.
#include "at.h"
#include "tenon/ops.h"
#include "tenon/optim.h"

namespace tenon::optim {

namespace {

struct At : tenon::detail::At {
  explicit At(const Step &step) : tenon::detail::At{step.where} {}
  // factor x + other y.
  Tensor mix(double factor, const Tensor &x, double other, const Tensor &y) const {
    const Tensor first = (*this)(x)*factor, second = (*this)(y)*other;
    return (*this)(first) + (*this)(second);
  }
  Tensor value(const Variable &slot) const { return slot.value(where); }
};

void expect(bool holds, const std::string &name, const char *what, Location where) {
  if (!holds)
    throw Error(name, what, where);
}

struct SGDRule final : Rule {
  explicit SGDRule(const SGDOptions &o) : options(o) {}
  std::vector<Slot> slots() const override {
    return options.momentum != 0 ? std::vector<Slot>{{"momentum"}} : std::vector<Slot>{};
  }
  Tensor update(const Step &s) const override {
    const At at(s);
    const Tensor change = at(s.gradient) * at(s.learning_rate);
    if (options.momentum == 0)
      return at(s.variable) - at(change);
    const auto moved = [&](const Tensor &m) { return at(at(m) * options.momentum) - at(change); };
    const Tensor m = moved(at.value(s.slots[0]));
    s.slots[0].assign(at(m));
    if (!options.nesterov)
      return at(s.variable) + at(m);
    const Tensor ahead = moved(m);
    return at(s.variable) + at(ahead);
  }
  SGDOptions options;
};

struct AdamRule final : Rule {
  explicit AdamRule(const AdamOptions &o) : options(o) {}
  std::vector<Slot> slots() const override {
    std::vector<Slot> slots{{"momentum"}, {"velocity"}};
    if (options.amsgrad)
      slots.push_back({"velocity_hat"});
    return slots;
  }
  Tensor update(const Step &s) const override {
    const At at(s);
    // Scalars in f32 at least: in bf16 0.999 is 1.
    const DType dtype = s.variable.dtype(s.where), exact = dtype == f64 ? f64 : f32;
    const Tensor t = cast(at(at(s.iterations) + 1), exact);
    const auto rest = [&](double beta) { // 1 - beta^t
      const Tensor power = pow(at(Tensor(beta, exact, s.where)), at(t));
      return at(1) - at(power);
    };
    const Tensor rate = cast(at(s.learning_rate), exact), root = sqrt(at(rest(options.beta_2)));
    const Tensor scaled = at(rate) * at(root), ratio = at(scaled) / at(rest(options.beta_1));
    const Tensor alpha = cast(at(ratio), dtype);
    const auto toward = [&](const Variable &slot, const Tensor &target, double beta) {
      const Tensor now = at.value(slot), distance = at(target) - at(now), change = at(distance) * (1 - beta);
      const Tensor next = at(now) + at(change);
      slot.assign(at(next));
      return next;
    };
    const Tensor m = toward(s.slots[0], s.gradient, options.beta_1), squares = square(at(s.gradient));
    Tensor v = toward(s.slots[1], squares, options.beta_2);
    if (options.amsgrad) {
      const Tensor largest = at.value(s.slots[2]);
      v = maximum(at(largest), at(v));
      s.slots[2].assign(at(v));
    }
    const Tensor change = at(m) * at(alpha), deviation = sqrt(at(v)), divisor = at(deviation) + options.epsilon;
    const Tensor step = at(change) / at(divisor);
    return at(s.variable) - at(step);
  }
  AdamOptions options;
};

struct RMSPropRule final : Rule {
  explicit RMSPropRule(const RMSPropOptions &o) : options(o) {}
  std::vector<Slot> slots() const override {
    std::vector<Slot> slots{{"velocity"}};
    if (options.momentum > 0)
      slots.push_back({"momentum"});
    if (options.centered)
      slots.push_back({"average_gradient"});
    return slots;
  }
  Tensor update(const Step &s) const override {
    const At at(s);
    const double rho = options.rho;
    const Tensor squares = square(at(s.gradient)), v = at.mix(rho, at.value(s.slots[0]), 1 - rho, squares);
    s.slots[0].assign(at(v));
    Tensor spread = v;
    if (options.centered) {
      const Variable &slot = s.slots.back();
      const Tensor average = at.mix(rho, at.value(slot), 1 - rho, s.gradient), square_of = square(at(average));
      slot.assign(at(average));
      spread = at(v) - at(square_of);
    }
    const Tensor bounded = at(spread) + options.epsilon, root = sqrt(at(bounded));
    const Tensor change = at(s.learning_rate) * at(s.gradient), step = at(change) / at(root);
    if (options.momentum <= 0)
      return at(s.variable) - at(step);
    const Tensor kept = at(at.value(s.slots[1])) * options.momentum, m = at(kept) + at(step);
    s.slots[1].assign(at(m));
    return at(s.variable) - at(m);
  }
  RMSPropOptions options;
};

struct AdagradRule final : Rule {
  explicit AdagradRule(const AdagradOptions &o) : options(o) {}
  std::vector<Slot> slots() const override { return {{"accumulator", options.initial_accumulator_value}}; }
  Tensor update(const Step &s) const override {
    const At at(s);
    const Tensor squares = square(at(s.gradient)), a = at(at.value(s.slots[0])) + at(squares);
    s.slots[0].assign(at(a));
    const Tensor bounded = at(a) + options.epsilon, root = sqrt(at(bounded));
    const Tensor change = at(s.learning_rate) * at(s.gradient), step = at(change) / at(root);
    return at(s.variable) - at(step);
  }
  AdagradOptions options;
};

struct LionRule final : Rule {
  explicit LionRule(const LionOptions &o) : options(o) {}
  std::vector<Slot> slots() const override { return {{"momentum"}}; }
  Tensor update(const Step &s) const override {
    const At at(s);
    const Tensor m = at.value(s.slots[0]);
    const Tensor direction = at.mix(options.beta_1, m, 1 - options.beta_1, s.gradient), signs = sign(at(direction));
    const Tensor next = at.mix(options.beta_2, m, 1 - options.beta_2, s.gradient);
    s.slots[0].assign(at(next));
    const Tensor step = at(s.learning_rate) * at(signs);
    return at(s.variable) - at(step);
  }
  LionOptions options;
};

template <class O> UpdateOptions common(const O &o) {
  return {o.weight_decay, o.clipnorm, o.clipvalue, o.global_clipnorm};
}
bool is_beta(double beta) { return beta >= 0 && beta < 1; }

const SGDOptions &checked(const SGDOptions &o, Location where) {
  expect(o.momentum >= 0 && o.momentum <= 1, o.name, "expected momentum in [0, 1]", where);
  return o;
}
const AdamOptions &checked(const AdamOptions &o, Location where) {
  expect(is_beta(o.beta_1) && is_beta(o.beta_2), o.name, "expected beta_1 and beta_2 in [0, 1)", where);
  return o;
}
AdamOptions as_adam(const AdamWOptions &o) {
  return {o.beta_1, o.beta_2, o.epsilon, o.amsgrad, o.weight_decay, o.clipnorm, o.clipvalue, o.global_clipnorm, o.name};
}
const RMSPropOptions &checked(const RMSPropOptions &o, Location where) {
  expect(is_beta(o.rho) && o.momentum >= 0, o.name, "expected rho in [0, 1) and momentum >= 0", where);
  return o;
}
const AdagradOptions &checked(const AdagradOptions &o, Location where) {
  expect(o.initial_accumulator_value >= 0, o.name, "expected initial_accumulator_value >= 0", where);
  return o;
}
const LionOptions &checked(const LionOptions &o, Location where) {
  expect(is_beta(o.beta_1) && is_beta(o.beta_2), o.name, "expected beta_1 and beta_2 in [0, 1)", where);
  return o;
}

} // namespace

SGD::SGD(LearningRate rate, const SGDOptions &o, Location where)
    : Optimizer(o.name, std::move(rate), new SGDRule(checked(o, where)), common(o), where) {}
Adam::Adam(LearningRate rate, const AdamOptions &o, Location where)
    : Optimizer(o.name, std::move(rate), new AdamRule(checked(o, where)), common(o), where) {}
AdamW::AdamW(LearningRate rate, const AdamWOptions &o, Location where)
    : Optimizer(o.name, std::move(rate), new AdamRule(checked(as_adam(o), where)), common(o), where) {}
RMSProp::RMSProp(LearningRate rate, const RMSPropOptions &o, Location where)
    : Optimizer(o.name, std::move(rate), new RMSPropRule(checked(o, where)), common(o), where) {}
Adagrad::Adagrad(LearningRate rate, const AdagradOptions &o, Location where)
    : Optimizer(o.name, std::move(rate), new AdagradRule(checked(o, where)), common(o), where) {}
Lion::Lion(LearningRate rate, const LionOptions &o, Location where)
    : Optimizer(o.name, std::move(rate), new LionRule(checked(o, where)), common(o), where) {}

} // namespace tenon::optim
