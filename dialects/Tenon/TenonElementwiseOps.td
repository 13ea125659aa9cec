// Constants, element-wise arithmetic, comparison, logic, selection and casts.
#ifndef TENON_ELEMENTWISE_OPS_TD
#define TENON_ELEMENTWISE_OPS_TD

include "TenonAttributes.td"

def Tenon_ConstantOp : Tenon_Op<"constant", [Tenon_Pure, ConstantLike, AllTypesMatch<["value", "result"]>]> {
  let summary = "a tensor whose elements are known";
  let semantics = "The result is `value`.";
  let constraints = "(C1) `value` is of the result's type, which is a tensor.";
  let example = "%x = tenon.constant dense<[1.0, 2.0]> : tensor<2xf32>  // tensor<2xf32>";
  let arguments = (ins ElementsAttr:$value);
  let results = (outs Tenon_Tensor:$result);
  let assemblyFormat = "$value attr-dict";
  let hasFolder = 1;
}

// ---- one operand, same shape and dtype -------------------------------------------------------------------------
class Tenon_UnaryOp<string mnemonic, Type operand, list<Trait> traits = []>
    : Tenon_Op<mnemonic, !listconcat([Tenon_Pure, Tenon_Reify, SameOperandsAndResultType], traits)> {
  let constraints = "(C1) `input` and `result` have the same type. (C2) `input` is a " # operand.summary # ".";
  let example = "// %x : tensor<?x4xf32>\n%y = tenon." # mnemonic # " %x : tensor<?x4xf32>  // tensor<?x4xf32>";
  let arguments = (ins operand:$input);
  let results = (outs operand:$result);
  let assemblyFormat = "$input attr-dict `:` type($input)";
}
class Tenon_FloatUnaryOp<string mnemonic> : Tenon_UnaryOp<mnemonic, Tenon_FloatTensor>;

