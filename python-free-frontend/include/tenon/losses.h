// Losses: named function objects of (y_true, y_pred), with the definitions, epsilons and defaults of Keras 3.
//
// A loss computes one value for each sample, as its line below says, and reduces them: by default to their mean, a
// scalar. [B...,C] is y_pred's shape; y_true is cast to y_pred's dtype, which is the result's. Without options:
// `losses::huber(y, p)`; with: `losses::huber(y, p, {.delta = 2})`, or `losses::Huber({.delta = 2})` to keep one.
// `losses::huber(y, p, weights)` multiplies the value of each sample by its weight before reducing. A mean of no values
// (an empty batch) is an Error, where sizes are open when the function runs. Safe from several threads.
#pragma once

#include "tenon/handle.h"
#include "tenon/ops.h"

#include <optional>

namespace tenon::losses {

/// What becomes of the samples' values.
enum class Reduction : std::uint8_t {
  sum_over_batch_size,     ///< their (weighted) sum, divided by how many there are
  sum,                     ///< their (weighted) sum
  none,                    ///< nothing: [B...]
  mean_with_sample_weight, ///< their weighted sum, divided by the sum of the weights; 0 where that is 0
};

struct LossOptions {
  Reduction reduction = Reduction::sum_over_batch_size;
};
struct HuberOptions {
  double delta = 1; ///< where the square turns into a line
  Reduction reduction = Reduction::sum_over_batch_size;
};
struct CrossentropyOptions {
  bool from_logits = false;   ///< y_pred is what a softmax or sigmoid would take, else probabilities
  double label_smoothing = 0; ///< in [0, 1]: moves y_true toward the uniform distribution
  Reduction reduction = Reduction::sum_over_batch_size;
};
struct SparseCrossentropyOptions {
  bool from_logits = false; ///< y_pred is what a softmax would take, else probabilities
  Reduction reduction = Reduction::sum_over_batch_size;
};
struct CosineOptions {
  int axis = -1;
  Reduction reduction = Reduction::sum_over_batch_size;
};

/// A loss by name, with options O: the base of those below.
template <class O> class LossFunction {
public:
  using Options = O;
  using Values = Tensor (*)(const Arg &y_true, const Arg &y_pred, const O &options);

  Tensor operator()(const Arg &y_true, const Arg &y_pred) const { return reduce(y_true, y_pred, nullptr, options_); }
  Tensor operator()(const Arg &y_true, const Arg &y_pred, const O &options) const {
    return reduce(y_true, y_pred, nullptr, options);
  }
  /// `sample_weight`: the shape of the values ([B...]), or one that broadcasts to it.
  Tensor operator()(const Arg &y_true, const Arg &y_pred, const Tensor &sample_weight) const {
    return reduce(y_true, y_pred, &sample_weight, options_);
  }
  Tensor operator()(const Arg &y_true, const Arg &y_pred, const Tensor &sample_weight, const O &options) const {
    return reduce(y_true, y_pred, &sample_weight, options);
  }
  constexpr const char *name() const { return name_; }
  constexpr const O &options() const { return options_; }

protected:
  constexpr LossFunction(const char *name, Values values, const O &options)
      : name_(name), values_(values), options_(options) {}

private:
  Tensor reduce(const Arg &y_true, const Arg &y_pred, const Tensor *weight, const O &options) const;

  const char *name_;
  Values values_;
  O options_;
};

namespace detail {
Tensor squared(const Arg &, const Arg &, const LossOptions &);
Tensor absolute(const Arg &, const Arg &, const LossOptions &);
Tensor percentage(const Arg &, const Arg &, const LossOptions &);
Tensor logarithmic(const Arg &, const Arg &, const LossOptions &);
Tensor huber(const Arg &, const Arg &, const HuberOptions &);
Tensor log_cosh(const Arg &, const Arg &, const LossOptions &);
Tensor binary(const Arg &, const Arg &, const CrossentropyOptions &);
Tensor categorical(const Arg &, const Arg &, const CrossentropyOptions &);
Tensor sparse_categorical(const Arg &, const Arg &, const SparseCrossentropyOptions &);
Tensor kl_divergence(const Arg &, const Arg &, const LossOptions &);
Tensor poisson(const Arg &, const Arg &, const LossOptions &);
Tensor hinge(const Arg &, const Arg &, const LossOptions &);
Tensor squared_hinge(const Arg &, const Arg &, const LossOptions &);
Tensor categorical_hinge(const Arg &, const Arg &, const LossOptions &);
Tensor cosine_similarity(const Arg &, const Arg &, const CosineOptions &);
} // namespace detail

// Type makes a loss with options; object is the one with the defaults.
#define TENON_LOSS(Type, object, Options, values)                                                                      \
  struct Type : LossFunction<Options> {                                                                                \
    constexpr explicit Type(const Options &options = {}) : LossFunction(#object, &detail::values, options) {}          \
  };                                                                                                                   \
  inline constexpr Type object {}

/// mean((y_true - y_pred)^2) over the last dimension.
TENON_LOSS(MeanSquaredError, mean_squared_error, LossOptions, squared);
/// mean(|y_true - y_pred|) over the last dimension.
TENON_LOSS(MeanAbsoluteError, mean_absolute_error, LossOptions, absolute);
/// 100 mean(|y_true - y_pred| / max(|y_true|, 1e-7)) over the last dimension.
TENON_LOSS(MeanAbsolutePercentageError, mean_absolute_percentage_error, LossOptions, percentage);
/// mean((log(max(y_true, 1e-7) + 1) - log(max(y_pred, 1e-7) + 1))^2) over the last dimension.
TENON_LOSS(MeanSquaredLogarithmicError, mean_squared_logarithmic_error, LossOptions, logarithmic);
/// The mean over the last dimension of e^2 / 2 where |e| <= delta, else delta |e| - delta^2 / 2 (Huber, 1964).
TENON_LOSS(Huber, huber, HuberOptions, huber);
/// mean(log(cosh(y_pred - y_true))) over the last dimension, without overflow.
TENON_LOSS(LogCosh, log_cosh, LossOptions, log_cosh);
/// The mean over the last dimension of -y_true log(p) - (1 - y_true) log(1 - p), p clipped to [1e-7, 1 - 1e-7]; from
/// logits of y_true softplus(-x) + (1 - y_true) softplus(x), exact however large x is.
TENON_LOSS(BinaryCrossentropy, binary_crossentropy, CrossentropyOptions, binary);
/// -sum(y_true log(p)) over the classes, the last dimension; p is divided by its sum and clipped to [1e-7, 1 - 1e-7],
/// or the softmax of logits.
TENON_LOSS(CategoricalCrossentropy, categorical_crossentropy, CrossentropyOptions, categorical);
/// As categorical_crossentropy, with y_true [B...] (or [B...,1]) the numbers of the classes: y_pred [B...,C]. A label
/// outside [0, C) is an Error; in a compiled function when it runs.
TENON_LOSS(SparseCategoricalCrossentropy, sparse_categorical_crossentropy, SparseCrossentropyOptions,
           sparse_categorical);
/// sum(y_true log(y_true / y_pred)) over the last dimension, both clipped to [1e-7, 1] (Kullback and Leibler, 1951).
TENON_LOSS(KLDivergence, kl_divergence, LossOptions, kl_divergence);
/// mean(y_pred - y_true log(y_pred + 1e-7)) over the last dimension.
TENON_LOSS(Poisson, poisson, LossOptions, poisson);
/// mean(max(1 - y_true y_pred, 0)) over the last dimension; labels 0 and 1 alone count as -1 and 1.
TENON_LOSS(Hinge, hinge, LossOptions, hinge);
/// As hinge, of the square of max(1 - y_true y_pred, 0).
TENON_LOSS(SquaredHinge, squared_hinge, LossOptions, squared_hinge);
/// max(max((1 - y_true) y_pred) - sum(y_true y_pred) + 1, 0) over the last dimension.
TENON_LOSS(CategoricalHinge, categorical_hinge, LossOptions, categorical_hinge);
/// -sum(u v) along `axis`, of both operands divided by their norms (at least 1e-7): -1 where they point the same way.
TENON_LOSS(CosineSimilarity, cosine_similarity, CosineOptions, cosine_similarity);
#undef TENON_LOSS

/// Weights of samples for a loss that leave out those where `mask` [B...] is false: there 0, else how many there are
/// divided by how many count, so that the default reduction gives the mean over those that count; times `weights`,
/// [B...] or one for each row.
Tensor mask_weights(const Arg &mask, const std::optional<Tensor> &weights = {}, DType dtype = f32);

/// Any loss: one of the above, or the user's function (y_true, y_pred) or (y_true, y_pred, sample_weight) -> Tensor. A
/// handle: a copy shares the function.
class Loss {
public:
  Loss() = default; ///< none
  template <class F>
    requires(!std::is_base_of_v<Loss, std::remove_cvref_t<F>> &&
             (std::is_invocable_r_v<Tensor, F &, Tensor, Tensor> ||
              std::is_invocable_r_v<Tensor, F &, Tensor, Tensor, Tensor>))
  Loss(F f) : function_(new Model<F>(std::move(f))) {}

