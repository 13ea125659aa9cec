// What a tool or the JIT registers before it reads or compiles Tenon's IR: only the dialects that are needed.
#pragma once

#include "mlir/IR/DialectRegistry.h"

namespace mlir::tenon {
/// The dialects of every stage, and the interfaces that bufferization and translation to LLVM IR attach to them.
void registerDialects(DialectRegistry &registry);
/// Every pass of the compiler and the upstream ones that its pipelines use, for command lines.
void registerPasses();
/// The named pipelines of Pipelines.h, for command lines.
void registerPipelines();
} // namespace mlir::tenon
