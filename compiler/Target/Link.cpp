// Runs the linker that this machine has: an object becomes a shared library or a WebAssembly module.
#include "compiler/Target/Emission.h"
#include "compiler/Target/OutputFile.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/Program.h"

using namespace mlir;
using namespace mlir::tenon;

static llvm::Error makeError(const Twine &message) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), message.str());
}

/// The first of `names` on the PATH or among LLVM's own programs.
static std::string findProgram(ArrayRef<StringRef> names) {
  for (StringRef name : names) {
    if (auto found = llvm::sys::findProgramByName(name))
      return *found;
    if (auto found = llvm::sys::findProgramByName(name, {"/usr/lib/llvm-22/bin"}))
      return *found;
  }
  return "";
}

/// Links `object` into `path` through a file beside it: a linker that fails half way leaves what was there.
static llvm::Error runLinker(StringRef linker, ArrayRef<StringRef> arguments, ArrayRef<char> object, StringRef runtime,
                             StringRef path) {
  if (!runtime.empty() && !llvm::sys::fs::exists(runtime))
    return makeError("the runtime's archive '" + runtime + "' does not exist");
  SmallString<128> objectPath, outputPath, messages;
  int fd;
  if (std::error_code ec = llvm::sys::fs::createTemporaryFile("tenon", "o", fd, objectPath))
    return makeError("cannot write a temporary file: " + ec.message());
  llvm::sys::Process::SafelyCloseFileDescriptor(fd);
  llvm::FileRemover removeObject(objectPath);
  if (llvm::Error error = writeFile(objectPath, object))
    return error;
  if (std::error_code ec = llvm::sys::fs::createTemporaryFile("tenon", "txt", messages))
    return makeError("cannot write a temporary file: " + ec.message());
  llvm::FileRemover removeMessages(messages);
  if (std::error_code ec = llvm::sys::fs::createUniqueFile(path + ".%%%%%%%%.tmp", outputPath))
    return makeError("cannot write '" + path + "': " + ec.message());
  llvm::FileRemover removeOutput(outputPath);

  SmallVector<StringRef> command{linker};
  command.append(arguments.begin(), arguments.end());
  command.append({"-o", outputPath, objectPath});
  if (!runtime.empty())
    command.push_back(runtime);
  std::string failure;
  std::optional<StringRef> redirects[] = {StringRef(""), StringRef(messages), StringRef(messages)};
  int code = llvm::sys::ExecuteAndWait(linker, command, std::nullopt, redirects, /*SecondsToWait=*/60, 0, &failure);
  if (code != 0) {
    auto text = llvm::MemoryBuffer::getFile(messages);
    std::string said = text ? (*text)->getBuffer().trim().str() : "";
    return makeError("the linker '" + linker + "' failed: " + (said.empty() ? failure : said));
  }
  if (std::error_code ec = llvm::sys::fs::rename(outputPath, path))
    return makeError("cannot write '" + path + "': " + ec.message());
  removeOutput.releaseFile();
  return llvm::Error::success();
}

llvm::Error mlir::tenon::linkShared(ArrayRef<char> object, const Target &target, StringRef runtime, StringRef path) {
  if (target.getTriple().isWasm())
    return makeError("wasm32 has no shared libraries");
  // lld links for every target; a GNU linker for one.
  std::string linker = findProgram({"ld.lld-22", "ld.lld"});
  if (linker.empty()) {
    std::string gnu = target.getTriple().getArchName().str() + "-linux-gnu-ld";
    if (target.getTriple().isARM())
      gnu = "arm-linux-gnueabihf-ld";
    linker = findProgram(target.getTriple().isX86() ? ArrayRef<StringRef>{gnu, "ld"} : ArrayRef<StringRef>{gnu});
  }
  if (linker.empty())
    return makeError("no linker for '" + target.getTriple().str() +
                     "' on this machine: install lld, or emit an object (--emit=obj) and link it yourself");
  return runLinker(linker, {"-shared", "--gc-sections", "--hash-style=gnu", "-z", "relro"}, object, runtime, path);
}

llvm::Error mlir::tenon::linkWasm(ArrayRef<char> object, ArrayRef<std::string> exports, StringRef runtime,
                                  StringRef path) {
  std::string linker = findProgram({"wasm-ld-22", "wasm-ld"});
  if (linker.empty())
    return makeError(
        "no linker for WebAssembly on this machine: install lld (it has wasm-ld), or emit an object (--emit=obj)");
  if (runtime.empty())
    return makeError("a WebAssembly module contains the runtime: name its archive for wasm32 with --runtime");
  std::vector<std::string> arguments{"--no-entry", "--gc-sections", "--strip-all", "--export=__heap_base",
                                     "--stack-first"};
  for (const std::string &symbol : exports) arguments.push_back("--export=" + symbol);
  SmallVector<StringRef> references(arguments.begin(), arguments.end());
  return runLinker(linker, references, object, runtime, path);
}
