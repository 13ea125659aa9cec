// What an error inside a body leaves of the caller's state.
#pragma once

#include "mlir/IR/BuiltinOps.h"

namespace mlir::tenon {

/// Notes in each signature of a module at Stage::Buffers whether all errors of the body are found before it writes the
/// first variable, so that a caller finds the state as it was (FunctionSignature::stateOnError).
void noteStateOnError(ModuleOp module);

} // namespace mlir::tenon
