// The rules that choose tiles. Numbers were measured on AVX-512 and AVX2; see docs/design.md, 'Codegen'.
#include "compiler/Codegen/ContractionTiling.h"

#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace mlir::tenon;

/// Bytes of the buffer that a packed panel goes through: half of any first-level cache, and modest on a stack.
static constexpr int64_t kPanelBytes = 256 << 10;
/// Steps of the reduction before the tile is stored and resumed: B's panel of so many rows stays in the second level.
static constexpr int64_t kReductionBlock = 512;

SmallVector<Split> mlir::tenon::balancedSplit(int64_t extent, int64_t limit) {
  SmallVector<Split> splits;
  if (extent <= 0)
    return splits;
  int64_t blocks = llvm::divideCeil(extent, limit), size = extent / blocks, larger = extent % blocks;
  if (larger)
    splits.push_back({larger, size + 1});
  splits.push_back({blocks - larger, size});
  return splits;
}

int64_t ContractionTiling::rowsFor(int64_t vectors) const {
  if (!rowLoop)
    return 1;
  return std::clamp<int64_t>(accumulators / vectors, 1, 12);
}

bool ContractionTiling::isResumed(const Contraction &contraction) const {
  if (!reductionBlock)
    return false;
  int64_t depth = contraction.extents[contraction.reduction.back()];
  return contraction.reduction.size() > 1 || ShapedType::isDynamic(depth) || depth > reductionBlock;
}

/// Rows that keep the multiply-add busy while the vectors of the other operand are loaded once for all of them.
static constexpr int64_t kEnoughRows = 6;

/// The row loop: the last parallel loop besides the column loop that an operand does not depend on, where a loop with
/// few iterations counts only if there is no longer one: the gradient of a filter has taps inside of its channels.
static std::optional<unsigned> chooseRowLoop(const Contraction &contraction, std::optional<unsigned> columnLoop) {
  std::optional<unsigned> best;
  int64_t bestScore = 0;
  for (unsigned loop : llvm::reverse(contraction.parallel)) {
    int64_t extent = contraction.extents[loop];
    if (loop == columnLoop || extent == 1)
      continue;
    // What the column loop shares too would be loaded once per tile anyway; an operand that varies along columns only
    // is what the rows reuse.
    auto isReused = [&](const ContractionAccess &access, bool alongColumns) {
      return !access.dependsOn(loop) && (!alongColumns || (columnLoop && access.dependsOn(*columnLoop)));
    };
    int64_t score = ShapedType::isDynamic(extent) ? kEnoughRows : std::min(extent, kEnoughRows);
    if (isReused(contraction.lhs, true) || isReused(contraction.rhs, true))
      score += kEnoughRows;
    else if (!isReused(contraction.lhs, false) && !isReused(contraction.rhs, false))
      continue;
    if (score > bestScore) {
      best = loop;
      bestScore = score;
    }
  }
  return best;
}

/// Bytes between consecutive steps of `loop` in `access`, or 0 if that is not known.
static int64_t byteStride(const ContractionAccess &access, unsigned loop) {
  SmallVector<int64_t> strides;
  int64_t offset, stride = 0;
  if (failed(cast<MemRefType>(access.memref.getType()).getStridesAndOffset(strides, offset)))
    return 0;
  for (auto [index, step] : llvm::zip(access.subscripts, strides)) {
    if (index.coefficients[loop] && ShapedType::isDynamic(step))
      return 0;
    stride += index.coefficients[loop] * step;
  }
  return stride * access.element.getIntOrFloatBitWidth() / 8;
}

/// Bytes from one iteration to the next of an instruction that loads: prefetchers of the first level follow no more.
static constexpr int64_t kLoadStride = 1024;
/// With more rows the multiply-adds take longer than what they read takes to come.
static constexpr int64_t kFewRows = 4;

