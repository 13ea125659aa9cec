// Reductions over innermost dimensions: 64 lanes and a tree, the same on every target.
#include "compiler/Codegen/SweepLanes.h"
#include "compiler/Codegen/SweepBody.h"
#include "compiler/Codegen/SweepEmitters.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace mlir::tenon;

// Instructions up to which a row of constant length is written without a loop.
static constexpr int64_t kStraightLine = 96;
// Instructions up to which the masked tail of an open row is written once for every vector of lanes.
static constexpr int64_t kStraightTail = 48;

LaneAccumulators::LaneAccumulators(SweepBuilder &builder, const Combine &combine, TypedAttr identity,
                                   Neutrality neutrality, int64_t width, int64_t slots)
    : b(builder), combine(combine), identity(identity), neutrality(neutrality), width(width), lanes(slots, Value()) {}

Value LaneAccumulators::materialized(unsigned slot) {
  if (!lanes[slot])
    lanes[slot] = b.splat(identity, width);
  return lanes[slot];
}

void LaneAccumulators::add(unsigned slot, int64_t lane, const Chunk &chunk, Value element) {
  if (chunk.width == width && lane == 0) {
    bool isFirst = !lanes[slot] && neutrality.asStart;
    Value combined = isFirst ? element : combine(materialized(slot), element, width);
    if (chunk.mask)
      combined = arith::SelectOp::create(b, chunk.mask, combined, materialized(slot));
    lanes[slot] = combined;
    return;
  }
  // A piece of a tail: only its lanes take part.
  Value whole = materialized(slot);
  if (chunk.width == 1) {
    Value part = vector::ExtractOp::create(b, whole, lane);
    lanes[slot] = vector::InsertOp::create(b, combine(part, element, 1), whole, lane);
    return;
  }
  Value part = vector::ExtractStridedSliceOp::create(b, whole, lane, chunk.width, int64_t(1));
  Value combined = combine(part, element, chunk.width);
  lanes[slot] = vector::InsertStridedSliceOp::create(b, combined, whole, lane, int64_t(1));
}

Carried LaneAccumulators::getAll() {
  Carried all;
  for (unsigned slot = 0; slot < lanes.size(); ++slot) all.push_back(materialized(slot));
  return all;
}

Value LaneAccumulators::fold() {
  // Lanes that nothing touched hold the identity; where it is neutral folding them changes nothing.
  if (!neutrality.asElement)
    getAll();
  SmallVector<Value> values = lanes;
  values.resize(kReductionLanes / width);
  for (size_t half = values.size() / 2; half >= 1; half /= 2) {
    for (size_t i = 0; i < half; ++i)
      if (values[i + half])
        values[i] = values[i] ? combine(values[i], values[i + half], width) : values[i + half];
    values.resize(half);
  }
  Value folded = values.front() ? values.front() : b.splat(identity, width);
  for (int64_t half = width / 2; half >= 1; half /= 2) {
    auto part = [&](int64_t offset) -> Value {
      if (half == 1)
        return vector::ExtractOp::create(b, folded, offset);
      return vector::ExtractStridedSliceOp::create(b, folded, offset, half, int64_t(1));
    };
    Value lower = part(0), upper = part(half);
    folded = combine(lower, upper, half);
  }
  return folded;
}

LaneAccumulators mlir::tenon::makeAccumulators(SweepBuilder &b, const Combine &combine, TypedAttr identity,
                                               Neutrality neutrality, int64_t width, OpFoldResult extent) {
  width = std::min(width, kReductionLanes);
  int64_t slots = kReductionLanes / width;
  std::optional<int64_t> n = getConstantIntValue(extent);
  if (n && *n < kReductionLanes && neutrality.asElement) {
    width = std::min<int64_t>(width, std::max<int64_t>(2, llvm::PowerOf2Ceil(*n)));
    slots = std::max<int64_t>(1, (*n + width - 1) / width);
  }
  return LaneAccumulators(b, combine, identity, neutrality, width, slots);
}

