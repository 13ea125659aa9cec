// Softmax in rows: maximum, exponentials and their sum, quotients.
#include "compiler/Codegen/SweepEmitters.h"
#include "compiler/Codegen/SweepLanes.h"
#include "dialects/TenonMath/TenonMath.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace mlir::tenon;

// About the instructions of one exponential.
static constexpr int64_t kCostOfExp = 20;

namespace {
class Softmax {
public:
  Softmax(SweepBuilder &builder, const Sweep &sweep)
      : b(builder), sweep(sweep), type(cast<FloatType>(sweep.getOutput().getType().getElementType())),
        // Compare and select is one instruction and maximumf several. A NaN does not become the maximum, but it reaches
        // every element of its row through the sum.
        maximum([this](Value most, Value x, int64_t) -> Value {
          Value greater = arith::CmpFOp::create(b, arith::CmpFPredicate::OGT, x, most);
          return arith::SelectOp::create(b, greater, x, most);
        }),
        sum([this](Value total, Value x, int64_t) -> Value { return arith::AddFOp::create(b, total, x); }),
        infinity(FloatAttr::get(type, -std::numeric_limits<double>::infinity())), zero(FloatAttr::get(type, -0.0)),
        indices(sweep.getRank()), maskable(b.masks(type)) {}

  void emit() {
    int axis = llvm::find_if(sweep.roles, [](Role role) { return role != Role::Parallel; }) - sweep.roles.begin();
    // Along an innermost axis: lanes. Along any other: vectors of what lies inside it.
    bool inLanes = sweep.roles[axis] == Role::Lanes;
    vectorDim = inLanes ? axis : sweep.getRank() - 1;
    int64_t width = b.getTarget().lanes(type);
    bool contiguous =
        llvm::all_of(sweep.operands, [&](const Access &access) { return access.isContiguousIn(vectorDim); });
    if (!contiguous)
      width = 1;
    // Such a row stays in registers from the maximum to the quotient; the other half of them computes.
    std::optional<int64_t> n = getConstantIntValue(sweep.extents[axis]);
    int64_t inRegisters = b.getTarget().vectorRegisters / 2;
    bool isLong = !n || width == 1 || *n > inRegisters * width;
    // While one row is folded, the other computes.
    bool inPairs = inLanes && !isLong && axis > 0 && 2 * *n <= inRegisters * width;
    // The dimension that goes in blocks, and what is in one.
    int blockDim = inPairs ? axis - 1 : inLanes ? kNone : vectorDim;
    int64_t blockWidth = inPairs ? 1 : width, count = !inPairs && width == 1 ? 1 : 2;

    SmallVector<std::pair<int, OpFoldResult>> cut;
    for (int dim = 0; dim < static_cast<int>(sweep.getRank()); ++dim)
      if (dim != axis && dim != blockDim)
        cut.push_back({dim, sweep.extents[dim]});
    if (blockDim != kNone)
      cut.push_back({blockDim, b.countBlocks(sweep.extents[blockDim], blockWidth, count)});
    // An exponential, a division, and memory, which is gone through three times.
    double cycles = (kCostOfExp + 8.0) / (2 * width) + 5 * type.getWidth() / 8 / 32.0;
    b.inBoxes(sweep, cycles, cut, [&] {
      forRows(0, axis, blockDim, [&] {
        if (blockDim == kNone)
          return isLong ? longRow(axis, width) : shortRows(axis, width, {});
        b.forEachBlock(
            sweep.extents[blockDim], blockWidth, count, !inPairs && maskable,
            [&](ArrayRef<Chunk> block) { inPairs ? shortRows(axis, width, block) : columns(axis, block); },
            b.rangeOf(blockDim));
      });
    });
  }

private:
  void forRows(int dim, int axis, int inner, function_ref<void()> body) {
    if (dim == static_cast<int>(sweep.getRank()))
      return body();
    if (dim == axis || dim == inner)
      return forRows(dim + 1, axis, inner, body);
    b.forEach(
        sweep.extents[dim], false,
        [&](Value iv) {
          indices[dim] = iv;
          forRows(dim + 1, axis, inner, body);
        },
        b.rangeOf(dim));
  }

  SmallVector<Value> at(const Access &access, const Chunk &chunk) {
    return b.addressOf(access, [&](int dim) { return dim == vectorDim ? chunk.base : indices[dim]; });
  }
  Value loadInput(const Chunk &chunk) { return b.load(sweep.operands[0].source, at(sweep.operands[0], chunk), chunk); }
  Value loadOutput(const Chunk &chunk) { return b.load(sweep.getOutput().source, at(sweep.getOutput(), chunk), chunk); }
  void storeOutput(Value value, const Chunk &chunk) {
    b.store(value, sweep.getOutput().source, at(sweep.getOutput(), chunk), chunk);
  }
  Value exponential(Value x, Value most) {
    return tenon_math::create<math::ExpOp>(b, arith::SubFOp::create(b, x, most));
  }

