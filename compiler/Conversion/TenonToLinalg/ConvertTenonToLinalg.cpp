// The `tenon` dialect becomes linalg, tensor, arith, math and scf on tensors, with u8 held in signless integers.
#include "compiler/Conversion/TenonToLinalg/Lowering.h"
#include "compiler/Conversion/TenonToLinalg/Passes.h"
#include "compiler/Conversion/TenonToLinalg/Patterns.h"
#include "dialects/TenonMath/TenonMath.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Func/Transforms/FuncConversions.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/SCF/Transforms/Patterns.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace mlir::tenon {
#define GEN_PASS_DEF_CONVERTTENONTOLINALGPASS
#include "compiler/Conversion/TenonToLinalg/Passes.h.inc"
} // namespace mlir::tenon

using namespace mlir;
using namespace mlir::tenon;

namespace {
struct ConvertTenonToLinalgPass : tenon::impl::ConvertTenonToLinalgPassBase<ConvertTenonToLinalgPass> {
  using Base::Base;

  void runOnOperation() override {
    MLIRContext *context = &getContext();
    TypeConverter converter;
    converter.addConversion([](Type type) { return type; });
    converter.addConversion([](RankedTensorType type) { return type.clone(getStorageType(type.getElementType())); });
    converter.addConversion([](ListType type) { return getStorageType(type); });
    if (failed(verifyLists(getOperation())))
      return signalPassFailure();
    keepDtypes();
    nameLocations();
    prepareRegions(getOperation());

    RewritePatternSet patterns(context);
    populateElementwisePatterns(converter, patterns);
    populateLinearAlgebraPatterns(converter, patterns);
    populateConvTransposePatterns(converter, patterns);
    populateWindowPatterns(converter, patterns);
    populateReductionPatterns(converter, patterns);
    populateShapePatterns(converter, patterns);
    populateIndexingPatterns(converter, patterns);
    populateSortPatterns(converter, patterns);
    populateRandomPatterns(converter, patterns);
    populateControlFlowPatterns(converter, patterns);
    populateStatePatterns(converter, patterns);
    populateListPatterns(converter, patterns);
    populateFunctionOpInterfaceTypeConversionPattern<func::FuncOp>(patterns, converter);
    populateCallOpTypeConversionPattern(patterns, converter);
    populateReturnOpTypeConversionPattern(patterns, converter);

    ConversionTarget target(*context);
    target.addIllegalDialect<TenonDialect>();
    target.addLegalOp<RaiseOp, ListSlotOp, ListCountOp>();
    // Variables become arguments of functions before bufferization; here they only change their type.
    target.addDynamicallyLegalOp<ReadOp, AssignOp, ListCreateOp, BarrierOp>(
        [&](Operation *op) { return converter.isLegal(op); });
    target.addDynamicallyLegalOp<VariableOp>([&](VariableOp op) { return converter.isLegal(op.getType()); });
    target.addDynamicallyLegalOp<PrintOp>(
        [](PrintOp op) { return llvm::all_of(op.getValues().getTypes(), llvm::IsaPred<MemRefType>); });
    target.addDynamicallyLegalOp<func::FuncOp>([&](func::FuncOp op) {
      return converter.isSignatureLegal(op.getFunctionType()) && converter.isLegal(&op.getBody());
    });
    target.addDynamicallyLegalOp<func::CallOp, func::ReturnOp>([&](Operation *op) { return converter.isLegal(op); });
    scf::populateSCFStructuralTypeConversionsAndLegality(converter, patterns, target);
    target.markUnknownOpDynamicallyLegal([](Operation *) { return true; });
    // Folds look through regions, which are neither one nor the other meanwhile.
    ConversionConfig config;
    config.foldingMode = DialectConversionFoldingMode::Never;
    if (failed(applyPartialConversion(getOperation(), target, std::move(patterns), config)))
      signalPassFailure();
  }

  /// What is made of an op keeps its name in its location, for the names of kernels in a profile.
  void nameLocations() {
    getOperation().walk([](Operation *op) {
      if (isa_and_nonnull<TenonDialect>(op->getDialect()))
        op->setLoc(NameLoc::get(op->getName().getIdentifier(), op->getLoc()));
    });
  }

  /// Arguments and results that lose their signedness say what it was.
  void keepDtypes() {
    for (auto function : getOperation().getOps<func::FuncOp>()) {
      auto unsignedDtype = [](Type type) -> Attribute {
        auto tensor = dyn_cast<RankedTensorType>(type);
        return tensor && tensor.getElementType().isUnsignedInteger() ? TypeAttr::get(tensor.getElementType())
                                                                     : TypeAttr();
      };
      for (auto [i, type] : llvm::enumerate(function.getArgumentTypes()))
        if (Attribute dtype = unsignedDtype(type))
          function.setArgAttr(i, "tenon.dtype", dtype);
      for (auto [i, type] : llvm::enumerate(function.getResultTypes()))
        if (Attribute dtype = unsignedDtype(type))
          function.setResultAttr(i, "tenon.dtype", dtype);
    }
  }
};
} // namespace
