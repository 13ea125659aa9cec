// A function with a segment's ops as its body, of bare pointers and scalars.
#pragma once

#include "compiler/Codegen/EntryBuffers.h"

#include "mlir/IR/IRMapping.h"

namespace mlir::tenon {

/// A segment as a function, with what a call passes to it. The function is not in a module yet.
class KernelFunction {
public:
  /// Copies `segment` into a function that takes what differs between equal kernels: buffers as pointers, sizes that
  /// are open, scalars. Constants, and views by which the kernel sees its buffers, are made inside. Failure where a
  /// value that the kernel would return or take is no scalar and no buffer.
  static FailureOr<KernelFunction> create(KernelSegment segment, EntryBuffers &entryBuffers);

  /// Equal in all but locations and what pointers are aligned to.
  bool isEquivalentTo(const KernelFunction &other) const;
  llvm::hash_code getHash() const { return hash; }
  /// About how many instructions the segment is.
  unsigned getSize() const { return size; }
  func::FuncOp getFunction() const { return *function; }
  func::FuncOp take() { return function.release(); }
  Location getLoc() const;

  /// Calls `callee`, this function or an equivalent one, where the segment stood, and erases the segment. `replaced`
  /// maps results of segments that are gone to those of calls, and is added to.
  func::CallOp replaceSegment(func::FuncOp callee, IRMapping &replaced);
  /// Lets `callee` promise of its pointers no more than what those of this one hold.
  void relaxAlignments(func::FuncOp callee) const;

private:
  friend class KernelBuilder;
  KernelSegment segment;
  OwningOpRef<func::FuncOp> function;
  /// What `create` found of each argument: a buffer, a part of its shape, or a scalar.
  struct Argument {
    enum class Kind { Scalar, Buffer, Base, Offset, Size, Stride } kind;
    Value value;
    unsigned dim = 0;
  };
  Value materialize(OpBuilder &builder, Argument argument, const IRMapping &results) const;
  SmallVector<Argument> arguments;
  SmallVector<int64_t> alignments;
  SmallVector<Value> results;
  llvm::hash_code hash{};
  unsigned size = 0;
};

} // namespace mlir::tenon
