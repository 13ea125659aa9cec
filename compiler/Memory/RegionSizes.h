// Sizes of tensors that branches and loops make, as values from before them.
#pragma once

#include "mlir/IR/Builders.h"
#include "mlir/IR/Value.h"

namespace mlir::tenon {
/// The size of dimension `dim` of `tensor`, as a value at the builder's insertion point; only values that are defined
/// outside `scope` are used, and pure arithmetic from within it is repeated. Null where the size is only known inside.
/// What a loop carries keeps its sizes: those of its init.
Value sizeOutside(OpBuilder &builder, Value tensor, int64_t dim, Operation *scope);

/// A value from outside of loops and branches that has the sizes of `tensor`, as far as that can be told.
Value withSameSizes(Value tensor);

/// Replaces the dims of what loops carry by the dims of their inits, everywhere in `root`.
void resolveCarriedSizes(Operation *root);
} // namespace mlir::tenon
