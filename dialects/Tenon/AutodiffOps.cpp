// Inference and checks of what asks for gradients.
#include "dialects/Tenon/Dialect.h"
#include "dialects/Tenon/Shapes.h"

#include "mlir/IR/PatternMatch.h"
#include "mlir/Transforms/RegionUtils.h"

using namespace mlir;
using namespace mlir::tenon;

LogicalResult GradientOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor adaptor,
                                           SmallVectorImpl<Type> &results) {
  Checks check("gradient", location);
  auto types = check.tensors(adaptor.getOperands()); // (C1)
  if (failed(types))
    return failure();
  // The operand segments come from a property that nothing has verified yet.
  ArrayRef<int32_t> sizes(adaptor.getProperties().operandSegmentSizes);
  if (llvm::any_of(sizes, [](int32_t size) { return size < 0; }) ||
      int64_t{sizes[0]} + sizes[1] + sizes[2] != static_cast<int64_t>(types->size()))
    return check.error() << "expected operands that are targets, sources and cotangents, but got " << types->size()
                         << " of which " << sizes[0] << ", " << sizes[1] << " and " << sizes[2] << " are";
  auto all = ArrayRef<RankedTensorType>(*types);
  auto targets = all.take_front(sizes[0]), sources = all.slice(sizes[0], sizes[1]),
       cotangents = all.take_back(sizes[2]);
  if (targets.empty() || sources.empty()) // (C1)
    return check.error() << "expected at least one target and one source, but got " << targets.size() << " and "
                         << sources.size();
  auto floats = [&](ArrayRef<RankedTensorType> some, StringRef name) -> LogicalResult { // (C2)
    for (auto [i, type] : llvm::enumerate(some))
      if (!isa<FloatType>(type.getElementType()))
        return check.error() << name << " " << i << " is " << describe(type)
                             << ": integers and booleans have no gradient";
    return success();
  };
  if (failed(floats(targets, "target")) || failed(floats(sources, "source")))
    return failure();
  if (!cotangents.empty() && cotangents.size() != targets.size()) // (C3)
    return check.error() << "expected no cotangent or " << targets.size() << ", one for each target, but got "
                         << cotangents.size();
  for (auto [i, cotangent] : llvm::enumerate(cotangents)) // (C3)
    if (cotangent != targets[i])
      return check.error() << "cotangent " << i << " is " << describe(cotangent) << ", but its target is "
                           << describe(targets[i]);
  llvm::append_range(results, sources);
  return success();
}

LogicalResult CustomGradientOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor adaptor,
                                                 SmallVectorImpl<Type> &results) {
  Checks check("custom_gradient", location);
  auto types = check.tensors(adaptor.getOperands()); // (C1)
  if (failed(types))
    return failure();
  ArrayRef<int32_t> sizes(adaptor.getProperties().operandSegmentSizes);
  if (sizes[0] < 1 || sizes[1] < 1 || int64_t{sizes[0]} + sizes[1] != static_cast<int64_t>(types->size()))
    return check.error() << "expected at least one value and one source, but got " << types->size()
                         << " operands of which " << sizes[0] << " and " << sizes[1] << " are";
  for (RankedTensorType type : *types) // (C1)
    if (!isa<FloatType>(type.getElementType()))
      return check.error() << "an operand is " << describe(type) << ": integers and booleans have no gradient";
  llvm::append_range(results, ArrayRef<RankedTensorType>(*types).take_front(sizes[0]));
  return success();
}

LogicalResult CustomGradientOp::verify() {
  Checks check(*this);
  Block &block = getPullback().front();
  if (block.getArgumentTypes() != getValues().getTypes()) // (C2)
    return check.error() << "expected a region that takes a cotangent of the type of each value";
  auto yield = dyn_cast_or_null<YieldOp>(block.empty() ? nullptr : &block.back());
  if (!yield || yield.getValues().getTypes() != getSources().getTypes()) // (C3)
    return check.error() << "expected a region that yields a gradient of the type of each source";
  return success();
}

YieldOp CheckpointOp::getYield() { return cast<YieldOp>(bodyBlock()->getTerminator()); }

LogicalResult CheckpointOp::verify() {
  Checks check(*this);
  auto yield = dyn_cast_or_null<YieldOp>(bodyBlock()->empty() ? nullptr : &bodyBlock()->back());
  if (!yield || yield.getValues().getTypes() != getResultTypes()) // (C1)
    return check.error() << "expected a region that yields the types of the results";
  llvm::SetVector<Value> used;
  getUsedValuesDefinedAbove(getBody(), used);
  for (Value value : used) // (C2)
    if (isa<ListType>(value.getType()))
      return check.error() << "the region uses a list from outside";
  return success();
}

LogicalResult BarrierOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor adaptor,
                                          SmallVectorImpl<Type> &results) {
  Checks check("barrier", location);
  auto types = check.tensors(adaptor.getInputs());
  if (failed(types))
    return failure();
  if (types->empty()) // (C1)
    return check.error() << "expected at least one operand";
  llvm::append_range(results, *types);
  return success();
}

/// A scalar may be a size, which has to be seen; what nobody uses goes.
LogicalResult BarrierOp::canonicalize(BarrierOp op, PatternRewriter &rewriter) {
  SmallVector<Value> kept, replaced;
  for (auto [input, result] : llvm::zip_equal(op.getInputs(), op.getResults()))
    if (!result.use_empty() && cast<RankedTensorType>(input.getType()).getRank())
      kept.push_back(input);
  if (kept.size() == op.getNumOperands())
    return failure();
  auto smaller = kept.empty() ? BarrierOp() : BarrierOp::create(rewriter, op.getLoc(), kept);
  unsigned next = 0;
  for (auto [input, result] : llvm::zip_equal(op.getInputs(), op.getResults()))
    replaced.push_back(next < kept.size() && kept[next] == input && !result.use_empty() ? smaller.getResult(next++)
                                                                                        : input);
  rewriter.replaceOp(op, replaced);
  return success();
}
