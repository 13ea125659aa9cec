// Declarations and registration of the passes in compiler/Codegen.
#pragma once

#include "compiler/Codegen/TargetDescription.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/Pass.h"

namespace mlir::tenon {
#define GEN_PASS_DECL
#include "compiler/Codegen/Passes.h.inc"
#define GEN_PASS_REGISTRATION
#include "compiler/Codegen/Passes.h.inc"
} // namespace mlir::tenon