// Lane by lane through memory: for bodies that have no vector form, and for the last elements of open rows without
// masks.
static void addThroughBuffer(SweepBuilder &b, Value buffer, Value lane, const Combine &combine, Value element) {
  Value old = memref::LoadOp::create(b, buffer, lane);
  memref::StoreOp::create(b, combine(old, element, 1), buffer, lane);
}

static SmallVector<Chunk> bufferChunks(SweepBuilder &b, int64_t width) {
  SmallVector<Chunk> chunks;
  for (int64_t lane = 0; lane < kReductionLanes; lane += width) chunks.push_back({b.index(lane), width, Value()});
  return chunks;
}

void mlir::tenon::reduceRow(SweepBuilder &b, LaneAccumulators &accumulators, OpFoldResult extent, int64_t cost,
                            bool maskable, function_ref<Value(const Chunk &)> element) {
  int64_t width = accumulators.getWidth(), slots = kReductionLanes / width;
  auto addChunk = [&](LaneAccumulators &into, unsigned slot, const Chunk &chunk) {
    into.add(slot, 0, chunk, element(chunk));
  };
  // The accumulators pass through a loop, which takes 64 elements in each turn.
  auto looped = [&](Value lower, Value upper, function_ref<void(Value, LaneAccumulators &)> turn) {
    accumulators.setAll(b.loop(lower, upper, kReductionLanes, accumulators.getAll(), [&](Value iv, ValueRange carried) {
      LaneAccumulators inner = accumulators;
      inner.setAll(Carried(carried));
      turn(iv, inner);
      return inner.getAll();
    }));
  };
  auto fullTurn = [&](Value iv, LaneAccumulators &into) {
    for (int64_t slot = 0; slot < slots; ++slot) addChunk(into, slot, {b.add(iv, slot * width), width, Value()});
  };

  if (std::optional<int64_t> n = getConstantIntValue(extent)) {
    int64_t main = 0;
    if (*n / width * cost > kStraightLine && *n >= 2 * kReductionLanes) {
      main = *n / kReductionLanes * kReductionLanes;
      looped(b.index(int64_t(0)), b.index(main), fullTurn);
    }
    int64_t slot = 0;
    for (; main + width <= *n; main += width) addChunk(accumulators, slot++ % slots, {b.index(main), width, Value()});
    int64_t rest = *n - main;
    if (rest == 0)
      return;
    slot %= slots;
    if (maskable && rest > 1) {
      SmallVector<bool> exists(width, false);
      std::fill_n(exists.begin(), rest, true);
      auto type = cast<VectorType>(widened(b.getI1Type(), width));
      Value mask = b.constant(cast<TypedAttr>(Attribute(DenseElementsAttr::get(type, ArrayRef<bool>(exists)))));
      addChunk(accumulators, slot, {b.index(main), width, mask});
      return;
    }
    int64_t lane = 0;
    for (const Chunk &chunk : b.tailChunks(b.index(main), rest, width, /*maskable=*/false)) {
      accumulators.add(slot, lane, chunk, element(chunk));
      lane += chunk.width;
    }
    return;
  }

  Value n = cast<Value>(extent);
  Value rest = arith::RemSIOp::create(b, n, b.index(kReductionLanes));
  Value main = arith::SubIOp::create(b, n, rest);
  looped(b.index(int64_t(0)), main, fullTurn);
  if (maskable && cost * slots <= kStraightTail) {
    // At most one turn.
    looped(main, n, [&](Value iv, LaneAccumulators &into) {
      for (int64_t slot = 0; slot < slots; ++slot) {
        Value base = b.add(iv, slot * width);
        Value left = arith::SubIOp::create(b, n, base);
        addChunk(into, slot, {base, width, b.openMask(left, width)});
      }
    });
    return;
  }
  Value buffer = b.laneBuffer(accumulators.getType());
  SmallVector<Chunk> chunks = bufferChunks(b, width);
  for (auto [chunk, lanes] : llvm::zip_equal(chunks, accumulators.getAll())) b.store(lanes, buffer, chunk.base, chunk);
  // One vector of lanes at a time, then single ones.
  auto addVector = [&](Value iv, Value mask) {
    Value lane = arith::SubIOp::create(b, iv, main);
    Chunk lanes{lane, width, Value()};
    Value old = b.load(buffer, lane, lanes);
    Value combined = accumulators.getCombine()(old, element({iv, width, mask}), width);
    if (mask)
      combined = arith::SelectOp::create(b, mask, combined, old);
    b.store(combined, buffer, lane, lanes);
  };
  if (maskable) {
    b.loop(main, n, width, [&](Value iv) {
      Value left = arith::SubIOp::create(b, n, iv);
      addVector(iv, b.openMask(left, width));
    });
  } else {
    Value vectors = arith::SubIOp::create(b, n, arith::RemSIOp::create(b, n, b.index(width)));
    b.loop(main, vectors, width, [&](Value iv) { addVector(iv, Value()); });
    b.loop(vectors, n, 1, [&](Value iv) {
      Value lane = arith::SubIOp::create(b, iv, main);
      addThroughBuffer(b, buffer, lane, accumulators.getCombine(), element({iv, 1, Value()}));
    });
  }
  accumulators.setAll(
      llvm::map_to_vector<4>(chunks, [&](const Chunk &chunk) { return b.load(buffer, chunk.base, chunk); }));
}

