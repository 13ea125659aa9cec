// The phases in order, the hash of a module, and diagnostics as sentences.
#include "compiler/Target/Compile.h"

#include "compiler/Pipelines/Pipelines.h"
#include "compiler/Target/Passes.h"
#include "dialects/Tenon/Dialect.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/Support/BLAKE3.h"
#include "llvm/Support/Path.h"

#include <chrono>
#include <functional>

using namespace mlir;
using namespace mlir::tenon;

namespace {
struct Phase {
  const char *name;
  void (*build)(OpPassManager &, const CompileOptions &);
};
} // namespace
// In the order of Stage.
static constexpr Phase phases[] = {{"optimize", buildOptimizePhase},
                                   {"linalg", buildLinalgPhase},
                                   {"buffers", buildBuffersPhase},
                                   {"vectors", buildVectorsPhase},
                                   {"llvm", buildLLVMPhase}};

static LogicalResult runPhases(ModuleOp module, const Target &target, const CompileSettings &settings,
                               ArrayRef<Phase> some, std::vector<PhaseTime> *times) {
  CompileOptions options;
  options.target = target.getLevelName().str();
  options.reference = settings.reference;
  options.fuse = settings.fuse;
  options.freeze = settings.freeze;
  options.heap = settings.heap;
  options.packConstants = settings.packConstants;
  options.parallel = settings.parallel;
  for (const Phase &phase : some) {
    auto start = std::chrono::steady_clock::now();
    PassManager pm(module.getContext());
    // A phase's gate says what is wrong in a user's words; between passes the verifier took more time than they did.
    pm.enableVerifier(false);
    phase.build(pm, options);
    if (failed(pm.run(module)) || (settings.verify && failed(verify(module))))
      return failure();
    if (times)
      times->push_back(
          {phase.name, std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count()});
  }
  return success();
}

LogicalResult mlir::tenon::lowerToStage(ModuleOp module, const Target &target, const CompileSettings &settings,
                                        Stage stage, std::vector<PhaseTime> *times) {
  target.attachTo(module);
  return runPhases(module, target, settings, ArrayRef(phases).take_front(static_cast<size_t>(stage) + 1), times);
}

LogicalResult mlir::tenon::lowerFurther(ModuleOp module, const Target &target, const CompileSettings &settings,
                                        Stage from, Stage to, std::vector<PhaseTime> *times) {
  size_t first = static_cast<size_t>(from) + 1, last = static_cast<size_t>(to) + 1;
  return runPhases(module, target, settings, ArrayRef(phases).slice(first, last - first), times);
}

void mlir::tenon::nameModule(ModuleOp module, StringRef name) {
  if (!module.getName())
    module.setName(name);
}

FailureOr<ModelInterface> mlir::tenon::emitEntryPoints(ModuleOp module, ArrayRef<Target> levels, bool packedOnly,
                                                       uint64_t hash) {
  FailureOr<ModelInterface> model = ModelInterface::get(module, /*aheadOfTime=*/!packedOnly);
  if (failed(model))
    return failure();
  EmitEntryPointsPassOptions options;
  options.packedOnly = packedOnly;
  options.hash = hash;
  if (!packedOnly) {
    for (const Target &level : levels)
      options.levels.push_back((level.getCPU() + ":" + Twine(level.getCPUFeatureBits())).str());
    // Before the CPU is known to be any of them.
    options.baselineCPU = levels.front().getBaselineCPU().str();
    options.baselineFeatures = levels.front().getBaselineFeatures().str();
  }
  PassManager pm(module.getContext());
  pm.enableVerifier(!packedOnly);
  pm.addPass(createEmitEntryPointsPass(options));
  if (failed(pm.run(module)))
    return failure();
  return model;
}

//===----------------------------------------------------------------------===//
// Hash
//===----------------------------------------------------------------------===//

namespace {
/// Feeds what is printed to a hash, so that no text of a large module is kept.
class HashStream : public llvm::raw_ostream {
public:
  ~HashStream() override { flush(); }
  std::array<uint8_t, 32> take() {
    flush();
    return hasher.final<32>();
  }
  void add(ArrayRef<char> data) { *this << StringRef(data.data(), data.size()); }

private:
  void write_impl(const char *data, size_t size) override {
    hasher.update(llvm::ArrayRef(reinterpret_cast<const uint8_t *>(data), size));
    position += size;
  }
  uint64_t current_pos() const override { return position; }
  llvm::BLAKE3 hasher;
  uint64_t position = 0;
};
} // namespace

std::array<uint8_t, 32> mlir::tenon::hashModule(ModuleOp module, StringRef salt) {
  HashStream stream;
  stream << salt << '\n';
  // Printing a constant's elements one by one would take longer than all else: large ones are hashed as bytes.
  constexpr int64_t large = 16;
  OpPrintingFlags flags;
  flags.enableDebugInfo(false)
      .printGenericOpForm()
      .assumeVerified()
      .elideLargeElementsAttrs(large)
      .elideLargeResourceString(0);
  module->print(stream, flags);
  // Every use adds its bytes, in the text's order: so which constant stands where is part of the hash.
  std::function<void(Attribute)> addConstants = [&](Attribute attribute) {
    if (auto dense = dyn_cast<DenseElementsAttr>(attribute)) {
      if (dense.getNumElements() > large)
        stream.add(dense.getRawData());
    } else if (auto resource = dyn_cast<DenseResourceElementsAttr>(attribute)) {
      if (AsmResourceBlob *blob = resource.getRawHandle().getBlob())
        stream.add(blob->getData());
    } else if (isa<ArrayAttr, DictionaryAttr>(attribute)) {
      attribute.walkImmediateSubElements(addConstants, [](Type) {});
    }
  };
  module->walk<WalkOrder::PreOrder>([&](Operation *op) {
    addConstants(op->getAttrDictionary());
    // Messages of what is checked at run time name the user's line, which the text above lacks.
    if (isa_and_nonnull<TenonDialect>(op->getDialect()) && (isa<AssertOp>(op) || !isSpeculatable(op)))
      op->getLoc()->walk([&](Location inner) {
        if (auto file = dyn_cast<FileLineColLoc>(inner))
          stream << llvm::sys::path::filename(file.getFilename().getValue()) << ':' << file.getLine() << '\n';
        return WalkResult::advance();
      });
  });
  return stream.take();
}

//===----------------------------------------------------------------------===//
// Diagnostics
//===----------------------------------------------------------------------===//

/// "file:line" of the innermost place in a file; empty where there is none.
static std::string describe(Location loc) {
  std::string result;
  loc->walk([&](Location inner) {
    if (auto file = dyn_cast<FileLineColLoc>(inner)) {
      result = file.getFilename().str() + ":" + std::to_string(file.getLine()) + ": ";
      return WalkResult::interrupt();
    }
    return WalkResult::advance();
  });
  return result;
}

DiagnosticCollector::DiagnosticCollector(MLIRContext *context)
    : handler(context, [this](Diagnostic &diagnostic) {
        if (diagnostic.getSeverity() != DiagnosticSeverity::Error)
          return success();
        if (!text.empty())
          text += '\n';
        text += describe(diagnostic.getLocation()) + diagnostic.str();
        for (Diagnostic &note : diagnostic.getNotes()) text += "\n  note: " + describe(note.getLocation()) + note.str();
        return success();
      }) {}

std::string DiagnosticCollector::take(StringRef otherwise) {
  std::string result = text.empty() ? otherwise.str() : std::move(text);
  text.clear();
  return result;
}
