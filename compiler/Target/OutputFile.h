// Writes a file whole or not at all.
#pragma once

#include "mlir/Support/LLVM.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

namespace mlir::tenon {
/// Writes `contents` beside `path` and renames it into place, so that nobody ever sees half of it; "-" is standard
/// output. The error names the path and the reason.
llvm::Error writeFile(StringRef path, StringRef contents);
inline llvm::Error writeFile(StringRef path, ArrayRef<char> contents) {
  return writeFile(path, StringRef(contents.data(), contents.size()));
}
} // namespace mlir::tenon
