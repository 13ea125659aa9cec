// Compiles a function of f64 tensors (and integer ones) with the JIT and calls it on arrays.
#pragma once

#include "compiler/Target/Jit.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include <string>
#include <vector>

namespace tenon::test {

/// Elements in row-major order, floating-point and integer ones as double.
struct Tensor {
  std::vector<int64_t> shape;
  std::vector<double> elements;
};

class Compiled {
public:
  /// Throws std::runtime_error with the diagnostics.
  Compiled(mlir::tenon::Jit &jit, mlir::ModuleOp module, llvm::StringRef entry);

  /// Results of these shapes. Throws with the message where the call returns an error code, and where it does not give
  /// back the memory that it was lent.
  std::vector<Tensor> operator()(const std::vector<Tensor> &inputs, const std::vector<int64_t> &dims,
                                 const std::vector<std::vector<int64_t>> &resultShapes) const;

  /// How often it asked for memory in the last call.
  mutable int allocations = 0;
  /// It gets none at the nth time, counted from 0; -1 for always.
  int failing = -1;

private:
  std::shared_ptr<const mlir::tenon::CompiledFunction> function;
};

} // namespace tenon::test