def Tenon_NegOp : Tenon_UnaryOp<"neg", Tenon_SignedNumberTensor> {
  let summary = "-x";
  let semantics = "Each element with the opposite sign; the least integer stays, since integers wrap.";
  let hasFolder = 1;
}
def Tenon_AbsOp : Tenon_UnaryOp<"abs", Tenon_SignedNumberTensor> {
  let summary = "|x|";
  let semantics = "The magnitude of each element; the least integer stays, since integers wrap.";
  let hasFolder = 1;
}
def Tenon_SignOp : Tenon_UnaryOp<"sign", Tenon_SignedNumberTensor> {
  let summary = "-1, 0 or 1; NaN for NaN";
  let semantics = "-1 for a negative element, 1 for a positive one; zeros, of either sign, and NaN as they are.";
}
def Tenon_NotOp : Tenon_UnaryOp<"not", Tenon_IntOrBoolTensor> {
  let summary = "bitwise complement; logical on i1";
  let semantics = "Each element with every bit inverted.";
  let example = "// %x : tensor<4xi1>\n%y = tenon.not %x : tensor<4xi1>  // tensor<4xi1>";
  let hasFolder = 1;
  let hasCanonicalizeMethod = 1;
}
def Tenon_ExpOp : Tenon_FloatUnaryOp<"exp"> {
  let summary = "e^x";
  let semantics = "e to the power of each element.";
}
def Tenon_Exp2Op : Tenon_FloatUnaryOp<"exp2"> {
  let summary = "2^x";
  let semantics = "2 to the power of each element.";
}
def Tenon_Expm1Op : Tenon_FloatUnaryOp<"expm1"> {
  let summary = "e^x - 1, accurate near 0";
  let semantics = "e to the power of each element, less 1, without the cancellation near 0.";
}
def Tenon_LogOp : Tenon_FloatUnaryOp<"log"> {
  let summary = "natural logarithm";
  let semantics = "The natural logarithm of each element: -inf for 0, NaN below.";
}
def Tenon_Log2Op : Tenon_FloatUnaryOp<"log2"> {
  let summary = "logarithm to base 2";
  let semantics = "The logarithm to base 2 of each element, exact for powers of 2: -inf for 0, NaN below.";
}
def Tenon_Log1pOp : Tenon_FloatUnaryOp<"log1p"> {
  let summary = "log(1 + x), accurate near 0";
  let semantics = "The natural logarithm of 1 plus each element, without the rounding of the sum.";
}
def Tenon_SqrtOp : Tenon_FloatUnaryOp<"sqrt"> {
  let summary = "square root, correctly rounded";
  let semantics = "The square root of each element, correctly rounded: NaN below 0, -0 for -0.";
}
def Tenon_RsqrtOp : Tenon_FloatUnaryOp<"rsqrt"> {
  let summary = "1 / sqrt(x)";
  let semantics = "1 divided by the square root of each element: both correctly rounded, no estimate of the CPU.";
}
def Tenon_SinOp : Tenon_FloatUnaryOp<"sin"> {
  let summary = "sine of radians";
  let semantics = "The sine of each element, in radians.";
}
def Tenon_CosOp : Tenon_FloatUnaryOp<"cos"> {
  let summary = "cosine of radians";
  let semantics = "The cosine of each element, in radians.";
}
def Tenon_TanOp : Tenon_FloatUnaryOp<"tan"> {
  let summary = "tangent of radians";
  let semantics = "The tangent of each element, in radians.";
}
def Tenon_TanhOp : Tenon_FloatUnaryOp<"tanh"> {
  let summary = "hyperbolic tangent";
  let semantics = "The hyperbolic tangent of each element.";
}
def Tenon_SigmoidOp : Tenon_FloatUnaryOp<"sigmoid"> {
  let summary = "1 / (1 + e^-x)";
  let semantics = "The logistic function of each element, 1 / (1 + e^-x).";
}
def Tenon_ErfOp : Tenon_FloatUnaryOp<"erf"> {
  let summary = "error function";
  let semantics = "The error function of each element, 2 / sqrt(pi) times the integral of e^-t^2 from 0 to x.";
}
def Tenon_FloorOp : Tenon_FloatUnaryOp<"floor"> {
  let summary = "largest integer not above x";
  let semantics = "The largest integer that is not above each element.";
  let hasFolder = 1;
}
def Tenon_CeilOp : Tenon_FloatUnaryOp<"ceil"> {
  let summary = "smallest integer not below x";
  let semantics = "The smallest integer that is not below each element.";
  let hasFolder = 1;
}
def Tenon_RoundOp : Tenon_FloatUnaryOp<"round"> {
  let summary = "nearest integer, halves to even";
  let semantics = "The integer nearest to each element; a half goes to the even one.";
  let hasFolder = 1;
}

