// The `tenon_parallel` dialect: registration, and its one op.
#include "dialects/TenonParallel/TenonParallel.h"

using namespace mlir;
using namespace mlir::tenon_parallel;

#include "dialects/TenonParallel/TenonParallelDialect.cpp.inc"
#define GET_OP_CLASSES
#include "dialects/TenonParallel/TenonParallelOps.cpp.inc"

void TenonParallelDialect::initialize() {
  addOperations<
#define GET_OP_LIST
#include "dialects/TenonParallel/TenonParallelOps.cpp.inc"
      >();
}

void BoxesOp::build(OpBuilder &builder, OperationState &state, ValueRange extents, Value work, Value frame) {
  OpBuilder::InsertionGuard guard(builder);
  state.addOperands(extents);
  state.addOperands({work, frame});
  Region *body = state.addRegion();
  SmallVector<Type> types(2 * extents.size(), builder.getIndexType());
  builder.createBlock(body, {}, types, SmallVector<Location>(types.size(), state.location));
}

LogicalResult BoxesOp::verifyRegions() {
  // (C1)
  if (getBody().getNumArguments() != 2 * getRank() ||
      !llvm::all_of(getBody().getArgumentTypes(), [](Type type) { return type.isIndex(); }))
    return emitOpError("expected ") << 2 * getRank() << " arguments of type index in its region, two for each extent";
  // (C2)
  if (getRank() < 1 || getRank() > maxRank)
    return emitOpError("expected 1 to ") << maxRank << " extents, but got " << getRank();
  return success();
}
