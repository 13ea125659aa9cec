// Program: functions traced from specifications into one module, compiled to an object, described by headers.
#include "tenon/program.h"
#include "executor.h"
#include "state.h"
#include "trace.h"

#include "compiler/Target/Artifact.h"
#include "dialects/Tenon/Dialect.h"

#include "mlir/IR/Verifier.h"
#include "llvm/ADT/StringSet.h"

#include <unordered_set>

namespace tenon {
namespace detail {

struct ProgramState {
  std::string name;
  std::unique_ptr<mlir::MLIRContext> context = make_context(); // its own: constants go with the program
  std::unique_ptr<Trace::Module> module;
  ~ProgramState() {
    std::lock_guard lock(compiler_mutex());
    module.reset();
  }
};

struct ProgramTracing::State {
  ProgramState &program;
  std::string name;
  std::span<const ParameterSpec> specs;
  Location where;
  std::optional<Trace> trace;
  std::size_t next = 0;
  llvm::SmallVector<const ParameterSpec *, 4> parameters; // those that are Tensors
  llvm::SmallVector<std::string, 4> names;
  llvm::SmallVector<std::string, 4> path;

  [[noreturn]] void fail(const std::string &problem, const std::string &remedy = {}) const {
    throw Error("Program::add", "'" + name + "': " + problem, where, remedy);
  }
};

static bool is_identifier(const std::string &name) {
  if (name.empty() || (name[0] >= '0' && name[0] <= '9'))
    return false;
  return std::all_of(name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) || c == '_'; });
}

// Gives each variable the name that its module has for it by now, in the order of the first uses. Functions keep
// theirs; `coming` is one that is about to be made.
static void update_variables(ProgramState &program, llvm::StringRef coming = {}) {
  mlir::ModuleOp module = *program.module->operation;
  llvm::StringSet<> taken;
  if (!coming.empty())
    taken.insert(coming);
  for (auto function : module.getOps<mlir::func::FuncOp>()) taken.insert(function.getSymName());
  llvm::StringMap<mlir::StringAttr> names; // by what they were
  llvm::StringMap<mlir::ElementsAttr> values;
  std::size_t i = 0;
  for (Trace::TracedVariable &variable : program.module->variables) {
    const std::string wanted = variable.state->symbol(i++);
    std::string name = wanted;
    for (int n = 2; !taken.insert(name).second; ++n) name = wanted + "_" + std::to_string(n);
    names[variable.symbol] = mlir::StringAttr::get(module.getContext(), name);
    values[variable.symbol] = to_mlir(*variable.state->value, module.getContext());
    variable.symbol = name;
  }
  module.walk([&](mlir::Operation *op) {
    if (auto declared = llvm::dyn_cast<mlir::tenon::VariableOp>(op)) {
      declared.setInitAttr(values.at(declared.getSymName()));
      declared.setSymNameAttr(names.at(declared.getSymName()));
    } else if (auto read = llvm::dyn_cast<mlir::tenon::ReadOp>(op)) {
      read.setVariableAttr(mlir::FlatSymbolRefAttr::get(names.at(read.getVariable())));
    } else if (auto assign = llvm::dyn_cast<mlir::tenon::AssignOp>(op)) {
      assign.setVariableAttr(mlir::FlatSymbolRefAttr::get(names.at(assign.getVariable())));
    }
  });
}

ProgramTracing::ProgramTracing(ProgramState &program, const std::string &name, std::span<const ParameterSpec> specs,
                               Location where)
    : state_(nullptr) {
  std::unique_ptr<State> state(new State{program, name, specs, where, {}, 0, {}, {}, {}});
  if (is_tracing)
    state->fail("a function of a program cannot be added while another is traced");
  if (!is_identifier(name))
    state->fail("expected a name that C accepts, since it becomes part of a C function's");
  if (auto *other = program.module->operation->lookupSymbol(name)) {
    if (!llvm::isa<mlir::tenon::VariableOp>(other))
      state->fail("the program has a function of this name already");
    update_variables(program, name);
  }
  for (const ParameterSpec &spec : specs)
    for (const DimSpec &dim : spec.tensor.dims)
      if (dim.size < 0 && dim.size != open)
        state->fail("a size cannot be negative, but got " + std::to_string(dim.size));
  state->trace.emplace(*program.module, name, Trace::Captures::constants, where, Trace::Budget{.function = name});
  state_ = state.release();
}

