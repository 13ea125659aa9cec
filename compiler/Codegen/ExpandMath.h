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
/// e^(x + tail) with |tail| at most an ulp of x; f64 only, x of any size.
Expr expOfSum(MathBuilder &math, Expr x, Expr tail);

// ExpandLog.cpp
Expr expandLog(MathBuilder &math, Expr x);
Expr expandLog2(MathBuilder &math, Expr x);
Expr expandLog10(MathBuilder &math, Expr x);
Expr expandLog1p(MathBuilder &math, Expr x);
/// log(x) of a positive finite x.
Expr logOfPositive(MathBuilder &math, Expr x);
/// m in [sqrt(1/2), sqrt(2)) and the integer `exponent` with x = 2^exponent m, for a positive finite x.
Expr splitExponent(MathBuilder &math, Expr x, Expr &exponent);

// ExpandErf.cpp
Expr expandErf(MathBuilder &math, Expr x);

// ExpandTrig.cpp
Expr expandSin(MathBuilder &math, Expr x);
Expr expandCos(MathBuilder &math, Expr x);
Expr expandTan(MathBuilder &math, Expr x);

// ExpandPow.cpp
Expr expandPow(MathBuilder &math, Expr x, Expr y);

// ExpandRem.cpp
Expr expandRem(MathBuilder &math, Expr x, Expr y);

// ExpandRounding.cpp: the target's instruction where it has one.
Expr expandFloor(MathBuilder &math, Expr x);
Expr expandCeil(MathBuilder &math, Expr x);
Expr expandTrunc(MathBuilder &math, Expr x);
Expr expandRoundEven(MathBuilder &math, Expr x);
Expr expandRound(MathBuilder &math, Expr x);

// ExpandHalf.cpp
/// What replaces an op on f16 or bf16 that has no instruction, or null.
Value expandHalf(Operation *op, const MathTarget &target);

// ExpandInteger.cpp
/// What replaces an op that a 32-bit target would call a helper function for, or null.
Value expandFor32Bits(Operation *op, const MathTarget &target);

} // namespace mlir::tenon
