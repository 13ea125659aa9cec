// Passes of this room; each has its own source file of the same name.
#ifndef TENON_CODEGEN_PASSES_TD
#define TENON_CODEGEN_PASSES_TD

include "mlir/Pass/PassBase.td"

def ExpandMathPass : Pass<"tenon-expand-math"> {
  let summary = "Write out math functions as arithmetic, so that no call of the C math library remains.";
  let description = [{
    Replaces every `math` op that no machine instruction computes by `arith` ops (and `math.fma`, `math.absf`,
    `math.copysign`, `math.sqrt`, which are instructions), for scalars and vectors alike: both get the same
    operations in the same order, so the same bits. Errors are stated in docs/math.md. f16 and bf16 are computed
    in f32 and rounded once.

    It runs after the emitters of this room: `linalg` bodies keep `math` ops until they are vectors.

    ```mlir
    %y = math.exp2 %x : vector<16xf32>
    // becomes a clamp, x - round(x), six math.fma, and two multiplications by powers of two
    ```

    A function of constants is written out too (`tenon_math.opaque` hid them from folders, and goes): its bits are those of
    the same function on values known when it runs.

    A `math` op without a formula here (`math.atan2`, ...) is an error: it would become a call.
  }];
  let options = [
    Option<"fma", "fma", "bool", /*default=*/"true", "The target has a fused multiply-add instruction; otherwise a product and a sum">,
    Option<"roundInstructions", "round-instructions", "bool", /*default=*/"true", "The target rounds to an integral float in one instruction">,
    Option<"halfConversions", "half-conversions", "bool", /*default=*/"true", "The target converts between f16 and f32 in one instruction; otherwise by integer arithmetic">,
    Option<"scaleInstructions", "scale-instructions", "bool", /*default=*/"false",
           "The target multiplies vectors by powers of two in one instruction, with one rounding">,
    Option<"wideIntegers", "wide-integers", "bool", /*default=*/"true",
           "The target divides 32-bit integers, and divides and converts 64-bit integers, without a call">
  ];
  let statistics = [
    Statistic<"numFunctions", "functions", "Functions written out">,
    Statistic<"numOperations", "operations", "Multiply-adds, extrema and integer divisions written out">,
    Statistic<"numConversions", "conversions", "Operations and conversions of f16 and bf16 written out">
  ];
  let dependentDialects = ["arith::ArithDialect", "LLVM::LLVMDialect", "math::MathDialect", "scf::SCFDialect",
                           "vector::VectorDialect"];
}

def EmitSweepsPass : Pass<"tenon-emit-sweeps", "::mlir::func::FuncOp"> {
  let summary = "Write element-wise operations, reductions, softmax and copies on memrefs as loops of vectors";
  let description = [{
    Needs bufferized code. Replaces `linalg.generic`, `linalg.fill`, `linalg.copy`, `linalg.broadcast`, `linalg.transpose`,
    `linalg.map`, `linalg.reduce`, `linalg.softmax` and strided `memref.copy` on memrefs with `scf` loops over `vector` operations.
    Dimensions that all operands walk as one are merged; the output's innermost dimension becomes vectors; tails are masked, or
    shorter vectors where the target has no masks; small constant extents have no loops.

    ```mlir
    linalg.map { arith.addf } ins(%a, %b : memref<40xf32>, memref<40xf32>) outs(%c : memref<40xf32>)
    // becomes two vectors of 16 and one of 8
    %0 = vector.load %a[%c0] : memref<40xf32>, vector<16xf32>
    ...
    ```

    A reduction over innermost dimensions puts element j into lane j mod 64 and folds the lanes as a fixed tree (32, 16, 8, 4, 2, 1);
    one over outer dimensions is sequential. `--tenon-reference-reductions` writes the same order as scalar loops, so that
    both give the same bits.

    Contractions, convolutions, and operations whose addresses are not linear in the dimensions are left as they
    are, for their own emitter or for `--convert-linalg-to-loops`.
  }];
  let options = [
    Option<"target", "target", "std::string", "::mlir::tenon::kDefaultTarget.str()",
           "The CPU level whose vectors are emitted; it never changes what a sweep computes">,
    Option<"parallel", "parallel", "std::string", "\"worthwhile\"",
           "Which nests are offered to several threads: worthwhile, always (all that can be) or never">
  ];
  let statistics = [
    Statistic<"numParallel", "parallel-sweeps", "Number of sweeps without a reduction">,
    Statistic<"numReductions", "reductions", "Number of reductions">,
    Statistic<"numSoftmax", "softmax", "Number of softmax operations">
  ];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::memref::MemRefDialect", "::mlir::scf::SCFDialect",
                           "::mlir::vector::VectorDialect", "::mlir::linalg::LinalgDialect", "::mlir::math::MathDialect",
                           "::mlir::tenon_math::TenonMathDialect", "::mlir::tenon_parallel::TenonParallelDialect"];
}

