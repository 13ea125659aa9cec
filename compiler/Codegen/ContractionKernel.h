// The micro-kernel: one register tile of the output, carried through the reduction loops as loop values.
#pragma once

#include "compiler/Codegen/ContractionEpilogue.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Builders.h"

namespace mlir::tenon {

/// Index arithmetic that folds constants away as it is written.
struct IndexMath {
  OpBuilder &builder;
  Location loc;

  Value constant(int64_t value) const;
  Value value(OpFoldResult result) const { return getValueOrCreateConstantIndexOp(builder, loc, result); }
  Value add(Value lhs, Value rhs) const;
  Value add(Value lhs, int64_t rhs) const;
  Value sub(Value lhs, Value rhs) const;
  Value scale(Value lhs, int64_t rhs) const;
  Value min(Value lhs, Value rhs) const;
  /// The largest multiple of `step` that is at most `lhs`, which is not negative.
  Value floorTo(Value lhs, int64_t step) const;
};

/// scf.for over [lower, upper), without a loop where it is known to run never or once.
void emitLoop(const IndexMath &math, OpFoldResult lower, OpFoldResult upper, int64_t step,
              function_ref<void(Value)> body);

/// The size of a tile and how it is accessed.
struct TileShape {
  int64_t rows = 1;
  int64_t vectors = 1;
  int64_t lanes = 1;
  /// How often the innermost reduction loop is unrolled.
  int64_t unroll = 4;
  /// Selects the lanes of the last vector that exist; null: all.
  Value mask;
};

/// What the accumulators begin with: `constant`, the output, or whichever of the two `isFirst` says.
struct TileStart {
  Value constant;
  Value isFirst;
};

/// A panel of an input, copied: `memref` is [reduction `loops`...][column - first column], of which the innermost loop
/// counts from `firstStep`.
struct PackedPanel {
  unsigned operand;
  Value memref;
  SmallVector<unsigned> loops;
  /// Null: zero.
  Value firstStep;
  /// Whole vectors can be loaded; what lies in lanes past the last column is never stored.
  bool padded;
  /// Steps of the innermost loop that are asked for ahead; 0: none.
  int64_t prefetchSteps = 0;
};

class ContractionKernel {
public:
  ContractionKernel(OpBuilder &builder, Location loc, const Contraction &contraction, const ContractionTiling &tiling,
                    const ContractionEpilogue *epilogue, bool fma)
      : builder(builder), math{builder, loc}, loc(loc), contraction(contraction), tiling(tiling), epilogue(epilogue),
        fma(fma) {}

  /// Writes out the tile whose first element is at `loops` (a value per loop; those of `reductions` are ignored),
  /// after running `reductions` from zero to their `extents`, and the last of them over [`lower`, `upper`).
  void emit(ArrayRef<Value> loops, const TileShape &shape, const TileStart &start, ArrayRef<unsigned> reductions,
            ArrayRef<OpFoldResult> extents, OpFoldResult lower, OpFoldResult upper, const PackedPanel *panel);

  /// The subscripts of `access` at `loops`, `row` rows down, `column` columns to the right and `step` reduction steps
  /// on.
  SmallVector<Value> subscripts(const ContractionAccess &access, ArrayRef<Value> loops, int64_t row, int64_t column,
                                int64_t step) const;

  /// Loads `shape.lanes` elements; where `isLast`, only those that the mask selects, and zeros for the others.
  Value loadVector(Value memref, ValueRange indices, Type element, const TileShape &shape, bool isLast) const;

private:
  /// The epilogue's body on one vector of the tile.
  SmallVector<Value> applyEpilogue(Value result, ArrayRef<Value> loops, const TileShape &shape, int64_t row,
                                   int64_t vector) const;
  /// A vector of `access` where it varies along columns, else one element, broadcast.
  Value loadShaped(const ContractionAccess &access, ArrayRef<Value> loops, const TileShape &shape, int64_t row,
                   int64_t vector, int64_t step) const;
  Value broadcast(Value element, const TileShape &shape) const;
  Value multiplyAdd(Value lhs, Value rhs, Value accumulator) const;
  Value widen(Value value, Widening widening) const;
  /// `element`, or a vector of `lanes` of it.
  Type shaped(Type element, int64_t lanes) const;
  /// Loads an input for one row and one vector, in the accumulator's type: a vector where it varies along columns,
  /// else a broadcast element.
  Value loadInput(unsigned operand, ArrayRef<Value> loops, const TileShape &shape, int64_t row, int64_t vector,
                  int64_t step, const PackedPanel *panel) const;
  void accumulate(ArrayRef<Value> loops, const TileShape &shape, int64_t step, const PackedPanel *panel,
                  SmallVectorImpl<Value> &accumulators) const;
  SmallVector<Value> reduce(SmallVector<Value> loops, const TileShape &shape, ArrayRef<unsigned> reductions,
                            ArrayRef<OpFoldResult> extents, OpFoldResult lower, OpFoldResult upper,
                            const PackedPanel *panel, SmallVector<Value> accumulators) const;

  OpBuilder &builder;
  IndexMath math;
  Location loc;
  const Contraction &contraction;
  const ContractionTiling &tiling;
  const ContractionEpilogue *epilogue;
  bool fma;
};

} // namespace mlir::tenon
