// Loops, chunks, and loads and stores of chunks.
#include "compiler/Codegen/SweepBuilder.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace mlir::tenon;

Type mlir::tenon::widened(Type type, int64_t width) { return width == 1 ? type : VectorType::get({width}, type); }

Value ConstantPool::get(Location loc, TypedAttr value) {
  Value &constant = constants[value];
  if (!constant) {
    OpBuilder builder = OpBuilder::atBlockBegin(entry);
    constant = arith::ConstantOp::create(builder, loc, value);
  }
  return constant;
}

Value SweepBuilder::index(OpFoldResult value) {
  if (auto constant = getConstantIntValue(value))
    return index(*constant);
  return cast<Value>(value);
}

Value SweepBuilder::splat(TypedAttr scalar, int64_t width) {
  if (width == 1)
    return constant(scalar);
  auto type = cast<VectorType>(widened(scalar.getType(), width));
  return constant(cast<TypedAttr>(Attribute(DenseElementsAttr::get(type, Attribute(scalar)))));
}

Value SweepBuilder::add(Value lhs, int64_t rhs) {
  if (rhs == 0)
    return lhs;
  if (auto constant = getConstantIntValue(lhs))
    return index(*constant + rhs);
  return arith::AddIOp::create(*this, lhs, index(rhs), arith::IntegerOverflowFlags::nsw);
}

Value SweepBuilder::mul(Value lhs, int64_t rhs) {
  if (rhs == 1)
    return lhs;
  if (auto constant = getConstantIntValue(lhs))
    return index(*constant * rhs);
  return arith::MulIOp::create(*this, lhs, index(rhs), arith::IntegerOverflowFlags::nsw);
}

Carried SweepBuilder::loop(Value lower, Value upper, int64_t step, ValueRange inits,
                           function_ref<Carried(Value, ValueRange)> body) {
  auto loop = scf::ForOp::create(*this, lower, upper, index(step), inits,
                                 [&](OpBuilder &nested, Location loc, Value iv, ValueRange carried) {
                                   OpBuilder::InsertionGuard guard(*this);
                                   setInsertionPoint(nested.getInsertionBlock(), nested.getInsertionPoint());
                                   Carried next = body(iv, carried);
                                   scf::YieldOp::create(*this, next);
                                 });
  return Carried(loop.getResults());
}

void SweepBuilder::loop(Value lower, Value upper, int64_t step, function_ref<void(Value)> body) {
  loop(lower, upper, step, {}, [&](Value iv, ValueRange) {
    body(iv);
    return Carried();
  });
}

void SweepBuilder::forEach(OpFoldResult extent, bool unroll, function_ref<void(Value)> body, const UnitRange *range) {
  if (range)
    return loop(index(range->lower), index(range->upper), 1, body);
  std::optional<int64_t> constant = getConstantIntValue(extent);
  if (constant && (unroll || *constant == 1)) {
    for (int64_t i = 0; i < *constant; ++i) body(index(i));
    return;
  }
  loop(index(0), index(extent), 1, body);
}

Value SweepBuilder::openMask(Value count, int64_t width) {
  return vector::CreateMaskOp::create(*this, cast<VectorType>(widened(getI1Type(), width)), count);
}

SmallVector<Chunk> SweepBuilder::tailChunks(Value base, int64_t count, int64_t width, bool maskable) {
  SmallVector<Chunk> chunks;
  if (maskable && count > 1 && !llvm::isPowerOf2_64(count)) {
    // No wider than needed: five elements of 16 are a vector of eight.
    int64_t lanes = llvm::PowerOf2Ceil(count);
    SmallVector<bool> exists(lanes, false);
    std::fill_n(exists.begin(), count, true);
    auto type = cast<VectorType>(widened(getI1Type(), lanes));
    Value mask = constant(cast<TypedAttr>(Attribute(DenseElementsAttr::get(type, ArrayRef<bool>(exists)))));
    chunks.push_back({base, lanes, mask});
    return chunks;
  }
  for (int64_t done = 0; done < count;) {
    int64_t lanes = llvm::bit_floor(static_cast<uint64_t>(count - done));
    chunks.push_back({add(base, done), lanes, Value()});
    done += lanes;
  }
  return chunks;
}

