// Contractions and windows: matmul, convolution, pooling.
#ifndef TENON_LINEAR_ALGEBRA_OPS_TD
#define TENON_LINEAR_ALGEBRA_OPS_TD

include "TenonAttributes.td"

def Tenon_MatmulOp : Tenon_Op<"matmul", [Pure, Tenon_Reify, InferTypeOpAdaptor]> {
  let summary = "matrix product over the last two dimensions: [..., M, K] x [..., K, N] -> [..., M, N]";
  let arguments = (ins Tenon_NumberTensor:$lhs, Tenon_NumberTensor:$rhs,
                       DefaultValuedAttr<BoolAttr, "false">:$transpose_lhs,
                       DefaultValuedAttr<BoolAttr, "false">:$transpose_rhs);
  let results = (outs Tenon_NumberTensor:$result);
  let assemblyFormat = "$lhs `,` $rhs attr-dict `:` type($lhs) `,` type($rhs)";
}

// Spatial rank S is 1 or 2. input [N, spatial..., C], channels last.
def Tenon_ConvOp : Tenon_Op<"conv", [Pure, Tenon_Reify, InferTypeOpAdaptor]> {
  let summary = "convolution: input [N, spatial..., C], filter [window..., C/groups, O] -> [N, out..., O]";
  let arguments = (ins Tenon_NumberTensor:$input, Tenon_NumberTensor:$filter,
                       DenseI64ArrayAttr:$strides,      // S
                       DenseI64ArrayAttr:$padding,      // 2 S: low, high of each spatial dimension
                       DenseI64ArrayAttr:$dilations,    // S
                       DefaultValuedAttr<I64Attr, "1">:$groups);
  let results = (outs Tenon_NumberTensor:$result);
  let assemblyFormat = "$input `,` $filter attr-dict `:` type($input) `,` type($filter)";
}
def Tenon_ConvTransposeOp : Tenon_Op<"conv_transpose", [Pure, Tenon_Reify, InferTypeOpAdaptor]> {
  let summary = "transposed convolution: input [N, spatial..., C], filter [window..., O, C] -> [N, out..., O]";
  let arguments = (ins Tenon_NumberTensor:$input, Tenon_NumberTensor:$filter,
                       DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$padding, DenseI64ArrayAttr:$dilations,
                       DenseI64ArrayAttr:$output_padding);   // S
  let results = (outs Tenon_NumberTensor:$result);
  let assemblyFormat = "$input `,` $filter attr-dict `:` type($input) `,` type($filter)";
}
class Tenon_PoolOp<string mnemonic, Type operand, dag extra> : Tenon_Op<mnemonic, [Pure, Tenon_Reify, InferTypeOpAdaptor]> {
  let arguments = !con((ins operand:$input, DenseI64ArrayAttr:$window, DenseI64ArrayAttr:$strides,
                            DenseI64ArrayAttr:$padding, DenseI64ArrayAttr:$dilations), extra);
  let results = (outs operand:$result);
  let assemblyFormat = "$input attr-dict `:` type($input)";
}
def Tenon_MaxPoolOp : Tenon_PoolOp<"max_pool", Tenon_NumberTensor, (ins)> {
  let summary = "largest element of each window of [N, spatial..., C]; padding does not count";
}
def Tenon_AvgPoolOp : Tenon_PoolOp<"avg_pool", Tenon_FloatTensor, (ins DefaultValuedAttr<BoolAttr, "false">:$count_padding)> {
  let summary = "mean of each window of [N, spatial..., C]; padding counts only with `count_padding`";
}

#endif
