// Keeps those of a compiler's options that change how a file is parsed.
#include "CompileArguments.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/MemoryBuffer.h"

using llvm::StringRef;

namespace autograph {

/// Options whose value may be the next argument.
static const StringRef WithValue[] = {
    "-I",       "-D",        "-U",        "-isystem", "-iquote",      "-idirafter",         "-include",
    "-imacros", "-isysroot", "--sysroot", "-iprefix", "-iwithprefix", "-iwithprefixbefore", "-target",
    "--target"};

/// Options that are whole by themselves, or whose value follows without a blank.
static const StringRef Joined[] = {
    "-std=",   "--std=", "-stdlib=", "--sysroot=",         "--target=",     "--gcc-toolchain=",
    "-march=", "-mcpu=", "-mabi=",   "--gcc-install-dir=", "-resource-dir="};

static const StringRef Whole[] = {"-ansi",
                                  "-pthread",
                                  "-nostdinc",
                                  "-nostdinc++",
                                  "-nostdlibinc",
                                  "-undef",
                                  "-fexceptions",
                                  "-fno-exceptions",
                                  "-frtti",
                                  "-fno-rtti",
                                  "-fchar8_t",
                                  "-fno-char8_t",
                                  "-fsigned-char",
                                  "-funsigned-char",
                                  "-fshort-enums",
                                  "-fshort-wchar",
                                  "-fms-extensions",
                                  "-fopenmp",
                                  "-fno-builtin",
                                  "-ffreestanding",
                                  "-fcoroutines",
                                  "-fsized-deallocation",
                                  "-faligned-new",
                                  "-fno-operator-names",
                                  "-m32",
                                  "-m64",
                                  "-mavx",
                                  "-mavx2",
                                  "-mfma",
                                  "-mf16c",
                                  "-mbmi",
                                  "-mbmi2",
                                  "-mpopcnt",
                                  "-msse3",
                                  "-mssse3",
                                  "-msse4.1",
                                  "-msse4.2",
                                  "-mavx512f"};

bool expandFiles(std::vector<std::string> &Arguments, std::string &Unread) {
  std::vector<std::string> Expanded;
  for (const std::string &Argument : Arguments) {
    if (!StringRef(Argument).starts_with("@")) {
      Expanded.push_back(Argument);
      continue;
    }
    auto Buffer = llvm::MemoryBuffer::getFile(StringRef(Argument).substr(1), /*IsText=*/true);
    if (!Buffer) {
      Unread = Argument.substr(1);
      return false;
    }
    llvm::SmallVector<StringRef> Lines;
    (*Buffer)->getBuffer().split(Lines, '\n', -1, /*KeepEmpty=*/false);
    for (StringRef Line : Lines) Expanded.push_back(Line.trim().str());
  }
  Arguments = std::move(Expanded);
  return true;
}

std::vector<std::string> getParseArguments(llvm::ArrayRef<std::string> Arguments) {
  std::vector<std::string> Kept;
  for (size_t I = 0; I < Arguments.size(); ++I) {
    StringRef Argument = Arguments[I];
    if (llvm::is_contained(WithValue, Argument)) {
      if (I + 1 < Arguments.size()) {
        Kept.push_back(Arguments[I]);
        Kept.push_back(Arguments[++I]);
      }
      continue;
    }
    auto Begins = [&](StringRef Prefix) { return Argument.starts_with(Prefix); };
    // -I and such with their value, but not e.g. -Ofast: single letters are the ones of the first list.
    bool HasValue = llvm::any_of(WithValue, Begins);
    if (HasValue || llvm::any_of(Joined, Begins) || llvm::is_contained(Whole, Argument))
      Kept.push_back(Arguments[I]);
  }
  return Kept;
}

} // namespace autograph
