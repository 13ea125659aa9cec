// Passes of this room; each has its own source file of the same name.
#ifndef TENON_TRANSFORMS_PASSES_TD
#define TENON_TRANSFORMS_PASSES_TD

include "mlir/Pass/PassBase.td"

def CarryVariablesPass : Pass<"tenon-carry-variables", "::mlir::func::FuncOp"> {
  let summary = "Make variables that branches and loops use values that these carry";
  let description = [{
    Needs: `tenon` functions, calls inlined. Leaves: `tenon.read` and `tenon.assign` at the top of the function only,
    where entry points read and write the caller's buffers. A variable that a region only reads is read before the
    op; one that a region assigns is carried by the op and assigned after it.

    ```mlir
    tenon.if %c {                           %0 = tenon.read @w : tensor<f32>
      tenon.assign @w, %x : tensor<f32>     %1 = tenon.if %c -> tensor<f32> {
      tenon.yield                       =>    tenon.yield %x : tensor<f32>
    } else {                                } else {
      tenon.yield                             tenon.yield %0 : tensor<f32>
    }                                       }
                                            tenon.assign @w, %1 : tensor<f32>
    ```
    MLIR's own mem2reg promotes what an op in the function allocates; a variable is a symbol of the module and lives on.
  }];
  let dependentDialects = ["::mlir::tenon::TenonDialect"];
  let statistics = [Statistic<"numCarried", "carried", "assigned variables that an op carries">,
                    Statistic<"numRead", "read", "variables that are read before an op instead of inside">];
}

def FuseElementwisePass : Pass<"tenon-fuse-elementwise", "::mlir::func::FuncOp"> {
  let summary = "Fuse element-wise producers into the loops that consume them";
  let description = [{
    Needs: linalg on tensors. Leaves: fewer `linalg.generic` ops; a producer with one user is computed in its
    consumer's loop and never stored. A consumer may be a reduction; a contraction or convolution is left alone,
    since its loop reads an operand many times and its emitter knows only plain operands. A producer with several users
    is computed with the first of them where that is an element-wise op over the same elements: one loop with several
    results, such as an optimizer's slots and its parameter. Between element-wise ops a reshape is no obstacle. Values do
    not change: an element is computed by the same operations in the same order.

    ```mlir
    %0 = linalg.generic {add} ins(%a, %b) ...      %0 = linalg.generic {add, max} ins(%a, %b) ...
    %1 = linalg.generic {max} ins(%0) ...     =>
    ```
  }];
  let dependentDialects = ["::mlir::linalg::LinalgDialect"];
  let statistics = [Statistic<"numFused", "fused", "producers fused into their consumer">,
                    Statistic<"numJoined", "joined", "producers computed together with the first of their users">];
}

def FoldTransposesPass : Pass<"tenon-fold-transposes", "::mlir::func::FuncOp"> {
  let summary = "Let contractions read and write transposed tensors where they lie";
  let description = [{
    Needs: linalg on tensors. Leaves: a contraction that reads what `linalg.transpose` reads, and one that writes what the
    transpose of its result would write, where the innermost dimension stays innermost, so that vectors stay vectors: the
    heads of an attention are no copies. Another transpose is a copy through registers, which is cheaper once than for each
    tile that reads it. What a loop repeats is not changed: a tensor is transposed once before it.

    ```mlir
    %t = linalg.transpose ins(%q : tensor<128x12x32xf32>) ... permutation = [1, 0, 2]
    linalg.generic {indexing_maps = [(h, i, j, k) -> (h, i, k), ...]} ins(%t, ...)
    // becomes
    linalg.generic {indexing_maps = [(h, i, j, k) -> (i, h, k), ...]} ins(%q, ...)
    ```
  }];
  let dependentDialects = ["::mlir::linalg::LinalgDialect"];
  let statistics = [Statistic<"numOperands", "operands", "transposes that a contraction reads through">,
                    Statistic<"numResults", "results", "transposes that a contraction writes through">];
}

