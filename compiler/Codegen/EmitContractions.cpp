// Replaces contractions on buffers by loops around register tiles.
#include "compiler/Codegen/BufferOverlap.h"
#include "compiler/Codegen/ContractionKernel.h"
#include "compiler/Codegen/ContractionNormalForm.h"
#include "compiler/Codegen/ContractionPacking.h"
#include "compiler/Codegen/ParallelBoxes.h"
#include "compiler/Codegen/Passes.h"
#include "compiler/Codegen/TransposeSquare.h"
#include "dialects/TenonParallel/TenonParallel.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

namespace mlir::tenon {
#define GEN_PASS_DEF_EMITCONTRACTIONSPASS
#include "compiler/Codegen/Passes.h.inc"
} // namespace mlir::tenon

using namespace mlir;
using namespace mlir::tenon;

// Bytes of a panel that a task may have on its stack.
static constexpr int64_t kStackBytes = 32 << 10;

namespace {
/// Tiles of one size, side by side from `lower` on.
struct Strip {
  OpFoldResult lower, upper;
  /// Rows or vectors in a tile.
  int64_t size;
  int64_t lanes = 1;
  bool masked = false;
  /// A remainder: one of several kernels that run once at most, so they are kept small.
  bool isTail = false;
  /// Columns in all, before a box cut it; 0: open.
  int64_t extent = 0;
};

/// Writes the loops around the kernels of one contraction, outermost first: what the panel operand varies along, its
/// panels of columns, blocks of the reduction, the other parallel loops, rows.
class NestEmitter {
public:
  /// `panelBuffer`: bytes for a panel that is copied while the nest runs; `constantPanels`: the constant input, packed;
  /// `isPacked`: whether it is, where that is known only when it runs.
  NestEmitter(OpBuilder &builder, const Contraction &contraction, const ContractionTiling &tiling,
              const ContractionEpilogue *epilogue, const Threads &threads, Value panelBuffer, Value constantPanels,
              Value isPacked)
      : builder(builder), loc(contraction.op->getLoc()), math{builder, loc}, contraction(contraction), tiling(tiling),
        kernel(builder, loc, contraction, tiling, epilogue, threads.target.fma), threads(threads),
        panelBuffer(panelBuffer), constantPanels(constantPanels), isPacked(isPacked) {}

  /// Whether the output's chain has to begin in the output itself, because it is resumed before its first block is
  /// known to be the first.
  bool needsInitializedOutput() const { return tiling.packed && contraction.reduction.size() > 1; }

  /// Copies the input `tiling.constant` to `constantPanels`.
  void packAll();
  /// `start`: the scalar that every output element begins with; null: what the output holds.
  void emit(Value start);

private:
  SmallVector<Strip> columnStrips() const;
  SmallVector<Strip> rowStrips(int64_t rows) const;
  Value turn(const Strip &strip, Value column);
  void emitPanel(const Strip &strip, Value column);
  void emitRowsFirst();
  TileShape enterStrip(const Strip &strip, Value column);
  PackedPanel getConstantPanel(const Strip &strip, Value column);
  void emitBlocks(const Strip &strip, TileShape shape);
  void emitRows(const Strip &strip, TileShape shape, TileStart start, ArrayRef<unsigned> reductions, OpFoldResult lower,
                OpFoldResult upper, const PackedPanel *panel);
  void emitRowsOf(const Strip &strip, TileShape shape, TileStart start, ArrayRef<unsigned> reductions,
                  OpFoldResult lower, OpFoldResult upper, const PackedPanel *panel);
  Value pack(const TileShape &shape, Value lower, Value upper);
  void copyPanel(unsigned operand, const TileShape &shape, Value lower, Value upper, Value panel);
  void forEach(ArrayRef<unsigned> nest, function_ref<void()> body);
  NestWork estimateWork() const;
  int64_t widestRows() const;
  OpFoldResult countUnits(ArrayRef<Strip> strips) const;
  SmallVector<Strip> cut(SmallVector<Strip> strips, unsigned loop) const;
  void emitNest();

  OpBuilder &builder;
  Location loc;
  IndexMath math;
  const Contraction &contraction;
  const ContractionTiling &tiling;
  ContractionKernel kernel;
  Threads threads;
  Value panelBuffer, constantPanels, isPacked;
  /// The panel of the constant input where the builder stands.
  std::optional<PackedPanel> constantPanel;
  Value start;
  SmallVector<OpFoldResult> extents;
  SmallVector<unsigned> shared, others;
  /// The part of every parallel loop that is emitted: in tiles of the widest strip for rows and columns.
  SmallVector<UnitRange> ranges;
  /// The tiles that a range of rows counts.
  OpFoldResult rowUnits;
  /// Boxes are inside of the loops over panels.
  bool sharesPanels = false;
  /// The position in every loop, as of where the builder stands.
  SmallVector<Value> loops;
};
} // namespace

