// Optimizers: one interface, and the update rules of Keras 3 with their epsilons and defaults.
#pragma once

#include "tenon/module.h"
#include "tenon/schedules.h"

#include <iterator>

namespace tenon {

namespace optim {

/// What one step of a rule knows about one variable. Scalars have the variable's dtype, but for the iterations.
struct Step {
  Tensor variable;                  ///< its value, weight decay applied
  Tensor gradient;                  ///< clipped, in the variable's dtype
  std::span<const Variable> slots;  ///< in the order of Rule::slots()
  Tensor learning_rate, iterations; ///< iterations: i64, the steps taken before this one
  Location where;                   ///< the user's line
};

/// How an optimizer changes one variable: the part that differs. Derive from it to write another optimizer.
class Rule : public tenon::detail::Shared {
public:
  /// State of the variable's shape and dtype that the rule keeps for each variable.
  struct Slot {
    const char *name;
    double initial = 0;
  };
  virtual std::vector<Slot> slots() const = 0;
  /// Assigns the slots and returns the variable's new value.
  virtual Tensor update(const Step &step) const = 0;
};

/// What every optimizer can do with gradients and variables; 0 is off. One way of clipping at most.
struct UpdateOptions {
  double weight_decay = 0;    ///< each step first subtracts weight_decay * learning_rate * variable
  double clipnorm = 0;        ///< bounds the 2-norm of each gradient
  double clipvalue = 0;       ///< bounds the absolute value of each element
  double global_clipnorm = 0; ///< bounds the 2-norm of all gradients together
};

namespace detail {
struct OptimizerState;
/// A variable, with the path that messages and slots call it by (empty: its name).
struct Target {
  const Variable *variable;
  std::string path;
};
inline Target target(const Variable &variable) { return {&variable, {}}; }
inline Target target(const NamedVariable &variable) { return {&variable, variable.path}; }
template <class R>
concept VariableRange = requires(const R &range) {
  requires std::is_base_of_v<Variable, std::remove_cvref_t<decltype(*std::begin(range))>>;
  std::end(range);
};
template <class R>
concept GradientPairs = requires(const R &range) {
  std::end(range);
  requires std::is_same_v<Tensor, std::remove_cvref_t<decltype(std::begin(range)->first)>>;
  requires std::is_base_of_v<Variable, std::remove_cvref_t<decltype(std::begin(range)->second)>>;
};
} // namespace detail

/// Changes variables along their gradients. A handle: a copy shares the state, which lives as long as the last.
///
/// The state, made at the first apply_gradients or by build(): `iterations`, the number of steps (i64), the learning
/// rate where it is no schedule (f32), and each variable's slots. They are Variables, so that a traced step updates
/// them too. Optimizers are not for several threads at once.
class Optimizer {
public:
  /// An optimizer with a rule of the user's own, which it owns; `name` begins the names of its variables.
  Optimizer(std::string name, LearningRate learning_rate, Rule *rule, const UpdateOptions &options = {},
            Location where = Location::current());
  Optimizer(const Optimizer &);
  Optimizer &operator=(const Optimizer &);
  ~Optimizer();

  /// One step: each variable changes along its gradient, of the same shape, and `iterations` grows by 1. The variables
  /// are any range of Variables. A variable met for the first time gets its slots, also in a function that is traced;
  /// after build() it is an Error. Errors name the variable: lists of different lengths, a shape that differs, no
  /// gradient, a variable twice, or of integers.
  template <detail::VariableRange R>
  void apply_gradients(std::span<const Tensor> gradients, const R &variables, Location where = Location::current()) {
    std::vector<detail::Target> targets;
    for (const auto &variable : variables) targets.push_back(detail::target(variable));
    apply(gradients, targets, where);
  }
  void apply_gradients(std::initializer_list<Tensor> gradients, std::initializer_list<Variable> variables,
                       Location where = Location::current()) {
    apply_gradients(std::span(gradients.begin(), gradients.size()), variables, where);
  }
  /// The same with pairs: `apply_gradients(zip(gradients, variables))`.
  template <detail::GradientPairs P>
  void apply_gradients(const P &gradients_and_variables, Location where = Location::current()) {
    std::vector<Tensor> gradients;
    std::vector<detail::Target> targets;
    for (const auto &pair : gradients_and_variables) {
      gradients.push_back(pair.first);
      targets.push_back(detail::target(pair.second));
    }
    apply(gradients, targets, where);
  }

  /// Makes the slots of these variables; others are an Error from then on.
  template <detail::VariableRange R> void build(const R &variables, Location where = Location::current()) {
    std::vector<detail::Target> targets;
    for (const auto &variable : variables) targets.push_back(detail::target(variable));
    build_all(targets, where);
  }
  /// Leaves these variables out of weight decay, e.g. biases and scales of norms.
  template <detail::VariableRange R> void exclude_from_weight_decay(const R &variables) {
    for (const Variable &variable : variables) exclude(variable);
  }

