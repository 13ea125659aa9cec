// What an entry point knows of the buffers that its kernels use: whether two share memory, alignment, sizes.
#pragma once

#include "compiler/Codegen/KernelSegments.h"
#include "compiler/Target/Signature.h"

#include "mlir/Dialect/Bufferization/Transforms/BufferViewFlowAnalysis.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace mlir::tenon {

/// The buffers of one entry point: its arguments, of which no two share memory but inputs that are only read; pieces of
/// its last argument, the workspace, of which two that live at the same time do not; and constants.
class EntryBuffers {
public:
  /// Lets dimensions that are equal by their names be one value.
  EntryBuffers(func::FuncOp function, const FunctionSignature &signature);

  /// Says that `view`, made anew in each iteration of a loop of a kernel, now stands before it.
  void noteHoisted(Value view) { hoisted.insert(view); }
  /// For each of `buffers`, which `segment` uses, whether it shares no memory with another that is written.
  SmallVector<bool> findUnshared(const KernelSegment &segment, ArrayRef<Value> buffers, ArrayRef<bool> written);
  /// Which of `buffers` are written in `segment`.
  SmallVector<bool> findWritten(const KernelSegment &segment, ArrayRef<Value> buffers);
  /// What the address of `buffer` is a multiple of.
  int64_t getAlignment(Value buffer);

  /// The size of an open dimension where there is a value for it; null where it has to be read.
  Value getSize(Value buffer, unsigned dim);

private:
  /// Every value that `buffer` may be a view of, or the same as, itself included.
  const SetVector<Value> &getSources(Value buffer);
  bool areDistinct(Value lhs, Value rhs, const DenseMap<Value, std::pair<unsigned, unsigned>> &uses);
  bool areDistinctSources(Value lhs, Value rhs, bool liveTogether);
  SmallVector<Value> getOrigins(Value buffer);

  func::FuncOp function;
  BufferViewFlowAnalysis flow;
  DenseMap<Value, SetVector<Value>> sources;
  DenseSet<Value> hoisted;
  DenseMap<std::pair<Value, unsigned>, Value> sizes;
};

} // namespace mlir::tenon
