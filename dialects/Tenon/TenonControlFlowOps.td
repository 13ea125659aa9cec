// Regions: branches and loops over tensors and lists. What a region only reads it sees directly; what it assigns is carried.
#ifndef TENON_CONTROL_FLOW_OPS_TD
#define TENON_CONTROL_FLOW_OPS_TD

include "TenonAttributes.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"
include "mlir/Interfaces/LoopLikeInterface.td"

defvar Tenon_Branches = DeclareOpInterfaceMethods<RegionBranchOpInterface, ["getEntrySuccessorOperands"]>;

class Tenon_RegionOp<string mnemonic, list<Trait> traits>
    : Tenon_Op<mnemonic, !listconcat(traits, [SingleBlock, RecursiveMemoryEffects, Tenon_Branches])> {
  let hasVerifier = 1;
  let hasCanonicalizer = 1;
}

def Tenon_IfOp : Tenon_RegionOp<"if", [NoRegionArguments, RecursivelySpeculatable, Tenon_Reify]> {
  let summary = "one of two regions, as a scalar condition says; its results are what that region yields";
  let semantics = "Runs the first region where `condition` holds, else the second, and has the values that it yields.";
  let constraints = "(C1) `condition` is an i1 scalar. (C2) Both regions yield the results' types.";
  let example = "// %c : tensor<i1>, %x : tensor<?xf32>\n"
                "%y = tenon.if %c -> tensor<?xf32> {  // tensor<?xf32>\n"
                "  %a = tenon.exp %x : tensor<?xf32>\n"
                "  tenon.yield %a : tensor<?xf32>\n"
                "} else {\n"
                "  tenon.yield %x : tensor<?xf32>\n"
                "}";
  let arguments = (ins Tenon_BoolScalar:$condition);
  let results = (outs Variadic<Tenon_Carried>:$results);
  let regions = (region SizedRegion<1>:$then_region, SizedRegion<1>:$else_region);
  let assemblyFormat = "$condition (`->` type($results)^)? attr-dict-with-keyword $then_region `else` $else_region";
  let extraClassDeclaration = [{
    Block *thenBlock() { return &getThenRegion().front(); }
    Block *elseBlock() { return &getElseRegion().front(); }
  }];
}

// Not speculatable: where the program does not reach it, it may not end.
def Tenon_WhileOp : Tenon_RegionOp<"while", [DeclareOpInterfaceMethods<LoopLikeOpInterface,
                                             ["getInitsMutable", "getRegionIterArgs", "getYieldedValuesMutable"]>]> {
  let summary = "runs its second region while its first says so, and carries values from one iteration to the next";
  let semantics = "The first region gets `inits`, then what the second yields. While its condition holds, the second region runs "
                  "with the values that `tenon.condition` forwards; when it does not, these are the results. The location of "
                  "an argument is that of the variable it carries.";
  let constraints = "(C1) The first region takes the types of `inits` and ends in `tenon.condition`. (C2) The second takes what "
                    "that forwards, the results' types, and yields the types of `inits`.";
  let example = "// %n : tensor<i64>, %one : tensor<i64>\n"
                "%r = tenon.while (%n : tensor<i64>) -> tensor<i64> {  // tensor<i64>\n"
                "^bb0(%a: tensor<i64>):\n"
                "  %more = tenon.compare <gt> %a, %one : tensor<i64>, tensor<i64>\n"
                "  tenon.condition %more, %a : tensor<i64>\n"
                "} do {\n"
                "^bb0(%a: tensor<i64>):\n"
                "  %next = tenon.sub %a, %one : tensor<i64>, tensor<i64>\n"
                "  tenon.yield %next : tensor<i64>\n"
                "}";
  let arguments = (ins Variadic<Tenon_Carried>:$inits);
  let results = (outs Variadic<Tenon_Carried>:$results);
  let regions = (region SizedRegion<1>:$before, SizedRegion<1>:$after);
  let assemblyFormat = "(`(` $inits^ `:` type($inits) `)`)? (`->` type($results)^)? attr-dict-with-keyword $before `do` $after";
  let extraClassDeclaration = [{
    Block *beforeBlock() { return &getBefore().front(); }
    Block *afterBlock() { return &getAfter().front(); }
    ConditionOp getCondition();
    YieldOp getYield();
  }];
}

