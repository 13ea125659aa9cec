// Folds: identities that hold for every element, NaN and -0 included, and constants.
#include "dialects/Tenon/Dialect.h"
#include "dialects/Tenon/Shapes.h"

#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace mlir::tenon;

OpFoldResult ConstantOp::fold(FoldAdaptor) { return getValueAttr(); }

// ---- identities --------------------------------------------------------------------------------------------------

/// x when `op` is `Op(Op(x))`.
template <typename OpT>
static Value foldInvolution(OpT op) {
  auto inner = op.getInput().template getDefiningOp<OpT>();
  return inner ? Value(inner.getInput()) : Value();
}

OpFoldResult NegOp::fold(FoldAdaptor) { return foldInvolution(*this); }
OpFoldResult NotOp::fold(FoldAdaptor) { return foldInvolution(*this); }

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
    case Number::zero:
      return value.isPosZero();
    case Number::negativeZero:
      return value.isNegZero();
    case Number::one:
      return value.isExactlyValue(1.0);
    case Number::allOnes:
      return false;
    }
  }
  auto value = dense.getSplatValue<APInt>();
  switch (number) {
  case Number::zero:
  case Number::negativeZero:
    return value.isZero();
  case Number::one:
    return value.isOne();
  case Number::allOnes:
    return value.isAllOnes();
  }
  return false;
}

/// `x` where it has the result's type: broadcasting by the other operand is not an identity.
static Value sameType(Value value, Value result) { return value.getType() == result.getType() ? value : Value(); }

OpFoldResult AddOp::fold(FoldAdaptor adaptor) {
  if (isSplatOf(adaptor.getRhs(), Number::negativeZero))
    return sameType(getLhs(), getResult());
  if (isSplatOf(adaptor.getLhs(), Number::negativeZero))
    return sameType(getRhs(), getResult());
  return {};
}

OpFoldResult SubOp::fold(FoldAdaptor adaptor) {
  return isSplatOf(adaptor.getRhs(), Number::zero) ? sameType(getLhs(), getResult()) : Value();
}

OpFoldResult MulOp::fold(FoldAdaptor adaptor) {
  if (isSplatOf(adaptor.getRhs(), Number::one))
    return sameType(getLhs(), getResult());
  if (isSplatOf(adaptor.getLhs(), Number::one))
    return sameType(getRhs(), getResult());
  return {};
}

OpFoldResult DivOp::fold(FoldAdaptor adaptor) {
  return isSplatOf(adaptor.getRhs(), Number::one) ? sameType(getLhs(), getResult()) : Value();
}

OpFoldResult AndOp::fold(FoldAdaptor adaptor) {
  if (getLhs() == getRhs() || isSplatOf(adaptor.getRhs(), Number::allOnes))
    return sameType(getLhs(), getResult());
  return {};
}

OpFoldResult OrOp::fold(FoldAdaptor adaptor) {
  if (getLhs() == getRhs() || isSplatOf(adaptor.getRhs(), Number::zero))
    return sameType(getLhs(), getResult());
  return {};
}

OpFoldResult CompareOp::fold(FoldAdaptor) { return {}; }

OpFoldResult SelectOp::fold(FoldAdaptor adaptor) {
  if (getLhs() == getRhs())
    return sameType(getLhs(), getResult());
  if (isSplatOf(adaptor.getCondition(), Number::one))
    return sameType(getLhs(), getResult());
  if (isSplatOf(adaptor.getCondition(), Number::zero))
    return sameType(getRhs(), getResult());
  return {};
}

OpFoldResult CastOp::fold(FoldAdaptor) { return sameType(getInput(), getResult()); }

// ---- shapes --------------------------------------------------------------------------------------------------------

/// A static type that is also the operand's has the operand's elements in the operand's places.
static Value sameStaticType(Value value, Value result) {
  return cast<RankedTensorType>(result.getType()).hasStaticShape() ? sameType(value, result) : Value();
}

OpFoldResult BroadcastOp::fold(FoldAdaptor) { return sameStaticType(getInput(), getResult()); }
OpFoldResult ReshapeOp::fold(FoldAdaptor) { return sameStaticType(getInput(), getResult()); }

OpFoldResult DimOp::fold(FoldAdaptor) {
  RankedTensorType type = getInput().getType();
  int64_t axis = getAxis();
  if (type.isDynamicDim(axis))
    return {};
  return DenseElementsAttr::get(cast<ShapedType>(getResult().getType()), type.getDimSize(axis));
}

OpFoldResult TransposeOp::fold(FoldAdaptor) {
  for (auto [position, axis] : llvm::enumerate(getPermutation()))
    if (axis != static_cast<int64_t>(position))
      return {};
  return getInput();
}

OpFoldResult ConcatOp::fold(FoldAdaptor) {
  return getInputs().size() == 1 ? sameType(getInputs().front(), getResult()) : Value();
}

OpFoldResult PadOp::fold(FoldAdaptor) {
  auto isZero = [](int64_t size) { return size == 0; };
  return llvm::all_of(getLow(), isZero) && llvm::all_of(getHigh(), isZero) ? Value(getInput()) : Value();
}

OpFoldResult SliceOp::fold(FoldAdaptor) {
  // All of a static dimension, from 0 at stride 1.
  auto isOne = [](int64_t stride) { return stride == 1; };
  auto isZero = [](int64_t start) { return start == 0; };
  if (llvm::all_of(getStaticStarts(), isZero) && llvm::all_of(getStrides(), isOne))
    return sameStaticType(getInput(), getResult());
  return {};
}
