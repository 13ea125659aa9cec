// Rebuilding of branches and loops, and counting.
#include "compiler/Autodiff/Regions.h"

#include "mlir/IR/Builders.h"

using namespace mlir;
using namespace mlir::tenon;

static constexpr StringLiteral counterName = "tenon.counter";

static Value createInteger(OpBuilder &builder, Location location, int64_t value) {
  auto type = RankedTensorType::get({}, builder.getI64Type());
  return ConstantOp::create(builder, location, DenseElementsAttr::get(type, value));
}

Operation *tenon::carryThrough(Operation *op, ValueRange extra,
                               llvm::function_ref<SmallVector<Value>(Block &, ValueRange)> visit) {
  OpBuilder builder(op);
  OperationState state(op->getLoc(), op->getName());
  state.addOperands(op->getOperands());
  if (!isa<IfOp>(op))
    state.addOperands(extra);
  state.addTypes(op->getResultTypes());
  state.addTypes(extra.getTypes());
  state.addAttributes(op->getAttrs());
  for (Region &region : op->getRegions()) state.addRegion()->takeBody(region);
  Operation *carrying = builder.create(state);
  for (auto [before, after] : llvm::zip(op->getResults(), carrying->getResults())) before.replaceAllUsesWith(after);

  for (Region &region : carrying->getRegions()) {
    Block &block = region.front();
    SmallVector<Value> values(extra);
    if (!isa<IfOp>(op))
      for (Value &value : values) value = block.addArgument(value.getType(), value.getLoc());
    bool isCondition = isa<WhileOp>(op) && region.getRegionNumber() == 0;
    SmallVector<Value> after = isCondition ? values : visit(block, values);
    Operation *terminator = block.getTerminator();
    terminator->insertOperands(terminator->getNumOperands(), after);
  }
  op->erase();
  return carrying;
}

Value tenon::createTripCount(OpBuilder &builder, Value lower, Value upper, int64_t step) {
  Location location = upper.getLoc();
  int64_t stride = step > 0 ? step : -step;
  Value distance = step > 0 ? SubOp::create(builder, location, upper, lower).getResult()
                            : SubOp::create(builder, location, lower, upper).getResult();
  if (stride != 1) {
    distance = AddOp::create(builder, location, distance, createInteger(builder, location, stride - 1));
    distance = DivOp::create(builder, location, distance, createInteger(builder, location, stride));
  }
  return MaxOp::create(builder, location, distance, createInteger(builder, location, 0));
}

void tenon::countIterations(Operation *op) {
  SmallVector<WhileOp> loops;
  op->walk([&](WhileOp loop) {
    if (!counterOf(loop))
      loops.push_back(loop);
  });
  for (WhileOp loop : loops) {
    OpBuilder builder(loop);
    Location location = loop.getLoc();
    unsigned number = loop->getNumResults();
    Operation *counting = carryThrough(
        loop, createInteger(builder, location, 0), [&](Block &block, ValueRange values) -> SmallVector<Value> {
          OpBuilder inside = OpBuilder::atBlockTerminator(&block);
          return {AddOp::create(inside, location, values[0], createInteger(inside, location, 1))};
        });
    counting->setAttr(counterName, builder.getI64IntegerAttr(number));
  }
}

std::optional<unsigned> tenon::counterOf(WhileOp op) {
  auto number = op->getAttrOfType<IntegerAttr>(counterName);
  if (!number)
    return std::nullopt;
  return number.getInt();
}

void tenon::forgetCounter(WhileOp op) { op->removeAttr(counterName); }
