// Tensors that end in another's memory are computed there: upstream's elimination, kept out of a value's own regions.
#include "compiler/Memory/EmptyTensors.h"

#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Bufferization/Transforms/OneShotAnalysis.h"
#include "mlir/Dialect/Bufferization/Transforms/OneShotModuleBufferize.h"
#include "mlir/Dialect/Bufferization/Transforms/Transforms.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Interfaces/SubsetOpInterface.h"

using namespace mlir;

LogicalResult mlir::tenon::computeEmptyTensorsInPlace(RewriterBase &rewriter, Operation *root) {
  bufferization::OneShotBufferizationOptions options;
  options.allowReturnAllocsFromLoops = true;
  auto module = dyn_cast<ModuleOp>(root);
  options.bufferizeFunctionBoundaries = bool(module);
  bufferization::OneShotAnalysisState state(root, options);
  if (failed(module ? bufferization::analyzeModuleOp(module, state) : bufferization::analyzeOp(root, state)))
    return failure();
  auto replace = [](RewriterBase &builder, SubsetInsertionOpInterface insertion, tensor::EmptyOp empty,
                    Operation *user) -> Value {
    // An op counts as dominating its own regions there, and the result would be made of itself.
    for (Value needed : insertion.getValuesNeededToBuildSubsetExtraction())
      if (Operation *owner = needed.getDefiningOp(); owner && owner->isAncestor(user))
        return {};
    if (empty->hasOneUse())
      return bufferization::buildSubsetExtraction(builder, insertion, empty, user);
    // Of several uses it would replace the one that it comes upon, whose address decides. All or none: the sides of a
    // branch that store their results in one place.
    auto isStore = [&](Operation *op) { return isa<bufferization::MaterializeInDestinationOp>(op); };
    if (!llvm::all_of(empty->getUsers(), isStore))
      return {};
    Value place = bufferization::buildSubsetExtraction(builder, insertion, empty, empty);
    if (!place || place.getType() != empty.getType())
      return {};
    builder.replaceAllUsesWith(empty, place);
    return place;
  };
  return bufferization::eliminateEmptyTensors(rewriter, root, state, replace);
}
