// Training, inside: the compiled steps, and examples cut into batches.
#pragma once

#include "tenon/model.h"

#include "context.h"

#include <memory>

namespace tenon::nn::detail {

/// One batch in the model's order. A part of y may have no value; weights are none, one for all outputs, or one for
/// each output, which may have no value.
struct Batch {
  std::vector<Tensor> x, y, weight;
};

/// Which of a batch's parts are there.
struct Layout {
  std::size_t inputs = 0;
  std::vector<bool> y, weight;
  bool operator==(const Layout &) const = default;
};

/// A step as it is written. It takes the parts that are there, one after the other; gives the loss, or what the model
/// gives.
struct StepFunction {
  enum Kind : std::uint8_t { train, test, predict };
  TrainerState *state; // its `subject` is that of the call in progress
  Kind kind;
  Layout layout;
  std::vector<Tensor> operator()(const std::vector<Tensor> &parts) const;
  Tensor run(const Batch &batch) const;
};

/// A step compiled for parts of these dtypes and sizes, whose first dimension is open.
struct CompiledStep {
  StepFunction::Kind kind;
  Layout layout;
  std::vector<tenon::detail::TensorType> types;
  Function<StepFunction> function;
};

/// What a compiled model has beside its variables.
struct TrainerState : tenon::detail::Shared {
  explicit TrainerState(const CompileOptions &options) : options(options) {}
  bool holds_variables() const override { return false; } // those of its optimizer are no part of the model

  /// Gives each output its loss and metrics. `y`: how many parts y has, where the type of the outputs does not say it.
  void resolve(std::size_t y);
  std::vector<Tensor> run(StepFunction::Kind kind, const Batch &batch, const char *operation);
  void reset_metrics();
  void add_results(Logs &logs, const std::string &prefix) const;
  /// "rating, seen", or empty for a single output.
  std::string names_of_outputs() const;

  struct Output {
    std::string name;
    losses::Loss loss; // none: not trained for
    double weight = 1;
    std::optional<metrics::Mean> mean; // of the loss, where there are several
    std::vector<metrics::Metric> metrics;
    std::vector<std::string> metric_names;
    bool needs_y() const { return loss || !metrics.empty(); }
  };

  CompileOptions options;
  metrics::Mean loss{"loss"};
  std::vector<Output> outputs;
  std::vector<metrics::Metric> apart; // metrics that do not compare: the program updates them
  bool resolved = false;
  Subject subject{}; // of the call in progress
  Location where;    // its line
  std::vector<std::unique_ptr<CompiledStep>> compiled;
};

/// Rows [first, last) of Tensors as batches, shuffled or in order.
class Rows final : public Batches {
public:
  Rows(const Examples &examples, std::int64_t first, std::int64_t last, std::int64_t size, bool shuffled,
       std::int64_t seed);
  void each(int epoch, Sink &sink) override;
  std::int64_t count() const override { return (std::int64_t(order_.size()) + size_ - 1) / size_; }

private:
  Examples examples_;
  std::vector<std::int64_t> order_;
  std::int64_t size_, seed_;
  bool shuffled_;
};

/// "x", or of several "x.user" and "x[0]".
std::string name_of_part(const char *name, const Parts &parts, std::size_t i);
/// How many examples x has: as many in each part.
std::int64_t check_rows(const Parts &x, const char *operation, Location where);
/// How many examples there are: as many in each part of x, y and the weights, at least one.
std::int64_t check_examples(const Examples &examples, const char *operation, Location where);
/// How many rows a part has.
std::int64_t rows_of(const Tensor &x, const char *operation, const std::string &name, Location where);
/// The parts in the order of `names`, where they are known. `verb`: the model "takes" or "gives" them.
std::vector<Tensor> in_order(const Parts &parts, const std::optional<std::vector<std::string>> &names, const char *name,
                             const char *verb, const char *operation, Location where);
/// The weight of each example's class, times its own.
Tensor weigh_classes(const std::vector<double> &classes, const Tensor &y, const Tensor *weight, Location where);

} // namespace tenon::nn::detail
