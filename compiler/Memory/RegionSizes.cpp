// Sizes of tensors that branches and loops make, as values from before them.
#include "compiler/Memory/RegionSizes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Interfaces/DestinationStyleOpInterface.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace mlir;

/// What a result of a `while` is when the loop runs no iteration: the init that its condition forwards, or null.
static Value initOf(scf::WhileOp loop, unsigned forwarded) {
  auto carried = dyn_cast<BlockArgument>(loop.getConditionOp().getArgs()[forwarded]);
  if (!carried || carried.getOwner() != loop.getBeforeBody())
    return {};
  return loop.getInits()[carried.getArgNumber()];
}

/// A tensor of the same sizes that was there one op earlier, or null.
static Value stepBack(Value value) {
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    Operation *parent = argument.getOwner()->getParentOp();
    if (auto loop = dyn_cast<scf::ForOp>(parent))
      return argument == loop.getInductionVar() ? Value() : loop.getTiedLoopInit(argument)->get();
    if (auto loop = dyn_cast<scf::WhileOp>(parent))
      return argument.getOwner() == loop.getBeforeBody() ? loop.getInits()[argument.getArgNumber()]
                                                         : loop.getConditionOp().getArgs()[argument.getArgNumber()];
    return {};
  }
  auto result = cast<OpResult>(value);
  Operation *op = result.getOwner();
  if (auto loop = dyn_cast<scf::ForOp>(op))
    return loop.getInitArgs()[result.getResultNumber()];
  if (auto loop = dyn_cast<scf::WhileOp>(op)) {
    Value init = initOf(loop, result.getResultNumber());
    return init ? init : loop.getConditionOp().getArgs()[result.getResultNumber()];
  }
  if (auto destinationStyle = dyn_cast<DestinationStyleOpInterface>(op))
    return destinationStyle.getTiedOpOperand(result)->get();
  return {};
}

Value mlir::tenon::withSameSizes(Value value) {
  while (Value before = stepBack(value)) value = before;
  return value;
}

namespace {
/// Repeats the arithmetic of a size before `scope`.
class SizeHoister {
public:
  SizeHoister(OpBuilder &builder, Operation *scope) : builder(builder), scope(scope) {}

  Value size(Value tensor, int64_t dim) {
    auto type = cast<RankedTensorType>(tensor.getType());
    if (!type.isDynamicDim(dim))
      return arith::ConstantIndexOp::create(builder, tensor.getLoc(), type.getDimSize(dim));
    if (isOutside(tensor))
      return tensor::DimOp::create(builder, tensor.getLoc(), tensor, dim);
    if (Value before = stepBack(tensor))
      return size(before, dim);
    Operation *op = tensor.getDefiningOp();
    if (!op)
      return {};
    if (auto branches = dyn_cast<scf::IfOp>(op)) {
      unsigned number = cast<OpResult>(tensor).getResultNumber();
      Value either = size(branches.thenYield().getOperand(number), dim);
      return either ? either : size(branches.elseYield().getOperand(number), dim);
    }
    if (auto empty = dyn_cast<tensor::EmptyOp>(op))
      return scalar(empty.getDynamicSize(dim));
    if (auto reify = dyn_cast<ReifyRankedShapedTypeOpInterface>(op)) {
      OpBuilder inside(op);
      ReifiedRankedShapedTypeDims shapes;
      if (failed(reify.reifyResultShapes(inside, shapes)))
        return {};
      OpFoldResult result = shapes[cast<OpResult>(tensor).getResultNumber()][dim];
      if (auto known = dyn_cast<Attribute>(result))
        return arith::ConstantIndexOp::create(builder, tensor.getLoc(), cast<IntegerAttr>(known).getInt());
      return scalar(cast<Value>(result));
    }
    return {};
  }

private:
  bool isOutside(Value value) {
    return !scope->isAncestor(value.getParentBlock()->getParentOp()) && value.getDefiningOp() != scope;
  }

  Value scalar(Value value) {
    if (isOutside(value))
      return value;
    if (Value known = hoisted.lookupOrNull(value))
      return known;
    Operation *op = value.getDefiningOp();
    if (!op)
      return {};
    Value copied;
    if (auto dim = dyn_cast<tensor::DimOp>(op); dim && dim.getConstantIndex()) {
      copied = size(dim.getSource(), *dim.getConstantIndex());
      if (copied)
        hoisted.map(value, copied);
      return copied;
    }
    if (!isPure(op) || op->getNumRegions())
      return {};
    IRMapping operands;
    for (Value operand : op->getOperands()) {
      Value mapped = isa<ShapedType>(operand.getType()) && !isOutside(operand) ? Value() : scalar(operand);
      if (!mapped)
        return {};
      operands.map(operand, mapped);
    }
    hoisted.map(op->getResults(), builder.clone(*op, operands)->getResults());
    return hoisted.lookup(value);
  }

  OpBuilder &builder;
  Operation *scope;
  IRMapping hoisted;
};
} // namespace

Value mlir::tenon::sizeOutside(OpBuilder &builder, Value tensor, int64_t dim, Operation *scope) {
  return SizeHoister(builder, scope).size(tensor, dim);
}

void mlir::tenon::resolveCarriedSizes(Operation *root) {
  SmallVector<tensor::DimOp> dims;
  root->walk([&](tensor::DimOp dim) { dims.push_back(dim); });
  for (tensor::DimOp dim : dims) {
    std::optional<int64_t> index = dim.getConstantIndex();
    Value source = withSameSizes(dim.getSource());
    // What branches yield has a size from before them, where either says it.
    if (auto branches = index ? source.getDefiningOp<scf::IfOp>() : scf::IfOp();
        branches && branches->getParentRegion()->isAncestor(dim->getParentRegion())) {
      OpBuilder builder(branches);
      if (Value size = sizeOutside(builder, source, *index, branches)) {
        dim.getResult().replaceAllUsesWith(size);
        dim.erase();
        continue;
      }
    }
    // The chain may end in a region that the dim stands outside of: in the condition of a loop.
    if (!index)
      continue;
    // Both sides of a branch make the same sizes, and every iteration does: one that is known before says them.
    Operation *inside = source.getDefiningOp<scf::IfOp>();
    if (!source.getParentRegion()->isAncestor(dim->getParentRegion()))
      inside = dim.getSource().getDefiningOp<scf::WhileOp>();
    if (inside) {
      OpBuilder builder(inside);
      if (Value size = sizeOutside(builder, source, *index, inside)) {
        dim.getResult().replaceAllUsesWith(size);
        dim.erase();
      }
      continue;
    }
    if (!source.getParentRegion()->isAncestor(dim->getParentRegion()))
      continue;
    if (source == dim.getSource())
      continue;
    dim.getSourceMutable().set(source);
    if (auto empty = source.getDefiningOp<tensor::EmptyOp>(); empty && empty.getType().isDynamicDim(*index)) {
      dim.getResult().replaceAllUsesWith(empty.getDynamicSize(*index));
      dim.erase();
    }
  }
}
