// A square of vectors, transposed in registers.
#pragma once

#include "mlir/IR/Builders.h"

namespace mlir::tenon {

/// `rows` are as many vectors as each has elements, a power of two; gives the columns.
SmallVector<Value> transposeSquare(OpBuilder &builder, Location loc, SmallVector<Value> rows);

} // namespace mlir::tenon
