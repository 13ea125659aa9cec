// The 64 lanes of a reduction over innermost dimensions, and how a row goes through them.
#pragma once

#include "compiler/Codegen/Combiner.h"

namespace mlir::tenon {

/// combine(accumulator, element), both scalars or vectors of the given number of lanes.
using Combine = std::function<Value(Value, Value, int64_t)>;

/// The lanes, in up to 64 / width vectors ("slots"). A slot that nothing touched yet is null and stands for the
/// identity, and so do slots beyond those that a short row needs.
class LaneAccumulators {
public:
  LaneAccumulators(SweepBuilder &builder, const Combine &combine, TypedAttr identity, Neutrality neutrality,
                   int64_t width, int64_t slots);

  int64_t getWidth() const { return width; }
  Type getType() const { return identity.getType(); }
  const Combine &getCombine() const { return combine; }
  /// Combines a chunk's elements into a slot, from lane `lane` of it on; lanes that its mask excludes stay as they are.
  void add(unsigned slot, int64_t lane, const Chunk &chunk, Value element);
  /// All slots, the identity where nothing was added.
  Carried getAll();
  void setAll(ArrayRef<Value> values) { lanes.assign(values.begin(), values.end()); }
  /// Folds the upper half of the lanes on the lower, 32, 16, 8, 4, 2, 1, to one scalar.
  Value fold();

private:
  Value materialized(unsigned slot);

  SweepBuilder &b;
  const Combine &combine;
  TypedAttr identity;
  Neutrality neutrality;
  int64_t width;
  SmallVector<Value> lanes;
};

/// The accumulators for rows of `extent` elements: no more lanes than a short row has elements, where that changes
/// nothing.
LaneAccumulators makeAccumulators(SweepBuilder &builder, const Combine &combine, TypedAttr identity,
                                  Neutrality neutrality, int64_t width, OpFoldResult extent);

/// Adds `extent` elements to the lanes, element j to lane j mod 64. `element` emits those of a chunk, `cost` is about
/// the number of its instructions; at cost 0 a constant row has no loop and its chunks are the same in every call.
void reduceRow(SweepBuilder &builder, LaneAccumulators &accumulators, OpFoldResult extent, int64_t cost, bool maskable,
               function_ref<Value(const Chunk &)> element);

/// The same without vectors, through a buffer of lanes in memory.
Value reduceScalars(SweepBuilder &builder, const Combine &combine, TypedAttr identity, OpFoldResult extent,
                    function_ref<Value(const Chunk &)> element);

} // namespace mlir::tenon
