// Boxes around nests that are worth several threads, and strips of tiles cut to a box.
#include "compiler/Codegen/ParallelBoxes.h"

#include "compiler/Codegen/BufferOverlap.h"
#include "dialects/TenonParallel/TenonParallel.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMTypes.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

#include <cmath>

using namespace mlir;
using namespace mlir::tenon;

// Cycles of a nest of known size below which no part of it is worth another thread: twice the runtime's grain.
static constexpr int64_t kLeastWork = 10000;
// What is said of a nest that is to be cut in any case.
static constexpr int64_t kAnyWork = int64_t(1) << 50;
// Units that are enough for any number of workers to share evenly: what is inside need not be cut.
static constexpr int64_t kEnoughUnits = 256;
// Fractions of a cycle in which the cost of one element is counted.
static constexpr int kFractionBits = 10;
// Bytes that come from another core's cache in a cycle, and as much later for what goes back: measured, 2 in short rows
// to 10 in long streams.
static constexpr int64_t kBytesFromOthers = 6;
// Buffers of so many times the second level are in nobody's cache.
static constexpr int64_t kSecondLevels = 8;

void OpenProduct::scaleBy(OpFoldResult extent) {
  if (std::optional<int64_t> constant = getConstantIntValue(extent))
    known *= static_cast<double>(*constant);
  else
    factors.push_back(cast<Value>(extent));
}

void NestWork::addBuffer(OpBuilder &builder, Location loc, Value memref) {
  auto type = dyn_cast<MemRefType>(memref.getType());
  if (!type || getViewedBuffer(memref).getDefiningOp<memref::GetGlobalOp>())
    return;
  OpenProduct &product = bytes.emplace_back();
  product.known = type.getElementType().isIndex() ? 8 : llvm::divideCeil(type.getElementTypeBitWidth(), 8);
  for (auto [dim, size] : llvm::enumerate(type.getShape()))
    product.scaleBy(ShapedType::isDynamic(size)
                        ? OpFoldResult(memref::DimOp::create(builder, loc, memref, dim).getResult())
                        : OpFoldResult(builder.getIndexAttr(size)));
}

Threads Threads::of(Operation *op, const TargetDescription &target, StringRef parallel) {
  auto function = op->getParentOfType<func::FuncOp>();
  bool hasFrame = function && function.getNumArguments() && isa<LLVM::LLVMPointerType>(function.getArgumentTypes()[0]);
  return {hasFrame && parallel != "never" ? Value(function.getArgument(0)) : Value(), target, parallel == "always"};
}

/// What is left of the work when the price of handing over its buffers is paid; an i64.
static OpFoldResult netWork(OpBuilder &builder, Location loc, const NestWork &work, const TargetDescription &target) {
  int64_t inMemory = kSecondLevels * target.l2Bytes;
  bool isKnown = work.cycles.factors.empty() &&
                 llvm::all_of(work.bytes, [](const OpenProduct &product) { return product.factors.empty(); });
  if (isKnown) {
    double cycles = work.cycles.known, bytes = 0;
    for (const OpenProduct &product : work.bytes) bytes += product.known;
    if (bytes < static_cast<double>(inMemory))
      cycles -= bytes / kBytesFromOthers;
    return builder.getI64IntegerAttr(static_cast<int64_t>(std::clamp(cycles, 0.0, 1e15)));
  }
  auto constant = [&](double value) -> Value {
    int64_t rounded = static_cast<int64_t>(std::clamp(std::ceil(value), 0.0, 1e15));
    return arith::ConstantIntOp::create(builder, loc, builder.getI64Type(), rounded);
  };
  auto multiply = [&](const OpenProduct &product) {
    Value result = constant(std::ldexp(product.known, kFractionBits));
    for (Value factor : product.factors)
      result = arith::MulIOp::create(builder, loc, result,
                                     arith::IndexCastOp::create(builder, loc, builder.getI64Type(), factor));
    return arith::ShRUIOp::create(builder, loc, result, constant(kFractionBits)).getResult();
  };
  Value cycles = multiply(work.cycles), bytes = constant(0), price = constant(0);
  for (OpenProduct product : work.bytes) {
    bytes = arith::AddIOp::create(builder, loc, bytes, multiply(product));
    product.known /= kBytesFromOthers;
    price = arith::AddIOp::create(builder, loc, price, multiply(product));
  }
  Value isInMemory =
      arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::sge, bytes, constant(static_cast<double>(inMemory)));
  Value net = arith::SubIOp::create(builder, loc, cycles, price);
  return arith::SelectOp::create(builder, loc, isInMemory, cycles, net).getResult();
}

