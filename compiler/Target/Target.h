// The machines that Tenon writes code for: their names, and what LLVM and the entry points have to know of one.
#pragma once

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Support/LLVM.h"
#include "llvm/Support/Error.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/TargetParser/Triple.h"

#include <memory>
#include <string>

namespace mlir::tenon {

/// What a user says on a command line.
struct TargetOptions {
  /// host, x86-64, x86-64-v2, x86-64-v3, x86-64-v4, aarch64, armv7, riscv64, wasm32.
  std::string name = "host";
  /// A CPU as LLVM names it ("znver4", "cortex-a72"), on x86-64 also "v3" for "x86-64-v3"; "host" is the present one, with
  /// the target `host`. Empty: the target's baseline, or the present CPU for `host`. Several, separated by commas, are for
  /// Target::createLevels().
  std::string cpu = "";
  /// Extra features as LLVM writes them ("+avx512fp16,-fma"), behind the target's own.
  std::string features = "";
  /// 0 to 3: the effort of LLVM's code generator. 0 is for a fast look at new code, 2 for everything that ships.
  unsigned optLevel = 2;
};

/// A target, resolved. A value; safe to share between threads.
class Target {
public:
  /// An error lists the known names, or says which CPU LLVM does not know.
  static llvm::Expected<Target> create(const TargetOptions &options);
  /// One for each CPU of `options.cpu`, in the order in which a machine's is looked for: none asks for all that one behind
  /// it asks for; where neither of two does, the one that was named later comes first. An error says what is wrong with a
  /// list: a CPU that is unknown, of another architecture, there twice, or that differs from another in nothing that can be
  /// asked for at run time; a target that cannot be asked.
  static llvm::Expected<SmallVector<Target, 1>> createLevels(const TargetOptions &options);
  static ArrayRef<StringLiteral> getNames();

  const TargetOptions &getOptions() const { return options; }
  const llvm::Triple &getTriple() const { return triple; }
  StringRef getCPU() const { return cpu; }
  StringRef getFeatures() const { return features; }
  /// The size of a pointer and of MLIR's `index`: 32 on armv7 and wasm32, else 64.
  unsigned getIndexBits() const { return indexBits; }
  /// What a CPU must have beyond its architecture's base: bits of tenon/runtime/cpu.h, which entry points check.
  uint64_t getCPUFeatureBits() const { return cpuFeatureBits; }
  /// The CPU that code before that check is compiled for, and its features: the architecture's base; empty where the target
  /// is no more than that.
  StringRef getBaselineCPU() const { return baselineCPU; }
  StringRef getBaselineFeatures() const { return baselineFeatures; }
  /// The row of compiler/Codegen/TargetDescription.h that fits best, where vector widths and the like are: the CPU's own,
  /// or the one that uses most of its instructions and none that it lacks. "x86-64-v3".
  StringRef getLevelName() const { return level; }
  bool isWasm() const { return triple.isWasm(); }

  std::unique_ptr<llvm::TargetMachine> createMachine() const;
  /// Gives a module the triple, the data layout and the width of `index`: before the pipeline runs.
  void attachTo(ModuleOp module) const;
  /// Everything that decides the code: triple, CPU, features, level of effort; part of a cache's key.
  std::string getKey() const;

private:
  TargetOptions options;
  llvm::Triple triple;
  std::string cpu, features, abi;
  StringRef level, baselineCPU, baselineFeatures;
  unsigned indexBits = 64;
  uint64_t cpuFeatureBits = 0;
};

} // namespace mlir::tenon