/// The trip count of `loop`, from an operand that it is a plain subscript of.
static OpFoldResult loopExtent(OpBuilder &builder, const Contraction &contraction, unsigned loop) {
  if (!ShapedType::isDynamic(contraction.extents[loop]))
    return builder.getIndexAttr(contraction.extents[loop]);
  for (const ContractionAccess *access : {&contraction.out, &contraction.lhs, &contraction.rhs})
    for (auto [dim, index] : llvm::enumerate(access->subscripts)) {
      int64_t others = llvm::count_if(index.coefficients, [](int64_t coefficient) { return coefficient != 0; });
      if (index.coefficients[loop] == 1 && index.constant == 0 && others == 1)
        return memref::DimOp::create(builder, contraction.op->getLoc(), access->memref, dim).getResult();
    }
  return {};
}

SmallVector<Strip> NestEmitter::columnStrips() const {
  auto fixed = [&](int64_t value) -> OpFoldResult { return builder.getIndexAttr(value); };
  if (!tiling.columnLoop)
    return {Strip{fixed(0), fixed(1), 1}};
  SmallVector<Strip> strips;
  if (std::optional<int64_t> columns = getConstantIntValue(extents[*tiling.columnLoop])) {
    for (const ColumnSplit &split : splitColumns(*columns, tiling))
      strips.push_back({fixed(split.lower), fixed(split.upper), split.vectors, split.lanes, split.masked,
                        /*isTail=*/false, split.upper - split.lower});
    return strips;
  }
  // Open: whole panels, whole vectors, then what is left.
  int64_t lanes = tiling.lanes;
  Value columns = math.value(extents[*tiling.columnLoop]);
  Value position = math.constant(0);
  auto push = [&](int64_t vectors, int64_t width, bool masked) {
    Value end = masked ? columns : math.floorTo(columns, vectors * width);
    strips.push_back({position, end, vectors, width, masked, !strips.empty()});
    position = end;
  };
  push(tiling.maxVectors, lanes, false);
  if (tiling.masked) {
    push(1, lanes, true);
    return strips;
  }
  push(1, lanes, false);
  if (lanes > 4)
    push(1, lanes / 4, false);
  if (lanes > 1)
    push(1, 1, false);
  return strips;
}

SmallVector<Strip> NestEmitter::rowStrips(int64_t rows) const {
  SmallVector<Strip> strips;
  if (std::optional<int64_t> extent = getConstantIntValue(extents[*tiling.rowLoop])) {
    int64_t position = 0;
    for (const Split &split : balancedSplit(*extent, rows)) {
      int64_t end = position + split.count * split.size;
      strips.push_back({builder.getIndexAttr(position), builder.getIndexAttr(end), split.size});
      position = end;
    }
    return strips;
  }
  // Open: whole tiles, then 4 + 2 + 1 of what is left rather than a kernel for every remainder.
  Value extent = math.value(extents[*tiling.rowLoop]), position = math.constant(0);
  for (int64_t size = rows; size;) {
    Value end = math.add(position, math.floorTo(math.sub(extent, position), size));
    strips.push_back({position, end, size, 1, false, !strips.empty()});
    position = end;
    size = size == 1 ? 0 : llvm::bit_floor(static_cast<uint64_t>(size - 1));
  }
  return strips;
}

/// Rows of the tiles in the widest strip.
int64_t NestEmitter::widestRows() const {
  int64_t vectors = 1;
  for (const Strip &strip : columnStrips()) vectors = std::max(vectors, strip.size);
  return tiling.rowsFor(vectors);
}

void NestEmitter::forEach(ArrayRef<unsigned> nest, function_ref<void()> body) {
  if (nest.empty())
    return body();
  const UnitRange &range = ranges[nest.front()];
  emitLoop(math, range.lower, range.upper, 1, [&](Value position) {
    loops[nest.front()] = position;
    forEach(nest.drop_front(), body);
  });
}

