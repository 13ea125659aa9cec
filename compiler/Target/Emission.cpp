// Translation to LLVM IR, a short list of clean-up passes, and LLVM's code generator.
#include "compiler/Target/Emission.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Transforms/IPO/AlwaysInliner.h"
#include "llvm/Transforms/IPO/GlobalDCE.h"
#include "llvm/Transforms/InstCombine/InstCombine.h"
#include "llvm/Transforms/Scalar/EarlyCSE.h"
#include "llvm/Transforms/Scalar/LICM.h"
#include "llvm/Transforms/Scalar/LoopPassManager.h"
#include "llvm/Transforms/Scalar/SROA.h"
#include "llvm/Transforms/Scalar/SimplifyCFG.h"

using namespace mlir;
using namespace mlir::tenon;

/// Gives large constants as bytes: LLVM writes arrays of them at once, and others number by number. All targets have
/// the low byte first, as this machine.
static void flattenConstants(ModuleOp module) {
  constexpr size_t large = 256;
  for (auto global : module.getOps<LLVM::GlobalOp>()) {
    Attribute value = global.getValueOrNull();
    if (!global.getConstant() || !value || !global.getAlignment())
      continue;
    auto typeOf = [&](ArrayRef<char> bytes) {
      return RankedTensorType::get(static_cast<int64_t>(bytes.size()), IntegerType::get(module.getContext(), 8));
    };
    ArrayRef<char> bytes;
    if (auto resource = dyn_cast<DenseResourceElementsAttr>(value)) {
      AsmResourceBlob *blob = resource.getRawHandle().getBlob();
      if (!blob || resource.getElementType().isInteger(1) || blob->getData().size() < large)
        continue;
      bytes = blob->getData();
      value = DenseResourceElementsAttr::get(typeOf(bytes), resource.getRawHandle());
    } else if (auto dense = dyn_cast<DenseElementsAttr>(value)) {
      bytes = dense.getRawData();
      if (dense.isSplat() || dense.getElementType().isInteger(1) || bytes.size() < large)
        continue;
      value = DenseElementsAttr::getFromRawBuffer(typeOf(bytes), bytes);
    } else {
      continue;
    }
    global.setValueAttr(value);
    global.setGlobalType(
        LLVM::LLVMArrayType::get(IntegerType::get(module.getContext(), 8), static_cast<unsigned>(bytes.size())));
  }
}

llvm::Expected<std::unique_ptr<llvm::Module>> mlir::tenon::translateToLLVMIR(ModuleOp module, const Target &target,
                                                                             llvm::LLVMContext &context) {
  flattenConstants(module);
  std::unique_ptr<llvm::Module> result = translateModuleToLLVMIR(module, context, module.getName().value_or("tenon"));
  if (!result)
    return llvm::createStringError(llvm::inconvertibleErrorCode(), "the module cannot be translated to LLVM IR");
  std::unique_ptr<llvm::TargetMachine> machine = target.createMachine();
  result->setTargetTriple(target.getTriple());
  result->setDataLayout(machine->createDataLayout());
  // Errors are codes: nothing unwinds through compiled code, so there are no tables for it, and on armv7 no references
  // to the personality routines that such tables name.
  for (llvm::Function &function : *result) function.setDoesNotThrow();
  return result;
}

void mlir::tenon::optimizeLLVMIR(llvm::Module &module, llvm::TargetMachine &machine) {
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager components;
  llvm::ModuleAnalysisManager modules;
  llvm::PassBuilder builder(&machine);
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(components);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, components, modules);

  llvm::ModulePassManager pipeline;
  // The entry's checks and its body become one function, which makes the memref descriptors between them go.
  pipeline.addPass(llvm::AlwaysInlinerPass(/*InsertLifetimeIntrinsics=*/false));
  if (machine.getOptLevel() != llvm::CodeGenOptLevel::None) {
    llvm::FunctionPassManager function;
    function.addPass(llvm::SROAPass(llvm::SROAOptions::PreserveCFG));
    function.addPass(llvm::EarlyCSEPass(/*UseMemorySSA=*/false));
    function.addPass(llvm::SimplifyCFGPass());
    function.addPass(llvm::InstCombinePass());
    // Loads of row addresses and broadcasts that the emitters leave inside inner loops.
    llvm::LoopPassManager loop;
    loop.addPass(llvm::LICMPass(llvm::LICMOptions()));
    function.addPass(llvm::createFunctionToLoopPassAdaptor(std::move(loop), /*UseMemorySSA=*/true));
    function.addPass(llvm::EarlyCSEPass(/*UseMemorySSA=*/true));
    pipeline.addPass(llvm::createModuleToFunctionPassAdaptor(std::move(function)));
  }
  pipeline.addPass(llvm::GlobalDCEPass());
  pipeline.run(module, modules);
}

llvm::Expected<SmallVector<char, 0>> mlir::tenon::generateCode(llvm::Module &module, llvm::TargetMachine &machine,
                                                               CodeKind kind) {
  SmallVector<char, 0> code;
  llvm::raw_svector_ostream stream(code);
  llvm::legacy::PassManager passes;
  llvm::CodeGenFileType type =
      kind == CodeKind::Object ? llvm::CodeGenFileType::ObjectFile : llvm::CodeGenFileType::AssemblyFile;
  if (machine.addPassesToEmitFile(passes, stream, nullptr, type, /*DisableVerify=*/true))
    return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                   "LLVM cannot write such a file for '" + module.getTargetTriple().str() + "'");
  passes.run(module);
  return code;
}

llvm::Expected<SmallVector<char, 0>> mlir::tenon::emitCode(ModuleOp module, const Target &target, CodeKind kind) {
  llvm::LLVMContext context;
  llvm::Expected<std::unique_ptr<llvm::Module>> translated = translateToLLVMIR(module, target, context);
  if (!translated)
    return translated.takeError();
  std::unique_ptr<llvm::TargetMachine> machine = target.createMachine();
  optimizeLLVMIR(**translated, *machine);
  return generateCode(**translated, *machine, kind);
}