def EmitContractionsPass : Pass<"tenon-emit-contractions", "ModuleOp"> {
  let summary = "Replace matmuls and convolutions on buffers by loops around register tiles";
  let description = [{
    Takes every contraction of a bufferized function: matmul, batch matmul, matrix and vector, transposed operands,
    convolution, grouped and depthwise convolution, named or as a `linalg.generic` with linear subscripts. Leaves `scf`
    loops around micro-kernels in `vector`, or in scalars where strides or the target allow no vectors, for every
    extent, open or static or zero.

    Every output element is one chain of multiply-adds in the op's reduction order, so the bits are those of
    `--tenon-reference-contractions` with `--convert-linalg-to-loops`. A `linalg.fill` of the output just before is taken
    into the kernel, and a cheap element-wise op just after (bias, activation, rounding to f16) is applied to tiles
    in registers. A constant that only contractions with one tiling read is stored as its tiles read it, panel by panel
    (`@w_packed`); nobody reads the original any more. What a counted loop around the contraction only reads is laid out so
    before the loop, in a temporary of its size, if it has eight steps or more; where their number is open, the layout is
    chosen when the loop begins. A float multiply and add in a `linalg.generic` is not a contraction (only `math.fma` is);
    it is left to the sweeps, as is what has subscripts that are not linear.

    ```mlir
    linalg.matmul ins(%a, %b : memref<6x8xf32>, memref<8x64xf32>) outs(%c : memref<6x64xf32>)
    // becomes
    %0:24 = scf.for %k = %c0 to %c8 step %c4 iter_args(...) -> (vector<16xf32>, ...) {
      ... memref.load %a, vector.broadcast, vector.load %b, math.fma ...
    }
    vector.store %0#0, %c[%c0, %c0] : memref<6x64xf32>, vector<16xf32>
    ```
  }];
  let dependentDialects = ["arith::ArithDialect", "math::MathDialect", "memref::MemRefDialect", "scf::SCFDialect",
                           "::mlir::tenon_parallel::TenonParallelDialect", "vector::VectorDialect"];
  let options = [
    Option<"target", "target", "std::string", "\"x86-64-v4\"",
           "CPU level whose registers, vectors and multiply-add are used; see TargetDescription.cpp">,
    Option<"packConstants", "pack-constants", "bool", "true",
           "Store constants as tiles read them; without, in the order that code for several levels shares">,
    Option<"parallel", "parallel", "std::string", "\"worthwhile\"",
           "Which nests are offered to several threads: worthwhile, always (all that can be) or never">
  ];
  let statistics = [Statistic<"numContractions", "contractions", "Contractions that became loops">,
                    Statistic<"numEpilogues", "epilogues", "Element-wise ops applied to tiles before they are stored">,
                    Statistic<"numPacked", "packed", "Contractions that read a constant in the order of their tiles">];
}

def OutlineKernelsPass : Pass<"tenon-outline-kernels", "::mlir::ModuleOp"> {
  let summary = "Make functions of loop nests, one of those that are the same but for what they read and write";
  let description = [{
    Needs: entry points whose loops are `scf` and `vector` on the caller's buffers and pieces of the workspace, which has been
    planned. Leaves: loop nests that are large enough, with the straight-line code that belongs to them, as private functions
    beside the entry points. A kernel's function takes what may differ between two of the same code: pointers to buffers,
    sizes that are open, scalars; constants, and so the shapes that its code was made for, are inside. Equal functions, of one
    entry point or of several, are one. Its pointers are `llvm.noalias` where no other buffer of the kernel shares memory with
    them and is written, `llvm.readonly`, aligned and dereferenceable as far as all of its callers know.

    Loops that raise errors, print, look at the cancel flag or use lists stay; nests inside of them are outlined.

    ```mlir
    scf.for %i = %c0 to %c4096 step %c64 {            call @f.relu_1(%a, %b) : (memref<4096xf32>, memref<4096xf32>) -> ()
      ... %a ... %b ...                               call @f.relu_1(%b, %c) : (memref<4096xf32>, memref<4096xf32>) -> ()
    }                                           =>
    scf.for %i = %c0 to %c4096 step %c64 {            func.func private @f.relu_1(%x: memref<4096xf32> {llvm.noalias, ...},
      ... %b ... %c ...                                 %y: memref<4096xf32> {llvm.noalias, ...}) attributes {llvm.bareptr}
    }
    ```
  }];
  let options = [
    Option<"minShared", "min-shared", "unsigned", "16", "Instructions that a kernel has at least, about, where several are the same">,
    Option<"minSingle", "min-single", "unsigned", "96", "Instructions that a kernel has at least, about, where it is the only one">
  ];
  let statistics = [Statistic<"numKernels", "kernels", "Loop nests that could be functions">,
                    Statistic<"numFunctions", "functions", "Functions made">,
                    Statistic<"numShared", "shared", "Kernels that are another one's function">];
  let dependentDialects = ["arith::ArithDialect", "func::FuncDialect", "memref::MemRefDialect"];
}

