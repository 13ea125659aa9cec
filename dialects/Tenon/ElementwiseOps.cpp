// Inference and checks of the element-wise ops.
#include "dialects/Tenon/Dialect.h"
#include "dialects/Tenon/Shapes.h"

using namespace mlir;
using namespace mlir::tenon;

static LogicalResult inferBinary(StringRef name, std::optional<Location> location, ValueRange operands,
                                 SmallVectorImpl<Type> &results, Type resultDtype = {}) {
  Checks check(name, location);
  auto types = check.tensors(operands, 2);
  if (failed(types) || failed(check.sameDtype(*types, {"lhs", "rhs"}))) // (C1)
    return failure();
  auto shape = check.broadcast(*types, {"lhs", "rhs"}); // (C2)
  if (failed(shape))
    return failure();
  results.push_back(RankedTensorType::get(*shape, resultDtype ? resultDtype : types->front().getElementType()));
  return success();
}

#define TENON_INFER_BINARY(OP, NAME)                                                                                   \
  LogicalResult OP::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor adaptor,                 \
                                     SmallVectorImpl<Type> &results) {                                                 \
    return inferBinary(NAME, location, adaptor.getOperands(), results);                                                \
  }
TENON_INFER_BINARY(AddOp, "add")
TENON_INFER_BINARY(SubOp, "sub")
TENON_INFER_BINARY(MulOp, "mul")
TENON_INFER_BINARY(DivOp, "div")
TENON_INFER_BINARY(RemOp, "rem")
TENON_INFER_BINARY(PowOp, "pow")
TENON_INFER_BINARY(MaxOp, "max")
TENON_INFER_BINARY(MinOp, "min")
TENON_INFER_BINARY(AndOp, "and")
TENON_INFER_BINARY(OrOp, "or")
TENON_INFER_BINARY(XorOp, "xor")
TENON_INFER_BINARY(ShlOp, "shl")
TENON_INFER_BINARY(ShrOp, "shr")
#undef TENON_INFER_BINARY

LogicalResult CompareOp::inferReturnTypes(MLIRContext *context, std::optional<Location> location, Adaptor adaptor,
                                          SmallVectorImpl<Type> &results) {
  return inferBinary("compare", location, adaptor.getOperands(), results, IntegerType::get(context, 1));
}

LogicalResult SelectOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor adaptor,
                                         SmallVectorImpl<Type> &results) {
  Checks check("select", location);
  auto types = check.tensors(adaptor.getOperands(), 3);
  if (failed(types) || failed(check.sameDtype(ArrayRef(*types).drop_front(), {"lhs", "rhs"}))) // (C1)
    return failure();
  auto shape = check.broadcast(*types, {"condition", "lhs", "rhs"}); // (C2)
  if (failed(shape))
    return failure();
  results.push_back(RankedTensorType::get(*shape, types->back().getElementType()));
  return success();
}

LogicalResult ClampOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor adaptor,
                                        SmallVectorImpl<Type> &results) {
  Checks check("clamp", location);
  auto types = check.tensors(adaptor.getOperands(), 3);
  if (failed(types) || failed(check.sameDtype(*types, {"input", "low", "high"}))) // (C1)
    return failure();
  auto shape = check.broadcast(*types, {"input", "low", "high"}); // (C2)
  if (failed(shape))
    return failure();
  results.push_back(RankedTensorType::get(*shape, types->front().getElementType()));
  return success();
}

LogicalResult CastOp::verify() {
  RankedTensorType input = getInput().getType(), result = getResult().getType();
  if (input.getShape() != result.getShape()) // (C1)
    return Checks(*this).error() << "shapes differ: input " << describe(input) << ", result " << describe(result);
  return success();
}
