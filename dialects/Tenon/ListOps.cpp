// Checks of lists, and what cancels out.
#include "dialects/Tenon/Dialect.h"
#include "dialects/Tenon/Shapes.h"

using namespace mlir;
using namespace mlir::tenon;

LogicalResult ListPopOp::verify() {
  return Checks(*this).dims(getDims(), cast<RankedTensorType>(getValue().getType())); // (C1)
}
LogicalResult ListGetOp::verify() {
  return Checks(*this).dims(getDims(), cast<RankedTensorType>(getValue().getType())); // (C1)
}

LogicalResult ListSlotOp::verify() {
  Checks check(*this);
  auto type = cast<MemRefType>(getSlot().getType());
  if (int64_t open = type.getNumDynamicDims(); open != static_cast<int64_t>(getSizes().size())) // (C1)
    return check.error() << "expected one of `sizes` for each of " << open << " open dimensions, but got "
                         << getSizes().size();
  if ((getAccess() == ListAccess::get) != static_cast<bool>(getIndex())) // (C2)
    return check.error() << (getIndex() ? "expected no index, but got one" : "expected an index, but got none");
  return success();
}

LogicalResult ListSlotOp::reifyResultShapes(OpBuilder &builder, ReifiedRankedShapedTypeDims &shapes) {
  SmallVector<OpFoldResult> &shape = shapes.emplace_back();
  auto sizes = getSizes().begin();
  for (int64_t size : cast<MemRefType>(getSlot().getType()).getShape())
    shape.push_back(ShapedType::isDynamic(size) ? OpFoldResult(*sizes++) : builder.getIndexAttr(size));
  return success();
}
