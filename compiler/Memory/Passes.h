// Declarations and registration of the passes in compiler/Memory.
#pragma once

#include "mlir/Pass/Pass.h"

namespace mlir::tenon {
#define GEN_PASS_DECL
#include "compiler/Memory/Passes.h.inc"
#define GEN_PASS_REGISTRATION
#include "compiler/Memory/Passes.h.inc"
} // namespace mlir::tenon
