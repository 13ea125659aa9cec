// The compiler's phases, each an options struct and a function that adds its passes.
#pragma once

#include "mlir/Pass/PassManager.h"

namespace mlir::tenon {} // namespace mlir::tenon
