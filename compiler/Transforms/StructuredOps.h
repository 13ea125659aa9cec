// Questions about linalg ops that several passes of this room ask.
#pragma once

#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace mlir::tenon {

/// Whether `op` is a loop that multiplies and accumulates over several operands: its emitter needs them as they are in
/// memory.
bool isContraction(linalg::LinalgOp op);

/// Whether `op` is a `linalg.generic` without a reduction.
bool isElementwiseLoop(Operation *op);

/// Whether a loop runs `inner` more often than `outer`, which would be computed anew each time.
bool isRepeated(Operation *inner, Operation *outer);

} // namespace mlir::tenon
