// Pullbacks of element-wise ops. g is the result's cotangent, x and y the operands, r the result. At kinks they follow
// JAX: docs/autodiff.md.
#include "compiler/Autodiff/Pullback.h"

#include "mlir/IR/Matchers.h"
#include <numbers>

using namespace mlir;
using namespace mlir::tenon;

// ---- one operand
template <typename OpT, Term (*derivative)(Term g, Term x, Term r)> static LogicalResult unary(OpT op, Pullback &p) {
  p.add(op.getInput(), derivative(p.cotangent(), p(op.getInput()), p(op.getResult())));
  return success();
}

static Term negD(Term g, Term, Term) { return -g; }
static Term absD(Term g, Term x, Term) {
  Pullback &p = *g.in;
  return p.select(p.compare(ComparePredicate::lt, x, p.number(0, x.value.getType())), -g, g);
}
static Term expD(Term g, Term, Term r) { return g * r; }
static Term exp2D(Term g, Term, Term r) { return g * r * std::numbers::ln2; }
static Term expm1D(Term g, Term, Term r) { return g * (r + 1.0); }
static Term logD(Term g, Term x, Term) { return g / x; }
static Term log2D(Term g, Term x, Term) { return g * std::numbers::log2e / x; }
static Term log1pD(Term g, Term x, Term) { return g / (x + 1.0); }
static Term sqrtD(Term g, Term, Term r) { return g * 0.5 / r; }
static Term rsqrtD(Term g, Term x, Term r) { return g * -0.5 * (r / x); }
static Term sinD(Term g, Term x, Term) { return g * apply<CosOp>(x); }
static Term cosD(Term g, Term x, Term) { return -(g * apply<SinOp>(x)); }
static Term tanD(Term g, Term, Term r) { return g * (r * r + 1.0); }
static Term tanhD(Term g, Term, Term r) { return g * (1.0 - r * r); }
static Term sigmoidD(Term g, Term, Term r) { return g * (r * (1.0 - r)); }
static Term erfD(Term g, Term x, Term) { return g * (2.0 * std::numbers::inv_sqrtpi) * apply<ExpOp>(-(x * x)); }

/// Piecewise constant: connected, with nothing to add.
template <typename OpT> static LogicalResult flat(OpT, Pullback &) { return success(); }

static LogicalResult pullCast(CastOp op, Pullback &p) {
  p.add(op.getInput(), p.cast(p.cotangent(), getElementTypeOrSelf(op.getInput().getType())));
  return success();
}

// ---- two operands
static LogicalResult pullAdd(AddOp op, Pullback &p) {
  p.add(op.getLhs(), p.cotangent());
  p.add(op.getRhs(), p.cotangent());
  return success();
}
static LogicalResult pullSub(SubOp op, Pullback &p) {
  p.add(op.getLhs(), p.cotangent());
  if (p.needs(op.getRhs()))
    p.add(op.getRhs(), -p.cotangent());
  return success();
}
static LogicalResult pullMul(MulOp op, Pullback &p) {
  Term g = p.cotangent(), x = p(op.getLhs()), y = p(op.getRhs());
  if (p.needs(x))
    p.add(x, g * y);
  if (p.needs(y))
    p.add(y, g * x);
  return success();
}
static LogicalResult pullDiv(DivOp op, Pullback &p) {
  Term x = p(op.getLhs()), y = p(op.getRhs()), quotient = p.cotangent() / y;
  p.add(x, quotient);
  if (p.needs(y))
    p.add(y, -(quotient * p(op.getResult())));
  return success();
}
/// x - trunc(x / y) * y, whose truncated quotient is a constant.
static LogicalResult pullRem(RemOp op, Pullback &p) {
  Term x = p(op.getLhs()), y = p(op.getRhs());
  p.add(x, p.cotangent());
  if (p.needs(y))
    p.add(y, -(p.cotangent() * apply<RoundOp>((x - p(op.getResult())) / y)));
  return success();
}
/// y x^(y-1), which is 0 for y = 0 even where x is 0, and r log(x), which is 0 for x = 0.
static LogicalResult pullPow(PowOp op, Pullback &p) {
  Term g = p.cotangent(), x = p(op.getLhs()), y = p(op.getRhs());
  if (p.needs(x)) {
    Term exponent = p.select(p.compare(ComparePredicate::eq, y, p.number(0, y.value.getType())),
                             p.number(1, y.value.getType()), y - 1.0);
    p.add(x, g * (y * p(PowOp::create(p, x, exponent))));
  }
  if (p.needs(y)) {
    Term one = p.number(1, x.value.getType());
    Term base = p.select(p.compare(ComparePredicate::eq, x, p.number(0, x.value.getType())), one, x);
    p.add(y, g * (apply<LogOp>(base) * p(op.getResult())));
  }
  return success();
}

