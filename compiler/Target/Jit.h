// Compiles traced functions into this process: the same pipeline as ahead of time, with a cache in memory and one on
// disk.
#pragma once

#include "compiler/Target/ObjectCache.h"
#include "compiler/Target/Signature.h"
#include "compiler/Target/Target.h"

#include <memory>

struct tenon_context;

namespace mlir::tenon {

/// A function in memory, ready to be called from any thread; it lives as long as its Jit.
struct CompiledFunction {
  /// `buffers`: inputs, variables, outputs; `dims`: a size per name in `signature.dims`. Nothing is checked; outputs
  /// and workspace are the caller's, the workspace aligned to 64 bytes, and no buffer that is written overlaps another.
  /// Returns a code of tenon/runtime/abi.h.
  using Call = int32_t (*)(const tenon_context *context, void *const *buffers, const int64_t *dims, void *workspace,
                           size_t workspaceBytes);
  Call call = nullptr;
  /// Bytes of workspace for these dims; null where `signature.workspaceBytes` says them.
  size_t (*workspace)(const int64_t *dims) = nullptr;
  /// The outputs' Computed dimensions, in order; null where there are none.
  void (*shapes)(const int64_t *dims, int64_t *sizes) = nullptr;
  FunctionSignature signature;
  /// Where it came from, for reports: compiled now (false) or found in the persistent cache (true).
  bool fromCache = false;

  size_t getWorkspaceBytes(const int64_t *dims) const {
    return signature.workspaceBytes ? static_cast<size_t>(*signature.workspaceBytes) : workspace(dims);
  }
};

struct JitOptions {
  /// The present CPU unless a test says otherwise.
  TargetOptions target;
  /// Every op as scalar loops: the same bits, slowly.
  bool reference = false;
  bool fuse = true;
  bool persistent = true;
  ObjectCache::Options cache;
};

/// Thread-safe. A module is only read while its function is looked for in the caches, then cloned and compiled in its
/// own context; an MLIRContext without multithreading must not be used by two threads at once, which is the caller's
/// care.
class Jit {
public:
  static llvm::Expected<std::unique_ptr<Jit>> create(const JitOptions &options);
  ~Jit();

  /// Compiles the public function `entry` of a module in the tenon dialect; what else the module holds is helpers
  /// (inlined) and variables. Two modules that differ only in locations are the same. An error has the sentences of all
  /// diagnostics.
  llvm::Expected<std::shared_ptr<const CompiledFunction>> compile(ModuleOp module, StringRef entry);

  /// What decides the result of compiling: the module's text without locations, its constants, options, CPU, version.
  CacheKey getKey(ModuleOp module, StringRef entry) const;

  const ObjectCache &getCache() const;
  struct Statistics {
    unsigned memoryHits = 0, cacheHits = 0, compilations = 0;
  };
  Statistics getStatistics() const;

private:
  struct Implementation;
  explicit Jit(std::unique_ptr<Implementation> implementation);
  std::unique_ptr<Implementation> implementation;
};

} // namespace mlir::tenon