ProgramTracing::~ProgramTracing() {
  std::lock_guard lock(compiler_mutex());
  delete state_;
}

void ProgramTracing::enter(std::string_view name) { state_->path.emplace_back(name); }
void ProgramTracing::enter(std::size_t index) { state_->path.push_back(std::to_string(index)); }
void ProgramTracing::leave() { state_->path.pop_back(); }

void ProgramTracing::tensor(Tensor &x) {
  State &s = *state_;
  if (s.next == s.specs.size())
    s.fail("the function takes more Tensors than the " + std::to_string(s.specs.size()) + " that are specified",
           "add an arg(name, spec<T>(...)) for each, in order");
  const ParameterSpec &spec = s.specs[s.next++];
  if (spec.is_value)
    s.fail("parameter " + std::to_string(s.next - 1) + " ('" + spec.name + "') is a Tensor, but a C++ value was given");
  TensorType type{spec.tensor.dtype, {}};
  for (const DimSpec &dim : spec.tensor.dims) type.dims.push_back(dim.size);
  std::string name = spec.name;
  if (name.empty()) {
    for (const std::string &step : s.path) name += (name.empty() ? "" : "_") + step;
    if (!is_identifier(name))
      name = "input" + std::to_string(s.parameters.size());
  }
  if (llvm::is_contained(s.names, name))
    s.fail("two parameters are called '" + name + "'");
  s.names.push_back(name);
  s.parameters.push_back(&spec);
  llvm::SmallVector<std::string, 4> dims;
  for (const DimSpec &dim : spec.tensor.dims) dims.push_back(dim.name);
  s.trace->bind(x, s.trace->parameter(type, s.where, dims), s.where);
}

Scalar ProgramTracing::next_value() {
  State &s = *state_;
  if (s.next == s.specs.size() || !s.specs[s.next].is_value)
    s.fail("parameter " + std::to_string(s.next) + " is a C++ value, which has to be given",
           "add arg(name, value) in its place");
  return s.specs[s.next++].value;
}

void ProgramTracing::finish(const NamedLeaves &results, std::span<const std::string> names) {
  State &s = *state_;
  Trace &trace = *s.trace;
  if (s.next != s.specs.size())
    s.fail(std::to_string(s.specs.size()) + " parameters are specified, but the function takes " +
           std::to_string(s.next));
  if (names.size() > results.tensors.size())
    s.fail(std::to_string(names.size()) + " results are named, but the function returns " +
           std::to_string(results.tensors.size()));
  llvm::SmallVector<mlir::Value> values;
  for (Tensor *x : results.tensors) values.push_back(trace.read(*x, "return", s.where));
  trace.finish(values, s.where);
  for (Tensor *x : results.tensors) *x = Access::empty();

  mlir::func::FuncOp function = trace.function();
  mlir::Builder b(function.getContext());
  for (std::size_t i = 0; i < s.parameters.size(); ++i) {
    function.setArgAttr(unsigned(i), "tenon.name", b.getStringAttr(s.names[i]));
    llvm::SmallVector<llvm::StringRef> dims;
    bool any = false;
    for (const DimSpec &dim : s.parameters[i]->tensor.dims) {
      dims.push_back(dim.name);
      any |= dim.size == open;
    }
    if (any)
      function.setArgAttr(unsigned(i), "tenon.dims", b.getStrArrayAttr(dims));
  }
  llvm::SmallVector<std::string> used;
  for (std::size_t i = 0; i < values.size(); ++i) {
    std::string name = i < names.size() ? names[i] : results.names[i];
    for (char &c : name)
      if (c == '.')
        c = '_';
    if (name.empty() && values.size() == 1)
      name = "result";
    if (!is_identifier(name))
      name = "output" + name;
    if (!is_identifier(name))
      s.fail("expected a name that C accepts for result " + std::to_string(i) + ", but got '" + names[i] + "'");
    const auto taken = [&] { return llvm::is_contained(s.names, name) || llvm::is_contained(used, name); };
    if (i >= names.size() && taken())
      name += "_out"; // a state that comes in and goes out
    if (taken())
      s.fail("two parameters or results are called '" + name + "'");
    used.push_back(name);
    function.setResultAttr(unsigned(i), "tenon.name", b.getStringAttr(name));
  }
  if (mlir::failed(mlir::verify(trace.module())))
    throw InternalError("the trace of '" + s.name + "' is not valid IR");
  if (trace.has_gradients) // what has none is an error here, and not when the program is written
    expand_gradients(*mlir::OwningOpRef<mlir::ModuleOp>(trace.module().clone()), "gradient", s.where);
}

} // namespace detail

