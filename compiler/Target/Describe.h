// The constant tables behind `<model>_describe()`, and the function that gives a model's state its first value.
#pragma once

#include "compiler/Target/EntryPointBuilder.h"
#include "compiler/Target/ModelInterface.h"
#include "compiler/Target/Passes.h"

namespace mlir::tenon {

/// One row of the description.
struct DescribedFunction {
  const FunctionSignature *signature = nullptr;
  /// In ABI order: inputs, weights, variables, outputs.
  std::vector<ArgumentSignature> arguments;
  LLVM::LLVMFuncOp packed;
  /// Null: no workspace.
  LLVM::LLVMFuncOp workspace;
};

/// Emits `<model>_describe()` with its tables and, where the model has variables, `<model>_state_init`, `_save`,
/// `_load`.
void emitDescription(EntryPointBuilder &b, const ModelInterface &model, ArrayRef<DescribedFunction> functions,
                     const EmitEntryPointsPassOptions &options);

} // namespace mlir::tenon
