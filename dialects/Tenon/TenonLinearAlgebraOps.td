// Contractions and windows: matmul, convolution, pooling.
#ifndef TENON_LINEAR_ALGEBRA_OPS_TD
#define TENON_LINEAR_ALGEBRA_OPS_TD

include "TenonAttributes.td"

def Tenon_MatmulOp : Tenon_Op<"matmul", [Tenon_Pure, Tenon_Reify, InferTypeOpAdaptor]> {
  let summary = "matrix product over the last two dimensions: [..., M, K] x [..., K, N] -> [..., M, N]";
  let semantics = "Element (m, n) of each matrix of the result is one chain of fused multiply-adds over k = 0, 1, ... from "
                  "+0: halves in f32 and rounded once, integers wrapping. `transpose_lhs` reads `lhs` as [..., K, M], "
                  "`transpose_rhs` `rhs` as [..., N, K].";
  let constraints = "(C1) Both operands have rank 2 or more. (C2) They have the same dtype, which is the result's. "
                    "(C3) Their inner dimensions K are equal. (C4) The dimensions before the matrices broadcast.";
  let example = "// %x : tensor<?x4x8xf32>, %w : tensor<5x8xf32>\n"
                "%y = tenon.matmul %x, %w {transpose_rhs = true} : tensor<?x4x8xf32>, tensor<5x8xf32>  // tensor<?x4x5xf32>";
  let arguments = (ins Tenon_NumberTensor:$lhs, Tenon_NumberTensor:$rhs,
                       DefaultValuedAttr<BoolAttr, "false">:$transpose_lhs,
                       DefaultValuedAttr<BoolAttr, "false">:$transpose_rhs);
  let results = (outs Tenon_NumberTensor:$result);
  let assemblyFormat = "$lhs `,` $rhs attr-dict `:` type($lhs) `,` type($rhs)";
}

