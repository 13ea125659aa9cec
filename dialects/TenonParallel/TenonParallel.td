// The `tenon_parallel` dialect: loop nests of which parts may run at once.
#ifndef TENON_PARALLEL_TD
#define TENON_PARALLEL_TD

include "mlir/IR/OpBase.td"
include "mlir/IR/CommonTypeConstraints.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def TenonParallel_Dialect : Dialect {
  let name = "tenon_parallel";
  let cppNamespace = "::mlir::tenon_parallel";
  let summary = "Loop nests of which parts may run at once.";
  let description = [{
    The emitters of loop nests know which loops are parallel, and what an iteration costs; how many parts are worth making
    only the call knows, which brings the threads. Between the two a nest stands in `tenon_parallel.boxes`, written for any
    part of its iteration space; `--tenon-outline-parallel` makes a function of it that the runtime calls.

    `scf.forall` and `scf.parallel` say that iterations are independent, but not that a range of them is done together: the
    panels that a nest packs and the order in which it goes through memory are those of a range.
  }];
}

def TenonParallel_BoxesOp : Op<TenonParallel_Dialect, "boxes",
                               [AutomaticAllocationScope, NoTerminator, RecursiveMemoryEffects, SingleBlock]> {
  let summary = "Runs its region on boxes that together are an iteration space.";
  let description = [{
    The region's arguments are the box: for each dimension its first index and the one behind its last. Boxes cover the space,
    each index of it in one of them; they may be of any sizes, in any order and at once. With an extent of 0 there is none.

    The region may not depend on what the boxes are: each element of memory that it writes belongs to one index, and is
    computed in the same order in every box that has it. An `alloca` before the op that the region uses is scratch, of
    which every box has its own; what it holds does not pass from outside to the region or between boxes.

    `work` estimates the whole in cycles of one core. `frame` is the call's.

    (C1) The region has two arguments of type `index` for each extent.
    (C2) There is at least one extent, and at most eight.

    ```mlir
    tenon_parallel.boxes (%rows, %columns) work %work frame %frame : !llvm.ptr {
    ^bb0(%row: index, %rowEnd: index, %column: index, %columnEnd: index):
      scf.for %i = %row to %rowEnd step %one {
        scf.for %j = %column to %columnEnd step %one {
          memref.store %zero, %c[%i, %j] : memref<?x?xf32>
        }
      }
    }
    ```
  }];
  let arguments = (ins Variadic<Index>:$extents, I64:$work, AnyType:$frame);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "`(` $extents `)` `work` $work `frame` $frame `:` type($frame) attr-dict-with-keyword $body";
  let hasRegionVerifier = 1;
  let skipDefaultBuilders = 1;
  let builders = [
    // Makes the block; where the builder stands is not changed.
    OpBuilder<(ins "ValueRange":$extents, "Value":$work, "Value":$frame)>
  ];
  let extraClassDeclaration = [{
    static constexpr unsigned maxRank = 8;
    unsigned getRank() { return getExtents().size(); }
    Value getLower(unsigned dim) { return getBody().getArgument(2 * dim); }
    Value getUpper(unsigned dim) { return getBody().getArgument(2 * dim + 1); }
  }];
}

#endif
