// Reductions, arg-reductions, cumulative sums, softmax and normalization.
#ifndef TENON_REDUCTION_OPS_TD
#define TENON_REDUCTION_OPS_TD

include "TenonAttributes.td"

def Tenon_ReduceOp : Tenon_Op<"reduce", [Tenon_Pure, Tenon_Reify, InferTypeOpAdaptor]> {
  let summary = "combine the elements along `axes`; `keep_dims` leaves each as 1";
  let semantics = "The `sum`, `prod`, `max`, `min`, `mean`, `any` or `all` of the elements along `axes`; of none it is the "
                  "identity: 0, 1, the least and the largest value (an infinity for floats), 0 / 0, false, true. The order "
                  "is fixed by the shape: along the innermost dimensions element j is added in lane j mod 64, and lanes "
                  "are folded in halves; along outer dimensions elements are added in order. `mean` is the sum divided by "
                  "the number; halves are reduced in f32 and rounded once; `max` and `min` give NaN where there is one.";
  let constraints = "(C1) `axes` are distinct and in [0, rank). (C2) `any` and `all` take i1, `mean` floating point, the "
                    "others numbers.";
  let example = "// %x : tensor<?x4x5xf32>\n"
                "%y = tenon.reduce <sum> %x {axes = array<i64: 0, 2>, keep_dims = true} : tensor<?x4x5xf32>"
                "  // tensor<1x4x1xf32>";
  let arguments = (ins Tenon_ReduceKindAttr:$kind, Tenon_Tensor:$input, DenseI64ArrayAttr:$axes,
                       DefaultValuedAttr<BoolAttr, "false">:$keep_dims);
  let results = (outs Tenon_Tensor:$result);
  let assemblyFormat = "$kind $input attr-dict `:` type($input)";
  let hasFolder = 1;
}
class Tenon_ArgReduceOp<string mnemonic> : Tenon_Op<mnemonic, [Tenon_Pure, Tenon_Reify, InferTypeOpAdaptor]> {
  let constraints = "(C1) `axis` is in [0, rank). (C2) That dimension has at least one element.";
  let example = "// %x : tensor<?x4x5xf32>\n%i = tenon." # mnemonic
      # " %x {axis = 1 : i64} : tensor<?x4x5xf32>  // tensor<?x5xi64>";
  let arguments = (ins Tenon_NumberTensor:$input, I64Attr:$axis, DefaultValuedAttr<BoolAttr, "false">:$keep_dims);
  let results = (outs Tenon_Tensor:$result);   // i64
  let assemblyFormat = "$input attr-dict `:` type($input)";
}
def Tenon_ArgmaxOp : Tenon_ArgReduceOp<"argmax"> {
  let summary = "index of the first largest element along `axis`; the first NaN wins";
  let semantics = "The index (i64) of the first element along `axis` that none exceeds; the first NaN, where there is one. "
                  "`keep_dims` leaves the dimension as 1.";
}
def Tenon_ArgminOp : Tenon_ArgReduceOp<"argmin"> {
  let summary = "index of the first smallest element along `axis`; the first NaN wins";
  let semantics = "The index (i64) of the first element along `axis` that exceeds none; the first NaN, where there is one. "
                  "`keep_dims` leaves the dimension as 1.";
}
def Tenon_CumsumOp : Tenon_Op<"cumsum", [Tenon_Pure, Tenon_Reify, SameOperandsAndResultType]> {
  let summary = "running sum along `axis`, in element order";
  let semantics = "The sum of each element and those before it along `axis`, added in that order. `exclusive` leaves the "
                  "element itself out and starts with 0; `reverse` sums from the end. Halves are summed in f32.";
  let constraints = "(C1) `axis` is in [0, rank).";
  let example = "// %x : tensor<?x4xf32>\n"
                "%y = tenon.cumsum %x {axis = 0 : i64, exclusive = true} : tensor<?x4xf32>  // tensor<?x4xf32>";
  let arguments = (ins Tenon_NumberTensor:$input, I64Attr:$axis, DefaultValuedAttr<BoolAttr, "false">:$exclusive,
                       DefaultValuedAttr<BoolAttr, "false">:$reverse);
  let results = (outs Tenon_NumberTensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input)";
  let hasVerifier = 1;
}
class Tenon_SoftmaxLikeOp<string mnemonic> : Tenon_Op<mnemonic, [Tenon_Pure, Tenon_Reify, SameOperandsAndResultType]> {
  let constraints = "(C1) `axis` is in [0, rank).";
  let example = "// %x : tensor<?x10xf32>\n%y = tenon." # mnemonic
      # " %x {axis = 1 : i64} : tensor<?x10xf32>  // tensor<?x10xf32>";
  let arguments = (ins Tenon_FloatTensor:$input, I64Attr:$axis);
  let results = (outs Tenon_FloatTensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input)";
  let hasVerifier = 1;
}
def Tenon_SoftmaxOp : Tenon_SoftmaxLikeOp<"softmax"> {
  let summary = "e^(x - max) / sum of the same, along `axis`";
  let semantics = "e^(x - m) / s along `axis`, with the largest element m and s the sum of the same powers in the order of "
                  "`reduce`. A NaN makes its whole row NaN. Halves are computed with in f32.";
}
def Tenon_LogSoftmaxOp : Tenon_SoftmaxLikeOp<"log_softmax"> {
  let summary = "x - max - log(sum e^(x - max)), along `axis`";
  let semantics = "(x - m) - log(s) along `axis`, with m and s as in `softmax`.";
}
def Tenon_LayerNormOp : Tenon_Op<"layer_norm", [Tenon_Pure, Tenon_Reify, AllTypesMatch<["input", "result"]>, AllTypesMatch<["scale", "offset"]>]> {
  let summary = "(x - mean) / sqrt(variance + epsilon) * scale + offset over the last dimension";
  let semantics = "(x - mean) / sqrt(variance + `epsilon`) * `scale` + `offset` over the last dimension, where variance is the "
                  "mean of the squared differences from the mean. Halves are computed with in f32.";
  let constraints = "(C1) `input` has rank 1 or more, and `result` its type. (C2) `scale` has the input's dtype. (C3) `scale` "
                    "and `offset` have rank 1 and the size of the last dimension. (C4) `epsilon` is finite and not negative.";
  let example = "// %x : tensor<?x5xf32>, %scale : tensor<5xf32>, %offset : tensor<5xf32>\n"
                "%y = tenon.layer_norm %x, %scale, %offset {epsilon = 1.0e-5 : f64} : tensor<?x5xf32>, tensor<5xf32>"
                "  // tensor<?x5xf32>";
  let arguments = (ins Tenon_FloatTensor:$input, Tenon_FloatTensor:$scale, Tenon_FloatTensor:$offset, F64Attr:$epsilon);
  let results = (outs Tenon_FloatTensor:$result);
  let assemblyFormat = "$input `,` $scale `,` $offset attr-dict `:` type($input) `,` type($scale)";
  let hasVerifier = 1;
}

#endif
