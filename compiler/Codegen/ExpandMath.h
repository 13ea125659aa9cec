// The formulas behind --tenon-expand-math, by function; docs/math.md states the error of each.
#pragma once

#include "compiler/Codegen/MathBuilder.h"

namespace mlir::tenon {

// ExpandExp.cpp
Expr expandExp(MathBuilder &math, Expr x);
Expr expandExp2(MathBuilder &math, Expr x);
Expr expandExpm1(MathBuilder &math, Expr x);
Expr expandTanh(MathBuilder &math, Expr x);

} // namespace mlir::tenon
