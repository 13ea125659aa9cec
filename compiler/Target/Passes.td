// Passes on the LLVM dialect: what a caller links against.
#ifndef TENON_TARGET_PASSES_TD
#define TENON_TARGET_PASSES_TD

include "mlir/Pass/PassBase.td"

def ConvertModuleToLLVMPass : Pass<"tenon-convert-module-to-llvm", "::mlir::ModuleOp"> {
  let summary = "Convert functions, memory, arithmetic and vectors to the LLVM dialect, with the target's width of index";
  let description = [{
    Needs: `func`, `cf`, `arith`, `math`, `index`, `memref`, `ub` and one- or more-dimensional `vector` ops; the module's
    data layout says how wide `index` is (64 bits where it says nothing). Leaves: the LLVM dialect; what has no conversion
    stays, for the phase's verification to name.

    Upstream's `--convert-vector-to-llvm` and `--convert-to-llvm` do the same for 64-bit machines only, in two conversions.

    ```mlir
    func.func @f(%i: index) -> index
    // becomes, where the module says `dlti.dl_spec = #dlti.dl_spec<index = 32 : i64>`
    llvm.func @f(%i: i32) -> i32
    ```
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
}

def EmitEntryPointsPass : Pass<"tenon-emit-entry-points", "::mlir::ModuleOp"> {
  let summary = "Wrap function bodies in the entry points that programs call";
  let description = [{
    Needs: a module in the LLVM dialect whose functions `@f.body` carry `tenon.signature` (see
    `compiler/Target/Signature.h`), with `@f.shapes` and `@f.workspace` beside them where sizes are open; variables are
    still `tenon.variable`.

    Leaves, ahead of time, for a model `m` (the module's name):

    * `int32_t m_f(const tenon_context *, int64_t dims..., const T *inputs..., struct m_state *, T *outputs...,
      void *workspace, size_t workspace_bytes)`: checks the CPU and every argument, then runs the body. The state is
      there when the function reads or assigns a variable;
    * `size_t m_f_workspace_bytes(int64_t dims...)` where the size is open, and
      `void m_f_output_dims(int64_t dims..., int64_t *sizes)` where an output has a size that is no input's;
    * `void m_state_init(struct m_state *)` where the model has variables;
    * `const struct tenon_model_info *m_describe(void)`, whose tables also lead to packed entry points.

    Everything else is internal. Where the code needs more than its architecture's base, `m_f` itself is compiled for the
    base (`baseline-cpu`), so that it can refuse a CPU that the body would crash on.

    With `levels` there are bodies for several CPUs: `@f.body.<cpu>` for each (made by `joinLevels`,
    `compiler/Target/Levels.h`), and `m_f` asks the runtime which of them this CPU runs.

    For the JIT: per function `f` (packed, without checks: the caller is our own frontend), `f_workspace` where the size is
    open, and `f_shapes` where an output's size is computed.

    The buffers of one call must not overlap, except inputs with each other: pointers are marked `noalias`.

    ```mlir
    llvm.func @predict.body(%frame: !llvm.ptr, ...) attributes {tenon.signature = {...}}
    // becomes, beside it
    llvm.func @digits_predict(%context: !llvm.ptr, %batch: i64, %x: !llvm.ptr, ...) -> i32
    ```
    Fails where two symbols of a model would have the same name, or a body does not have its signature's arguments.
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
  let options = [
    Option<"packedOnly", "packed-only", "bool", "false", "emit the JIT's entry points instead of the C ones">,
    ListOption<"levels", "levels", "std::string",
               "the CPU levels of the code, most capable first, as name:features, where features are bits of "
               "tenon/runtime/cpu.h: x86-64-v3:32767">,
    Option<"baselineCPU", "baseline-cpu", "std::string", "\"\"",
           "the CPU that entry points are compiled for while the check has not been made">,
    Option<"baselineFeatures", "baseline-features", "std::string", "\"\"", "its features">,
    Option<"hash", "hash", "uint64_t", "0", "the model's hash for the description">];
}

#endif
