// Constants, element-wise arithmetic, comparison, logic, selection and casts.
#ifndef TENON_ELEMENTWISE_OPS_TD
#define TENON_ELEMENTWISE_OPS_TD

include "TenonAttributes.td"

def Tenon_ConstantOp : Tenon_Op<"constant", [Pure, ConstantLike, AllTypesMatch<["value", "result"]>]> {
  let summary = "A tensor whose elements are known.";
  let arguments = (ins ElementsAttr:$value);
  let results = (outs Tenon_Tensor:$result);
  let assemblyFormat = "$value attr-dict";
  let hasFolder = 1;
}

// ---- one operand, same shape and dtype -------------------------------------------------------------------------
class Tenon_UnaryOp<string mnemonic, Type operand, list<Trait> traits = []>
    : Tenon_Op<mnemonic, !listconcat([Pure, Tenon_Reify, SameOperandsAndResultType], traits)> {
  let arguments = (ins operand:$input);
  let results = (outs operand:$result);
  let assemblyFormat = "$input attr-dict `:` type($input)";
}
class Tenon_FloatUnaryOp<string mnemonic> : Tenon_UnaryOp<mnemonic, Tenon_FloatTensor>;

def Tenon_NegOp : Tenon_UnaryOp<"neg", Tenon_SignedNumberTensor> { let summary = "-x"; let hasFolder = 1; }
def Tenon_AbsOp : Tenon_UnaryOp<"abs", Tenon_SignedNumberTensor> { let summary = "|x|"; let hasFolder = 1; }
def Tenon_SignOp : Tenon_UnaryOp<"sign", Tenon_SignedNumberTensor> { let summary = "-1, 0 or 1; NaN for NaN"; }
def Tenon_NotOp : Tenon_UnaryOp<"not", Tenon_IntOrBoolTensor> { let summary = "bitwise complement; logical on i1"; let hasFolder = 1; let hasCanonicalizeMethod = 1; }
def Tenon_ExpOp : Tenon_FloatUnaryOp<"exp"> { let summary = "e^x"; }
def Tenon_Exp2Op : Tenon_FloatUnaryOp<"exp2"> { let summary = "2^x"; }
def Tenon_Expm1Op : Tenon_FloatUnaryOp<"expm1"> { let summary = "e^x - 1, accurate near 0"; }
def Tenon_LogOp : Tenon_FloatUnaryOp<"log"> { let summary = "natural logarithm"; }
def Tenon_Log1pOp : Tenon_FloatUnaryOp<"log1p"> { let summary = "log(1 + x), accurate near 0"; }
def Tenon_SqrtOp : Tenon_FloatUnaryOp<"sqrt"> { let summary = "square root, correctly rounded"; }
def Tenon_RsqrtOp : Tenon_FloatUnaryOp<"rsqrt"> { let summary = "1 / sqrt(x)"; }
def Tenon_SinOp : Tenon_FloatUnaryOp<"sin"> { let summary = "sine of radians"; }
def Tenon_CosOp : Tenon_FloatUnaryOp<"cos"> { let summary = "cosine of radians"; }
def Tenon_TanOp : Tenon_FloatUnaryOp<"tan"> { let summary = "tangent of radians"; }
def Tenon_TanhOp : Tenon_FloatUnaryOp<"tanh"> { let summary = "hyperbolic tangent"; }
def Tenon_SigmoidOp : Tenon_FloatUnaryOp<"sigmoid"> { let summary = "1 / (1 + e^-x)"; }
def Tenon_ErfOp : Tenon_FloatUnaryOp<"erf"> { let summary = "error function"; }
def Tenon_FloorOp : Tenon_FloatUnaryOp<"floor"> { let summary = "largest integer not above x"; let hasFolder = 1; }
def Tenon_CeilOp : Tenon_FloatUnaryOp<"ceil"> { let summary = "smallest integer not below x"; let hasFolder = 1; }
def Tenon_RoundOp : Tenon_FloatUnaryOp<"round"> { let summary = "nearest integer, halves to even"; let hasFolder = 1; }

