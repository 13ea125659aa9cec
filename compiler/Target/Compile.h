// Runs the pipeline on a module, phase by phase, up to entry points: what the JIT, tenonc and the frontend's Program
// share.
#pragma once

#include "compiler/Target/ModelInterface.h"
#include "compiler/Target/Target.h"

namespace mlir::tenon {

/// A point of the pipeline where IR can be looked at.
enum class Stage { Tenon, Linalg, Buffers, Vectors, LLVM };

struct CompileSettings {
  bool reference = false;
  bool fuse = true;
  /// Variables with a first value that no function of the module assigns become constants.
  bool freeze = true;
  /// Check the IR after every phase. The tools do, and `tenon-opt` after every pass; the JIT saves the time.
  bool verify = true;
  /// Whether the host has memory to give: without, what would need it is an error.
  bool heap = true;
  /// Constants lie as the target's contractions read them; code for several levels has one order that all read.
  bool packConstants = true;
  /// Which loop nests are offered to several threads: "worthwhile", "always" (for tests of the cuts), "never".
  std::string parallel = "worthwhile";
};

/// How long a phase took.
struct PhaseTime {
  std::string phase;
  double milliseconds;
};

/// Lowers `module` from the tenon dialect up to `stage`. Diagnostics go to the context's handlers.
LogicalResult lowerToStage(ModuleOp module, const Target &target, const CompileSettings &settings, Stage stage,
                           std::vector<PhaseTime> *times = nullptr);

/// Goes on from `from` (where the module is) to `to`.
LogicalResult lowerFurther(ModuleOp module, const Target &target, const CompileSettings &settings, Stage from, Stage to,
                           std::vector<PhaseTime> *times = nullptr);

/// Names the module for C symbols where it has no name.
void nameModule(ModuleOp module, StringRef name);

/// Everything that decides the module's meaning, hashed: its text without locations, and its constants.
std::array<uint8_t, 32> hashModule(ModuleOp module, StringRef salt);

/// Emits the entry points into a module at Stage::LLVM, and returns its interface. The levels are those that the module
/// has code for, most capable first; of one for the JIT (`packedOnly`).
FailureOr<ModelInterface> emitEntryPoints(ModuleOp module, ArrayRef<Target> levels, bool packedOnly, uint64_t hash);

/// Collects error diagnostics of a context as sentences while it lives: "model.cpp:31: ... (note: ...)".
class DiagnosticCollector {
public:
  explicit DiagnosticCollector(MLIRContext *context);
  /// The sentences so far, one a line; `otherwise` where there are none.
  std::string take(StringRef otherwise);

private:
  std::string text;
  ScopedDiagnosticHandler handler;
};

} // namespace mlir::tenon
