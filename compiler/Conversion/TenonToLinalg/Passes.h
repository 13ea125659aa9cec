// Declarations and registration of the passes in compiler/Conversion/TenonToLinalg.
#pragma once

#include "mlir/Pass/Pass.h"

namespace mlir::tenon {
#define GEN_PASS_DECL
#include "compiler/Conversion/TenonToLinalg/Passes.h.inc"
#define GEN_PASS_REGISTRATION
#include "compiler/Conversion/TenonToLinalg/Passes.h.inc"
} // namespace mlir::tenon
