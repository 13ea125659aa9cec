// Pullbacks of branches and loops: the same branch again, a counted loop backwards. Cotangents of what a region
// captures go through it and grow on the way.
#include "compiler/Autodiff/Regions.h"
#include "compiler/Autodiff/Reverse.h"

#include "mlir/IR/IRMapping.h"
#include "mlir/Transforms/RegionUtils.h"

using namespace mlir;
using namespace mlir::tenon;

/// Values from outside of `op` that its regions use and that need a cotangent.
static SmallVector<Value> capturedBy(Operation *op, PullbackContext &context) {
  llvm::SetVector<Value> used;
  for (Region &region : op->getRegions()) getUsedValuesDefinedAbove(region, region, used);
  SmallVector<Value> captured;
  llvm::copy_if(used, std::back_inserter(captured), [&](Value value) {
    return context.needs(value) && !op->isProperAncestor(value.getParentBlock()->getParentOp()) &&
           value.getParentBlock()->getParentOp() != op;
  });
  return captured;
}

static LogicalResult pullIf(IfOp op, Pullback &p) {
  PullbackContext &outer = p.context;
  SmallVector<Value> captured = capturedBy(op, outer);
  SmallVector<Type> types;
  for (Value value : captured) types.push_back(value.getType());
  OperationState state(op.getLoc(), IfOp::getOperationName());
  state.addOperands(op.getCondition());
  state.addTypes(types);
  for (int i = 0; i < 2; ++i) state.addRegion()->emplaceBlock();
  Operation *backward = static_cast<OpBuilder &>(p).create(state);
  for (auto [region, mirrored] : llvm::zip_equal(op->getRegions(), backward->getRegions())) {
    Block *block = &region.front();
    outer.mirror.blocks[block] = &mirrored.front();
    OpBuilder builder = OpBuilder::atBlockEnd(&mirrored.front());
    PullbackContext inner(outer.activity, outer.mirror);
    for (Value value : captured)
      if (Value cotangent = outer.get(value))
        inner.set(value, cotangent);
    for (auto [result, yielded] : llvm::zip_equal(op.getResults(), block->getTerminator()->getOperands()))
      if (Value cotangent = outer.get(result))
        inner.add(builder, yielded, cotangent);
    if (failed(reverseBlock(block->getTerminator()->getPrevNode(), builder, inner)))
      return failure();
    SmallVector<Value> yields;
    for (Value value : captured) yields.push_back(inner.getOrZeros(builder, value));
    YieldOp::create(builder, op.getLoc(), yields);
  }
  for (auto [value, cotangent] : llvm::zip_equal(captured, backward->getResults())) outer.set(value, cotangent);
  return success();
}

namespace {
/// A loop as its pullback sees it: `starts[i]` comes into the block as `arguments[i]` and leaves it as `yields[i]`;
/// after the last iteration it is `results[i]`. More than one result may be the same carried value.
struct LoopParts {
  Operation *op;
  Block *block;
  ValueRange starts, yields;
  SmallVector<SmallVector<Value>> arguments, results;
};
} // namespace

/// `makeLoop` gives the backward loop for what it carries.
static LogicalResult pullLoop(const LoopParts &loop, Pullback &p, llvm::function_ref<ForOp(ArrayRef<Value>)> makeLoop) {
  PullbackContext &outer = p.context;
  SmallVector<Value> captured = capturedBy(loop.op, outer), carried;
  SmallVector<size_t> numbers;
  for (size_t i = 0; i < loop.starts.size(); ++i) {
    auto needed = [&](Value value) { return outer.needs(value); };
    if (llvm::none_of(loop.arguments[i], needed) && llvm::none_of(loop.results[i], needed))
      continue;
    Value sum;
    for (Value result : loop.results[i])
      if (Value cotangent = outer.get(result))
        sum = sum ? Value(AddOp::create(p, sum, cotangent)) : cotangent;
    numbers.push_back(i);
    carried.push_back(sum ? sum : p.zeros(loop.starts[i]).value);
  }
  for (Value value : captured) carried.push_back(outer.getOrZeros(p, value));

  ForOp backward = makeLoop(carried);
  if (Attribute limit = loop.op->getAttr("tenon.max_iterations"))
    backward->setAttr("tenon.max_iterations", limit); // for a gradient of the gradient
  Block *block = backward.bodyBlock();
  outer.mirror.blocks[loop.block] = block;
  OpBuilder builder = OpBuilder::atBlockEnd(block);
  PullbackContext inner(outer.activity, outer.mirror);
  auto arguments = backward.getRegionIterArgs();
  for (auto [k, value] : llvm::enumerate(captured)) inner.set(value, arguments[numbers.size() + k]);
  for (auto [k, i] : llvm::enumerate(numbers)) inner.add(builder, loop.yields[i], arguments[k]);
  if (failed(reverseBlock(loop.block->getTerminator()->getPrevNode(), builder, inner)))
    return failure();
  SmallVector<Value> yields;
  for (size_t i : numbers) {
    Value sum;
    for (Value argument : loop.arguments[i])
      if (Value cotangent = inner.get(argument))
        sum = sum ? Value(AddOp::create(builder, loop.op->getLoc(), sum, cotangent)) : cotangent;
    yields.push_back(sum ? sum : createZeros(builder, loop.op->getLoc(), loop.starts[i]));
  }
  for (Value value : captured) yields.push_back(inner.get(value));
  YieldOp::create(builder, loop.op->getLoc(), yields);

  for (auto [k, value] : llvm::enumerate(captured)) outer.set(value, backward.getResult(numbers.size() + k));
  for (auto [k, i] : llvm::enumerate(numbers)) outer.add(p, loop.starts[i], backward.getResult(k));
  return success();
}

