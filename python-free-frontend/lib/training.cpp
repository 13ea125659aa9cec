// Training: the compiled steps, and the loops of fit, evaluate and predict around them.
#include "apply.h"
#include "at.h"
#include "progress.h"
#include "tenon/create.h"
#include "tenon/function.h"
#include "tenon/model.h"
#include "tenon/tape.h"

#include <cmath>
#include <numeric>

namespace tenon::nn {

using namespace tenon::detail;

namespace {

// A step as it is written; `subject` is that of the call in progress.
struct Step {
  enum Kind : std::uint8_t { train, test, predict };
  detail::TrainerState *state;
  Kind kind;
  Tensor operator()(Tensor x, Tensor y, Tensor weight) const;
  Tensor operator()(Tensor x, Tensor y) const;
  Tensor operator()(Tensor x) const;
  Tensor run(const Tensor &x, const Tensor &y, const Tensor *weight) const;
};

// A Step compiled for operands of these dtypes and sizes, whose first dimension is open.
struct Compiled {
  Step::Kind kind;
  llvm::SmallVector<TensorType, 3> types;
  Function<Step> function;
};

TensorType open_type(const Tensor &x, const char *operation, Location where) {
  TensorType type = type_of(x, operation, where);
  if (type.dims.empty())
    throw Error(operation, "expected a first dimension, the examples, but got the scalar " + type.describe(), where);
  type.dims[0] = open;
  return type;
}

} // namespace

struct detail::TrainerState : Shared {
  explicit TrainerState(const CompileOptions &options) : options(options) {}
  bool holds_variables() const override { return false; } // those of its optimizer are no part of the model

  Tensor run(Step::Kind kind, std::span<const Tensor> operands, const char *operation);
  Tensor call(Step::Kind kind, Function<Step> &function, std::span<const Tensor> operands) {
    return operands.size() == 1   ? function(operands[0])
           : operands.size() == 2 ? function(operands[0], operands[1])
                                  : function(operands[0], operands[1], operands[2]);
  }
  void reset_metrics() {
    loss.reset_state();
    for (const metrics::Metric &metric : options.metrics) metric.reset_state();
  }
  void add_results(Logs &logs, const std::string &prefix) const {
    logs.set(prefix + "loss", loss.result().item<float>());
    for (const metrics::Metric &metric : options.metrics)
      logs.set(prefix + metric.name(), metric.result().item<float>());
  }

