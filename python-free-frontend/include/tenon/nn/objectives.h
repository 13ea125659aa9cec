// What a model is trained for: a loss for each of its outputs, with a weight, and metrics of outputs.
#pragma once

#include "tenon/metrics.h"

namespace tenon::nn {

template <class F>
concept LossLike = std::is_constructible_v<losses::Loss, F>;

/// The loss of one output: a loss, or `{"rating", losses::huber}`, or with the weight of its value in the sum,
/// `{"rating", losses::huber, 0.5}`. Without a name the outputs' order counts.
struct OutputLoss {
  std::string output;
  losses::Loss loss;
  double weight = 1;
  template <LossLike F> OutputLoss(F loss, double weight = 1) : loss(std::move(loss)), weight(weight) {}
  OutputLoss(std::string output, losses::Loss loss, double weight = 1)
      : output(std::move(output)), loss(std::move(loss)), weight(weight) {}
};

/// One loss, of every output, or a list of OutputLoss: `{{"rating", losses::huber}, {"seen", cross, 0.5}}`. Outputs
/// that such a list leaves out are not trained for, and need no y.
class Losses {
public:
  Losses() = default; ///< none
  template <LossLike F> Losses(F loss) { each_.emplace_back(std::move(loss)); }
  Losses(std::initializer_list<OutputLoss> each) : each_(each), is_list_(true) {}
  Losses(std::vector<OutputLoss> each) : each_(std::move(each)), is_list_(true) {}
  explicit operator bool() const;
  const std::vector<OutputLoss> &each() const { return each_; }
  bool is_list() const { return is_list_; }

private:
  std::vector<OutputLoss> each_;
  bool is_list_ = false;
};

/// A metric of the only output, or of one of several: `{"rating", metrics::MeanAbsoluteError()}`.
struct OutputMetric {
  std::string output;
  metrics::Metric metric;
  template <class T>
  requires std::is_convertible_v<T, metrics::Metric> OutputMetric(T &&metric) : metric(std::forward<T>(metric)) {}
  OutputMetric(std::string output, metrics::Metric metric) : output(std::move(output)), metric(std::move(metric)) {}
};

} // namespace tenon::nn
