// One conversion of everything that is left to the LLVM dialect, with the width of `index` that the target has.
#include "compiler/Target/Passes.h"

#include "mlir/Conversion/ConvertToLLVM/ToLLVMInterface.h"
#include "mlir/Conversion/LLVMCommon/ConversionTarget.h"
#include "mlir/Conversion/LLVMCommon/TypeConverter.h"
#include "mlir/Conversion/VectorToLLVM/ConvertVectorToLLVM.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Dialect/Vector/Transforms/LoweringPatterns.h"
#include "mlir/Dialect/Vector/Transforms/VectorRewritePatterns.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace mlir::tenon {
#define GEN_PASS_DEF_CONVERTMODULETOLLVMPASS
#include "compiler/Target/Passes.h.inc"
} // namespace mlir::tenon

using namespace mlir;
using namespace mlir::tenon;

// A mask compares 32-bit numbers: sixteen of them fill a register, and no vector is longer than 2^31.
static constexpr bool force32BitVectorIndices = true;

/// Multi-dimensional vectors become one-dimensional ones, masks become comparisons.
static LogicalResult lowerVectors(ModuleOp module) {
  bool hasVectors = module
                        .walk([](Operation *op) {
                          return isa_and_nonnull<vector::VectorDialect>(op->getDialect()) ? WalkResult::interrupt()
                                                                                          : WalkResult::advance();
                        })
                        .wasInterrupted();
  if (!hasVectors)
    return success();
  RewritePatternSet patterns(module.getContext());
  vector::populateVectorToVectorCanonicalizationPatterns(patterns);
  vector::populateVectorBroadcastLoweringPatterns(patterns);
  vector::populateVectorMaskOpLoweringPatterns(patterns);
  vector::populateVectorShapeCastLoweringPatterns(patterns);
  vector::populateVectorInterleaveLoweringPatterns(patterns);
  vector::populateVectorTransposeLoweringPatterns(patterns, vector::VectorTransposeLowering::Shuffle1D);
  vector::populateVectorTransferLoweringPatterns(patterns, /*maxTransferRank=*/1);
  vector::populateVectorMaskMaterializationPatterns(patterns, force32BitVectorIndices);
  vector::populateVectorInsertExtractStridedSliceTransforms(patterns);
  vector::populateVectorStepLoweringPatterns(patterns);
  vector::populateVectorRankReducingFMAPattern(patterns);
  vector::populateVectorGatherLoweringPatterns(patterns);
  return applyPatternsGreedily(module, std::move(patterns));
}

namespace {
/// Interfaces bring dialects of their own, which have to be loaded before the pass runs.
struct LoadDependentDialects : DialectExtensionBase {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(LoadDependentDialects)
  LoadDependentDialects() : DialectExtensionBase(ArrayRef<StringRef>()) {}
  void apply(MLIRContext *context, MutableArrayRef<Dialect *> dialects) const override {
    for (Dialect *dialect : dialects)
      if (auto *interface = dyn_cast<ConvertToLLVMPatternInterface>(dialect))
        interface->loadDependentDialects(context);
  }
  std::unique_ptr<DialectExtensionBase> clone() const override {
    return std::make_unique<LoadDependentDialects>(*this);
  }
};

struct ConvertModuleToLLVMPass : tenon::impl::ConvertModuleToLLVMPassBase<ConvertModuleToLLVMPass> {
  using Base::Base;

  void getDependentDialects(DialectRegistry &registry) const override {
    Base::getDependentDialects(registry);
    registry.addExtensions<LoadDependentDialects>();
  }

  void runOnOperation() override {
    ModuleOp module = getOperation();
    if (failed(lowerVectors(module)))
      return signalPassFailure();

    MLIRContext *context = &getContext();
    // Upstream's --convert-to-llvm takes 64 bits whatever the module says.
    LowerToLLVMOptions options(context, DataLayout(module));
    LLVMTypeConverter converter(context, options);
    LLVMConversionTarget target(*context);
    target.addLegalOp<ModuleOp>();
    RewritePatternSet patterns(context);
    for (Dialect *dialect : context->getLoadedDialects()) {
      if (isa<vector::VectorDialect>(dialect))
        continue;
      if (auto *interface = dyn_cast<ConvertToLLVMPatternInterface>(dialect))
        interface->populateConvertToLLVMConversionPatterns(target, converter, patterns);
    }
    populateVectorToLLVMConversionPatterns(converter, patterns, /*reassociateFPReductions=*/false,
                                           force32BitVectorIndices);
    if (failed(applyPartialConversion(module, target, std::move(patterns))))
      signalPassFailure();
  }
};
} // namespace
