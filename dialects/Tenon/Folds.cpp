// Folds of element-wise ops: identities that hold for every element, -0 and NaN included, and constants.
#include "dialects/Tenon/ConstantFolds.h"
#include "dialects/Tenon/Dialect.h"

#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace mlir::tenon;

OpFoldResult ConstantOp::fold(FoldAdaptor) { return getValueAttr(); }

namespace {
/// Numbers that are neutral: `+0.0` is not neutral for `+` since -0 + +0 = +0, but is for `-`.
enum class Number { zero, negativeZero, one, allOnes };
} // namespace

static bool isSplatOf(Attribute attr, Number number) {
  auto dense = dyn_cast_or_null<DenseElementsAttr>(attr);
  if (!dense || !dense.isSplat())
    return false;
  if (isa<FloatType>(dense.getElementType())) {
    auto value = dense.getSplatValue<APFloat>();
    switch (number) {
    case Number::zero: return value.isPosZero();
    case Number::negativeZero: return value.isNegZero();
    case Number::one: return value.isExactlyValue(1.0);
    case Number::allOnes: return false;
    }
  }
  auto value = dense.getSplatValue<APInt>();
  switch (number) {
  case Number::zero:
  case Number::negativeZero: return value.isZero();
  case Number::one: return value.isOne();
  case Number::allOnes: return value.isAllOnes();
  }
  return false;
}

/// `x` where it has the result's type: broadcasting by the other operand is not an identity.
static OpFoldResult sameType(Value value, Value result) {
  return value.getType() == result.getType() ? OpFoldResult(value) : OpFoldResult();
}

/// A binary op's neutral number on the right and, where it commutes, on the left; the other operand is the result.
template <typename OpT, typename AdaptorT> static OpFoldResult foldNeutral(OpT op, AdaptorT adaptor, Number neutral) {
  OpFoldResult result;
  if (isSplatOf(adaptor.getRhs(), neutral))
    result = sameType(op.getLhs(), op.getResult());
  if (!result && op->template hasTrait<OpTrait::IsCommutative>() && isSplatOf(adaptor.getLhs(), neutral))
    result = sameType(op.getRhs(), op.getResult());
  return result;
}

/// A number that decides an integer's result whatever the other operand is; it has to have the result's type.
template <typename OpT, typename AdaptorT>
static OpFoldResult foldAbsorbing(OpT op, AdaptorT adaptor, Number absorbing) {
  if (isa<FloatType>(op.getResult().getType().getElementType()))
    return {};
  if (isSplatOf(adaptor.getRhs(), absorbing))
    return sameType(op.getRhs(), op.getResult());
  if (isSplatOf(adaptor.getLhs(), absorbing))
    return sameType(op.getLhs(), op.getResult());
  return {};
}

/// The first fold that finds something, else the op on constants.
template <typename OpT, typename AdaptorT>
static OpFoldResult firstOf(OpT op, AdaptorT adaptor, std::initializer_list<OpFoldResult> found) {
  for (OpFoldResult result : found)
    if (result)
      return result;
  return foldElementwise(op, adaptor.getOperands());
}

static bool isInteger(Value value) { return isa<IntegerType>(cast<ShapedType>(value.getType()).getElementType()); }

// ---- one operand
// -----------------------------------------------------------------------------------------------------

/// x when `op` is `Op(Op(x))`.
template <typename OpT> static OpFoldResult foldInvolution(OpT op) {
  auto inner = op.getInput().template getDefiningOp<OpT>();
  return inner ? OpFoldResult(inner.getInput()) : OpFoldResult();
}

OpFoldResult NegOp::fold(FoldAdaptor adaptor) { return firstOf(*this, adaptor, {foldInvolution(*this)}); }
OpFoldResult NotOp::fold(FoldAdaptor adaptor) { return firstOf(*this, adaptor, {foldInvolution(*this)}); }

OpFoldResult AbsOp::fold(FoldAdaptor adaptor) {
  // |(|x|)| is |x|; |-x| is |x|, also where -x wraps.
  if (getInput().getDefiningOp<AbsOp>())
    return getInput();
  if (auto neg = getInput().getDefiningOp<NegOp>()) {
    getInputMutable().assign(neg.getInput());
    return getResult();
  }
  return foldElementwise(*this, adaptor.getOperands());
}

/// Rounding what is rounded.
static OpFoldResult foldRounded(Value input) {
  return isa_and_nonnull<FloorOp, CeilOp, RoundOp>(input.getDefiningOp()) ? OpFoldResult(input) : OpFoldResult();
}
OpFoldResult FloorOp::fold(FoldAdaptor) { return foldRounded(getInput()); }
OpFoldResult CeilOp::fold(FoldAdaptor) { return foldRounded(getInput()); }
OpFoldResult RoundOp::fold(FoldAdaptor) { return foldRounded(getInput()); }

LogicalResult NotOp::canonicalize(NotOp op, PatternRewriter &rewriter) {
  auto compare = op.getInput().getDefiningOp<CompareOp>();
  if (!compare || !compare->hasOneUse())
    return failure();
  ComparePredicate predicate = compare.getPredicate();
  auto opposite = [&]() -> std::optional<ComparePredicate> {
    if (predicate == ComparePredicate::eq)
      return ComparePredicate::ne;
    if (predicate == ComparePredicate::ne)
      return ComparePredicate::eq;
    // With a NaN `<` and `>=` are both false.
    if (!isInteger(compare.getLhs()))
      return std::nullopt;
    switch (predicate) {
    case ComparePredicate::lt: return ComparePredicate::ge;
    case ComparePredicate::le: return ComparePredicate::gt;
    case ComparePredicate::gt: return ComparePredicate::le;
    default: return ComparePredicate::lt;
    }
  }();
  if (!opposite)
    return failure();
  rewriter.replaceOpWithNewOp<CompareOp>(op, *opposite, compare.getLhs(), compare.getRhs());
  return success();
}

