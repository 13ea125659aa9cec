// Passes that give tensors their memory: the caller's buffers, bufferization, one workspace.
#ifndef TENON_MEMORY_PASSES_TD
#define TENON_MEMORY_PASSES_TD

include "mlir/Pass/PassBase.td"

def PrepareEntryPointsPass : Pass<"tenon-prepare-entry-points", "::mlir::ModuleOp"> {
  let summary = "Turn functions on tensors into functions on the caller's buffers";
  let description = [{
    Needs: functions whose bodies are on tensors below the `tenon` dialect (variables and host effects aside), calls inlined.
    Leaves: every public function `f(tensors) -> tensors` as
    `f(frame, input buffers, variable buffers, output buffers)` with its `tenon.signature`; results are
    written by `bufferization.materialize_in_destination`, so that the producers can write them directly.
    Checks that folding has proved (`tenon.raise %true`) are gone. Where an output has an open dimension, a function `f.shapes(dims) -> sizes` gives its size.

    ```mlir
    func.func @f(%x: tensor<?x4xf32> {tenon.name = "x", tenon.dims = ["n", ""]}) -> tensor<?x4xf32>
    // becomes
    func.func @f(%frame: !llvm.ptr, %x: memref<?x4xf32>, %out: memref<?x4xf32>) attributes {tenon.signature = {...}}
    func.func private @f.shapes(%n: index) -> index
    ```
    Fails where the size of an output depends on data.
  }];
  let dependentDialects = ["::mlir::bufferization::BufferizationDialect", "::mlir::LLVM::LLVMDialect",
                           "::mlir::memref::MemRefDialect", "::mlir::tensor::TensorDialect"];
}

def DeferUpdatesPass : Pass<"tenon-defer-updates", "::mlir::func::FuncOp"> {
  let summary = "Update variables behind the checks of a function";
  let description = [{
    Needs: entry points are prepared. Leaves: an op whose results take the place of what variables held at entry behind the
    last op that may raise an error, unless something before that needs them: what batch normalization keeps of a batch is
    stored when the labels, which the loss looks at later, have been checked. What is held longer for it is what the update
    reads. Loops are no reason to wait, although they may be cancelled: backward passes are full of them.

    ```mlir
    %m1 = update %m, %mean               tenon.raise %ok, ...
    tenon.raise %ok, ...           =>    %m1 = update %m, %mean
    ```
  }];
  let statistics = [Statistic<"numDeferred", "deferred", "updates that were moved behind a check">];
}

def HoistUpdatesPass : Pass<"tenon-hoist-updates", "::mlir::func::FuncOp"> {
  let summary = "Update variables as soon as what updates them is known";
  let description = [{
    Needs: entry points are prepared. Leaves: an element-wise op whose results take the place of what variables held at
    entry, an optimizer's step for one parameter, right after what it depends on and the last op that reads the old
    values; scalars that it depends on move with it. So one gradient is held at a time rather than all of them until the
    end, and an update next to the contraction that makes its gradient can become that contraction's epilogue. No update
    moves before an op with an effect, because an error leaves variables as they are.

    ```mlir
    %dv = contraction ...                %dv = contraction ...
    %dw = contraction ...           =>   %v1 = update %v, %dv     // written over %v
    %v1 = update %v, %dv                 %dw = contraction ...
    ```
  }];
  let statistics = [Statistic<"numHoisted", "hoisted", "updates that were moved up">];
}

