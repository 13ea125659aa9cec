// Training: compile, fit, evaluate and predict, of nn::Model and nn::Sequential.
#pragma once

#include "tenon/callbacks.h"
#include "tenon/function.h"
#include "tenon/nn/layer.h"
#include "tenon/nn/objectives.h"
#include "tenon/nn/parts.h"

namespace tenon::nn {

/// `model.compile({.optimizer = optim::Adam(1e-3), .loss = losses::huber, .metrics = {"accuracy"}})`
struct CompileOptions {
  optim::Optimizer optimizer = optim::Adam();
  Losses loss = {};                       ///< one, or one for each output: `{{"rating", losses::huber, 0.5}, ...}`
  std::vector<OutputMetric> metrics = {}; ///< of several outputs: `{{"seen", "accuracy"}, ...}`
  bool run_eagerly = false; ///< steps run as they are written, operation by operation: for looking into them
};

/// What fit prints to standard output.
enum class Verbose : std::uint8_t {
  automatic, ///< a bar in place on a terminal, else a line for each epoch
  silent,
  bar,
  lines,
};

/// Inputs [N,...], what they should give [N,...], and weights [N] or none: one for all outputs, or one for each.
struct Examples {
  Parts x = {}, y = {}, sample_weight = {};
};

struct FitOptions {
  int batch_size = 32;
  int epochs = 1;
  double validation_split = 0;           ///< this part of the examples, the last ones, are not trained on but evaluated
  Examples validation_data = {};         ///< evaluated after each epoch: {x, y} or {x, y, sample_weight}
  bool shuffle = true;                   ///< another order of the examples in each epoch
  std::int64_t seed = 0;                 ///< of these orders
  std::vector<double> class_weight = {}; ///< a weight for each class, by the labels in y: for one output
  Parts sample_weight = {};              ///< a weight for each example: one for all outputs, or one for each
  std::vector<callbacks::Callback> callbacks = {};
  Verbose verbose = Verbose::automatic;
  bool allow_nan = false; ///< else a loss that is not finite ends fit with an Error that names the step
};
struct EvaluateOptions {
  int batch_size = 32;
  Parts sample_weight = {};
};
struct PredictOptions {
  int batch_size = 32;
};

/// What fit gives: the numbers of each epoch, by name.
class History {
public:
  /// "loss", "accuracy", "val_loss", ...: one number an epoch. An Error lists what there is.
  const std::vector<double> &operator[](std::string_view name) const;
  bool contains(std::string_view name) const;
  std::vector<std::string> names() const;
  /// Epochs that were finished.
  int epochs() const { return epochs_; }
  std::int64_t steps = 0;
  bool interrupted = false; ///< by Ctrl-C
  std::string stopped;      ///< why it ended early, or empty
  void add(const Logs &logs);

private:
  std::vector<std::pair<std::string, std::vector<double>>> values_;
  int epochs_ = 0;
};

namespace detail {
struct TrainerState;

// What a model takes: its parameters before a Call, as one structure.
template <class... P> struct Taken {
  using type = std::tuple<P...>;
};
template <class P> struct Taken<P> {
  using type = P;
};
template <class Before, class... P> struct WithoutCall;
template <class... B> struct WithoutCall<Types<B...>> {
  using type = typename Taken<B...>::type;
};
template <class... B, class P, class... R>
struct WithoutCall<Types<B...>, P, R...>
    : std::conditional_t<std::is_same_v<std::remove_cvref_t<P>, Call>, WithoutCall<Types<B...>>,
                         WithoutCall<Types<B..., std::conditional_t<std::is_same_v<std::remove_cvref_t<P>, Arg>, Tensor,
                                                                    std::remove_cvref_t<P>>>,
                                     R...>> {};
template <class M> consteval auto inputs_of() {
  if constexpr (std::is_invocable_v<M &, const Tensor &>) {
    return std::type_identity<Tensor>();
  } else {
    static_assert(Stated<M>, "tenon: a model that does not take one Tensor has one call operator, no template, whose "
                             "parameters are Tensors or structures of them, and perhaps a tenon::Call behind them");
    return []<class... P>(Types<P...>) {
      return std::type_identity<typename WithoutCall<Types<>, P...>::type>();
    }(typename tenon::detail::Callable<M>::parameters());
  }
}
template <class M> using InputsOf = typename decltype(inputs_of<M>())::type;

// Calls a model with the structure that it takes, as one parameter or as several.
template <class M> auto call_model(M &model, const InputsOf<M> &x, Call call) {
  static_assert(TensorStructure<InputsOf<M>>, "tenon: a model takes Tensors, or structures of nothing but Tensors");
  if constexpr (std::is_base_of_v<Layer, M>)
    return model.masked(x, call);
  else if constexpr (std::is_invocable_v<M &, const InputsOf<M> &, Call>)
    return model(x, call);
  else if constexpr (std::is_invocable_v<M &, const InputsOf<M> &>)
    return model(x);
  else
    return std::apply(
        [&](const auto &...parts) {
          if constexpr (std::is_invocable_v<M &, decltype(parts)..., Call>)
            return model(parts..., call);
          else
            return model(parts...);
        },
        x);
}
template <class M>
using ResultOf =
    std::remove_cvref_t<decltype(call_model(std::declval<M &>(), std::declval<const InputsOf<M> &>(), Call()))>;

// What it gives, without a mask.
template <class M> using OutputsOf = std::conditional_t<std::is_same_v<ResultOf<M>, Masked>, Tensor, ResultOf<M>>;

// What a model gave, with the mask that it may have.
struct Called {
  Parts outputs;
  std::optional<Tensor> mask = {};
};

// The model that a call of fit, evaluate or predict is for.
struct Subject {
  void *object;
  Called (*call)(void *object, std::span<const Tensor> x, Call call);
  std::optional<std::vector<std::string>> (*inputs)();  // the names of what it takes; nothing: any number
  std::optional<std::vector<std::string>> (*outputs)(); // and of what it gives
  Variables (*variables)(const void *object);
};

// Where batches go; false: enough.
class Sink {
public:
  virtual bool batch(const Parts &x, const Parts &y, const Parts &sample_weight) = 0;

protected:
  ~Sink() = default;
};
// Batches of one epoch after the other.
class Batches {
public:
  virtual void each(int epoch, Sink &sink) = 0;
  virtual std::int64_t count() const { return 0; } ///< 0: not known

protected:
  ~Batches() = default;
};
template <class R> class RangeOfBatches final : public Batches {
public:
  explicit RangeOfBatches(R &range) : range_(range) {}
  void each(int, Sink &sink) override {
    for (auto &&element : range_) {
      if constexpr (std::tuple_size_v<std::remove_cvref_t<decltype(element)>> == 3) {
        const auto &[x, y, w] = element;
        if (!sink.batch(x, y, w))
          return;
      } else {
        const auto &[x, y] = element;
        if (!sink.batch(x, y, {}))
          return;
      }
    }
  }
  std::int64_t count() const override {
    if constexpr (requires { std::size(range_); })
      return std::int64_t(std::size(range_));
    else
      return 0;
  }

private:
  R &range_;
};
template <class R>
concept BatchRange = requires(R &range) {
  range.begin() != range.end();
  requires std::tuple_size_v<std::remove_cvref_t<decltype(*range.begin())>> >= 2;
};

// What does not depend on the model's type.
class Trainer {
public:
  void compile(const CompileOptions &options, Location where);
  History fit(const Subject &subject, const Parts &x, const Parts &y, const FitOptions &options, Location where);
  History fit(const Subject &subject, Batches &batches, const FitOptions &options, Location where);
  Logs evaluate(const Subject &subject, const Parts &x, const Parts &y, const EvaluateOptions &options, Location where);
  Logs evaluate(const Subject &subject, Batches &batches, Location where);
  std::vector<Tensor> predict(const Subject &subject, const Parts &x, const PredictOptions &options, Location where);
  TrainerState &state(const char *operation, Location where) const;

private:
  tenon::detail::Shares<TrainerState> state_;
};
} // namespace detail

/// Gives a callable with variables, M, its training loop.
///
/// compile() says how it is trained. The steps are compiled functions with an open number of examples, traced at the
/// first batch and again only where dtypes or the other sizes change; the model's C++ values count as they are then.
/// fit takes Tensors, whose first dimension is the examples, or any range of (x, y) or (x, y, sample_weight) batches,
/// which it walks once an epoch. While it runs, Ctrl-C ends it after the step, with the variables as that step left
/// them (the next Ctrl-C ends the program).
///
/// A model may take several Tensors, or a struct, tuple, array or vector of them, and give such a structure. Then x and
/// y are structures too: of the model's own types, or lists `{a, b}` in their order; parts with names go where the
/// model has these names. The loss is the weighted sum of the outputs' losses.
///
/// Steps that a mask leaves out count neither in the loss nor in metrics: a Sequential hands the mask on from its
/// Embedding or Masking, and a module of one's own may give an nn::Masked.
template <class M> class Trainable {
public:
  void compile(const CompileOptions &options, Location where = Location::current()) {
    trainer_.compile(options, where);
  }
  /// Trains; the order of operations is fixed, so the same seeds give the same bits.
  History fit(const Parts &x, const Parts &y, const FitOptions &options = {}, Location where = Location::current()) {
    return trainer_.fit(subject(), x, y, options, where);
  }
  template <detail::BatchRange R>
  History fit(R &&batches, const FitOptions &options = {}, Location where = Location::current()) {
    detail::RangeOfBatches<std::remove_reference_t<R>> range(batches);
    return trainer_.fit(subject(), range, options, where);
  }
  /// The mean loss, "loss", and the metrics over all examples. With several outputs also the mean loss of each,
  /// "rating_loss", without its weight, and metrics are called "rating_accuracy".
  Logs evaluate(const Parts &x, const Parts &y, const EvaluateOptions &options = {},
                Location where = Location::current()) {
    return trainer_.evaluate(subject(), x, y, options, where);
  }
  template <detail::BatchRange R> Logs evaluate(R &&batches, Location where = Location::current()) {
    detail::RangeOfBatches<std::remove_reference_t<R>> range(batches);
    return trainer_.evaluate(subject(), range, where);
  }
  /// What the model gives for x, computed batch by batch: [N,...], in its structure. Needs no compile().
  auto predict(const Parts &x, const PredictOptions &options = {}, Location where = Location::current()) {
    return detail::from_parts<detail::OutputsOf<M>>(trainer_.predict(subject(), x, options, where));
  }

private:
  detail::Subject subject() {
    return {static_cast<M *>(this),
            [](void *object, std::span<const Tensor> x, Call call) {
              auto y = detail::call_model(*static_cast<M *>(object), detail::from_parts<detail::InputsOf<M>>(x), call);
              if constexpr (std::is_same_v<decltype(y), Masked>)
                return detail::Called{y.value, std::move(y.mask)};
              else
                return detail::Called{y};
            },
            &detail::names_of_parts<detail::InputsOf<M>>, &detail::names_of_parts<detail::OutputsOf<M>>,
            [](const void *object) { return tenon::variables(*static_cast<const M *>(object)); }};
  }
  detail::Trainer trainer_;
};

/// A module, or any callable with variables, that can be trained: `nn::Model model{Net{}}`. It is the module too:
/// `model(x)`, `model.fc1`.
template <class N> class Model : public N, public Trainable<Model<N>> {
public:
  using tenon_module = Model;
  explicit Model(N network) : N(std::move(network)) {}
  using N::operator();
  using Trainable<Model>::compile, Trainable<Model>::fit, Trainable<Model>::evaluate, Trainable<Model>::predict;
  Variables variables() const { return tenon::variables(static_cast<const N &>(*this)); }
  Variables trainable_variables() const { return variables().trainable(); }
  void collect(Collector &collector, const std::string &path) const {
    collector.member(path, static_cast<const N &>(*this));
  }
};

} // namespace tenon::nn
