// Tracing: Tensor objects as slots, captures of eager values, variables as symbols.
#include "trace.h"
#include "capture.h"
#include "state.h"

#include "dialects/Tenon/Dialect.h"

namespace tenon::detail {

constinit thread_local bool is_tracing = false;
static constinit thread_local Trace *current_trace = nullptr;

Trace *Trace::current() { return current_trace; }

static std::uint32_t next_id() {
  static std::atomic<std::uint32_t> last{0};
  return ++last;
}

static std::string declared(Location where) {
  const std::string_view file = where.file_name();
  return " (declared at " + std::string(file.substr(file.rfind('/') + 1)) + ":" + std::to_string(where.line()) + ")";
}

Trace::Module::Module(mlir::MLIRContext &context)
    : operation(mlir::ModuleOp::create(mlir::UnknownLoc::get(&context))) {}
Trace::Module::~Module() {
  for (TracedVariable &variable : variables) release(variable.state);
}

Trace::Trace(Module &module, const std::string &name, Captures captures, Location where)
    : lock_(compiler_mutex()), id_(next_id()), kind_(captures), module_(module),
      builder_(module.operation->getContext()) {
  builder_.setInsertionPointToEnd(module.operation->getBody());
  function_ = mlir::func::FuncOp::create(builder_, to_mlir(where, context()), name, builder_.getFunctionType({}, {}));
  builder_.setInsertionPointToStart(function_.addEntryBlock());
  current_trace = this;
  is_tracing = true;
}

Trace::~Trace() {
  if (!active_)
    return;
  // Left by an exception: nothing of the function stays.
  function_.erase();
  if (current_trace == this) {
    current_trace = nullptr;
    is_tracing = false;
  }
}

mlir::Value Trace::parameter(const TensorType &type, Location where) {
  return function_.getBody().front().addArgument(to_mlir(type, context()), to_mlir(where, context()));
}

void Trace::finish(llvm::ArrayRef<mlir::Value> results, Location where) {
  mlir::func::ReturnOp::create(builder_, to_mlir(where, context()), results);
  llvm::SmallVector<mlir::Type> types;
  for (mlir::Value value : results) types.push_back(value.getType());
  mlir::Block &entry = function_.getBody().front();
  function_.setFunctionType(builder_.getFunctionType(entry.getArgumentTypes(), types));
  const unsigned first_capture = entry.getNumArguments() - unsigned(kind_ == Captures::inputs ? captures_.size() : 0);
  for (unsigned i = first_capture; i < entry.getNumArguments(); ++i)
    function_.setArgAttr(i, "tenon.capture", builder_.getUnitAttr());
  current_trace = nullptr;
  is_tracing = false;
  active_ = false;
}

std::int32_t Trace::new_slot(mlir::Value value, Location where) {
  if (!free_slots_.empty()) {
    const std::int32_t slot = free_slots_.back();
    free_slots_.pop_back();
    slots_[std::size_t(slot)] = {value, where};
    return slot;
  }
  slots_.push_back({value, where});
  return std::int32_t(slots_.size()) - 1;
}

Tensor Trace::bind(mlir::Value value, Location where) {
  Tensor x = Access::empty();
  Access::set_slot(x, new_slot(value, where));
  Access::set_trace(x, id_);
  return x;
}

mlir::Value Trace::capture(const Tensor *source, Buffer *value) {
  for (std::size_t i = 0; i < captures_.size(); ++i)
    if (captures_[i].source == source && captures_[i].value.get() == value)
      return captured_values_[i];
  mlir::Block &entry = function_.getBody().front();
  mlir::Value captured;
  if (kind_ == Captures::inputs) {
    captured = entry.addArgument(to_mlir(TensorType::of(*value), context()), builder_.getUnknownLoc());
    if (source)
      Access::set_slot(*source, Access::captured); // from now on it reports assignments: capture.cpp
  } else {
    mlir::OpBuilder at_start(&entry, entry.begin());
    if (!captured_values_.empty())
      at_start.setInsertionPointAfterValue(captured_values_.back());
    captured = mlir::tenon::ConstantOp::create(at_start, builder_.getUnknownLoc(), to_mlir(*value, context()));
  }
  captures_.push_back({source, BufferRef::share(value)});
  captured_values_.push_back(captured);
  return captured;
}

mlir::Value Trace::read(const Tensor &x, const char *operation, Location where) {
  const std::int32_t slot = Access::slot(x);
  if (slot >= 0) {
    if (Access::trace(x) != id_)
      throw Error(operation, "this Tensor belongs to a function that has already been traced", where,
                  "return it from that function, or keep it in a Variable");
    const Slot &variable = slots_[std::size_t(slot)];
    if (!variable.value)
      throw Error(operation, "use of a Tensor without a value" + declared(variable.born), where);
    return variable.value;
  }
  if (Buffer *value = Access::buffer(x))
    return capture(&x, value);
  throw Error(operation, "use of a Tensor without a value", where);
}

TensorType Trace::type(const Tensor &x, const char *operation, Location where) {
  if (Access::slot(x) < 0)
    if (Buffer *value = Access::buffer(x))
      return TensorType::of(*value);
  return from_mlir(read(x, operation, where).getType());
}

Location Trace::born_at(const Tensor &x) const {
  return Access::slot(x) >= 0 && Access::trace(x) == id_ ? slots_[std::size_t(Access::slot(x))].born : Location();
}

void Trace::born(Tensor &x, Location where) {
  Access::set_slot(x, new_slot({}, where));
  Access::set_trace(x, id_);
}

void Trace::copied(Tensor &x, const Tensor &from, Location where) {
  born(x, where);
  const bool unset = Access::slot(from) < 0
                         ? !Access::buffer(from)
                         : Access::trace(from) == id_ && !slots_[std::size_t(Access::slot(from))].value;
  if (!unset)
    slots_[std::size_t(Access::slot(x))].value = read(from, "copy", where);
}

void Trace::assigned(Tensor &x, const Tensor &from) {
  const std::int32_t slot = Access::slot(x);
  if (slot < 0 && Access::buffer(x))
    throw Error("assignment",
                "the Tensor that is assigned lives outside the traced function, which runs only once as C++",
                Location(), "return the value, or keep it in a tenon::Variable");
  if (slot < 0 || Access::trace(x) != id_)
    born(x, Location());
  const bool unset = Access::slot(from) < 0
                         ? !Access::buffer(from)
                         : Access::trace(from) == id_ && !slots_[std::size_t(Access::slot(from))].value;
  mlir::Value value = unset ? mlir::Value() : read(from, "assignment", Location());
  slots_[std::size_t(Access::slot(x))].value = value;
}

void Trace::dropped(Tensor &x) {
  if (Access::trace(x) != id_)
    return;
  slots_[std::size_t(Access::slot(x))].value = {};
  free_slots_.push_back(Access::slot(x));
}

std::string Trace::variable(VariableState *state, bool assigns, Location where) {
  auto found = llvm::find_if(module_.variables, [&](const TracedVariable &v) { return v.state == state; });
  if (found == module_.variables.end()) {
    std::string symbol = state->symbol(module_.variables.size());
    while (module().lookupSymbol(symbol)) symbol += '_';
    mlir::OpBuilder before(module().getBody(), module().getBody()->begin());
    if (!module_.variables.empty())
      before.setInsertionPointAfter(module().lookupSymbol(module_.variables.back().symbol));
    const Buffer &value = *state->value;
    mlir::tenon::VariableOp::create(before, to_mlir(where, context()), builder_.getStringAttr(symbol),
                                    mlir::TypeAttr::get(to_mlir(TensorType::of(value), context())),
                                    kind_ == Captures::constants ? mlir::ElementsAttr(to_mlir(value, context()))
                                                                 : mlir::ElementsAttr(),
                                    mlir::StringAttr());
    retain(state);
    module_.variables.push_back({state, symbol});
    found = &module_.variables.back();
  }
  found->assigned |= assigns;
  return found->symbol;
}

PauseTrace::PauseTrace() : trace_(current_trace) {
  current_trace = nullptr;
  is_tracing = false;
}
PauseTrace::~PauseTrace() {
  current_trace = trace_;
  is_tracing = trace_ != nullptr;
}

} // namespace tenon::detail
