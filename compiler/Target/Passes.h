// Declarations and registration of the passes in compiler/Target.
#pragma once

#include "mlir/Pass/Pass.h"

namespace mlir::tenon {
#define GEN_PASS_DECL
#include "compiler/Target/Passes.h.inc"
#define GEN_PASS_REGISTRATION
#include "compiler/Target/Passes.h.inc"
} // namespace mlir::tenon
