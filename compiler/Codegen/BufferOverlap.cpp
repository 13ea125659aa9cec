// Conservative answers about shared memory.
#include "compiler/Codegen/BufferOverlap.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Interfaces/ViewLikeInterface.h"

using namespace mlir;
using namespace mlir::tenon;

Value mlir::tenon::getViewedBuffer(Value memref) {
  while (auto view = memref.getDefiningOp<ViewLikeOpInterface>()) memref = view.getViewSource();
  return memref;
}

/// Whether `buffer` is the whole of an object: it overlaps no other such.
static bool isObject(Value buffer) {
  if (auto argument = dyn_cast<BlockArgument>(buffer))
    return isa<FunctionOpInterface>(argument.getOwner()->getParentOp()) && argument.getOwner()->isEntryBlock();
  return isa<memref::AllocOp, memref::AllocaOp, memref::GetGlobalOp>(buffer.getDefiningOp());
}

bool mlir::tenon::areDistinctBuffers(Value lhs, Value rhs) {
  lhs = getViewedBuffer(lhs);
  rhs = getViewedBuffer(rhs);
  if (lhs == rhs || !isObject(lhs) || !isObject(rhs))
    return false;
  auto leftGlobal = lhs.getDefiningOp<memref::GetGlobalOp>(), rightGlobal = rhs.getDefiningOp<memref::GetGlobalOp>();
  return !leftGlobal || !rightGlobal || leftGlobal.getName() != rightGlobal.getName();
}

bool mlir::tenon::mayAccess(Operation *op, Value memref) {
  if (isMemoryEffectFree(op) || isa<memref::AllocOp, memref::AllocaOp>(op))
    return false;
  // Of these the operands are all the memory they touch.
  if (!isa<linalg::LinalgOp, memref::LoadOp, memref::StoreOp, memref::CopyOp>(op))
    return true;
  return llvm::any_of(op->getOperands(), [&](Value operand) {
    return isa<MemRefType>(operand.getType()) && !areDistinctBuffers(operand, memref);
  });
}
