// Optimizer: the variables and slots it knows, clipping, weight decay, and one step.
#include "at.h"
#include "promote.h"
#include "state.h"
#include "tenon/create.h"
#include "tenon/ops.h"
#include "tenon/optim.h"
#include "trace.h"

namespace tenon {

using namespace tenon::detail;

void detail::refuse_zip(std::size_t first, std::size_t second, Location where) {
  throw Error("zip", std::to_string(first) + " gradients and " + std::to_string(second) + " variables", where,
              "one gradient for each variable");
}

namespace optim {

struct detail::OptimizerState : Shared {
  std::string describe() const override { return "the optimizer '" + name + "'"; }
  struct Entry {
    Variable variable;
    std::string path;
    std::vector<Variable> slots;
  };
  OptimizerState(std::string name, LearningRate rate, Rule *rule, const UpdateOptions &options)
      : name(std::move(name)), rate(std::move(rate)), rule(rule), options(options) {}

  std::string name;
  LearningRate rate;
  Shares<Rule> rule;
  UpdateOptions options;
  std::optional<Variable> iterations, learning_rate; // learning_rate: where it is no schedule
  std::vector<Entry> entries;                        // in the order in which they were met
  llvm::DenseMap<VariableState *, std::size_t> places;
  std::vector<Variable> without_decay;
  bool is_closed = false; // by build(): no more variables