  /// The number of steps taken: an i64 scalar.
  const Variable &iterations() const;
  /// The learning rate of the next step: the number, or the schedule's at `iterations`.
  Tensor learning_rate(Location where = Location::current()) const;
  /// Gives another rate, without a retrace of compiled steps. An Error where a schedule gives it.
  void set_learning_rate(const Arg &value);
  bool has_schedule() const;
  /// All of the state, for checkpoints: iterations, learning rate, then slots variable by variable. None is trainable.
  Variables variables() const;
  void collect(Collector &collector, const std::string &path) const;
  const std::string &name() const;
  /// Whether two handles share one state.
  bool is(const Optimizer &other) const { return state_.is(other.state_); }

private:
  void apply(std::span<const Tensor> gradients, std::span<const detail::Target> targets, Location where);
  void build_all(std::span<const detail::Target> targets, Location where);
  void exclude(const Variable &variable);
  tenon::detail::Shares<detail::OptimizerState> state_;
};

struct SGDOptions {
  double momentum = 0; ///< in [0, 1]
  bool nesterov = false;
  double weight_decay = 0, clipnorm = 0, clipvalue = 0, global_clipnorm = 0; ///< see UpdateOptions
  std::string name = "sgd";
};
/// w -= r g; with momentum m = momentum m - r g, w += m, or with Nesterov's w += momentum m - r g.
class SGD : public Optimizer {
public:
  explicit SGD(LearningRate learning_rate = 0.01, const SGDOptions &options = {}, Location where = Location::current());
};

struct AdamOptions {
  double beta_1 = 0.9, beta_2 = 0.999, epsilon = 1e-7;
  bool amsgrad = false;                                                      ///< Reddi et al., 2018
  double weight_decay = 0, clipnorm = 0, clipvalue = 0, global_clipnorm = 0; ///< see UpdateOptions
  std::string name = "adam";
};
/// Kingma and Ba, 2014, the form before its section 2.1: m += (g - m) (1 - beta_1), v += (g^2 - v) (1 - beta_2),
/// w -= r sqrt(1 - beta_2^t) / (1 - beta_1^t) m / (sqrt(v) + epsilon).
class Adam : public Optimizer {
public:
  explicit Adam(LearningRate learning_rate = 0.001, const AdamOptions &options = {},
                Location where = Location::current());
};

struct AdamWOptions {
  double weight_decay = 0.004;
  double beta_1 = 0.9, beta_2 = 0.999, epsilon = 1e-7;
  bool amsgrad = false;
  double clipnorm = 0, clipvalue = 0, global_clipnorm = 0; ///< see UpdateOptions
  std::string name = "adamw";
};
/// Adam with weight decay apart from the gradient (Loshchilov and Hutter, 2017).
class AdamW : public Optimizer {
public:
  explicit AdamW(LearningRate learning_rate = 0.001, const AdamWOptions &options = {},
                 Location where = Location::current());
};

struct RMSPropOptions {
  double rho = 0.9, momentum = 0, epsilon = 1e-7;
  bool centered = false; ///< subtracts the square of the running mean of gradients
  double weight_decay = 0, clipnorm = 0, clipvalue = 0, global_clipnorm = 0; ///< see UpdateOptions
  std::string name = "rmsprop";
};
/// v = rho v + (1 - rho) g^2, w -= r g / sqrt(v + epsilon) (Hinton, 2012); with momentum, that step is accumulated.
class RMSProp : public Optimizer {
public:
  explicit RMSProp(LearningRate learning_rate = 0.001, const RMSPropOptions &options = {},
                   Location where = Location::current());
};

struct AdagradOptions {
  double initial_accumulator_value = 0.1, epsilon = 1e-7;
  double weight_decay = 0, clipnorm = 0, clipvalue = 0, global_clipnorm = 0; ///< see UpdateOptions
  std::string name = "adagrad";
};
/// a += g^2, w -= r g / sqrt(a + epsilon) (Duchi et al., 2011).
class Adagrad : public Optimizer {
public:
  explicit Adagrad(LearningRate learning_rate = 0.001, const AdagradOptions &options = {},
                   Location where = Location::current());
};

struct LionOptions {
  double beta_1 = 0.9, beta_2 = 0.99;
  double weight_decay = 0, clipnorm = 0, clipvalue = 0, global_clipnorm = 0; ///< see UpdateOptions
  std::string name = "lion";
};
/// w -= r sign(beta_1 m + (1 - beta_1) g), m = beta_2 m + (1 - beta_2) g (Chen et al., 2023).
class Lion : public Optimizer {
public:
  explicit Lion(LearningRate learning_rate = 0.001, const LionOptions &options = {},
                Location where = Location::current());
};

} // namespace optim

namespace detail {
[[noreturn]] void refuse_zip(std::size_t first, std::size_t second, Location where);
}
/// Pairs of gradients and variables, in order. An Error where one list is longer.
template <class G, optim::detail::VariableRange V>
auto zip(const G &gradients, const V &variables, Location where = Location::current()) {
  std::vector<std::pair<Tensor, std::remove_cvref_t<decltype(*std::begin(variables))>>> pairs;
  const auto first = std::size_t(std::size(gradients)), second = std::size_t(std::size(variables));
  if (first != second)
    detail::refuse_zip(first, second, where);
  auto variable = std::begin(variables);
  for (const Tensor &gradient : gradients) pairs.emplace_back(gradient, *variable++);
  return pairs;
}

} // namespace tenon