// ---- two operands: same dtype, shapes broadcast as in NumPy ----------------------------------------------------
class Tenon_BinaryOp<string mnemonic, Type operand, list<Trait> traits = []>
    : Tenon_Op<mnemonic, !listconcat([Tenon_Pure, Tenon_Reify, InferTypeOpAdaptor], traits)> {
  let constraints = "(C1) `lhs` and `rhs` have the same dtype, which is the result's. (C2) Their shapes broadcast to the "
      # "result's as in NumPy: aligned on the right, two sizes are equal or one is 1. (C3) Both are a "
      # operand.summary # ".";
  let example = "// %x : tensor<?x1xi32>, %y : tensor<4xi32>\n%z = tenon." # mnemonic
      # " %x, %y : tensor<?x1xi32>, tensor<4xi32>  // tensor<?x4xi32>";
  let arguments = (ins operand:$lhs, operand:$rhs);
  let results = (outs operand:$result);
  let assemblyFormat = "$lhs `,` $rhs attr-dict `:` type($lhs) `,` type($rhs)";
  let hasFolder = 1;
}
def Tenon_AddOp : Tenon_BinaryOp<"add", Tenon_NumberTensor, [Commutative]> {
  let summary = "x + y; integers wrap";
  let semantics = "The sum of each pair of elements; integers wrap.";
}
def Tenon_SubOp : Tenon_BinaryOp<"sub", Tenon_NumberTensor> {
  let summary = "x - y; integers wrap";
  let semantics = "The difference of each pair of elements; integers wrap.";
}
def Tenon_MulOp : Tenon_BinaryOp<"mul", Tenon_NumberTensor, [Commutative]> {
  let summary = "x * y; integers wrap";
  let semantics = "The product of each pair of elements; integers wrap.";
}
def Tenon_DivOp : Tenon_BinaryOp<"div", Tenon_NumberTensor> {
  let summary = "x / y; integers truncate toward zero";
  let semantics = "The quotient of each pair of elements; integers truncate toward zero, x / 0 is 0, and the least "
                  "integer divided by -1 wraps to itself.";
}
def Tenon_RemOp : Tenon_BinaryOp<"rem", Tenon_NumberTensor> {
  let summary = "remainder with the sign of x, as C++'s % and fmod";
  let semantics = "x - trunc(x / y) * y for each pair of elements, exact, with the sign of x; for integers x rem 0 is x.";
}
def Tenon_PowOp : Tenon_BinaryOp<"pow", Tenon_FloatTensor> {
  let summary = "x^y";
  let semantics = "x to the power of y for each pair of elements.";
  let example = "// %x : tensor<4xf32>, %y : tensor<f32>\n"
                "%z = tenon.pow %x, %y : tensor<4xf32>, tensor<f32>  // tensor<4xf32>";
  let hasFolder = 0;
}
// Max and min do not commute: of equal zeros the right one is taken.
def Tenon_MaxOp : Tenon_BinaryOp<"max", Tenon_NumberTensor> {
  let summary = "the larger; NaN if either is NaN";
  let semantics = "x where x > y, else y, for each pair of elements; NaN where either is NaN.";
}
def Tenon_MinOp : Tenon_BinaryOp<"min", Tenon_NumberTensor> {
  let summary = "the smaller; NaN if either is NaN";
  let semantics = "x where x < y, else y, for each pair of elements; NaN where either is NaN.";
}
def Tenon_AndOp : Tenon_BinaryOp<"and", Tenon_IntOrBoolTensor, [Commutative]> {
  let summary = "bitwise and; logical on i1";
  let semantics = "The bits that both elements of each pair have set.";
}
def Tenon_OrOp : Tenon_BinaryOp<"or", Tenon_IntOrBoolTensor, [Commutative]> {
  let summary = "bitwise or; logical on i1";
  let semantics = "The bits that either element of each pair has set.";
}
def Tenon_XorOp : Tenon_BinaryOp<"xor", Tenon_IntOrBoolTensor, [Commutative]> {
  let summary = "bitwise exclusive or; logical on i1";
  let semantics = "The bits that one element of each pair has set.";
}
def Tenon_ShlOp : Tenon_BinaryOp<"shl", Tenon_IntTensor> {
  let summary = "x << y; 0 where y is outside [0, bits)";
  let semantics = "x shifted left by y bits for each pair of elements; 0 where y is outside [0, bits).";
}
def Tenon_ShrOp : Tenon_BinaryOp<"shr", Tenon_IntTensor> {
  let summary = "x >> y, arithmetic on signed, logical on u8; y is clamped to [0, bits-1] on signed, 0 result outside on u8";
  let semantics = "x shifted right by y bits for each pair of elements: copies of the sign come in where x is signed, "
                  "and y is clamped to [0, bits - 1]; on u8 zeros come in, and the result is 0 where y is not below 8.";
}