// All lanes in memory: clears them, lets `accumulate` add to them, and folds them.
static Value reduceThroughBuffer(SweepBuilder &b, const Combine &combine, TypedAttr identity,
                                 function_ref<void(Value)> accumulate) {
  Value buffer = b.laneBuffer(identity.getType()), start = b.constant(identity), zero = b.index(int64_t(0));
  b.loop(zero, b.index(kReductionLanes), 1, [&](Value lane) { memref::StoreOp::create(b, start, buffer, lane); });
  accumulate(buffer);
  for (int64_t half = kReductionLanes / 2; half >= 1; half /= 2)
    b.loop(zero, b.index(half), 1, [&](Value lane) {
      Value upper = memref::LoadOp::create(b, buffer, b.add(lane, half));
      addThroughBuffer(b, buffer, lane, combine, upper);
    });
  return memref::LoadOp::create(b, buffer, zero);
}

Value mlir::tenon::reduceScalars(SweepBuilder &b, const Combine &combine, TypedAttr identity, OpFoldResult extent,
                                 function_ref<Value(const Chunk &)> element) {
  return reduceThroughBuffer(b, combine, identity, [&](Value buffer) {
    b.forEach(extent, false, [&](Value iv) {
      Value lane = arith::AndIOp::create(b, iv, b.index(kReductionLanes - 1));
      addThroughBuffer(b, buffer, lane, combine, element({iv, 1, Value()}));
    });
  });
}

namespace {
/// One reduction: the loops around the rows, and the rows as vectors or lane by lane.
class LaneReduction {
public:
  LaneReduction(SweepBuilder &builder, const Sweep &sweep, const Combiner &combiner)
      : b(builder), sweep(sweep), combiner(combiner),
        combine([this](Value l, Value r, int64_t width) { return this->combiner.combine(b, l, r, width); }),
        indices(sweep.getRank()) {
    for (int dim = 0; dim < static_cast<int>(sweep.getRank()); ++dim)
      (sweep.roles[dim] == Role::Parallel ? kept : sweep.roles[dim] == Role::Sequential ? outer : lanes).push_back(dim);
  }