def FreezeVariablesPass : Pass<"tenon-freeze-variables", "::mlir::ModuleOp"> {
  let summary = "Make variables that no function assigns constants";
  let description = [{
    Needs: a module in the tenon dialect whose functions are those that will be called; gradients expanded, because a source
    that is a variable is told from others by its symbol. Leaves: a constant for each read of a variable that has a first
    value and that no function assigns; the variable is gone. So a module with a training step keeps what it trains as
    state, and a module with inference alone has none. A variable without a first value stays: the caller gives it.

    ```mlir
    tenon.variable @w : tensor<2xf32> = dense<[1.0, 2.0]>
    func.func @predict() -> tensor<2xf32> {              func.func @predict() -> tensor<2xf32> {
      %0 = tenon.read @w : tensor<2xf32>            =>     %0 = tenon.constant dense<[1.0, 2.0]> : tensor<2xf32>
    ```
  }];
  let dependentDialects = ["::mlir::tenon::TenonDialect"];
  let statistics = [Statistic<"numFrozen", "frozen", "variables that became constants">];
}

def HoistInvariantsPass : Pass<"tenon-hoist-invariants", "::mlir::func::FuncOp"> {
  let summary = "Move what every iteration would compute again before the loop";
  let description = [{
    Needs: `tenon` functions. Leaves: before each loop, ops that need nothing of it, have no effect and check nothing. Two
    things stay: `tenon.while`, which might not end and which the program may never reach; and tensors that are
    numbers repeated (`splat`, `iota`, `broadcast`): they are made where they are used at no cost, as the start of
    a value that an inner loop carries in place, for example, which would otherwise be copied.

    ```mlir
    tenon.for %lo to %hi step 1 {                   %0 = tenon.matmul %a, %b
      %0 = tenon.matmul %a, %b                 =>   tenon.for %lo to %hi step 1 {
    ```
  }];
  let statistics = [Statistic<"numHoisted", "hoisted", "ops that are before a loop now">];
}

def HoistProjectionsPass : Pass<"tenon-hoist-projections", "::mlir::func::FuncOp"> {
  let summary = "Make the products that the steps of a loop compute of their own rows one product before the loop";
  let description = [{
    Needs: `tenon` functions, invariants hoisted. Leaves: where a step of a `tenon.for` takes a row of a tensor that is the
    same in all steps and multiplies it by a matrix that is, too, the product of all rows before the loop; the step takes its
    row of that. Element-wise ops with numbers and rows that no step changes go along: a bias. Bits stay, since an element of a
    product is one chain of multiply-adds however many rows there are. Whatever the index is, an error in it is where it was.

    ```mlir
    tenon.for %zero to %n step 1 {                     %p = tenon.matmul %x, %w  // [64,2,8] x [8,16]
      %s = tenon.slice %x[%i, 0, 0] [1, 2, 8]     =>   tenon.for %zero to %n step 1 {
      %r = tenon.reshape %s  // [2,8]                    %s = tenon.slice %p[%i, 0, 0] [1, 2, 16]
      %q = tenon.matmul %r, %w                           %q = tenon.reshape %s  // [2,16]
    ```
    What stays: products in branches and in `tenon.while` (a loop that may be left early is one), which may not be
    computed in each step; loops that take fewer than half of the rows, or a number of them that is not known to be that
    of the rows; products of 8 rows a step or more, which gain nothing; and those that keep more than 16 elements for
    each of the tensor: that is the bound on the memory for all steps, whatever sizes are open.
  }];
  let statistics = [Statistic<"numHoisted", "hoisted", "products of all steps that are before a loop now">];
}

def InferSignaturesPass : Pass<"tenon-infer-signatures", "::mlir::ModuleOp"> {
  let summary = "Write down each entry point's interface while the dtypes and names are those of the program";
  let description = [{
    Needs: `tenon` functions, calls inlined. Leaves: every public function with the attribute `tenon.signature`:
    names, dtypes (u8 is still u8 here), dimensions, the variables it uses. Nothing else changes.
  }];
}