void SweepBuilder::forEachBlock(OpFoldResult extent, int64_t width, int64_t count, bool maskable,
                                function_ref<void(ArrayRef<Chunk>)> body, const UnitRange *range) {
  auto fullBlock = [&](Value base) {
    SmallVector<Chunk> chunks;
    for (int64_t i = 0; i < count; ++i) chunks.push_back({add(base, i * width), width, Value()});
    body(chunks);
  };
  // Whole blocks are numbered from 0, what is left comes after them.
  auto forRange = [&](Value whole) {
    Value end = arith::MinSIOp::create(*this, index(range->upper), whole);
    loop(mul(index(range->lower), width * count), mul(end, width * count), width * count, fullBlock);
  };
  auto forRest = [&](Value whole, function_ref<void()> emitRest) {
    if (!range)
      return emitRest();
    Value isInside = arith::CmpIOp::create(*this, arith::CmpIPredicate::sgt, index(range->upper), whole);
    auto rest = scf::IfOp::create(*this, isInside, /*withElseRegion=*/false);
    OpBuilder::InsertionGuard guard(*this);
    setInsertionPointToStart(rest.thenBlock());
    emitRest();
  };
  if (std::optional<int64_t> n = getConstantIntValue(extent)) {
    int64_t block = width * count, looped = *n / block * block;
    if (range)
      forRange(index(looped / block));
    else if (looped > block)
      loop(index(0), index(looped), block, fullBlock);
    else if (looped)
      fullBlock(index(0));
    SmallVector<Chunk> rest;
    for (; looped + width <= *n; looped += width) rest.push_back({index(looped), width, Value()});
    llvm::append_range(rest, tailChunks(index(looped), *n - looped, width, maskable));
    if (!rest.empty())
      forRest(index(*n / block), [&] { body(rest); });
    return;
  }

  Value n = cast<Value>(extent);
  auto roundedDown = [&](int64_t to) -> Value {
    Value rest = arith::RemSIOp::create(*this, n, index(to));
    return arith::SubIOp::create(*this, n, rest);
  };
  Value done = roundedDown(width * count), whole;
  if (range) {
    whole = arith::DivUIOp::create(*this, n, index(width * count));
    forRange(whole);
  } else {
    loop(index(0), done, width * count, fullBlock);
  }
  forRest(whole, [&] {
    if (maskable) {
      loop(done, n, width, [&](Value iv) {
        Value left = arith::SubIOp::create(*this, n, iv);
        body(Chunk{iv, width, openMask(left, width)});
      });
      return;
    }
    if (count > 1) {
      Value vectors = roundedDown(width);
      loop(done, vectors, width, [&](Value iv) { body(Chunk{iv, width, Value()}); });
      done = vectors;
    }
    if (width > 1)
      loop(done, n, 1, [&](Value iv) { body(Chunk{iv, 1, Value()}); });
  });
}

OpFoldResult SweepBuilder::countBlocks(OpFoldResult extent, int64_t width, int64_t count) {
  if (std::optional<int64_t> n = getConstantIntValue(extent))
    return getIndexAttr(llvm::divideCeil(*n, width * count));
  Value whole = arith::DivUIOp::create(*this, cast<Value>(extent), index(width * count));
  return arith::AddIOp::create(*this, whole, index(int64_t(1))).getResult();
}

void SweepBuilder::inBoxes(const Sweep &sweep, double cycles, ArrayRef<std::pair<int, OpFoldResult>> cut,
                           function_ref<void()> body) {
  if (!threads.frame)
    return body();
  NestWork work;
  work.cycles.known = cycles;
  for (OpFoldResult extent : sweep.extents) work.cycles.scaleBy(extent);
  for (const Access &access : sweep.operands) work.addBuffer(*this, getLoc(), access.source);
  // Else two boxes would write the same element.
  auto isIndependent = [&](int dim) {
    return llvm::all_of(ArrayRef(sweep.operands).drop_front(sweep.numInputs),
                        [&](const Access &output) { return llvm::is_contained(output.dims, dim); });
  };
  SmallVector<OpFoldResult> units = llvm::map_to_vector(
      cut, [&](auto dim) { return isIndependent(dim.first) ? dim.second : OpFoldResult(getIndexAttr(1)); });
  emitBoxes(*this, getLoc(), threads, units, work, [&](ArrayRef<UnitRange> box, bool isCut) {
    for (auto [dim, range] : llvm::zip_equal(cut, box))
      if (isCut && !getConstantIntValue(range.lower))
        ranges[dim.first] = range;
    body();
    ranges.clear();
  });
}

const UnitRange *SweepBuilder::rangeOf(int dim) const {
  auto range = ranges.find(dim);
  return range == ranges.end() ? nullptr : &range->second;
}

void SweepBuilder::forEachChunk(OpFoldResult extent, int64_t width, int64_t unroll, bool maskable,
                                function_ref<void(const Chunk &)> body, const UnitRange *range) {
  forEachBlock(extent, width, unroll, maskable, [&](ArrayRef<Chunk> block) { llvm::for_each(block, body); }, range);
}

Value ConstantPool::getLaneBuffer(Location loc, Type type) {
  Value &buffer = laneBuffers[type];
  if (!buffer) {
    OpBuilder builder = OpBuilder::atBlockBegin(entry);
    buffer =
        memref::AllocaOp::create(builder, loc, MemRefType::get({kReductionLanes}, type), builder.getI64IntegerAttr(64));
  }
  return buffer;
}

