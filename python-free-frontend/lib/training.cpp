// Training: the loops of fit, evaluate and predict, and what happens between the steps.
#include "training.h"
#include "apply.h"
#include "progress.h"
#include "tenon/create.h"

#include <cmath>

namespace tenon::nn {

using namespace tenon::detail;
using detail::Batch;
using detail::Rows;
using detail::StepFunction;
using detail::Subject;
using detail::TrainerState;

namespace {

void check_batch_size(int size, const char *operation, Location where) {
  if (size <= 0)
    throw Error(operation, "expected batch_size > 0, but got " + std::to_string(size), where);
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

// A batch in the model's order.
Batch batch_of(const TrainerState &state, const Parts &x, const Parts &y, const Parts &weight, const char *operation) {
  const Location where = state.where;
  const std::optional<std::vector<std::string>> outputs = state.subject.outputs();
  Batch batch{detail::in_order(x, state.subject.inputs(), "x", "takes", operation, where),
              detail::in_order(y, outputs, "y", "gives", operation, where),
              {}};
  if (weight.size() == 1)
    batch.weight = weight.tensors();
  else if (!weight.empty())
    batch.weight = detail::in_order(weight, outputs, "sample_weight", "gives", operation, where);
  return batch;
}

// Evaluates batch by batch.
struct Testing final : detail::Sink {
  explicit Testing(TrainerState &state) : state(state) {}
  bool batch(const Parts &x, const Parts &y, const Parts &weight) override {
    const Batch batch = batch_of(state, x, y, weight, "evaluate");
    if (count == 0) {
      state.resolve(batch.y.size());
      state.reset_metrics();
    }
    state.run(StepFunction::test, batch, "evaluate");
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

  bool batch(const Parts &x, const Parts &y, const Parts &weight) override {
    Batch batch = batch_of(state, x, y, weight, "fit");
    if (run.batch == 0) {
      state.resolve(batch.y.size());
      state.reset_metrics();
    }
    if (!options.class_weight.empty()) {
      if (batch.y.size() != 1)
        throw Error("fit", "class_weight needs a single output, but the model gives " + state.names_of_outputs(),
                    state.where, "sample_weight may have a Tensor for each output");
      const Tensor *own = batch.weight.empty() ? nullptr : batch.weight.data();
      batch.weight = {detail::weigh_classes(options.class_weight, batch.y[0], own, state.where)};
    }
    run.loss = double(state.run(StepFunction::train, batch, "fit")[0].item<float>());
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
  const auto name_of = [](const OutputMetric &x) { return (x.output.empty() ? "" : x.output + "_") + x.metric.name(); };
  for (std::size_t i = 0; i < options.metrics.size(); ++i) {
    const std::string name = name_of(options.metrics[i]);
    bool taken = name == "loss";
    for (std::size_t j = 0; j < i; ++j) taken = taken || name == name_of(options.metrics[j]);
    for (const OutputLoss &loss : options.loss.each()) taken = taken || name == loss.output + "_loss";
    if (taken)
      throw Error("compile", "two numbers would be called '" + name + "'", where, "give the metric another name");
  }
  state_ = Shares<TrainerState>(new TrainerState(options));
}

History detail::Trainer::fit(const Subject &subject, const Parts &x, const Parts &y, const FitOptions &options,
                             Location where) {
  TrainerState &trainer = state("fit", where);
  const InCall call(trainer, subject, where);
  const Examples examples{x, y, options.sample_weight};
  const std::int64_t n = detail::check_examples(examples, "fit", where);
  check_batch_size(options.batch_size, "fit", where);
  if (!(options.validation_split >= 0 && options.validation_split < 1))
    throw Error("fit", "expected validation_split in [0, 1), but got " + std::to_string(options.validation_split),
                where);
  const bool has_data = !options.validation_data.x.empty();
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
    validation.emplace(options.validation_data, 0, detail::check_examples(options.validation_data, "fit", where),
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
  if (!options.sample_weight.empty())
    throw Error("fit", "sample_weight needs Tensors, and batches are given", where,
                "batches of (x, y, sample_weight) have their own");
  std::optional<Rows> validation;
  if (!options.validation_data.x.empty())
    validation.emplace(options.validation_data, 0, detail::check_examples(options.validation_data, "fit", where),
                       options.batch_size, false, 0);
  return fit_all(trainer, batches, validation ? &*validation : nullptr, options);
}

Logs detail::Trainer::evaluate(const Subject &subject, const Parts &x, const Parts &y, const EvaluateOptions &options,
                               Location where) {
  TrainerState &trainer = state("evaluate", where);
  const InCall call(trainer, subject, where);
  const Examples examples{x, y, options.sample_weight};
  const std::int64_t n = detail::check_examples(examples, "evaluate", where);
  check_batch_size(options.batch_size, "evaluate", where);
  Rows rows(examples, 0, n, options.batch_size, false, 0);
  return evaluate_all(trainer, rows, "");
}

Logs detail::Trainer::evaluate(const Subject &subject, Batches &batches, Location where) {
  TrainerState &trainer = state("evaluate", where);
  const InCall call(trainer, subject, where);
  return evaluate_all(trainer, batches, "");
}

std::vector<Tensor> detail::Trainer::predict(const Subject &subject, const Parts &x, const PredictOptions &options,
                                             Location where) {
  refuse_while_tracing("predict", where);
  if (!state_) // a model that is not compiled predicts too
    state_ = Shares<TrainerState>(new TrainerState({}));
  TrainerState &trainer = *state_;
  const InCall call(trainer, subject, where);
  check_batch_size(options.batch_size, "predict", where);
  const std::int64_t n = check_rows(x, "predict", where);
  const Parts parts(in_order(x, subject.inputs(), "x", "takes", "predict", where), x.names());
  struct Collecting final : Sink {
    bool batch(const Parts &x, const Parts &, const Parts &) override {
      for (std::size_t i = 0; const Tensor &y : state->run(StepFunction::predict, {x.tensors(), {}, {}}, "predict")) {
        if (i == pieces.size())
          pieces.emplace_back();
        pieces[i++].push_back(y);
      }
      return true;
    }
    TrainerState *state;
    std::vector<std::vector<Tensor>> pieces; // of each output
  } sink;
  sink.state = &trainer;
  if (n == 0)
    sink.batch(parts, {}, {});
  Rows rows({parts, {}, {}}, 0, n, options.batch_size, false, 0);
  rows.each(0, sink);
  std::vector<Tensor> results;
  for (const std::vector<Tensor> &of_output : sink.pieces)
    results.push_back(of_output.size() == 1 ? of_output[0] : concat(of_output, 0, where));
  return results;
}

} // namespace tenon::nn
