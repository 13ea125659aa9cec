// Emission of the micro-kernel.
#include "compiler/Codegen/ContractionKernel.h"

#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;
using namespace mlir::tenon;

Value IndexMath::constant(int64_t value) const { return arith::ConstantIndexOp::create(builder, loc, value); }
Value IndexMath::add(Value lhs, Value rhs) const { return builder.createOrFold<arith::AddIOp>(loc, lhs, rhs); }
Value IndexMath::add(Value lhs, int64_t rhs) const { return rhs ? add(lhs, constant(rhs)) : lhs; }
Value IndexMath::sub(Value lhs, Value rhs) const { return builder.createOrFold<arith::SubIOp>(loc, lhs, rhs); }
Value IndexMath::scale(Value lhs, int64_t rhs) const {
  return rhs == 1 ? lhs : builder.createOrFold<arith::MulIOp>(loc, lhs, constant(rhs));
}
Value IndexMath::min(Value lhs, Value rhs) const { return builder.createOrFold<arith::MinSIOp>(loc, lhs, rhs); }
Value IndexMath::floorTo(Value lhs, int64_t step) const {
  return step == 1 ? lhs : sub(lhs, builder.createOrFold<arith::RemUIOp>(loc, lhs, constant(step)));
}

void mlir::tenon::emitLoop(const IndexMath &math, OpFoldResult lower, OpFoldResult upper, int64_t step,
                           function_ref<void(Value)> body) {
  std::optional<int64_t> first = getConstantIntValue(lower), last = getConstantIntValue(upper);
  if (first && last && *first >= *last)
    return;
  if (first && last && *last - *first <= step)
    return body(math.constant(*first));
  auto loop = scf::ForOp::create(math.builder, math.loc, math.value(lower), math.value(upper), math.constant(step));
  OpBuilder::InsertionGuard guard(math.builder);
  math.builder.setInsertionPointToStart(loop.getBody());
  body(loop.getInductionVar());
}

Type ContractionKernel::shaped(Type element, int64_t lanes) const {
  return lanes == 1 ? element : VectorType::get({lanes}, element);
}

Value ContractionKernel::widen(Value value, Widening widening) const {
  Type element = contraction.out.element;
  auto vector = dyn_cast<VectorType>(value.getType());
  Type type = vector ? Type(vector.clone(element)) : element;
  switch (widening) {
  case Widening::None: return value;
  case Widening::Float: return arith::ExtFOp::create(builder, loc, type, value);
  case Widening::Signed: return arith::ExtSIOp::create(builder, loc, type, value);
  case Widening::Unsigned: return arith::ExtUIOp::create(builder, loc, type, value);
  }
  llvm_unreachable("covered switch");
}

Value ContractionKernel::multiplyAdd(Value lhs, Value rhs, Value accumulator) const {
  if (isa<IntegerType>(contraction.out.element))
    return arith::AddIOp::create(builder, loc, accumulator, arith::MulIOp::create(builder, loc, lhs, rhs));
  // vector.fma would become llvm.fmuladd, which may round twice.
  if (fma)
    return math::FmaOp::create(builder, loc, lhs, rhs, accumulator);
  return arith::AddFOp::create(builder, loc, accumulator, arith::MulFOp::create(builder, loc, lhs, rhs));
}

SmallVector<Value> ContractionKernel::subscripts(const ContractionAccess &access, ArrayRef<Value> loops, int64_t row,
                                                 int64_t column, int64_t step) const {
  SmallVector<Value> indices;
  for (const LinearIndex &index : access.subscripts) {
    int64_t offset = index.constant;
    Value sum;
    for (auto [loop, coefficient] : llvm::enumerate(index.coefficients)) {
      if (!coefficient)
        continue;
      if (loop == tiling.rowLoop)
        offset += coefficient * row;
      if (loop == tiling.columnLoop)
        offset += coefficient * column;
      if (!contraction.reduction.empty() && loop == contraction.reduction.back())
        offset += coefficient * step;
      Value term = math.scale(loops[loop], coefficient);
      sum = sum ? math.add(sum, term) : term;
    }
    indices.push_back(sum ? math.add(sum, offset) : math.constant(offset));
  }
  return indices;
}

Value ContractionKernel::loadVector(Value memref, ValueRange indices, Type element, const TileShape &shape,
                                    bool isLast) const {
  if (shape.lanes == 1)
    return memref::LoadOp::create(builder, loc, memref, indices);
  auto type = VectorType::get({shape.lanes}, element);
  if (!isLast || !shape.mask)
    return vector::LoadOp::create(builder, loc, type, memref, indices);
  Value zero = arith::ConstantOp::create(builder, loc, builder.getZeroAttr(type));
  return vector::MaskedLoadOp::create(builder, loc, type, memref, indices, shape.mask, zero);
}

