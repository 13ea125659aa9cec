// tenonc: compiles a module in the tenon dialect, text or bytecode, to IR of any stage, assembly, an object or a
// library.
#include "compiler/Codegen/TargetDescription.h"
#include "compiler/Pipelines/Register.h"
#include "compiler/Target/Artifact.h"

#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/raw_ostream.h"

#include <CLI/CLI.hpp>

#include <chrono>
#include <map>

using namespace mlir;
using namespace mlir::tenon;

static const std::map<std::string, Artifact> artifactNames = {
    {"tenon", Artifact::Tenon},     {"linalg", Artifact::Linalg}, {"buffers", Artifact::Buffers},
    {"vectors", Artifact::Vectors}, {"llvm", Artifact::LLVM},     {"llvm-ir", Artifact::LLVMIR},
    {"asm", Artifact::Assembly},    {"obj", Artifact::Object},    {"shared", Artifact::Shared},
    {"header", Artifact::Header}};

static int fail(const llvm::Twine &message) {
  llvm::errs() << "tenonc: error: " << message << "\n";
  return 1;
}

/// Where the output goes when nobody says: text to standard output, files beside the input.
static std::string getDefaultOutput(llvm::StringRef input, Artifact artifact, bool isWasm) {
  llvm::StringRef extension;
  switch (artifact) {
  case Artifact::Object: extension = "o"; break;
  case Artifact::Shared: extension = isWasm ? "wasm" : "so"; break;
  default: return "-";
  }
  llvm::SmallString<128> path(input == "-" ? "model" : llvm::sys::path::filename(input));
  llvm::sys::path::replace_extension(path, extension);
  return path.str().str();
}

/// "function f: workspace 4096 bytes (4096 live at once), ...", then what the workspace is for.
static void printFunction(llvm::raw_ostream &os, const ArtifactReport::Function &function) {
  os << "function " << function.name;
  const char *separator = " (";
  for (const auto &[name, size] : function.dims) {
    os << separator << name << "=" << size;
    separator = ", ";
  }
  os << (function.dims.empty() ? "" : ")") << ": workspace ";
  if (function.workspaceBytes)
    os << *function.workspaceBytes << " bytes";
  else
    os << "by dimensions";
  if (function.liveBytes.value_or(0))
    os << " (" << *function.liveBytes << " live at once)";
  if (function.assignedBytes)
    os << ", assigns " << function.assignedBytes << " bytes of state";
  if (function.readBytes)
    os << ", reads " << function.readBytes << " bytes of state";
  os << ", " << function.kernels << " kernel" << (function.kernels == 1 ? "" : "s") << "\n";
  if (function.temporaries.empty())
    return;
  int64_t sum = 0;
  for (const Temporary &temporary : function.temporaries) sum += temporary.bytes;
  os << "  temporaries: " << function.temporaries.size() << " of " << sum << " bytes together";
  constexpr size_t most = 6;
  for (const Temporary &temporary : llvm::ArrayRef(function.temporaries).take_front(most))
    os << "\n    " << temporary.bytes << " " << temporary.type
       << (temporary.place.empty() ? "" : " (" + temporary.place + ")");
  os << (function.temporaries.size() > most ? "\n    ...\n" : "\n");
}

/// "kernels: 12 functions for 40 loop nests, ..." and the largest of them.
static void printKernels(llvm::raw_ostream &os, const std::vector<KernelBytes> &kernels) {
  unsigned uses = 0;
  uint64_t bytes = 0;
  for (const KernelBytes &kernel : kernels) {
    uses += kernel.uses;
    bytes += kernel.codeBytes;
  }
  os << "kernels: " << kernels.size() << " function" << (kernels.size() == 1 ? "" : "s") << " for " << uses
     << " loop nest" << (uses == 1 ? "" : "s") << ", " << bytes << " bytes of code\n";
  constexpr size_t most = 12;
  for (const KernelBytes &kernel : llvm::ArrayRef(kernels).take_front(most)) {
    os << "    " << kernel.codeBytes << " " << kernel.name << (kernel.place.empty() ? "" : " (" + kernel.place + ")");
    if (kernel.uses > 1)
      os << ", " << kernel.uses << " uses";
    if (kernel.constantBytes)
      os << ", " << kernel.constantBytes << " bytes of constants";
    os << "\n";
  }
  if (kernels.size() > most)
    os << "    ...\n";
}

