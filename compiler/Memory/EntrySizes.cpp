// Sizes of temporaries as values at a function's entry: what the workspace is planned with.
#include "compiler/Memory/EntrySizes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Interfaces/LoopLikeInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace mlir;
using namespace mlir::tenon;

Value EntrySizes::sizeOf(Value buffer, int64_t index) {
  auto type = cast<MemRefType>(buffer.getType());
  Location loc = function.getLoc();
  if (!type.isDynamicDim(index))
    return arith::ConstantIndexOp::create(builder, loc, type.getDimSize(index));
  if (auto argument = dyn_cast<BlockArgument>(buffer)) {
    if (argument.getOwner() == &function.front())
      return memref::DimOp::create(builder, loc, buffer, index);
    // What a loop carries has the sizes it began with.
    auto loop = dyn_cast<LoopLikeOpInterface>(argument.getOwner()->getParentOp());
    OpOperand *init = loop ? loop.getTiedLoopInit(argument) : nullptr;
    return init ? sizeOf(init->get(), index) : Value();
  }
  Operation *op = buffer.getDefiningOp();
  // The size of another temporary is one of its operands.
  if (auto alloc = dyn_cast<memref::AllocOp>(op))
    return known(alloc.getDynamicSizes()[type.getDynamicDimIndex(index)]);
  if (auto cast = dyn_cast<memref::CastOp>(op))
    return sizeOf(cast.getSource(), index);
  if (auto select = dyn_cast<arith::SelectOp>(op)) {
    Value either = sizeOf(select.getTrueValue(), index);
    return either ? either : sizeOf(select.getFalseValue(), index);
  }
  // Both sides of a branch yield buffers of one size.
  if (auto branches = dyn_cast<scf::IfOp>(op)) {
    unsigned number = cast<OpResult>(buffer).getResultNumber();
    Value either = sizeOf(branches.thenYield().getOperand(number), index);
    return either ? either : sizeOf(branches.elseYield().getOperand(number), index);
  }
  if (auto loop = dyn_cast<LoopLikeOpInterface>(op))
    if (OpOperand *init = loop.getTiedLoopInit(cast<OpResult>(buffer)))
      return sizeOf(init->get(), index);
  return {};
}

Value EntrySizes::known(Value value) {
  if (Value copy = copies.lookupOrNull(value))
    return copy;
  Operation *op = value.getDefiningOp();
  if (!op)
    return cast<BlockArgument>(value).getOwner() == &function.front() ? value : Value();
  if (auto dim = dyn_cast<memref::DimOp>(op))
    if (std::optional<int64_t> index = dim.getConstantIndex()) {
      Value size = sizeOf(dim.getSource(), *index);
      if (size)
        copies.map(value, size);
      return size;
    }
  if (!isPure(op) || op->getNumRegions())
    return {};
  IRMapping mapping;
  for (Value operand : op->getOperands()) {
    Value mapped = known(operand);
    if (!mapped)
      return {};
    mapping.map(operand, mapped);
  }
  Operation *copy = builder.clone(*op, mapping);
  copies.map(op->getResults(), copy->getResults());
  return copies.lookup(value);
}

/// Whether an integer is at least 0 for what it is: a size, an index that counts up from a constant, or a constant.
static bool isNotNegative(Value value) {
  llvm::APInt constant;
  if (matchPattern(value, m_ConstantInt(&constant)))
    return !constant.isNegative();
  if (auto cast = value.getDefiningOp<arith::IndexCastOp>())
    return isNotNegative(cast.getIn());
  if (auto max = value.getDefiningOp<arith::MaxSIOp>())
    return isNotNegative(max.getLhs()) || isNotNegative(max.getRhs());
  if (auto argument = dyn_cast<BlockArgument>(value))
    if (auto loop = dyn_cast<scf::ForOp>(argument.getOwner()->getParentOp()))
      return argument == loop.getInductionVar() && isNotNegative(loop.getLowerBound());
  return value.getDefiningOp<memref::DimOp>();
}

Value EntrySizes::bound(Value value, Operation *user, int depth) {
  if (Value same = known(value))
    return same;
  if (depth == 0)
    return {};
  if (Value fromOp = boundOfOp(value, user, depth - 1))
    return fromOp;
  // A slice of this size has been cut.
  for (Operation *cut : value.getUsers()) {
    auto slice = dyn_cast<memref::SubViewOp>(cut);
    if (!slice || !dominance.properlyDominates(cut, user))
      continue;
    for (auto [dim, size] : llvm::enumerate(slice.getMixedSizes()))
      if (size == OpFoldResult(value))
        if (Value whole = sizeOf(slice.getSource(), dim))
          return whole;
  }
  return {};
}

Value EntrySizes::boundOfOp(Value value, Operation *user, int depth) {
  Location loc = function.getLoc();
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    // What a loop counts stays below its end.
    auto loop = dyn_cast<scf::ForOp>(argument.getOwner()->getParentOp());
    return loop && argument == loop.getInductionVar() && !loop.getUnsignedCmp()
               ? bound(loop.getUpperBound(), user, depth)
               : Value();
  }
  auto either = [&](Value lhs, Value rhs) {
    Value a = bound(lhs, user, depth), b = bound(rhs, user, depth);
    return a && b ? Value(arith::MinSIOp::create(builder, loc, a, b)) : a ? a : b;
  };
  auto both = [&](Value lhs, Value rhs) {
    Value a = bound(lhs, user, depth), b = a ? bound(rhs, user, depth) : Value();
    return b ? Value(arith::MaxSIOp::create(builder, loc, a, b)) : Value();
  };
  Operation *op = value.getDefiningOp();
  if (auto cast = dyn_cast<arith::IndexCastOp>(op)) {
    Value in = bound(cast.getIn(), user, depth);
    return in ? Value(arith::IndexCastOp::create(builder, loc, cast.getType(), in)) : Value();
  }
  if (auto min = dyn_cast<arith::MinSIOp>(op))
    return either(min.getLhs(), min.getRhs());
  if (auto max = dyn_cast<arith::MaxSIOp>(op))
    return both(max.getLhs(), max.getRhs());
  if (auto select = dyn_cast<arith::SelectOp>(op)) {
    // As `a < b ? a : b` a minimum is written as well.
    auto compare = select.getCondition().getDefiningOp<arith::CmpIOp>();
    bool less =
        compare && llvm::is_contained({arith::CmpIPredicate::slt, arith::CmpIPredicate::sle}, compare.getPredicate());
    bool greater =
        compare && llvm::is_contained({arith::CmpIPredicate::sgt, arith::CmpIPredicate::sge}, compare.getPredicate());
    Value yes = select.getTrueValue(), no = select.getFalseValue();
    bool isMinimum = (less && compare.getLhs() == yes && compare.getRhs() == no) ||
                     (greater && compare.getLhs() == no && compare.getRhs() == yes);
    return isMinimum ? either(yes, no) : both(yes, no);
  }
  if (auto add = dyn_cast<arith::AddIOp>(op)) {
    Value a = bound(add.getLhs(), user, depth), b = a ? bound(add.getRhs(), user, depth) : Value();
    return b ? Value(arith::AddIOp::create(builder, loc, a, b)) : Value();
  }
  if (auto sub = dyn_cast<arith::SubIOp>(op)) {
    Value a = bound(sub.getLhs(), user, depth);
    Value b = a ? known(sub.getRhs()) : Value();
    if (b)
      return arith::SubIOp::create(builder, loc, a, b);
    return a && isNotNegative(sub.getRhs()) ? a : Value();
  }
  return {};
}