int64_t ContractionTiling::unrollFor(const Contraction &contraction, int64_t columns) const {
  int64_t rows = rowLoop ? contraction.extents[*rowLoop] : 1;
  if (!columnLoop || contraction.reduction.empty() || ShapedType::isDynamic(rows) || rows > kFewRows)
    return kUnroll;
  int64_t unroll = kUnroll;
  for (unsigned i : {0u, 1u}) {
    const ContractionAccess &access = i == 0 ? contraction.lhs : contraction.rhs;
    if (!access.dependsOn(*columnLoop))
      continue;
    bool isPanel = constant == i || packed == i;
    int64_t stride = isPanel ? columns * access.element.getIntOrFloatBitWidth() / 8
                             : byteStride(access, contraction.reduction.back());
    // They follow no row that is longer in any case.
    if (stride > 0 && stride <= kLoadStride)
      unroll = std::min<int64_t>(unroll, llvm::bit_floor<uint64_t>(kLoadStride / stride));
  }
  return unroll;
}

SmallVector<ColumnSplit> mlir::tenon::splitColumns(int64_t columns, const ContractionTiling &tiling) {
  SmallVector<ColumnSplit> result;
  int64_t lanes = tiling.lanes, tail = columns % lanes, position = 0;
  bool maskTail = tail && tiling.masked;
  SmallVector<Split> splits = balancedSplit(columns / lanes + maskTail, tiling.maxVectors);
  for (const Split &split : splits) {
    int64_t width = split.size * lanes, count = split.count;
    bool endsMasked = maskTail && &split == &splits.back();
    if (int64_t plain = count - endsMasked)
      result.push_back({position, position + plain * width, split.size, lanes});
    position += (count - endsMasked) * width;
    if (endsMasked)
      result.push_back({position, columns, split.size, lanes, /*masked=*/true});
  }
  if (!maskTail)
    for (int64_t width = lanes / 2; width; width /= 2)
      if (tail & width) {
        result.push_back({position, position + width, 1, width});
        position += width;
      }
  return result;
}

