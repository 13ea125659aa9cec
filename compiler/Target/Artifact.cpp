// Drives a compilation to one kind of output and writes its files.
#include "compiler/Target/Artifact.h"

#include "compiler/Memory/WorkspacePlan.h"
#include "compiler/Target/Emission.h"
#include "compiler/Target/Header.h"
#include "compiler/Target/Levels.h"
#include "compiler/Target/OutputFile.h"
#include "compiler/Target/Passes.h"
#include "compiler/Target/StateOnError.h"
#include "compiler/Target/Weights.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/Interfaces/LoopLikeInterface.h"
#include "llvm/Object/ObjectFile.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

#include <chrono>

using namespace mlir;
using namespace mlir::tenon;

static llvm::Error makeError(const Twine &message) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), message.str());
}

namespace {
struct PendingFile {
  std::string path;
  std::string contents;
};

/// Measures a step of its own.
class Stopwatch {
public:
  Stopwatch(ArtifactReport *report, const char *phase)
      : report(report), phase(phase), start(std::chrono::steady_clock::now()) {}
  ~Stopwatch() {
    if (report)
      report->phases.push_back(
          {phase, std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count()});
  }

private:
  ArtifactReport *report;
  const char *phase;
  std::chrono::steady_clock::time_point start;
};
} // namespace

/// Makes functions that were not asked for private, so that they go.
static llvm::Error selectEntries(ModuleOp module, ArrayRef<std::string> entries) {
  std::string known;
  for (auto function : module.getOps<func::FuncOp>())
    if (function.isPublic())
      known += (known.empty() ? "" : ", ") + function.getSymName().str();
  if (known.empty())
    return makeError("the module has no public function, so there is nothing to call");
  for (const std::string &entry : entries) {
    auto function = module.lookupSymbol<func::FuncOp>(entry);
    if (!function || !function.isPublic())
      return makeError("the module has no public function '" + entry + "'; it has " + known);
  }
  if (!entries.empty())
    for (auto function : module.getOps<func::FuncOp>())
      if (!llvm::is_contained(entries, function.getSymName()))
        function.setPrivate();
  return llvm::Error::success();
}

/// A row for each body, while its outermost structured ops and loops are not yet cut into pieces.
static void describeBodies(ModuleOp module, ArtifactReport &report) {
  for (auto function : module.getOps<func::FuncOp>()) {
    if (!function->hasAttr(FunctionSignature::attributeName))
      continue;
    FailureOr<FunctionSignature> signature = FunctionSignature::get(function);
    if (failed(signature))
      continue;
    ArtifactReport::Function row;
    row.name = signature->name;
    for (const std::string &dim : signature->dims) row.dims.push_back({dim, report.dims.get(dim)});
    for (const ArgumentSignature &variable : signature->variables)
      (variable.assigned ? row.assignedBytes : row.readBytes) += variable.getStaticBytes();
    row.temporaries = listTemporaries(module, *signature, report.dims);
    function.walk<WalkOrder::PreOrder>([&](Operation *op) {
      if (!isa<LoopLikeOpInterface, linalg::LinalgOp>(op))
        return WalkResult::advance();
      ++row.kernels;
      return WalkResult::skip();
    });
    report.functions.push_back(std::move(row));
  }
}

/// The workspace of each row, at the stage where its size is a function of the dims: the largest of several levels'.
static void evaluateWorkspaces(ModuleOp module, ArtifactReport &report) {
  for (auto function : module.getOps<func::FuncOp>()) {
    if (!function->hasAttr(FunctionSignature::attributeName))
      continue;
    FailureOr<FunctionSignature> signature = FunctionSignature::get(function);
    for (ArtifactReport::Function &row : report.functions)
      if (succeeded(signature) && row.name == signature->name) {
        if (std::optional<int64_t> bytes = evaluateWorkspace(module, *signature, report.dims))
          row.workspaceBytes = std::max(row.workspaceBytes.value_or(0), *bytes);
        if (auto bytes = function->getAttrOfType<IntegerAttr>(liveBytesAttributeName))
          row.liveBytes = std::max(row.liveBytes.value_or(0), bytes.getInt());
      }
  }
}

