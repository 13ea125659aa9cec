// CompileArguments: what of a compiler's options changes how a file is parsed.
#pragma once

#include "llvm/ADT/ArrayRef.h"

#include <string>
#include <vector>

namespace autograph {

/// Keeps the options of g++ or clang++ that decide what a file means: includes, macros, the language and the target.
/// Warnings, optimization and what only one of the compilers knows are left out.
std::vector<std::string> getParseArguments(llvm::ArrayRef<std::string> Arguments);

} // namespace autograph
