// Contractions whose result only the next one reads run with it, part by part.
#include "compiler/Transforms/Parts.h"
#include "compiler/Transforms/Passes.h"
#include "compiler/Transforms/StructuredOps.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/SCF/Transforms/TileUsingInterface.h"
#include "mlir/Dialect/SCF/Transforms/Transforms.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Remarks.h"
#include "mlir/Interfaces/TilingInterface.h"
#include "llvm/Support/MathExtras.h"

namespace mlir::tenon {
#define GEN_PASS_DEF_TILECHAINSPASS
#include "compiler/Transforms/Passes.h.inc"
} // namespace mlir::tenon

using namespace mlir;
using namespace mlir::tenon;

/// An open size counts as this many: what is open is meant to be long.
static constexpr int64_t kOpenSize = 512;
/// A block has this many rows at least, where it has less than all: enough for register tiles.
static constexpr int64_t kMinRows = 16;
/// How often more bytes a block may read again than the intermediate tensor would cost: those come from the next level
/// of the cache, the tensor from memory.
static constexpr double kRereading = 4;

namespace {
/// A contraction, element-wise ops and softmax in a row, and the contraction that reads their result.
struct Chain {
  linalg::GenericOp root;
  /// Which operand of `root` the chain is.
  OpOperand *operand;
  /// From the operand's producer back to the first contraction.
  SmallVector<Operation *> producers;
  /// The dimension along which a softmax runs.
  llvm::SmallDenseSet<int64_t> whole;

  linalg::GenericOp getFirst() const { return cast<linalg::GenericOp>(producers.back()); }
  RankedTensorType getType() const { return cast<RankedTensorType>(operand->get().getType()); }
};

/// How a chain is cut: sizes for the loops of its root, 0 for those that stay whole.
struct Cut {
  SmallVector<int64_t> sizes;
  /// The loop that runs over blocks of rows.
  std::optional<unsigned> rows;
};
} // namespace

static int64_t sizeOf(RankedTensorType type, int64_t dim) {
  return type.isDynamicDim(dim) ? kOpenSize : type.getDimSize(dim);
}

/// Bytes of a tensor under `map`, where loops with a size in `cut` have that many iterations; `cut` may be empty.
static int64_t bytesOf(RankedTensorType type, AffineMap map, ArrayRef<int64_t> cut) {
  int64_t bytes = llvm::divideCeil(type.getElementTypeBitWidth(), 8);
  for (auto [dim, expr] : llvm::enumerate(map.getResults())) {
    int64_t size = sizeOf(type, dim);
    if (auto loop = dyn_cast<AffineDimExpr>(expr); loop && loop.getPosition() < cut.size() && cut[loop.getPosition()])
      size = std::min(size, cut[loop.getPosition()]);
    bytes *= size;
  }
  return bytes;
}

static bool isPlainContraction(Operation *op) {
  auto generic = dyn_cast_or_null<linalg::GenericOp>(op);
  return generic && generic.hasPureTensorSemantics() && isContraction(generic) && generic.getNumDpsInputs() == 2 &&
         generic->getNumResults() == 1 &&
         llvm::all_of(generic.getIndexingMapsArray(), [](AffineMap map) { return map.isProjectedPermutation(); });
}

/// The operand through which an element-wise op belongs to a chain: all of it, from an op that nobody else asks.
static OpOperand *getChained(linalg::GenericOp op) {
  if (op->getNumResults() != 1 || !op.hasPureTensorSemantics() ||
      !op.getMatchingIndexingMap(op.getDpsInitOperand(0)).isIdentity())
    return nullptr;
  for (OpOperand *operand : op.getDpsInputOperands()) {
    Operation *producer = operand->get().getDefiningOp();
    if (producer && producer->hasOneUse() && op.getMatchingIndexingMap(operand).isIdentity() &&
        (isElementwiseLoop(producer) || isPlainContraction(producer) || isa<linalg::SoftmaxOp>(producer)))
      return operand;
  }
  return nullptr;
}

