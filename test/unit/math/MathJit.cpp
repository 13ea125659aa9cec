// The JIT behind the math tests: MLIR text, the pass, LLVM, and ORC with no process symbols.
#include "MathJit.h"

#include "compiler/Codegen/Passes.h"

#include "mlir/Conversion/ArithToLLVM/ArithToLLVM.h"
#include "mlir/Conversion/ControlFlowToLLVM/ControlFlowToLLVM.h"
#include "mlir/Conversion/ConvertToLLVM/ToLLVMPass.h"
#include "mlir/Conversion/FuncToLLVM/ConvertFuncToLLVM.h"
#include "mlir/Conversion/MathToLLVM/MathToLLVM.h"
#include "mlir/Conversion/ReconcileUnrealizedCasts/ReconcileUnrealizedCasts.h"
#include "mlir/Conversion/SCFToControlFlow/SCFToControlFlow.h"
#include "mlir/Conversion/UBToLLVM/UBToLLVM.h"
#include "mlir/Conversion/VectorToLLVM/ConvertVectorToLLVM.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/UB/IR/UBOps.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "mlir/Transforms/Passes.h"
#include "llvm/ExecutionEngine/Orc/JITTargetMachineBuilder.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/Support/TargetSelect.h"

#include <cstdlib>

using namespace mlir;

struct tenon_test::MathJit::State {
  std::unique_ptr<llvm::orc::LLJIT> jit;
};

/// Replaces every `from` in `text`.
static std::string replaced(std::string text, const std::string &from, const std::string &to) {
  for (size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
  return text;
}

[[noreturn]] static void fail(const std::string &what, const std::string &text) {
  llvm::errs() << what << " in:\n" << text << "\n";
  std::abort();
}

static std::string moduleText(const std::string &inputType, const std::string &outputType, const std::string &body, unsigned lanes) {
  auto shaped = [&](const std::string &element) {
    return lanes ? "vector<" + std::to_string(lanes) + "x" + element + ">" : element;
  };
  std::string text = R"(
func.func @kernel(%xs: !llvm.ptr, %ys: !llvm.ptr, %out: !llvm.ptr, %n: i64) {
  %begin = arith.constant 0 : i64
  %step = arith.constant STEP : i64
  scf.for %i = %begin to %n step %step : i64 {
    %px = llvm.getelementptr %xs[%i] : (!llvm.ptr, i64) -> !llvm.ptr, INELEMENT
    %x = llvm.load %px {alignment = 1 : i64} : !llvm.ptr -> INTYPE
    LOADY
    BODY
    %po = llvm.getelementptr %out[%i] : (!llvm.ptr, i64) -> !llvm.ptr, OUTELEMENT
    llvm.store %r, %po {alignment = 1 : i64} : OUTTYPE, !llvm.ptr
  }
  return
})";
  text = replaced(text, "LOADY", body.find("%y") == std::string::npos ? "" : R"(
    %py = llvm.getelementptr %ys[%i] : (!llvm.ptr, i64) -> !llvm.ptr, INELEMENT
    %y = llvm.load %py {alignment = 1 : i64} : !llvm.ptr -> INTYPE)");
  text = replaced(text, "BODY", body);
  auto splat = [&](const std::string &value) { return lanes ? "dense<" + value + ">" : value; };
  text = replaced(text, "ONE", splat("1.0"));
  text = replaced(text, "ZERO", splat("0.0"));
  text = replaced(text, "MASK, ", lanes ? shaped("i1") + ", " : "");
  text = replaced(text, "STEP", std::to_string(lanes ? lanes : 1));
  text = replaced(text, "INELEMENT", inputType);
  text = replaced(text, "OUTELEMENT", outputType);
  text = replaced(text, "OUTTYPE", shaped(outputType));
  text = replaced(text, "INTYPE", shaped(inputType));
  return replaced(text, "TYPE", shaped(inputType));
}

static void registerEverything(DialectRegistry &registry) {
  registry.insert<arith::ArithDialect, cf::ControlFlowDialect, func::FuncDialect, LLVM::LLVMDialect, math::MathDialect,
                  scf::SCFDialect, ub::UBDialect, vector::VectorDialect>();
  arith::registerConvertArithToLLVMInterface(registry);
  cf::registerConvertControlFlowToLLVMInterface(registry);
  registerConvertFuncToLLVMInterface(registry);
  registerConvertMathToLLVMInterface(registry);
  ub::registerConvertUBToLLVMInterface(registry);
  vector::registerConvertVectorToLLVMInterface(registry);
  registerBuiltinDialectTranslation(registry);
  registerLLVMDialectTranslation(registry);
}

tenon_test::MathJit::MathJit(const std::string &inputType, const std::string &outputType, const std::string &body, unsigned lanes,
                             Level level)
    : state(std::make_unique<State>()) {
  static const bool initialized = [] { return llvm::InitializeNativeTarget() || llvm::InitializeNativeTargetAsmPrinter(); }();
  (void)initialized;
  std::string text = moduleText(inputType, outputType, body, lanes);
  DialectRegistry registry;
  registerEverything(registry);
  MLIRContext context(registry, MLIRContext::Threading::DISABLED);
  OwningOpRef<ModuleOp> module = parseSourceString<ModuleOp>(text, &context);
  if (!module)
    fail("cannot parse", text);

  PassManager passes(&context);
  tenon::ExpandMathPassOptions options;
  options.fma = options.roundInstructions = options.halfConversions = level == Level::Host;
  passes.addPass(tenon::createExpandMathPass(options));
  passes.addPass(createCSEPass());
  passes.addPass(createSCFToControlFlowPass());
  passes.addPass(createConvertToLLVMPass());
  passes.addPass(createReconcileUnrealizedCastsPass());
  if (failed(passes.run(*module)))
    fail("cannot lower", text);

  auto llvmContext = std::make_unique<llvm::LLVMContext>();
  std::unique_ptr<llvm::Module> llvmModule = translateModuleToLLVMIR(*module, *llvmContext);
  auto machine = llvm::cantFail(llvm::orc::JITTargetMachineBuilder::detectHost());
  if (level == Level::Baseline) {
    // The oldest CPU of the host's architecture.
    machine = llvm::orc::JITTargetMachineBuilder(machine.getTargetTriple());
    if (machine.getTargetTriple().isX86())
      machine.setCPU("x86-64");
  }
  llvmModule->setTargetTriple(machine.getTargetTriple());
  state->jit = llvm::cantFail(llvm::orc::LLJITBuilder()
                                  .setJITTargetMachineBuilder(std::move(machine))
                                  .setPlatformSetUp(llvm::orc::setUpInactivePlatform)
                                  .setLinkProcessSymbolsByDefault(false)
                                  .create());
  llvm::cantFail(state->jit->addIRModule(llvm::orc::ThreadSafeModule(std::move(llvmModule), std::move(llvmContext))));
  llvm::Expected<llvm::orc::ExecutorAddr> address = state->jit->lookup("kernel");
  if (!address)
    fail("cannot link (a call of the C library?): " + llvm::toString(address.takeError()), text);
  function = address->toPtr<void (*)(const void *, const void *, void *, int64_t)>();
}

tenon_test::MathJit::~MathJit() = default;
