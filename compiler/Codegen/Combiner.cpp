// Recognises how a reduction combines.
#include "compiler/Codegen/Combiner.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace mlir::tenon;

namespace {
enum class Bound { Lowest, Highest };
} // namespace

// The value that loses against every other in a maximum (Lowest) or a minimum (Highest).
static TypedAttr bound(Type type, Bound which, bool isUnsigned) {
  Builder builder(type.getContext());
  if (auto floatType = dyn_cast<FloatType>(type))
    return FloatAttr::get(floatType, APFloat::getInf(floatType.getFloatSemantics(), which == Bound::Lowest));
  unsigned bits = type.getIntOrFloatBitWidth();
  if (isUnsigned)
    return IntegerAttr::get(type, which == Bound::Lowest ? APInt::getZero(bits) : APInt::getMaxValue(bits));
  return IntegerAttr::get(type,
                          which == Bound::Lowest ? APInt::getSignedMinValue(bits) : APInt::getSignedMaxValue(bits));
}

static TypedAttr number(Type type, double value) {
  if (isa<FloatType>(type))
    return FloatAttr::get(type, value);
  return IntegerAttr::get(type, static_cast<int64_t>(value));
}

// The identity of a combiner that is one operation, or null.
static TypedAttr identityOf(Operation *op) {
  Type type = op->getResult(0).getType();
  return llvm::TypeSwitch<Operation *, TypedAttr>(op)
      // Adding -0.0 changes nothing, not even the sign of a zero.
      .Case<arith::AddFOp>([&](auto) { return number(type, -0.0); })
      .Case<arith::AddIOp, arith::OrIOp, arith::XOrIOp>([&](auto) { return number(type, 0); })
      .Case<arith::MulFOp, arith::MulIOp>([&](auto) { return number(type, 1); })
      .Case<arith::AndIOp>(
          [&](auto) { return IntegerAttr::get(type, APInt::getAllOnes(type.getIntOrFloatBitWidth())); })
      .Case<arith::MaximumFOp, arith::MaxNumFOp, arith::MaxSIOp>(
          [&](auto) { return bound(type, Bound::Lowest, false); })
      .Case<arith::MinimumFOp, arith::MinNumFOp, arith::MinSIOp>(
          [&](auto) { return bound(type, Bound::Highest, false); })
      .Case<arith::MaxUIOp>([&](auto) { return bound(type, Bound::Lowest, true); })
      .Case<arith::MinUIOp>([&](auto) { return bound(type, Bound::Highest, true); })
      .Default([](Operation *) { return TypedAttr(); });
}

// Whether a comparison, true, prefers the greater of the two values that it is given: 1 if `lhs` is then the greater,
// -1 the smaller, 0 if it says nothing of order. `isUnsigned` tells how integers compare.
static int orderOf(Operation *op, bool &isUnsigned) {
  isUnsigned = false;
  if (auto cmp = dyn_cast<arith::CmpFOp>(op)) {
    switch (cmp.getPredicate()) {
    case arith::CmpFPredicate::OGT:
    case arith::CmpFPredicate::OGE:
    case arith::CmpFPredicate::UGT:
    case arith::CmpFPredicate::UGE: return 1;
    case arith::CmpFPredicate::OLT:
    case arith::CmpFPredicate::OLE:
    case arith::CmpFPredicate::ULT:
    case arith::CmpFPredicate::ULE: return -1;
    default: return 0;
    }
  }
  switch (cast<arith::CmpIOp>(op).getPredicate()) {
  case arith::CmpIPredicate::ugt:
  case arith::CmpIPredicate::uge: isUnsigned = true; return 1;
  case arith::CmpIPredicate::ult:
  case arith::CmpIPredicate::ule: isUnsigned = true; return -1;
  case arith::CmpIPredicate::sgt:
  case arith::CmpIPredicate::sge: return 1;
  case arith::CmpIPredicate::slt:
  case arith::CmpIPredicate::sle: return -1;
  default: return 0;
  }
}

// Compare and select: one comparison of accumulator and element decides; tests for NaN (x uno x, or'ed) may join it.
static TypedAttr identityOfSelect(const Combiner &combiner) {
  auto select = combiner.result.getDefiningOp<arith::SelectOp>();
  if (!select)
    return {};
  Value taken = select.getTrueValue(), other = select.getFalseValue();
  bool takesElement = taken == combiner.element && other == combiner.accumulator;
  if (!takesElement && !(taken == combiner.accumulator && other == combiner.element))
    return {};
  TypedAttr identity;
  for (Operation *op : combiner.ops) {
    if (op == select || isa<arith::OrIOp>(op))
      continue;
    if (!isa<arith::CmpFOp, arith::CmpIOp>(op))
      return {};
    Value lhs = op->getOperand(0), rhs = op->getOperand(1);
    if (lhs == rhs) {
      if (auto cmp = dyn_cast<arith::CmpFOp>(op); cmp && cmp.getPredicate() == arith::CmpFPredicate::UNO)
        continue;
      return {};
    }
    bool isUnsigned;
    int order = orderOf(op, isUnsigned);
    bool straight = lhs == taken && rhs == other, crossed = lhs == other && rhs == taken;
    if (identity || order == 0 || (!straight && !crossed))
      return {};
    bool isMaximum = (order == 1) == straight;
    identity = bound(taken.getType(), isMaximum ? Bound::Lowest : Bound::Highest, isUnsigned);
  }
  return identity;
}

