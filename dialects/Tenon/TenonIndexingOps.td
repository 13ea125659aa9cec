// Gather, scatter, one-hot, sorting, and stateless random numbers.
#ifndef TENON_INDEXING_OPS_TD
#define TENON_INDEXING_OPS_TD

include "TenonAttributes.td"

def Tenon_GatherOp : Tenon_Op<"gather", [Tenon_Pure, Tenon_Reify, InferTypeOpAdaptor]> {
  let summary = "NumPy's take: `indices` select along `axis`; result shape is input[:axis] + indices + input[axis+1:]";
  let semantics = "What `indices` select along `axis`: the shape of `indices` stands in place of that dimension. An index "
                  "outside [0, size) ends the call with `index_out_of_range`.";
  let constraints = "(C1) `axis` is in [0, rank of `input`). (C2) `indices` are i32 or i64.";
  let example = "// %x : tensor<5x?x4xf32>, %i : tensor<2x3xi32>\n"
                "%y = tenon.gather %x, %i {axis = 1 : i64} : tensor<5x?x4xf32>, tensor<2x3xi32>  // tensor<5x2x3x4xf32>";
  let arguments = (ins Tenon_Tensor:$input, Tenon_IndexTensor:$indices, I64Attr:$axis);
  let results = (outs Tenon_Tensor:$result);
  let assemblyFormat = "$input `,` $indices attr-dict `:` type($input) `,` type($indices)";
}
def Tenon_ScatterOp : Tenon_Op<"scatter", [Tenon_Pure, Tenon_Reify, AllTypesMatch<["input", "result"]>, AllElementTypesMatch<["input", "updates"]>]> {
  let summary = "input with updates[i...] written to, or added at, row indices[i...]; updates shape is indices + input[1:]; in index order";
  let semantics = "`input` with row `indices`[i...] replaced by, or increased by, `updates`[i...], one after the other in "
                  "row-major order of the indices: with `update` the last wins, with `add` all are added in that order. An "
                  "index outside [0, size) ends the call with `index_out_of_range`.";
  let constraints = "(C1) `input` has rank 1 or more. (C2) The shape of `updates` is that of `indices`, then that of a row of "
                    "`input`. (C3) `add` takes numbers, not i1. (C4) `updates` have the input's dtype.";
  let example = "// %x : tensor<5x4xf32>, %i : tensor<?xi64>, %u : tensor<?x4xf32>\n"
                "%y = tenon.scatter <add> %x, %i, %u : tensor<5x4xf32>, tensor<?xi64>, tensor<?x4xf32>  // tensor<5x4xf32>";
  let arguments = (ins Tenon_ScatterKindAttr:$kind, Tenon_Tensor:$input, Tenon_IndexTensor:$indices, Tenon_Tensor:$updates);
  let results = (outs Tenon_Tensor:$result);
  let assemblyFormat = "$kind $input `,` $indices `,` $updates attr-dict `:` type($input) `,` type($indices) `,` type($updates)";
  let hasVerifier = 1;
}
def Tenon_OneHotOp : Tenon_Op<"one_hot", [Tenon_Pure, Tenon_Reify]> {
  let summary = "1 at position indices[i...] of a new last dimension, 0 elsewhere and for indices outside";
  let semantics = "A new last dimension that is 1 at position `indices`[i...] and 0 elsewhere, all 0 for an index outside.";
  let constraints = "(C1) The result has the shape of `indices` and one dimension more. (C2) That one is static.";
  let example = "// %i : tensor<?xi32>\n%y = tenon.one_hot %i : tensor<?xi32> -> tensor<?x7xf32>  // tensor<?x7xf32>";
  let arguments = (ins Tenon_IndexTensor:$indices);
  let results = (outs Tenon_Tensor:$result);
  let assemblyFormat = "$indices attr-dict `:` type($indices) `->` type($result)";
  let hasVerifier = 1;
}
def Tenon_SortOp : Tenon_Op<"sort", [Tenon_Pure, Tenon_Reify, InferTypeOpAdaptor]> {
  let summary = "elements in order along `axis`, and where each was (i64); stable; NaN last";
  let semantics = "The elements along `axis` in ascending order, or `descending`, and the index (i64) at which each was; equal "
                  "elements stay in their order, and NaN comes last either way.";
  let constraints = "(C1) `axis` is in [0, rank).";
  let example = "// %x : tensor<?x4xf32>\n"
                "%values, %indices = tenon.sort %x {axis = 1 : i64, descending = true} : tensor<?x4xf32>"
                "  // tensor<?x4xf32>, tensor<?x4xi64>";
  let arguments = (ins Tenon_NumberTensor:$input, I64Attr:$axis, DefaultValuedAttr<BoolAttr, "false">:$descending);
  let results = (outs Tenon_NumberTensor:$values, Tenon_Tensor:$indices);
  let assemblyFormat = "$input attr-dict `:` type($input)";
}
def Tenon_TopKOp : Tenon_Op<"top_k", [Tenon_Pure, Tenon_Reify, InferTypeOpAdaptor]> {
  let summary = "the k largest along the last dimension in descending order, and where each was (i64); ties: lower index first";
  let semantics = "The first `k` of a `descending` sort along the last dimension, and the indices (i64) at which they were. "
                  "An open dimension with fewer elements ends the call with `shape_mismatch`.";
  let constraints = "(C1) `input` has rank 1 or more. (C2) `k` is in [0, size].";
  let example = "// %x : tensor<?x10xf32>\n"
                "%values, %indices = tenon.top_k %x {k = 2 : i64} : tensor<?x10xf32>  // tensor<?x2xf32>, tensor<?x2xi64>";
  let arguments = (ins Tenon_NumberTensor:$input, I64Attr:$k);
  let results = (outs Tenon_NumberTensor:$values, Tenon_Tensor:$indices);
  let assemblyFormat = "$input attr-dict `:` type($input)";
}

