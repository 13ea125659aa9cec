// tenon::function: signatures, the cache of concrete functions, retraces and what they say, calls.
#include "tenon/function.h"
#include "apply.h"
#include "capture.h"
#include "executor.h"
#include "hash.h"
#include "recorder.h"
#include "state.h"

#include "compiler/Target/Jit.h"

#include <algorithm>

namespace tenon::detail {

/// One signature, compiled.
struct Concrete {
  std::vector<std::uint64_t> words;
  std::uint64_t hash = 0;
  std::shared_ptr<const mlir::tenon::CompiledFunction> code;
  std::unique_ptr<Trace::Module> module; // keeps its variables
  std::shared_ptr<CallIR> ir;
  CaptureList captures;
  struct Output {
    TensorType type;
    llvm::SmallVector<mlir::tenon::Dimension, 4> dims; // where the type is open
  };
  std::vector<Output> outputs;
  bool computes_shapes = false;
  void *prototype = nullptr;
  void (*free_prototype)(void *) = nullptr;
  std::vector<std::pair<std::string, std::string>> description;
  ~Concrete() {
    if (prototype)
      free_prototype(prototype);
  }
};

struct FunctionCore {
  std::atomic<std::uint32_t> references{1};
  FunctionOptions options;
  std::vector<ParameterSpec> specs;
  Location where;
  std::mutex mutex;
  std::vector<std::unique_ptr<Concrete>> all; // also those that are stale: a call may be in one
  std::atomic<Concrete *> last{nullptr};
  std::vector<std::string> retraces;
};

FunctionCore *make_core(FunctionOptions options, std::vector<ParameterSpec> specs, Location where) {
  auto *core = new FunctionCore;
  core->options = std::move(options);
  core->specs = std::move(specs);
  core->where = where;
  return core;
}
void retain(FunctionCore *core) { core->references.fetch_add(1, std::memory_order_relaxed); }
void release(FunctionCore *core) {
  if (core->references.fetch_sub(1, std::memory_order_acq_rel) == 1)
    delete core;
}

// ---- signatures ---------------------------------------------------------------------------------------------------

Signature::~Signature() {
  if (words_ != inline_words_)
    delete[] words_;
  if (tensors_ != inline_tensors_)
    delete[] tensors_;
}

void Signature::grow() {
  auto *words = new std::uint64_t[capacity_ * 2];
  std::copy_n(words_, size_, words);
  if (words_ != inline_words_)
    delete[] words_;
  words_ = words;
  capacity_ *= 2;
}

void Signature::tensor(const Tensor &x) {
  const Buffer *value = Access::buffer(x);
  if (!value)
    type_of(x, core_->options.name.c_str(), core_->where); // throws
  if (tensor_count_ == tensor_capacity_) {
    auto **tensors = new const Tensor *[tensor_capacity_ * 2];
    std::copy_n(tensors_, tensor_count_, tensors);
    if (tensors_ != inline_tensors_)
      delete[] tensors_;
    tensors_ = tensors;
    tensor_capacity_ *= 2;
  }
  tensors_[tensor_count_++] = &x;
  if (core_->specs.empty()) {
    add(std::uint64_t(value->dtype) | std::uint64_t(value->rank) << 8);
    for (std::int64_t n : value->shape()) add(std::uint64_t(n));
  } else {
    add_specified(x);
  }
}

void Signature::text(std::string_view text) {
  add(text.size());
  for (; !text.empty(); text.remove_prefix(std::min<std::size_t>(8, text.size()))) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data(), std::min<std::size_t>(8, text.size()));
    add(word);
  }
}

static std::string describe(const AnySpec &spec) {
  std::string text = name(spec.dtype) + std::string("[");
  for (std::size_t i = 0; i < spec.dims.size(); ++i)
    text += (i ? "," : "") + (spec.dims[i].size != open   ? std::to_string(spec.dims[i].size)
                              : spec.dims[i].name.empty() ? "?"
                                                          : spec.dims[i].name);
  return text + "]";
}

// Names of the open dimensions up to parameter `count`, in order of appearance; one without a name gets its own.
static std::vector<std::string> dimension_names(const std::vector<ParameterSpec> &specs, std::size_t count) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < count; ++i)
    for (std::size_t k = 0; k < specs[i].tensor.dims.size(); ++k) {
      const DimSpec &dim = specs[i].tensor.dims[k];
      if (dim.size != open)
        continue;
      const std::string name = dim.name.empty() ? "x" + std::to_string(i) + "_" + std::to_string(k) : dim.name;
      if (std::find(names.begin(), names.end(), name) == names.end())
        names.push_back(name);
    }
  return names;
}