// A comparison with NaN is false. Where that keeps the accumulator, an identity changes no accumulator, and a NaN as
// the element is kept by a test for it or never enters.
static Neutrality neutralityOfSelect(const Combiner &combiner) {
  bool keepsAccumulator = combiner.result.getDefiningOp<arith::SelectOp>().getTrueValue() == combiner.element,
       tests = false;
  for (Operation *op : combiner.ops)
    if (auto cmp = dyn_cast<arith::CmpFOp>(op)) {
      bool isTest = cmp.getLhs() == cmp.getRhs();
      tests |= isTest;
      keepsAccumulator &= isTest || cmp.getPredicate() <= arith::CmpFPredicate::ORD;
    }
  return {keepsAccumulator && tests, keepsAccumulator};
}

FailureOr<Combiner> mlir::tenon::matchCombiner(const Sweep &sweep) {
  if (sweep.getNumOutputs() != 1)
    return failure();
  Combiner combiner;
  combiner.accumulator = sweep.body->getArgument(sweep.numInputs);
  combiner.result = sweep.body->getTerminator()->getOperand(0);

  // Inside a region it would be combined on conditions.
  if (llvm::any_of(combiner.accumulator.getUsers(), [&](Operation *user) { return user->getBlock() != sweep.body; }))
    return failure();

  // What depends on the accumulator combines; the one value of its type that enters there is the element.
  DenseSet<Value> inside{combiner.accumulator};
  for (Operation &op : sweep.body->without_terminator()) {
    if (llvm::none_of(op.getOperands(), [&](Value v) { return inside.contains(v); }))
      continue;
    if (op.getNumResults() != 1 || op.getNumRegions() != 0)
      return failure();
    combiner.ops.push_back(&op);
    inside.insert(op.getResult(0));
  }
  if (!inside.contains(combiner.result) || combiner.ops.empty())
    return failure();
  SmallVector<Operation *> tests;
  for (Operation *op : combiner.ops) {
    for (Value operand : op->getOperands()) {
      if (inside.contains(operand) || operand == combiner.element)
        continue;
      // A test of the element for NaN joins the combiner.
      Operation *test = operand.getDefiningOp();
      if (operand.getType().isInteger(1) && !combiner.accumulator.getType().isInteger(1) && test &&
          test->getBlock() == sweep.body && isa<arith::CmpFOp>(test)) {
        tests.push_back(test);
        continue;
      }
      if (combiner.element || operand.getType() != combiner.accumulator.getType())
        return failure();
      combiner.element = operand;
    }
  }
  if (!combiner.element)
    return failure();
  for (Operation *test : tests)
    if (!llvm::all_of(test->getOperands(), [&](Value v) { return v == combiner.element; }))
      return failure();
  combiner.ops.insert(combiner.ops.begin(), tests.begin(), tests.end());
  // Nothing else may read what the combiner computes, and the test runs where the combiner does.
  for (Operation *op : combiner.ops)
    for (Operation *user : op->getUsers())
      if (user != sweep.body->getTerminator() && !llvm::is_contained(combiner.ops, user))
        return failure();

  if (combiner.ops.size() == 1) {
    combiner.identity = identityOf(combiner.ops.front());
    // The identity replaces a NaN that comes first; from then on there is none.
    if (isa<arith::MaxNumFOp, arith::MinNumFOp>(combiner.ops.front()))
      combiner.neutrality.asStart = false;
  } else {
    combiner.identity = identityOfSelect(combiner);
    if (combiner.identity && isa<FloatType>(combiner.identity.getType()))
      combiner.neutrality = neutralityOfSelect(combiner);
  }
  if (!combiner.identity)
    return failure();
  return combiner;
}

Value Combiner::combine(SweepBuilder &builder, Value left, Value right, int64_t width) const {
  IRMapping mapping;
  mapping.map(accumulator, left);
  mapping.map(element, right);
  for (Operation *op : ops) {
    SmallVector<Value> operands = llvm::map_to_vector(op->getOperands(), [&](Value v) { return mapping.lookup(v); });
    mapping.map(op->getResults(), builder.widen(op, operands, width)->getResults());
  }
  return mapping.lookup(result);
}

Value Combiner::combineScalars(OpBuilder &builder, Value left, Value right) const {
  IRMapping mapping;
  mapping.map(accumulator, left);
  mapping.map(element, right);
  for (Operation *op : ops) builder.clone(*op, mapping);
  return mapping.lookup(result);
}
