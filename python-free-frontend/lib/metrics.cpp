// Metrics: running sums as Variables, and what they are sums of (keras/src/metrics).
#include "tenon/metrics.h"
#include "at.h"
#include "promote.h"
#include "tenon/create.h"
#include "trace.h"

namespace tenon::metrics {

using namespace tenon::detail;

struct detail::State : Shared {
  State(std::string name, Location where) : name(std::move(name)), made(where) {}
  virtual void update(const Arg &first, const Arg &second, const Tensor *weight) = 0;
  virtual Tensor result(At at) const = 0;
  virtual bool compares() const { return true; }

  // A running sum, made at once also while a function is traced.
  void add_sum(const char *sum, Dims shape = {}) {
    const PauseTrace pause;
    sums.push_back(Variable(zeros(shape, f64, made), name + "." + sum, made));
    sums.back().set_trainable(false);
    names.emplace_back(sum);
  }
  void accumulate(std::size_t i, const Tensor &x, At at) {
    const Tensor exact = cast(at(x), f64);
    sums[i].assign_add(at(exact));
  }

  const std::string name;
  const Location made;
  std::vector<Variable> sums;
  std::vector<std::string> names;
};

namespace {

// x / y, and 0 where y is 0.
Tensor ratio(const Tensor &x, const Tensor &y, At at) {
  const Tensor none = at(y) == 0, divisor = where(at(none), 1, at(y)), quotient = at(x) / at(divisor);
  return where(at(none), 0, at(quotient));
}

// Values and weights of one rank: a value that has more dimensions than weights is the mean over them.
void meet(Tensor &values, Tensor &weight, const char *name, At at) {
  std::size_t rank = type_of(weight, name, at.where).dims.size();
  const std::size_t of_values = type_of(values, name, at.where).dims.size();
  if (rank == of_values + 1 && type_of(weight, name, at.where).dims.back() == 1) {
    weight = squeeze(at(weight), -1);
    --rank;
  }
  for (std::size_t i = of_values; rank > 0 && i > rank; --i) values = mean(at(values), -1);
}

// Where sums of values and of weights are kept: means, sums, and means of functions.
struct Running : detail::State {
  Running(std::string name, bool divides, Location where) : State(std::move(name), where) {
    add_sum("total");
    if (divides)
      add_sum("count");
  }
  void add_values(Tensor values, const Tensor *given, At at) {
    if (!is_floating(type_of(values, name.c_str(), at.where).dtype))
      values = cast(at(values), f32);
    if (!given) {
      accumulate(0, sum(at(values)), at);
      if (sums.size() > 1)
        accumulate(1, sum(at(ones_like(at(values)))), at);
      return;
    }
    Tensor weight = cast(at(*given), type_of(values, name.c_str(), at.where).dtype);
    meet(values, weight, name.c_str(), at);
    const Tensor weighted = at(values) * at(weight), spread = at(ones_like(at(values))) * at(weight);
    accumulate(0, sum(at(weighted)), at);
    if (sums.size() > 1)
      accumulate(1, sum(at(spread)), at);
  }
  Tensor result(At at) const override {
    const Tensor total = sums[0].value(at.where);
    const Tensor exact = sums.size() > 1 ? ratio(total, sums[1].value(at.where), at) : total;
    return cast(at(exact), f32);
  }
};

struct OfValues final : Running {
  using Running::Running;
  void update(const Arg &values, const Arg &, const Tensor *weight) override {
    add_values(tensor_of(values), weight, At{values.where});
  }
  bool compares() const override { return false; }
};

// The mean of a function of y_true and y_pred, and perhaps of that its root.
template <class F> struct OfFunction final : Running {
  OfFunction(std::string name, F f, Location where, bool root = false)
      : Running(std::move(name), true, where), f(std::move(f)), root(root) {}
  void update(const Arg &y_true, const Arg &y_pred, const Tensor *weight) override {
    add_values(f(y_true, y_pred), weight, At{y_pred.where});
  }
  Tensor result(At at) const override {
    const Tensor mean = Running::result(at);
    return root ? sqrt(at(mean)) : mean;
  }
  F f;
  const bool root;
};
template <class F> detail::State *of_function(std::string name, F f, Location where, bool root = false) {
  return new OfFunction<F>(std::move(name), std::move(f), where, root);
}

// y_true without a last dimension of 1 where it has as many dimensions as y_pred.
Tensor labels_of(const Arg &y_true, const Arg &y_pred, const char *name) {
  const Tensor labels = cast(y_true, i64);
  const TensorType t = type_of(labels, name, y_true.where), p = type_of(y_pred, name);
  if (t.dims.size() == p.dims.size() && t.dims.back() == 1)
    return squeeze(Arg(labels, y_true.where), -1);
  if (t.dims.size() + 1 != p.dims.size())
    throw Error(
        name, "expected one label for each row of y_pred, but got y_true " + t.describe() + ", y_pred " + p.describe(),
        y_pred.where);
  return labels;
}

Tensor equal(const Arg &y_true, const Arg &y_pred) {
  const Tensor t = cast(y_true, type_of(y_pred, "accuracy").dtype);
  return Arg(t, y_pred.where) == y_pred;
}
Tensor binary(const Arg &y_true, const Arg &y_pred, double threshold) {
  const At at{y_pred.where};
  const Tensor p = y_pred > threshold, t = cast(y_true, boolean);
  return at(t) == at(p);
}
Tensor categorical(const Arg &y_true, const Arg &y_pred) {
  const At at{y_pred.where};
  const Tensor t = argmax(y_true, -1), p = argmax(y_pred, -1);
  return at(t) == at(p);
}
Tensor sparse(const Arg &y_true, const Arg &y_pred) {
  const At at{y_pred.where};
  const Tensor t = labels_of(y_true, y_pred, "sparse_categorical_accuracy"), p = argmax(y_pred, -1);
  return at(t) == at(p);
}
Tensor among_largest(const Tensor &labels, const Arg &y_pred, std::int64_t k) {
  const At at{y_pred.where};
  const std::int64_t classes = type_of(y_pred, "top_k_categorical_accuracy").dims.back();
  const TopK best = top_k(y_pred, classes == open ? k : std::min(k, classes));
  const Tensor column = expand_dims(at(labels), -1), same = at(column) == at(best.indices);
  return any(at(same), -1);
}

// "accuracy": decided by the first batch's shapes, as Keras does.
struct AnyAccuracy {
  mutable Tensor (*function)(const Arg &, const Arg &) = nullptr;
  Tensor operator()(const Arg &y_true, const Arg &y_pred) const {
    if (!function) {
      const TensorType t = type_of(y_true, "accuracy"), p = type_of(y_pred, "accuracy");
      if (!p.dims.empty() && p.dims.back() > 1)
        function = t.dims.size() < p.dims.size() || t.dims.back() == 1 ? sparse : categorical;
      else
        function = [](const Arg &y, const Arg &z) { return binary(y, z, 0.5); };
    }
    return function(y_true, y_pred);
  }
};

// Predictions that are right or wrong, above a threshold.
struct Confusion final : detail::State {
  Confusion(std::string name, double threshold, bool recall, Location where)
      : State(std::move(name), where), threshold(threshold) {
    add_sum("true_positives");
    add_sum(recall ? "false_negatives" : "false_positives");
    this->recall = recall;
  }
  void update(const Arg &y_true, const Arg &y_pred, const Tensor *weight) override {
    const At at{y_pred.where};
    const Tensor p = y_pred > threshold, t = cast(y_true, boolean), both = at(t) & at(p);
    const Tensor one = recall ? t : p, only = at(one) & at(~at(both));
    accumulate(0, counted(both, weight, at), at);
    accumulate(1, counted(only, weight, at), at);
  }
  Tensor counted(const Tensor &x, const Tensor *weight, At at) const {
    Tensor numbers = cast(at(x), f32);
    if (weight) {
      Tensor w = cast(at(*weight), f32);
      for (std::size_t r = type_of(w, name.c_str(), at.where).dims.size(),
                       n = type_of(x, name.c_str(), at.where).dims.size();
           r > 0 && r < n; ++r)
        w = expand_dims(at(w), -1);
      numbers = at(numbers) * at(w);
    }
    return sum(at(numbers));
  }
  Tensor result(At at) const override {
    const Tensor right = sums[0].value(at.where), wrong = sums[1].value(at.where), all = at(right) + at(wrong);
    return cast(at(ratio(right, all, at)), f32);
  }
  double threshold;
  bool recall;
};

struct Area final : detail::State {
  Area(std::string name, std::int64_t thresholds, Location where) : State(std::move(name), where), count(thresholds) {
    if (thresholds < 2)
      throw Error("AUC", "expected at least 2 thresholds, but got " + std::to_string(thresholds), where);
    add_sum("true_positives", {count});
    add_sum("false_positives", {count});
    add_sum("weights", {2}); // of what is true, of what is not
  }
  void update(const Arg &y_true, const Arg &y_pred, const Tensor *weight) override {
    const At at{y_pred.where};
    std::vector<float> limits(std::size_t(count), -1e-7f);
    for (std::int64_t i = 1; i < count; ++i) limits[std::size_t(i)] = float(double(i) / double(count - 1));
    limits.back() = 1 + 1e-7f;
    const Tensor p = cast(y_pred, f32), t = cast(y_true, f32);
    Tensor w = weight ? cast(at(*weight), f32) : ones_like(at(t));
    w = at(ones_like(at(t))) * at(w);
    const Tensor positive = at(t) * at(w), negative = at(w) - at(positive);
    const Tensor row = at(reshape(at(p), {1, -1})) > at(reshape(at(Tensor::from(limits, at.where)), {count, 1}));
    const auto above = [&](const Tensor &x) {
      const Tensor chosen = where(at(row), at(reshape(at(x), {1, -1})), 0);
      return sum(at(chosen), -1);
    };
    accumulate(0, above(positive), at);
    accumulate(1, above(negative), at);
    accumulate(2, stack({sum(at(positive)), sum(at(negative))}, 0, at.where), at);
  }
  Tensor result(At at) const override {
    const Tensor weights = sums[2].value(at.where);
    const Tensor positive = weights[Index(0, at.where)], negative = weights[Index(1, at.where)];
    const Tensor y = ratio(sums[0].value(at.where), positive, at), x = ratio(sums[1].value(at.where), negative, at);
    const auto parts = [&](const Tensor &a) {
      return std::pair(a[Index(slice(0, count - 1), at.where)], a[Index(slice(1, count), at.where)]);
    };
    const auto [x0, x1] = parts(x);
    const auto [y0, y1] = parts(y);
    const Tensor width = at(x0) - at(x1), heights = at(y0) + at(y1), doubled = at(width) * at(heights);
    const Tensor area = at(sum(at(doubled))) * 0.5;
    return cast(at(area), f32);
  }
  std::int64_t count;
};

std::string or_else(const std::string &name, const char *otherwise) { return name.empty() ? otherwise : name; }

detail::State *named(const std::string &name, Location where) {
  if (name == "accuracy" || name == "acc")
    return of_function("accuracy", AnyAccuracy(), where);
  const losses::LossOptions none{.reduction = losses::Reduction::none};
  if (name == "mse" || name == "mean_squared_error")
    return of_function(name, losses::MeanSquaredError(none), where);
  if (name == "mae" || name == "mean_absolute_error")
    return of_function(name, losses::MeanAbsoluteError(none), where);
  throw Error("Metric", "there is no metric called '" + name + "'", where,
              "accuracy, mse and mae have names; others are objects of tenon/metrics.h");
}

} // namespace

// ---- the handle ---------------------------------------------------------------------------------------------------

Metric::Metric(detail::State *state) : state_(state) {}
Metric::Metric(const char *name, Location where) : Metric(named(name, where)) {}
Metric::Metric(losses::Loss function, const char *name, Location where)
    : Metric(of_function(
          name ? name : function.name(),
          [function](const Arg &y_true, const Arg &y_pred) {
            return function(tensor_of(y_true), tensor_of(y_pred), y_pred.where);
          },
          where)) {}

void Metric::update(const Arg &first, const Arg &second, const Tensor *weight) const {
  state_->update(first, second, weight);
}
Tensor Metric::result(Location where) const { return state_->result(At{where}); }
void Metric::reset_state() const {
  for (const Variable &sum : state_->sums) sum.assign(zeros(sum.shape(), sum.dtype()));
}
const std::string &Metric::name() const { return state_->name; }
bool Metric::compares() const { return state_->compares(); }
Variables Metric::variables() const { return tenon::variables(*this); }
void Metric::collect(Collector &collector, const std::string &path) const {
  if (collector.enter(state_.get()))
    for (std::size_t i = 0; i < state_->sums.size(); ++i) collector.add(join(path, state_->names[i]), state_->sums[i]);
}

Mean::Mean(std::string name, Location where) : Metric(new OfValues(std::move(name), true, where)) {}
Sum::Sum(std::string name, Location where) : Metric(new OfValues(std::move(name), false, where)) {}
Accuracy::Accuracy(std::string name, Location where) : Metric(of_function(std::move(name), equal, where)) {}
BinaryAccuracy::BinaryAccuracy(const ThresholdOptions &o, Location where)
    : Metric(of_function(
          or_else(o.name, "binary_accuracy"),
          [threshold = o.threshold](const Arg &t, const Arg &p) { return binary(t, p, threshold); }, where)) {}
CategoricalAccuracy::CategoricalAccuracy(std::string name, Location where)
    : Metric(of_function(std::move(name), categorical, where)) {}
SparseCategoricalAccuracy::SparseCategoricalAccuracy(std::string name, Location where)
    : Metric(of_function(std::move(name), sparse, where)) {}
TopKCategoricalAccuracy::TopKCategoricalAccuracy(const TopKOptions &o, Location where)
    : Metric(of_function(
          or_else(o.name, "top_k_categorical_accuracy"),
          [k = o.k](const Arg &t, const Arg &p) { return among_largest(argmax(t, -1), p, k); }, where)) {}
SparseTopKCategoricalAccuracy::SparseTopKCategoricalAccuracy(const TopKOptions &o, Location where)
    : Metric(of_function(
          or_else(o.name, "sparse_top_k_categorical_accuracy"),
          [k = o.k](const Arg &t, const Arg &p) {
            return among_largest(labels_of(t, p, "sparse_top_k_categorical_accuracy"), p, k);
          },
          where)) {}
Precision::Precision(const ThresholdOptions &o, Location where)
    : Metric(new Confusion(or_else(o.name, "precision"), o.threshold, false, where)) {}
Recall::Recall(const ThresholdOptions &o, Location where)
    : Metric(new Confusion(or_else(o.name, "recall"), o.threshold, true, where)) {}
AUC::AUC(const AUCOptions &o, Location where) : Metric(new Area(o.name, o.thresholds, where)) {}

static constexpr losses::LossOptions each{.reduction = losses::Reduction::none};
MeanSquaredError::MeanSquaredError(std::string name, Location where)
    : Metric(of_function(std::move(name), losses::MeanSquaredError(each), where)) {}
RootMeanSquaredError::RootMeanSquaredError(std::string name, Location where)
    : Metric(of_function(std::move(name), losses::MeanSquaredError(each), where, /*root=*/true)) {}
MeanAbsoluteError::MeanAbsoluteError(std::string name, Location where)
    : Metric(of_function(std::move(name), losses::MeanAbsoluteError(each), where)) {}

} // namespace tenon::metrics
