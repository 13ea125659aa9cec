// Pullbacks of reductions, running sums, softmax and normalization.
#include "compiler/Autodiff/Pullback.h"

using namespace mlir;
using namespace mlir::tenon;

/// Elements that are 0 are counted, so that a product with one zero has the gradient of the others' product there.
static Term pullProduct(Pullback &p, ReduceOp op, Term g, Term x) {
  ArrayRef<int64_t> axes = op.getAxes();
  Type type = x.value.getType();
  Term isZero = p.compare(ComparePredicate::eq, x, p.number(0, type));
  Term one = p.number(1, type), zero = p.number(0, type);
  Term zeros = p.sum(p.select(isZero, one, zero), axes, /*keepDims=*/true);
  Term safe = p.select(isZero, one, x);
  Term product = p(ReduceOp::create(p, ReduceKind::prod, safe.value, axes, true));
  Term others = product / safe;
  Term whenOne = p.select(isZero, product, zero);
  Term derivative = p.select(p.compare(ComparePredicate::eq, zeros, zero), others,
                             p.select(p.compare(ComparePredicate::eq, zeros, one), whenOne, zero));
  return g * derivative;
}

static LogicalResult pullReduce(ReduceOp op, Pullback &p) {
  ArrayRef<int64_t> axes = op.getAxes();
  Term x = p(op.getInput()), g = p.keepDims(p.cotangent(), x, axes);
  switch (op.getKind()) {
  case ReduceKind::sum: p.add(x, p.broadcastLike(g, x)); break;
  case ReduceKind::mean: p.add(x, p.broadcastLike(g / p.count(x, axes), x)); break;
  case ReduceKind::prod: p.add(x, pullProduct(p, op, g, x)); break;
  case ReduceKind::max:
  case ReduceKind::min: { // elements that are equal to the result share
    Term r = p.keepDims(op.getResult(), x, axes);
    Term hit =
        p.select(p.compare(ComparePredicate::eq, x, r), p.number(1, g.value.getType()), p.number(0, g.value.getType()));
    p.add(x, hit * (g / p.sum(hit, axes, /*keepDims=*/true)));
    break;
  }
  case ReduceKind::any:
  case ReduceKind::all: break; // i1
  }
  return success();
}

/// Each element is in its own running sum and in those that come later: the same sum from the other end.
static LogicalResult pullCumsum(CumsumOp op, Pullback &p) {
  p.add(op.getInput(), CumsumOp::create(p, p.cotangent().value, static_cast<int64_t>(op.getAxis()), op.getExclusive(),
                                        !op.getReverse()));
  return success();
}

static LogicalResult pullSoftmax(SoftmaxOp op, Pullback &p) {
  Term r = p(op.getResult()), g = p.cotangent(), weighted = g * r;
  Term total = p.sum(weighted, static_cast<int64_t>(op.getAxis()), /*keepDims=*/true);
  p.add(op.getInput(), weighted - r * total);
  return success();
}

static LogicalResult pullLogSoftmax(LogSoftmaxOp op, Pullback &p) {
  Term r = p(op.getResult()), g = p.cotangent();
  Term total = p.sum(g, static_cast<int64_t>(op.getAxis()), /*keepDims=*/true);
  p.add(op.getInput(), g - apply<ExpOp>(r) * total);
  return success();
}

/// With h = (x - mean) s, s = 1 / sqrt(variance + epsilon) and c = g scale along the last dimension:
/// dx = s (c - mean(c) - h mean(c h)). Ba et al., 2016, differentiated.
static LogicalResult pullLayerNorm(LayerNormOp op, Pullback &p) {
  Term x = p(op.getInput()), g = p.cotangent(), scale = p(op.getScale());
  if (p.needs(op.getOffset()))
    p.add(op.getOffset(), g);
  if (!p.needs(x) && !p.needs(scale))
    return success();
  int64_t last = op.getInput().getType().getRank() - 1;
  auto mean = [&](Term t) { return p(ReduceOp::create(p, ReduceKind::mean, t.value, last, true)); };
  Term centered = x - mean(x);
  Term inverse = apply<RsqrtOp>(mean(centered * centered) + op.getEpsilon().convertToDouble());
  Term h = centered * inverse;
  if (p.needs(scale))
    p.add(scale, g * h);
  if (p.needs(x)) {
    Term c = g * scale;
    p.add(x, inverse * (c - mean(c) - h * mean(c * h)));
  }
  return success();
}

void tenon::attachReductionPullbacks(MLIRContext &context) {
  attachPullback<ReduceOp, pullReduce>(context);
  attachPullback<CumsumOp, pullCumsum>(context);
  attachPullback<SoftmaxOp, pullSoftmax>(context);
  attachPullback<LogSoftmaxOp, pullLogSoftmax>(context);
  attachPullback<LayerNormOp, pullLayerNorm>(context);
}
