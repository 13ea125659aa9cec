// Sweeps with transposed inputs: square tiles go through registers, in blocks that a cache line's neighbours share.
#include "compiler/Codegen/SweepBody.h"
#include "compiler/Codegen/SweepEmitters.h"
#include "compiler/Codegen/TransposeSquare.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace mlir::tenon;

// Tiles are at most this wide: 16 rows of 16 are half of 32 registers.
static constexpr int64_t kWidestTile = 16;
// Tiles in one direction of a block: 32 x 32 elements of f32 are four cache lines in a row, in and out.
static constexpr int64_t kTilesInBlock = 2;

// The dimension along which all `strided` operands lie in memory, or kNone.
static int chooseCrossDim(const Sweep &sweep, ArrayRef<unsigned> strided, int vectorDim) {
  int cross = kNone;
  for (unsigned number : strided) {
    const Access &access = sweep.operands[number];
    int dim = access.dims.back();
    if (dim < 0 || dim == vectorDim || (cross != kNone && dim != cross) || !access.isContiguousIn(dim))
      return kNone;
    // The tile's rows are apart by one step of the vectorized dimension only.
    if (llvm::count(access.dims, vectorDim) != 1)
      return kNone;
    cross = dim;
  }
  return cross;
}

LogicalResult mlir::tenon::emitTransposingSweep(SweepBuilder &b, const Sweep &sweep, int vectorDim) {
  SweepBody tile(b, sweep, vectorDim), single(b, sweep, kNone);
  int crossDim = chooseCrossDim(sweep, tile.getStrided(), vectorDim);
  int64_t width = std::min<int64_t>(kWidestTile, llvm::bit_floor(static_cast<uint64_t>(tile.getWidth())));
  auto isShort = [&](int dim) {
    int64_t extent = sweep.getStaticExtent(dim);
    return !ShapedType::isDynamic(extent) && extent < width;
  };
  if (crossDim == kNone || width < 2 || isShort(crossDim) || isShort(vectorDim))
    return failure();

  SmallVector<Value> indices(sweep.getRank());
  auto emitTile = [&](Value across, Value along) {
    SmallVector<SmallVector<Value>> columns;
    for (unsigned number : tile.getStrided()) {
      const Access &access = sweep.operands[number];
      SmallVector<Value> rows;
      for (int64_t i = 0; i < width; ++i) {
        SmallVector<Value> at = b.addressOf(access, [&](int dim) {
          return dim == crossDim ? across : dim == vectorDim ? b.add(along, i) : indices[dim];
        });
        rows.push_back(b.load(access.source, at, {across, width, Value()}));
      }
      columns.push_back(transposeSquare(b, b.getLoc(), std::move(rows)));
    }
    for (int64_t i = 0; i < width; ++i) {
      SmallVector<std::pair<unsigned, Value>> loaded;
      for (auto [number, column] : llvm::zip_equal(tile.getStrided(), columns)) loaded.push_back({number, column[i]});
      indices[crossDim] = b.add(across, i);
      tile.enterRow(indices);
      tile.emitAndStore({along, width, Value()}, loaded);
    }
  };
  auto emitSingles = [&](Value fromCross, Value toCross, Value from, Value to) {
    b.loop(fromCross, toCross, 1, [&](Value across) {
      indices[crossDim] = across;
      b.loop(from, to, 1, [&](Value along) {
        indices[vectorDim] = along;
        single.enterRow(indices);
        single.emitAndStore({Value(), 1, Value()});
      });
    });
  };
  auto whole = [&](int dim) -> Value {
    int64_t extent = sweep.getStaticExtent(dim);
    if (!ShapedType::isDynamic(extent))
      return b.index(extent / width * width);
    Value n = cast<Value>(sweep.extents[dim]);
    return arith::SubIOp::create(b, n, arith::RemSIOp::create(b, n, b.index(width)));
  };
  auto isWhole = [&](int dim) {
    int64_t extent = sweep.getStaticExtent(dim);
    return !ShapedType::isDynamic(extent) && extent % width == 0;
  };

  int64_t block = kTilesInBlock * width;
  auto plane = [&] {
    Value zero = b.index(int64_t(0)), wholeCross = whole(crossDim), wholeVector = whole(vectorDim);
    Value endCross = b.index(sweep.extents[crossDim]), endVector = b.index(sweep.extents[vectorDim]);
    Value beginCross = zero;
    if (const UnitRange *range = b.rangeOf(crossDim)) {
      beginCross = b.mul(b.index(range->lower), block);
      endCross = arith::MinSIOp::create(b, b.mul(b.index(range->upper), block), endCross);
      wholeCross = arith::MinSIOp::create(b, endCross, wholeCross);
    }
    auto blockEnd = [&](Value start, Value end) -> Value {
      return arith::MinSIOp::create(b, b.add(start, block), end);
    };
    b.loop(beginCross, wholeCross, block, [&](Value crossStart) {
      Value crossEnd = blockEnd(crossStart, wholeCross);
      b.loop(zero, wholeVector, block, [&](Value start) {
        Value end = blockEnd(start, wholeVector);
        b.loop(crossStart, crossEnd, width,
               [&](Value across) { b.loop(start, end, width, [&](Value along) { emitTile(across, along); }); });
      });
    });
    if (!isWhole(vectorDim))
      emitSingles(beginCross, wholeCross, wholeVector, endVector);
    // Of a range before the last one nothing is left; in one that has nothing whole the rest begins where the range
    // does.
    if (!isWhole(crossDim))
      emitSingles(b.rangeOf(crossDim) ? Value(arith::MaxSIOp::create(b, beginCross, wholeCross)) : wholeCross, endCross,
                  zero, endVector);
  };
  auto nest = [&](auto &self, int dim) -> void {
    if (dim == static_cast<int>(sweep.getRank()))
      return plane();
    if (dim == vectorDim || dim == crossDim)
      return self(self, dim + 1);
    b.forEach(
        sweep.extents[dim], false,
        [&](Value iv) {
          indices[dim] = iv;
          self(self, dim + 1);
        },
        b.rangeOf(dim));
  };
  SmallVector<std::pair<int, OpFoldResult>> cut;
  for (int dim = 0; dim < static_cast<int>(sweep.getRank()); ++dim)
    if (dim != vectorDim && dim != crossDim)
      cut.push_back({dim, sweep.extents[dim]});
  cut.push_back({crossDim, b.countBlocks(sweep.extents[crossDim], width, kTilesInBlock)});
  b.inBoxes(sweep, 2 * tile.cyclesPerPoint(), cut, [&] { nest(nest, 0); });
  return success();
}