  Tensor operator()(const Tensor &y_true, const Tensor &y_pred, Location where = Location::current()) const {
    return function_->call(y_true, y_pred, nullptr, where);
  }
  /// An Error where the user's function takes no weights.
  Tensor operator()(const Tensor &y_true, const Tensor &y_pred, const Tensor &sample_weight,
                    Location where = Location::current()) const {
    return function_->call(y_true, y_pred, &sample_weight, where);
  }
  explicit operator bool() const { return bool(function_); }
  /// Whether it divides by how many samples there are, whatever their weights: not so with another reduction.
  bool averages() const { return function_->averages(); }
  /// The name of a loss of this header, else "loss".
  const char *name() const { return function_->name(); }

private:
  struct Concept : tenon::detail::Shared {
    bool holds_variables() const override { return false; }
    virtual Tensor call(const Tensor &y_true, const Tensor &y_pred, const Tensor *sample_weight, Location where) = 0;
    virtual const char *name() const = 0;
    virtual bool averages() const = 0;
  };
  [[noreturn]] static void takes_no_weights(const char *name, Location where);
  template <class F> struct Model final : Concept {
    explicit Model(F f) : f(std::move(f)) {}
    Tensor call(const Tensor &y_true, const Tensor &y_pred, const Tensor *sample_weight, Location where) override {
      constexpr bool weighs = std::is_invocable_v<F &, Tensor, Tensor, Tensor>;
      if constexpr (std::is_invocable_v<F &, const Arg &, const Arg &>) { // Args carry the caller's line
        if constexpr (weighs)
          if (sample_weight)
            return f(Arg(y_true, where), Arg(y_pred, where), *sample_weight);
        if (!sample_weight)
          return f(Arg(y_true, where), Arg(y_pred, where));
      } else {
        if constexpr (std::is_invocable_v<F &, Tensor, Tensor>)
          if (!sample_weight)
            return f(y_true, y_pred);
        if constexpr (weighs)
          return f(y_true, y_pred, sample_weight ? *sample_weight : Tensor(1.0f, where));
      }
      takes_no_weights(name(), where);
    }
    const char *name() const override {
      if constexpr (requires { f.name(); })
        return f.name();
      else
        return "loss";
    }
    bool averages() const override {
      if constexpr (requires { f.options().reduction; })
        return f.options().reduction == Reduction::sum_over_batch_size;
      else
        return true;
    }
    F f;
  };
  tenon::detail::Shares<Concept> function_;
};

} // namespace tenon::losses
