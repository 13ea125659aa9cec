// Variables: eagerly a replaceable value, in a trace reads and assignments of a symbol.
#include "tenon/variable.h"
#include "copy_log.h"
#include "promote.h"
#include "recorder.h"
#include "state.h"
#include "tenon/ops.h"
#include "trace.h"

#include "dialects/Tenon/Dialect.h"

#include <ostream>

namespace tenon {

using namespace detail;

Variable::Variable(const Tensor &initial, std::string name, Location where) : state_(nullptr) {
  Buffer *value = Access::buffer(initial);
  if (!value) {
    type_of(initial, "Variable", where); // a Tensor without a value is another error
    throw Error("Variable", "the first value is computed by a function that is being traced, so it is not known yet",
                where, "make the Variable outside of the function");
  }
  Trace *trace = Trace::building();
  if (is_tracing && trace->is_retrace)
    throw Error("Variable", "made in a function that is traced for the second time: each trace would have its own",
                where, "make it once, outside of the function, or keep it in a module that makes it at its first call");
  state_ = new VariableState{{1}, BufferRef::share(value), std::move(name), where, {}};
  if (trace)
    trace->made(state_);
}

Variable::Variable(const Variable &other) noexcept : state_(other.state_) {
  retain(state_);
  if (copy_log)
    copy_log->variables.push_back(state_);
}
Variable &Variable::operator=(const Variable &other) noexcept {
  retain(other.state_);
  release(std::exchange(state_, other.state_));
  return *this;
}
Variable::~Variable() { release(state_); }

DType Variable::dtype() const { return state_->value->dtype; }
Shape Variable::shape() const { return {state_->value->shape().begin(), state_->value->shape().end()}; }
const std::string &Variable::name() const { return state_->name; }
bool Variable::trainable() const { return state_->trainable && !state_->frozen && is_floating(state_->value->dtype); }
void Variable::set_trainable(bool trainable) const { state_->trainable = trainable; }

Tensor Variable::value(Location where) const {
  if (!is_tracing)
    return Access::adopt(is_recording ? read_recorded(state_, where) : BufferRef(state_->value).take());
  Trace &trace = *Trace::current();
  const std::string symbol = trace.variable(state_, /*assigns=*/false, where);
  const Buffer &value = *state_->value;
  auto type = to_mlir(TensorType::of(value), trace.context());
  const mlir::Value now = mlir::tenon::ReadOp::create(trace.builder(), to_mlir(where, trace.context()), type, symbol);
  if (is_recording_trace)
    note_read(state_, now);
  return trace.bind(now, where);
}

void Variable::assign(const Arg &x) const {
  const Buffer &now = *state_->value;
  const Tensor value = x.tensor ? Tensor(*x.tensor, x.where) : Tensor(0, now.dtype, x.where);
  TensorType type = type_of(value, "assign", x.where);
  if (!x.tensor) { // a C++ number: a weak scalar
    const Tensor number = cast(x, now.dtype);
    return assign(Arg(number, x.where));
  }
  if (type.dtype != now.dtype ||
      !std::equal(type.dims.begin(), type.dims.end(), now.shape().begin(), now.shape().end()))
    throw Error("assign", type.describe() + " to a Variable of " + describe(now.dtype, now.shape()), x.where,
                type.dtype != now.dtype ? "cast it" : "a Variable keeps its shape: reshape or broadcast_to");
  if (!is_tracing) {
    if (is_recording)
      note_assigned(state_);
    state_->value = BufferRef::share(Access::buffer(value));
    return;
  }
  Trace &trace = *Trace::current();
  const std::string symbol = trace.variable(state_, /*assigns=*/true, x.where);
  const mlir::Location location = to_mlir(x.where, trace.context());
  mlir::Value next = trace.read(value, "assign", x.where);
  if (is_recording_trace) {
    note_assigned(state_);
    // To the tapes the next read is a new value.
    if (is_floating(type.dtype))
      next = mlir::tenon::StopGradientOp::create(trace.builder(), location, next);
  }
  mlir::tenon::AssignOp::create(trace.builder(), location, symbol, next);
}

// The sum is computed in the Variable's dtype: v keeps it, as `x += y` keeps x's type in C++.
void Variable::assign_add(const Arg &x) const {
  const Tensor now = value(x.where), y = cast(x, dtype());
  assign(Arg(Arg(now, x.where) + Arg(y, x.where), x.where));
}
void Variable::assign_sub(const Arg &x) const {
  const Tensor now = value(x.where), y = cast(x, dtype());
  assign(Arg(Arg(now, x.where) - Arg(y, x.where), x.where));
}

Arg::Arg(const Variable &x, Location where) : tensor(&own_), where(where) { own_ = x.value(where); }

std::ostream &operator<<(std::ostream &out, const Variable &x) { return out << x.value(); }

std::string detail::VariableState::symbol(std::size_t i) const {
  std::string symbol;
  const std::string &name = path.empty() ? this->name : path;
  for (char c : name)
    symbol +=
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ? c : '_';
  if (symbol.empty() || (symbol[0] >= '0' && symbol[0] <= '9'))
    symbol = (path.empty() ? "variable" : "layer") + symbol;
  return symbol + (name.empty() ? std::to_string(i) : "");
}

} // namespace tenon