  void add(const Target &target, Location where);
  bool decays(const Variable &variable) const {
    return options.weight_decay != 0 && llvm::none_of(without_decay, [&](const Variable &v) { return v.is(variable); });
  }
};

using detail::OptimizerState;
using detail::Target;

namespace {

std::string path_of(const Target &target) { return target.path.empty() ? target.variable->name() : target.path; }
std::string quoted(const Target &target) {
  const std::string path = path_of(target);
  return path.empty() ? "a variable without a name" : "'" + path + "'";
}

// g * norm / max(|g|, norm), with a derivative at 0.
Tensor clip_by_norm(const Tensor &gradient, double norm, At at) {
  const Tensor squares = square(at(gradient)), total = sum(at(squares)), some = at(total) > 0;
  const Tensor safe = where(at(some), at(total), 1), root = sqrt(at(safe));
  const Tensor length = where(at(some), at(root), at(total)), divisor = maximum(at(length), norm);
  return at(at(gradient) * norm) / at(divisor);
}

// All by norm * min(1 / n, 1 / norm), where n is the norm of all together; an n that is not finite makes them NaN.
void clip_by_global_norm(std::span<Tensor> gradients, double norm, At at) {
  Tensor total;
  for (std::size_t i = 0; i < gradients.size(); ++i) {
    const Tensor squares = square(at(gradients[i])), part = sum(at(squares));
    const Tensor in_f32 = size_of(part.dtype(at.where)) < 4 ? cast(at(part), f32) : part;
    total = i == 0 ? in_f32 : at(total) + at(in_f32);
  }
  const Tensor n = sqrt(at(total)), inverse = at(1.0) / at(n), bounded = minimum(at(inverse), 1 / norm);
  const Tensor nothing = at(n) - at(n), factor = at(at(bounded) * norm) + at(nothing);
  for (Tensor &gradient : gradients) {
    const Tensor own = cast(at(factor), gradient.dtype(at.where));
    gradient = at(gradient) * at(own);
  }
}

void clip(std::vector<Tensor> &gradients, const UpdateOptions &options, At at) {
  if (options.clipnorm > 0)
    for (Tensor &gradient : gradients) gradient = clip_by_norm(gradient, options.clipnorm, at);
  else if (options.global_clipnorm > 0)
    clip_by_global_norm(gradients, options.global_clipnorm, at);
  else if (options.clipvalue > 0)
    for (Tensor &gradient : gradients) gradient = clamp(at(gradient), -options.clipvalue, options.clipvalue);
}

// Gradient and variable of one shape and both of floating numbers; the gradient in the variable's dtype.
Tensor checked(const Tensor &gradient, const Target &target, At at) {
  const auto fail = [&](const std::string &problem, const std::string &remedy) {
    throw Error("apply_gradients", problem, at.where, remedy);
  };
  if (!is_floating(target.variable->dtype()))
    fail(quoted(target) + " is " + tenon::detail::describe(target.variable->dtype(), target.variable->shape()) +
             ", and only floating numbers are trained",
         "take trainable_variables()");
  const bool has_value = is_tracing || Access::buffer(gradient);
  if (!has_value)
    fail("the gradient of " + quoted(target) + " has no value", "the target of the tape does not depend on it");
  const TensorType type = type_of(gradient, "apply_gradients", at.where);
  const Shape shape = target.variable->shape();
  bool fits = type.dims.size() == shape.size() && is_floating(type.dtype);
  for (std::size_t i = 0; fits && i < shape.size(); ++i) fits = type.dims[i] == shape[i] || type.dims[i] == open;
  if (!fits)
    fail("the gradient of " + quoted(target) + " is " + type.describe() + ", but the variable is " +
             tenon::detail::describe(target.variable->dtype(), shape),
         "gradients and variables go in the same order");
  return type.dtype == target.variable->dtype() ? gradient : cast(at(gradient), target.variable->dtype());
}

} // namespace

// First values are computed now, also while a function is traced.
void OptimizerState::add(const Target &target, Location where) {
  const PauseTrace pause;
  const Variable &variable = *target.variable;
  std::string path = path_of(target);
  if (path.empty())
    path = "variable" + std::to_string(entries.size());
  Entry entry{variable, path, {}};
  for (const Rule::Slot &slot : rule->slots())
    entry.slots
        .emplace_back(full(variable.shape(), Arg(slot.initial, where), variable.dtype()),
                      name + "." + path + "." + slot.name, where)
        .set_trainable(false);
  places[Access::state(variable)] = entries.size();
  entries.push_back(std::move(entry));
}

Optimizer::Optimizer(std::string name, LearningRate learning_rate, Rule *rule, const UpdateOptions &options,
                     Location where)
    : state_(new OptimizerState(std::move(name), std::move(learning_rate), rule, options)) {
  const auto fail = [&](const std::string &problem) { throw Error(state_->name, problem, where); };
  if ((options.clipnorm != 0) + (options.clipvalue != 0) + (options.global_clipnorm != 0) > 1)
    fail("expected at most one of clipnorm, clipvalue and global_clipnorm");
  for (const auto &[option, value] : {std::pair("clipnorm", options.clipnorm),
                                      {"clipvalue", options.clipvalue},
                                      {"global_clipnorm", options.global_clipnorm},
                                      {"weight_decay", options.weight_decay}})
    if (!(value >= 0))
      fail("expected " + std::string(option) + " >= 0, but got " + std::to_string(value));
  const PauseTrace pause;
  state_->iterations.emplace(Tensor(std::int64_t(0), i64, where), state_->name + ".iterations", where);
  if (!state_->rate.is_schedule())
    state_->learning_rate.emplace(Tensor(state_->rate.value(), f32, where), state_->name + ".learning_rate", where)
        .set_trainable(false);
}
Optimizer::Optimizer(const Optimizer &) = default;
Optimizer &Optimizer::operator=(const Optimizer &) = default;
Optimizer::~Optimizer() = default;

const Variable &Optimizer::iterations() const { return *state_->iterations; }
bool Optimizer::has_schedule() const { return state_->rate.is_schedule(); }
const std::string &Optimizer::name() const { return state_->name; }

Tensor Optimizer::learning_rate(Location where) const {
  if (!has_schedule())
    return state_->learning_rate->value(where);
  return state_->rate.at(iterations().value(where), where);
}

void Optimizer::set_learning_rate(const Arg &value) {
  if (has_schedule())
    throw Error("set_learning_rate", "the learning rate of '" + name() + "' follows a schedule", value.where,
                "make the optimizer with a number");
  const Tensor rate = cast(value, f32);
  state_->learning_rate->assign(Arg(rate, value.where));
}

Variables Optimizer::variables() const { return tenon::variables(*this); }

void Optimizer::collect(Collector &collector, const std::string &path) const {
  if (!collector.enter(state_.get()))
    return;
  collector.add(join(path, "iterations"), iterations());
  if (state_->learning_rate)
    collector.add(join(path, "learning_rate"), *state_->learning_rate);
  const std::vector<Rule::Slot> slots = state_->rule->slots();
  for (const OptimizerState::Entry &entry : state_->entries)
    for (std::size_t i = 0; i < slots.size(); ++i)
      collector.add(join(path, entry.path + "." + slots[i].name), entry.slots[i]);
}

void Optimizer::exclude(const Variable &variable) { state_->without_decay.push_back(variable); }

void Optimizer::build_all(std::span<const Target> targets, Location where) {
  for (const Target &target : targets)
    if (!state_->places.contains(Access::state(*target.variable)))
      state_->add(target, where);
  state_->is_closed = true;
}

void Optimizer::apply(std::span<const Tensor> gradients, std::span<const Target> targets, Location where) {
  OptimizerState &state = *state_;
  const At at{where};
  const auto fail = [&](const std::string &problem, const std::string &remedy = {}) {
    throw Error("apply_gradients", problem, where, remedy);
  };
  if (gradients.size() != targets.size())
    fail(std::to_string(gradients.size()) + " gradients for " + std::to_string(targets.size()) + " variables",
         "one gradient for each variable, in the same order");
  if (targets.empty())
    fail("no variables", "a layer has its variables after its first call");

  std::vector<Tensor> values;
  llvm::SmallPtrSet<VariableState *, 16> seen;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    if (!seen.insert(Access::state(*targets[i].variable)).second)
      fail(quoted(targets[i]) + " is given twice");
    values.push_back(checked(gradients[i], targets[i], at));
  }
  for (const Target &target : targets)
    if (!state.places.contains(Access::state(*target.variable))) {
      if (state.is_closed)
        fail(quoted(target) + " is not among the variables that '" + state.name + "' was built with",
             "give it to build(), or make another optimizer");
      state.add(target, where);
    }

  clip(values, state.options, at);
  const Tensor rate = learning_rate(where), iterations = state.iterations->value(where);
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const OptimizerState::Entry &entry = state.entries[state.places.lookup(Access::state(*targets[i].variable))];
    const DType dtype = entry.variable.dtype();
    Step step{entry.variable.value(where), values[i], entry.slots, cast(at(rate), dtype), iterations, where};
    if (state.decays(entry.variable)) {
      const Tensor share = at(step.variable) * state.options.weight_decay, decay = at(share) * at(step.learning_rate);
      step.variable = at(step.variable) - at(decay);
    }
    entry.variable.assign(at(state.rule->update(step)));
  }
  const Tensor next = at(iterations) + 1;
  state.iterations->assign(at(next));
}

} // namespace optim
} // namespace tenon
