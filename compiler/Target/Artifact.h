// What can be made of a module, and the files it is written to.
#pragma once

#include "compiler/Target/Compile.h"
#include "compiler/Target/Decisions.h"
#include "compiler/Target/KernelReport.h"
#include "compiler/Target/MemoryReport.h"
#include "compiler/Target/Target.h"

namespace mlir::tenon {

enum class Artifact {
  Tenon,    ///< the optimized module in the tenon dialect
  Linalg,   ///< linalg on tensors
  Buffers,  ///< linalg on buffers
  Vectors,  ///< scf and vector
  LLVM,     ///< the LLVM dialect, entry points included
  LLVMIR,   ///< LLVM IR behind the clean-up passes
  Assembly, ///< the target's assembly
  Object,   ///< an object, with a C and a C++ header beside it
  Shared,   ///< a shared library with headers; for wasm32 a module with a JavaScript module beside it
  Header    ///< the C header alone
};

struct ArtifactOptions {
  /// Several CPUs: code for each in one object, and the entry points choose (Target::createLevels()).
  TargetOptions target;
  CompileSettings settings;
  /// The functions to keep, by name; empty: every public one.
  std::vector<std::string> entries;
  /// Large constants go to a file beside the object, which the program maps and passes to the entry points.
  bool externalWeights = false;
  /// An archive with the runtime for the target, which shared libraries and WebAssembly modules link.
  std::string runtime;
  /// The model's name where the module has none.
  std::string name;
};

/// What a compilation came to, for `tenonc --report`.
struct ArtifactReport {
  struct Function {
    std::string name;
    /// The open dimensions, with the sizes that the numbers are for.
    std::vector<std::pair<std::string, int64_t>> dims;
    /// Bytes of workspace; not set: they are not known.
    std::optional<int64_t> workspaceBytes;
    /// Bytes of temporaries that are live at the same time, at most: the workspace is never smaller. Not set where
    /// sizes are open.
    std::optional<int64_t> liveBytes;
    /// Largest first. Those that a backward pass needs from the forward pass are among them.
    std::vector<Temporary> temporaries;
    /// Bytes of the variables that the function assigns, and of those that it only reads.
    int64_t assignedBytes = 0, readBytes = 0;
    /// Loop nests that remain outermost: one for each fused group of ops.
    unsigned kernels = 0;
  };
  /// Bytes of code for one of several CPUs.
  struct Level {
    std::string cpu;
    uint64_t textBytes = 0;
  };
  struct File {
    std::string path;
    uint64_t bytes;
  };
  /// Asked for: the sizes of open dimensions.
  ReportDims dims;
  std::vector<PhaseTime> phases;
  std::vector<Function> functions;
  /// The functions that loop nests became, the largest code first.
  std::vector<KernelBytes> kernels;
  /// What was computed together and what was not, and why.
  std::vector<Decision> decisions;
  /// Most capable first; empty where there is one.
  std::vector<Level> levels;
  std::vector<File> files;
  uint64_t textBytes = 0, constantBytes = 0, stateBytes = 0, weightsBytes = 0;
};

/// Compiles `module` (tenon dialect; it is changed) and writes `path` and the files that belong beside it, each whole
/// or not at all, none before everything has been compiled. "-" is standard output. Errors are sentences.
llvm::Error writeArtifact(ModuleOp module, Artifact artifact, const ArtifactOptions &options, StringRef path,
                          ArtifactReport *report = nullptr);

} // namespace mlir::tenon
