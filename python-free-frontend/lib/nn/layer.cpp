// nn::Layer: calls, the walk over layers, and what their errors say.
#include "tenon/nn/layer.h"
#include "apply.h"
#include "tenon/create.h"
#include "trace.h"

#include <cstring>

namespace tenon::nn {

using namespace tenon::detail;

std::string LayerState::describe() const {
  std::string text = kind + (name.empty() ? "" : " '" + name + "'");
  if (!made.line())
    return text;
  const char *slash = std::strrchr(made.file_name(), '/');
  return text + " (" + (slash ? slash + 1 : made.file_name()) + ":" + std::to_string(made.line()) + ")";
}

void LayerState::fail(const std::string &problem, Location where, const std::string &remedy) const {
  throw Error("nn::" + describe(), problem, where, remedy);
}

Tensor Layer::operator()(const Arg &x, Call call) const {
  if (!state())
    throw Error("Layer", "called after it was moved from", x.where);
  const Tensor number = x.tensor ? Access::empty() : cast(x, x.scalar.kind == Scalar::floating ? f32 : i64);
  Tensor result = state()->call(x.tensor ? *x.tensor : number, call, x.where);
  if (!state()->called)
    state()->note_output(result, x.where);
  return result;
}

void LayerState::note_output(const Tensor &result, Location where) {
  const TensorType type = type_of(result, kind.c_str(), where);
  output_dtype = type.dtype;
  output_shape.assign(type.dims.begin(), type.dims.end());
  called = true;
}

void Layer::build(const Shape &shape, DType dtype) const {
  PauseTrace pause;
  (*this)(zeros(shape, dtype));
}

Variables Layer::variables() const {
  Collector collector;
  collect(collector, "");
  return std::move(collector.variables);
}

void Layer::set_trainable(bool trainable) const {
  Collector collector;
  collector.freeze = !trainable;
  collect(collector, "");
}

void Layer::collect(Collector &collector, const std::string &path) const {
  if (!state() || !collector.enter(state()))
    return;
  if (collector.freeze >= 0)
    state()->frozen = collector.freeze != 0;
  collector.enter_layer(path, *this);
  state()->collect(collector, path);
  collector.leave_layer();
}

} // namespace tenon::nn