  CompileOptions options;
  metrics::Mean loss{"loss"};
  Subject subject{}; // of the call in progress
  Location where;    // its line
  std::vector<std::unique_ptr<Compiled>> compiled;
};

using detail::Subject;
using detail::TrainerState;

// ---- one step -----------------------------------------------------------------------------------------------------

Tensor Step::operator()(Tensor x, Tensor y, Tensor weight) const { return run(x, y, &weight); }
Tensor Step::operator()(Tensor x, Tensor y) const { return run(x, y, nullptr); }
Tensor Step::operator()(Tensor x) const { return state->subject.call(state->subject.object, x, {}); }

Tensor Step::run(const Tensor &x, const Tensor &y, const Tensor *weight) const {
  const Location where = state->where;
  const At at{where};
  const Subject &model = state->subject;
  CompileOptions &options = state->options;
  const auto loss_of = [&](const Tensor &prediction) {
    const Tensor loss = weight ? options.loss(y, prediction, *weight, where) : options.loss(y, prediction, where);
    if (const TensorType type = type_of(loss, "loss", where); !type.dims.empty())
      throw Error("loss", "expected a scalar, but got " + type.describe(), where, "reduce it, with mean() or sum()");
    return loss;
  };
  Tensor prediction, loss;
  if (kind == train) {
    GradientTape tape({}, where);
    prediction = model.call(model.object, x, {.training = true});
    loss = loss_of(prediction);
    const Variables variables = model.variables(model.object).trainable();
    if (variables.empty())
      throw Error("fit", "the model has no trainable variables", where);
    options.optimizer.apply_gradients(tape.gradient(tenon::detail::Targets(loss, where), variables), variables, where);
  } else {
    prediction = model.call(model.object, x, {});
    loss = loss_of(prediction);
  }
  const Tensor count = cast(at(x.dim(0, where)), f32);
  state->loss.update_state(at(loss), count);
  for (const metrics::Metric &metric : options.metrics)
    if (metric.compares()) {
      if (weight)
        metric.update_state(at(y), at(prediction), *weight);
      else
        metric.update_state(at(y), at(prediction));
    }
  return loss;
}

Tensor TrainerState::run(Step::Kind kind, std::span<const Tensor> operands, const char *operation) {
  if (options.run_eagerly) {
    const Step step{this, kind};
    return kind == Step::predict ? step(operands[0])
                                 : step.run(operands[0], operands[1], operands.size() > 2 ? &operands[2] : nullptr);
  }
  llvm::SmallVector<TensorType, 3> types;
  for (const Tensor &x : operands) types.push_back(open_type(x, operation, where));
  for (const auto &function : compiled)
    if (function->kind == kind && function->types == types)
      return call(kind, function->function, operands);
  std::vector<ParameterSpec> specs;
  for (const TensorType &type : types) {
    AnySpec spec{type.dtype, {DimSpec("batch")}};
    for (std::size_t i = 1; i < type.dims.size(); ++i) spec.dims.emplace_back(type.dims[i]);
    specs.emplace_back(std::move(spec));
  }
  compiled.push_back(std::unique_ptr<Compiled>(new Compiled{
      kind, std::move(types), Function<Step>(Step{this, kind}, std::move(specs), {.name = operation}, where)}));
  return call(kind, compiled.back()->function, operands);
}

// ---- examples as batches ------------------------------------------------------------------------------------------

namespace {

std::int64_t rows_of(const Tensor &x, const char *operation, const char *name, Location where) {
  const TensorType type = type_of(x, operation, where);
  if (type.dims.empty())
    throw Error(operation,
                std::string("expected a first dimension of ") + name + ", the examples, but got " + type.describe(),
                where);
  return type.dims[0];
}

// The rows of x with these numbers, one after the other.
Tensor take_rows(const Tensor &x, std::span<const std::int64_t> rows) {
  const Buffer &from = *Access::buffer(x);
  Shape shape(from.shape().begin(), from.shape().end());
  const std::size_t row = shape[0] ? from.bytes() / std::size_t(shape[0]) : 0;
  shape[0] = std::int64_t(rows.size());
  Buffer *to = allocate(from.dtype, shape);
  for (std::size_t i = 0; i < rows.size(); ++i)
    std::memcpy(static_cast<char *>(to->data) + i * row,
                static_cast<const char *>(from.data) + std::size_t(rows[i]) * row, row);
  return Access::adopt(to);
}

// SplitMix64 (Steele et al., 2014): the same order on every machine.
struct Mixer {
  std::uint64_t state;
  std::uint64_t operator()() {
    std::uint64_t z = state += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
};
void shuffle(std::vector<std::int64_t> &order, std::uint64_t seed, std::uint64_t epoch) {
  Mixer mix{seed * 0x9e3779b97f4a7c15 + epoch};
  for (std::size_t i = order.size(); i > 1; --i)
    std::swap(order[i - 1], order[std::size_t((static_cast<unsigned __int128>(mix()) * i) >> 64)]);
}

// Rows [first, last) of Tensors as batches, shuffled or in order.
class Rows final : public detail::Batches {
public:
  Rows(const Examples &examples, std::int64_t first, std::int64_t last, std::int64_t size, bool shuffled,
       std::int64_t seed)
      : examples_(examples), order_(std::size_t(last - first)), size_(size), seed_(seed), shuffled_(shuffled) {
    std::iota(order_.begin(), order_.end(), first);
  }
  void each(int epoch, detail::Sink &sink) override {
    std::vector<std::int64_t> order = order_;
    if (shuffled_)
      shuffle(order, std::uint64_t(seed_), std::uint64_t(epoch));
    for (std::size_t i = 0; i < order.size(); i += std::size_t(size_)) {
      const std::span rows(order.data() + i, std::min(std::size_t(size_), order.size() - i));
      const Tensor x = take_rows(examples_.x, rows);
      const bool has_y = Access::buffer(examples_.y), weighs = Access::buffer(examples_.sample_weight);
      const Tensor y = has_y ? take_rows(examples_.y, rows) : Tensor();
      const Tensor w = weighs ? take_rows(examples_.sample_weight, rows) : Tensor();
      if (!sink.batch(x, y, weighs ? &w : nullptr))
        return;
    }
  }
  std::int64_t count() const override { return (std::int64_t(order_.size()) + size_ - 1) / size_; }

private:
  Examples examples_;
  std::vector<std::int64_t> order_;
  std::int64_t size_, seed_;
  bool shuffled_;
};

// x, y and weights of as many examples, at least one.
std::int64_t check_examples(const Examples &e, const char *operation, Location where) {
  const std::int64_t n = rows_of(e.x, operation, "x", where), m = rows_of(e.y, operation, "y", where);
  if (n != m)
    throw Error(operation, "x has " + std::to_string(n) + " examples, but y has " + std::to_string(m), where);
  if (Access::buffer(e.sample_weight))
    if (const std::int64_t w = rows_of(e.sample_weight, operation, "sample_weight", where); w != n)
      throw Error(operation, "x has " + std::to_string(n) + " examples, but sample_weight has " + std::to_string(w),
                  where);
  if (n == 0)
    throw Error(operation, "there are no examples: x is " + type_of(e.x, operation, where).describe(), where);
  return n;
}
void check_batch_size(int size, const char *operation, Location where) {
  if (size <= 0)
    throw Error(operation, "expected batch_size > 0, but got " + std::to_string(size), where);
}

// The weight of each example's class, times its own.
Tensor weigh_classes(const std::vector<double> &classes, const Tensor &y, const Tensor *weight, Location where) {
  const At at{where};
  Tensor labels = y;
  if (const TensorType type = type_of(y, "fit", where); type.dims.size() == 2)
    labels = type.dims[1] == 1 ? squeeze(at(y), -1) : argmax(at(y), -1); // a column, or one-hot
  else if (type.dims.size() != 1)
    throw Error("fit", "class_weight needs one label for each example, but y is " + type.describe(), where);
  labels = cast(at(labels), i64);
  const std::vector<float> table(classes.begin(), classes.end());
  for (std::int64_t label : labels.data<std::int64_t>())
    if (label < 0 || std::size_t(label) >= table.size())
      throw Error("fit",
                  "class_weight has " + std::to_string(table.size()) + " weights, but a label is " +
                      std::to_string(label),
                  where);
  const Tensor own = gather(at(Tensor::from(table, where)), at(labels));
  return weight ? at(own) * at(*weight) : own;
}

void refuse_while_tracing(const char *operation, Location where) {
  if (is_tracing)
    throw Error(operation, "runs at once, and is no part of a function that is traced", where);
}

// Sets the model of the call in progress, for which the state stays. Callbacks may call the model too.
struct InCall {
  InCall(TrainerState &state, const Subject &subject, Location where)
      : state(&state), subject(state.subject), where(state.where) {
    state.subject = subject;
    state.where = where;
  }
  ~InCall() {
    state->subject = subject;
    state->where = where;
  }
  InCall(const InCall &) = delete;
  const Shares<TrainerState> state;
  const Subject subject; // of the call around this one
  const Location where;
};

// Evaluates batch by batch.
struct Testing final : detail::Sink {
  explicit Testing(TrainerState &state) : state(state) {}
  bool batch(const Tensor &x, const Tensor &y, const Tensor *weight) override {
    llvm::SmallVector<Tensor, 3> operands{x, y};
    if (weight)
      operands.push_back(*weight);
    state.run(Step::test, operands, "evaluate");
    ++count;
    return true;
  }
  TrainerState &state;
  std::int64_t count = 0;
};

// Trains batch by batch, with what happens between.
struct Training final : detail::Sink {
  Training(TrainerState &state, const FitOptions &options, callbacks::Run &run, Progress &progress,
           const Interrupts &interrupts)
      : state(state), options(options), run(run), progress(progress), interrupts(interrupts) {}