void NestEmitter::emit(Value startValue) {
  start = startValue;
  for (unsigned loop = 0; loop < contraction.extents.size(); ++loop)
    extents.push_back(loopExtent(builder, contraction, loop));
  loops.resize(extents.size());

  // Panels come from the operand that varies along columns but not along rows; its other loops go outside of them.
  const ContractionAccess *panelOperand = &contraction.rhs;
  if (tiling.columnLoop && !contraction.rhs.dependsOn(*tiling.columnLoop))
    panelOperand = &contraction.lhs;
  if (tiling.constant)
    panelOperand = *tiling.constant == 0 ? &contraction.lhs : &contraction.rhs;
  else if (tiling.rowLoop && panelOperand->dependsOn(*tiling.rowLoop))
    panelOperand = panelOperand == &contraction.rhs ? &contraction.lhs : &contraction.rhs;
  for (unsigned loop : contraction.parallel)
    if (loop != tiling.columnLoop && loop != tiling.rowLoop)
      (panelOperand->dependsOn(loop) ? shared : others).push_back(loop);

  for (OpFoldResult extent : extents) ranges.push_back({builder.getIndexAttr(0), extent});
  // A large panel is nobody's own: it lies in the workspace, packed before its rows are shared out.
  sharesPanels = panelBuffer && cast<MemRefType>(panelBuffer.getType()).getNumElements() > kStackBytes;
  if (!threads.frame || sharesPanels)
    return emitNest();
  // Outermost first, as memory is gone through.
  SmallVector<unsigned> order(shared);
  if (tiling.columnLoop && !tiling.rowsFirst)
    order.push_back(*tiling.columnLoop);
  llvm::append_range(order, others);
  if (tiling.rowLoop)
    order.push_back(*tiling.rowLoop);
  SmallVector<OpFoldResult> units;
  for (unsigned loop : order) {
    units.push_back(extents[loop]);
    if (loop == tiling.columnLoop)
      units.back() = countUnits(columnStrips());
    else if (loop == tiling.rowLoop)
      units.back() = rowUnits = countUnits(rowStrips(widestRows()));
  }
  emitBoxes(builder, loc, threads, units, estimateWork(), [&](ArrayRef<UnitRange> box, bool isCut) {
    for (auto [loop, range] : llvm::zip_equal(order, box)) ranges[loop] = range;
    // What is packed is a box's own: on the stack of whoever computes it, since nobody knows how many do.
    if (isCut && panelBuffer)
      panelBuffer = memref::AllocaOp::create(builder, loc, cast<MemRefType>(panelBuffer.getType()),
                                             builder.getI64IntegerAttr(64));
    emitNest();
  });
}

/// About the cycles of the nest: multiply-adds, two vectors a cycle where rows share what is loaded, else as fast as
/// memory gives the panel operand; and a few for each vector that is stored.
NestWork NestEmitter::estimateWork() const {
  bool isShared = tiling.rowLoop && contraction.extents[*tiling.rowLoop] != 1;
  double lanes = tiling.lanes, bytes = contraction.rhs.element.getIntOrFloatBitWidth() / 8.0;
  NestWork work;
  for (unsigned loop : contraction.reduction) work.cycles.scaleBy(extents[loop]);
  work.cycles.known = 4 / lanes + work.cycles.known * (0.5 / lanes + (isShared ? 0 : bytes / 16));
  for (unsigned loop : contraction.parallel) work.cycles.scaleBy(extents[loop]);
  for (const ContractionAccess *access : {&contraction.lhs, &contraction.rhs, &contraction.out})
    work.addBuffer(builder, loc, access->memref);
  return work;
}

/// Units of a dimension for boxes: a strip's tiles; a remainder whose size is open is one.
static OpFoldResult countTiles(const IndexMath &math, const Strip &strip) {
  std::optional<int64_t> lower = getConstantIntValue(strip.lower), upper = getConstantIntValue(strip.upper);
  int64_t width = strip.size * strip.lanes;
  if (lower && upper)
    return math.builder.getIndexAttr(llvm::divideCeil(*upper - *lower, width));
  if (strip.isTail)
    return math.builder.getIndexAttr(1);
  return math.builder.createOrFold<arith::DivUIOp>(math.loc, math.sub(math.value(strip.upper), math.value(strip.lower)),
                                                   math.constant(width));
}

OpFoldResult NestEmitter::countUnits(ArrayRef<Strip> strips) const {
  OpFoldResult units = builder.getIndexAttr(0);
  for (const Strip &strip : strips) {
    OpFoldResult count = countTiles(math, strip);
    std::optional<int64_t> sum = getConstantIntValue(units), tiles = getConstantIntValue(count);
    units = sum && tiles ? OpFoldResult(builder.getIndexAttr(*sum + *tiles))
                         : OpFoldResult(math.add(math.value(units), math.value(count)));
  }
  return units;
}

/// The part of `strips` that is in the range of `loop`.
SmallVector<Strip> NestEmitter::cut(SmallVector<Strip> strips, unsigned loop) const {
  UnitRange range = ranges[loop];
  if (getConstantIntValue(range.lower))
    return strips;
  if (loop == tiling.rowLoop) {
    // Rows are counted in tiles of the widest strip, and a narrower one has others.
    OpFoldResult units = countUnits(strips);
    if (!isEqualConstantIntOrValue(units, rowUnits)) {
      auto scale = [&](OpFoldResult unit) -> OpFoldResult {
        Value product = arith::MulIOp::create(builder, loc, math.value(unit), math.value(units));
        return arith::DivUIOp::create(builder, loc, product, math.value(rowUnits)).getResult();
      };
      range = {scale(range.lower), scale(range.upper)};
    }
  }
  OpFoldResult first = builder.getIndexAttr(0);
  for (Strip &strip : strips) {
    OpFoldResult count = countTiles(math, strip);
    std::tie(strip.lower, strip.upper) =
        clip(builder, loc, range, first, count, strip.lower, strip.upper, strip.size * strip.lanes);
    first = math.add(math.value(first), math.value(count));
  }
  return strips;
}

