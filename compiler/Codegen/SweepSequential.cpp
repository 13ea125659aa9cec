// Reductions that keep the innermost dimension: sequential, with vectors along what is kept.
#include "compiler/Codegen/SweepBody.h"
#include "compiler/Codegen/SweepEmitters.h"

using namespace mlir;
using namespace mlir::tenon;

// Elements of one result, times the instructions for each, up to which they are written without a loop.
static constexpr int64_t kUnrolledTaps = 24;

void mlir::tenon::emitSequentialReduction(SweepBuilder &b, const Sweep &sweep, const Combiner &combiner) {
  const Access &output = sweep.getOutput();
  int vectorDim = output.dims.empty() ? kNone : std::max(output.dims.back(), kNone);
  if (vectorDim != kNone && !output.isContiguousIn(vectorDim))
    vectorDim = kNone;
  std::optional<SweepBody> body(std::in_place, b, sweep, vectorDim, combiner.ops);
  if (vectorDim != kNone && (!body->canVectorize() || body->getWidth() < 2)) {
    vectorDim = kNone;
    body.emplace(b, sweep, vectorDim, combiner.ops);
  }

  SmallVector<Value> indices(sweep.getRank());
  SmallVector<int> kept, reduced;
  for (int dim = 0; dim < static_cast<int>(sweep.getRank()); ++dim)
    if (sweep.roles[dim] != Role::Parallel)
      reduced.push_back(dim);
    else if (dim != vectorDim)
      kept.push_back(dim);

  // Small windows have no loops.
  int64_t taps = 1;
  for (int dim : reduced) {
    int64_t extent = sweep.getStaticExtent(dim);
    taps = ShapedType::isDynamic(extent) || taps * extent > kUnrolledTaps ? kUnrolledTaps + 1 : taps * extent;
  }
  bool unroll = taps * body->getCost() <= kUnrolledTaps;

  // The accumulators of one block of chunks stay in registers while the reduced dimensions go by.
  auto reduceBlock = [&](ArrayRef<Chunk> block) {
    auto indicesOfOutput = [&](const Chunk &chunk) {
      return b.addressOf(output, [&](int dim) { return dim == vectorDim ? chunk.base : indices[dim]; });
    };
    Carried accumulators = llvm::map_to_vector<4>(block, [&](const Chunk &chunk) {
      return sweep.start ? b.splat(sweep.start, chunk.width) : b.load(output.source, indicesOfOutput(chunk), chunk);
    });
    auto nest = [&](auto &self, unsigned depth, Carried carried) -> Carried {
      if (depth < reduced.size() && unroll) {
        for (int64_t i = 0; i < sweep.getStaticExtent(reduced[depth]); ++i) {
          indices[reduced[depth]] = b.index(i);
          carried = self(self, depth + 1, carried);
        }
        return carried;
      }
      if (depth < reduced.size())
        return b.loop(b.index(int64_t(0)), b.index(sweep.extents[reduced[depth]]), 1, carried,
                      [&](Value iv, ValueRange inner) {
                        indices[reduced[depth]] = iv;
                        return self(self, depth + 1, Carried(inner));
                      });
      body->enterRow(indices);
      for (auto [chunk, accumulator] : llvm::zip_equal(block, carried)) {
        body->emit(chunk);
        accumulator = combiner.combine(b, accumulator, body->get(combiner.element, chunk), chunk.width);
      }
      return carried;
    };
    accumulators = nest(nest, 0, accumulators);
    for (auto [chunk, accumulator] : llvm::zip_equal(block, accumulators))
      b.store(accumulator, output.source, indicesOfOutput(chunk), chunk);
  };

  // Wide blocks, so that a row of the input is read in long runs; fewer where the body needs the registers.
  int64_t count = std::clamp<int64_t>(32 / body->getCost(), 1, 8);
  auto nest = [&](auto &self, unsigned depth) -> void {
    if (depth < kept.size())
      return b.forEach(
          sweep.extents[kept[depth]], false,
          [&](Value iv) {
            indices[kept[depth]] = iv;
            self(self, depth + 1);
          },
          b.rangeOf(kept[depth]));
    if (vectorDim == kNone)
      return reduceBlock(Chunk{Value(), 1, Value()});
    b.forEachBlock(sweep.extents[vectorDim], body->getWidth(), count, body->canMask(), reduceBlock,
                   b.rangeOf(vectorDim));
  };
  SmallVector<std::pair<int, OpFoldResult>> cut;
  for (int dim : kept) cut.push_back({dim, sweep.extents[dim]});
  if (vectorDim != kNone)
    cut.push_back({vectorDim, b.countBlocks(sweep.extents[vectorDim], body->getWidth(), count)});
  b.inBoxes(sweep, body->cyclesPerPoint(), cut, [&] { nest(nest, 0); });
}
