// What every emitter of sweeps builds with: loops, chunks of the vectorized dimension, loads and stores of chunks.
#pragma once

#include "compiler/Codegen/ParallelBoxes.h"
#include "compiler/Codegen/Sweep.h"
#include "compiler/Codegen/TargetDescription.h"

#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace mlir::tenon {

/// Constants and scratch at the start of a function, one of each, shared by all sweeps.
class ConstantPool {
public:
  explicit ConstantPool(Block *entry) : entry(entry) {}
  Value get(Location loc, TypedAttr value);
  /// The function's buffer of reduction lanes of `type`; reductions use it one after the other.
  Value getLaneBuffer(Location loc, Type type);

private:
  Block *entry;
  DenseMap<Attribute, Value> constants;
  DenseMap<Type, Value> laneBuffers;
};

/// Consecutive elements of the vectorized dimension that one vector holds, or a single element.
struct Chunk {
  /// The first element's index in the dimension.
  Value base;
  /// The number of lanes; 1 means scalars.
  int64_t width = 1;
  /// i1 vector that says which lanes exist; null when all do.
  Value mask;
};

/// Values carried through loops.
using Carried = SmallVector<Value, 4>;

/// Builds with one location, shared constants, and what the target has.
class SweepBuilder : public ImplicitLocOpBuilder {
public:
  SweepBuilder(Operation *before, ConstantPool &pool, const Threads &threads)
      : ImplicitLocOpBuilder(before->getLoc(), before), pool(pool), target(threads.target), threads(threads) {}

  const TargetDescription &getTarget() const { return target; }

  /// Whether vectors of `element` are loaded and stored under a mask by one instruction.
  bool masks(Type element) {
    return target.masks(element.isInteger(1) ? Type(getI8Type()) : element.isIndex() ? Type(getI64Type()) : element);
  }

  Value index(int64_t value) { return constant(getIndexAttr(value)); }
  Value index(OpFoldResult value);
  Value constant(TypedAttr value) { return pool.get(getLoc(), value); }
  /// The constant in every lane; a scalar for width 1.
  Value splat(TypedAttr scalar, int64_t width);
  Value add(Value lhs, int64_t rhs);
  Value mul(Value lhs, int64_t rhs);

  /// A counted loop; `body` gets the induction variable and the carried values, and gives the next ones.
  Carried loop(Value lower, Value upper, int64_t step, ValueRange inits, function_ref<Carried(Value, ValueRange)> body);
  void loop(Value lower, Value upper, int64_t step, function_ref<void(Value)> body);
  /// Every index of `extent`, or those in `range`: a loop, or, when `unroll` is set and the extent is a constant,
  /// copies of the body.
  void forEach(OpFoldResult extent, bool unroll, function_ref<void(Value)> body, const UnitRange *range = nullptr);

  /// Visits `extent` elements in blocks of up to `count` chunks of `width`; the last block of a constant extent is what
  /// is left, with its tail, an open one is finished chunk by chunk. Of `range` those of its blocks, as countBlocks
  /// counts them.
  void forEachBlock(OpFoldResult extent, int64_t width, int64_t count, bool maskable,
                    function_ref<void(ArrayRef<Chunk>)> body, const UnitRange *range = nullptr);
  /// Visits `extent` elements in chunks of `width`, `unroll` chunks in each turn of the main loop; the tail is a masked
  /// chunk where `maskable`, else shorter vectors (constant extents) or scalars.
  void forEachChunk(OpFoldResult extent, int64_t width, int64_t unroll, bool maskable,
                    function_ref<void(const Chunk &)> body, const UnitRange *range = nullptr);
  /// The blocks of `extent`, what is left of it as the last one.
  OpFoldResult countBlocks(OpFoldResult extent, int64_t width, int64_t count);

  /// Emits a nest whose every point takes about `cycles`, in boxes where that is worth it: `cut` are dimensions that
  /// may be cut, from outside to inside, with their units. Inside of `body` rangeOf tells what to do of each. Only
  /// those are cut by which every output is indexed.
  void inBoxes(const Sweep &sweep, double cycles, ArrayRef<std::pair<int, OpFoldResult>> cut,
               function_ref<void()> body);
  /// The part of a dimension that is emitted; null for all of it.
  const UnitRange *rangeOf(int dim) const;
  /// The chunks that cover a tail of `count` elements from `base`, fewer than `width`.
  SmallVector<Chunk> tailChunks(Value base, int64_t count, int64_t width, bool maskable);
  /// The mask of a tail whose number of elements is known at run time only.
  Value openMask(Value count, int64_t width);

  /// The indices of an operand's element, given those of the sweep's dimensions.
  SmallVector<Value> addressOf(const Access &access, function_ref<Value(int)> indexOf);
  /// Loads the chunk at `indices` (whose last one is the chunk's base), i1 as the bytes it is stored in.
  Value load(Value memref, ValueRange indices, const Chunk &chunk);
  void store(Value value, Value memref, ValueRange indices, const Chunk &chunk);

  /// The operation with operands replaced and types widened to `width` lanes.
  Operation *widen(Operation *op, ValueRange operands, int64_t width);
  /// `scalar` in every lane, emitted where the scalar is defined so that no loop repeats it.
  Value broadcast(Value scalar, int64_t width);

  /// A buffer of one element of `type` per reduction lane, on the stack of the function.
  Value laneBuffer(Type type);

private:
  Value bytesOf(Value memref);

  ConstantPool &pool;
  const TargetDescription &target;
  Threads threads;
  DenseMap<std::pair<Value, int64_t>, Value> broadcasts;
  DenseMap<Value, Value> byteViews;
  DenseMap<int, UnitRange> ranges;
};

/// `type` itself for width 1, else the vector of `width` of them.
Type widened(Type type, int64_t width);

} // namespace mlir::tenon