void NestEmitter::emitNest() {
  forEach(shared, [&] {
    if (tiling.rowsFirst)
      return emitRowsFirst();
    SmallVector<Strip> strips = columnStrips();
    if (tiling.columnLoop)
      strips = cut(std::move(strips), *tiling.columnLoop);
    for (const Strip &strip : strips)
      emitLoop(math, strip.lower, strip.upper, strip.size * strip.lanes,
               [&](Value column) { emitPanel(strip, turn(strip, column)); });
  });
}

/// `column`, or its counterpart from the other end in every second step of a loop that reads the same panels each time:
/// it begins with those that the step before read last, which are still in the cache where all of them are not.
Value NestEmitter::turn(const Strip &strip, Value column) {
  if (!tiling.turns || strip.masked || getConstantIntValue(column))
    return column;
  Value step = contraction.op->getParentOfType<scf::ForOp>().getInductionVar();
  if (step.getType().isIndex())
    step = arith::IndexCastOp::create(builder, loc, builder.getI64Type(), step);
  Value isOdd = arith::TruncIOp::create(builder, loc, builder.getI1Type(), step);
  Value ends =
      math.sub(math.add(math.value(strip.lower), math.value(strip.upper)), math.constant(strip.size * strip.lanes));
  return arith::SelectOp::create(builder, loc, isOdd, math.sub(ends, column), column);
}

/// Along rows of the output, as it lies in memory.
void NestEmitter::emitRowsFirst() {
  SmallVector<Strip> strips = columnStrips();
  TileStart tileStart{start, Value()};
  ArrayRef<unsigned> reductions = contraction.reduction;
  OpFoldResult lower = builder.getIndexAttr(0), upper = reductions.empty() ? lower : extents[reductions.back()];
  forEach(others, [&] {
    for (const Strip &rows : cut(rowStrips(widestRows()), *tiling.rowLoop))
      emitLoop(math, rows.lower, rows.upper, rows.size, [&](Value row) {
        loops[*tiling.rowLoop] = row;
        for (const Strip &strip : strips)
          emitLoop(math, strip.lower, strip.upper, strip.size * strip.lanes, [&](Value column) {
            TileShape tile = enterStrip(strip, column);
            tile.rows = rows.size;
            if (rows.isTail || strip.isTail)
              tile.unroll = 2;
            kernel.emit(loops, tile, tileStart, reductions, extents, lower, upper,
                        constantPanel ? &*constantPanel : nullptr);
          });
      });
  });
}

void NestEmitter::emitPanel(const Strip &strip, Value column) { emitBlocks(strip, enterStrip(strip, column)); }

/// The tile's shape but for its rows, where the builder stands at `column`.
TileShape NestEmitter::enterStrip(const Strip &strip, Value column) {
  TileShape shape;
  shape.vectors = strip.size;
  shape.lanes = strip.lanes;
  if (tiling.columnLoop)
    loops[*tiling.columnLoop] = column;
  if (strip.masked) {
    Value last = math.add(column, (strip.size - 1) * strip.lanes);
    Value left = math.sub(math.value(extents[*tiling.columnLoop]), last);
    auto type = VectorType::get({strip.lanes}, builder.getI1Type());
    shape.mask = vector::CreateMaskOp::create(builder, loc, type, left);
  }
  if (constantPanels)
    constantPanel = getConstantPanel(strip, column);
  shape.unroll = tiling.unrollFor(contraction, strip.size * strip.lanes);
  return shape;
}

