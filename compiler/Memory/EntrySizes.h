// Sizes of temporaries as values at a function's entry: what the workspace is planned with.
#pragma once

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/Dominance.h"
#include "mlir/IR/IRMapping.h"

namespace mlir::tenon {
/// Computes integers from within a function where its entry's values suffice: sizes of arguments and arithmetic on
/// them.
class EntrySizes {
public:
  /// New ops go where `builder` stands: in the entry block.
  EntrySizes(func::FuncOp function, OpBuilder &builder) : function(function), builder(builder), dominance(function) {}

  /// The value itself, or null where it depends on more than sizes of arguments.
  Value known(Value value);

  /// A value that is at least `value` where `user` runs, or null. Besides what is known it understands minima, maxima,
  /// sums, differences from something at least 0, what a loop counts, and that a slice is not larger than what it is
  /// cut from: its check came before.
  Value bound(Value value, Operation *user) { return bound(value, user, 16); }

private:
  /// The size of a buffer's dimension.
  Value sizeOf(Value buffer, int64_t index);
  Value bound(Value value, Operation *user, int depth);
  Value boundOfOp(Value value, Operation *user, int depth);

  func::FuncOp function;
  OpBuilder &builder;
  DominanceInfo dominance;
  IRMapping copies;
};
} // namespace mlir::tenon
