// Metrics: running numbers about predictions, with Keras 3's definitions and defaults.
//
// update_state(y_true, y_pred) takes one batch more into account, eagerly or in a traced function (the state is a few
// scalar Variables, f64); result() is the f32 value over all batches since reset_state(), 0 before the first. A third
// argument weighs samples: [B], or a shape that broadcasts to that of the values.
#pragma once

#include "tenon/losses.h"
#include "tenon/module.h"

namespace tenon::metrics {

namespace detail {
using tenon::detail::Shares;
struct State;
// A loss of losses.h without its reduction, so that each sample counts the same in batches of any size.
template <class F> losses::Loss each_value(F function) {
  if constexpr (requires { function.options().reduction; })
    return [function](const Tensor &y_true, const Tensor &y_pred) {
      auto options = function.options();
      options.reduction = losses::Reduction::none;
      return function(y_true, y_pred, options);
    };
  else
    return function;
}
template <class F> const char *name_of(const F &function) {
  if constexpr (requires { function.name(); })
    return function.name();
  else
    return "metric";
}
} // namespace detail

/// Any metric. A handle: a copy shares the state. Not for several threads at once.
class Metric {
public:
  /// "accuracy": binary, categorical or sparse categorical, as the first batch's shapes say; "mse", "mae".
  Metric(const char *name, Location where = Location::current());
  /// The mean of a function of (y_true, y_pred), such as a loss.
  template <class F>
    requires(!std::is_base_of_v<Metric, std::remove_cvref_t<F>> && std::is_constructible_v<losses::Loss, F>)
  Metric(F function, const char *name = nullptr, Location where = Location::current())
      : Metric(detail::each_value(function), name ? name : detail::name_of(function), where) {}
  Metric(losses::Loss function, const char *name, Location where = Location::current());

  void update_state(const Arg &y_true, const Arg &y_pred) const { update(y_true, y_pred, nullptr); }
  void update_state(const Arg &y_true, const Arg &y_pred, const Tensor &sample_weight) const {
    update(y_true, y_pred, &sample_weight);
  }
  Tensor result(Location where = Location::current()) const;
  void reset_state() const;
  const std::string &name() const;
  /// Whether it compares y_true with y_pred: not Mean and Sum.
  bool compares() const;
  Variables variables() const;
  void collect(Collector &collector, const std::string &path) const;

protected:
  explicit Metric(detail::State *state);
  void update(const Arg &first, const Arg &second, const Tensor *weight) const;

private:
  detail::Shares<detail::State> state_;
};

/// sum(w x) / sum(w) of all values x: `update_state(x)`, `update_state(x, weight)`.
class Mean : public Metric {
public:
  explicit Mean(std::string name = "mean", Location where = Location::current());
  void update_state(const Arg &values) const { update(values, values, nullptr); }
  void update_state(const Arg &values, const Tensor &sample_weight) const { update(values, values, &sample_weight); }
};
/// sum(w x) of all values x.
class Sum : public Metric {
public:
  explicit Sum(std::string name = "sum", Location where = Location::current());
  void update_state(const Arg &values) const { update(values, values, nullptr); }
  void update_state(const Arg &values, const Tensor &sample_weight) const { update(values, values, &sample_weight); }
};

/// How often y_true == y_pred.
struct Accuracy : Metric {
  explicit Accuracy(std::string name = "accuracy", Location where = Location::current());
};
struct ThresholdOptions {
  double threshold = 0.5;
  std::string name = {}; ///< empty: the metric's
};
/// How often y_true == (y_pred > threshold).
struct BinaryAccuracy : Metric {
  explicit BinaryAccuracy(const ThresholdOptions &options = {}, Location where = Location::current());
};
/// How often the largest elements of y_true and y_pred [B...,C] are at one place.
struct CategoricalAccuracy : Metric {
  explicit CategoricalAccuracy(std::string name = "categorical_accuracy", Location where = Location::current());
};
/// How often the label y_true [B...] is the place of the largest element of y_pred [B...,C].
struct SparseCategoricalAccuracy : Metric {
  explicit SparseCategoricalAccuracy(std::string name = "sparse_categorical_accuracy",
                                     Location where = Location::current());
};
struct TopKOptions {
  std::int64_t k = 5;
  std::string name = {}; ///< empty: the metric's
};
/// How often the place of y_true's largest element is among those of y_pred's k largest [B...,C].
struct TopKCategoricalAccuracy : Metric {
  explicit TopKCategoricalAccuracy(const TopKOptions &options = {}, Location where = Location::current());
};
/// As TopKCategoricalAccuracy, with labels y_true [B...].
struct SparseTopKCategoricalAccuracy : Metric {
  explicit SparseTopKCategoricalAccuracy(const TopKOptions &options = {}, Location where = Location::current());
};
/// Of what is predicted (y_pred > threshold), how much is true; 0 where nothing is.
struct Precision : Metric {
  explicit Precision(const ThresholdOptions &options = {}, Location where = Location::current());
};
/// Of what is true, how much is predicted (y_pred > threshold).
struct Recall : Metric {
  explicit Recall(const ThresholdOptions &options = {}, Location where = Location::current());
};
struct AUCOptions {
  std::int64_t thresholds = 200;
  std::string name = "auc";
};
/// The area under the receiver operating characteristic, of probabilities y_pred and y_true in {0, 1}, by trapezoids
/// between evenly spaced thresholds.
struct AUC : Metric {
  explicit AUC(const AUCOptions &options = {}, Location where = Location::current());
};
/// mean((y_true - y_pred)^2).
struct MeanSquaredError : Metric {
  explicit MeanSquaredError(std::string name = "mean_squared_error", Location where = Location::current());
};
/// sqrt(mean((y_true - y_pred)^2)).
struct RootMeanSquaredError : Metric {
  explicit RootMeanSquaredError(std::string name = "root_mean_squared_error", Location where = Location::current());
};
/// mean(|y_true - y_pred|).
struct MeanAbsoluteError : Metric {
  explicit MeanAbsoluteError(std::string name = "mean_absolute_error", Location where = Location::current());
};

} // namespace tenon::metrics
