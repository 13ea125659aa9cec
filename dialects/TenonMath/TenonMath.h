// The `tenon_math` dialect in C++, and the one way to create a math function between `tenon` and --tenon-expand-math.
#pragma once

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "dialects/TenonMath/TenonMathDialect.h.inc"
#define GET_OP_CLASSES
#include "dialects/TenonMath/TenonMathOps.h.inc"

namespace mlir::tenon_math {
/// A function of the `math` dialect that becomes arithmetic here, and that upstream would fold on constants with the
/// C library. One hidden operand is enough: folders want all.
template <typename MathOp, typename... Rest> Value create(ImplicitLocOpBuilder &b, Value x, Rest... rest) {
  return MathOp::create(b, OpaqueOp::create(b, x), rest...);
}
} // namespace mlir::tenon_math