Value SweepBuilder::laneBuffer(Type type) { return pool.getLaneBuffer(getLoc(), type); }

// Products and sums of what an index expression names.
static Value expand(SweepBuilder &b, AffineExpr expr, function_ref<Value(int)> indexOf) {
  if (auto dim = dyn_cast<AffineDimExpr>(expr))
    return indexOf(dim.getPosition());
  if (auto constant = dyn_cast<AffineConstantExpr>(expr))
    return b.index(constant.getValue());
  auto binary = cast<AffineBinaryOpExpr>(expr);
  Value lhs = expand(b, binary.getLHS(), indexOf);
  if (auto constant = dyn_cast<AffineConstantExpr>(binary.getRHS())) {
    if (expr.getKind() == AffineExprKind::Add)
      return b.add(lhs, constant.getValue());
    return b.mul(lhs, constant.getValue());
  }
  Value rhs = expand(b, binary.getRHS(), indexOf);
  if (auto constant = getConstantIntValue(rhs))
    return b.add(lhs, *constant);
  return arith::AddIOp::create(b, lhs, rhs, arith::IntegerOverflowFlags::nsw);
}

SmallVector<Value> SweepBuilder::addressOf(const Access &access, function_ref<Value(int)> indexOf) {
  SmallVector<Value> indices;
  for (auto [position, dim] : llvm::enumerate(access.dims))
    indices.push_back(dim == kNone     ? index(int64_t(0))
                      : dim == kLinear ? expand(*this, access.exprs[position], indexOf)
                                       : indexOf(dim));
  return indices;
}

// LLVM stores memrefs of i1 as bytes but vectors of i1 as bits, so that vectors go through a view of the bytes. The
// cast disappears with the conversion to LLVM, where both descriptors have one type.
Value SweepBuilder::bytesOf(Value memref) {
  Value &view = byteViews[memref];
  if (!view) {
    OpBuilder::InsertionGuard guard(*this);
    setInsertionPointAfterValue(memref);
    auto type = cast<MemRefType>(memref.getType());
    view = UnrealizedConversionCastOp::create(*this, TypeRange{MemRefType::Builder(type).setElementType(getI8Type())},
                                              memref)
               .getResult(0);
  }
  return view;
}

Value SweepBuilder::load(Value memref, ValueRange indices, const Chunk &chunk) {
  if (chunk.width == 1)
    return memref::LoadOp::create(*this, memref, indices);
  Type element = cast<MemRefType>(memref.getType()).getElementType();
  if (element.isInteger(1)) {
    Value bytes = load(bytesOf(memref), indices, chunk);
    Value zero = splat(getI8IntegerAttr(0), chunk.width);
    return arith::CmpIOp::create(*this, arith::CmpIPredicate::ne, bytes, zero);
  }
  auto type = cast<VectorType>(widened(element, chunk.width));
  if (!chunk.mask)
    return vector::LoadOp::create(*this, type, memref, indices);
  Value padding = constant(cast<TypedAttr>(getZeroAttr(type)));
  return vector::MaskedLoadOp::create(*this, type, memref, indices, chunk.mask, padding);
}

void SweepBuilder::store(Value value, Value memref, ValueRange indices, const Chunk &chunk) {
  if (chunk.width == 1) {
    memref::StoreOp::create(*this, value, memref, indices);
    return;
  }
  if (cast<MemRefType>(memref.getType()).getElementType().isInteger(1)) {
    Value bytes = arith::ExtUIOp::create(*this, widened(getI8Type(), chunk.width), value);
    store(bytes, bytesOf(memref), indices, chunk);
    return;
  }
  if (chunk.mask)
    vector::MaskedStoreOp::create(*this, memref, indices, chunk.mask, value);
  else
    vector::StoreOp::create(*this, value, memref, indices);
}

Operation *SweepBuilder::widen(Operation *op, ValueRange operands, int64_t width) {
  SmallVector<Type> types = llvm::map_to_vector(op->getResultTypes(), [&](Type type) { return widened(type, width); });
  OperationState state(op->getLoc(), op->getName(), operands, types, op->getAttrs());
  return create(state);
}

Value SweepBuilder::broadcast(Value scalar, int64_t width) {
  if (width == 1)
    return scalar;
  if (auto constantOp = scalar.getDefiningOp<arith::ConstantOp>())
    return splat(constantOp.getValue(), width);
  Value &vector = broadcasts[{scalar, width}];
  if (!vector) {
    OpBuilder::InsertionGuard guard(*this);
    setInsertionPointAfterValue(scalar);
    vector = vector::BroadcastOp::create(*this, widened(scalar.getType(), width), scalar);
  }
  return vector;
}