/// The operand that is chosen gets all; of equal ones each gets half, unless one is a constant, which gets all: relu,
/// which is `max` with 0, has the derivative 0 at 0. Beside a constant the result tells what won as the operand does,
/// NaN included: so that operand need not be kept.
template <typename OpT> static LogicalResult pullExtremum(OpT op, Pullback &p) {
  Term g = p.cotangent(), x = p(op.getLhs()), y = p(op.getRhs()), zero = p.number(0, g.value.getType());
  auto wins = isa<MaxOp>(op) ? ComparePredicate::gt : ComparePredicate::lt;
  auto isConstant = [](Value value) { return matchPattern(value, m_Constant()); };
  bool splitsTies = !isConstant(x) && !isConstant(y);
  Term half = splitsTies ? p.select(p.compare(ComparePredicate::eq, x, y), g * 0.5, zero) : zero;
  for (auto [mine, other] : {std::pair(x, y), std::pair(y, x)})
    if (p.needs(mine))
      p.add(mine, p.select(p.compare(wins, isConstant(other) ? op.getResult() : mine.value, other), g, half));
  return success();
}

/// Strictly between the bounds all goes to the input; a bound gets what it cut off.
static LogicalResult pullClamp(ClampOp op, Pullback &p) {
  Term g = p.cotangent(), x = p(op.getInput()), low = p(op.getLow()), high = p(op.getHigh());
  Term zero = p.number(0, g.value.getType());
  if (p.needs(x)) {
    Value inside =
        AndOp::create(p, p.compare(ComparePredicate::gt, x, low).value, p.compare(ComparePredicate::lt, x, high).value);
    p.add(x, p.select(inside, g, zero));
  }
  if (p.needs(low)) { // where `high` does not cut in turn
    Value cut = AndOp::create(p, p.compare(ComparePredicate::lt, x, low).value,
                              p.compare(ComparePredicate::lt, low, high).value);
    p.add(low, p.select(cut, g, zero));
  }
  if (p.needs(high)) {
    Term raised = p(MaxOp::create(p, x.value, low.value));
    p.add(high, p.select(p.compare(ComparePredicate::gt, raised, high), g, zero));
  }
  return success();
}

static LogicalResult pullSelect(SelectOp op, Pullback &p) {
  Term g = p.cotangent(), zero = p.number(0, g.value.getType());
  if (p.needs(op.getLhs()))
    p.add(op.getLhs(), p.select(op.getCondition(), g, zero));
  if (p.needs(op.getRhs()))
    p.add(op.getRhs(), p.select(op.getCondition(), zero, g));
  return success();
}

template <typename OpT, Term (*derivative)(Term, Term, Term), bool cheap = false>
static void attachUnary(MLIRContext &context) {
  attachPullback<OpT, unary<OpT, derivative>, cheap>(context);
}

void tenon::attachElementwisePullbacks(MLIRContext &context) {
  attachUnary<NegOp, negD, true>(context);
  attachUnary<AbsOp, absD, true>(context);
  attachUnary<ExpOp, expD>(context);
  attachUnary<Exp2Op, exp2D>(context);
  attachUnary<Expm1Op, expm1D>(context);
  attachUnary<LogOp, logD>(context);
  attachUnary<Log2Op, log2D>(context);
  attachUnary<Log1pOp, log1pD>(context);
  attachUnary<SqrtOp, sqrtD, true>(context);
  attachUnary<RsqrtOp, rsqrtD, true>(context);
  attachUnary<SinOp, sinD>(context);
  attachUnary<CosOp, cosD>(context);
  attachUnary<TanOp, tanD>(context);
  attachUnary<TanhOp, tanhD>(context);
  attachUnary<SigmoidOp, sigmoidD>(context);
  attachUnary<ErfOp, erfD>(context);
  attachPullback<SignOp, flat<SignOp>, true>(context);
  attachPullback<FloorOp, flat<FloorOp>, true>(context);
  attachPullback<CeilOp, flat<CeilOp>, true>(context);
  attachPullback<RoundOp, flat<RoundOp>, true>(context);
  attachPullback<CastOp, pullCast, true>(context);
  attachPullback<AddOp, pullAdd, true>(context);
  attachPullback<SubOp, pullSub, true>(context);
  attachPullback<MulOp, pullMul, true>(context);
  attachPullback<DivOp, pullDiv, true>(context);
  attachPullback<RemOp, pullRem>(context);
  attachPullback<PowOp, pullPow>(context);
  attachPullback<MaxOp, pullExtremum<MaxOp>, true>(context);
  attachPullback<MinOp, pullExtremum<MinOp>, true>(context);
  attachPullback<ClampOp, pullClamp, true>(context);
  attachPullback<SelectOp, pullSelect, true>(context);
}
