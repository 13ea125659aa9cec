// Reductions, arg-reductions, cumulative sums, softmax and normalization.
#ifndef TENON_REDUCTION_OPS_TD
#define TENON_REDUCTION_OPS_TD

include "TenonAttributes.td"

def Tenon_ReduceOp : Tenon_Op<"reduce", [Pure, Tenon_Reify, InferTypeOpAdaptor]> {
  let summary = "combine the elements along `axes`; `keep_dims` leaves each as 1";
  let arguments = (ins Tenon_ReduceKindAttr:$kind, Tenon_Tensor:$input, DenseI64ArrayAttr:$axes,
                       DefaultValuedAttr<BoolAttr, "false">:$keep_dims);
  let results = (outs Tenon_Tensor:$result);
  let assemblyFormat = "$kind $input attr-dict `:` type($input)";
  let hasFolder = 1;
}
class Tenon_ArgReduceOp<string mnemonic> : Tenon_Op<mnemonic, [Pure, Tenon_Reify, InferTypeOpAdaptor]> {
  let arguments = (ins Tenon_NumberTensor:$input, I64Attr:$axis, DefaultValuedAttr<BoolAttr, "false">:$keep_dims);
  let results = (outs Tenon_Tensor:$result);   // i64
  let assemblyFormat = "$input attr-dict `:` type($input)";
}
def Tenon_ArgmaxOp : Tenon_ArgReduceOp<"argmax"> { let summary = "index of the first largest element along `axis`; the first NaN wins"; }
def Tenon_ArgminOp : Tenon_ArgReduceOp<"argmin"> { let summary = "index of the first smallest element along `axis`; the first NaN wins"; }
def Tenon_CumsumOp : Tenon_Op<"cumsum", [Pure, Tenon_Reify, SameOperandsAndResultType]> {
  let summary = "running sum along `axis`, in element order";
  let arguments = (ins Tenon_NumberTensor:$input, I64Attr:$axis, DefaultValuedAttr<BoolAttr, "false">:$exclusive,
                       DefaultValuedAttr<BoolAttr, "false">:$reverse);
  let results = (outs Tenon_NumberTensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input)";
  let hasVerifier = 1;
}
class Tenon_SoftmaxLikeOp<string mnemonic> : Tenon_Op<mnemonic, [Pure, Tenon_Reify, SameOperandsAndResultType]> {
  let arguments = (ins Tenon_FloatTensor:$input, I64Attr:$axis);
  let results = (outs Tenon_FloatTensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input)";
  let hasVerifier = 1;
}
def Tenon_SoftmaxOp : Tenon_SoftmaxLikeOp<"softmax"> { let summary = "e^(x - max) / sum of the same, along `axis`"; }
def Tenon_LogSoftmaxOp : Tenon_SoftmaxLikeOp<"log_softmax"> { let summary = "x - max - log(sum e^(x - max)), along `axis`"; }
def Tenon_LayerNormOp : Tenon_Op<"layer_norm", [Pure, Tenon_Reify, AllTypesMatch<["input", "result"]>, AllTypesMatch<["scale", "offset"]>]> {
  let summary = "(x - mean) / sqrt(variance + epsilon) * scale + offset over the last dimension";
  let arguments = (ins Tenon_FloatTensor:$input, Tenon_FloatTensor:$scale, Tenon_FloatTensor:$offset, F64Attr:$epsilon);
  let results = (outs Tenon_FloatTensor:$result);
  let assemblyFormat = "$input `,` $scale `,` $offset attr-dict `:` type($input) `,` type($scale)";
  let hasVerifier = 1;
}

#endif
