// The JIT: two caches in front of the pipeline, and ORC with JITLink behind it.
#include "compiler/Target/Jit.h"

#include "compiler/Target/Compile.h"
#include "compiler/Target/Emission.h"

#include "tenon/runtime/compiled.h"

#include "mlir/AsmParser/AsmParser.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Diagnostics.h"
#include "llvm/ExecutionEngine/Orc/AbsoluteSymbols.h"
#include "llvm/ExecutionEngine/Orc/Core.h"
#include "llvm/ExecutionEngine/Orc/MapperJITLinkMemoryManager.h"
#include "llvm/ExecutionEngine/Orc/MemoryMapper.h"
#include "llvm/ExecutionEngine/Orc/ObjectLinkingLayer.h"
#include "llvm/ExecutionEngine/Orc/SelfExecutorProcessControl.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/SmallVectorMemoryBuffer.h"

#include <atomic>
#include <cstring>
#include <map>
#include <mutex>

using namespace mlir;
using namespace mlir::tenon;
namespace orc = llvm::orc;

namespace mlir::tenon {
/// A hash of the compiler's libraries (BuildId.cpp is written by the build): objects of another compiler are not ours.
extern const char buildId[];
} // namespace mlir::tenon

struct Jit::Implementation {
  Implementation(Target target, const JitOptions &options)
      : target(std::move(target)), settings{options.reference, options.fuse, /*freeze=*/false, /*verify=*/false},
        cache(options.persistent ? options.cache : ObjectCache::Options{"off"}) {}
  ~Implementation() {
    if (session)
      if (llvm::Error error = session->endSession())
        llvm::consumeError(std::move(error));
  }

  llvm::Error start();
  llvm::Expected<CacheEntry> compile(ModuleOp module, StringRef entry, const CacheKey &key);
  llvm::Expected<std::shared_ptr<CompiledFunction>> link(const CacheEntry &entry, MLIRContext *context);

  Target target;
  CompileSettings settings;
  ObjectCache cache;
  std::unique_ptr<orc::ExecutionSession> session;
  std::unique_ptr<orc::ObjectLinkingLayer> linker;
  orc::JITDylib *runtime = nullptr;
  std::atomic<unsigned> numDylibs{0}, memoryHits{0}, cacheHits{0}, compilations{0};
  std::mutex mutex;
  std::map<CacheKey, std::shared_ptr<const CompiledFunction>> functions;
};

static llvm::Error makeError(const Twine &message) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), message.str());
}

llvm::Error Jit::Implementation::start() {
  llvm::Expected<std::unique_ptr<orc::SelfExecutorProcessControl>> process = orc::SelfExecutorProcessControl::Create();
  if (!process)
    return process.takeError();
  session = std::make_unique<orc::ExecutionSession>(std::move(*process));
  // What goes wrong is returned by lookup; nothing is printed.
  session->setErrorReporter([](llvm::Error error) { llvm::consumeError(std::move(error)); });
  // Small functions share reservations of address space.
  auto memory = orc::MapperJITLinkMemoryManager::CreateWithMapper<orc::InProcessMemoryMapper>(16 << 20);
  if (!memory)
    return memory.takeError();
  linker = std::make_unique<orc::ObjectLinkingLayer>(*session, std::move(*memory));

  // Objects see these and nothing else of the process.
  runtime = &session->createBareJITDylib("runtime");
  orc::SymbolMap symbols;
  auto add = [&](const char *name, auto *address) {
    symbols[session->intern(name)] = {orc::ExecutorAddr::fromPtr(address),
                                      llvm::JITSymbolFlags::Exported | llvm::JITSymbolFlags::Callable};
  };
  add("memcpy", &std::memcpy);
  add("memmove", &std::memmove);
  add("memset", &std::memset);
#define TENON_ADD(NAME) add(#NAME, &NAME);
  TENON_ADD(tenon_runtime_null_pointer)
  TENON_ADD(tenon_runtime_misaligned)
  TENON_ADD(tenon_runtime_bad_dimension)
  TENON_ADD(tenon_runtime_workspace_too_small)
  TENON_ADD(tenon_runtime_cpu_supported)
  TENON_ADD(tenon_runtime_cpu_unsupported)
  TENON_ADD(tenon_runtime_raise)
  TENON_ADD(tenon_runtime_cancel_flag)
  TENON_ADD(tenon_runtime_cancelled)
  TENON_ADD(tenon_runtime_print)
  TENON_ADD(tenon_runtime_parallel)
  TENON_ADD(tenon_runtime_list_create)
  TENON_ADD(tenon_runtime_list_push)
  TENON_ADD(tenon_runtime_list_pop)
  TENON_ADD(tenon_runtime_list_get)
  TENON_ADD(tenon_runtime_list_count)
  TENON_ADD(tenon_runtime_list_failed)
  TENON_ADD(tenon_runtime_lists_free)
#undef TENON_ADD
  return runtime->define(orc::absoluteSymbols(std::move(symbols)));
}

