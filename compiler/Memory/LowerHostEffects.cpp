// Prints, raised errors and lists become calls of the runtime.
#include "compiler/Memory/HostCalls.h"
#include "compiler/Memory/Passes.h"
#include "compiler/Target/Signature.h"
#include "dialects/Tenon/Dialect.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

namespace mlir::tenon {
#define GEN_PASS_DEF_LOWERHOSTEFFECTSPASS
#include "compiler/Memory/Passes.h.inc"
} // namespace mlir::tenon

using namespace mlir;
using namespace mlir::tenon;

namespace {
/// Lowers the prints and checks of one function.
class EffectLowering : HostCalls {
public:
  EffectLowering(func::FuncOp function, llvm::StringMap<LLVM::GlobalOp> &texts)
      : HostCalls(function, texts), function(function) {}

  LogicalResult run() {
    SmallVector<Operation *> effects;
    function.walk([&](Operation *op) {
      if (isa<RaiseOp, PrintOp>(op) || isPoll(op))
        effects.push_back(op);
    });
    for (Operation *op : effects) {
      builder.setInsertionPoint(op);
      if (auto raise = dyn_cast<RaiseOp>(op))
        lower(raise);
      else if (isPoll(op))
        lowerPoll(op);
      else if (failed(lower(cast<PrintOp>(op))))
        return failure();
      op->erase();
    }
    return lowerLists(function, *this);
  }

private:
  static bool isPoll(Operation *op) {
    auto call = dyn_cast<LLVM::CallOp>(op);
    return call && call.getCallee() == "tenon_runtime_cancelled" && call->use_empty();
  }

  /// A load and a branch: the flag's address is the same throughout.
  void lowerPoll(Operation *poll) {
    if (!cancelFlag) {
      OpBuilder::InsertionGuard guard(builder);
      builder.setInsertionPointToStart(&function.front());
      cancelFlag = call("tenon_runtime_cancel_flag", frame(), pointer);
    }
    Value flag = LLVM::LoadOp::create(builder, poll->getLoc(), i32, cancelFlag, /*alignment=*/4, /*isVolatile=*/true);
    Value isSet = arith::CmpIOp::create(builder, poll->getLoc(), arith::CmpIPredicate::ne, flag, constant(i32, 0));
    auto guard = scf::IfOp::create(builder, poll->getLoc(), isSet, /*withElseRegion=*/false);
    builder.setInsertionPointToStart(guard.thenBlock());
    Value none = LLVM::ZeroOp::create(builder, poll->getLoc(), pointer);
    call("tenon_runtime_raise", {frame(), constant(i32, cancelled),
                                 text("the call was cancelled" + userLine(poll->getLoc())), constant(i32, 0), none});
  }

  void lower(RaiseOp op) {
    Value failed = arith::XOrIOp::create(builder, op.getLoc(), op.getCondition(),
                                         arith::ConstantIntOp::create(builder, op.getLoc(), 1, 1));
    auto guard = scf::IfOp::create(builder, op.getLoc(), failed, /*withElseRegion=*/false);
    builder.setInsertionPointToStart(guard.thenBlock());
    Value values = storeIntegers(op.getValues());
    call("tenon_runtime_raise",
         {frame(), constant(i32, int64_t(op.getCode())), text((op.getMessage() + userLine(op.getLoc())).str()),
          constant(i32, op.getValues().size()), values});
  }

  LogicalResult lower(PrintOp op) {
    auto type = LLVM::LLVMStructType::getLiteral(builder.getContext(), {pointer, pointer, pointer, i32, i32});
    auto field = [&](Value base, int32_t index, int32_t member) {
      return LLVM::GEPOp::create(builder, loc(), pointer, type, base, ArrayRef<LLVM::GEPArg>{index, member});
    };
    Value tensors = op.getValues().empty() ? Value(LLVM::ZeroOp::create(builder, op.getLoc(), pointer))
                                           : stackArray(type, op.getValues().size());
    for (auto [index, value] : llvm::enumerate(op.getValues())) {
      auto buffer = dyn_cast<MemRefType>(value.getType());
      if (!buffer)
        return op.emitOpError("expected buffers here, but got ") << value.getType();
      Type element = buffer.getElementType();
      if (std::optional<ArrayAttr> dtypes = op.getDtypes())
        element = cast<TypeAttr>((*dtypes)[index]).getValue();
      FailureOr<DType> dtype = getDType(element);
      if (failed(dtype))
        return op.emitOpError("cannot print elements of type ") << element;

      auto metadata = memref::ExtractStridedMetadataOp::create(builder, op.getLoc(), value);
      Value base = memref::ExtractAlignedPointerAsIndexOp::create(builder, op.getLoc(), metadata.getBaseBuffer());
      Value bytes = arith::ConstantIndexOp::create(builder, op.getLoc(), getBytes(*dtype));
      Value offset = arith::MulIOp::create(builder, op.getLoc(), metadata.getOffset(), bytes);
      Value address = arith::AddIOp::create(builder, op.getLoc(), base, offset);
      Value wide = arith::IndexCastOp::create(builder, op.getLoc(), i64, address);
      Value data = LLVM::IntToPtrOp::create(builder, op.getLoc(), pointer, wide);
      int32_t at = int32_t(index);
      LLVM::StoreOp::create(builder, op.getLoc(), data, field(tensors, at, 0));
      LLVM::StoreOp::create(builder, op.getLoc(), storeIntegers(metadata.getSizes()), field(tensors, at, 1));
      LLVM::StoreOp::create(builder, op.getLoc(), storeIntegers(metadata.getStrides()), field(tensors, at, 2));
      // enum tenon_dtype counts from 1.
      LLVM::StoreOp::create(builder, op.getLoc(), constant(i32, int64_t(*dtype) + 1), field(tensors, at, 3));
      LLVM::StoreOp::create(builder, op.getLoc(), constant(i32, buffer.getRank()), field(tensors, at, 4));
    }
    call("tenon_runtime_print", {frame(), text(op.getFormat()), constant(i32, op.getValues().size()), tensors});
    return success();
  }

  static constexpr int64_t cancelled = 9; // TENON_ERROR_CANCELLED
  Value cancelFlag;
  func::FuncOp function;
};

struct LowerHostEffectsPass : tenon::impl::LowerHostEffectsPassBase<LowerHostEffectsPass> {
  using Base::Base;

  void runOnOperation() override {
    llvm::StringMap<LLVM::GlobalOp> texts;
    for (auto function : llvm::make_early_inc_range(getOperation().getOps<func::FuncOp>()))
      if (function->hasAttr(FunctionSignature::attributeName) && failed(EffectLowering(function, texts).run()))
        return signalPassFailure();
  }
};
} // namespace
