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

// What a layer is called with: the Tensor itself, or a number as one.
struct Argument {
  Argument(const Arg &x, const LayerState *state) : given(x.tensor) {
    if (!state)
      throw Error("Layer", "called after it was moved from", x.where);
    if (!given)
      number = cast(x, x.scalar.kind == Scalar::floating ? f32 : i64);
  }
  const Tensor &operator*() const { return given ? *given : number; }
  const Tensor *given;
  Tensor number = Access::empty();
};

Tensor Layer::operator()(const Arg &x, Call call) const {
  const Argument argument(x, state());
  Tensor result = state()->call(*argument, std::move(call), x.where);
  if (!state()->called)
    state()->note_output(result, x.where);
  return result;
}

Masked Layer::masked(const Arg &x, Call call) const {
  const Argument argument(x, state());
  Masked result = state()->call_masked(*argument, call, x.where);
  if (!state()->called)
    state()->note_output(result.value, x.where);
  return result;
}

Masked LayerState::call_masked(const Tensor &x, const Call &call, Location where) {
  Masked result{this->call(x, call, where), {}};
  if (call.mask && keeps_steps(result.value, *call.mask, where))
    result.mask.emplace(*call.mask, where);
  return result;
}

bool LayerState::keeps_steps(const Tensor &result, const Tensor &mask, Location where) const {
  const TensorType y = type_of(result, kind.c_str(), where), m = type_of(mask, kind.c_str(), where);
  bool keeps = y.dims.size() > m.dims.size();
  for (std::size_t i = 0; keeps && i < m.dims.size(); ++i)
    keeps = y.dims[i] == m.dims[i] || y.dims[i] == open || m.dims[i] == open;
  return keeps;
}

std::optional<Tensor> LayerState::mask_of(const Call &call, const Tensor &x, Location where) const {
  if (!call.mask)
    return std::nullopt;
  const TensorType m = type_of(*call.mask, kind.c_str(), where), t = type_of(x, kind.c_str(), where);
  if (m.dtype != boolean || m.dims.size() + 1 != t.dims.size() || !keeps_steps(x, *call.mask, where)) {
    llvm::SmallVector<std::int64_t> wanted(t.dims.begin(), t.dims.end());
    if (!wanted.empty())
      wanted.pop_back();
    fail("the mask is " + m.describe() + ", but " + TensorType{boolean, {wanted.begin(), wanted.end()}}.describe() +
             " is expected: one boolean for each step",
         where);
  }
  return Tensor(*call.mask, where);
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