static std::optional<Chain> findChain(linalg::GenericOp root) {
  for (OpOperand *operand : root.getDpsInputOperands()) {
    Chain chain{root, operand, {}, {}};
    for (OpOperand *link = operand; link;) {
      Operation *op = link->get().getDefiningOp();
      if (!op || !op->hasOneUse() || op->getBlock() != root->getBlock())
        break;
      chain.producers.push_back(op);
      if (isPlainContraction(op))
        return chain;
      if (auto softmax = dyn_cast<linalg::SoftmaxOp>(op); softmax && softmax.hasPureTensorSemantics()) {
        chain.whole.insert(softmax.getDimension());
        link = &softmax.getInputMutable();
      } else {
        link = isElementwiseLoop(op) ? getChained(cast<linalg::GenericOp>(op)) : nullptr;
      }
    }
  }
  return std::nullopt;
}

/// The loop of `op` that `map` has at `dim`.
static unsigned loopAt(AffineMap map, unsigned dim) { return cast<AffineDimExpr>(map.getResult(dim)).getPosition(); }

/// Decides how the chain is cut so that a part of what its contractions hand on stays in the second-level cache, or why
/// it is not.
static FailureOr<Cut> chooseCut(const Chain &chain, int64_t cacheBytes, std::string &reason) {
  linalg::GenericOp root = chain.root, first = chain.getFirst();
  RankedTensorType type = chain.getType();
  AffineMap map = root.getMatchingIndexingMap(chain.operand);
  AffineMap firstMap = first.getMatchingIndexingMap(first.getDpsInitOperand(0));
  int64_t bytes = bytesOf(type, map, {});
  if (bytes <= cacheBytes / 2) {
    reason = llvm::formatv("{0} bytes between them stay in the cache", bytes);
    return failure();
  }

  // Along a loop on which everything depends parts share nothing. Along rows each part reads the other operands again.
  SmallVector<utils::IteratorType> iterators = root.getIteratorTypesArray();
  Cut cut{SmallVector<int64_t>(root.getNumLoops(), 0), std::nullopt};
  OpOperand *other = root.getDpsInputOperand(chain.operand->getOperandNumber() == 0 ? 1 : 0);
  unsigned rowDim = 0;
  for (int64_t dim = 0; dim < type.getRank(); ++dim) {
    unsigned loop = loopAt(map, dim), firstLoop = loopAt(firstMap, dim);
    if (iterators[loop] != utils::IteratorType::parallel || chain.whole.contains(dim))
      continue;
    bool isBatch = root.getMatchingIndexingMap(other).isFunctionOfDim(loop) &&
                   llvm::all_of(first.getDpsInputOperands(), [&](OpOperand *operand) {
                     return first.getMatchingIndexingMap(operand).isFunctionOfDim(firstLoop);
                   });
    if (isBatch) {
      cut.sizes[loop] = 1;
    } else if (int64_t size = sizeOf(type, dim); size > (cut.rows ? sizeOf(type, rowDim) : 1)) {
      cut.rows = loop;
      rowDim = dim;
    }
  }
  int64_t part = bytesOf(type, map, cut.sizes), budget = cacheBytes / 4;
  if (part > budget && !cut.rows) {
    reason = llvm::formatv("the parts that share nothing have {0} bytes", part);
    return failure();
  }
  if (part <= budget)
    cut.rows.reset();
  if (!cut.rows && llvm::all_of(cut.sizes, [](int64_t size) { return size == 0; })) {
    reason = "no loop is common to both";
    return failure();
  }
  if (!cut.rows)
    return cut;

  int64_t rows = sizeOf(type, rowDim), block = std::max(kMinRows, budget / std::max<int64_t>(part / rows, 1));
  // Whole blocks, if there is a size that is not much smaller.
  block = llvm::divideCeil(rows, llvm::divideCeil(rows, block));
  for (int64_t size = block; !type.isDynamicDim(rowDim) && size >= std::max(kMinRows, block / 2); --size)
    if (rows % size == 0) {
      block = size;
      break;
    }
  cut.sizes[*cut.rows] = block;
  // What each block reads again.
  int64_t reread = 0;
  unsigned firstLoop = loopAt(firstMap, rowDim);
  for (OpOperand *operand : first.getDpsInputOperands())
    if (AffineMap operandMap = first.getMatchingIndexingMap(operand); !operandMap.isFunctionOfDim(firstLoop)) {
      SmallVector<int64_t> sizes(first.getNumLoops(), 0);
      for (int64_t dim = 0; dim < type.getRank(); ++dim) sizes[loopAt(firstMap, dim)] = cut.sizes[loopAt(map, dim)];
      reread += bytesOf(cast<RankedTensorType>(operand->get().getType()), operandMap, sizes);
    }
  if (AffineMap otherMap = root.getMatchingIndexingMap(other); !otherMap.isFunctionOfDim(*cut.rows))
    reread += bytesOf(cast<RankedTensorType>(other->get().getType()), otherMap, cut.sizes);
  int64_t blocks = llvm::divideCeil(rows, block);
  if (reread > part) {
    reason =
        llvm::formatv("{0} blocks would each read {1} bytes, more than the {2} between them", blocks, reread, part);
    return failure();
  }
  if (int64_t smallest = bytesOf(type, map, cut.sizes); smallest > 2 * cacheBytes) {
    reason = llvm::formatv("a block of {0} rows has {1} bytes", block, smallest);
    return failure();
  }
  // Stored and read by each of the two.
  double saved = 4.0 * static_cast<double>(part);
  if (static_cast<double>(reread) * static_cast<double>(blocks - 1) > kRereading * saved) {
    reason =
        llvm::formatv("{0} blocks would each read {1} bytes again, to keep {2} in the cache", blocks, reread, part);
    return failure();
  }
  return cut;
}

