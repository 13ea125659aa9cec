// How much memory the functions of a module take, in numbers: open dimensions get sizes that the reader chose.
#pragma once

#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/StringMap.h"

#include <optional>
#include <string>
#include <vector>

namespace mlir::tenon {
struct FunctionSignature;

/// A buffer that a function computes in and nobody else sees.
struct Temporary {
  std::string type; ///< "f32[32,128]"
  int64_t bytes;
  std::string place; ///< "model.cpp:31", the user's line that it is for, or empty
};

/// "model.cpp:31": the innermost place in a file, or nothing.
std::string describePlace(Location loc);

/// Sizes by the name of the dimension; a name that is missing has `otherwise`.
struct ReportDims {
  llvm::StringMap<int64_t> sizes;
  int64_t otherwise = 32;
  int64_t get(StringRef name) const {
    auto it = sizes.find(name);
    return it == sizes.end() ? otherwise : it->second;
  }
};

/// "model.cpp:31": the innermost place in a file; empty where there is none.
std::string describePlace(Location loc);

/// The temporaries of a body, largest first: `module` is at Stage::Buffers and stays as it is. Those inside of loops
/// whose size changes from iteration to iteration are left out.
std::vector<Temporary> listTemporaries(ModuleOp module, const FunctionSignature &signature, const ReportDims &dims);

/// The bytes of workspace, of which the temporaries that are not needed at the same time share: `module` is at
/// Stage::Vectors. Not known where the pipeline left something that does not fold.
std::optional<int64_t> evaluateWorkspace(ModuleOp module, const FunctionSignature &signature, const ReportDims &dims);

} // namespace mlir::tenon