PackedPanel NestEmitter::getConstantPanel(const Strip &strip, Value column) {
  const ContractionAccess &access = *tiling.constant == 0 ? contraction.lhs : contraction.rhs;
  PackedLoops packedLoops = getPackedLoops(contraction, access, *tiling.columnLoop);
  int64_t width = strip.size * strip.lanes;
  if (strip.masked)
    width = strip.extent;
  SmallVector<int64_t> sizes, strides;
  for (unsigned loop : packedLoops.reduction) sizes.push_back(contraction.extents[loop]);
  sizes.push_back(width);
  int64_t depth = 1, stride = 1;
  for (int64_t size : llvm::reverse(sizes)) {
    strides.insert(strides.begin(), stride);
    stride *= size;
  }
  depth = stride / width;
  // What comes before the panel: the outer loops' earlier iterations, and the panels of this one with fewer columns.
  Value offset = math.scale(column, depth);
  int64_t outer = depth * contraction.extents[*tiling.columnLoop];
  for (unsigned loop : llvm::reverse(packedLoops.outer)) {
    offset = math.add(offset, math.scale(loops[loop], outer));
    outer *= contraction.extents[loop];
  }
  auto type = MemRefType::get(sizes, access.element,
                              StridedLayoutAttr::get(builder.getContext(), ShapedType::kDynamic, strides));
  auto attributes = [&](ArrayRef<int64_t> values) {
    return llvm::map_to_vector(values, [&](int64_t value) -> OpFoldResult { return builder.getIndexAttr(value); });
  };
  Value panel = memref::ReinterpretCastOp::create(builder, loc, type, constantPanels, OpFoldResult(offset),
                                                  attributes(sizes), attributes(strides));
  if (isPacked) {
    // Both lie in memory in the same way but for the distance of rows.
    SmallVector<int64_t> columns(strides);
    columns.front() = contraction.extents[*tiling.columnLoop];
    auto open = MemRefType::get(sizes, access.element,
                                StridedLayoutAttr::get(builder.getContext(), ShapedType::kDynamic,
                                                       SmallVector<int64_t>{ShapedType::kDynamic, 1}));
    auto from = MemRefType::get(sizes, access.element,
                                StridedLayoutAttr::get(builder.getContext(), ShapedType::kDynamic, columns));
    Value original = memref::ReinterpretCastOp::create(builder, loc, from, access.memref, OpFoldResult(column),
                                                       attributes(sizes), attributes(columns));
    panel = arith::SelectOp::create(builder, loc, isPacked, memref::CastOp::create(builder, loc, open, panel),
                                    memref::CastOp::create(builder, loc, open, original));
  }
  int64_t rowBytes = width * access.element.getIntOrFloatBitWidth() / 8;
  int64_t ahead = packedLoops.reduction.empty() ? 0 : tiling.prefetchBytes / rowBytes;
  return {*tiling.constant, panel, packedLoops.reduction, Value(), /*padded=*/false, ahead};
}

void NestEmitter::packAll() {
  for (int64_t extent : contraction.extents)
    extents.push_back(ShapedType::isDynamic(extent) ? OpFoldResult() : builder.getIndexAttr(extent));
  loops.resize(extents.size());
  Value depth = math.constant(contraction.extents[contraction.reduction.back()]);
  for (const Strip &strip : columnStrips())
    emitLoop(math, strip.lower, strip.upper, strip.size * strip.lanes, [&](Value column) {
      TileShape shape = enterStrip(strip, column);
      copyPanel(*tiling.constant, shape, math.constant(0), depth, constantPanel->memref);
    });
}

void NestEmitter::emitBlocks(const Strip &strip, TileShape shape) {
  TileStart tileStart{start, Value()};
  ArrayRef<unsigned> reductions = contraction.reduction;
  OpFoldResult zero = builder.getIndexAttr(0);
  if (!tiling.reductionBlock) {
    OpFoldResult upper = reductions.empty() ? zero : extents[reductions.back()];
    return emitRows(strip, shape, tileStart, reductions, zero, upper, constantPanel ? &*constantPanel : nullptr);
  }

  // Blocks of the innermost reduction loop; the chain goes on from the stored output, so they change no bits.
  unsigned inner = reductions.back();
  ArrayRef<unsigned> innermost = reductions.take_back();
  std::optional<int64_t> depth = getConstantIntValue(extents[inner]);
  int64_t block = tiling.reductionBlock;
  if (depth && *depth > 0)
    block = llvm::alignTo(llvm::divideCeil(*depth, llvm::divideCeil(*depth, block)), shape.unroll);
  auto emitBlock = [&](Value lower, Value upper) {
    std::optional<PackedPanel> panel = constantPanel;
    if (tiling.packed)
      panel = PackedPanel{*tiling.packed, pack(shape, lower, upper), {inner}, lower, /*padded=*/true};
    emitRows(strip, shape, tileStart, innermost, OpFoldResult(lower), OpFoldResult(upper), panel ? &*panel : nullptr);
  };
  forEach(reductions.drop_back(), [&] {
    if (depth && *depth <= block)
      return emitBlock(math.constant(0), math.constant(*depth));
    // An empty reduction still stores the start: its first block has no steps.
    Value total = math.value(extents[inner]), end = total;
    if (start && !depth)
      end = builder.createOrFold<arith::MaxSIOp>(loc, total, math.constant(1));
    emitLoop(math, zero, end, block, [&](Value lower) {
      if (start)
        tileStart.isFirst = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq, lower, math.constant(0));
      Value upper = math.add(lower, block);
      emitBlock(lower, depth && *depth % block == 0 ? upper : math.min(upper, total));
    });
  });
}