def MakeBroadcastsExplicitPass : Pass<"tenon-make-broadcasts-explicit"> {
  let summary = "Give operands that NumPy's rule repeats the shape of the result by a broadcast";
  let description = [{
    Needs: `tenon` ops. Leaves: element-wise ops whose operands have the rank of the result and no static 1 that
    repeats. A pass that looks at one element-wise op after this need not know NumPy's rule.

    ```mlir
    %0 = tenon.add %x, %b : tensor<4x8xf32>, tensor<8xf32>
    // becomes
    %1 = tenon.broadcast %b : tensor<8xf32> -> tensor<4x8xf32>
    %0 = tenon.add %x, %1 : tensor<4x8xf32>, tensor<4x8xf32>
    ```
    Two open dimensions that meet are left as they are: that they agree is checked at run time.
  }];
  let statistics = [Statistic<"numBroadcasts", "broadcasts", "broadcasts that were made explicit">];
}

def RemoveBarriersPass : Pass<"tenon-remove-barriers", "::mlir::func::FuncOp"> {
  let summary = "Replace the results of tenon.barrier by its operands, now that nothing is merged any more";
  let description = [{
    Needs: linalg on tensors, after the last pass that merges equal values. Leaves: no `tenon.barrier`. What checkpoints
    compute again stands beside what they computed first; below, these are writes to memory, each of its own.

    ```mlir
    %a = linalg.exp ins(%x) ...             %a = linalg.exp ins(%x) ...
    %b = tenon.barrier %x             =>    %c = linalg.exp ins(%x) ...
    %c = linalg.exp ins(%b) ...
    ```
  }];
  let statistics = [Statistic<"numBarriers", "barriers", "barriers that are gone">];
}

def TileChainsPass : Pass<"tenon-tile-chains", "::mlir::func::FuncOp"> {
  let summary = "Compute contractions whose result only the next one reads together with it, in parts that stay in the cache";
  let description = [{
    Needs: linalg on tensors, element-wise ops fused. Looks for a contraction, element-wise ops or a softmax on its result, and a
    contraction that reads that; nobody else asks for what is between them. Leaves loops around all of it, so that the tensor
    between them exists in parts only: an attention's matrix of scores per head, in blocks of rows where a head's is large.
    A part is as large as possible within a quarter of `cache-bytes`. Every element is computed by the same operations in the
    same order: rows of a softmax and sums of a contraction stay whole. The loops say `tenon.parts`: they are not the program's, so
    nothing polls in them, and their iterations write elements of their own.

    ```mlir
    %s = linalg.generic {fma} ins(%q, %k) ... -> tensor<12x2048x2048xf32>    scf.for %h, %i {
    %p = linalg.softmax dimension(2) ins(%s) ...                         =>    ... -> tensor<1x32x2048xf32>
    %o = linalg.generic {fma} ins(%p, %v) ... -> tensor<12x2048x64xf32>      }
    ```

    The cost model: a tensor that stays in half of the cache anyway is left alone. Parts along dimensions on which all operands
    depend cost nothing. For each block of rows the operands without rows are read again: as long as that is at most four times what
    is stored and read without it, and no more than the tensor itself, it is done. Remarks of the category `fusion` say what was decided, and by which numbers.
  }];
  let dependentDialects = ["::mlir::affine::AffineDialect", "::mlir::linalg::LinalgDialect", "::mlir::scf::SCFDialect",
                           "::mlir::tensor::TensorDialect"];
  let options = [Option<"cacheBytes", "cache-bytes", "int64_t", "1 << 20", "Second-level data cache of the target">];
  let statistics = [Statistic<"numTiled", "tiled", "chains that are computed in parts">];
}

def VerifyPhasePass : Pass<"tenon-verify-phase", "::mlir::ModuleOp"> {
  let summary = "The gate between two phases: ops that should be gone are an error at the user's line";
  let description = [{
    Fails where an op of a dialect named in `forbid` is left, and names the op, its types and the phase. Without it, an op
    that no pattern took would surface much later, as an unresolved cast. `tenon.read`, `assign`, `print`, `raise` and
    `variable` are lowered a phase later than the other `tenon` ops: `allow` names such ops.
  }];
  let options = [Option<"phase", "phase", "std::string", "", "the phase that ends here, for the message">,
                 ListOption<"forbid", "forbid", "std::string", "dialects of which no op may be left">,
                 ListOption<"allow", "allow", "std::string", "ops of those dialects that may be left">];
}

#endif
