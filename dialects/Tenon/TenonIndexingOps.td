// Gather, scatter, one-hot, sorting, and stateless random numbers.
#ifndef TENON_INDEXING_OPS_TD
#define TENON_INDEXING_OPS_TD

include "TenonAttributes.td"

def Tenon_GatherOp : Tenon_Op<"gather", [Pure, Tenon_Reify, InferTypeOpAdaptor]> {
  let summary = "NumPy's take: `indices` select along `axis`; result shape is input[:axis] + indices + input[axis+1:]";
  let arguments = (ins Tenon_Tensor:$input, Tenon_IndexTensor:$indices, I64Attr:$axis);
  let results = (outs Tenon_Tensor:$result);
  let assemblyFormat = "$input `,` $indices attr-dict `:` type($input) `,` type($indices)";
}
def Tenon_ScatterOp : Tenon_Op<"scatter", [Pure, Tenon_Reify, AllTypesMatch<["input", "result"]>, AllElementTypesMatch<["input", "updates"]>]> {
  let summary = "input with updates[i...] written to, or added at, row indices[i...]; updates shape is indices + input[1:]; in index order";
  let arguments = (ins Tenon_ScatterKindAttr:$kind, Tenon_Tensor:$input, Tenon_IndexTensor:$indices, Tenon_Tensor:$updates);
  let results = (outs Tenon_Tensor:$result);
  let assemblyFormat = "$kind $input `,` $indices `,` $updates attr-dict `:` type($input) `,` type($indices) `,` type($updates)";
  let hasVerifier = 1;
}
def Tenon_OneHotOp : Tenon_Op<"one_hot", [Pure, Tenon_Reify]> {
  let summary = "1 at position indices[i...] of a new last dimension, 0 elsewhere and for indices outside";
  let arguments = (ins Tenon_IndexTensor:$indices);
  let results = (outs Tenon_Tensor:$result);
  let assemblyFormat = "$indices attr-dict `:` type($indices) `->` type($result)";
  let hasVerifier = 1;
}
def Tenon_SortOp : Tenon_Op<"sort", [Pure, Tenon_Reify, InferTypeOpAdaptor]> {
  let summary = "elements in order along `axis`, and where each was (i64); stable; NaN last";
  let arguments = (ins Tenon_NumberTensor:$input, I64Attr:$axis, DefaultValuedAttr<BoolAttr, "false">:$descending);
  let results = (outs Tenon_NumberTensor:$values, Tenon_Tensor:$indices);
  let assemblyFormat = "$input attr-dict `:` type($input)";
}
def Tenon_TopKOp : Tenon_Op<"top_k", [Pure, Tenon_Reify, InferTypeOpAdaptor]> {
  let summary = "the k largest along the last dimension in descending order, and where each was (i64); ties: lower index first";
  let arguments = (ins Tenon_NumberTensor:$input, I64Attr:$k);
  let results = (outs Tenon_NumberTensor:$values, Tenon_Tensor:$indices);
  let assemblyFormat = "$input attr-dict `:` type($input)";
}

// Philox4x32-10 (Salmon et al., SC 2011): key = the two halves of seed[0]; block i of four words has the counter
// (low, high) = seed[1] + i in its low two words. Word w of the result is word w mod 4 of block w / 4.
class Tenon_RandomOp<string mnemonic, Type result> : Tenon_Op<mnemonic, [Pure, Tenon_Reify]> {
  let arguments = (ins Tenon_Tensor:$seed, Variadic<Tenon_DimTensor>:$dims);   // seed: tensor<2xi64>
  let results = (outs result:$result);
  let assemblyFormat = "$seed (`dims` `(` $dims^ `)`)? attr-dict `:` type($seed) `->` type($result)";
  let hasVerifier = 1;
}
def Tenon_RandomBitsOp : Tenon_RandomOp<"random_bits", RankedTensorOf<[I32, I64]>> { let summary = "uniform bits; i64 takes two words, low first"; }
def Tenon_RandomUniformOp : Tenon_RandomOp<"random_uniform", RankedTensorOf<[F32, F64]>> {
  let summary = "uniform in [0, 1): the top 24 bits of a word (f32) or 53 bits of two (f64)";
}
def Tenon_RandomNormalOp : Tenon_RandomOp<"random_normal", RankedTensorOf<[F32, F64]>> {
  let summary = "standard normal, Box-Muller: elements 2i and 2i+1 from uniforms 2i and 2i+1";
}

#endif
