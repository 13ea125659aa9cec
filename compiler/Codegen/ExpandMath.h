// The formulas behind --tenon-expand-math, by function; docs/math.md states the error of each.
#pragma once

#include "compiler/Codegen/MathBuilder.h"

namespace mlir::tenon {

// ExpandExp.cpp
Expr expandExp(MathBuilder &math, Expr x);
Expr expandExp2(MathBuilder &math, Expr x);
Expr expandExpm1(MathBuilder &math, Expr x);
Expr expandTanh(MathBuilder &math, Expr x);
/// e^x where e^x and 2^round(x / ln 2) are normal numbers; without the clamp and the second scaling of `expandExp`.
Expr expWithinNormalRange(MathBuilder &math, Expr x);

// ExpandLog.cpp
Expr expandLog(MathBuilder &math, Expr x);
Expr expandLog2(MathBuilder &math, Expr x);
Expr expandLog10(MathBuilder &math, Expr x);
Expr expandLog1p(MathBuilder &math, Expr x);

// ExpandErf.cpp
Expr expandErf(MathBuilder &math, Expr x);

} // namespace mlir::tenon