void NestEmitter::emitRows(const Strip &strip, TileShape shape, TileStart tileStart, ArrayRef<unsigned> reductions,
                           OpFoldResult lower, OpFoldResult upper, const PackedPanel *panel) {
  auto emitAll = [&] { emitRowsOf(strip, shape, tileStart, reductions, lower, upper, panel); };
  if (!threads.frame || !sharesPanels)
    return emitAll();
  SmallVector<unsigned> order(others);
  NestWork work;
  work.cycles.known = 0.5 * strip.size * tiling.reductionBlock;
  for (unsigned loop : others) work.cycles.scaleBy(extents[loop]);
  SmallVector<OpFoldResult> units = llvm::map_to_vector(others, [&](unsigned loop) { return extents[loop]; });
  if (tiling.rowLoop) {
    order.push_back(*tiling.rowLoop);
    rowUnits = countUnits(rowStrips(tiling.rowsFor(strip.size)));
    units.push_back(rowUnits);
    work.cycles.scaleBy(extents[*tiling.rowLoop]);
  }
  SmallVector<UnitRange> whole = ranges;
  emitBoxes(builder, loc, threads, units, work, [&](ArrayRef<UnitRange> box, bool) {
    for (auto [loop, range] : llvm::zip_equal(order, box)) ranges[loop] = range;
    emitAll();
  });
  ranges = whole;
}

void NestEmitter::emitRowsOf(const Strip &strip, TileShape shape, TileStart tileStart, ArrayRef<unsigned> reductions,
                             OpFoldResult lower, OpFoldResult upper, const PackedPanel *panel) {
  forEach(others, [&] {
    if (!tiling.rowLoop)
      return kernel.emit(loops, shape, tileStart, reductions, extents, lower, upper, panel);
    for (const Strip &rows : cut(rowStrips(tiling.rowsFor(strip.size)), *tiling.rowLoop)) {
      TileShape tile = shape;
      tile.rows = rows.size;
      // Remainders run once; unrolling them would double the code for nothing.
      if (rows.isTail || strip.isTail)
        tile.unroll = 2;
      emitLoop(math, rows.lower, rows.upper, rows.size, [&](Value row) {
        loops[*tiling.rowLoop] = row;
        kernel.emit(loops, tile, tileStart, reductions, extents, lower, upper, panel);
      });
    }
  });
}

Value NestEmitter::pack(const TileShape &shape, Value lower, Value upper) {
  const ContractionAccess &access = *tiling.packed == 0 ? contraction.lhs : contraction.rhs;
  int64_t width = tiling.maxVectors * tiling.lanes;
  int64_t steps = llvm::alignTo(tiling.reductionBlock, shape.unroll);
  Value panel = memref::ViewOp::create(builder, loc, MemRefType::get({steps, width}, access.element), panelBuffer,
                                       math.constant(0), ValueRange{});
  copyPanel(*tiling.packed, shape, lower, upper, panel);
  return panel;
}

/// Steps [`lower`, `upper`) of the columns of `shape` to `panel`; what lies behind a row in it may be overwritten.
void NestEmitter::copyPanel(unsigned operand, const TileShape &shape, Value lower, Value upper, Value panel) {
  const ContractionAccess &access = operand == 0 ? contraction.lhs : contraction.rhs;
  unsigned inner = contraction.reduction.back(), columns = *tiling.columnLoop;
  SmallVector<Value> position = loops;
  if (access.isContiguousAlong(columns)) {
    emitLoop(math, lower, upper, 1, [&](Value step) {
      position[inner] = step;
      for (int64_t vector = 0; vector < shape.vectors; ++vector) {
        TileShape stored = shape;
        SmallVector<Value> indices = kernel.subscripts(access, position, 0, vector * shape.lanes, 0);
        Value row = kernel.loadVector(access.memref, indices, access.element, shape, vector + 1 == shape.vectors);
        SmallVector<Value> target{math.sub(step, lower), math.constant(vector * stored.lanes)};
        if (shape.lanes == 1)
          memref::StoreOp::create(builder, loc, row, panel, target);
        else
          vector::StoreOp::create(builder, loc, row, panel, target);
      }
    });
    return;
  }
  // The operand is transposed: memory is read along columns, in squares that go through registers.
  Value first = loops[columns];
  auto copyElements = [&](Value fromColumn, Value toColumn, Value from, Value to) {
    emitLoop(math, fromColumn, toColumn, 1, [&](Value column) {
      position[columns] = column;
      emitLoop(math, from, to, 1, [&](Value step) {
        position[inner] = step;
        Value element =
            memref::LoadOp::create(builder, loc, access.memref, kernel.subscripts(access, position, 0, 0, 0));
        memref::StoreOp::create(builder, loc, element, panel,
                                ValueRange{math.sub(step, lower), math.sub(column, first)});
      });
    });
  };
  int64_t lanes = shape.lanes, squares = shape.vectors - (shape.mask ? 1 : 0);
  bool hasSquares = lanes >= 4 && access.isContiguousAlong(inner) && access.element.getIntOrFloatBitWidth() >= 32;
  Value wholeColumns = first;
  if (hasSquares) {
    wholeColumns = math.add(first, squares * lanes);
    Value wholeSteps = math.add(lower, math.floorTo(math.sub(upper, lower), lanes));
    emitLoop(math, first, wholeColumns, lanes, [&](Value column) {
      emitLoop(math, lower, wholeSteps, lanes, [&](Value step) {
        position[columns] = column;
        position[inner] = step;
        SmallVector<Value> rows;
        auto type = VectorType::get({lanes}, access.element);
        for (int64_t i = 0; i < lanes; ++i)
          rows.push_back(
              vector::LoadOp::create(builder, loc, type, access.memref, kernel.subscripts(access, position, 0, i, 0)));
        Value offset = math.sub(column, first);
        for (auto [i, row] : llvm::enumerate(transposeSquare(builder, loc, std::move(rows))))
          vector::StoreOp::create(builder, loc, row, panel, ValueRange{math.add(math.sub(step, lower), i), offset});
      });
    });
    copyElements(first, wholeColumns, wholeSteps, upper);
  }
  Value end = math.add(first, shape.vectors * shape.lanes);
  if (shape.mask)
    end = math.min(end, math.value(extents[columns]));
  copyElements(wholeColumns, end, lower, upper);
}