static void printReport(const ArtifactReport &report, double parse, double total) {
  llvm::raw_ostream &os = llvm::errs();
  for (const ArtifactReport::Function &function : report.functions) printFunction(os, function);
  for (const Decision &decision : report.decisions)
    os << "fusion in " << decision.function << (decision.place.empty() ? "" : " at ") << decision.place << ": "
       << decision.text << "\n";
  if (report.textBytes)
    os << "object: " << report.textBytes << " bytes of code, " << report.constantBytes << " of constants\n";
  for (const ArtifactReport::Level &level : report.levels)
    os << "  for " << level.cpu << ": " << level.textBytes << " bytes of code\n";
  if (report.textBytes && !report.kernels.empty())
    printKernels(os, report.kernels);
  if (report.stateBytes)
    os << "state: " << report.stateBytes << " bytes\n";
  if (report.weightsBytes)
    os << "weights: " << report.weightsBytes << " bytes\n";
  for (const ArtifactReport::File &file : report.files) os << "file " << file.path << ": " << file.bytes << " bytes\n";
  os << "time:";
  os << llvm::format(" parse %.1f", parse);
  for (const PhaseTime &phase : report.phases) os << llvm::format(", %s %.1f", phase.phase.c_str(), phase.milliseconds);
  os << llvm::format(", total %.1f ms\n", total);
}