OpFoldResult CastOp::fold(FoldAdaptor adaptor) {
  if (getInput().getType() == getResult().getType())
    return getInput();
  if (auto inner = getInput().getDefiningOp<CastOp>()) {
    Type from = inner.getInput().getType().getElementType(), through = getInput().getType().getElementType();
    Type to = getResult().getType().getElementType();
    // From integer through float to another type is not one cast: wrapping would stand for saturating, and halves
    // would be rounded from f32.
    bool throughFloat = isa<IntegerType>(from) && isa<FloatType>(through);
    bool merges = !throughFloat || from == to || (isa<FloatType>(to) && isLossless(through, to));
    if (isLossless(from, through) && merges) {
      if (from == to)
        return inner.getInput();
      getInputMutable().assign(inner.getInput());
      return getResult();
    }
  }
  return foldElementwise(*this, adaptor.getOperands());
}

// ---- two operands
// ----------------------------------------------------------------------------------------------------

OpFoldResult AddOp::fold(FoldAdaptor adaptor) {
  return firstOf(*this, adaptor, {foldNeutral(*this, adaptor, Number::negativeZero)});
}

OpFoldResult SubOp::fold(FoldAdaptor adaptor) {
  if (getLhs() == getRhs() && isInteger(getLhs()))
    if (Attribute zero = zeroOf(getResult().getType()))
      return zero;
  return firstOf(*this, adaptor, {foldNeutral(*this, adaptor, Number::zero)});
}

OpFoldResult MulOp::fold(FoldAdaptor adaptor) {
  return firstOf(*this, adaptor,
                 {foldNeutral(*this, adaptor, Number::one), foldAbsorbing(*this, adaptor, Number::zero)});
}

OpFoldResult DivOp::fold(FoldAdaptor adaptor) {
  return firstOf(*this, adaptor, {foldNeutral(*this, adaptor, Number::one)});
}

OpFoldResult RemOp::fold(FoldAdaptor adaptor) { return foldElementwise(*this, adaptor.getOperands()); }

OpFoldResult MaxOp::fold(FoldAdaptor adaptor) {
  return getLhs() == getRhs() ? OpFoldResult(getLhs()) : foldElementwise(*this, adaptor.getOperands());
}
OpFoldResult MinOp::fold(FoldAdaptor adaptor) {
  return getLhs() == getRhs() ? OpFoldResult(getLhs()) : foldElementwise(*this, adaptor.getOperands());
}

OpFoldResult AndOp::fold(FoldAdaptor adaptor) {
  if (getLhs() == getRhs())
    return getLhs();
  return firstOf(*this, adaptor,
                 {foldNeutral(*this, adaptor, Number::allOnes), foldAbsorbing(*this, adaptor, Number::zero)});
}

OpFoldResult OrOp::fold(FoldAdaptor adaptor) {
  if (getLhs() == getRhs())
    return getLhs();
  return firstOf(*this, adaptor,
                 {foldNeutral(*this, adaptor, Number::zero), foldAbsorbing(*this, adaptor, Number::allOnes)});
}

OpFoldResult XorOp::fold(FoldAdaptor adaptor) {
  if (getLhs() == getRhs())
    if (Attribute zero = zeroOf(getResult().getType()))
      return zero;
  return firstOf(*this, adaptor, {foldNeutral(*this, adaptor, Number::zero)});
}

OpFoldResult ShlOp::fold(FoldAdaptor adaptor) {
  return firstOf(*this, adaptor, {foldNeutral(*this, adaptor, Number::zero)});
}
OpFoldResult ShrOp::fold(FoldAdaptor adaptor) {
  return firstOf(*this, adaptor, {foldNeutral(*this, adaptor, Number::zero)});
}

OpFoldResult CompareOp::fold(FoldAdaptor adaptor) {
  // A NaN does not equal itself, so only integers are decided by being the same value.
  RankedTensorType type = getResult().getType();
  if (getLhs() == getRhs() && isInteger(getLhs()) && type.hasStaticShape()) {
    ComparePredicate predicate = getPredicate();
    return DenseElementsAttr::get(type, predicate == ComparePredicate::eq || predicate == ComparePredicate::le ||
                                            predicate == ComparePredicate::ge);
  }
  return foldElementwise(*this, adaptor.getOperands());
}

OpFoldResult SelectOp::fold(FoldAdaptor adaptor) {
  OpFoldResult taken;
  if (getLhs() == getRhs() || isSplatOf(adaptor.getCondition(), Number::one))
    taken = sameType(getLhs(), getResult());
  else if (isSplatOf(adaptor.getCondition(), Number::zero))
    taken = sameType(getRhs(), getResult());
  if (taken)
    return taken;
  if (auto negated = getCondition().getDefiningOp<NotOp>()) {
    Value lhs = getLhs(), rhs = getRhs();
    getConditionMutable().assign(negated.getInput());
    getLhsMutable().assign(rhs);
    getRhsMutable().assign(lhs);
    return getResult();
  }
  return foldElementwise(*this, adaptor.getOperands());
}