/// The fill that gives `op`'s output its value, if nothing looks at that value in between.
static linalg::FillOp findFill(linalg::LinalgOp op) {
  Value out = op.getDpsInits()[0];
  for (Operation *previous = op->getPrevNode(); previous; previous = previous->getPrevNode()) {
    if (auto fill = dyn_cast<linalg::FillOp>(previous); fill && fill.getOutputs()[0] == out)
      return fill.getInputs()[0].getType() == cast<MemRefType>(out.getType()).getElementType() ? fill : nullptr;
    if (mayAccess(previous, out))
      return {};
  }
  return {};
}

namespace {
/// What is decided for a contraction before any is emitted.
struct Plan {
  Contraction contraction;
  std::optional<ContractionEpilogue> epilogue;
  ContractionTiling tiling;
  /// What is laid out before a loop, where no constant is laid out while compiling.
  std::optional<SteadyInput> steady;
};

/// Fewer steps than these do not pay for a copy of what they would read anyway.
constexpr int64_t kMinimumSteps = 8;

struct EmitContractionsPass : tenon::impl::EmitContractionsPassBase<EmitContractionsPass> {
  using Base::Base;

  LogicalResult initialize(MLIRContext *context) override {
    description = findTargetDescription(target, [&] { return emitError(UnknownLoc::get(context)); });
    return success(description);
  }

  void runOnOperation() override {
    std::vector<Plan> plans;
    getOperation().walk([&](linalg::LinalgOp op) {
      if (FailureOr<Contraction> contraction = matchContraction(op); succeeded(contraction))
        plans.push_back({std::move(*contraction), std::nullopt, {}, std::nullopt});
    });
    // An output without elements needs no code, and its tiles have no size.
    llvm::erase_if(plans, [](Plan &plan) {
      const Contraction &contraction = plan.contraction;
      bool isEmpty = llvm::any_of(contraction.parallel, [&](unsigned loop) { return contraction.extents[loop] == 0; });
      if (isEmpty)
        contraction.op->erase();
      return isEmpty;
    });
    for (Plan &plan : plans) {
      // The loops go where the epilogue is: nothing between the two touches memory.
      plan.epilogue = findEpilogue(plan.contraction);
      OpBuilder builder(plan.epilogue ? plan.epilogue->op : plan.contraction.op);
      normalizeContraction(builder, plan.contraction, plan.epilogue ? &*plan.epilogue : nullptr);
    }
    // Constants are laid out as the tiles read them, where all that read one agree.
    ConstantPacker packer(getOperation());
    for (Plan &plan : plans) {
      plan.tiling = chooseTiling(plan.contraction, *description,
                                 packConstants ? findConstantInput(plan.contraction) : std::nullopt);
      if (plan.tiling.constant)
        packer.request(plan.contraction, plan.tiling);
      else
        chooseSteadyInput(plan);
    }
    packer.pack();
    for (Plan &plan : plans) {
      if (plan.tiling.constant && !plan.steady && !packer.isPacked(plan.contraction)) {
        plan.tiling = chooseTiling(plan.contraction, *description, std::nullopt);
        chooseSteadyInput(plan);
      }
      emit(plan, packer);
    }
    packer.eraseOriginals();
  }