// Philox4x32-10 (Salmon et al., SC 2011): key = the two halves of seed[0]; block i of four words has the counter
// (low, high) = seed[1] + i in its low two words. Word w of the result is word w mod 4 of block w / 4.
class Tenon_RandomOp<string mnemonic, Type result> : Tenon_Op<mnemonic, [Tenon_Pure, Tenon_Reify]> {
  let constraints = "The words are Philox4x32-10's (Salmon et al., SC 2011): the key is `seed`[0], low half first; block i has "
                    "the counter `seed`[1] + i in its low two words; word w is word w mod 4 of block w / 4. An element is "
                    "a function of the seed and of its place in row-major order.\n\n"
                    "(C1) `seed` is i64[2]. (C2) There is one of `dims` for each open dimension of the result. (C3) The "
                    "result is a " # result.summary # ".";
  let arguments = (ins Tenon_Tensor:$seed, Variadic<Tenon_DimTensor>:$dims);   // seed: tensor<2xi64>
  let results = (outs result:$result);
  let assemblyFormat = "$seed (`dims` `(` $dims^ `)`)? attr-dict `:` type($seed) `->` type($result)";
  let hasVerifier = 1;
}
def Tenon_RandomBitsOp : Tenon_RandomOp<"random_bits", Tenon_WordTensor> {
  let summary = "uniform bits; i64 takes two words, low first";
  let semantics = "Integers whose every bit is random: i32 is a word, i64 two, low half first.";
  let example = "// %seed : tensor<2xi64>\n%x = tenon.random_bits %seed : tensor<2xi64> -> tensor<4xi32>  // tensor<4xi32>";
}
def Tenon_RandomUniformOp : Tenon_RandomOp<"random_uniform", Tenon_SingleOrDoubleTensor> {
  let summary = "uniform in [0, 1): the top 24 bits of a word (f32) or 53 bits of two (f64)";
  let semantics = "Numbers uniform in [0, 1): the top 24 bits of a word over 2^24 (f32), the top 53 of two over 2^53 (f64).";
  let example = "// %seed : tensor<2xi64>, %n : tensor<i64>\n"
                "%x = tenon.random_uniform %seed dims(%n) : tensor<2xi64> -> tensor<?x3xf32>  // tensor<?x3xf32>";
}
def Tenon_RandomNormalOp : Tenon_RandomOp<"random_normal", Tenon_SingleOrDoubleTensor> {
  let summary = "standard normal, Box-Muller: elements 2i and 2i+1 from uniforms 2i and 2i+1";
  let semantics = "Standard normal numbers by Box and Muller: of the uniforms u = 2i and v = 2i + 1, element 2i is "
                  "sqrt(-2 log(1 - u)) cos(2 pi v) and element 2i + 1 the same with sin.";
  let example = "// %seed : tensor<2xi64>\n%x = tenon.random_normal %seed : tensor<2xi64> -> tensor<3xf64>  // tensor<3xf64>";
}

#endif
