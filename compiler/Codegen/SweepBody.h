// Emits a sweep's body for one chunk of the vectorized dimension.
#pragma once

#include "compiler/Codegen/SweepBuilder.h"

#include "mlir/IR/IRMapping.h"

namespace mlir::tenon {

/// The body of a sweep, split into what is the same for a whole row (uniform: emitted once, as scalars) and what
/// changes along the vectorized dimension. Scalars and vectors execute the same operations, so results do not depend on
/// which is which.
class SweepBody {
public:
  /// `vectorDim` is kNone for code that is all scalar. Operations in `skipped` (a reduction's combiner) are left to the
  /// caller.
  SweepBody(SweepBuilder &builder, const Sweep &sweep, int vectorDim, ArrayRef<Operation *> skipped = {});

  /// Whether every operation that changes along the vectorized dimension has a vector form, and every operand can be
  /// loaded so.
  bool canVectorize() const { return vectorizable && strided.empty(); }
  /// Whether it could if the operands that move along the vectorized dimension in strides were transposed first.
  bool canVectorizeTransposed() const { return vectorizable && !strided.empty(); }
  /// Those operands.
  ArrayRef<unsigned> getStrided() const { return strided; }
  /// Whether lanes that do not exist may execute the body: not where an integer division could trap.
  bool canMask() const { return maskable; }
  /// The number of elements in a vector of this target for the widest type in the body.
  int64_t getWidth() const { return width; }
  /// About the number of instructions for one chunk.
  int64_t getCost() const { return cost; }
  /// About the cycles for one point of the sweep: two instructions a cycle, and what its operands bring of memory.
  double cyclesPerPoint() const;

  /// Emits the uniform part, at the current position of all other dimensions (`indices[dim]`).
  void enterRow(ArrayRef<Value> indices);
  /// Emits the part that changes. Operands in `loaded` (operand number, value) are not loaded again.
  void emit(const Chunk &chunk, ArrayRef<std::pair<unsigned, Value>> loaded = {});
  /// A value of the body for the chunk emitted last, broadcast when it is uniform.
  Value get(Value bodyValue, const Chunk &chunk);
  /// Stores what the body yields for an output.
  void storeOutput(unsigned output, const Chunk &chunk);
  /// Emits and stores all outputs.
  void emitAndStore(const Chunk &chunk, ArrayRef<std::pair<unsigned, Value>> loaded = {});

  /// The indices of an operand's element at the current row and chunk.
  SmallVector<Value> indicesOf(const Access &access, Value base);

private:
  bool isVarying(Value value) const { return varying.contains(value); }
  void analyse();
  void emitOp(Operation *op, IRMapping &mapping, const Chunk &chunk);

  SweepBuilder &b;
  const Sweep &sweep;
  int vectorDim;
  DenseSet<Operation *> skipped;
  DenseSet<Value> varying;
  SmallVector<unsigned> strided;
  bool vectorizable = true;
  bool maskable = true;
  int64_t width = 1;
  int64_t cost = 1;
  SmallVector<Value> row;
  IRMapping uniform;
  IRMapping current;
};

} // namespace mlir::tenon
