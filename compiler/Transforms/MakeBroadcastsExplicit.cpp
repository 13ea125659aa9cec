// Operands of element-wise ops get the shape of the result by a broadcast of their own.
#include "compiler/Transforms/Passes.h"
#include "dialects/Tenon/Dialect.h"

#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace mlir::tenon {
#define GEN_PASS_DEF_MAKEBROADCASTSEXPLICITPASS
#include "compiler/Transforms/Passes.h.inc"
} // namespace mlir::tenon

using namespace mlir;
using namespace mlir::tenon;

/// The size of an open dimension of the result: that of the first operand for which it is open or, repeating, not 1.
static Value createResultDim(ImplicitLocOpBuilder &b, Operation *op, int64_t dim, int64_t rank) {
  for (Value operand : op->getOperands()) {
    auto type = cast<RankedTensorType>(operand.getType());
    int64_t position = dim - (rank - type.getRank());
    if (position >= 0 && type.getDimSize(position) != 1)
      return DimOp::create(b, operand, position);
  }
  llvm_unreachable("an open dimension of a result comes from an operand");
}

namespace {
struct MakeBroadcastsExplicitPass : tenon::impl::MakeBroadcastsExplicitPassBase<MakeBroadcastsExplicitPass> {
  using Base::Base;

  void runOnOperation() override {
    getOperation()->walk([&](Operation *op) {
      if (!isa<AddOp, SubOp, MulOp, DivOp, RemOp, PowOp, MaxOp, MinOp, AndOp, OrOp, XorOp, ShlOp, ShrOp, CompareOp,
               SelectOp, ClampOp>(op))
        return;
      ImplicitLocOpBuilder b(op->getLoc(), op);
      auto type = cast<RankedTensorType>(op->getResult(0).getType());
      SmallVector<Value> dims; // made once, and only if an operand repeats
      for (OpOperand &operand : op->getOpOperands()) {
        auto operandType = cast<RankedTensorType>(operand.get().getType());
        auto repeats = [&](int64_t dim) { return operandType.getDimSize(dim) == 1 && type.getDimSize(dim) != 1; };
        if (operandType.getRank() == type.getRank() && llvm::none_of(llvm::seq<int64_t>(0, type.getRank()), repeats))
          continue;
        if (dims.empty())
          for (int64_t dim = 0; dim < type.getRank(); ++dim)
            if (type.isDynamicDim(dim))
              dims.push_back(createResultDim(b, op, dim, type.getRank()));
        operand.set(BroadcastOp::create(b, type.clone(operandType.getElementType()), operand.get(), dims));
        ++numBroadcasts;
      }
    });
  }
};
} // namespace