/// Makes `slice`, a part of what `producer` computes, what a copy of the producer computes of it; gives the parts of
/// other tensors that the copy reads.
static FailureOr<TilingResult> computePart(IRRewriter &rewriter, Operation *producer, tensor::ExtractSliceOp slice) {
  auto op = cast<TilingInterface>(producer);
  SmallVector<OpFoldResult> offsets = slice.getMixedOffsets(), sizes = slice.getMixedSizes();
  rewriter.setInsertionPoint(slice);
  // A softmax's loops are its dimensions.
  if (!isa<linalg::SoftmaxOp>(producer)) {
    SmallVector<OpFoldResult> loopOffsets, loopSizes;
    if (failed(op.getIterationDomainTileFromResultTile(rewriter, 0, offsets, sizes, loopOffsets, loopSizes)))
      return failure();
    offsets = loopOffsets;
    sizes = loopSizes;
  }
  FailureOr<TilingResult> tiled = op.getTiledImplementation(rewriter, offsets, sizes);
  if (succeeded(tiled))
    rewriter.replaceOp(slice, tiled->tiledValues[0]);
  return tiled;
}

/// Gives a copy of a producer a destination of its own size.
static void localizeDestination(IRRewriter &rewriter, Operation *op) {
  OpOperand &init = cast<DestinationStyleOpInterface>(op).getDpsInitsMutable()[0];
  auto slice = init.get().getDefiningOp<tensor::ExtractSliceOp>();
  if (!slice)
    return;
  rewriter.setInsertionPoint(slice);
  Value whole = slice.getSource();
  auto fill = whole.getDefiningOp<linalg::FillOp>();
  if (fill)
    whole = fill.getOutputs()[0];
  if (!whole.getDefiningOp<tensor::EmptyOp>())
    return;
  Value local =
      tensor::EmptyOp::create(rewriter, op->getLoc(), slice.getMixedSizes(), slice.getType().getElementType());
  if (fill)
    local = linalg::FillOp::create(rewriter, fill.getLoc(), fill.getInputs(), ValueRange{local}).getResult(0);
  rewriter.replaceOp(slice, local);
}

