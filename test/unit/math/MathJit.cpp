// The JIT behind the math tests: ORC with no process symbols.
#include "MathJit.h"

#include "MathLowering.h"

#include "llvm/ExecutionEngine/Orc/JITTargetMachineBuilder.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/Support/TargetSelect.h"

struct tenon_test::MathJit::State {
  std::unique_ptr<llvm::orc::LLJIT> jit;
};

tenon_test::MathJit::MathJit(const std::string &inputType, const std::string &outputType, const std::string &body,
                             unsigned lanes, Level level)
    : state(std::make_unique<State>()) {
  static const bool initialized = [] {
    return llvm::InitializeNativeTarget() || llvm::InitializeNativeTargetAsmPrinter();
  }();
  (void)initialized;
  std::string text = kernelText("kernel", inputType, outputType, body, lanes);
  mlir::tenon::ExpandMathPassOptions options;
  options.fma = options.roundInstructions = options.halfConversions = level == Level::Host;
  options.wideIntegers = level != Level::Narrow;
  auto machine = llvm::cantFail(llvm::orc::JITTargetMachineBuilder::detectHost());
  options.scaleInstructions =
      level == Level::Host && llvm::is_contained(machine.getFeatures().getFeatures(), "+avx512dq");
  auto llvmContext = std::make_unique<llvm::LLVMContext>();
  std::unique_ptr<llvm::Module> llvmModule = lowerToLLVM(text, options, *llvmContext);
  if (level != Level::Host) {
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
