// Ops that make or change shapes. An open dimension of a result is given by an i64 scalar operand, in order.
#ifndef TENON_SHAPE_OPS_TD
#define TENON_SHAPE_OPS_TD

include "TenonAttributes.td"

def Tenon_SplatOp : Tenon_Op<"splat", [Pure, Tenon_Reify, AllElementTypesMatch<["value", "result"]>]> {
  let summary = "every element is the scalar `value`";
  let arguments = (ins Tenon_Tensor:$value, Variadic<Tenon_DimTensor>:$dims);
  let results = (outs Tenon_Tensor:$result);
  let assemblyFormat = "$value (`dims` `(` $dims^ `)`)? attr-dict `:` type($value) `->` type($result)";
  let hasVerifier = 1;
  let hasFolder = 1;
}
def Tenon_IotaOp : Tenon_Op<"iota", [Pure, Tenon_Reify]> {
  let summary = "0, 1, 2, ... along `axis`";
  let arguments = (ins I64Attr:$axis, Variadic<Tenon_DimTensor>:$dims);
  let results = (outs Tenon_NumberTensor:$result);
  let assemblyFormat = "(`dims` `(` $dims^ `)`)? attr-dict `:` type($result)";
  let hasVerifier = 1;
}
def Tenon_BroadcastOp : Tenon_Op<"broadcast", [Pure, Tenon_Reify, AllElementTypesMatch<["input", "result"]>]> {
  let summary = "NumPy's broadcast_to: dimensions align on the right, a 1 repeats";
  let arguments = (ins Tenon_Tensor:$input, Variadic<Tenon_DimTensor>:$dims);
  let results = (outs Tenon_Tensor:$result);
  let assemblyFormat = "$input (`dims` `(` $dims^ `)`)? attr-dict `:` type($input) `->` type($result)";
  let hasVerifier = 1;
  let hasFolder = 1;
}
def Tenon_ReshapeOp : Tenon_Op<"reshape", [Pure, Tenon_Reify, AllElementTypesMatch<["input", "result"]>]> {
  let summary = "the same elements in row-major order under another shape";
  let arguments = (ins Tenon_Tensor:$input, Variadic<Tenon_DimTensor>:$dims);
  let results = (outs Tenon_Tensor:$result);
  let assemblyFormat = "$input (`dims` `(` $dims^ `)`)? attr-dict `:` type($input) `->` type($result)";
  let hasVerifier = 1;
  let hasFolder = 1;
}
def Tenon_DimOp : Tenon_Op<"dim", [Pure]> {
  let summary = "the size of one dimension, as an i64 scalar";
  let arguments = (ins Tenon_Tensor:$input, I64Attr:$axis);
  let results = (outs Tenon_DimTensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input)";
  let hasVerifier = 1;
  let hasFolder = 1;
}
def Tenon_TransposeOp : Tenon_Op<"transpose", [Pure, Tenon_Reify, InferTypeOpAdaptor]> {
  let summary = "result dimension i is input dimension permutation[i]";
  let arguments = (ins Tenon_Tensor:$input, DenseI64ArrayAttr:$permutation);
  let results = (outs Tenon_Tensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input)";
  let hasFolder = 1;
}
def Tenon_ConcatOp : Tenon_Op<"concat", [Pure, Tenon_Reify, InferTypeOpAdaptor]> {
  let summary = "the inputs one after the other along `axis`";
  let arguments = (ins Variadic<Tenon_Tensor>:$inputs, I64Attr:$axis);
  let results = (outs Tenon_Tensor:$result);
  let assemblyFormat = "$inputs attr-dict `:` type($inputs)";
  let hasFolder = 1;
}
def Tenon_StackOp : Tenon_Op<"stack", [Pure, Tenon_Reify, InferTypeOpAdaptor, SameTypeOperands]> {
  let summary = "the inputs along a new dimension at `axis`";
  let arguments = (ins Variadic<Tenon_Tensor>:$inputs, I64Attr:$axis);
  let results = (outs Tenon_Tensor:$result);
  let assemblyFormat = "$inputs attr-dict `:` type($inputs)";
  let hasFolder = 1;
}
def Tenon_SplitOp : Tenon_Op<"split", [Pure, Tenon_Reify, InferTypeOpAdaptor]> {
  let summary = "pieces of the given `sizes` along `axis`, which is static";
  let arguments = (ins Tenon_Tensor:$input, I64Attr:$axis, DenseI64ArrayAttr:$sizes);
  let results = (outs Variadic<Tenon_Tensor>:$results);
  let assemblyFormat = "$input attr-dict `:` type($input)";
  let hasFolder = 1;
}
def Tenon_PadOp : Tenon_Op<"pad", [Pure, Tenon_Reify, InferTypeOpAdaptor]> {
  let summary = "`low` and `high` elements of the scalar `value` around each dimension";
  let arguments = (ins Tenon_Tensor:$input, Tenon_Tensor:$value, DenseI64ArrayAttr:$low, DenseI64ArrayAttr:$high);
  let results = (outs Tenon_Tensor:$result);
  let assemblyFormat = "$input `,` $value attr-dict `:` type($input) `,` type($value)";
  let hasFolder = 1;
}
def Tenon_ReverseOp : Tenon_Op<"reverse", [Pure, Tenon_Reify, SameOperandsAndResultType]> {
  let summary = "elements in the opposite order along `axes`";
  let arguments = (ins Tenon_Tensor:$input, DenseI64ArrayAttr:$axes);
  let results = (outs Tenon_Tensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input)";
  let hasVerifier = 1;
  let hasFolder = 1;
}
// A start or size that is ShapedType::kDynamic in the attribute is the next operand.
def Tenon_SliceOp : Tenon_Op<"slice", [Pure, Tenon_Reify, InferTypeOpAdaptor, AttrSizedOperandSegments]> {
  let summary = "element start + i * stride of each dimension, for i in [0, size)";
  let arguments = (ins Tenon_Tensor:$input, Variadic<Tenon_DimTensor>:$starts, Variadic<Tenon_DimTensor>:$sizes,
                       DenseI64ArrayAttr:$static_starts, DenseI64ArrayAttr:$static_sizes, DenseI64ArrayAttr:$strides);
  let results = (outs Tenon_Tensor:$result);
  let assemblyFormat = [{ $input custom<DynamicIndexList>($starts, $static_starts) custom<DynamicIndexList>($sizes, $static_sizes)
                          $strides attr-dict `:` type($input) }];
  let hasFolder = 1;
}

#endif
