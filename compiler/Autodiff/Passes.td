// Passes of this room; each has its own source file of the same name.
#ifndef TENON_AUTODIFF_PASSES_TD
#define TENON_AUTODIFF_PASSES_TD

include "mlir/Pass/PassBase.td"

def ExpandGradientsPass : Pass<"tenon-expand-gradients", "::mlir::func::FuncOp"> {
  let summary = "Replace each tenon.gradient by the backward pass that computes it";
  let description = [{
    Needs: `tenon` functions, calls inlined, nothing folded across the sources. Leaves: no `tenon.gradient`, no
    `tenon.stop_gradient`, `tenon.custom_gradient` and `tenon.checkpoint`. Gradients are expanded in program order, those in regions before those behind them, each over
    everything that comes before it; a gradient of a gradient is one of what the first became. Only ops on a path from a
    source to a target get a backward op. What a loop keeps for its gradient is in arrays where it is known how often it
    runs, or it has `tenon.max_iterations`; else in lists.

    ```mlir
    %y = tenon.tanh %x : tensor<4xf32>                      %y = tenon.tanh %x : tensor<4xf32>
    %g = tenon.gradient %y wrt %x                      =>   %0 = tenon.mul %y, %y ...
      : tensor<4xf32> wrt tensor<4xf32>                     %g = tenon.sub %ones, %0 ...
    ```
    Fails, at the line of the op that asks or that is in the way, where no target depends on a source and zeros are not
    asked for, where the path leads through an op that has no gradient, and, without a heap, where there are lists.
  }];
  let dependentDialects = ["::mlir::tenon::TenonDialect"];
  let options = [Option<"heap", "heap", "bool", "true", "whether the host of the function has memory for lists">,
                 Option<"lists", "lists", "bool", "false", "keep everything in lists, where arrays would do as well">];
  let statistics = [Statistic<"numGradients", "gradients", "gradient ops expanded">];
}

def CutForwardPass : Pass<"tenon-cut-forward", "::mlir::func::FuncOp"> {
  let summary = "Turn what the forward pass computed and the caller has kept into arguments of the backward pass";
  let description = [{
    Needs: a function without `tenon.gradient` whose last results are marked `tenon.saved`: what its caller knows already.
    Leaves: a function without these results, which takes them as arguments where it uses them, and without what only
    computed them; an argument that nothing uses any more is gone too. Each argument says in `tenon.input` which it is:
    the number of an argument as it was, or, behind the last of these, that of a saved result.

    ```mlir
    func.func @f(%x: tensor<4xf32>)                         func.func @f(%y: tensor<4xf32> {tenon.input = 1 : i64})
        -> (tensor<4xf32>,                                      -> tensor<4xf32> {
            tensor<4xf32> {tenon.saved}) {              =>
      %y = tenon.tanh %x : tensor<4xf32>                      %0 = tenon.mul %y, %y ...
      %0 = tenon.mul %y, %y ...                               return %0 ...
      return %0, %y ...
    ```
    A tape that recorded the forward pass as it ran calls the rest.
  }];
  let statistics = [Statistic<"numErased", "erased", "ops of the forward pass that nothing needs">];
}

def GradPass : Pass<"tenon-grad", "::mlir::ModuleOp"> {
  let summary = "Add a function that returns the results of a function and the gradients of one of them";
  let description = [{
    Needs: `tenon` functions; runs on a dump as well as on a trace. Leaves: beside `function` another one that takes the
    same arguments and returns the results and then, for each argument numbered in `wrt`, the gradient of result
    `target`. It holds a `tenon.gradient`, which `--tenon-expand-gradients` replaces. Names of arguments and results stay;
    a gradient is called after its argument, `d_x`.

    ```mlir
    func.func @f(%x: tensor<f32>) -> tensor<f32>
    // --tenon-grad='function=f wrt=0' adds
    func.func @f_grad(%x: tensor<f32>) -> (tensor<f32>, tensor<f32>)
    ```
    Fails where there is no such function, argument or result, or one is not floating point.
  }];
  let dependentDialects = ["::mlir::tenon::TenonDialect", "::mlir::func::FuncDialect"];
  let options = [Option<"function", "function", "std::string", "", "the function; the only public one where empty">,
                 ListOption<"wrt", "wrt", "int64_t", "numbers of arguments; all floating-point ones where empty">,
                 Option<"target", "target", "int64_t", "0", "the result that is differentiated">,
                 Option<"name", "name", "std::string", "", "the new function; <function>_grad where empty">,
                 Option<"allowUnconnected", "allow-unconnected", "bool", "false",
                        "zeros for arguments on which the target does not depend, instead of an error">];
}

#endif