def OutlineParallelPass : Pass<"tenon-outline-parallel", "::mlir::ModuleOp"> {
  let summary = "Make functions of nests of which parts may run at once";
  let description = [{
    Needs: `tenon_parallel.boxes` in functions of a module, temporaries planned: what a nest captures is stored, so no
    pass that follows buffers can come after. Leaves: for each a function `f.task` that runs the nest on one box, and
    a call of `tenon_runtime_parallel`, which decides how many boxes there are: one, run right there, without threads or
    where the work is little.

    What the nest uses from outside lies in a struct on the caller's stack. Constants and views are made again in the task,
    where addresses are seen through. An `alloca` is made again too: each task has scratch of its own on its stack, since the
    workspace was planned without knowing how many there are.

    ```mlir
    tenon_parallel.boxes (%rows) work %work frame %frame : !llvm.ptr {
    ^bb0(%row: index, %end: index):
      nest of %a, %c over [%row, %end)
    }
    // becomes
    llvm.store %a, %c in a struct, %rows in an array
    llvm.call @tenon_runtime_parallel(%frame, %work, 1, %extents, @f.task, %struct)

    func.func private @f.task(%argument: !llvm.ptr, %box: !llvm.ptr) {
      %a, %c loaded from %argument, %row, %end from %box
      nest of %a, %c over [%row, %end)
      return
    }
    ```
    Fails where a value from outside has no form in memory.
  }];
  let dependentDialects = ["arith::ArithDialect", "LLVM::LLVMDialect", "memref::MemRefDialect", "vector::VectorDialect"];
  let statistics = [Statistic<"numTasks", "tasks", "nests that became functions">];
}

def ReferenceContractionsPass : Pass<"tenon-reference-contractions", "func::FuncOp"> {
  let summary = "Give contractions the multiply-add that `--tenon-emit-contractions` gives them";
  let description = [{
    Turns named contractions, on tensors or buffers, into `linalg.generic` whose float body is `math.fma`, or a multiply
    and an add where the target has no fused one. `--convert-linalg-to-loops` then computes the same bits as the emitted
    kernels, one scalar at a time.
  }];
  let dependentDialects = ["arith::ArithDialect", "linalg::LinalgDialect", "math::MathDialect"];
  let options = [
    Option<"target", "target", "std::string", "\"x86-64-v4\"", "CPU level that decides between the two">,
  ];
}

def ReferenceReductionsPass : Pass<"tenon-reference-reductions", "::mlir::func::FuncOp"> {
  let summary = "Write reductions and softmax on memrefs as scalar loops in the order that their contract states";
  let description = [{
    For the reference pipeline, before `--convert-linalg-to-loops`, which knows no lanes. A reduction over innermost dimensions
    becomes loops that combine element j into lane j mod 64 of a buffer on the stack, then fold the buffer as a tree. The emitted
    vectors of `--tenon-emit-sweeps` give the same bits. Sequential reductions are left: plain loops are their definition.

    ```mlir
    linalg.reduce { arith.addf } ins(%x : memref<100xf32>) outs(%y : memref<f32>) dimensions = [0]
    // becomes
    scf.for %j = %c0 to %c100 step %c1 {
      %lane = arith.remui %j, %c64
      %old = memref.load %lanes[%lane]
      %x_j = memref.load %x[%j]
      %new = arith.addf %old, %x_j
      memref.store %new, %lanes[%lane]
    }
    ```
  }];
  let statistics = [Statistic<"numReductions", "reductions", "Number of reductions written out">];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::memref::MemRefDialect", "::mlir::scf::SCFDialect",
                           "::mlir::math::MathDialect", "::mlir::tenon_math::TenonMathDialect"];
}

#endif