def Tenon_CompareOp : Tenon_Op<"compare", [Tenon_Pure, Tenon_Reify, InferTypeOpAdaptor, AllElementTypesMatch<["lhs", "rhs"]>]> {
  let summary = "element-wise comparison; ordered, except that `ne` is true on NaN";
  let semantics = "Whether `predicate` (`eq`, `ne`, `lt`, `le`, `gt`, `ge`) holds for each pair of elements; with a NaN "
                  "only `ne` does, and on i1 false < true.";
  let constraints = "(C1) `lhs` and `rhs` have the same dtype. (C2) Their shapes broadcast to the result's.";
  let example = "// %x : tensor<?x1xf32>, %y : tensor<4xf32>\n"
                "%z = tenon.compare <lt> %x, %y : tensor<?x1xf32>, tensor<4xf32>  // tensor<?x4xi1>";
  let arguments = (ins Tenon_ComparePredicateAttr:$predicate, Tenon_Tensor:$lhs, Tenon_Tensor:$rhs);
  let results = (outs Tenon_BoolTensor:$result);
  let assemblyFormat = "$predicate $lhs `,` $rhs attr-dict `:` type($lhs) `,` type($rhs)";
  let hasFolder = 1;
}
def Tenon_SelectOp : Tenon_Op<"select", [Tenon_Pure, Tenon_Reify, InferTypeOpAdaptor]> {
  let summary = "x where the condition holds, y elsewhere; the three shapes broadcast";
  let semantics = "The element of `lhs` where `condition` holds, of `rhs` elsewhere; both are evaluated.";
  let constraints = "(C1) `lhs` and `rhs` have the same dtype, which is the result's. (C2) The three shapes broadcast "
                    "to the result's.";
  let example = "// %c : tensor<4xi1>, %x : tensor<3x1xf32>, %y : tensor<f32>\n"
                "%z = tenon.select %c, %x, %y : tensor<4xi1>, tensor<3x1xf32>, tensor<f32>  // tensor<3x4xf32>";
  let arguments = (ins Tenon_BoolTensor:$condition, Tenon_Tensor:$lhs, Tenon_Tensor:$rhs);
  let results = (outs Tenon_Tensor:$result);
  let assemblyFormat = "$condition `,` $lhs `,` $rhs attr-dict `:` type($condition) `,` type($lhs) `,` type($rhs)";
  let hasFolder = 1;
}
def Tenon_ClampOp : Tenon_Op<"clamp", [Tenon_Pure, Tenon_Reify, InferTypeOpAdaptor]> {
  let summary = "min(max(x, low), high); the three shapes broadcast";
  let semantics = "min(max(`input`, `low`), `high`) of each element, as `max` and `min` define it: NaN stays NaN, and "
                  "where `low` exceeds `high` the result is `high`.";
  let constraints = "(C1) The operands have the same dtype, which is the result's. (C2) Their shapes broadcast to the "
                    "result's.";
  let example = "// %x : tensor<?x4xf32>, %low : tensor<f32>, %high : tensor<4xf32>\n"
                "%y = tenon.clamp %x, %low, %high : tensor<?x4xf32>, tensor<f32>, tensor<4xf32>  // tensor<?x4xf32>";
  let arguments = (ins Tenon_NumberTensor:$input, Tenon_NumberTensor:$low, Tenon_NumberTensor:$high);
  let results = (outs Tenon_NumberTensor:$result);
  let assemblyFormat = "$input `,` $low `,` $high attr-dict `:` type($input) `,` type($low) `,` type($high)";
}
def Tenon_CastOp : Tenon_Op<"cast", [Tenon_Pure, Tenon_Reify, SameOperandsAndResultShape]> {
  let summary = "another dtype: float to integer truncates and saturates (NaN to 0), to i1 is x != 0, integers wrap";
  let semantics = "Each element as a number of the result's dtype: rounded to nearest even toward a float, by way of f32 "
                  "from integers to halves; truncated toward zero and saturated from float to integer, NaN to 0; modulo "
                  "2^bits between integers; x != 0 to i1; 0 or 1 from i1.";
  let constraints = "(C1) `input` and `result` have the same shape, open dimensions included.";
  let example = "// %x : tensor<?xf32>\n%y = tenon.cast %x : tensor<?xf32> to tensor<?xi8>  // tensor<?xi8>";
  let arguments = (ins Tenon_Tensor:$input);
  let results = (outs Tenon_Tensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `to` type($result)";
  let hasVerifier = 1;
  let hasFolder = 1;
}

#endif
