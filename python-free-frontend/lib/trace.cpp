// Tracing: Tensor objects as slots, captures of eager values, variables as symbols.
#include "trace.h"
#include "capture.h"
#include "state.h"

#include "dialects/Tenon/Dialect.h"

namespace tenon::detail {

constinit thread_local bool is_tracing = false;
static constinit thread_local Trace *current_trace = nullptr, *paused_trace = nullptr;

Trace *Trace::current() { return current_trace; }
Trace *Trace::building() { return current_trace ? current_trace : paused_trace; }

static std::uint32_t next_id() {
  static std::atomic<std::uint32_t> last{0};
  return ++last;
}

Trace::Module::Module(mlir::MLIRContext &context)
    : operation(mlir::ModuleOp::create(mlir::UnknownLoc::get(&context))) {}
Trace::Module::~Module() {
  for (TracedVariable &variable : variables) release(variable.state);
}

Trace::Trace(Module &module, const std::string &name, Captures captures, Location where, Budget budget)
    : lock_(compiler_mutex()), id_(next_id()), kind_(captures), module_(module),
      builder_(module.operation->getContext()), root_(Frame::function, "function", where, nullptr), last_(where),
      budget_(std::move(budget)) {
  builder_.setInsertionPointToEnd(module.operation->getBody());
  function_ = mlir::func::FuncOp::create(builder_, to_mlir(where, context()), name, builder_.getFunctionType({}, {}));
  root_.block = function_.addEntryBlock();
  builder_.setInsertionPointToEnd(root_.block);
  current_trace = this;
  is_tracing = true;
}

Trace::~Trace() {
  for (VariableState *state : made_) release(state);
  if (!active_)
    return;
  // Left by an exception: nothing of the function stays.
  function_.erase();
  if (current_trace == this) {
    current_trace = nullptr;
    is_tracing = false;
  }
}

mlir::Value Trace::parameter(const TensorType &type, Location where, llvm::ArrayRef<std::string> names) {
  mlir::Value parameter = root_.block->addArgument(to_mlir(type, context()), to_mlir(where, context()));
  if (!names.empty())
    named_.emplace_back(parameter, llvm::SmallVector<std::string, 4>(names));
  return parameter;
}

llvm::StringRef Trace::name_of(mlir::Value parameter, std::int64_t axis) const {
  for (const auto &[value, names] : named_)
    if (value == parameter)
      return names[std::size_t(axis)];
  return {};
}

void Trace::made(VariableState *state) {
  retain(state);
  made_.push_back(state);
}

// One that only the trace still holds would have ended with the C++ function, and begin anew in the next trace.
void Trace::check_made() {
  for (VariableState *state : made_) {
    const bool read = llvm::any_of(module_.variables, [&](const TracedVariable &v) { return v.state == state; });
    if (state->references.load(std::memory_order_acquire) == (read ? 2u : 1u))
      throw Error("Variable",
                  (state->name.empty() ? "" : "'" + state->name + "', ") + TensorType::of(*state->value).describe() +
                      ", is made by the function that is traced and ends with it, so the next call would not find it",
                  state->made, "make it, or the layer that holds it, a member or an object outside of the function");
  }
}

void Trace::finish(llvm::ArrayRef<mlir::Value> results, Location where) {
  check();
  check_made();
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

Tensor Trace::bind(mlir::Value value, Location where) {
  Tensor x = Access::empty();
  bind(x, value, where);
  return x;
}

void Trace::bind(Tensor &x, mlir::Value value, Location where) {
  Access::set_slot(x, new_slot(Current{value}, where));
  Access::set_trace(x, id_);
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
  check();
  const SlotNumber number = Access::slot(x);
  if (number >= 0) {
    if (Access::trace(x) != id_)
      throw Error(operation, "this Tensor belongs to a function that has already been traced", where,
                  "return it from that function, or keep it in a Variable");
    const Location born = slot(number).born;
    if (!slot(number).home)
      throw Error(operation, "use of a Tensor whose region has ended (declared at " + in_file(born) + ")", where,
                  "collect what iterations compute in a tenon::TensorArray, or assign a Tensor that is declared before "
                  "the statement",
                  source_line(born));
    const Current now = lookup(top_, number);
    if (now.value && (!now.doubt || slot(number).trusted))
      return now.value;
    if (now.doubt)
      throw Error(operation, "the Tensor declared at " + in_file(born) + " may have no value here: " + *now.doubt,
                  where.line() ? where : last_, "give it a value before that statement", source_line(born));
    throw Error(operation, "use of a Tensor without a value (declared at " + in_file(born) + ")", where);
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
  saw(where);
  Access::set_slot(x, new_slot(Current{}, where));
  Access::set_trace(x, id_);
}

// What `x` holds, in doubt or not: an object that is only copied is not read yet.
Current Trace::current_of(const Tensor &x, const char *operation) {
  const SlotNumber number = Access::slot(x);
  if (number < 0 && !Access::buffer(x))
    return {};
  if (number < 0 || Access::trace(x) != id_ || !slot(number).home)
    return Current{read(x, operation, last_)};
  Current now = lookup(top_, number);
  if (slot(number).trusted)
    now.doubt = nullptr;
  return now;
}

void Trace::copied(Tensor &x, const Tensor &from, Location where) {
  saw(where);
  const Current now = current_of(from, "copy");
  Access::set_slot(x, new_slot(now, where));
  Access::set_trace(x, id_);
}

void Trace::moved(Tensor &x, const Tensor &from) {
  const Slot &source = slot(Access::slot(from));
  const Current now = source.home ? current_of(from, "move") : Current{};
  Access::set_slot(x, new_slot(now, slot(Access::slot(from)).born));
  Access::set_trace(x, id_);
}

void Trace::assigned(Tensor &x, const Tensor &from) {
  step(Location());
  if (Access::slot(x) < 0 && !Access::buffer(x) && Access::trace(x) == Access::unborn)
    born(x, Location());
  if (Access::slot(x) < 0 || Access::trace(x) != id_)
    throw Error("assignment",
                "the Tensor that is assigned, here or a few lines below, lives outside the traced function, which runs "
                "only once as C++",
                last_, "return the value, or keep it in a tenon::Variable");
  if (!slot(Access::slot(x)).home)
    throw Error("assignment", "use of a Tensor whose region has ended", last_);
  write(Access::slot(x), current_of(from, "assignment"));
}

void Trace::forget(const Tensor &x) {
  for (Capture &capture : captures_)
    if (capture.source == &x)
      capture.source = nullptr;
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

PauseTrace::PauseTrace() : trace_(current_trace), outer_(paused_trace) {
  if (trace_)
    paused_trace = trace_;
  current_trace = nullptr;
  is_tracing = false;
}
PauseTrace::~PauseTrace() {
  current_trace = trace_;
  paused_trace = outer_;
  is_tracing = trace_ != nullptr;
}

} // namespace tenon::detail