/// A for without a terminator yet.
static ForOp createFor(Pullback &p, Value lower, Value upper, int64_t step, ValueRange inits) {
  OperationState state(p.getLoc(), ForOp::getOperationName());
  state.addOperands({lower, upper});
  state.addOperands(inits);
  state.addTypes(inits.getTypes());
  state.addAttribute("step", p.getI64IntegerAttr(step));
  Block &block = state.addRegion()->emplaceBlock();
  block.addArgument(lower.getType(), p.getLoc());
  for (Value init : inits) block.addArgument(init.getType(), p.getLoc());
  return cast<ForOp>(static_cast<OpBuilder &>(p).create(state));
}

/// The indices again, from the last to the first.
static LogicalResult pullFor(ForOp op, Pullback &p) {
  LoopParts loop{op, op.bodyBlock(), op.getInits(), op.getYield().getValues(), {}, {}};
  for (auto [argument, result] : llvm::zip_equal(op.getRegionIterArgs(), op.getResults())) {
    loop.arguments.push_back({argument});
    loop.results.push_back({result});
  }
  int64_t step = op.getStep();
  Term lower = p(op.getLower()), end = p(SubOp::create(p, lower.value, p.integer(step).value)), last;
  if (step == 1) {
    last = p(op.getUpper()) - p.integer(1);
  } else {
    Value count = createTripCount(p, op.getLower(), op.getUpper(), step);
    last = end + p(MulOp::create(p, count, p.integer(step).value));
  }
  return pullLoop(loop, p, [&](ArrayRef<Value> carried) {
    ForOp backward = createFor(p, last, end, -step, carried);
    p.context.mirror.indices[op.getIndex()] = backward.getIndex();
    return backward;
  });
}

/// As many iterations backwards as there were. Its condition only hands on what is carried.
static LogicalResult pullWhile(WhileOp op, Pullback &p) {
  LoopParts loop{op, op.afterBlock(), op.getInits(), op.getYield().getValues(), {}, {}};
  loop.arguments.resize(loop.starts.size());
  loop.results.resize(loop.starts.size());
  for (auto [i, forwarded] : llvm::enumerate(op.getCondition().getValues())) {
    if (!p.needs(op.getResult(i)) && !p.needs(op.afterBlock()->getArgument(i)))
      continue;
    auto argument = dyn_cast<BlockArgument>(forwarded);
    if (!argument || argument.getOwner() != op.beforeBlock())
      return op->emitError("while: has no gradient: its condition computes a value that it hands on; compute it in the "
                           "body");
    loop.arguments[argument.getArgNumber()].push_back(op.afterBlock()->getArgument(i));
    loop.results[argument.getArgNumber()].push_back(op.getResult(i));
  }
  std::optional<unsigned> counter = counterOf(op);
  assert(counter && "loops are counted before anything else");
  Value count = op.getResult(*counter);
  return pullLoop(loop, p, [&](ArrayRef<Value> carried) { return createFor(p, p.integer(0), count, 1, carried); });
}

/// The region, in place.
static LogicalResult pullCustom(CustomGradientOp op, Pullback &p) {
  Block &block = op.getPullback().front();
  IRMapping map;
  for (auto [argument, result] : llvm::zip_equal(block.getArguments(), op.getResults()))
    map.map(argument, p.context.getOrZeros(p, result));
  for (Operation &inner : block.without_terminator()) p.clone(inner, map);
  for (auto [source, gradient] : llvm::zip_equal(op.getSources(), block.getTerminator()->getOperands()))
    if (p.needs(source))
      p.context.add(p, source, map.lookupOrDefault(gradient));
  return success();
}

void tenon::attachControlFlowPullbacks(MLIRContext &context) {
  attachPullback<IfOp, pullIf>(context);
  attachPullback<ForOp, pullFor>(context);
  attachPullback<WhileOp, pullWhile>(context);
  attachPullback<CustomGradientOp, pullCustom>(context);
}
