// Loops with a condition forward the tensors that they carry.
#ifndef TENON_MEMORY_ALIGNFORWARDED_H
#define TENON_MEMORY_ALIGNFORWARDED_H

#include "mlir/Dialect/SCF/IR/SCF.h"

namespace mlir::tenon {

/// Rewrites a loop with a condition so that the tensors it forwards are the ones it carries, in the same places: only
/// then do they have one buffer all the way round. Null where the size of a tensor that the condition makes is not
/// known before the loop.
scf::WhileOp alignForwarded(scf::WhileOp loop);

} // namespace mlir::tenon

#endif
