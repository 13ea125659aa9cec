// Declarations and registration of the passes in compiler/Transforms.
#pragma once

#include "mlir/Pass/Pass.h"

namespace mlir::tenon {
#define GEN_PASS_DECL
#include "compiler/Transforms/Passes.h.inc"
#define GEN_PASS_REGISTRATION
#include "compiler/Transforms/Passes.h.inc"
} // namespace mlir::tenon
