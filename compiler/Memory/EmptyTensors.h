// Tensors that end in another's memory are computed there.
#ifndef TENON_MEMORY_EMPTYTENSORS_H
#define TENON_MEMORY_EMPTYTENSORS_H

#include "mlir/IR/PatternMatch.h"

namespace mlir::tenon {

/// Replaces `tensor.empty` ops of which a subset insertion is made (a concat's slice, an output, a carried value's
/// place) by what is inserted into. Upstream's elimination takes the result of an op with regions for a value that its
/// own regions may use, and replaces whichever use of a shared one it meets first: there the op is left as it is, and
/// what comes out is the same for every run.
LogicalResult computeEmptyTensorsInPlace(RewriterBase &rewriter, Operation *root);

} // namespace mlir::tenon

#endif