Value ContractionKernel::loadInput(unsigned operand, ArrayRef<Value> loops, const TileShape &shape, int64_t row,
                                   int64_t vector, int64_t step, const PackedPanel *panel) const {
  const ContractionAccess &access = operand == 0 ? contraction.lhs : contraction.rhs;
  if (panel && panel->operand == operand) {
    SmallVector<Value> indices = llvm::map_to_vector(panel->loops, [&](unsigned loop) { return loops[loop]; });
    if (!indices.empty()) {
      if (panel->firstStep)
        indices.back() = math.sub(indices.back(), panel->firstStep);
      indices.back() = math.add(indices.back(), step);
    }
    indices.push_back(math.constant(vector * shape.lanes));
    if (panel->prefetchSteps) {
      // Past the last step the next panel follows.
      SmallVector<Value> ahead(indices);
      ahead[ahead.size() - 2] = math.add(ahead[ahead.size() - 2], panel->prefetchSteps);
      memref::PrefetchOp::create(builder, loc, panel->memref, ahead, /*isWrite=*/false, /*localityHint=*/3,
                                 /*isDataCache=*/true);
    }
    bool isLast = !panel->padded && vector + 1 == shape.vectors;
    return widen(loadVector(panel->memref, indices, access.element, shape, isLast), access.widening);
  }
  return loadShaped(access, loops, shape, row, vector, step);
}

Value ContractionKernel::broadcast(Value element, const TileShape &shape) const {
  if (shape.lanes == 1)
    return element;
  return vector::BroadcastOp::create(builder, loc, shaped(element.getType(), shape.lanes), element);
}

Value ContractionKernel::loadShaped(const ContractionAccess &access, ArrayRef<Value> loops, const TileShape &shape,
                                    int64_t row, int64_t vector, int64_t step) const {
  SmallVector<Value> indices = subscripts(access, loops, row, vector * shape.lanes, step);
  if (tiling.columnLoop && access.dependsOn(*tiling.columnLoop))
    return widen(loadVector(access.memref, indices, access.element, shape, vector + 1 == shape.vectors),
                 access.widening);
  Value element = memref::LoadOp::create(builder, loc, access.memref, indices);
  // An f16 is repeated first: lanes are converted together, a scalar would go through a register of its own.
  if (access.element.isF16())
    return widen(broadcast(element, shape), access.widening);
  return broadcast(widen(element, access.widening), shape);
}

SmallVector<Value> ContractionKernel::applyEpilogue(Value result, ArrayRef<Value> loops, const TileShape &shape,
                                                    int64_t row, int64_t vector) const {
  linalg::GenericOp op = epilogue->op;
  IRMapping mapping;
  for (auto [argument, access] : llvm::zip(op.getBody()->getArguments(), epilogue->arguments))
    if (!argument.use_empty())
      mapping.map(argument, access.memref ? loadShaped(access, loops, shape, row, vector, 0) : result);
  // What comes from outside of the body is a scalar.
  auto get = [&](Value value) { return mapping.contains(value) ? mapping.lookup(value) : broadcast(value, shape); };
  for (Operation &nested : op.getBody()->without_terminator()) {
    if (isa<arith::ConstantOp>(nested)) {
      mapping.map(nested.getResult(0), broadcast(builder.clone(nested)->getResult(0), shape));
      continue;
    }
    SmallVector<Value> operands = llvm::map_to_vector(nested.getOperands(), get);
    Operation *copy = builder.create(loc, nested.getName().getIdentifier(), operands,
                                     shaped(nested.getResult(0).getType(), shape.lanes), nested.getAttrs());
    mapping.map(nested.getResult(0), copy->getResult(0));
  }
  return llvm::map_to_vector(op.getBody()->getTerminator()->getOperands(), get);
}

void ContractionKernel::accumulate(ArrayRef<Value> loops, const TileShape &shape, int64_t step,
                                   const PackedPanel *panel, SmallVectorImpl<Value> &accumulators) const {
  // Each input is loaded once per row and vector that it varies along.
  SmallVector<Value> loaded[2];
  auto get = [&](unsigned operand, int64_t row, int64_t vector) {
    const ContractionAccess &access = operand == 0 ? contraction.lhs : contraction.rhs;
    if (!tiling.rowLoop || !access.dependsOn(*tiling.rowLoop))
      row = 0;
    if (!tiling.columnLoop || !access.dependsOn(*tiling.columnLoop))
      vector = 0;
    loaded[operand].resize(shape.rows * shape.vectors);
    Value &value = loaded[operand][row * shape.vectors + vector];
    if (!value)
      value = loadInput(operand, loops, shape, row, vector, step, panel);
    return value;
  };
  for (int64_t row = 0; row < shape.rows; ++row)
    for (int64_t vector = 0; vector < shape.vectors; ++vector) {
      Value &accumulator = accumulators[row * shape.vectors + vector];
      Value lhs = get(0, row, vector), rhs = get(1, row, vector);
      accumulator = multiplyAdd(lhs, rhs, accumulator);
    }
}

