// Ops on constants, evaluated as the compiled code evaluates them, bit for bit; null where that is not certain.
#pragma once

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Operation.h"

namespace mlir::tenon {

/// Results of more elements stay ops, unless they are splats: a folded broadcast of a weight would only grow the
/// object.
constexpr int64_t constantFoldLimit = 1024;

/// The result of an element-wise op on constants. Integers wrap and shift as the ops define it; floats only where one
/// correctly rounded operation decides the bits, and never where a NaN comes or goes, whose payload the CPU chooses.
Attribute foldElementwise(Operation *op, ArrayRef<Attribute> operands);

/// A constant whose element at `index` is element `source(index)` of the inputs laid end to end.
Attribute foldMove(ArrayRef<Attribute> inputs, Type result,
                   llvm::function_ref<int64_t(ArrayRef<int64_t> index)> source);

/// All elements zero, of a static type; null for an open one.
Attribute zeroOf(Type type);

/// Whether every value of dtype `from` is a value of dtype `to`.
bool isLossless(Type from, Type to);

} // namespace mlir::tenon
