// Which values lie between the sources and the targets of a gradient.
#pragma once

#include "mlir/IR/Operation.h"
#include "llvm/ADT/DenseSet.h"

namespace mlir::tenon {

/// Where values flow: from operand to result, through yields and carried values, not through stop_gradient, integers or
/// booleans.
class Flow {
public:
  /// Adds what `op` and everything in it lets through.
  void add(Operation *op);
  llvm::DenseSet<Value> reach(ValueRange from, bool forward) const;

private:
  void edge(Value from, Value to);
  SmallVector<std::pair<Value, Value>> edges;
};

struct Activity {
  llvm::DenseSet<Value> varied; ///< depend on a source
  llvm::DenseSet<Value> useful; ///< a target depends on them
  bool needs(Value value) const { return varied.contains(value) && useful.contains(value); }
};

} // namespace mlir::tenon
