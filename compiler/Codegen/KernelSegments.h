// Which consecutive ops of a block are one kernel.
#pragma once

#include "mlir/IR/Block.h"

namespace mlir::tenon {

/// Consecutive ops of a block that can become a function: a loop over memory with the straight-line code that takes
/// values from it or gives it some, as the end of a reduction does, or straight-line code alone. What stands between
/// them and depends on none of them is not a member.
struct KernelSegment {
  SmallVector<Operation *> members;
};

/// What a block is made of: segments, and ops with regions that are none, in whose blocks there may be others.
struct BlockParts {
  SmallVector<KernelSegment> segments;
  SmallVector<Operation *> others;
};

/// Cuts a block into segments wherever nothing but memory passes, straight-line code between two loops being one.
/// Loops that talk to the host, to the frame or to lists are no part of any.
BlockParts findSegments(Block &block);

} // namespace mlir::tenon
