// Finds element-wise ops that can run on a contraction's tiles.
#include "compiler/Codegen/ContractionEpilogue.h"
#include "compiler/Codegen/BufferOverlap.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;
using namespace mlir::tenon;

/// Bias and an activation in a few instructions are free between the last multiply-add and the store. Longer bodies
/// spill the tile: they do better as a sweep over what was stored.
static constexpr int64_t kMaxEpilogueOps = 8;
/// Where the contraction's result is not stored at all, more is gained: an optimizer's step reads and writes its slots
/// and parameter, and no gradient.
static constexpr int64_t kMaxUpdateOps = 24;

static bool isCheapBody(Block &body, int64_t limit) {
  int64_t count = 0;
  for (Operation &op : body.without_terminator()) {
    bool isCheap = isa<arith::ArithDialect>(op.getDialect()) ||
                   isa<math::AbsFOp, math::AbsIOp, math::CopySignOp, math::SqrtOp>(op);
    bool isWhole = isa<arith::ConstantOp>(op) || OpTrait::hasElementwiseMappableTraits(&op);
    if (!isCheap || !isWhole || op.getNumResults() != 1 || ++count > limit)
      return false;
  }
  return true;
}

/// The loop of `contraction` that runs along each dimension of its output.
static SmallVector<unsigned> getOutputLoops(const Contraction &contraction) {
  SmallVector<unsigned> loops;
  for (const LinearIndex &index : contraction.out.subscripts)
    for (unsigned loop : contraction.parallel)
      if (index.coefficients[loop])
        loops.push_back(loop);
  return loops;
}

/// `memref` under `map`, whose dimensions are the output's, in the contraction's loops.
static FailureOr<ContractionAccess> getAccess(Value memref, AffineMap map, ArrayRef<unsigned> outputLoops,
                                              size_t numLoops) {
  auto type = dyn_cast<MemRefType>(memref.getType());
  if (!type || !type.isStrided())
    return failure();
  ContractionAccess access{memref, type.getElementType(), Widening::None, {}};
  for (AffineExpr expr : map.getResults()) {
    LinearIndex index{SmallVector<int64_t>(numLoops, 0)};
    if (auto dim = dyn_cast<AffineDimExpr>(expr))
      index.coefficients[outputLoops[dim.getPosition()]] = 1;
    else if (auto constant = dyn_cast<AffineConstantExpr>(expr))
      index.constant = constant.getValue();
    else
      return failure();
    access.subscripts.push_back(std::move(index));
  }
  return access;
}

/// The first op after `op` that touches memory; allocations do not.
static Operation *getNextAccess(Operation *op) {
  for (Operation *next = op->getNextNode(); next; next = next->getNextNode())
    if (!isMemoryEffectFree(next) && !isa<memref::AllocOp, memref::AllocaOp>(next))
      return next;
  return nullptr;
}

/// Whether only `contraction`, its fills and `reader` use the buffer that it writes.
static bool isReadOnlyBy(const Contraction &contraction, Operation *reader) {
  Value buffer = contraction.out.memref;
  return buffer.getDefiningOp<memref::AllocOp>() && llvm::all_of(buffer.getUsers(), [&](Operation *user) {
           return user == contraction.op || user == reader || isa<linalg::FillOp, memref::DimOp>(user);
         });
}

bool mlir::tenon::fitsTiling(const ContractionEpilogue &epilogue, const Contraction &contraction,
                             const ContractionTiling &tiling, const TargetDescription &target) {
  // Where a tile is stored and resumed, no store is known to be the last.
  if (tiling.isResumed(contraction))
    return false;
  auto isVectorizable = [&](const ContractionAccess &access) {
    if (tiling.lanes == 1 || !access.memref || !access.dependsOn(*tiling.columnLoop))
      return true;
    return access.isContiguousAlong(*tiling.columnLoop) && (!tiling.masked || target.masks(access.element));
  };
  return llvm::all_of(epilogue.outs, isVectorizable) && llvm::all_of(epilogue.arguments, isVectorizable);
}

std::optional<ContractionEpilogue> mlir::tenon::findEpilogue(const Contraction &contraction) {
  auto op = dyn_cast_or_null<linalg::GenericOp>(getNextAccess(contraction.op));
  if (!op || op.getNumParallelLoops() != op.getNumLoops() || !op.hasPureBufferSemantics() ||
      op.getNumLoops() != contraction.out.subscripts.size())
    return std::nullopt;

  SmallVector<unsigned> outputLoops = getOutputLoops(contraction);
  SmallVector<AffineMap> maps = op.getIndexingMapsArray();
  Value result = contraction.out.memref;
  OperandRange outs = op.getOutputs();
  bool inPlace = llvm::is_contained(outs, result);
  if (!isCheapBody(*op.getBody(), inPlace ? kMaxEpilogueOps : kMaxUpdateOps))
    return std::nullopt;

  ContractionEpilogue epilogue;
  epilogue.op = op;
  bool readsResult = false;
  for (auto [operand, map, argument] : llvm::zip(op->getOperands(), maps, op.getBody()->getArguments())) {
    FailureOr<ContractionAccess> access = getAccess(operand, map, outputLoops, contraction.extents.size());
    if (failed(access))
      return std::nullopt;
    bool isOut = argument.getArgNumber() >= op.getNumDpsInputs();
    if (isOut) {
      if (!map.isIdentity() || llvm::count(outs, operand) != 1)
        return std::nullopt;
      epilogue.outs.push_back(*access);
    }
    if (operand == result) {
      if (!map.isIdentity())
        return std::nullopt;
      readsResult |= !argument.use_empty();
      access->memref = Value();
    } else if (!isOut || !argument.use_empty()) {
      // Elements of a destination are read where they are stored, or the operand lies elsewhere.
      auto isSafe = [&](Value out) { return (operand == out && map.isIdentity()) || areDistinctBuffers(operand, out); };
      if (!llvm::all_of(outs, isSafe) || !areDistinctBuffers(operand, result))
        return std::nullopt;
    }
    epilogue.arguments.push_back(*access);
  }
  if (!readsResult || (!inPlace && !isReadOnlyBy(contraction, op)))
    return std::nullopt;
  for (Value out : outs)
    if (out != result &&
        (!areDistinctBuffers(out, contraction.lhs.memref) || !areDistinctBuffers(out, contraction.rhs.memref)))
      return std::nullopt;
  return epilogue;
}
