// The compiler as a story: what each phase does, in order, and why.
#include "compiler/Pipelines/Pipelines.h"
#include "compiler/Autodiff/Passes.h"
#include "compiler/Codegen/Passes.h"
#include "compiler/Codegen/TargetDescription.h"
#include "compiler/Conversion/TenonToLinalg/Passes.h"
#include "compiler/Memory/Passes.h"
#include "compiler/Pipelines/Register.h"
#include "compiler/Target/Passes.h"
#include "compiler/Transforms/Passes.h"

#include "mlir/Conversion/AffineToStandard/AffineToStandard.h"
#include "mlir/Conversion/ReconcileUnrealizedCasts/ReconcileUnrealizedCasts.h"
#include "mlir/Conversion/SCFToControlFlow/SCFToControlFlow.h"
#include "mlir/Conversion/VectorToSCF/VectorToSCF.h"
#include "mlir/Dialect/Bufferization/Transforms/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Linalg/Passes.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;

/// Ends a phase: what it had to lower is gone.
static void addGate(OpPassManager &pm, StringRef phase, ArrayRef<std::string> forbid,
                    ArrayRef<std::string> allow = {}) {
  tenon::VerifyPhasePassOptions options;
  options.phase = phase.str();
  options.forbid.assign(forbid.begin(), forbid.end());
  options.allow.assign(allow.begin(), allow.end());
  pm.addPass(tenon::createVerifyPhasePass(options));
}

/// What code is emitted for. A name that is not known has been refused already, by the tool and in its own words.
static const tenon::TargetDescription &getTarget(const tenon::CompileOptions &options) {
  const tenon::TargetDescription *target = tenon::findTargetDescription(options.target);
  return target ? *target : *tenon::findTargetDescription(tenon::kDefaultTarget);
}

static std::unique_ptr<Pass> createExpandMath(const tenon::TargetDescription &target) {
  tenon::ExpandMathPassOptions options;
  options.fma = target.fma;
  options.roundInstructions = target.rounds;
  options.halfConversions = target.converts16;
  options.scaleInstructions = target.scales();
  options.wideIntegers = target.wideIntegers;
  return tenon::createExpandMathPass(options);
}

//===----------------------------------------------------------------------===//
// tenon -> tenon
//===----------------------------------------------------------------------===//

void mlir::tenon::buildInlinePhase(OpPassManager &pm) {
  // One body per entry point: fusion and planning see across calls, and nothing below has a calling convention.
  // It folds nothing: a fold may make two values one, and gradients with respect to each differ.
  pm.addPass(createInlinerPass({}, [](OpPassManager &) {}));
  pm.addPass(createSymbolDCEPass());
  // Below, variables are buffers that are read at entry and written at the end.
  pm.addNestedPass<func::FuncOp>(createCarryVariablesPass());
}

void mlir::tenon::buildGradientPhase(OpPassManager &pm, bool heap) {
  buildInlinePhase(pm);
  // First of all that looks at the program: everything after it sees forward and backward as one.
  ExpandGradientsPassOptions options;
  options.heap = heap;
  pm.addNestedPass<func::FuncOp>(createExpandGradientsPass(options));
}

void mlir::tenon::buildBackwardPhase(OpPassManager &pm) {
  buildGradientPhase(pm);
  pm.addNestedPass<func::FuncOp>(createCutForwardPass());
}

void mlir::tenon::buildOptimizePhase(OpPassManager &pm, const CompileOptions &options) {
  buildGradientPhase(pm, options.heap);
  // A model that is not trained needs no state, and what its weights decide can be folded.
  if (options.freeze)
    pm.addPass(createFreezeVariablesPass());
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
  // Constants through loops and branches: a flag that no iteration sets, and what it guards.
  pm.addPass(createSCCPPass());
  pm.addPass(createCanonicalizerPass());
  // What each iteration would compute again is computed once.
  pm.addNestedPass<func::FuncOp>(createHoistInvariantsPass());
  // What each step of a recurrent network computes of its input alone is one product of matrices, and may itself be
  // something that an outer loop would compute again.
  pm.addNestedPass<func::FuncOp>(createHoistProjectionsPass());
  pm.addNestedPass<func::FuncOp>(createHoistInvariantsPass());
  pm.addPass(createCSEPass());
  // NumPy's rule is applied once, here; below, operands of an element-wise op have its shape.
  pm.addPass(createMakeBroadcastsExplicitPass());
  pm.addPass(createCanonicalizerPass());
  // The last moment at which dtypes and names are the program's.
  pm.addPass(createInferSignaturesPass());
}