/// From IR to an object. The clone is the JIT's own, so that the caller's module stays as it was traced.
llvm::Expected<CacheEntry> Jit::Implementation::compile(ModuleOp module, StringRef entry, const CacheKey &key) {
  DiagnosticCollector diagnostics(module.getContext());
  OwningOpRef<ModuleOp> clone(module.clone());
  auto function = clone->lookupSymbol<func::FuncOp>(entry);
  if (!function || function.isExternal())
    return makeError("the module has no function '" + entry + "' to compile");
  // Others are helpers of this one, and go once they are inlined.
  for (auto other : clone->getOps<func::FuncOp>())
    other.setVisibility(other == function ? SymbolTable::Visibility::Public : SymbolTable::Visibility::Private);
  if (failed(lowerToStage(*clone, target, settings, Stage::LLVM)))
    return makeError(diagnostics.take("'" + entry.str() + "' cannot be compiled, and the compiler did not say why"));
  FailureOr<ModelInterface> model = emitEntryPoints(*clone, ArrayRef(target), /*packedOnly=*/true, /*hash=*/0);
  if (failed(model) || model->functions.size() != 1)
    return makeError(diagnostics.take("'" + entry.str() + "' lost its signature on the way to code"));

  llvm::Expected<SmallVector<char, 0>> object = emitCode(*clone, target, CodeKind::Object);
  if (!object)
    return makeError(diagnostics.take(llvm::toString(object.takeError())));
  CacheEntry result;
  llvm::raw_string_ostream(result.signature) << model->functions.front().toAttribute(module.getContext());
  result.object = std::move(*object);
  return result;
}

llvm::Expected<std::shared_ptr<CompiledFunction>> Jit::Implementation::link(const CacheEntry &entry,
                                                                            MLIRContext *context) {
  auto function = std::make_shared<CompiledFunction>();
  DiagnosticCollector diagnostics(context);
  Attribute attribute = parseAttribute(entry.signature, context);
  FailureOr<FunctionSignature> signature =
      FunctionSignature::fromAttribute(attribute, [&] { return emitError(UnknownLoc::get(context)); });
  if (failed(signature))
    return makeError(diagnostics.take("a compiled function has no signature"));
  function->signature = std::move(*signature);

  llvm::Expected<orc::JITDylib &> dylib = session->createJITDylib("function." + std::to_string(numDylibs++));
  if (!dylib)
    return dylib.takeError();
  dylib->addToLinkOrder(*runtime);
  SmallVector<char, 0> object(entry.object);
  if (llvm::Error error = linker->add(
          *dylib, std::make_unique<llvm::SmallVectorMemoryBuffer>(std::move(object), function->signature.name, false)))
    return error;
  auto lookup = [&](const std::string &name) { return session->lookup({&*dylib}, name); };
  llvm::Expected<orc::ExecutorSymbolDef> call = lookup(function->signature.name);
  if (!call)
    return call.takeError();
  function->call = call->getAddress().toPtr<CompiledFunction::Call>();
  if (!function->signature.workspaceBytes) {
    llvm::Expected<orc::ExecutorSymbolDef> workspace = lookup(function->signature.name + "_workspace");
    if (!workspace)
      return workspace.takeError();
    function->workspace = workspace->getAddress().toPtr<size_t (*)(const int64_t *)>();
  }
  if (function->signature.getNumComputedDims()) {
    llvm::Expected<orc::ExecutorSymbolDef> shapes = lookup(function->signature.name + "_shapes");
    if (!shapes)
      return shapes.takeError();
    function->shapes = shapes->getAddress().toPtr<void (*)(const int64_t *, int64_t *)>();
  }
  return function;
}

Jit::Jit(std::unique_ptr<Implementation> implementation) : implementation(std::move(implementation)) {}
Jit::~Jit() = default;

llvm::Expected<std::unique_ptr<Jit>> Jit::create(const JitOptions &options) {
  llvm::Expected<Target> target = Target::create(options.target);
  if (!target)
    return target.takeError();
  auto implementation = std::make_unique<Implementation>(std::move(*target), options);
  if (llvm::Error error = implementation->start())
    return error;
  return std::unique_ptr<Jit>(new Jit(std::move(implementation)));
}

CacheKey Jit::getKey(ModuleOp module, StringRef entry) const {
  const Implementation &self = *implementation;
  std::string salt = std::string("tenon " TENON_VERSION " ") + buildId + "|" + self.target.getKey() + "|" +
                     self.target.getLevelName().str() + (self.settings.reference ? "|reference" : "|emitters") +
                     (self.settings.fuse ? "|fuse|" : "|apart|") + entry.str();
  return hashModule(module, salt);
}

llvm::Expected<std::shared_ptr<const CompiledFunction>> Jit::compile(ModuleOp module, StringRef entry) {
  Implementation &self = *implementation;
  CacheKey key = getKey(module, entry);
  {
    std::lock_guard<std::mutex> lock(self.mutex);
    if (auto it = self.functions.find(key); it != self.functions.end()) {
      ++self.memoryHits;
      return it->second;
    }
  }
  std::shared_ptr<CompiledFunction> function;
  if (std::optional<CacheEntry> known = self.cache.load(key)) {
    // An entry that is whole but does not link is treated as one that is not there.
    if (auto linked = self.link(*known, module.getContext())) {
      function = std::move(*linked);
      function->fromCache = true;
      ++self.cacheHits;
    } else {
      llvm::consumeError(linked.takeError());
    }
  }
  if (!function) {
    llvm::Expected<CacheEntry> compiled = self.compile(module, entry, key);
    if (!compiled)
      return compiled.takeError();
    ++self.compilations;
    auto linked = self.link(*compiled, module.getContext());
    if (!linked)
      return linked.takeError();
    function = std::move(*linked);
    self.cache.store(key, *compiled);
  }
  // Two threads may have compiled the same; both then use what came first.
  std::lock_guard<std::mutex> lock(self.mutex);
  return self.functions.try_emplace(key, std::move(function)).first->second;
}

const ObjectCache &Jit::getCache() const { return implementation->cache; }

Jit::Statistics Jit::getStatistics() const {
  return {implementation->memoryHits, implementation->cacheHits, implementation->compilations};
}