// Spatial rank S is 1 or 2. input [N, spatial..., C], channels last.
def Tenon_ConvOp : Tenon_Op<"conv", [Tenon_Pure, Tenon_Reify, InferTypeOpAdaptor]> {
  let summary = "convolution: input [N, spatial..., C], filter [window..., C/groups, O] -> [N, out..., O]";
  let semantics = "Each element of the result is one chain of fused multiply-adds over window row, window column and "
                  "channel, from +0, as in `matmul`; elements in the padding are 0 and the filter is not flipped. "
                  "Output channel o is of group o / (O / groups) and reads that group's C / groups input channels; "
                  "`groups` = C makes it depthwise. `strides` and `dilations` are one number for each spatial dimension, "
                  "`padding` two: low and high. A spatial size is floor((size + padding - extent) / stride) + 1 with "
                  "extent = (window - 1) * dilation + 1.";
  let constraints = "(C1) `input` has rank 3 or 4, and `filter` the same. (C2) They have the same dtype, which is the "
                    "result's. (C3) `strides` and `dilations` are at least 1, `padding` is at least 0, and their lengths "
                    "fit. (C4) `groups` is at least 1 and divides C and O. (C5) The filter's second to last dimension is "
                    "C / groups. (C6) The window has at least 1 tap in each dimension, and fits in the padded input.";
  let example = "// %x : tensor<?x8x9x6xf32>, %w : tensor<3x3x2x9xf32>\n"
                "%y = tenon.conv %x, %w {strides = array<i64: 2, 1>, padding = array<i64: 1, 1, 0, 0>,\n"
                "    dilations = array<i64: 1, 2>, groups = 3 : i64} : tensor<?x8x9x6xf32>, tensor<3x3x2x9xf32>"
                "  // tensor<?x4x5x9xf32>";
  let arguments = (ins Tenon_NumberTensor:$input, Tenon_NumberTensor:$filter,
                       DenseI64ArrayAttr:$strides,      // S
                       DenseI64ArrayAttr:$padding,      // 2 S: low, high of each spatial dimension
                       DenseI64ArrayAttr:$dilations,    // S
                       DefaultValuedAttr<I64Attr, "1">:$groups);
  let results = (outs Tenon_NumberTensor:$result);
  let assemblyFormat = "$input `,` $filter attr-dict `:` type($input) `,` type($filter)";
}
def Tenon_ConvTransposeOp : Tenon_Op<"conv_transpose", [Tenon_Pure, Tenon_Reify, InferTypeOpAdaptor]> {
  let summary = "transposed convolution: input [N, spatial..., C], filter [window..., O, C] -> [N, out..., O]";
  let semantics = "The gradient of `conv` with respect to its input, as an op: input element i adds its product with tap k "
                  "to output i * stride + k * dilation - low. A spatial size is (size - 1) * stride + extent - padding + "
                  "`output_padding`, which tells apart the sizes that a strided convolution maps to one.";
  let constraints = "(C1) `input` has rank 3 or 4, and `filter` the same. (C2) They have the same dtype, which is the "
                    "result's. (C3) `strides` and `dilations` are at least 1, `padding` and `output_padding` at least 0, "
                    "and their lengths fit. (C4) The filter's last dimension is C. (C5) `output_padding` is less than "
                    "stride or dilation. (C6) The window has at least 1 tap in each dimension, and `padding` does not "
                    "exceed what it crops.";
  let example = "// %x : tensor<1x5x6xf32>, %w : tensor<4x7x6xf32>\n"
                "%y = tenon.conv_transpose %x, %w {strides = array<i64: 2>, padding = array<i64: 1, 1>,\n"
                "    dilations = array<i64: 1>, output_padding = array<i64: 1>} : tensor<1x5x6xf32>, tensor<4x7x6xf32>"
                "  // tensor<1x11x7xf32>";
  let arguments = (ins Tenon_NumberTensor:$input, Tenon_NumberTensor:$filter,
                       DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$padding, DenseI64ArrayAttr:$dilations,
                       DenseI64ArrayAttr:$output_padding);   // S
  let results = (outs Tenon_NumberTensor:$result);
  let assemblyFormat = "$input `,` $filter attr-dict `:` type($input) `,` type($filter)";
}
class Tenon_PoolOp<string mnemonic, Type operand, dag extra> : Tenon_Op<mnemonic, [Tenon_Pure, Tenon_Reify, InferTypeOpAdaptor]> {
  let constraints = "(C1) `input` has rank 3 or 4. (C2) `window`, `strides` and `dilations` are at least 1, `padding` is at "
                    "least 0, and their lengths fit. (C3) `padding` is less than the window's extent, and the window fits "
                    "in the padded input. (C4) The dtype is of " # operand.summary # ".";
  let example = "// %x : tensor<?x8x9x6xf32>\n%y = tenon." # mnemonic
      # " %x {window = array<i64: 2, 2>, strides = array<i64: 2, 2>,\n    padding = array<i64: 0, 0, 0, 1>, "
      # "dilations = array<i64: 1, 1>} : tensor<?x8x9x6xf32>  // tensor<?x4x5x6xf32>";
  let arguments = !con((ins operand:$input, DenseI64ArrayAttr:$window, DenseI64ArrayAttr:$strides,
                            DenseI64ArrayAttr:$padding, DenseI64ArrayAttr:$dilations), extra);
  let results = (outs operand:$result);
  let assemblyFormat = "$input attr-dict `:` type($input)";
}
def Tenon_MaxPoolOp : Tenon_PoolOp<"max_pool", Tenon_NumberTensor, (ins)> {
  let summary = "largest element of each window of [N, spatial..., C]; padding does not count";
  let semantics = "The largest element of each window, NaN where one is NaN; sizes are those of `conv`. A dilated window "
                  "that steps over the whole of a small input gives the dtype's least value.";
}
def Tenon_AvgPoolOp : Tenon_PoolOp<"avg_pool", Tenon_FloatTensor, (ins DefaultValuedAttr<BoolAttr, "false">:$count_padding)> {
  let summary = "mean of each window of [N, spatial..., C]; padding counts only with `count_padding`";
  let semantics = "The sum of each window's elements in row-major order, divided by their number: all taps with "
                  "`count_padding`, else those not in the padding. Sizes are those of `conv`.";
}

#endif