//===----------------------------------------------------------------------===//
// tenon -> linalg
//===----------------------------------------------------------------------===//

void mlir::tenon::buildLinalgPhase(OpPassManager &pm, const CompileOptions &options) {
  pm.addPass(createConvertTenonToLinalgPass());
  // Sizes of results become what they follow from: the arguments' sizes, in which the checks that two agree fold away
  // and from which the planner makes the sizes of temporaries.
  pm.addPass(memref::createResolveShapedTypeResultDimsPass());
  pm.addPass(createCSEPass());
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
  // A chain of element-wise ops is one loop over memory, not one each.
  if (options.fuse) {
    pm.addNestedPass<func::FuncOp>(createFuseElementwisePass());
    // Heads are views.
    pm.addNestedPass<func::FuncOp>(createFoldTransposesPass());
    // What only the next contraction reads need not exist as a whole.
    TileChainsPassOptions chains;
    chains.cacheBytes = getTarget(options).l2Bytes;
    pm.addNestedPass<func::FuncOp>(createTileChainsPass(chains));
    pm.addPass(createCanonicalizerPass());
    pm.addPass(createCSEPass());
  }
  // Nothing below merges equal tensors: what checkpoints compute again stays apart.
  pm.addNestedPass<func::FuncOp>(createRemoveBarriersPass());
  addGate(pm, "linalg", {"tenon"},
          {"tenon.read", "tenon.assign", "tenon.print", "tenon.raise", "tenon.variable", "tenon.list_create",
           "tenon.list_slot", "tenon.list_count"});
}

//===----------------------------------------------------------------------===//
// tensors -> buffers
//===----------------------------------------------------------------------===//

void mlir::tenon::buildBuffersPhase(OpPassManager &pm, const CompileOptions &) {
  // Outputs and variables become destinations before bufferization looks for them.
  pm.addPass(createPrepareEntryPointsPass());
  // An error leaves variables as they were.
  pm.addNestedPass<func::FuncOp>(createDeferUpdatesPass());
  // One gradient is held at a time.
  pm.addNestedPass<func::FuncOp>(createHoistUpdatesPass());
  pm.addNestedPass<func::FuncOp>(createPlaceListElementsPass());
  // What a loop carries stays where it is.
  pm.addPass(createPlaceRegionResultsPass());
  pm.addNestedPass<func::FuncOp>(createReuseDestinationsPass());
  pm.addNestedPass<func::FuncOp>(createChooseDestinationsPass());
  pm.addPass(createBufferizePass());
  // memref.dim of temporaries become the sizes they were made with: the planner reads them.
  pm.addPass(memref::createResolveShapedTypeResultDimsPass());
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
  addGate(pm, "buffers", {"tensor", "bufferization"});
}

//===----------------------------------------------------------------------===//
// linalg on buffers -> loops and vectors
//===----------------------------------------------------------------------===//