  /// Plans a copy before the loop of an input that all steps read, where that pays.
  void chooseSteadyInput(Plan &plan) {
    std::optional<SteadyInput> steady = findSteadyInput(plan.contraction);
    if (!steady)
      return;
    ContractionTiling tiling = chooseTiling(plan.contraction, *description, steady->operand);
    if (!tiling.constant || liesInPanels(plan.contraction, tiling))
      return;
    // One that is not contiguous along columns would be copied in each step.
    const ContractionAccess &access = steady->operand == 0 ? plan.contraction.lhs : plan.contraction.rhs;
    bool isContiguous = access.isContiguousAlong(*tiling.columnLoop);
    int64_t bytes =
        cast<MemRefType>(access.memref.getType()).getNumElements() * access.element.getIntOrFloatBitWidth() / 8;
    if (isContiguous && (bytes <= description->l1Bytes || steady->steps.value_or(kMinimumSteps) < kMinimumSteps))
      return;
    plan.tiling = tiling;
    plan.steady = steady;
  }

  /// Copies an input before its loop; `isPacked` says whether it did, where the number of steps decides.
  Value packSteadyInput(Plan &plan, Value &isPacked) {
    auto &[contraction, epilogue, tiling, steady] = plan;
    const ContractionAccess &access = steady->operand == 0 ? contraction.lhs : contraction.rhs;
    OpBuilder builder(steady->loop);
    Location loc = contraction.op->getLoc();
    // A vector may be written behind the last row.
    int64_t elements = cast<MemRefType>(access.memref.getType()).getNumElements() + tiling.lanes;
    Value panels = memref::AllocOp::create(builder, loc, MemRefType::get({elements}, access.element),
                                           builder.getI64IntegerAttr(64));
    if (!steady->steps && access.isContiguousAlong(*tiling.columnLoop)) {
      scf::ForOp loop = steady->loop;
      Value distance = arith::SubIOp::create(builder, loc, loop.getUpperBound(), loop.getLowerBound());
      Value least = arith::ConstantOp::create(builder, loc, builder.getIntegerAttr(distance.getType(), kMinimumSteps));
      isPacked = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::sge, distance, least);
      auto branch = scf::IfOp::create(builder, loc, isPacked, /*withElseRegion=*/false);
      builder.setInsertionPointToStart(branch.thenBlock());
    }
    Threads none{Value(), *description};
    NestEmitter(builder, contraction, tiling, nullptr, none, Value(), panels, Value()).packAll();
    return panels;
  }

  void emit(Plan &plan, const ConstantPacker &packer) {
    auto &[contraction, epilogue, tiling, steady] = plan;
    OpBuilder builder(epilogue ? epilogue->op : contraction.op);
    // Where it does not fit, it stays, and the loops come before it.
    if (epilogue && !fitsTiling(*epilogue, contraction, tiling, *description))
      epilogue.reset();
    Value constantPanels, isPacked;
    if (steady)
      constantPanels = packSteadyInput(plan, isPacked);
    else if (tiling.constant)
      constantPanels = packer.get(builder, contraction);
    numPacked += tiling.constant.has_value();
    NestEmitter nest(builder, contraction, tiling, epilogue ? &*epilogue : nullptr,
                     Threads::of(contraction.op, *description, parallel), panelBuffer(contraction, tiling),
                     constantPanels, isPacked);
    linalg::FillOp fill;
    if (!nest.needsInitializedOutput())
      fill = findFill(cast<linalg::LinalgOp>(contraction.op));
    nest.emit(fill ? fill.getInputs()[0] : Value());
    if (fill)
      fill.erase();
    contraction.op->erase();
    if (epilogue) {
      epilogue->op.erase();
      ++numEpilogues;
    }
    ++numContractions;
  }

  /// Scratch memory for the panel in use, which the workspace planner places; null where `contraction` packs nothing.
  Value panelBuffer(const Contraction &contraction, const ContractionTiling &tiling) {
    if (!tiling.packed)
      return {};
    const ContractionAccess &access = *tiling.packed == 0 ? contraction.lhs : contraction.rhs;
    int64_t bytes = llvm::alignTo(tiling.reductionBlock, 4) * tiling.maxVectors * tiling.lanes *
                    access.element.getIntOrFloatBitWidth() / 8;
    // At the function's entry, so that a loop around the contraction does not make one each time.
    Block &entry = contraction.op->getParentOfType<func::FuncOp>().front();
    OpBuilder builder(&entry, entry.begin());
    return memref::AllocOp::create(builder, contraction.op->getLoc(), MemRefType::get({bytes}, builder.getI8Type()),
                                   builder.getI64IntegerAttr(64));
  }

  const TargetDescription *description = nullptr;
};
} // namespace
