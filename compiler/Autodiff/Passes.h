// Declarations and registration of the passes in compiler/Autodiff.
#pragma once

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/Pass.h"

namespace mlir::tenon {
#define GEN_PASS_DECL
#include "compiler/Autodiff/Passes.h.inc"
#define GEN_PASS_REGISTRATION
#include "compiler/Autodiff/Passes.h.inc"

/// Attaches DifferentiableOpInterface to the ops of the `tenon` dialect.
void registerPullbacks(DialectRegistry &registry);
} // namespace mlir::tenon