void mlir::tenon::buildVectorsPhase(OpPassManager &pm, const CompileOptions &options) {
  const TargetDescription &target = getTarget(options);
  // While a loop is one that the program wrote.
  pm.addPass(createPollCancelPass());
  if (options.reference) {
    // Plain loops know no lanes. Before contractions lose their names, by which they are told from sums of products.
    pm.addNestedPass<func::FuncOp>(createReferenceReductionsPass());
    // Named contractions get the multiply-add of the emitted kernels.
    ReferenceContractionsPassOptions contractions;
    contractions.target = target.name.str();
    pm.addNestedPass<func::FuncOp>(createReferenceContractionsPass(contractions));
  } else {
    // Before the sweeps: a fill of a contraction's output becomes the start of its kernels.
    EmitContractionsPassOptions contractions;
    contractions.target = target.name.str();
    contractions.packConstants = options.packConstants;
    contractions.parallel = options.parallel;
    pm.addPass(createEmitContractionsPass(contractions));
    EmitSweepsPassOptions sweeps;
    sweeps.target = target.name.str();
    sweeps.parallel = options.parallel;
    pm.addNestedPass<func::FuncOp>(createEmitSweepsPass(sweeps));
  }
  // What no emitter takes is a scalar loop.
  pm.addNestedPass<func::FuncOp>(createConvertLinalgToLoopsPass());
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
  // After the emitters, which may ask for scratch memory too.
  pm.addPass(createPlanWorkspacePass());
  // Equal layers have equal kernels, of which all that follows sees one.
  pm.addPass(createOutlineKernelsPass());
  // Bodies kept their `math` ops until they were vectors; now each becomes arithmetic, never a call of libm.
  pm.addNestedPass<func::FuncOp>(createExpandMath(target));
  pm.addPass(createCanonicalizerPass());
  addGate(pm, "vectors", {"linalg", "tenon_math"});
}

//===----------------------------------------------------------------------===//
// loops and vectors -> the LLVM dialect
//===----------------------------------------------------------------------===//

void mlir::tenon::buildLLVMPhase(OpPassManager &pm, const CompileOptions &options) {
  // Prints and errors become calls before addresses disappear from view.
  pm.addPass(createLowerHostEffectsPass());
  // How many parts a nest is cut into is for the call to say, which brings the threads.
  pm.addPass(createOutlineParallelPass());
  pm.addPass(memref::createExpandStridedMetadataPass());
  pm.addPass(createLowerAffinePass());
  // Addresses brought divisions that some targets have no instruction for.
  if (const TargetDescription &target = getTarget(options); !target.wideIntegers)
    pm.addNestedPass<func::FuncOp>(createExpandMath(target));
  pm.addPass(createConvertVectorToSCFPass(VectorTransferToSCFOptions().enableFullUnroll()));
  pm.addPass(createSCFToControlFlowPass());
  // A failed check ends the call: only now is every place a branch away from the end.
  pm.addNestedPass<func::FuncOp>(createReturnOnErrorPass());
  pm.addPass(createConvertModuleToLLVMPass());
  pm.addPass(createReconcileUnrealizedCastsPass());
  pm.addPass(createCSEPass());
  addGate(pm, "llvm", {"tenon", "memref", "vector", "scf", "cf", "arith", "math", "affine", "func", "builtin", "tenon_parallel"},
          {"builtin.module", "tenon.variable"});
}

void mlir::tenon::buildCompilePipeline(OpPassManager &pm, const CompileOptions &options) {
  buildOptimizePhase(pm, options);
  buildLinalgPhase(pm, options);
  buildBuffersPhase(pm, options);
  buildVectorsPhase(pm, options);
  buildLLVMPhase(pm, options);
}

void mlir::tenon::registerPipelines() {
  using Registration = PassPipelineRegistration<CompileOptions>;
  Registration("tenon-optimize", "tenon -> tenon: inline, canonicalize, explicit broadcasts, interfaces",
               buildOptimizePhase);
  Registration("tenon-lower-to-linalg", "tenon -> linalg on tensors, fused", buildLinalgPhase);
  Registration("tenon-lower-to-buffers", "linalg on tensors -> linalg on the caller's buffers and temporaries",
               buildBuffersPhase);
  Registration("tenon-lower-to-vectors", "linalg on buffers -> scf and vector, temporaries in one workspace",
               buildVectorsPhase);
  Registration("tenon-lower-to-llvm", "scf and vector -> the LLVM dialect", buildLLVMPhase);
  Registration("tenon-compile", "every phase, from tenon to the LLVM dialect", buildCompilePipeline);
}