  void emit() {
    if (lanes.size() == 1) {
      SweepBody body(b, sweep, lanes.front(), combiner.ops);
      if (body.canVectorize() && body.getWidth() >= 2) {
        inBoxes(body, [&] { return vectors(body); });
        return;
      }
    }
    SweepBody body(b, sweep, kNone, combiner.ops);
    inBoxes(body, [&] { return scalars(body); });
  }

private:
  // The lanes of one result are never cut.
  void inBoxes(const SweepBody &body, function_ref<Value()> reduce) {
    SmallVector<std::pair<int, OpFoldResult>> cut;
    for (int dim : kept) cut.push_back({dim, sweep.extents[dim]});
    b.inBoxes(sweep, body.cyclesPerPoint(), cut, [&] { forKept(0, reduce); });
  }

  // The loops over results; `reduce` gives the value of all lanes together.
  void forKept(unsigned depth, function_ref<Value()> reduce) {
    if (depth < kept.size())
      return b.forEach(
          sweep.extents[kept[depth]], false,
          [&](Value iv) {
            indices[kept[depth]] = iv;
            forKept(depth + 1, reduce);
          },
          b.rangeOf(kept[depth]));
    Value total = reduce();
    const Access &output = sweep.getOutput();
    SmallVector<Value> at = b.addressOf(output, [&](int dim) { return indices[dim]; });
    if (sweep.start != combiner.identity || !combiner.neutrality.asStart) {
      Value old = sweep.start ? b.constant(sweep.start) : Value(memref::LoadOp::create(b, output.source, at));
      total = combine(old, total, 1);
    }
    memref::StoreOp::create(b, total, output.source, at);
  }

  Value vectors(SweepBody &body) {
    int dim = lanes.front();
    LaneAccumulators accumulators =
        makeAccumulators(b, combine, combiner.identity, combiner.neutrality, body.getWidth(), sweep.extents[dim]);
    auto row = [&](LaneAccumulators &into) {
      body.enterRow(indices);
      reduceRow(b, into, sweep.extents[dim], body.getCost() + 1, body.canMask(), [&](const Chunk &chunk) {
        body.emit(chunk);
        return body.get(combiner.element, chunk);
      });
    };
    auto nest = [&](auto &self, unsigned depth, LaneAccumulators &into) -> void {
      if (depth == outer.size())
        return row(into);
      into.setAll(b.loop(b.index(int64_t(0)), b.index(sweep.extents[outer[depth]]), 1, into.getAll(),
                         [&](Value iv, ValueRange carried) {
                           indices[outer[depth]] = iv;
                           LaneAccumulators inner = into;
                           inner.setAll(Carried(carried));
                           self(self, depth + 1, inner);
                           return inner.getAll();
                         }));
    };
    nest(nest, 0, accumulators);
    return accumulators.fold();
  }

  Value scalars(SweepBody &body) {
    return reduceThroughBuffer(b, combine, combiner.identity, [&](Value buffer) {
      SmallVector<int> reduced = outer;
      llvm::append_range(reduced, lanes);
      auto nest = [&](auto &self, unsigned depth) -> void {
        if (depth < reduced.size())
          return b.forEach(sweep.extents[reduced[depth]], false, [&](Value iv) {
            indices[reduced[depth]] = iv;
            self(self, depth + 1);
          });
        body.enterRow(indices);
        Chunk scalar{Value(), 1, Value()};
        body.emit(scalar);
        Value element = b.index(int64_t(0));
        for (int dim : lanes) {
          element = arith::MulIOp::create(b, element, b.index(sweep.extents[dim]));
          element = arith::AddIOp::create(b, element, indices[dim]);
        }
        Value lane = arith::AndIOp::create(b, element, b.index(kReductionLanes - 1));
        addThroughBuffer(b, buffer, lane, combine, body.get(combiner.element, scalar));
      };
      nest(nest, 0);
    });
  }

  SweepBuilder &b;
  const Sweep &sweep;
  const Combiner &combiner;
  Combine combine;
  SmallVector<Value> indices;
  SmallVector<int> kept, outer, lanes;
};
} // namespace

void mlir::tenon::emitLaneReduction(SweepBuilder &builder, const Sweep &sweep, const Combiner &combiner) {
  LaneReduction(builder, sweep, combiner).emit();
}