// A Tensor against its specification: what is open does not count, but goes to the call as a number.
void Signature::add_specified(const Tensor &x) {
  const std::size_t i = tensor_count_ - 1;
  const char *function = core_->options.name.c_str();
  const Buffer &value = *Access::buffer(x);
  if (i >= core_->specs.size())
    throw Error(function,
                "there are more Tensors than the " + std::to_string(core_->specs.size()) + " that were specified",
                core_->where);
  const AnySpec &spec = core_->specs[i].tensor;
  const std::string who =
      core_->specs[i].name.empty() ? "argument " + std::to_string(i) : "argument '" + core_->specs[i].name + "'";
  bool fits = value.dtype == spec.dtype && value.rank == spec.dims.size();
  for (std::size_t k = 0; fits && k < spec.dims.size(); ++k)
    fits = spec.dims[k].size == open || spec.dims[k].size == value.dims[k];
  if (!fits)
    throw Error(function,
                who + " is specified as " + describe(spec) + ", but got " +
                    detail::describe(value.dtype, value.shape()),
                core_->where);
  add(i);
  const std::vector<std::string> known = dimension_names(core_->specs, i + 1);
  for (std::size_t k = 0; k < spec.dims.size(); ++k) {
    if (spec.dims[k].size != open)
      continue;
    const std::string name =
        spec.dims[k].name.empty() ? "x" + std::to_string(i) + "_" + std::to_string(k) : spec.dims[k].name;
    const std::size_t at = std::size_t(std::find(known.begin(), known.end(), name) - known.begin());
    if (at >= std::size(dims_))
      throw Error(function, "more than 16 open dimensions", core_->where);
    if (at < dim_count_) {
      if (dims_[at] != value.dims[k])
        throw Error(function,
                    "dimension '" + name + "' is " + std::to_string(dims_[at]) + ", but " +
                        std::to_string(value.dims[k]) + " in " + who + ", " +
                        detail::describe(value.dtype, value.shape()),
                    core_->where);
    } else {
      dims_[dim_count_++] = value.dims[k];
    }
  }
}

// ---- descriptions -------------------------------------------------------------------------------------------------

void Describer::tensor(const Tensor &x) {
  const Buffer *value = Access::buffer(x);
  note(value ? describe(value->dtype, value->shape()) : "no value");
}

void Describer::note(std::string what) {
  std::string where = "argument ";
  for (std::size_t i = 0; i < path_.size(); ++i)
    where += i ? path_[i] : path_[i].substr(1, path_[i].size() - 2); // "[0]" is the argument
  lines.emplace_back(std::move(where), std::move(what));
}

using Lines = std::vector<std::pair<std::string, std::string>>;

// What differs, line by line.
static std::vector<std::string> difference(const Lines &before, const Lines &now) {
  std::vector<std::string> result;
  for (const auto &[path, what] : now) {
    auto same = std::find_if(before.begin(), before.end(), [&](const auto &line) { return line.first == path; });
    if (same == before.end())
      result.push_back(path + " is new: " + what);
    else if (same->second != what)
      result.push_back(path + " was " + same->second + ", now " + what);
  }
  for (const auto &[path, what] : before)
    if (std::none_of(now.begin(), now.end(), [&](const auto &line) { return line.first == path; }))
      result.push_back(path + " was " + what + ", now gone");
  return result;
}

// Why a trace is needed, beside the trace that is nearest to it.
static std::string reason(const FunctionCore &core, const Signature &signature, const Lines &description) {
  std::vector<std::string> best;
  for (const auto &concrete : core.all) {
    if (concrete->captures.stale && std::ranges::equal(concrete->words, signature.words()))
      return concrete->captures.why;
    std::vector<std::string> differences = difference(concrete->description, description);
    if (best.empty() || (!differences.empty() && differences.size() < best.size()))
      best = std::move(differences);
  }
  std::string text;
  for (const std::string &line : best) text += (text.empty() ? "" : "; ") + line;
  return text.empty() ? "the types of the arguments changed" : text;
}

std::size_t trace_count(const FunctionCore &core) { return core.all.size(); }

std::string explain(const FunctionCore &core) {
  std::string text;
  for (std::size_t i = 0; i < core.retraces.size(); ++i)
    text += (i ? "\n" : "") + core.options.name + ": trace " + std::to_string(i + 2) + ": " + core.retraces[i];
  return text;
}

// ---- the cache ----------------------------------------------------------------------------------------------------

static bool matches(const Concrete &concrete, const Signature &signature) {
  const auto words = signature.words();
  return concrete.words.size() == words.size() &&
         std::memcmp(concrete.words.data(), words.data(), words.size() * 8) == 0 && !concrete.captures.stale;
}

Concrete *find(FunctionCore &core, const Signature &signature) {
  // Most calls have the signature of the one before.
  if (Concrete *last = core.last.load(std::memory_order_acquire); last && matches(*last, signature))
    return last;
  const std::uint64_t hash = Words::hash_words(signature.words().data(), signature.words().size());
  std::lock_guard lock(core.mutex);
  for (const auto &concrete : core.all)
    if (concrete->hash == hash && matches(*concrete, signature)) {
      core.last.store(concrete.get(), std::memory_order_release);
      return concrete.get();
    }
  return nullptr;
}

