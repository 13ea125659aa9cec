// Gradients: the op that asks for them where it stands, and the one that hides a value from them.
#ifndef TENON_AUTODIFF_OPS_TD
#define TENON_AUTODIFF_OPS_TD

include "TenonAttributes.td"

// compiler/Autodiff expands it in place, so that fusion and planning see the forward and the backward pass together.
def Tenon_GradientOp : Tenon_Op<"gradient", [Tenon_Pure, Tenon_Reify, InferTypeOpAdaptor, AttrSizedOperandSegments]> {
  let summary = "the gradients of `targets` with respect to `sources`, which are values computed before";
  let semantics = "For each of `sources` the sum over `targets` of its vector-Jacobian product with the target's cotangent, "
                  "where a source is a value like any other: what it was computed from does not matter. Without `cotangents` "
                  "they are ones, so that a scalar target gives its gradient, another one that of the sum of its elements. A "
                  "source on which no target depends is an error when the op is expanded, and has zeros with "
                  "`allow_unconnected`. Gradients of gradients are gradients of what the first became.";
  let constraints = "(C1) There is at least one target and one source. (C2) Targets and sources are floating point. (C3) "
                    "There are no `cotangents`, or one for each target and of its type.";
  let example = "// %x : tensor<?x4xf32>\n%y = tenon.mul %x, %x : tensor<?x4xf32>, tensor<?x4xf32>  // tensor<?x4xf32>\n"
                "%g = tenon.gradient %y wrt %x : tensor<?x4xf32> wrt tensor<?x4xf32>  // tensor<?x4xf32>\n"
                "%h = tenon.gradient %y wrt %x cotangents(%x : tensor<?x4xf32>) {allow_unconnected = true}"
                " : tensor<?x4xf32> wrt tensor<?x4xf32>  // tensor<?x4xf32>";
  let arguments = (ins Variadic<Tenon_Tensor>:$targets, Variadic<Tenon_Tensor>:$sources,
                       Variadic<Tenon_Tensor>:$cotangents, DefaultValuedAttr<BoolAttr, "false">:$allow_unconnected);
  let results = (outs Variadic<Tenon_Tensor>:$gradients);   // of the types of `sources`
  let assemblyFormat = [{ $targets `wrt` $sources (`cotangents` `(` $cotangents^ `:` type($cotangents) `)`)? attr-dict
                          `:` type($targets) `wrt` type($sources) }];
}

def Tenon_StopGradientOp : Tenon_UnaryOp<"stop_gradient", Tenon_Tensor> {
  let summary = "x, as a constant to gradients";
  let semantics = "The elements of `input`. No gradient passes through it: a target does not depend on a source by way of it.";
}


def Tenon_CustomGradientOp : Tenon_Op<"custom_gradient", [Tenon_Pure, SingleBlock, InferTypeOpAdaptor,
                                                          AttrSizedOperandSegments]> {
  let summary = "`values`, which to gradients are a function of `sources` with the pullback that the region is";
  let semantics = "Its results are `values`. No gradient passes through these: the region, given a cotangent for each result, "
                  "yields the gradient for each of `sources`. It sees the values around it, may use any of them, and runs where "
                  "and as often as a backward pass needs it, which may be never.";
  let constraints = "(C1) There is at least one value and one source, floating point. (C2) The region takes the types of "
                    "`values`. (C3) It yields those of `sources`.";
  let example = "// %x : tensor<4xf32>\n"
                "%v = tenon.sqrt %x : tensor<4xf32>  // tensor<4xf32>\n"
                "%y = tenon.custom_gradient %v of %x : tensor<4xf32> of tensor<4xf32> {  // tensor<4xf32>\n"
                "^bb0(%g: tensor<4xf32>):\n"
                "  %dx = tenon.mul %g, %v : tensor<4xf32>, tensor<4xf32>\n"
                "  tenon.yield %dx : tensor<4xf32>\n"
                "}";
  let arguments = (ins Variadic<Tenon_Tensor>:$values, Variadic<Tenon_Tensor>:$sources);
  let results = (outs Variadic<Tenon_Tensor>:$results);   // of the types of `values`
  let regions = (region SizedRegion<1>:$pullback);
  let assemblyFormat = "$values `of` $sources attr-dict `:` type($values) `of` type($sources) $pullback";
  let hasVerifier = 1;
}

def Tenon_CheckpointOp : Tenon_Op<"checkpoint", [SingleBlock, NoRegionArguments, RecursiveMemoryEffects, Tenon_Reify]> {
  let summary = "the values of a region, of which a gradient computes again what it needs";
  let semantics = "Runs the region, once, and has the values that it yields. To gradients they are a function of the values from "
                  "outside that the region uses; a backward pass keeps these, and runs the region again where it needs what was "
                  "computed inside. Checks and prints are not repeated.";
  let constraints = "(C1) The region yields the results' types. (C2) It uses no list from outside: a list is used once.";
  let example = "// %x : tensor<4xf32>\n"
                "%y = tenon.checkpoint -> tensor<4xf32> {  // tensor<4xf32>\n"
                "  %a = tenon.exp %x : tensor<4xf32>\n"
                "  %b = tenon.sin %a : tensor<4xf32>\n"
                "  tenon.yield %b : tensor<4xf32>\n"
                "}";
  let arguments = (ins);
  let results = (outs Variadic<Tenon_Tensor>:$results);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "(`->` type($results)^)? attr-dict-with-keyword $body";
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    Block *bodyBlock() { return &getBody().front(); }
    YieldOp getYield();
  }];
}

// What a checkpoint computes again would else be merged with what it computed first.
def Tenon_BarrierOp : Tenon_Op<"barrier", [Tenon_Pure, Tenon_Reify, InferTypeOpAdaptor]> {
  let summary = "its operands, which no transform tells to be the same values";
  let semantics = "Each result has the elements of its operand. What is computed from a result is not merged with what is "
                  "computed from the operand. It costs nothing: `--tenon-remove-barriers` takes it away when values have "
                  "become memory. Gradients pass. A scalar is canonically no operand: it may be a "
                  "size, and costs nothing.";
  let constraints = "(C1) There is at least one operand.";
  let example = "// %x : tensor<?x4xf32>, %n : tensor<i64>\n"
                "%0:2 = tenon.barrier %x, %n : tensor<?x4xf32>, tensor<i64>  // tensor<?x4xf32>, tensor<i64>";
  let arguments = (ins Variadic<Tenon_Tensor>:$inputs);
  let results = (outs Variadic<Tenon_Tensor>:$results);   // of the types of `inputs`
  let assemblyFormat = "$inputs attr-dict `:` type($inputs)";
  let hasCanonicalizeMethod = 1;
}

#endif
