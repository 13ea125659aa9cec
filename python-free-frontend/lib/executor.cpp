// Compiling through the JIT, and calling with this thread's workspace and message buffer.
#include "executor.h"
#include "threads.h"

#include "compiler/Pipelines/Pipelines.h"
#include "compiler/Target/Jit.h"
#include "tenon/runtime/abi.h"

#include "mlir/Pass/PassManager.h"

#include <cstdio>
#include <cstdlib>

namespace tenon::detail {

static mlir::tenon::Jit &jit() {
  static mlir::tenon::Jit *instance = [] {
    llvm::Expected<std::unique_ptr<mlir::tenon::Jit>> created = mlir::tenon::Jit::create(mlir::tenon::JitOptions());
    if (!created)
      throw InternalError("the compiler cannot start: " + llvm::toString(created.takeError()));
    return created->release(); // compiled functions live as long as the process
  }();
  return *instance;
}

// "model.cpp:31: the size of ... of 'function' ...; what to do": what only the compiler finds out, and only the
// program's author can mend.
static void throw_if_users(const std::string &text, llvm::StringRef entry, const std::string &name) {
  const std::string_view line = std::string_view(text).substr(0, text.find('\n'));
  const std::size_t begin = line.find("the size of ");
  if (begin == line.npos || (begin > 0 && line.substr(begin - 2, 2) != ": "))
    return;
  std::string problem(line.substr(begin)), remedy;
  if (const std::size_t end = problem.find("; "); end != problem.npos)
    remedy = problem.substr(end + 2), problem.erase(end);
  if (const std::string own = "'" + entry.str() + "'"; problem.find(own) != problem.npos)
    problem.replace(problem.find(own), own.size(), "'" + name + "'");
  if (begin > 2) {
    std::string_view place = line.substr(0, begin - 2);
    problem += " (" + std::string(place.substr(place.rfind('/') + 1)) + ")";
  }
  throw Error(name, problem, Location(), remedy);
}

std::shared_ptr<const mlir::tenon::CompiledFunction> compile(mlir::ModuleOp module, llvm::StringRef entry,
                                                             const std::string &name) {
  auto compiled = jit().compile(module, entry);
  if (compiled)
    return *compiled;
  const std::string text = llvm::toString(compiled.takeError());
  throw_if_users(text, entry, name.empty() ? entry.str() : name);
  throw InternalError("@" + entry.str() + " does not compile: " + text);
}

void expand_gradients(mlir::ModuleOp module, const char *operation, Location where) {
  std::string problem;
  mlir::ScopedDiagnosticHandler handler(module.getContext(), [&](mlir::Diagnostic &diagnostic) {
    if (!problem.empty() || diagnostic.getSeverity() != mlir::DiagnosticSeverity::Error)
      return;
    problem = diagnostic.str();
    if (const std::string prefix = std::string(operation) + ": "; problem.starts_with(prefix))
      problem.erase(0, prefix.size());
    // "file.cpp:31", where the operation is that is in the way.
    if (auto at = diagnostic.getLocation()->findInstanceOf<mlir::FileLineColLoc>()) {
      const std::string_view file = at.getFilename().strref();
      problem += " (" + std::string(file.substr(file.rfind('/') + 1)) + ":" + std::to_string(at.getLine()) + ")";
      where = Location();
    }
  });
  mlir::PassManager passes(module.getContext());
  mlir::tenon::buildBackwardPhase(passes);
  if (mlir::failed(passes.run(module)))
    throw Error(operation, problem.empty() ? "has no backward pass" : problem, where);
}

namespace {
// What a call lends: one of each for a thread, because calls of one thread do not overlap.
struct Lent {
  tenon_context context{};
  char message[1024] = {};
  void *workspace = nullptr;
  std::size_t workspace_bytes = 0;
  Lent() {
    context.struct_size = sizeof context;
    context.message = message;
    context.message_capacity = sizeof message;
    context.allocate = [](void *, std::size_t bytes) { return std::malloc(bytes); };
    context.release = [](void *, void *memory, std::size_t) { std::free(memory); };
    context.print = [](void *, const char *text, std::size_t length) { std::fwrite(text, 1, length, stdout); };
  }
  ~Lent() { std::free(workspace); }
};
} // namespace

void call(const mlir::tenon::CompiledFunction &function, void *const *buffers, const std::int64_t *dims,
          const char *operation, Location where) {
  static thread_local Lent lent;
  const std::size_t bytes = function.getWorkspaceBytes(dims);
  if (bytes > lent.workspace_bytes) [[unlikely]] {
    std::free(lent.workspace);
    lent.workspace_bytes = (bytes + bytes / 2 + 63) / 64 * 64;
    lent.workspace = std::aligned_alloc(64, lent.workspace_bytes);
    if (!lent.workspace) {
      lent.workspace_bytes = 0;
      throw std::bad_alloc();
    }
  }
  lend_threads(lent.context);
  const std::int32_t status = function.call(&lent.context, buffers, dims, lent.workspace, lent.workspace_bytes);
  if (status != TENON_OK) [[unlikely]] {
    lent.message[sizeof lent.message - 1] = 0;
    std::string message = lent.message[0] ? lent.message : "failed with code " + std::to_string(status);
    // It begins with a symbol that nobody wrote, and may end with the line of what failed.
    if (const std::size_t end = message.find(": "); message.front() == '_' && end != message.npos)
      message.erase(0, end + 2);
    const std::size_t place = message.rfind(" (");
    const bool has_line = message.back() == ')' && place != message.npos && message.find(':', place) != message.npos;
    throw Error(operation, message, has_line ? Location() : where);
  }
}

} // namespace tenon::detail