  bool batch(const Tensor &x, const Tensor &y, const Tensor *weight) override {
    llvm::SmallVector<Tensor, 3> operands{x, y};
    if (!options.class_weight.empty())
      operands.push_back(weigh_classes(options.class_weight, y, weight, state.where));
    else if (weight)
      operands.push_back(*weight);
    run.loss = double(state.run(Step::train, operands, "fit").item<float>());
    ++run.step;
    ++run.batch;
    if (run.step == 1)
      run.variables = state.subject.variables(state.subject.object);
    if (!std::isfinite(run.loss) && !options.allow_nan) {
      failed = true;
      return false;
    }
    for (const callbacks::Callback &callback : options.callbacks) callback->batch_end(run);
    Logs logs;
    logs.set("loss", run.loss);
    progress.step(run.batch, logs);
    return !run.stopped && !interrupts.interrupted();
  }

  TrainerState &state;
  const FitOptions &options;
  callbacks::Run &run;
  Progress &progress;
  const Interrupts &interrupts;
  bool failed = false;
};

Progress::Kind progress_kind(Verbose verbose) {
  if (verbose == Verbose::automatic)
    return Progress::on_terminal() ? Progress::Kind::bar : Progress::Kind::lines;
  return verbose == Verbose::silent ? Progress::Kind::silent
         : verbose == Verbose::bar  ? Progress::Kind::bar
                                    : Progress::Kind::lines;
}

Logs evaluate_all(TrainerState &state, detail::Batches &batches, const std::string &prefix) {
  state.reset_metrics();
  Testing testing(state);
  batches.each(0, testing);
  if (testing.count == 0)
    throw Error("evaluate", "there are no batches", state.where);
  Logs logs;
  state.add_results(logs, prefix);
  return logs;
}

History fit_all(TrainerState &state, detail::Batches &batches, detail::Batches *validation, const FitOptions &options) {
  const Interrupts interrupts;
  Progress progress(progress_kind(options.verbose), options.epochs);
  callbacks::Run run(state.options.optimizer);
  run.epochs = options.epochs;
  Training training(state, options, run, progress, interrupts);
  History history;
  const auto tell = [&](void (callbacks::Listener::*what)(callbacks::Run &)) {
    for (const callbacks::Callback &callback : options.callbacks) (callback.operator->()->*what)(run);
  };
  tell(&callbacks::Listener::train_begin);
  for (; run.epoch < options.epochs && !run.stopped; ++run.epoch) {
    state.reset_metrics();
    run.batch = 0;
    run.logs = {};
    progress.begin(run.epoch, batches.count());
    tell(&callbacks::Listener::epoch_begin);
    batches.each(run.epoch, training);
    if (training.failed || interrupts.interrupted())
      break;
    if (run.batch == 0)
      throw Error("fit", "there are no batches in epoch " + std::to_string(run.epoch + 1), state.where,
                  "a range that can be walked only once has one epoch");
    state.add_results(run.logs, "");
    if (validation)
      for (const auto &[name, value] : evaluate_all(state, *validation, "val_")) run.logs.set(name, value);
    tell(&callbacks::Listener::epoch_end);
    history.add(run.logs);
    progress.end(run.batch, run.logs);
  }
  tell(&callbacks::Listener::train_end);
  history.steps = run.step;
  history.stopped = run.reason;
  if (interrupts.interrupted()) {
    history.interrupted = true;
    history.stopped = "interrupted after step " + std::to_string(run.step);
  }
  if (!history.stopped.empty())
    progress.say(history.stopped);
  if (training.failed)
    throw Error("fit",
                std::string("the loss is ") +
                    (std::isnan(run.loss) ? "nan"
                     : run.loss > 0       ? "inf"
                                          : "-inf") +
                    " at step " + std::to_string(run.step) + " (epoch " + std::to_string(run.epoch + 1) + ", batch " +
                    std::to_string(run.batch) + ")",
                state.where, "a smaller learning rate, clipping, or inputs without nan; allow_nan goes on");
  return history;
}

} // namespace

// ---- what users call ----------------------------------------------------------------------------------------------

TrainerState &detail::Trainer::state(const char *operation, Location where) const {
  refuse_while_tracing(operation, where);
  if (!state_ || !state_->options.loss)
    throw Error(operation, "the model is not compiled", where,
                "model.compile({.optimizer = ..., .loss = ...}) comes first");
  return *state_;
}

void detail::Trainer::compile(const CompileOptions &options, Location where) {
  refuse_while_tracing("compile", where);
  if (!options.loss)
    throw Error("compile", "there is no loss", where, "compile({.loss = losses::...})");
  for (std::size_t i = 0; i < options.metrics.size(); ++i)
    for (std::size_t j = 0; j <= i; ++j)
      if (options.metrics[i].name() == (j == i ? "loss" : options.metrics[j].name()))
        throw Error("compile", "two numbers would be called '" + options.metrics[i].name() + "'", where,
                    "give the metric another name");
  state_ = Shares<TrainerState>(new TrainerState(options));
}

History detail::Trainer::fit(const Subject &subject, const Tensor &x, const Tensor &y, const FitOptions &options,
                             Location where) {
  TrainerState &trainer = state("fit", where);
  const InCall call(trainer, subject, where);
  const Examples examples{x, y, options.sample_weight};
  const std::int64_t n = check_examples(examples, "fit", where);
  check_batch_size(options.batch_size, "fit", where);
  if (!(options.validation_split >= 0 && options.validation_split < 1))
    throw Error("fit", "expected validation_split in [0, 1), but got " + std::to_string(options.validation_split),
                where);
  const bool has_data = Access::buffer(options.validation_data.x);
  std::int64_t last = n;
  if (options.validation_split > 0) {
    if (has_data)
      throw Error("fit", "validation_split and validation_data are both given", where);
    last = std::int64_t(double(n) * (1 - options.validation_split)); // as Keras counts
    if (last == 0 || last == n)
      throw Error("fit",
                  "validation_split leaves " + std::to_string(last) + " of " + std::to_string(n) +
                      " examples to train on and " + std::to_string(n - last) + " to evaluate",
                  where);
  }
  Rows rows(examples, 0, last, options.batch_size, options.shuffle, options.seed);
  std::optional<Rows> validation;
  if (has_data)
    validation.emplace(options.validation_data, 0, check_examples(options.validation_data, "fit", where),
                       options.batch_size, false, 0);
  else if (last < n)
    validation.emplace(examples, last, n, options.batch_size, false, 0);
  return fit_all(trainer, rows, validation ? &*validation : nullptr, options);
}

History detail::Trainer::fit(const Subject &subject, Batches &batches, const FitOptions &options, Location where) {
  TrainerState &trainer = state("fit", where);
  const InCall call(trainer, subject, where);
  if (options.validation_split != 0)
    throw Error("fit", "validation_split needs Tensors, and batches are given", where, "give validation_data");
  if (Access::buffer(options.sample_weight))
    throw Error("fit", "sample_weight needs Tensors, and batches are given", where,
                "batches of (x, y, sample_weight) have their own");
  std::optional<Rows> validation;
  if (Access::buffer(options.validation_data.x))
    validation.emplace(options.validation_data, 0, check_examples(options.validation_data, "fit", where),
                       options.batch_size, false, 0);
  return fit_all(trainer, batches, validation ? &*validation : nullptr, options);
}

Logs detail::Trainer::evaluate(const Subject &subject, const Tensor &x, const Tensor &y, const EvaluateOptions &options,
                               Location where) {
  TrainerState &trainer = state("evaluate", where);
  const InCall call(trainer, subject, where);
  const Examples examples{x, y, options.sample_weight};
  const std::int64_t n = check_examples(examples, "evaluate", where);
  check_batch_size(options.batch_size, "evaluate", where);
  Rows rows(examples, 0, n, options.batch_size, false, 0);
  return evaluate_all(trainer, rows, "");
}

Logs detail::Trainer::evaluate(const Subject &subject, Batches &batches, Location where) {
  TrainerState &trainer = state("evaluate", where);
  const InCall call(trainer, subject, where);
  return evaluate_all(trainer, batches, "");
}

Tensor detail::Trainer::predict(const Subject &subject, const Tensor &x, const PredictOptions &options,
                                Location where) {
  refuse_while_tracing("predict", where);
  if (!state_) // a model that is not compiled predicts too
    state_ = Shares<TrainerState>(new TrainerState({}));
  TrainerState &trainer = *state_;
  const InCall call(trainer, subject, where);
  check_batch_size(options.batch_size, "predict", where);
  const std::int64_t n = rows_of(x, "predict", "x", where);
  struct Collecting final : Sink {
    bool batch(const Tensor &x, const Tensor &, const Tensor *) override {
      parts.push_back(state->run(Step::predict, {&x, 1}, "predict"));
      return true;
    }
    TrainerState *state;
    std::vector<Tensor> parts;
  } sink;
  sink.state = &trainer;
  if (n == 0)
    sink.batch(x, x, nullptr);
  Rows rows({x, {}, {}}, 0, n, options.batch_size, false, 0);
  rows.each(0, sink);
  return sink.parts.size() == 1 ? sink.parts[0] : concat(sink.parts, 0, where);
}

} // namespace tenon::nn