const void *prototype(const Concrete &function) { return function.prototype; }

// ---- tracing ------------------------------------------------------------------------------------------------------

struct Tracing::State {
  FunctionCore &core;
  std::unique_ptr<Trace::Module> module;
  std::optional<Trace> trace;
  std::size_t parameters = 0;
};

Tracing::Tracing(FunctionCore &core, const Signature &) : state_(nullptr) {
  std::lock_guard lock(compiler_mutex());
  state_ = new State{core, std::make_unique<Trace::Module>(shared_context()), {}, 0};
  state_->trace.emplace(*state_->module, "function", Trace::Captures::inputs, core.where,
                        Trace::Budget{core.options.operation_budget, core.options.name});
  state_->trace->is_retrace = !core.all.empty();
}

Tracing::~Tracing() {
  std::lock_guard lock(compiler_mutex());
  delete state_;
}

void Tracing::tensor(Tensor &x) {
  Trace &trace = *state_->trace;
  TensorType type = TensorType::of(*Access::buffer(x));
  const std::size_t i = state_->parameters++;
  const std::vector<ParameterSpec> &specs = state_->core.specs;
  llvm::SmallVector<std::string, 4> names;
  if (!specs.empty())
    for (std::size_t k = 0; k < type.dims.size(); ++k) {
      type.dims[k] = specs[i].tensor.dims[k].size;
      names.push_back(specs[i].tensor.dims[k].name);
    }
  mlir::Value parameter = trace.parameter(type, state_->core.where, names);
  release(std::exchange(Access::buffer(x), nullptr));
  trace.bind(x, parameter, state_->core.where);
}

// The values of the results, and the results emptied: what they hold belongs to the trace that ends.
static llvm::SmallVector<mlir::Value> take_values(Trace &trace, std::span<Tensor *const> results, Location where) {
  llvm::SmallVector<mlir::Value> values;
  for (Tensor *x : results) values.push_back(trace.read(*x, "return", where));
  return values;
}

static void name_dimensions(mlir::func::FuncOp function, const std::vector<ParameterSpec> &specs) {
  mlir::Builder b(function.getContext());
  for (std::size_t i = 0; i < specs.size() && i < function.getNumArguments(); ++i) {
    if (!specs[i].name.empty())
      function.setArgAttr(unsigned(i), "tenon.name", b.getStringAttr(specs[i].name));
    llvm::SmallVector<llvm::StringRef> names;
    llvm::SmallVector<std::string> own(specs[i].tensor.dims.size());
    bool any = false;
    for (std::size_t k = 0; k < specs[i].tensor.dims.size(); ++k) {
      const DimSpec &dim = specs[i].tensor.dims[k];
      if (dim.size == open)
        own[k] = dim.name.empty() ? "x" + std::to_string(i) + "_" + std::to_string(k) : dim.name, any = true;
      names.push_back(own[k]);
    }
    if (any)
      function.setArgAttr(unsigned(i), "tenon.dims", b.getStrArrayAttr(names));
  }
}

Concrete *Tracing::finish(std::span<Tensor *const> results, const Signature &signature, Describer description,
                          void *prototype, void (*free_prototype)(void *)) {
  FunctionCore &core = state_->core;
  Trace &trace = *state_->trace;
  auto concrete = std::make_unique<Concrete>();
  concrete->prototype = prototype;
  concrete->free_prototype = free_prototype;
  trace.finish(take_values(trace, results, core.where), core.where);
  for (Tensor *x : results) *x = Access::empty();
  name_dimensions(trace.function(), core.specs);
  if (core.options.trace_budget > 0 && core.all.size() >= std::size_t(core.options.trace_budget))
    throw Error(core.options.name,
                "traced more often than its budget of " + std::to_string(core.options.trace_budget) + ": " +
                    reason(core, signature, description.lines),
                core.where,
                "pass what changes as a Tensor, or leave a dimension open: tenon::function(f, "
                "{tenon::spec<float>(\"batch\", 64)})");
  for (mlir::Type type : trace.function().getResultTypes()) concrete->outputs.push_back({from_mlir(type), {}});
  // Calls that a tape records are differentiated as they were traced.
  concrete->ir = std::make_shared<CallIR>(mlir::OwningOpRef<mlir::ModuleOp>(trace.module().clone()));
  if (trace.has_gradients)
    expand_gradients(trace.module(), "gradient", core.where);
  concrete->code = compile(trace.module(), "function", core.options.name);
  // A variable that is read for nothing is no buffer of the code.
  llvm::erase_if(state_->module->variables, [&](const Trace::TracedVariable &variable) {
    const bool used = llvm::any_of(concrete->code->signature.variables,
                                   [&](const auto &argument) { return argument.name == variable.symbol; });
    if (!used)
      release(variable.state);
    return !used;
  });
  for (std::size_t i = 0; i < concrete->outputs.size(); ++i)
    if (!concrete->outputs[i].type.is_static()) {
      const auto &dims = concrete->code->signature.outputs[i].dims;
      concrete->outputs[i].dims.assign(dims.begin(), dims.end());
      concrete->computes_shapes = concrete->code->shapes != nullptr;
    }
  concrete->captures.watch(trace.captures());
  concrete->words.assign(signature.words().begin(), signature.words().end());
  concrete->hash = Words::hash_words(signature.words().data(), signature.words().size());
  concrete->description = std::move(description.lines);
  state_->module->operation = nullptr; // the code is all that calls need; the variables stay
  concrete->module = std::move(state_->module);
  state_->trace.reset();
  std::lock_guard lock(core.mutex);
  if (!core.all.empty())
    core.retraces.push_back(reason(core, signature, concrete->description));
  core.all.push_back(std::move(concrete));
  core.last.store(core.all.back().get(), std::memory_order_release);
  return core.all.back().get();
}