  Value reduce(const Combine &combine, TypedAttr identity, Neutrality neutrality, OpFoldResult extent, int64_t width,
               int64_t cost, function_ref<Value(const Chunk &)> element) {
    if (width == 1)
      return reduceScalars(b, combine, identity, extent, element);
    LaneAccumulators accumulators = makeAccumulators(b, combine, identity, neutrality, width, extent);
    reduceRow(b, accumulators, extent, cost, maskable, element);
    return accumulators.fold();
  }

  // Rows along the vectors, each in registers: those at `positions` in the dimension outside of the axis, or the one
  // at hand where there are none.
  void shortRows(int axis, int64_t width, ArrayRef<Chunk> positions) {
    struct Row {
      Value most, total;
      SmallVector<std::pair<Chunk, Value>> kept;
    };
    SmallVector<Row, 2> rows(std::max<size_t>(positions.size(), 1));
    auto forEachRow = [&](function_ref<void(Row &)> body) {
      for (auto [i, row] : llvm::enumerate(rows)) {
        if (!positions.empty())
          indices[axis - 1] = positions[i].base;
        body(row);
      }
    };
    OpFoldResult extent = sweep.extents[axis];
    forEachRow([&](Row &row) {
      row.most = reduce(maximum, infinity, ofMaximum, extent, width, 0, [&](const Chunk &chunk) {
        row.kept.push_back({chunk, loadInput(chunk)});
        return row.kept.back().second;
      });
    });
    forEachRow([&](Row &row) {
      auto next = row.kept.begin();
      row.total = reduce(sum, zero, ofSum, extent, width, 0, [&](const Chunk &chunk) {
        next->second = exponential(next->second, b.broadcast(row.most, chunk.width));
        return (next++)->second;
      });
    });
    forEachRow([&](Row &row) {
      for (auto &[chunk, value] : row.kept)
        storeOutput(arith::DivFOp::create(b, value, b.broadcast(row.total, chunk.width)), chunk);
    });
  }

  // A longer row passes through the output.
  void longRow(int axis, int64_t width) {
    OpFoldResult extent = sweep.extents[axis];
    Value most =
        reduce(maximum, infinity, ofMaximum, extent, width, 2, [&](const Chunk &chunk) { return loadInput(chunk); });
    Value total = reduce(sum, zero, ofSum, extent, width, kCostOfExp, [&](const Chunk &chunk) {
      Value value = exponential(loadInput(chunk), b.broadcast(most, chunk.width));
      storeOutput(value, chunk);
      return value;
    });
    b.forEachChunk(extent, width, width == 1 ? 1 : 4, maskable, [&](const Chunk &chunk) {
      storeOutput(arith::DivFOp::create(b, loadOutput(chunk), b.broadcast(total, chunk.width)), chunk);
    });
  }

  // A block of columns, each its own softmax along the axis.
  void columns(int axis, ArrayRef<Chunk> block) {
    auto along = [&](TypedAttr start, function_ref<Value(const Chunk &, Value)> next) {
      Carried inits = llvm::map_to_vector<4>(block, [&](const Chunk &chunk) { return b.splat(start, chunk.width); });
      return b.loop(b.index(int64_t(0)), b.index(sweep.extents[axis]), 1, inits, [&](Value iv, ValueRange carried) {
        indices[axis] = iv;
        Carried results;
        for (auto [chunk, value] : llvm::zip_equal(block, carried)) results.push_back(next(chunk, value));
        return results;
      });
    };
    Carried most =
        along(infinity, [&](const Chunk &chunk, Value value) { return maximum(value, loadInput(chunk), chunk.width); });
    unsigned position = 0;
    Carried total = along(zero, [&](const Chunk &chunk, Value value) {
      Value e = exponential(loadInput(chunk), most[position++]);
      storeOutput(e, chunk);
      return sum(value, e, chunk.width);
    });
    b.loop(b.index(int64_t(0)), b.index(sweep.extents[axis]), 1, [&](Value iv) {
      indices[axis] = iv;
      for (auto [chunk, value] : llvm::zip_equal(block, total))
        storeOutput(arith::DivFOp::create(b, loadOutput(chunk), value), chunk);
    });
  }

  SweepBuilder &b;
  const Sweep &sweep;
  FloatType type;
  Combine maximum, sum;
  // The maximum starts at the identity, and so is never NaN.
  Neutrality ofMaximum{/*asStart=*/false, /*asElement=*/true}, ofSum;
  TypedAttr infinity, zero;
  SmallVector<Value> indices;
  bool maskable;
  int vectorDim = kNone;
};
} // namespace

void mlir::tenon::emitSoftmax(SweepBuilder &builder, const Sweep &sweep) { Softmax(builder, sweep).emit(); }
