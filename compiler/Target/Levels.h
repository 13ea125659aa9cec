// Code for several CPU levels in one module.
#pragma once

#include "compiler/Target/Compile.h"

#include "mlir/IR/OwningOpRef.h"

namespace mlir::tenon {

/// Takes `module` from Stage::Buffers to Stage::LLVM for each of `levels`, most capable first, and joins the results. With
/// one level it is lowerFurther(). `atVectors` is called with each level's module at Stage::Vectors, and what its functions'
/// names will end in.
LogicalResult lowerLevels(ModuleOp module, ArrayRef<Target> levels, const CompileSettings &settings,
                          std::vector<PhaseTime> *times, function_ref<void(ModuleOp, StringRef)> atVectors);

/// Puts the functions of modules at Stage::LLVM, one for each of `levels`, side by side into `module`, which has nothing but
/// variables: `@f.body` becomes `@f.body.<cpu>` with the CPU's `target_cpu` and `target_features`, and so do the functions
/// that it calls. Equal constants are there once. All signatures say what holds for every level: the workspace is the largest
/// one, and where a size is open `@f.workspace` computes the largest.
LogicalResult joinLevels(ModuleOp module, MutableArrayRef<OwningOpRef<ModuleOp>> lowered, ArrayRef<Target> levels);

} // namespace mlir::tenon