ContractionTiling mlir::tenon::chooseTiling(const Contraction &contraction, const TargetDescription &target,
                                            std::optional<unsigned> constant) {
  ContractionTiling tiling;
  const ContractionAccess *operands[2] = {&contraction.lhs, &contraction.rhs};
  if (!contraction.out.subscripts.empty())
    for (unsigned loop : contraction.parallel)
      if (contraction.out.subscripts.back().coefficients[loop])
        tiling.columnLoop = loop;
  tiling.rowLoop = chooseRowLoop(contraction, tiling.columnLoop);
  int64_t rows = tiling.rowLoop ? contraction.extents[*tiling.rowLoop] : 1;
  bool openRows = ShapedType::isDynamic(rows);
  std::optional<unsigned> inner;
  if (!contraction.reduction.empty())
    inner = contraction.reduction.back();
  int64_t depth = inner ? contraction.extents[*inner] : 1;
  bool openDepth = ShapedType::isDynamic(depth);

  // Vectors need a contiguous output, and inputs that are contiguous, constant, or packed along its columns. Packing is
  // worth its copy when several rows use it.
  bool vectors = target.vectorBits && tiling.columnLoop && contraction.extents[*tiling.columnLoop] != 1 &&
                 contraction.out.isContiguousAlong(*tiling.columnLoop);
  for (unsigned i : {0u, 1u}) {
    if (!vectors || !operands[i]->dependsOn(*tiling.columnLoop))
      continue;
    if (constant == i && !(tiling.rowLoop && operands[i]->dependsOn(*tiling.rowLoop))) {
      tiling.constant = i;
      continue;
    }
    bool packable = inner && tiling.rowLoop && !operands[i]->dependsOn(*tiling.rowLoop) && !tiling.packed;
    if (!operands[i]->isContiguousAlong(*tiling.columnLoop)) {
      // Copying element by element takes four rows to pay for itself, squares through registers two.
      bool hasSquares =
          inner && operands[i]->isContiguousAlong(*inner) && operands[i]->element.getIntOrFloatBitWidth() >= 32;
      if (packable && (openRows || rows >= (hasSquares ? 2 : 4)))
        tiling.packed = i;
      else
        vectors = false;
    } else if (packable && !openRows && rows >= 96 && !openDepth && depth >= 64) {
      // Rows a multiple of a page apart fall into the same cache sets; a panel of a large operand misses in the TLB;
      // less than a vector side by side is a masked load each, of two cache lines as often as not.
      int64_t stride = byteStride(*operands[i], *inner);
      int64_t columns = contraction.extents[*tiling.columnLoop];
      bool isNarrow = !ShapedType::isDynamic(columns) && columns < target.lanes(contraction.out.element);
      if (stride && (isNarrow || stride % 4096 == 0 || stride * depth > (2 << 20)))
        tiling.packed = i;
    }
  }

  if (!vectors) {
    tiling.packed.reset();
    tiling.constant.reset();
    tiling.accumulators = 8;
    tiling.maxVectors = tiling.rowLoop ? 2 : 8;
  } else {
    tiling.lanes = target.lanes(contraction.out.element);
    int64_t columns = contraction.extents[*tiling.columnLoop];
    while (!ShapedType::isDynamic(columns) && tiling.lanes > 2 && tiling.lanes / 2 >= columns) tiling.lanes /= 2;
    tiling.accumulators = target.tileRows() * target.tileVectors();
    tiling.maxVectors = target.tileVectors();
    if (!openRows && rows == 1) {
      tiling.maxVectors = tiling.accumulators * 2 / 3;
      // One row is bound by memory. Panels that follow each other are read fastest 512 bytes at a time and asked for 4
      // KB ahead: 133 GB/s from the third level, which is all it gives, where twice the width has 122. With strides
      // between the rows it is the other way round.
      if (tiling.constant) {
        tiling.maxVectors = std::min<int64_t>(tiling.maxVectors, 8);
        tiling.prefetchBytes = 4096;
      }
    } else if (!openRows && rows <= 12)
      tiling.maxVectors = std::max<int64_t>(2, tiling.accumulators / rows);
    tiling.masked = target.masks(contraction.lhs.element) && target.masks(contraction.rhs.element) &&
                    target.masks(contraction.out.element);
  }

  if (tiling.packed) {
    int64_t rowBytes = tiling.maxVectors * tiling.lanes * operands[*tiling.packed]->element.getIntOrFloatBitWidth() / 8;
    // What few rows read stays in the first level meanwhile.
    bool isReused = openRows || rows > 12;
    tiling.reductionBlock = std::max<int64_t>(16, (isReused ? kPanelBytes : target.l1Bytes / 2) / rowBytes);
    if (!openDepth)
      tiling.reductionBlock = std::min(tiling.reductionBlock, std::max<int64_t>(depth, 1));
  } else if (contraction.reduction.size() == 1 && tiling.rowLoop) {
    // The chain is in the output's type, so storing it between blocks rounds nothing. A panel that lies in one piece
    // may take half of the second level; what is strided meets itself in the cache's sets before.
    int64_t block = kReductionBlock;
    if (tiling.constant)
      block = target.l2Bytes / 4 /
              (tiling.maxVectors * tiling.lanes * (operands[*tiling.constant]->element.getIntOrFloatBitWidth() / 8));
    if (openDepth || depth > block)
      tiling.reductionBlock = block;
  }

  // What a loop reads in each step and does not fit beside the rest in the second level.
  if (tiling.constant && contraction.op->getParentOfType<scf::ForOp>()) {
    const ContractionAccess &access = *operands[*tiling.constant];
    int64_t bytes =
        cast<MemRefType>(access.memref.getType()).getNumElements() * access.element.getIntOrFloatBitWidth() / 8;
    tiling.turns = bytes > target.l2Bytes / 4 && bytes <= target.l2Bytes * 4;
  }

  // A large output of a short reduction is bound by memory: it is written, and what its epilogue reads is read, in the
  // order in which it lies there. What the rows share stays in the second level.
  if (vectors && tiling.rowLoop && !tiling.packed && !tiling.reductionBlock) {
    int64_t steps = 1, columns = contraction.extents[*tiling.columnLoop];
    for (unsigned loop : contraction.reduction)
      steps = ShapedType::isDynamic(contraction.extents[loop]) ? kReductionBlock : steps * contraction.extents[loop];
    int64_t bytes = contraction.out.element.getIntOrFloatBitWidth() / 8;
    bool isLarge = !openRows && !ShapedType::isDynamic(columns) && rows * columns * bytes > target.l2Bytes / 2;
    tiling.rowsFirst = isLarge && steps * columns * bytes <= target.l2Bytes / 4;
  }
  return tiling;
}
