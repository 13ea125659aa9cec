// The walk backwards over a block, and what has to outlive the iteration that computed it.
#pragma once

#include "compiler/Autodiff/Pullback.h"

namespace mlir::tenon {

/// Emits at `builder` the pullbacks of `last` and of what stands before it in its block.
LogicalResult reverseBlock(Operation *last, OpBuilder &builder, PullbackContext &context);

/// Where residuals of loops may be kept: lists are for targets with a heap, and only lists for tests.
enum class Storage { Arrays, ArraysOrLists, Lists };

/// Makes backward regions use only what reaches them: what a forward region computed is computed again, yielded, or
/// kept for each iteration. `at` stands behind the backward ops in their block.
LogicalResult keepResiduals(Mirror &mirror, Operation *at, Storage storage);

} // namespace mlir::tenon
