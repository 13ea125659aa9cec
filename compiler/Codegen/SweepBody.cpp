// The uniform and the varying part of a sweep's body.
#include "compiler/Codegen/SweepBody.h"
#include "dialects/TenonMath/TenonMath.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace mlir;
using namespace mlir::tenon;

SweepBody::SweepBody(SweepBuilder &builder, const Sweep &sweep, int vectorDim, ArrayRef<Operation *> skipped)
    : b(builder), sweep(sweep), vectorDim(vectorDim), skipped(skipped.begin(), skipped.end()) {
  analyse();
}

// About the instructions of one operation once math functions are polynomials.
static int64_t costOf(Operation *op) {
  if (isa<tenon_math::OpaqueOp>(op))
    return 0;
  if (isa<math::SqrtOp, math::AbsFOp, math::FmaOp, math::FloorOp, math::CeilOp, math::TruncOp, math::RoundEvenOp,
          math::CopySignOp, math::AbsIOp>(op))
    return 1;
  if (isa<math::MathDialect>(op->getDialect()))
    return 16;
  return isa<arith::DivFOp, arith::RemFOp>(op) ? 4 : 1;
}

static int64_t bitsOf(Type type) {
  if (type.isIndex())
    return 64;
  // Comparisons are masks, whatever their number of lanes.
  return type.isIntOrFloat() && !type.isInteger(1) ? std::max<int64_t>(8, type.getIntOrFloatBitWidth()) : 8;
}

void SweepBody::analyse() {
  int64_t widest = 8;
  bool scalarOnly = vectorDim == kNone;
  for (auto [access, argument] : llvm::zip_equal(sweep.operands, sweep.body->getArguments())) {
    unsigned number = argument.getArgNumber();
    bool isOutput = number >= sweep.numInputs, isRead = !argument.use_empty();
    if (!isOutput && !isRead)
      continue;
    widest = std::max(widest, bitsOf(argument.getType()));
    if (scalarOnly || !access.dependsOn(vectorDim))
      continue;
    if (isRead)
      varying.insert(argument);
    if (!access.isContiguousIn(vectorDim)) {
      // An output is not gathered from elsewhere.
      vectorizable &= !isOutput;
      strided.push_back(number);
    }
    ++cost;
  }
  for (Operation &op : sweep.body->without_terminator()) {
    if (skipped.contains(&op))
      continue;
    auto indexOp = dyn_cast<linalg::IndexOp>(op);
    bool varies = !scalarOnly && (indexOp ? sweep.dimOfIndex[indexOp.getDim()] == vectorDim
                                          : llvm::any_of(op.getOperands(), [&](Value v) { return isVarying(v); }));
    // Values from inside regions count, and nothing with a region becomes vectors.
    if (!scalarOnly && op.getNumRegions() != 0)
      vectorizable = false;
    if (!varies) {
      if (!isMemoryEffectFree(&op) && !isa<memref::LoadOp>(op))
        vectorizable = false;
      continue;
    }
    varying.insert_range(op.getResults());
    cost += costOf(&op);
    for (Type type : llvm::concat<const Type>(op.getOperandTypes(), op.getResultTypes()))
      widest = std::max(widest, bitsOf(type));
    if (isa<arith::DivSIOp, arith::DivUIOp, arith::RemSIOp, arith::RemUIOp, arith::CeilDivSIOp, arith::CeilDivUIOp,
            arith::FloorDivSIOp>(op))
      maskable = false;
    if (indexOp)
      continue;
    if (auto load = dyn_cast<memref::LoadOp>(op)) {
      // A row of a table: the last index is the position itself, the others stay put.
      auto last = load.getIndices().empty() ? nullptr : load.getIndices().back().getDefiningOp<linalg::IndexOp>();
      bool isRow = last && isVarying(last) && load.getMemRefType().isLastDimUnitStride() &&
                   llvm::none_of(load.getIndices().drop_back(), [&](Value v) { return isVarying(v); });
      vectorizable &= isRow;
      continue;
    }
    bool plainTypes = llvm::all_of(llvm::concat<const Type>(op.getOperandTypes(), op.getResultTypes()),
                                   [](Type type) { return type.isIntOrIndexOrFloat(); });
    vectorizable &= plainTypes && isMemoryEffectFree(&op) && OpTrait::hasElementwiseMappableTraits(&op);
  }
  width = std::max<int64_t>(1, b.getTarget().vectorBits / widest);
  for (auto [access, argument] : llvm::zip_equal(sweep.operands, sweep.body->getArguments()))
    if (vectorDim != kNone && access.dependsOn(vectorDim))
      maskable &= b.masks(argument.getType());
}