def Tenon_ForOp : Tenon_RegionOp<"for", [Tenon_Reify, RecursivelySpeculatable, SingleBlockImplicitTerminator<"YieldOp">,
                                         DeclareOpInterfaceMethods<LoopLikeOpInterface,
                                           ["getInitsMutable", "getRegionIterArgs", "getYieldedValuesMutable", "getLoopResults"]>]> {
  let summary = "runs its region for i = lower, lower + step, ... before upper, and carries values";
  let semantics = "The region gets the index i and the carried values, which are `inits` and then what it yields; the results are "
                  "the last of them. With a negative `step` i goes down while it is above `upper`. The location of an argument "
                  "is that of the variable it carries.";
  let constraints = "(C1) `step` is not 0. (C2) The region takes an i64 scalar and the types of `inits`, yields these, and they "
                    "are the results' types.";
  let example = "// %zero : tensor<i64>, %n : tensor<i64>, %x : tensor<f32>\n"
                "%r = tenon.for %zero to %n step 1 (%x : tensor<f32>) -> tensor<f32> {  // tensor<f32>\n"
                "^bb0(%i: tensor<i64>, %a: tensor<f32>):\n"
                "  %b = tenon.mul %a, %a : tensor<f32>, tensor<f32>\n"
                "  tenon.yield %b : tensor<f32>\n"
                "}";
  let arguments = (ins Tenon_DimTensor:$lower, Tenon_DimTensor:$upper, I64Attr:$step, Variadic<Tenon_Carried>:$inits);
  let results = (outs Variadic<Tenon_Carried>:$results);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    $lower `to` $upper `step` $step (`(` $inits^ `:` type($inits) `)`)? (`->` type($results)^)? attr-dict-with-keyword $body
  }];
  let extraClassDeclaration = [{
    Block *bodyBlock() { return &getBody().front(); }
    BlockArgument getIndex() { return bodyBlock()->getArgument(0); }
    YieldOp getYield();
  }];
}

def Tenon_YieldOp : Tenon_Op<"yield", [Pure, Terminator, ReturnLike, ParentOneOf<["IfOp", "WhileOp", "ForOp",
                                                                            "CustomGradientOp", "CheckpointOp"]>]> {
  let summary = "ends a region with these values";
  let semantics = "The values of the region: results of `tenon.if`, values carried into the next iteration of a loop, gradients, results of `tenon.checkpoint`.";
  let example = "// %x : tensor<f32>, %c : tensor<i1>\n"
                "%y = tenon.if %c -> tensor<f32> {  // tensor<f32>\n  tenon.yield %x : tensor<f32>\n} else {\n  tenon.yield %x : tensor<f32>\n}";
  let arguments = (ins Variadic<Tenon_Carried>:$values);
  let assemblyFormat = "($values^ `:` type($values))? attr-dict";
  let builders = [OpBuilder<(ins), [{ (void)$_builder, (void)$_state; }]>];
}

def Tenon_ConditionOp : Tenon_Op<"condition", [Pure, Terminator, HasParent<"WhileOp">,
                                               DeclareOpInterfaceMethods<RegionBranchTerminatorOpInterface>]> {
  let summary = "goes on with another iteration of `tenon.while` where the condition holds";
  let semantics = "Ends the first region of `tenon.while`: `values` go to the second where `condition` holds, else they are the "
                  "results.";
  let example = "// %n : tensor<i64>, %c : tensor<i1>\n"
                "%r = tenon.while (%n : tensor<i64>) -> tensor<i64> {  // tensor<i64>\n^bb0(%a: tensor<i64>):\n"
                "  tenon.condition %c, %a : tensor<i64>\n} do {\n^bb0(%a: tensor<i64>):\n  tenon.yield %a : tensor<i64>\n}";
  let arguments = (ins Tenon_BoolScalar:$condition, Variadic<Tenon_Carried>:$values);
  let assemblyFormat = "$condition (`,` $values^ `:` type($values))? attr-dict";
}

// A path that has left a loop or a function yields it for variables that nothing reads on that path.
def Tenon_UndefOp : Tenon_Op<"undef", [Pure]> {
  let summary = "no value: what a region yields for a variable that is not read after it";
  let semantics = "Some value of the type, whose open dimensions have any size. A program that a frontend traced yields it from "
                  "regions, and reads it on no path.";
  let example = "%x = tenon.undef : tensor<?x4xf32>  // tensor<?x4xf32>";
  let arguments = (ins);
  let results = (outs Tenon_Carried:$result);
  let assemblyFormat = "attr-dict `:` type($result)";
}

#endif
