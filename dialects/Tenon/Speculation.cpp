// Which ops may run where the program does not run them: those that check nothing when they run.
#include "dialects/Tenon/Dialect.h"

#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace mlir::tenon;

static bool isStatic(Type type) {
  auto shaped = dyn_cast<ShapedType>(type);
  return !shaped || shaped.hasStaticShape();
}

/// Whether all starts are numbers, which the verifier has compared with static sizes.
static bool isStaticPlace(ArrayRef<int64_t> starts) { return llvm::none_of(starts, ShapedType::isDynamic); }

Speculation::Speculatability tenon::speculatability(Operation *op) {
  bool allStatic = llvm::all_of(op->getOperandTypes(), isStatic) && llvm::all_of(op->getResultTypes(), isStatic);
  bool checksNothing = llvm::TypeSwitch<Operation *, bool>(op)
                           .Case<GatherOp, ScatterOp>([](auto) { return false; }) // indices
                           .Case([&](SliceOp slice) { return allStatic && isStaticPlace(slice.getStaticStarts()); })
                           .Case([&](InsertOp insert) { return allStatic && isStaticPlace(insert.getStaticStarts()); })
                           .Case<SplatOp, IotaOp, RandomBitsOp, RandomUniformOp, RandomNormalOp>(
                               [&](auto) { return allStatic; }) // sizes
                           .Case<ReshapeOp, BroadcastOp, TopKOp, ConvOp, ConvTransposeOp, MaxPoolOp, AvgPoolOp,
                                 ReduceOp, ArgmaxOp, ArgminOp>([&](auto) { return allStatic; })
                           // Open sizes of two operands may disagree.
                           .Default([&](Operation *) { return allStatic || op->getNumOperands() < 2; });
  return checksNothing ? Speculation::Speculatable : Speculation::NotSpeculatable;
}
