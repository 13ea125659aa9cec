// The decisions of the contraction emitter, apart from the IR that it writes: which loop runs along vectors, which
// along rows of the register tile, how large the tile is, and how a dimension splits into whole tiles and a tail.
#pragma once

#include "compiler/Codegen/Contraction.h"
#include "compiler/Codegen/TargetDescription.h"

namespace mlir::tenon {

/// What is decided once per contraction.
struct ContractionTiling {
  /// The output's contiguous loop: vectors lie along it. Absent for a scalar output.
  std::optional<unsigned> columnLoop;
  /// A parallel loop that at least one operand does not vary along, so that the tile reuses what it loaded.
  std::optional<unsigned> rowLoop;
  /// Elements in a vector; 1: scalars, for strides and targets that have no vectors.
  int64_t lanes = 1;
  /// Registers for accumulators, and the widest tile in vectors.
  int64_t accumulators = 8;
  int64_t maxVectors = 2;
  /// Tails use masked loads and stores; otherwise narrower vectors.
  bool masked = false;
  /// The operand (0: lhs, 1: rhs) whose panels are copied to a small contiguous buffer first.
  std::optional<unsigned> packed;
  /// The operand that lies in panels already, since it is a constant.
  std::optional<unsigned> constant;
  /// Bytes that a tile of one row asks for ahead in the constant's panels; 0: none.
  int64_t prefetchBytes = 0;
  /// Innermost reduction steps between a load and a store of the output tile; 0: all of them.
  int64_t reductionBlock = 0;
  /// Tiles follow each other along rows of the output, not down its panels of columns.
  bool rowsFirst = false;

  /// In a loop, every second step takes the panels from the last to the first.
  bool turns = false;

  static constexpr int64_t kUnroll = 4;

  /// Rows of a tile that is `vectors` wide.
  int64_t rowsFor(int64_t vectors) const;
  /// Reduction steps in one iteration of the innermost loop, where a tile is `columns` wide.
  int64_t unrollFor(const Contraction &contraction, int64_t columns) const;
  /// Whether a tile may be stored before its reduction is complete.
  bool isResumed(const Contraction &contraction) const;
};

/// `constant`: an operand whose memory may be laid out as the tiles want it.
ContractionTiling chooseTiling(const Contraction &contraction, const TargetDescription &target,
                               std::optional<unsigned> constant);

/// Tiles of one width, side by side, in a row of known length.
struct ColumnSplit {
  /// Columns [lower, upper).
  int64_t lower, upper;
  /// Of one tile.
  int64_t vectors, lanes;
  /// One tile, whose last vector is not whole.
  bool masked = false;

  int64_t width() const { return vectors * lanes; }
  bool operator==(const ColumnSplit &) const = default;
};
SmallVector<ColumnSplit> splitColumns(int64_t columns, const ContractionTiling &tiling);

/// `count` consecutive blocks of `size` units.
struct Split {
  int64_t count, size;
};

/// Splits `extent` into ceil(extent / limit) blocks whose sizes differ by at most one, larger ones first: at most two
/// kernels, and no thin tail.
SmallVector<Split> balancedSplit(int64_t extent, int64_t limit);

} // namespace mlir::tenon