// ---- two operands: same dtype, shapes broadcast as in NumPy ----------------------------------------------------
class Tenon_BinaryOp<string mnemonic, Type operand, list<Trait> traits = []>
    : Tenon_Op<mnemonic, !listconcat([Pure, Tenon_Reify, InferTypeOpAdaptor], traits)> {
  let arguments = (ins operand:$lhs, operand:$rhs);
  let results = (outs operand:$result);
  let assemblyFormat = "$lhs `,` $rhs attr-dict `:` type($lhs) `,` type($rhs)";
}
def Tenon_AddOp : Tenon_BinaryOp<"add", Tenon_NumberTensor, [Commutative]> { let summary = "x + y; integers wrap"; let hasFolder = 1; }
def Tenon_SubOp : Tenon_BinaryOp<"sub", Tenon_NumberTensor> { let summary = "x - y; integers wrap"; let hasFolder = 1; }
def Tenon_MulOp : Tenon_BinaryOp<"mul", Tenon_NumberTensor, [Commutative]> { let summary = "x * y; integers wrap"; let hasFolder = 1; }
def Tenon_DivOp : Tenon_BinaryOp<"div", Tenon_NumberTensor> { let summary = "x / y; integers truncate toward zero"; let hasFolder = 1; }
def Tenon_RemOp : Tenon_BinaryOp<"rem", Tenon_NumberTensor> { let summary = "remainder with the sign of x, as C++'s % and fmod"; let hasFolder = 1; }
def Tenon_PowOp : Tenon_BinaryOp<"pow", Tenon_FloatTensor> { let summary = "x^y"; }
def Tenon_MaxOp : Tenon_BinaryOp<"max", Tenon_NumberTensor> { let summary = "the larger; NaN if either is NaN"; let hasFolder = 1; }
def Tenon_MinOp : Tenon_BinaryOp<"min", Tenon_NumberTensor> { let summary = "the smaller; NaN if either is NaN"; let hasFolder = 1; }
def Tenon_AndOp : Tenon_BinaryOp<"and", Tenon_IntOrBoolTensor, [Commutative]> { let summary = "bitwise and; logical on i1"; let hasFolder = 1; }
def Tenon_OrOp : Tenon_BinaryOp<"or", Tenon_IntOrBoolTensor, [Commutative]> { let summary = "bitwise or; logical on i1"; let hasFolder = 1; }
def Tenon_XorOp : Tenon_BinaryOp<"xor", Tenon_IntOrBoolTensor, [Commutative]> { let summary = "bitwise exclusive or; logical on i1"; let hasFolder = 1; }
def Tenon_ShlOp : Tenon_BinaryOp<"shl", Tenon_IntTensor> { let summary = "x << y; 0 where y is outside [0, bits)"; let hasFolder = 1; }
def Tenon_ShrOp : Tenon_BinaryOp<"shr", Tenon_IntTensor> { let summary = "x >> y, arithmetic on signed, logical on u8; y is clamped to [0, bits-1] on signed, 0 result outside on u8"; let hasFolder = 1; }

def Tenon_CompareOp : Tenon_Op<"compare", [Pure, Tenon_Reify, InferTypeOpAdaptor, AllElementTypesMatch<["lhs", "rhs"]>]> {
  let summary = "element-wise comparison; ordered, except that `ne` is true on NaN";
  let arguments = (ins Tenon_ComparePredicateAttr:$predicate, Tenon_Tensor:$lhs, Tenon_Tensor:$rhs);
  let results = (outs Tenon_BoolTensor:$result);
  let assemblyFormat = "$predicate $lhs `,` $rhs attr-dict `:` type($lhs) `,` type($rhs)";
  let hasFolder = 1;
}
def Tenon_SelectOp : Tenon_Op<"select", [Pure, Tenon_Reify, InferTypeOpAdaptor]> {
  let summary = "x where the condition holds, y elsewhere; the three shapes broadcast";
  let arguments = (ins Tenon_BoolTensor:$condition, Tenon_Tensor:$lhs, Tenon_Tensor:$rhs);
  let results = (outs Tenon_Tensor:$result);
  let assemblyFormat = "$condition `,` $lhs `,` $rhs attr-dict `:` type($condition) `,` type($lhs) `,` type($rhs)";
  let hasFolder = 1;
}
def Tenon_ClampOp : Tenon_Op<"clamp", [Pure, Tenon_Reify, InferTypeOpAdaptor]> {
  let summary = "min(max(x, low), high); the three shapes broadcast";
  let arguments = (ins Tenon_NumberTensor:$input, Tenon_NumberTensor:$low, Tenon_NumberTensor:$high);
  let results = (outs Tenon_NumberTensor:$result);
  let assemblyFormat = "$input `,` $low `,` $high attr-dict `:` type($input) `,` type($low) `,` type($high)";
}
def Tenon_CastOp : Tenon_Op<"cast", [Pure, Tenon_Reify, SameOperandsAndResultShape]> {
  let summary = "another dtype: float to integer truncates and saturates (NaN to 0), to i1 is x != 0, integers wrap";
  let arguments = (ins Tenon_Tensor:$input);
  let results = (outs Tenon_Tensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `to` type($result)";
  let hasVerifier = 1;
  let hasFolder = 1;
}

#endif