SmallVector<Value> ContractionKernel::reduce(SmallVector<Value> loops, const TileShape &shape,
                                             ArrayRef<unsigned> reductions, ArrayRef<OpFoldResult> extents,
                                             OpFoldResult lower, OpFoldResult upper, const PackedPanel *panel,
                                             SmallVector<Value> accumulators) const {
  if (reductions.empty()) {
    accumulate(loops, shape, 0, panel, accumulators);
    return accumulators;
  }
  // A loop that carries the accumulators; `body` gets the position and updates them.
  auto carried = [&](Value from, Value to, int64_t step, function_ref<void(Value, SmallVector<Value> &)> body) {
    auto loop = scf::ForOp::create(builder, loc, from, to, math.constant(step), accumulators);
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(loop.getBody());
    SmallVector<Value> carriedValues(loop.getRegionIterArgs());
    body(loop.getInductionVar(), carriedValues);
    scf::YieldOp::create(builder, loc, carriedValues);
    accumulators.assign(loop.getResults().begin(), loop.getResults().end());
  };

  unsigned loop = reductions.front();
  if (reductions.size() > 1) {
    auto inside = [&](Value position, SmallVector<Value> &values) {
      loops[loop] = position;
      values = reduce(loops, shape, reductions.drop_front(), extents, lower, upper, panel, values);
    };
    if (getConstantIntValue(extents[loop]) == 1)
      inside(math.constant(0), accumulators);
    else
      carried(math.constant(0), math.value(extents[loop]), 1, inside);
    return accumulators;
  }

  auto steps = [&](Value position, int64_t count, SmallVector<Value> &values) {
    loops[loop] = position;
    for (int64_t step = 0; step < count; ++step) accumulate(loops, shape, step, panel, values);
  };
  std::optional<int64_t> first = getConstantIntValue(lower), last = getConstantIntValue(upper);
  if (first && last && *last - *first <= shape.unroll) {
    steps(math.constant(*first), *last - *first, accumulators);
    return accumulators;
  }
  Value from = math.value(lower), to = math.value(upper);
  Value whole = math.add(from, math.floorTo(math.sub(to, from), shape.unroll));
  carried(from, whole, shape.unroll,
          [&](Value position, SmallVector<Value> &values) { steps(position, shape.unroll, values); });
  std::optional<int64_t> rest = first && last ? std::optional((*last - *first) % shape.unroll) : std::nullopt;
  if (shape.unroll == 1 || rest == 0)
    return accumulators;
  carried(whole, to, 1, [&](Value position, SmallVector<Value> &values) { steps(position, 1, values); });
  return accumulators;
}

void ContractionKernel::emit(ArrayRef<Value> loops, const TileShape &shape, const TileStart &start,
                             ArrayRef<unsigned> reductions, ArrayRef<OpFoldResult> extents, OpFoldResult lower,
                             OpFoldResult upper, const PackedPanel *panel) {
  const ContractionAccess &out = contraction.out;
  Value constant = start.constant;
  if (constant)
    constant = broadcast(constant, shape);

  auto indices = [&](int64_t row, int64_t vector) { return subscripts(out, loops, row, vector * shape.lanes, 0); };
  SmallVector<Value> accumulators;
  for (int64_t row = 0; row < shape.rows; ++row)
    for (int64_t vector = 0; vector < shape.vectors; ++vector) {
      Value value = constant;
      if (!constant || start.isFirst) {
        // Before the first block the output is not defined yet; what is loaded then is not used.
        value = loadVector(out.memref, indices(row, vector), out.element, shape, vector + 1 == shape.vectors);
        if (constant)
          value = arith::SelectOp::create(builder, loc, start.isFirst, constant, value);
      }
      accumulators.push_back(value);
    }

  accumulators = reduce(SmallVector<Value>(loops), shape, reductions, extents, lower, upper, panel, accumulators);

  for (int64_t row = 0; row < shape.rows; ++row)
    for (int64_t vector = 0; vector < shape.vectors; ++vector) {
      SmallVector<Value> values{accumulators[row * shape.vectors + vector]};
      if (epilogue)
        values = applyEpilogue(values.front(), loops, shape, row, vector);
      for (auto [value, destination] : llvm::zip_equal(values, epilogue ? ArrayRef(epilogue->outs) : ArrayRef(out))) {
        SmallVector<Value> position = subscripts(destination, loops, row, vector * shape.lanes, 0);
        if (shape.lanes == 1)
          memref::StoreOp::create(builder, loc, value, destination.memref, position);
        else if (shape.mask && vector + 1 == shape.vectors)
          vector::MaskedStoreOp::create(builder, loc, destination.memref, position, shape.mask, value);
        else
          vector::StoreOp::create(builder, loc, value, destination.memref, position);
      }
    }
}