static void measureSections(ArrayRef<char> object, ArtifactReport &report) {
  auto file = llvm::object::ObjectFile::createObjectFile(
      llvm::MemoryBufferRef(StringRef(object.data(), object.size()), "object"));
  if (!file) {
    llvm::consumeError(file.takeError());
    return;
  }
  for (const llvm::object::SectionRef &section : (*file)->sections()) {
    if (section.isText()) {
      report.textBytes += section.getSize();
      // A section for each function, named after it; functions for one of several CPUs end in its name.
      llvm::Expected<StringRef> name = section.getName();
      if (!name) {
        llvm::consumeError(name.takeError());
        continue;
      }
      for (ArtifactReport::Level &level : report.levels)
        if (name->ends_with("." + level.cpu))
          level.textBytes += section.getSize();
    } else if (section.isData())
      report.constantBytes += section.getSize();
  }
}

static std::string print(ModuleOp module) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  module.print(stream);
  stream << "\n";
  return text;
}

static llvm::Error writeFiles(ArrayRef<PendingFile> files, ArtifactReport *report) {
  for (const PendingFile &file : files) {
    if (llvm::Error error = writeFile(file.path, StringRef(file.contents)))
      return error;
    if (report)
      report->files.push_back({file.path, file.contents.size()});
  }
  return llvm::Error::success();
}

/// `path` with another extension; "-" has no neighbours.
static std::string beside(StringRef path, StringRef extension) {
  SmallString<128> result(path);
  llvm::sys::path::replace_extension(result, extension);
  return result.str().str();
}

/// The symbols that a WebAssembly module has to export.
static std::vector<std::string> getExports(const ModelInterface &model) {
  std::vector<std::string> exports{model.name + "_describe"};
  if (model.hasState())
    for (const char *suffix : {"_state_init", "_state_save", "_state_load"}) exports.push_back(model.name + suffix);
  for (const FunctionSignature &function : model.functions) {
    exports.push_back(model.getSymbol(function));
    if (!function.workspaceBytes)
      exports.push_back(model.getSymbol(function, "_workspace_bytes"));
    if (function.getNumComputedDims())
      exports.push_back(model.getSymbol(function, "_output_dims"));
  }
  return exports;
}

