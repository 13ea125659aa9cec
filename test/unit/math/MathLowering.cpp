// MLIR text of one formula, and its way through --tenon-expand-math to LLVM IR.
#include "MathLowering.h"

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

#include <cstdlib>

using namespace mlir;

/// Replaces every `from` in `text`.
static std::string replaced(std::string text, const std::string &from, const std::string &to) {
  for (size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
  return text;
}

void tenon_test::fail(const std::string &what, const std::string &text) {
  llvm::errs() << what << " in:\n" << text << "\n";
  std::abort();
}

std::string tenon_test::kernelText(const std::string &name, const std::string &inputType, const std::string &outputType,
                                   const std::string &body, unsigned lanes) {
  auto shaped = [&](const std::string &element) {
    return lanes ? "vector<" + std::to_string(lanes) + "x" + element + ">" : element;
  };
  std::string text = R"(
func.func @KERNEL(%xs: !llvm.ptr, %ys: !llvm.ptr, %out: !llvm.ptr, %n: i64) {
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
  text = replaced(text, "KERNEL", name);
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

std::unique_ptr<llvm::Module> tenon_test::lowerToLLVM(const std::string &text,
                                                      const tenon::ExpandMathPassOptions &options,
                                                      llvm::LLVMContext &llvmContext) {
  DialectRegistry registry;
  registerEverything(registry);
  MLIRContext context(registry, MLIRContext::Threading::DISABLED);
  OwningOpRef<ModuleOp> module = parseSourceString<ModuleOp>(text, &context);
  if (!module)
    fail("cannot parse", text);
  PassManager passes(&context);
  passes.addPass(tenon::createExpandMathPass(options));
  passes.addPass(createCSEPass());
  passes.addPass(createSCFToControlFlowPass());
  passes.addPass(createConvertToLLVMPass());
  passes.addPass(createReconcileUnrealizedCastsPass());
  if (failed(passes.run(*module)))
    fail("cannot lower", text);
  return translateModuleToLLVMIR(*module, llvmContext);
}
