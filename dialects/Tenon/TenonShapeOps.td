// Ops that make or change shapes. An open dimension of a result is given by an i64 scalar operand, in order.
#ifndef TENON_SHAPE_OPS_TD
#define TENON_SHAPE_OPS_TD

include "TenonAttributes.td"

def Tenon_SplatOp : Tenon_Op<"splat", [Tenon_Pure, Tenon_Reify, AllElementTypesMatch<["value", "result"]>]> {
  let summary = "every element is the scalar `value`";
  let semantics = "A tensor whose every element is `value`.";
  let constraints = "(C1) `value` is a scalar. (C2) It has the result's dtype. (C3) There is one of `dims` for each open "
                    "dimension of the result.";
  let example = "// %v : tensor<f32>, %n : tensor<i64>\n"
                "%x = tenon.splat %v dims(%n) : tensor<f32> -> tensor<?x3xf32>  // tensor<?x3xf32>";
  let arguments = (ins Tenon_Tensor:$value, Variadic<Tenon_DimTensor>:$dims);
  let results = (outs Tenon_Tensor:$result);
  let assemblyFormat = "$value (`dims` `(` $dims^ `)`)? attr-dict `:` type($value) `->` type($result)";
  let hasVerifier = 1;
  let hasFolder = 1;
}
def Tenon_IotaOp : Tenon_Op<"iota", [Tenon_Pure, Tenon_Reify]> {
  let summary = "0, 1, 2, ... along `axis`";
  let semantics = "A tensor whose element is its index along `axis`, as a number of the result's dtype.";
  let constraints = "(C1) `axis` is in [0, rank). (C2) There is one of `dims` for each open dimension of the result.";
  let example = "// %n : tensor<i64>\n"
                "%x = tenon.iota dims(%n) {axis = 1 : i64} : tensor<2x?xi32>  // tensor<2x?xi32>";
  let arguments = (ins I64Attr:$axis, Variadic<Tenon_DimTensor>:$dims);
  let results = (outs Tenon_NumberTensor:$result);
  let assemblyFormat = "(`dims` `(` $dims^ `)`)? attr-dict `:` type($result)";
  let hasVerifier = 1;
}
def Tenon_BroadcastOp : Tenon_Op<"broadcast", [Tenon_Pure, Tenon_Reify, AllElementTypesMatch<["input", "result"]>]> {
  let summary = "NumPy's broadcast_to: dimensions align on the right, a 1 repeats";
  let semantics = "`input` with its dimensions aligned on the right of the result's; a size 1 repeats, and so does the whole "
                  "along dimensions that it lacks.";
  let constraints = "(C1) Each dimension of `input` is 1 or the result's. (C2) The dtypes are the same. (C3) There is one "
                    "of `dims` for each open dimension of the result.";
  let example = "// %x : tensor<?x1xf32>, %n : tensor<i64>\n"
                "%y = tenon.broadcast %x dims(%n) : tensor<?x1xf32> -> tensor<2x?x4xf32>  // tensor<2x?x4xf32>";
  let arguments = (ins Tenon_Tensor:$input, Variadic<Tenon_DimTensor>:$dims);
  let results = (outs Tenon_Tensor:$result);
  let assemblyFormat = "$input (`dims` `(` $dims^ `)`)? attr-dict `:` type($input) `->` type($result)";
  let hasVerifier = 1;
  let hasFolder = 1;
}
def Tenon_ReshapeOp : Tenon_Op<"reshape", [Tenon_Pure, Tenon_Reify, AllElementTypesMatch<["input", "result"]>]> {
  let summary = "the same elements in row-major order under another shape";
  let semantics = "The elements of `input` in row-major order, under the result's shape.";
  let constraints = "(C1) Both have the same number of elements. (C2) The dtypes are the same. (C3) There is one of `dims` "
                    "for each open dimension of the result.";
  let example = "// %x : tensor<?x4xf32>, %n : tensor<i64>\n"
                "%y = tenon.reshape %x dims(%n) : tensor<?x4xf32> -> tensor<?x2x2xf32>  // tensor<?x2x2xf32>";
  let arguments = (ins Tenon_Tensor:$input, Variadic<Tenon_DimTensor>:$dims);
  let results = (outs Tenon_Tensor:$result);
  let assemblyFormat = "$input (`dims` `(` $dims^ `)`)? attr-dict `:` type($input) `->` type($result)";
  let hasVerifier = 1;
  let hasFolder = 1;
}
def Tenon_DimOp : Tenon_Op<"dim", [Tenon_Pure]> {
  let summary = "the size of one dimension, as an i64 scalar";
  let semantics = "The size of dimension `axis`.";
  let constraints = "(C1) `axis` is in [0, rank).";
  let example = "// %x : tensor<?x4xf32>\n%n = tenon.dim %x {axis = 0 : i64} : tensor<?x4xf32>  // tensor<i64>";
  let arguments = (ins Tenon_Tensor:$input, I64Attr:$axis);
  let results = (outs Tenon_DimTensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input)";
  let hasVerifier = 1;
  let hasFolder = 1;
}
def Tenon_TransposeOp : Tenon_Op<"transpose", [Tenon_Pure, Tenon_Reify, InferTypeOpAdaptor]> {
  let summary = "result dimension i is input dimension permutation[i]";
  let semantics = "`input` with its dimensions in another order: dimension i of the result is dimension `permutation`[i].";
  let constraints = "(C1) `permutation` is one of 0, ..., rank - 1.";
  let example = "// %x : tensor<?x4x5xf32>\n"
                "%y = tenon.transpose %x {permutation = array<i64: 2, 0, 1>} : tensor<?x4x5xf32>  // tensor<5x?x4xf32>";
  let arguments = (ins Tenon_Tensor:$input, DenseI64ArrayAttr:$permutation);
  let results = (outs Tenon_Tensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input)";
  let hasFolder = 1;
}
def Tenon_ConcatOp : Tenon_Op<"concat", [Tenon_Pure, Tenon_Reify, InferTypeOpAdaptor]> {
  let summary = "the inputs one after the other along `axis`";
  let semantics = "The inputs one after the other along `axis`.";
  let constraints = "(C1) There is at least one input. (C2) All have the same dtype, which is the result's. (C3) `axis` is in "
                    "[0, rank). (C4) All have the same rank, and the same sizes in the other dimensions.";
  let example = "// %x : tensor<3x4xf32>, %y : tensor<?x4xf32>\n"
                "%z = tenon.concat %x, %y {axis = 0 : i64} : tensor<3x4xf32>, tensor<?x4xf32>  // tensor<?x4xf32>";
  let arguments = (ins Variadic<Tenon_Tensor>:$inputs, I64Attr:$axis);
  let results = (outs Tenon_Tensor:$result);
  let assemblyFormat = "$inputs attr-dict `:` type($inputs)";
  let hasFolder = 1;
}
def Tenon_StackOp : Tenon_Op<"stack", [Tenon_Pure, Tenon_Reify, InferTypeOpAdaptor, SameTypeOperands]> {
  let summary = "the inputs along a new dimension at `axis`";
  let semantics = "The inputs side by side along a new dimension at `axis`.";
  let constraints = "(C1) There is at least one input. (C2) All have the same type. (C3) `axis` is in [0, rank].";
  let example = "// %x : tensor<?x4xf32>, %y : tensor<?x4xf32>\n"
                "%z = tenon.stack %x, %y {axis = 1 : i64} : tensor<?x4xf32>, tensor<?x4xf32>  // tensor<?x2x4xf32>";
  let arguments = (ins Variadic<Tenon_Tensor>:$inputs, I64Attr:$axis);
  let results = (outs Tenon_Tensor:$result);
  let assemblyFormat = "$inputs attr-dict `:` type($inputs)";
  let hasFolder = 1;
}
def Tenon_SplitOp : Tenon_Op<"split", [Tenon_Pure, Tenon_Reify, InferTypeOpAdaptor]> {
  let summary = "pieces of the given `sizes` along `axis`, which is static";
  let semantics = "`input` cut along `axis` into pieces of the given `sizes`, in order.";
  let constraints = "(C1) `axis` is in [0, rank), and static. (C2) `sizes` are not negative and add up to that dimension.";
  let example = "// %x : tensor<?x4xf32>\n"
                "%y:2 = tenon.split %x {axis = 1 : i64, sizes = array<i64: 1, 3>} : tensor<?x4xf32>"
                "  // tensor<?x1xf32>, tensor<?x3xf32>";
  let arguments = (ins Tenon_Tensor:$input, I64Attr:$axis, DenseI64ArrayAttr:$sizes);
  let results = (outs Variadic<Tenon_Tensor>:$results);
  let assemblyFormat = "$input attr-dict `:` type($input)";
  let hasFolder = 1;
}
def Tenon_PadOp : Tenon_Op<"pad", [Tenon_Pure, Tenon_Reify, InferTypeOpAdaptor]> {
  let summary = "`low` and `high` elements of the scalar `value` around each dimension";
  let semantics = "`input` with `low`[i] elements before and `high`[i] after dimension i, all of them `value`.";
  let constraints = "(C1) `value` is a scalar of the input's dtype. (C2) `low` and `high` are a number for each dimension, "
                    "and not negative.";
  let example = "// %x : tensor<?x4xf32>, %v : tensor<f32>\n"
                "%y = tenon.pad %x, %v {low = array<i64: 2, 0>, high = array<i64: 0, 1>} : tensor<?x4xf32>, tensor<f32>"
                "  // tensor<?x5xf32>";
  let arguments = (ins Tenon_Tensor:$input, Tenon_Tensor:$value, DenseI64ArrayAttr:$low, DenseI64ArrayAttr:$high);
  let results = (outs Tenon_Tensor:$result);
  let assemblyFormat = "$input `,` $value attr-dict `:` type($input) `,` type($value)";
  let hasFolder = 1;
}
def Tenon_ReverseOp : Tenon_Op<"reverse", [Tenon_Pure, Tenon_Reify, SameOperandsAndResultType]> {
  let summary = "elements in the opposite order along `axes`";
  let semantics = "`input` with its elements in the opposite order along `axes`.";
  let constraints = "(C1) `axes` are distinct and in [0, rank).";
  let example = "// %x : tensor<?x4xf32>\n"
                "%y = tenon.reverse %x {axes = array<i64: 0, 1>} : tensor<?x4xf32>  // tensor<?x4xf32>";
  let arguments = (ins Tenon_Tensor:$input, DenseI64ArrayAttr:$axes);
  let results = (outs Tenon_Tensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input)";
  let hasVerifier = 1;
  let hasFolder = 1;
}
// A start or size that is ShapedType::kDynamic in the attribute is the next operand.
def Tenon_SliceOp : Tenon_Op<"slice", [Tenon_Pure, Tenon_Reify, InferTypeOpAdaptor, AttrSizedOperandSegments]> {
  let summary = "element start + i * stride of each dimension, for i in [0, size)";
  let semantics = "The elements start + i * stride along each dimension, for i in [0, size). Starts and sizes are numbers or "
                  "i64 scalars; a slice that reaches outside when it runs ends the call with `index_out_of_range`.";
  let constraints = "(C1) Starts, sizes and `strides` are one for each dimension. (C2) Static starts and sizes are not "
                    "negative, strides at least 1. (C3) Each start or size that is not static is an operand. (C4) A slice "
                    "that is static reaches nothing outside `input`.";
  let example = "// %x : tensor<?x9xf32>, %i : tensor<i64>, %n : tensor<i64>\n"
                "%y = tenon.slice %x[%i, 1] [%n, 4] [1, 2] : tensor<?x9xf32>  // tensor<?x4xf32>";
  let arguments = (ins Tenon_Tensor:$input, Variadic<Tenon_DimTensor>:$starts, Variadic<Tenon_DimTensor>:$sizes,
                       DenseI64ArrayAttr:$static_starts, DenseI64ArrayAttr:$static_sizes, DenseI64ArrayAttr:$strides);
  let results = (outs Tenon_Tensor:$result);
  let assemblyFormat = [{ $input custom<DynamicIndexList>($starts, $static_starts) custom<DynamicIndexList>($sizes, $static_sizes)
                          $strides attr-dict `:` type($input) }];
  let hasFolder = 1;
}
def Tenon_InsertOp : Tenon_Op<"insert", [Tenon_Pure, Tenon_Reify, InferTypeOpAdaptor]> {
  let summary = "`input` with the block that begins at `starts` replaced by `update`";
  let semantics = "`input` with the elements from `starts` on replaced by `update`. Starts are numbers or i64 scalars; an update "
                  "that reaches outside when it runs ends the call with `index_out_of_range`.";
  let constraints = "(C1) `update` has the dtype and the rank of `input`. (C2) Starts are one for each dimension; static ones are "
                    "not negative. (C3) Each start that is not static is an operand. (C4) An update whose place is static "
                    "reaches nothing outside `input`.";
  let example = "// %u : tensor<1x4xf32>, %x : tensor<?x9xf32>, %i : tensor<i64>\n"
                "%y = tenon.insert %u, %x[%i, 5] : tensor<1x4xf32>, tensor<?x9xf32>  // tensor<?x9xf32>";
  let arguments = (ins Tenon_Tensor:$update, Tenon_Tensor:$input, Variadic<Tenon_DimTensor>:$starts,
                       DenseI64ArrayAttr:$static_starts);
  let results = (outs Tenon_Tensor:$result);
  let assemblyFormat = [{ $update `,` $input custom<DynamicIndexList>($starts, $static_starts) attr-dict
                          `:` type($update) `,` type($input) }];
}

#endif
