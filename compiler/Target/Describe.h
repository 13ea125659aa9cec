// The constant tables behind `<model>_describe()`, and the function that gives a model's state its first value.
#pragma once

#include "compiler/Target/EntryPointBuilder.h"
#include "compiler/Target/ModelInterface.h"

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

/// A CPU level of the module: its name, and the bits of tenon/runtime/cpu.h that its code needs.
struct CPULevel {
  std::string cpu;
  uint64_t features = 0;
};

/// The table of struct tenon_level_info, in the order in which a CPU's is looked for.
LLVM::GlobalOp emitLevels(EntryPointBuilder &b, ArrayRef<CPULevel> levels);

/// Emits `<model>_describe()` with its tables and, where the model has variables, `<model>_state_init`, `_save`,
/// `_load`.
void emitDescription(EntryPointBuilder &b, const ModelInterface &model, ArrayRef<DescribedFunction> functions,
                     ArrayRef<CPULevel> levels, LLVM::GlobalOp levelTable, uint64_t modelHash);

} // namespace mlir::tenon