static int run(const std::string &input, std::string output, Artifact artifact, ArtifactOptions &options,
               bool wantsReport, const ReportDims &reportDims) {
  using Clock = std::chrono::steady_clock;
  auto since = [](Clock::time_point start) {
    return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
  };
  Clock::time_point start = Clock::now();

  // A wrong target is known before anything is read.
  auto levels = Target::createLevels(options.target);
  if (!levels)
    return fail(llvm::toString(levels.takeError()));
  auto buffer = llvm::MemoryBuffer::getFileOrSTDIN(input);
  if (!buffer)
    return fail("cannot read '" + input + "': " + buffer.getError().message());

  DialectRegistry registry;
  registerDialects(registry);
  MLIRContext context(registry, MLIRContext::Threading::DISABLED);
  OwningOpRef<ModuleOp> module;
  {
    DiagnosticCollector diagnostics(&context);
    auto sources = std::make_shared<llvm::SourceMgr>();
    sources->AddNewSourceBuffer(
        llvm::MemoryBuffer::getMemBufferCopy((*buffer)->getBuffer(), input == "-" ? "<stdin>" : input), llvm::SMLoc());
    module = parseSourceFile<ModuleOp>(sources, ParserConfig(&context));
    if (!module)
      return fail("'" + input + "' is no module that tenonc can read\n" +
                  diagnostics.take("(neither MLIR text nor bytecode)"));
  }
  double parse = since(start);

  if (output.empty())
    output = getDefaultOutput(input, artifact, levels->front().isWasm());
  // The model's name: the module's, else the output's, else the input's.
  std::string stem = llvm::sys::path::stem(output != "-" ? output : input != "-" ? input : "model").str();
  for (char &c : stem)
    if (!llvm::isAlnum(c))
      c = '_';
  options.name = stem;
  ArtifactReport report;
  report.dims = reportDims;
  if (llvm::Error error = writeArtifact(*module, artifact, options, output, wantsReport ? &report : nullptr))
    return fail(llvm::toString(std::move(error)));
  if (wantsReport)
    printReport(report, parse, since(start));
  return 0;
}

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  CLI::App app{"tenonc compiles a module in the tenon dialect (.mlir text or bytecode) ahead of time.", "tenonc"};
  std::string input, output, emit = "obj", weights = "embed";
  ArtifactOptions options;
  bool report = false;
  app.set_version_flag("--version", "tenonc " TENON_VERSION);
  app.add_flag_callback(
      "--print-targets",
      [] {
        printTargetDescriptions(llvm::outs());
        throw CLI::Success();
      },
      "print the levels that code is generated for, with the numbers that tiles follow from");
  std::string targets;
  for (llvm::StringRef name : Target::getNames()) targets += (targets.empty() ? "" : ", ") + name.str();
  std::string emits;
  for (const auto &[name, artifact] : artifactNames) emits += (emits.empty() ? "" : ", ") + name;

  app.add_option("input", input, "the module; - is standard input")->required();
  app.add_option("-o,--output", output,
                 "the file to write; - is standard output (text goes there unless you say otherwise)");
  app.add_option("--emit", emit,
                 "what to write: tenon, linalg, buffers, vectors, llvm (IR after that phase), llvm-ir, asm, obj (with "
                 ".h and .hpp "
                 "beside it), shared (a library; for wasm32 a .wasm with a .mjs beside it), header")
      ->check(CLI::IsMember(artifactNames));
  app.add_option("--target", options.target.name, "the machine: " + targets);
  app.add_option("--cpu", options.target.cpu,
                 "a CPU as LLVM names it (znver4, cortex-a72), v3 for x86-64-v3, host for this one; the target's baseline "
                 "without. Several, as x86-64-v2,v3,v4: code for each in one object, which chooses at run time");
  app.add_option("--features", options.target.features, "features to add or remove: +avx512fp16,-fma");
  app.add_option("-O,--optimize", options.target.optLevel, "effort of the code generator, 0 to 3");
  app.add_option("--entry", options.entries, "compile only these public functions")->delimiter(',');
  app.add_option("--weights", weights,
                 "embed: constants are in the object; external: in a file beside it (.weights), which the program maps "
                 "and passes "
                 "to each entry point that uses it")
      ->check(CLI::IsMember({"embed", "external"}));
  app.add_option("--runtime", options.runtime, "the runtime's archive for the target, for --emit=shared");
  app.add_flag("--reference", options.settings.reference, "every op as scalar loops: slow and simple, for comparison");
  app.add_flag("--fuse,!--no-fuse", options.settings.fuse, "fuse element-wise ops into their consumers (default)");
  app.add_flag("--freeze,!--no-freeze", options.settings.freeze,
               "variables that no compiled function assigns become constants (default); without, all are the state's");
  app.add_option(
         "--parallel", options.settings.parallel,
         "which loops are offered to the threads that a call brings: worthwhile ones; always, all that can be cut; "
         "never")
      ->check(CLI::IsMember({"worthwhile", "always", "never"}));
  app.add_flag("--heap,!--no-heap", options.settings.heap,
               "the host gives memory where a model asks for it (default); without, a model that would is an error");
  app.add_flag("--report", report,
               "print workspace, temporaries, state, bytes, kernels with their code and times to standard error");
  std::vector<std::string> sizes;
  app.add_option("--report-dims", sizes, "the sizes of open dimensions for --report: batch=32,time=20; 32 without")
      ->delimiter(',');
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success &request) {
    return app.exit(request);
  } catch (const CLI::ParseError &error) {
    return fail(std::string(error.what()) + " (tenonc --help lists the options)");
  }
  options.externalWeights = weights == "external";
  ReportDims reportDims;
  for (llvm::StringRef size : sizes) {
    auto [name, number] = size.split('=');
    if (name.empty() || number.getAsInteger(10, reportDims.sizes[name]) || reportDims.sizes[name] < 0)
      return fail("--report-dims takes names with sizes, as batch=32, but got '" + size + "'");
  }
  return run(input, output, artifactNames.at(emit), options, report, reportDims);
}