def PlaceRegionResultsPass : Pass<"tenon-place-region-results", "::mlir::ModuleOp"> {
  let summary = "Give what loops carry and branches yield one buffer each";
  let description = [{
    Needs: scf on tensors; entry points are prepared. Leaves: what a loop yields stored in what it carries, so that every iteration finds it in one buffer and a
    producer can compute it there. A store comes after those that still read the value it overwrites; of values that change
    places one is put aside. A loop with a condition forwards the tensors that it carries, in the same places. A result of a
    branch is stored, on either side, where it goes next, in the outer value that the other side hands on, or in one
    new tensor, if nobody reads what was there. Bufferization copies where it has to. Variables' new values are ordered likewise.

    Each function is tried first on a copy: where bufferization refuses the result, every value of one outermost loop or
    branch is put aside before it is stored, the first with which it agrees, or of all of them.

    ```mlir
    %r = scf.for ... iter_args(%a = %x) {             %r = scf.for ... iter_args(%a = %x) {
      %b = linalg.exp ins(%a) outs(%empty)        =>    %b = linalg.exp ins(%a) outs(%empty)
      scf.yield %b                                      %c = bufferization.materialize_in_destination %b in %a
    }                                                   scf.yield %c
                                                      }
    ```
    Fails where the condition of a loop makes a tensor whose size is not known before the loop.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::bufferization::BufferizationDialect",
                           "::mlir::linalg::LinalgDialect", "::mlir::scf::SCFDialect", "::mlir::tensor::TensorDialect"];
  let statistics = [Statistic<"numAside", "aside", "carried values that are copied because they change places">,
                    Statistic<"numBranches", "branches", "results of branches that have one place">,
                    Statistic<"numSafe", "safe", "functions in which carried values are put aside to be safe">];
}

def ReuseDestinationsPass : Pass<"tenon-reuse-destinations", "::mlir::func::FuncOp"> {
  let summary = "Let element-wise ops write over an input that nobody reads afterwards";
  let description = [{
    Needs: linalg on tensors. Leaves: where an element-wise `linalg.generic` writes to a fresh `tensor.empty` and one of
    its inputs has the same type, is read element by element and has no other use, that input as destination. One-shot
    bufferization does not choose destinations itself. It would still copy if the choice were wrong: values never change.

    ```mlir
    linalg.generic {add} ins(%a, %b) outs(%empty)   =>   linalg.generic {add} ins(%a, %b) outs(%a)
    ```
  }];
  let dependentDialects = ["::mlir::linalg::LinalgDialect"];
  let statistics = [Statistic<"numReused", "reused", "destinations that are a dying input">];
}

def ChooseDestinationsPass : Pass<"tenon-choose-destinations", "::mlir::func::FuncOp"> {
  let summary = "Compute results in the caller's buffers, and give each destination memory of its own";
  let description = [{
    Needs: the form that `--tenon-prepare-entry-points` leaves. Leaves: `tensor.empty` ops from which an output is made, through
    destinations, slices and loops, replaced by the output's buffer; a reshape just before an output is a view of the
    buffer. It runs before empty tensors are eliminated, which begins with inner slices and then finds the outer tensor taken.
    Before that, `tensor.empty` and `linalg.fill` ops that CSE has merged are made one a destination again: ops that share one would
    need copies.

    ```mlir
    %e = tensor.empty() : tensor<4xf32>                          %e = bufferization.to_tensor %out restrict writable
    %r = linalg.generic ... outs(%e)                         =>  %r = linalg.generic ... outs(%e)
    bufferization.materialize_in_destination %r in ... %out      bufferization.materialize_in_destination %r in ... %out
    ```
  }];
  let dependentDialects = ["::mlir::bufferization::BufferizationDialect", "::mlir::memref::MemRefDialect"];
  let statistics = [Statistic<"numPlaced", "placed", "results computed in the caller's buffer">];
}

def BufferizePass : Pass<"tenon-bufferize", "::mlir::ModuleOp"> {
  let summary = "One-shot bufferization with destinations chosen first";
  let description = [{
    Needs: the form that `--tenon-prepare-entry-points` leaves. Leaves: no tensors; temporaries are `memref.alloc`.
    `tensor.empty` ops that end in an output are replaced by the output first, so that nothing is copied at the end.
    Copies are `linalg.copy`, which the sweep emitter vectorizes (`memref.copy` of strided memory would be a call).
  }];
  let dependentDialects = ["::mlir::bufferization::BufferizationDialect", "::mlir::linalg::LinalgDialect",
                           "::mlir::memref::MemRefDialect"];
  let statistics = [Statistic<"numAllocs", "allocs", "temporaries left after bufferization">,
                    Statistic<"numCopies", "copies", "copies that bufferization inserted">];
}

def PlanWorkspacePass : Pass<"tenon-plan-workspace", "::mlir::ModuleOp"> {
  let summary = "Give every temporary an offset in one workspace that the caller provides";
  let description = [{
    Needs: bufferized functions with `tenon.signature`. Leaves: no `memref.alloc`; a last argument
    `%workspace: memref<?xi8>` of which every temporary is a `memref.view`; the workspace's size in the signature, or,
    where a dimension is open, a function `f.workspace(dims) -> bytes`. Where none is, `tenon.live_bytes` on the function
    is what temporaries that are live at once take: no plan is smaller.

    Two temporaries overlap in memory only if their live ranges do not. Static sizes: the best of several greedy
    orders. Open sizes: planned at representative sizes, then offset(i) = max(offset(j) + size(j)) over the
    conflicting j that come before i in that plan, computed at entry; right for every size.
    Fails where the size of a temporary is not known at the function's entry, and names the op.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::memref::MemRefDialect"];
  let options = [Option<"representative", "representative-size", "int64_t", "32",
                        "the size that open dimensions are taken to have while planning">];
  let statistics = [Statistic<"numTemporaries", "temporaries", "temporaries placed in the workspace">,
                    Statistic<"bytesTemporaries", "temporary-bytes", "their sizes added up (static ones)">,
                    Statistic<"bytesWorkspace", "workspace-bytes", "bytes of the static workspaces">];
}

def PollCancelPass : Pass<"tenon-poll-cancel", "::mlir::ModuleOp"> {
  let summary = "Let loops look at the caller's cancel flag";
  let description = [{
    Needs: bufferized entry points, before linalg becomes loops: every loop is still one that the program wrote, or an op
    that goes through its elements one by one. Leaves: a call of `tenon_runtime_cancelled` at the beginning of each
    iteration. Where an iteration is a few operations on scalars that would be felt (collatz: 45 %, so 4 %): the body of
    such a `while` is there eight times, each behind the condition, and an outermost `for` is cut into parts of 4096.
    `--tenon-lower-host-effects` makes it a load and a branch.

    ```mlir
    scf.for %i = %lo to %hi step %s {          scf.for %i = %lo to %hi step %s {
      linalg.exp ins(%x) outs(%y)         =>     %stop = llvm.call @tenon_runtime_cancelled(%frame) : (!llvm.ptr) -> i32
    }                                            linalg.exp ins(%x) outs(%y)
                                               }
    ```
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
  let statistics = [Statistic<"numPolled", "polled", "loops that can be cancelled">];
}

def LowerHostEffectsPass : Pass<"tenon-lower-host-effects", "::mlir::ModuleOp"> {
  let summary = "Turn prints, raised errors and lists into calls of the runtime";
  let description = [{
    Needs: bufferized entry points (the frame is their first argument), after `--tenon-plan-workspace`: pointers are taken
    of buffers here, which the planner would not follow.
    Leaves: no `tenon` op. `tenon.raise` becomes a test and, on the cold side, a call of `tenon_runtime_raise`;
    `tenon.print` a call of `tenon_runtime_print`; `tenon_runtime_cancelled`, in loops, a load of the flag, whose
    address is asked for at the entry, and a test. Their arrays lie on the stack of the function, once, not per iteration.

    A list becomes a pointer, everywhere; one that is made in a loop and does not leave its block is the same object in
    every iteration, emptied. An element is the memory that the runtime tells; where there is none the call ends.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::LLVM::LLVMDialect", "::mlir::memref::MemRefDialect",
                           "::mlir::scf::SCFDialect"];
}

def ReturnOnErrorPass : Pass<"tenon-return-on-error", "::mlir::func::FuncOp"> {
  let summary = "Return from a function where it has raised an error";
  let description = [{
    Needs: flat control flow, after `--tenon-lower-host-effects`; functions without results. Leaves: the block that
    calls `tenon_runtime_raise` or `tenon_runtime_list_failed` ends in a return. An index that was found outside, or dimensions that were found to
    disagree, are then never used to address memory.
  }];
  let statistics = [Statistic<"numReturns", "returns", "failed checks that return">];
}

def PlaceListElementsPass : Pass<"tenon-place-list-elements", "::mlir::func::FuncOp"> {
  let summary = "Let what is pushed to a list be computed in its new element";
  let description = [{
    Needs: what `--convert-tenon-to-linalg` leaves of `tenon.list_push`, a `tenon.list_slot` and a store into it. Leaves: the slot before the
    ops that compute the value, as far as other accesses of lists allow, so that bufferization can compute it there; and whoever reads
    the value after the store reads the element, in which nothing may be written.

    ```mlir
    %h = linalg.exp ...                                        %slot = tenon.list_slot push %list ...
    %slot = tenon.list_slot push %list ...               =>    %h = linalg.exp ...
    bufferization.materialize_in_destination %h in %slot       bufferization.materialize_in_destination %h in %slot
    use %h                                                     %e = bufferization.to_tensor %slot
                                                               use %e
    ```
  }];
  let dependentDialects = ["::mlir::bufferization::BufferizationDialect"];
  let statistics = [Statistic<"numRead", "read", "values that are read in a list's element">];
}

#endif
