// Assertions and prints; variables keep their ops and change only their type.
#include "compiler/Conversion/TenonToLinalg/Lowering.h"
#include "compiler/Conversion/TenonToLinalg/Patterns.h"

#include "mlir/Dialect/Bufferization/IR/Bufferization.h"

using namespace mlir;
using namespace mlir::tenon;

static LogicalResult lowerVariable(VariableOp op, VariableOp::Adaptor, ConversionPatternRewriter &rewriter,
                                   ImplicitLocOpBuilder &) {
  auto type = cast<RankedTensorType>(op.getType());
  auto storage = type.clone(getStorageType(type.getElementType()));
  rewriter.modifyOpInPlace(op, [&] {
    op.setType(storage);
    if (std::optional<ElementsAttr> init = op.getInit())
      op.setInitAttr(getStorageElements(*init));
    op->setAttr("tenon.dtype", TypeAttr::get(type.getElementType()));
  });
  return success();
}

static LogicalResult lowerRead(ReadOp op, ReadOp::Adaptor, ConversionPatternRewriter &rewriter,
                               ImplicitLocOpBuilder &) {
  auto type = cast<RankedTensorType>(op.getType());
  rewriter.replaceOpWithNewOp<ReadOp>(op, type.clone(getStorageType(type.getElementType())), op.getVariable());
  return success();
}

static LogicalResult lowerAssign(AssignOp op, AssignOp::Adaptor adaptor, ConversionPatternRewriter &rewriter,
                                 ImplicitLocOpBuilder &) {
  rewriter.replaceOpWithNewOp<AssignOp>(op, op.getVariable(), adaptor.getValue());
  return success();
}

static LogicalResult lowerBarrier(BarrierOp op, BarrierOp::Adaptor adaptor, ConversionPatternRewriter &rewriter,
                                  ImplicitLocOpBuilder &) {
  rewriter.replaceOpWithNewOp<BarrierOp>(op, adaptor.getInputs());
  return success();
}

static LogicalResult lowerPrint(PrintOp op, PrintOp::Adaptor adaptor, ConversionPatternRewriter &rewriter,
                                ImplicitLocOpBuilder &b) {
  SmallVector<Value> buffers;
  SmallVector<Attribute> dtypes;
  for (auto [original, tensor] : llvm::zip_equal(op.getValues(), adaptor.getValues())) {
    auto type = cast<RankedTensorType>(tensor.getType());
    dtypes.push_back(TypeAttr::get(getDtype(original)));
    // A read of the tensor where the print stands. Any layout will do: the host is told the strides.
    auto layout = StridedLayoutAttr::get(b.getContext(), ShapedType::kDynamic,
                                         SmallVector<int64_t>(type.getRank(), ShapedType::kDynamic));
    auto buffer = MemRefType::get(type.getShape(), type.getElementType(), layout);
    buffers.push_back(bufferization::ToBufferOp::create(b, buffer, tensor, /*readOnly=*/true));
  }
  rewriter.replaceOpWithNewOp<PrintOp>(op, op.getFormatAttr(), buffers, b.getArrayAttr(dtypes));
  return success();
}

static LogicalResult lowerAssert(AssertOp op, AssertOp::Adaptor adaptor, ConversionPatternRewriter &rewriter,
                                 ImplicitLocOpBuilder &b) {
  Value condition = getScalar(b, adaptor.getCondition());
  rewriter.replaceOpWithNewOp<RaiseOp>(op, condition, RaiseCode::assertion_failed, op.getMessage(), ValueRange());
  return success();
}

void mlir::tenon::populateStatePatterns(const TypeConverter &converter, RewritePatternSet &patterns) {
  MLIRContext *context = patterns.getContext();
  patterns.add<FunctionPattern<VariableOp>>(converter, context, lowerVariable);
  patterns.add<FunctionPattern<ReadOp>>(converter, context, lowerRead);
  patterns.add<FunctionPattern<AssignOp>>(converter, context, lowerAssign);
  patterns.add<FunctionPattern<BarrierOp>>(converter, context, lowerBarrier);
  patterns.add<FunctionPattern<PrintOp>>(converter, context, lowerPrint);
  patterns.add<FunctionPattern<AssertOp>>(converter, context, lowerAssert);
}
