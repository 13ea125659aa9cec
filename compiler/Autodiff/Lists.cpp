// Pullbacks of lists: what was pushed is popped from the cotangent's list, what was popped is pushed to it.
#include "compiler/Autodiff/Pullback.h"

using namespace mlir;
using namespace mlir::tenon;

static LogicalResult pullPush(ListPushOp op, Pullback &p) {
  auto pop =
      ListPopOp::create(p, op.getList().getType(), op.getValue().getType(), p.cotangent().value, p.dims(op.getValue()));
  if (p.needs(op.getList()))
    p.context.set(op.getList(), pop.getResult());
  if (p.needs(op.getValue()))
    p.context.add(p, op.getValue(), pop.getValue());
  return success();
}

/// An element that nothing was asked of has a cotangent too, so that both lists have as many.
static LogicalResult pullPop(ListPopOp op, Pullback &p) {
  if (!p.needs(op.getList()))
    return success();
  Value list = p.context.getOrZeros(p, op.getResult()), value = p.context.getOrZeros(p, op.getValue());
  p.context.set(op.getList(), ListPushOp::create(p, value, list));
  return success();
}

void tenon::attachListPullbacks(MLIRContext &context) {
  attachPullback<ListPushOp, pullPush>(context);
  attachPullback<ListPopOp, pullPop>(context);
}