double SweepBody::cyclesPerPoint() const {
  double instructions = cost, bytes = 0;
  if (vectorDim == kNone)
    for (Operation &op : sweep.body->without_terminator()) instructions += costOf(&op);
  for (const Access &access : sweep.operands)
    if (access.getType() && (vectorDim == kNone || access.dependsOn(vectorDim)))
      bytes += bitsOf(access.getType().getElementType()) / 8;
  // The second level of a cache gives some 32 bytes a cycle.
  return instructions / (2 * (vectorDim == kNone ? 1 : width)) + bytes / 32;
}

SmallVector<Value> SweepBody::indicesOf(const Access &access, Value base) {
  return b.addressOf(access, [&](int dim) { return dim == vectorDim ? base : row[dim]; });
}

void SweepBody::emitOp(Operation *op, IRMapping &mapping, const Chunk &chunk) {
  if (auto indexOp = dyn_cast<linalg::IndexOp>(op)) {
    int dim = sweep.dimOfIndex[indexOp.getDim()];
    Value position = dim == kNone ? b.index(int64_t(0)) : dim == vectorDim ? chunk.base : row[dim];
    if (isVarying(indexOp) && chunk.width > 1) {
      Value step = vector::StepOp::create(b, cast<VectorType>(widened(b.getIndexType(), chunk.width)));
      position = arith::AddIOp::create(b, b.broadcast(position, chunk.width), step);
    }
    mapping.map(indexOp.getResult(), position);
    return;
  }
  bool isVector = chunk.width > 1 && llvm::any_of(op->getResults(), [&](Value v) { return isVarying(v); });
  if (!isVector) {
    if (auto constantOp = dyn_cast<arith::ConstantOp>(op))
      mapping.map(constantOp.getResult(), b.constant(constantOp.getValue()));
    else
      b.clone(*op, mapping);
    return;
  }
  if (auto load = dyn_cast<memref::LoadOp>(op)) {
    SmallVector<Value> indices =
        llvm::map_to_vector(load.getIndices().drop_back(), [&](Value v) { return uniform.lookupOrDefault(v); });
    indices.push_back(chunk.base);
    mapping.map(load.getResult(), b.load(mapping.lookupOrDefault(load.getMemRef()), indices, chunk));
    return;
  }
  SmallVector<Value> operands = llvm::map_to_vector(op->getOperands(), [&](Value v) { return get(v, chunk); });
  mapping.map(op->getResults(), b.widen(op, operands, chunk.width)->getResults());
}

void SweepBody::enterRow(ArrayRef<Value> indices) {
  row.assign(indices.begin(), indices.end());
  uniform.clear();
  Chunk scalar{vectorDim == kNone ? Value() : row[vectorDim], 1, Value()};
  for (auto [access, argument] : llvm::zip_equal(sweep.operands, sweep.body->getArguments())) {
    if (argument.use_empty() || isVarying(argument))
      continue;
    // A reduction's outputs are the accumulators; the caller has them.
    if (!skipped.empty() && argument.getArgNumber() >= sweep.numInputs)
      continue;
    uniform.map(argument, access.getType() ? b.load(access.source, indicesOf(access, Value()), scalar) : access.source);
  }
  for (Operation &op : sweep.body->without_terminator())
    if (!skipped.contains(&op) && llvm::none_of(op.getResults(), [&](Value v) { return isVarying(v); }))
      emitOp(&op, uniform, scalar);
}

void SweepBody::emit(const Chunk &chunk, ArrayRef<std::pair<unsigned, Value>> loaded) {
  current = uniform;
  for (auto [number, value] : loaded) current.map(sweep.body->getArgument(number), value);
  for (auto [access, argument] : llvm::zip_equal(sweep.operands, sweep.body->getArguments()))
    if (isVarying(argument) && !current.contains(argument))
      current.map(argument, b.load(access.source, indicesOf(access, chunk.base), chunk));
  for (Operation &op : sweep.body->without_terminator())
    if (!skipped.contains(&op) && llvm::any_of(op.getResults(), [&](Value v) { return isVarying(v); }))
      emitOp(&op, current, chunk);
}

Value SweepBody::get(Value bodyValue, const Chunk &chunk) {
  Value value = current.lookupOrDefault(bodyValue);
  return isVarying(bodyValue) ? value : b.broadcast(value, chunk.width);
}

void SweepBody::storeOutput(unsigned output, const Chunk &chunk) {
  const Access &access = sweep.getOutput(output);
  Value value = get(sweep.body->getTerminator()->getOperand(output), chunk);
  b.store(value, access.source, indicesOf(access, chunk.base), chunk);
}

void SweepBody::emitAndStore(const Chunk &chunk, ArrayRef<std::pair<unsigned, Value>> loaded) {
  emit(chunk, loaded);
  for (unsigned output = 0; output < sweep.getNumOutputs(); ++output) storeOutput(output, chunk);
}