/// Fills each part of the root's result where it is computed, not all of it before.
static void fillParts(IRRewriter &rewriter, scf::SCFTilingResult &tiled) {
  auto outermost = cast<scf::ForOp>(tiled.loops.front().getOperation());
  auto fill = outermost.getInitArgs()[0].getDefiningOp<linalg::FillOp>();
  if (!fill)
    return;
  OpOperand &init = cast<DestinationStyleOpInterface>(tiled.tiledOps.back()).getDpsInitsMutable()[0];
  rewriter.setInsertionPoint(tiled.tiledOps.back());
  Value part = linalg::FillOp::create(rewriter, fill.getLoc(), fill.getInputs(), ValueRange{init.get()}).getResult(0);
  rewriter.modifyOpInPlace(init.getOwner(), [&] { init.set(part); });
  rewriter.modifyOpInPlace(outermost, [&] { outermost.getInitArgsMutable()[0].set(fill.getOutputs()[0]); });
}

static LogicalResult tile(IRRewriter &rewriter, Chain &chain, const Cut &cut) {
  rewriter.setInsertionPoint(chain.root);
  scf::SCFTilingOptions options;
  options.setTileSizes(getAsIndexOpFoldResult(rewriter.getContext(), cut.sizes));
  FailureOr<scf::SCFTilingResult> tiled =
      scf::tileUsingSCF(rewriter, cast<TilingInterface>(chain.root.getOperation()), options);
  if (failed(tiled))
    return failure();
  for (LoopLikeOpInterface loop : tiled->loops) loop->setAttr(partsAttrName, rewriter.getUnitAttr());
  fillParts(rewriter, *tiled);
  SmallVector<Operation *> slices = tiled->generatedSlices;
  for (Operation *producer : chain.producers) {
    auto *it = llvm::find_if(slices, [&](Operation *op) {
      auto slice = dyn_cast<tensor::ExtractSliceOp>(op);
      return slice && slice.getSource() == producer->getResult(0);
    });
    if (it == slices.end())
      return failure();
    FailureOr<TilingResult> part = computePart(rewriter, producer, cast<tensor::ExtractSliceOp>(*it));
    if (failed(part))
      return failure();
    slices = part->generatedSlices;
    localizeDestination(rewriter, part->tiledOps.back());
  }
  rewriter.replaceOp(chain.root, tiled->replacements);
  for (Operation *producer : chain.producers)
    if (producer->use_empty())
      rewriter.eraseOp(producer);
  // The last block of rows may be smaller; apart, the others keep their static size.
  if (cut.rows) {
    size_t position = llvm::count_if(ArrayRef(cut.sizes).take_front(*cut.rows), [](int64_t size) { return size != 0; });
    scf::ForOp last;
    (void)scf::peelForLoopAndSimplifyBounds(rewriter, cast<scf::ForOp>(tiled->loops[position].getOperation()), last);
  }
  return success();
}

namespace {
struct TileChainsPass : tenon::impl::TileChainsPassBase<TileChainsPass> {
  using Base::Base;

  void runOnOperation() override {
    SmallVector<linalg::GenericOp> roots;
    getOperation().walk([&](linalg::GenericOp op) {
      if (isPlainContraction(op))
        roots.push_back(op);
    });
    IRRewriter rewriter(&getContext());
    // Backwards: a root may be the first of the chain behind it.
    while (!roots.empty()) {
      std::optional<Chain> chain = findChain(roots.pop_back_val());
      if (!chain)
        continue;
      Location loc = chain->root.getLoc();
      auto about = remark::RemarkOpts::name("chain").category("fusion").function(getOperation().getName());
      std::string reason;
      FailureOr<Cut> cut = chooseCut(*chain, cacheBytes, reason);
      if (failed(cut)) {
        remark::missed(loc, about) << StringRef("two contractions in turn: " + reason);
        continue;
      }
      AffineMap map = chain->root.getMatchingIndexingMap(chain->operand);
      remark::passed(loc, about) << StringRef(
          llvm::formatv("two contractions in parts: {0} bytes between them instead of {1}",
                        bytesOf(chain->getType(), map, cut->sizes), bytesOf(chain->getType(), map, {}))
              .str());
      llvm::erase(roots, chain->getFirst());
      if (failed(tile(rewriter, *chain, *cut))) {
        chain->root.emitError("a chain of contractions could not be computed in parts");
        return signalPassFailure();
      }
      ++numTiled;
    }
  }
};
} // namespace
