// Whether two buffers may share memory: the little that emitters have to know before they move an access.
#pragma once

#include "mlir/IR/Operation.h"

namespace mlir::tenon {

/// What `memref` is a view of, through casts and subviews.
Value getViewedBuffer(Value memref);

/// Two allocations, two arguments of the function (which promises that they do not overlap), an allocation and an
/// argument, or a constant and either. Anything else may share memory.
bool areDistinctBuffers(Value lhs, Value rhs);

/// Whether `op` may read or write the buffer behind `memref`.
bool mayAccess(Operation *op, Value memref);

} // namespace mlir::tenon