llvm::Error mlir::tenon::writeArtifact(ModuleOp module, Artifact artifact, const ArtifactOptions &options,
                                       StringRef path, ArtifactReport *report) {
  auto levels = Target::createLevels(options.target);
  if (!levels)
    return levels.takeError();
  // Of several the last asks for least: what is nobody's in particular is compiled for it.
  const Target *target = &levels->back();
  if (levels->size() > 1 && artifact == Artifact::Vectors)
    return makeError("--emit=vectors shows the code for one CPU, but there are " + Twine(levels->size()));
  if (artifact == Artifact::Shared && path == "-")
    return makeError("a linked library is written to a file: name one with -o");
  if (llvm::Error error = selectEntries(module, options.entries))
    return error;
  nameModule(module, options.name.empty() ? "model" : options.name);
  DiagnosticCollector diagnostics(module.getContext());
  auto failed = [&](StringRef what) { return makeError(diagnostics.take(what)); };

  // The hash is of what was traced, before anything changes it.
  auto digest = hashModule(
      module, (Twine(options.settings.reference ? "reference" : "") + (options.settings.freeze ? "" : " state")).str());
  uint64_t hash;
  std::memcpy(&hash, digest.data(), sizeof hash);

  // Kernels are counted at the stage where each is one op.
  Stage last = artifact == Artifact::Tenon    ? Stage::Tenon
               : artifact == Artifact::Linalg ? Stage::Linalg
                                              : Stage::Buffers;
  std::vector<PhaseTime> *times = report ? &report->phases : nullptr;
  std::optional<DecisionLog> decisions;
  if (report)
    decisions.emplace(*module.getContext());
  if (mlir::failed(lowerToStage(module, *target, options.settings, last, times)))
    return failed("the module cannot be lowered");
  if (report)
    report->decisions = decisions->getDecisions();
  if (report && last == Stage::Buffers)
    describeBodies(module, *report);
  if (last == Stage::Buffers)
    noteStateOnError(module);
  if (artifact >= Artifact::Vectors) {
    auto describe = [&](ModuleOp atVectors, StringRef suffix) {
      if (!report)
        return;
      evaluateWorkspaces(atVectors, *report);
      for (KernelBytes &kernel : listKernels(atVectors)) {
        kernel.name += suffix;
        report->kernels.push_back(std::move(kernel));
      }
    };
    if (artifact == Artifact::Vectors) {
      if (mlir::failed(lowerFurther(module, *target, options.settings, Stage::Buffers, Stage::Vectors, times)))
        return failed("the module cannot be compiled");
      describe(module, "");
    } else if (mlir::failed(lowerLevels(module, *levels, options.settings, times, describe))) {
      return failed("the module cannot be compiled");
    }
  }
  if (artifact <= Artifact::Vectors)
    return writeFiles({{path.str(), print(module)}}, report);

  std::string weights;
  if (options.externalWeights) {
    if (path == "-")
      return makeError("external weights are written beside the output: name one with -o");
    if (mlir::failed(externalizeWeights(module, hash, weights)))
      return failed("the weights cannot be moved out of the module");
    if (report)
      report->weightsBytes = weights.size();
  }
  FailureOr<ModelInterface> model = emitEntryPoints(module, *levels, /*packedOnly=*/false, hash);
  if (mlir::failed(model))
    return failed("the entry points cannot be written");
  if (report) {
    report->stateBytes = model->stateBytes;
    if (levels->size() > 1)
      for (const Target &level : *levels) report->levels.push_back({level.getCPU().str()});
  }

  std::vector<PendingFile> files;
  if (options.externalWeights)
    files.push_back({beside(path, "weights"), std::move(weights)});
  if (artifact == Artifact::Header) {
    files.push_back({path.str(), emitCHeader(*model, *levels)});
    return writeFiles(files, report);
  }
  if (artifact == Artifact::LLVM) {
    files.push_back({path.str(), print(module)});
    return writeFiles(files, report);
  }

  llvm::LLVMContext context;
  std::unique_ptr<llvm::TargetMachine> machine = target->createMachine();
  std::unique_ptr<llvm::Module> translated;
  {
    Stopwatch stopwatch(report, "llvm-ir");
    auto result = translateToLLVMIR(module, *target, context);
    if (!result)
      return failed(llvm::toString(result.takeError()));
    translated = std::move(*result);
    optimizeLLVMIR(*translated, *machine);
  }
  if (artifact == Artifact::LLVMIR) {
    std::string text;
    llvm::raw_string_ostream stream(text);
    translated->print(stream, nullptr);
    files.push_back({path.str(), std::move(text)});
    return writeFiles(files, report);
  }

  SmallVector<char, 0> code;
  {
    Stopwatch stopwatch(report, "code");
    auto result =
        generateCode(*translated, *machine, artifact == Artifact::Assembly ? CodeKind::Assembly : CodeKind::Object);
    if (!result)
      return result.takeError();
    code = std::move(*result);
  }
  if (artifact == Artifact::Assembly) {
    files.push_back({path.str(), std::string(code.begin(), code.end())});
    return writeFiles(files, report);
  }
  if (report) {
    measureSections(code, *report);
    measureKernels(code, report->kernels);
  }

  if (path != "-") {
    files.push_back({beside(path, "h"), emitCHeader(*model, *levels)});
    files.push_back({beside(path, "hpp"), emitCxxHeader(*model, llvm::sys::path::filename(beside(path, "h")))});
  }
  if (artifact == Artifact::Object) {
    files.insert(files.begin(), {path.str(), std::string(code.begin(), code.end())});
    return writeFiles(files, report);
  }
  {
    Stopwatch stopwatch(report, "link");
    if (llvm::Error error = target->isWasm() ? linkWasm(code, getExports(*model), options.runtime, path)
                                             : linkShared(code, *target, options.runtime, path))
      return error;
  }
  if (target->isWasm())
    files.push_back({beside(path, "mjs"), emitJavaScriptModule(*model, llvm::sys::path::filename(path))});
  if (report) {
    uint64_t bytes = 0;
    if (!llvm::sys::fs::file_size(path, bytes))
      report->files.push_back({path.str(), bytes});
  }
  return writeFiles(files, report);
}
