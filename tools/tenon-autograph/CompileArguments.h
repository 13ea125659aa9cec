// CompileArguments: what of a compiler's options changes how a file is parsed.
#pragma once

#include "llvm/ADT/ArrayRef.h"

#include <string>
#include <vector>

namespace autograph {

/// Keeps the options of g++ or clang++ that decide what a file means: includes, macros, the language and the target.
/// Warnings, optimization and what only one of the compilers knows are left out.
std::vector<std::string> getParseArguments(llvm::ArrayRef<std::string> Arguments);

/// Puts the lines of FILE, each an option, in the place of `@FILE`. False if one cannot be read; it is then `Unread`.
bool expandFiles(std::vector<std::string> &Arguments, std::string &Unread);

} // namespace autograph
