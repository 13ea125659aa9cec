// From a module in the LLVM dialect to LLVM IR, assembly, an object, a shared library or a WebAssembly module.
#pragma once

#include "compiler/Target/Target.h"

#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"

namespace mlir::tenon {

/// Translates `module` (LLVM dialect; attachTo() has been called) to LLVM IR for `target`.
llvm::Expected<std::unique_ptr<llvm::Module>> translateToLLVMIR(ModuleOp module, const Target &target,
                                                                llvm::LLVMContext &context);

/// Cleans the IR up for the code generator. Our own code generators have already tiled, vectorized and unrolled, so
/// this is a short list of cheap passes; nothing here vectorizes, reassociates or contracts, so it changes no bit of a
/// result.
void optimizeLLVMIR(llvm::Module &module, llvm::TargetMachine &machine);

enum class CodeKind { Assembly, Object };
/// Runs the code generator. The machine is the one that the module was optimized for.
llvm::Expected<SmallVector<char, 0>> generateCode(llvm::Module &module, llvm::TargetMachine &machine, CodeKind kind);

/// The three steps above at once.
llvm::Expected<SmallVector<char, 0>> emitCode(ModuleOp module, const Target &target, CodeKind kind);

/// Links an object into a shared library at `path` with the linker that this machine has (lld, else the target's ld).
/// `runtime` is an archive with Tenon's runtime, or empty: its functions then stay undefined for the program to give.
llvm::Error linkShared(ArrayRef<char> object, const Target &target, StringRef runtime, StringRef path);

/// Links an object with the runtime's archive into a WebAssembly module that exports `exports` and its memory.
llvm::Error linkWasm(ArrayRef<char> object, ArrayRef<std::string> exports, StringRef runtime, StringRef path);

} // namespace mlir::tenon
