// Training: one step, as it is written and compiled, with a loss and metrics for each output.
#include "apply.h"
#include "at.h"
#include "tenon/create.h"
#include "tenon/tape.h"
#include "training.h"

namespace tenon::nn {

using namespace tenon::detail;
using detail::Batch;
using detail::StepFunction;
using detail::Subject;
using detail::TrainerState;

namespace {

TensorType open_type(const Tensor &x, const char *operation, Location where) {
  TensorType type = type_of(x, operation, where);
  if (type.dims.empty())
    throw Error(operation, "expected a first dimension, the examples, but got the scalar " + type.describe(), where);
  type.dims[0] = open;
  return type;
}

// "rating", and of tuples and vectors "output_0".
std::string name_of_output(const std::string &part) {
  return !part.empty() && part[0] >= '0' && part[0] <= '9' ? "output_" + part : part;
}

} // namespace

// ---- outputs, losses and metrics ----------------------------------------------------------------------------------

std::string TrainerState::names_of_outputs() const {
  std::string text;
  for (const Output &output : outputs) text += (text.empty() ? "" : ", ") + output.name;
  return text;
}

void TrainerState::resolve(std::size_t y) {
  const std::optional<std::vector<std::string>> names = subject.outputs();
  const std::size_t count = names ? names->size() : y;
  if (resolved && outputs.size() == count)
    return;
  resolved = true;
  outputs.clear();
  apart.clear();
  for (std::size_t i = 0; i < count; ++i)
    outputs.emplace_back().name = name_of_output(names ? (*names)[i] : count > 1 ? std::to_string(i) : "");
  const auto find = [&](const std::string &name) {
    const auto at = std::find_if(outputs.begin(), outputs.end(), [&](const Output &o) { return o.name == name; });
    if (at == outputs.end())
      throw Error("compile", "there is no output '" + name + "'", where,
                  count == 1 ? "the model gives one: leave out the name" : "the model gives " + names_of_outputs());
    return at;
  };

  const std::vector<OutputLoss> &losses = options.loss.each();
  if (!options.loss.is_list()) {
    for (Output &output : outputs) output.loss = losses[0].loss;
  } else {
    const auto named =
        std::count_if(losses.begin(), losses.end(), [](const OutputLoss &x) { return !x.output.empty(); });
    if (named && std::size_t(named) != losses.size())
      throw Error("compile", "some losses name their outputs, and others do not", where, "name all of them, or none");
    if (!named && losses.size() != count)
      throw Error("compile",
                  std::to_string(losses.size()) + " losses for " + std::to_string(count) + " outputs" +
                      (count > 1 ? ": " + names_of_outputs() : ""),
                  where, "one for each; those with names may leave outputs out");
    for (std::size_t i = 0; i < losses.size(); ++i) {
      Output &output = named ? *find(losses[i].output) : outputs[i];
      if (output.loss)
        throw Error("compile", "two losses for the output '" + output.name + "'", where);
      output.loss = losses[i].loss;
      output.weight = losses[i].weight;
    }
  }
  const auto trained = std::count_if(outputs.begin(), outputs.end(), [](const Output &o) { return bool(o.loss); });
  if (trained > 1)
    for (Output &output : outputs)
      if (output.loss)
        output.mean.emplace(output.name + "_loss", where);

  for (const OutputMetric &given : options.metrics) {
    if (!given.metric.compares()) {
      apart.push_back(given.metric);
      continue;
    }
    if (given.output.empty() && count > 1)
      throw Error("compile", "the metric '" + given.metric.name() + "' does not say of which output it is", where,
                  "{\"" + outputs[0].name + "\", ...}: the model gives " + names_of_outputs());
    Output &output = given.output.empty() ? outputs[0] : *find(given.output);
    output.metrics.push_back(given.metric);
    output.metric_names.push_back(count > 1 ? output.name + "_" + given.metric.name() : given.metric.name());
  }
}

void TrainerState::reset_metrics() {
  loss.reset_state();
  for (const Output &output : outputs) {
    if (output.mean)
      output.mean->reset_state();
    for (const metrics::Metric &metric : output.metrics) metric.reset_state();
  }
  for (const metrics::Metric &metric : apart) metric.reset_state();
}

void TrainerState::add_results(Logs &logs, const std::string &prefix) const {
  logs.set(prefix + "loss", loss.result().item<float>());
  for (const Output &output : outputs)
    if (output.mean)
      logs.set(prefix + output.mean->name(), output.mean->result().item<float>());
  for (const Output &output : outputs)
    for (std::size_t i = 0; i < output.metrics.size(); ++i)
      logs.set(prefix + output.metric_names[i], output.metrics[i].result().item<float>());
  for (const metrics::Metric &metric : apart) logs.set(prefix + metric.name(), metric.result().item<float>());
}

// ---- one step -----------------------------------------------------------------------------------------------------

std::vector<Tensor> StepFunction::operator()(const std::vector<Tensor> &parts) const {
  auto next = parts.begin();
  if (kind == predict)
    return state->subject.call(state->subject.object, parts, {}).outputs.tensors();
  Batch batch;
  for (std::size_t i = 0; i < layout.inputs; ++i) batch.x.push_back(*next++);
  for (bool there : layout.y) batch.y.push_back(there ? *next++ : Tensor());
  for (bool there : layout.weight) batch.weight.push_back(there ? *next++ : Tensor());
  return {run(batch)};
}

Tensor StepFunction::run(const Batch &batch) const {
  const Location where = state->where;
  const At at{where};
  const Subject &model = state->subject;
  const auto weight_of = [&](std::size_t i) -> const Tensor * {
    const std::size_t k = layout.weight.size() > 1 ? i : 0;
    return k < layout.weight.size() && layout.weight[k] ? &batch.weight[k] : nullptr;
  };
  const Tensor count = cast(at(batch.x[0].dim(0, where)), f32);
  const auto call = [&](Call flags) {
    detail::Called called = model.call(model.object, batch.x, std::move(flags));
    const Parts &outputs = called.outputs;
    if (outputs.size() != state->outputs.size())
      throw Error(kind == train ? "fit" : "evaluate",
                  "y has " + std::to_string(state->outputs.size()) + " parts, but the model gave " +
                      std::to_string(outputs.size()),
                  where);
    return called;
  };
  // The weights of the samples that a loss or, where nothing is divided by their number, a metric takes.
  const auto masked_weight = [&](std::size_t i, const std::optional<Tensor> &mask, bool averages) {
    std::optional<Tensor> weight;
    if (const Tensor *own = weight_of(i))
      weight.emplace(*own, where);
    if (!mask)
      return weight;
    if (averages)
      return std::optional<Tensor>(losses::mask_weights(at(*mask), weight));
    Tensor counts = cast(at(*mask), f32);
    if (weight) {
      for (int rank = weight->rank(where); rank < counts.rank(where); ++rank) *weight = expand_dims(at(*weight), -1);
      counts = at(counts) * at(*weight);
    }
    return std::optional<Tensor>(counts);
  };
  // The weighted sum of the losses; of each alone the mean is kept without its weight.
  const auto loss_of = [&](const detail::Called &called) {
    const Parts &predictions = called.outputs;
    std::optional<Tensor> total;
    for (std::size_t i = 0; i < state->outputs.size(); ++i) {
      const TrainerState::Output &output = state->outputs[i];
      if (!output.loss)
        continue;
      const std::optional<Tensor> weight = masked_weight(i, called.mask, output.loss.averages());
      const Tensor loss = weight ? output.loss(batch.y[i], predictions[i], *weight, where)
                                 : output.loss(batch.y[i], predictions[i], where);
      if (const TensorType type = type_of(loss, "loss", where); !type.dims.empty())
        throw Error("loss", "expected a scalar, but got " + type.describe(), where, "reduce it, with mean() or sum()");
      if (output.mean)
        output.mean->update_state(at(loss), count);
      const Tensor part = output.weight == 1 ? loss : at(loss) * at(output.weight);
      total = total ? at(*total) + at(part) : part;
    }
    return *total;
  };
  detail::Called called;
  Tensor loss;
  if (kind == train) {
    GradientTape tape({}, where);
    called = call({.training = true});
    loss = loss_of(called);
    const Variables variables = model.variables(model.object).trainable();
    if (variables.empty())
      throw Error("fit", "the model has no trainable variables", where);
    state->options.optimizer.apply_gradients(tape.gradient(tenon::detail::Targets(loss, where), variables), variables,
                                             where);
  } else {
    called = call({});
    loss = loss_of(called);
  }
  state->loss.update_state(at(loss), count);
  for (std::size_t i = 0; i < state->outputs.size(); ++i)
    for (const metrics::Metric &metric : state->outputs[i].metrics) {
      if (const std::optional<Tensor> weight = masked_weight(i, called.mask, false))
        metric.update_state(at(batch.y[i]), at(called.outputs[i]), *weight);
      else
        metric.update_state(at(batch.y[i]), at(called.outputs[i]));
    }
  return loss;
}

std::vector<Tensor> TrainerState::run(StepFunction::Kind kind, const Batch &batch, const char *operation) {
  StepFunction step{this, kind, {.inputs = batch.x.size(), .y = {}, .weight = {}}};
  std::vector<Tensor> parts = batch.x;
  const auto add = [&](const std::vector<Tensor> &tensors, std::vector<bool> &there) {
    for (const Tensor &x : tensors) {
      there.push_back(Access::buffer(x));
      if (there.back())
        parts.push_back(x);
    }
  };
  if (kind != StepFunction::predict) {
    add(batch.y, step.layout.y);
    add(batch.weight, step.layout.weight);
    for (std::size_t i = 0; i < outputs.size(); ++i)
      if (outputs[i].needs_y() && !step.layout.y[i])
        throw Error(operation, "y has no value for the output '" + outputs[i].name + "', which has a loss or a metric",
                    where);
  }
  if (options.run_eagerly)
    return step(parts);
  std::vector<TensorType> types;
  for (const Tensor &x : parts) types.push_back(open_type(x, operation, where));
  for (const auto &function : compiled)
    if (function->kind == kind && function->layout == step.layout && function->types == types)
      return function->function(parts);
  std::vector<ParameterSpec> specs;
  for (const TensorType &type : types) {
    AnySpec spec{type.dtype, {DimSpec("batch")}};
    for (std::size_t i = 1; i < type.dims.size(); ++i) spec.dims.emplace_back(type.dims[i]);
    specs.emplace_back(std::move(spec));
  }
  detail::Layout layout = step.layout;
  compiled.push_back(std::unique_ptr<detail::CompiledStep>(
      new detail::CompiledStep{kind, std::move(layout), std::move(types),
                               Function<StepFunction>(std::move(step), std::move(specs), {.name = operation}, where)}));
  return compiled.back()->function(parts);
}

} // namespace tenon::nn
