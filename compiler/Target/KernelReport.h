// Where the bytes of an object are: the functions that loop nests became, with their code and constants.
#pragma once

#include "mlir/IR/BuiltinOps.h"

#include <string>
#include <vector>

namespace mlir::tenon {

/// A kernel that is a function of its own.
struct KernelBytes {
  std::string name;           ///< its symbol, "step.matmul_3"
  std::string place;          ///< "model.cpp:31", the line that the first of its uses is for, or empty
  unsigned uses = 0;          ///< nests that it is the code of
  uint64_t codeBytes = 0;     ///< of its code
  uint64_t constantBytes = 0; ///< of the constants that its uses read, each once
};

/// The kernels of a module at Stage::Vectors, without their code's size.
std::vector<KernelBytes> listKernels(ModuleOp module);

/// Adds the sizes of code from an object file's symbols, and sorts by it, the largest first.
void measureKernels(ArrayRef<char> object, std::vector<KernelBytes> &kernels);

} // namespace mlir::tenon