static std::string text_of(mlir::ModuleOp module) {
  std::string text;
  llvm::raw_string_ostream out(text);
  module.print(out, mlir::OpPrintingFlags().elideLargeElementsAttrs(16));
  return text;
}

std::string Tracing::finish_as_text(std::span<Tensor *const> results) {
  Trace &trace = *state_->trace;
  trace.finish(take_values(trace, results, state_->core.where), state_->core.where);
  for (Tensor *x : results) *x = Access::empty();
  name_dimensions(trace.function(), state_->core.specs);
  return text_of(trace.module());
}

// ---- calls --------------------------------------------------------------------------------------------------------

// What a call takes, as tapes know it: before the function writes its variables in place.
static Record begin_record(const Concrete &function, const Signature &signature) {
  Record record;
  record.where = signature.core()->where;
  record.call = std::make_unique<RecordedCall>();
  record.call->code = function.ir;
  for (const Tensor *x : signature.tensors()) record.operands.push_back({BufferRef::share(Access::buffer(*x))});
  for (const Capture &capture : function.captures.entries) record.operands.push_back({capture.value});
  for (const Trace::TracedVariable &variable : function.module->variables) {
    record.operands.push_back({BufferRef(read_recorded(variable.state, record.where))});
    record.call->symbols.push_back(variable.symbol);
    if (variable.assigned)
      note_assigned(variable.state);
  }
  return record;
}

void run(const Concrete &function, const Signature &signature, std::span<Tensor> results) {
  std::optional<Record> recorded;
  if (is_recording) [[unlikely]]
    recorded.emplace(begin_record(function, signature));
  llvm::SmallVector<void *, 24> buffers;
  for (const Tensor *x : signature.tensors()) buffers.push_back(Access::buffer(*x)->data);
  for (const Capture &capture : function.captures.entries) buffers.push_back(capture.value->data);
  for (const Trace::TracedVariable &variable : function.module->variables) {
    BufferRef &value = variable.state->value;
    // Written in place: who else holds the present value keeps it.
    if (variable.assigned && (value->references.load(std::memory_order_acquire) > 1 || value->owner))
      value = BufferRef(clone(*value));
    buffers.push_back(value->data);
  }
  llvm::SmallVector<std::int64_t, 8> computed;
  if (function.computes_shapes) {
    computed.resize(function.code->signature.getNumComputedDims());
    function.code->shapes(signature.dims().data(), computed.data());
  }
  llvm::SmallVector<BufferRef, 4> values;
  for (const Concrete::Output &output : function.outputs) {
    if (output.dims.empty()) {
      values.emplace_back(allocate(output.type.dtype, output.type.dims));
    } else {
      llvm::SmallVector<std::int64_t, 6> dims;
      for (const mlir::tenon::Dimension &dim : output.dims)
        dims.push_back(dim.isStatic()                                    ? dim.value
                       : dim.kind == mlir::tenon::Dimension::Kind::Named ? signature.dims()[std::size_t(dim.value)]
                                                                         : computed[std::size_t(dim.value)]);
      values.emplace_back(allocate(output.type.dtype, dims));
    }
    buffers.push_back(values.back()->data);
  }
  call(*function.code, buffers.data(), signature.dims().data(), signature.core()->options.name.c_str(),
       signature.core()->where);
  if (recorded) [[unlikely]] {
    recorded->results.assign(values.begin(), values.end());
    record(std::move(*recorded));
  }
  for (std::size_t i = 0; i < results.size(); ++i) results[i] = Access::adopt(values[i].take());
}

} // namespace tenon::detail
