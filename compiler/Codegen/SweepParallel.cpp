// Element-wise sweeps: no dimension reduces.
#include "compiler/Codegen/SweepBody.h"
#include "compiler/Codegen/SweepEmitters.h"

using namespace mlir;
using namespace mlir::tenon;

// Instructions up to which a sweep of constant extents is written without loops.
static constexpr int64_t kStraightLine = 96;

// Instructions from which the chain of one chunk is longer than what a core looks ahead: several chunks take their
// steps together, as one wide vector that LLVM splits operation by operation.
static constexpr int64_t kLongChain = 16;
static constexpr int64_t kRegistersPerChunk = 8;

// The dimension along which the first output lies in memory, where every other output moves with it.
static int chooseVectorDim(const Sweep &sweep) {
  if (sweep.getOutput().dims.empty())
    return kNone;
  int dim = std::max(sweep.getOutput().dims.back(), kNone);
  for (unsigned i = 0; dim != kNone && i < sweep.getNumOutputs(); ++i)
    if (!sweep.getOutput(i).isContiguousIn(dim))
      return kNone;
  return dim;
}

// The number of chunks that a sweep of constant extents takes, or "many".
static int64_t countChunks(const Sweep &sweep, int vectorDim, int64_t width) {
  int64_t chunks = 1;
  for (int dim = 0; dim < static_cast<int>(sweep.getRank()); ++dim) {
    int64_t extent = sweep.getStaticExtent(dim);
    if (ShapedType::isDynamic(extent))
      return std::numeric_limits<int64_t>::max();
    chunks *= dim == vectorDim ? (extent + width - 1) / width : extent;
    if (chunks > kStraightLine)
      return std::numeric_limits<int64_t>::max();
  }
  return chunks;
}

// How many whole chunks at the beginning of `block` become one, at most `limit` and a power of two: other lengths would
// be padded.
static int64_t countTogether(ArrayRef<Chunk> block, int64_t width, int64_t limit) {
  size_t whole = llvm::find_if(block, [&](const Chunk &c) { return c.width != width || c.mask; }) - block.begin();
  return llvm::bit_floor(std::clamp<size_t>(whole, 1, limit));
}

void mlir::tenon::emitParallelSweep(SweepBuilder &b, const Sweep &sweep) {
  int vectorDim = chooseVectorDim(sweep);
  std::optional<SweepBody> body(std::in_place, b, sweep, vectorDim);
  if (vectorDim != kNone && (!body->canVectorize() || body->getWidth() < 2)) {
    if (body->canVectorizeTransposed() && succeeded(emitTransposingSweep(b, sweep, vectorDim)))
      return;
    vectorDim = kNone;
    body.emplace(b, sweep, vectorDim);
  }
  int64_t width = vectorDim == kNone ? 1 : body->getWidth();
  int64_t chunks = countChunks(sweep, vectorDim, width);
  bool straight = chunks <= kStraightLine / body->getCost();
  // Independent chunks in one turn hide latency; long bodies hide it themselves.
  int64_t unroll = std::clamp<int64_t>(16 / body->getCost(), 1, 4);

  int64_t together = width > 1 && body->getCost() >= kLongChain
                         ? std::max<int64_t>(1, b.getTarget().vectorRegisters / kRegistersPerChunk)
                         : 1;

  SmallVector<Value> indices(sweep.getRank());
  auto row = [&] {
    body->enterRow(indices);
    if (vectorDim == kNone) {
      body->emitAndStore({Value(), 1, Value()});
      return;
    }
    int64_t extent = sweep.getStaticExtent(vectorDim);
    int64_t turns =
        straight && !ShapedType::isDynamic(extent) ? std::max<int64_t>(1, (extent + width - 1) / width) : unroll;
    b.forEachBlock(
        sweep.extents[vectorDim], width, std::max(turns, together), body->canMask(),
        [&](ArrayRef<Chunk> block) {
          while (!block.empty()) {
            int64_t count = countTogether(block, width, together);
            body->emitAndStore({block.front().base, block.front().width * count, block.front().mask});
            block = block.drop_front(count);
          }
        },
        b.rangeOf(vectorDim));
  };
  auto nest = [&](auto &self, int dim) -> void {
    if (dim == static_cast<int>(sweep.getRank()))
      return row();
    if (dim == vectorDim)
      return self(self, dim + 1);
    b.forEach(
        sweep.extents[dim], straight,
        [&](Value iv) {
          indices[dim] = iv;
          self(self, dim + 1);
        },
        b.rangeOf(dim));
  };
  if (straight)
    return nest(nest, 0);
  SmallVector<std::pair<int, OpFoldResult>> cut;
  for (int dim = 0; dim < static_cast<int>(sweep.getRank()); ++dim)
    if (dim != vectorDim)
      cut.push_back({dim, sweep.extents[dim]});
  if (vectorDim != kNone)
    cut.push_back({vectorDim, b.countBlocks(sweep.extents[vectorDim], width, std::max(unroll, together))});
  b.inBoxes(sweep, body->cyclesPerPoint(), cut, [&] { nest(nest, 0); });
}
