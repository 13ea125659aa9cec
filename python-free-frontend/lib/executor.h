// From a traced module to code that runs in this process.
#pragma once

#include "context.h"

namespace mlir::tenon {
struct CompiledFunction;
}

namespace tenon::detail {

/// Compiles `@entry` of `module`, or finds it in a cache. Under compiler_mutex(). Throws InternalError where the
/// compiler fails, and Error, which calls the function `name`, where sizes of the program's depend on values.
std::shared_ptr<const mlir::tenon::CompiledFunction> compile(mlir::ModuleOp module, llvm::StringRef entry,
                                                             const std::string &name = "");

/// Replaces the gradient ops of `module` by backward passes; results that are marked as saved become arguments. Under
/// compiler_mutex(). Throws Error at the user's line, `where` if that is not known, for what has no gradient.
void expand_gradients(mlir::ModuleOp module, const char *operation, Location where);

/// Calls it with this thread's workspace and message buffer. Buffers are inputs, variables, outputs; dims are the named
/// open dimensions in order of appearance. Throws Error with the function's message.
void call(const mlir::tenon::CompiledFunction &function, void *const *buffers, const std::int64_t *dims,
          const char *operation, Location where);

} // namespace tenon::detail