void mlir::tenon::emitBoxes(OpBuilder &builder, Location loc, const Threads &threads, ArrayRef<OpFoldResult> units,
                            const NestWork &work, function_ref<void(ArrayRef<UnitRange>, bool)> body) {
  SmallVector<UnitRange> ranges;
  for (OpFoldResult count : units) ranges.push_back({builder.getIndexAttr(0), count});
  SmallVector<unsigned> cut;
  int64_t known = 1;
  for (auto [dim, count] : llvm::enumerate(units)) {
    std::optional<int64_t> constant = getConstantIntValue(count);
    if (known >= kEnoughUnits || cut.size() == tenon_parallel::BoxesOp::maxRank)
      break;
    if (constant == 1)
      continue;
    cut.push_back(dim);
    known *= constant.value_or(1);
  }
  if (!threads.frame || cut.empty())
    return body(ranges, /*isCut=*/false);
  OpFoldResult net = threads.always ? builder.getI64IntegerAttr(kAnyWork) : netWork(builder, loc, work, threads.target);
  if (getConstantIntValue(net).value_or(kLeastWork) < kLeastWork)
    return body(ranges, /*isCut=*/false);

  SmallVector<Value> extents;
  for (unsigned dim : cut) extents.push_back(getValueOrCreateConstantIndexOp(builder, loc, units[dim]));
  Value cycles = dyn_cast<Value>(net);
  if (!cycles)
    cycles = arith::ConstantOp::create(builder, loc, cast<TypedAttr>(cast<Attribute>(net)));
  auto boxes = tenon_parallel::BoxesOp::create(builder, loc, extents, cycles, threads.frame);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(&boxes.getBody().front());
  for (auto [i, dim] : llvm::enumerate(cut)) ranges[dim] = {boxes.getLower(i), boxes.getUpper(i)};
  body(ranges, /*isCut=*/true);
}

std::pair<OpFoldResult, OpFoldResult> mlir::tenon::clip(OpBuilder &builder, Location loc, const UnitRange &range,
                                                        OpFoldResult first, OpFoldResult count, OpFoldResult lower,
                                                        OpFoldResult upper, int64_t width) {
  auto value = [&](OpFoldResult result) { return getValueOrCreateConstantIndexOp(builder, loc, result); };
  Value begin = value(first), end = builder.createOrFold<arith::AddIOp>(loc, begin, value(count));
  Value from = builder.createOrFold<arith::MaxSIOp>(loc, value(range.lower), begin);
  Value to = builder.createOrFold<arith::MinSIOp>(loc, value(range.upper), end);
  if (getConstantIntValue(count) == 1) {
    Value isInside = builder.createOrFold<arith::CmpIOp>(loc, arith::CmpIPredicate::slt, from, to);
    return {lower, builder.createOrFold<arith::SelectOp>(loc, isInside, value(upper), value(lower))};
  }
  // Where nothing is inside the lower end is above the upper one.
  auto position = [&](Value unit) -> OpFoldResult {
    Value distance = builder.createOrFold<arith::SubIOp>(loc, unit, begin);
    distance = builder.createOrFold<arith::MulIOp>(loc, distance, value(builder.getIndexAttr(width)));
    return builder.createOrFold<arith::AddIOp>(loc, value(lower), distance);
  };
  return {position(from), position(to)};
}
