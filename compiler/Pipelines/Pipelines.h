// The compiler's phases, each a function that adds its passes, and the options that they share.
#pragma once

#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassOptions.h"

namespace mlir::tenon {
/// What the phases can be asked for. The same struct serves the tools' command lines and the JIT.
struct CompileOptions : public PassPipelineOptions<CompileOptions> {
  Option<std::string> target{
      *this, "target", llvm::cl::init("x86-64-v3"),
      llvm::cl::desc("the machine level whose vectors, registers and instructions code is emitted for")};
  Option<bool> reference{*this, "reference", llvm::cl::init(false),
                         llvm::cl::desc("lower every op to scalar loops: slow, simple, the same bits")};
  Option<bool> fuse{*this, "fuse", llvm::cl::init(true), llvm::cl::desc("fuse element-wise ops into their consumers")};

  Option<bool> freeze{*this, "freeze", llvm::cl::init(true),
                      llvm::cl::desc("make variables with a first value that no function assigns constants")};
  Option<bool> heap{*this, "heap", llvm::cl::init(true),
                    llvm::cl::desc("the host has memory to give, for lists; without, what needs them is an error")};

  Option<bool> packConstants{*this, "pack-constants", llvm::cl::init(true),
                             llvm::cl::desc("store constants as the target's contractions read them")};
  Option<std::string> parallel{*this, "parallel", llvm::cl::init("worthwhile"),
                               llvm::cl::desc("which loop nests are offered to several threads: those that are "
                                              "worthwhile, always, never")};

  CompileOptions() = default;
  CompileOptions(const CompileOptions &other) : PassPipelineOptions() { copyOptionValuesFrom(other); }
};

/// tenon -> tenon: one function without calls, which reads and assigns variables outside of loops and branches only.
void buildInlinePhase(OpPassManager &pm);
/// The same with its gradients as backward passes: the first steps of the optimize phase. A frontend that wants its
/// errors early may run them on their own.
void buildGradientPhase(OpPassManager &pm, bool heap = true);
/// The same for a function whose results marked `tenon.saved` are known: only the backward pass stays.
void buildBackwardPhase(OpPassManager &pm);
/// tenon -> tenon: calls inlined, canonical, every broadcast explicit, interfaces written down.
void buildOptimizePhase(OpPassManager &pm, const CompileOptions &options);
/// tenon -> linalg on tensors, fused.
void buildLinalgPhase(OpPassManager &pm, const CompileOptions &options);
/// tensors -> the caller's buffers and temporaries.
void buildBuffersPhase(OpPassManager &pm, const CompileOptions &options);
/// linalg on buffers -> scf and vector loop nests (scalar loops for the reference); temporaries in the workspace.
void buildVectorsPhase(OpPassManager &pm, const CompileOptions &options);
/// loops and vectors -> the LLVM dialect, ready for entry points.
void buildLLVMPhase(OpPassManager &pm, const CompileOptions &options);

/// All phases, from `tenon` to the LLVM dialect.
void buildCompilePipeline(OpPassManager &pm, const CompileOptions &options);
} // namespace mlir::tenon