using namespace detail;

Program::Program(std::string name) : state_(nullptr) {
  if (!is_identifier(name))
    throw Error("Program", "expected a name that C accepts, since its symbols start with it, but got '" + name + "'",
                Location());
  auto state = std::make_unique<ProgramState>();
  state->name = std::move(name);
  state->module = std::make_unique<Trace::Module>(*state->context);
  mlir::tenon::nameModule(*state->module->operation, state->name);
  state_ = state.release();
}
Program::~Program() { delete state_; }

std::string Program::mlir(MlirOptions options) const {
  update_variables(*state_);
  std::string text;
  llvm::raw_string_ostream out(text);
  mlir::OpPrintingFlags flags;
  if (options.elide_above >= 0)
    flags.elideLargeElementsAttrs(options.elide_above);
  state_->module->operation->print(out, flags);
  return text;
}

// What a path's ending asks for; an object where it says nothing else.
static mlir::tenon::Artifact artifact_of(const std::string &path) {
  using mlir::tenon::Artifact;
  const std::string ending = path.substr(std::min(path.size(), path.rfind('.')));
  if (ending == ".mlir")
    return Artifact::Tenon;
  if (ending == ".ll")
    return Artifact::LLVMIR;
  if (ending == ".s")
    return Artifact::Assembly;
  if (ending == ".so" || ending == ".wasm")
    return Artifact::Shared;
  if (ending == ".h")
    return Artifact::Header;
  return Artifact::Object;
}

void Program::write(const std::string &path, const WriteOptions &options, Location where) {
  const auto fail = [&](const std::string &problem) {
    throw Error("Program::write", "'" + path + "': " + problem, where);
  };
  std::lock_guard lock(compiler_mutex());
  update_variables(*state_);
  mlir::OwningOpRef<mlir::ModuleOp> module(state_->module->operation->clone());
  if (module->getOps<mlir::func::FuncOp>().empty())
    fail("the program has no functions: add one first");
  mlir::tenon::ArtifactOptions artifact;
  artifact.target.name = options.target;
  artifact.target.cpu = options.cpu;
  artifact.settings.reference = options.reference;
  artifact.settings.verify = false;
  artifact.settings.freeze = options.freeze_variables;
  artifact.settings.heap = options.heap;
  artifact.settings.parallel = options.parallel == Parallel::always  ? "always"
                               : options.parallel == Parallel::never ? "never"
                                                                     : "worthwhile";
  artifact.externalWeights = options.external_weights;
  artifact.runtime = options.runtime;
  artifact.name = state_->name;
  if (llvm::Error error = mlir::tenon::writeArtifact(*module, artifact_of(path), artifact, path))
    fail(llvm::toString(std::move(error)));
}

} // namespace tenon
