// Objects of every target hold no call of the C math library, nor of the compiler's helper functions.
#include "MathLowering.h"

#include "llvm/IR/LegacyPassManager.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Object/ObjectFile.h"
#include "llvm/Object/SymbolicFile.h"
#include "llvm/Support/SmallVectorMemoryBuffer.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/TargetParser/Triple.h"

#include <gtest/gtest.h>

#include <set>

using namespace tenon_test;

namespace {
/// A target as compiler/Target knows it, and what compiler/Codegen's table says of it.
struct CodeTarget {
  const char *name, *triple, *cpu, *features;
  bool fma, rounds, converts16, wideIntegers;
  unsigned lanes;
};
const CodeTarget targets[] = {
    {"x86_64", "x86_64-unknown-linux-gnu", "x86-64", "", false, false, false, true, 4},
    {"x86_64_v2", "x86_64-unknown-linux-gnu", "x86-64-v2", "", false, true, false, true, 4},
    {"x86_64_v3", "x86_64-unknown-linux-gnu", "x86-64-v3", "", true, true, true, true, 8},
    {"x86_64_v4", "x86_64-unknown-linux-gnu", "x86-64-v4", "", true, true, true, true, 16},
    {"aarch64", "aarch64-unknown-linux-gnu", "generic", "+neon", true, true, true, true, 4},
    {"armv7", "armv7-unknown-linux-gnueabihf", "generic", "+v7,+vfp3d16,-neon,-d32", false, false, false, false, 0},
    {"riscv64", "riscv64-unknown-linux-gnu", "generic-rv64", "+m,+a,+f,+d,+c", true, false, false, true, 0},
    {"wasm32", "wasm32-unknown-unknown", "generic", "+simd128,+bulk-memory", false, true, false, true, 4},
};

const char *const unary[] = {"exp",  "exp2", "expm1", "log",   "log2",  "log10", "log1p", "sin",   "cos",       "tan",
                             "tanh", "erf",  "sqrt",  "rsqrt", "floor", "ceil",  "trunc", "round", "roundeven", "absf"};
const char *const binary[] = {"math.powf",  "math.copysign",  "arith.remf",     "arith.addf",    "arith.mulf",
                              "arith.divf", "arith.maximumf", "arith.minimumf", "arith.maxnumf", "arith.minnumf"};

/// A module with every function and conversion, scalar and vector, in every float type.
std::string everything(const CodeTarget &target) {
  std::string text;
  int count = 0;
  auto add = [&](const std::string &in, const std::string &out, const std::string &body, unsigned lanes) {
    text += kernelText("f" + std::to_string(count++), in, out, body, lanes);
  };
  for (unsigned lanes : {0u, target.lanes}) {
    if (lanes == 0 && count > 0)
      break;
    for (const char *type : {"f32", "f64", "f16", "bf16"}) {
      for (const char *name : unary) add(type, type, std::string("%r = math.") + name + " %x : TYPE", lanes);
      for (const char *name : binary) add(type, type, std::string("%r = ") + name + " %x, %y : TYPE", lanes);
      add(type, type, "%r = math.fma %x, %y, %x : TYPE", lanes);
      for (const char *to : {"f32", "f64", "f16", "bf16"}) {
        std::string source = type, destination = to;
        auto width = [](const std::string &type) { return type == "bf16" ? 16 : std::stoi(type.substr(1)); };
        if (width(source) != width(destination))
          add(source, destination,
              std::string("%r = arith.") + (width(source) < width(destination) ? "extf" : "truncf") +
                  " %x : TYPE to OUTTYPE",
              lanes);
      }
      for (const char *integer : {"i8", "i16", "i32", "i64"}) {
        add(type, integer, "%r = arith.fptosi %x : TYPE to OUTTYPE", lanes);
        add(type, integer, "%r = arith.fptoui %x : TYPE to OUTTYPE", lanes);
        add(integer, type, "%r = arith.sitofp %x : TYPE to OUTTYPE", lanes);
        add(integer, type, "%r = arith.uitofp %x : TYPE to OUTTYPE", lanes);
      }
    }
    for (const char *integer : {"i8", "i16", "i32", "i64"})
      for (const char *name : {"divsi", "divui", "remsi", "remui", "muli"})
        add(integer, integer, std::string("%r = arith.") + name + " %x, %y : TYPE", lanes);
  }
  return text;
}

std::set<std::string> undefinedSymbols(const CodeTarget &code, llvm::Module &module) {
  llvm::Triple triple(code.triple);
  std::string error;
  const llvm::Target *target = llvm::TargetRegistry::lookupTarget(triple, error);
  if (!target)
    fail(error, code.triple);
  std::unique_ptr<llvm::TargetMachine> machine(
      target->createTargetMachine(triple, code.cpu, code.features, llvm::TargetOptions(), llvm::Reloc::PIC_));
  module.setTargetTriple(triple);
  // As the functions of the compiler are; otherwise armv7's refer to the unwinder.
  for (llvm::Function &function : module) function.addFnAttr(llvm::Attribute::NoUnwind);
  module.setDataLayout(machine->createDataLayout());
  llvm::SmallVector<char, 0> object;
  llvm::raw_svector_ostream stream(object);
  llvm::legacy::PassManager passes;
  if (machine->addPassesToEmitFile(passes, stream, nullptr, llvm::CodeGenFileType::ObjectFile))
    fail("cannot emit an object", code.triple);
  passes.run(module);
  auto file = llvm::cantFail(llvm::object::ObjectFile::createObjectFile(
      llvm::MemoryBufferRef(llvm::StringRef(object.data(), object.size()), code.name)));
  std::set<std::string> names;
  for (const llvm::object::SymbolRef &symbol : file->symbols())
    if (llvm::cantFail(symbol.getFlags()) & llvm::object::SymbolRef::SF_Undefined)
      names.insert(llvm::cantFail(symbol.getName()).str());
  return names;
}

class NoCalls : public testing::TestWithParam<CodeTarget> {};
INSTANTIATE_TEST_SUITE_P(Targets, NoCalls, testing::ValuesIn(targets),
                         [](const auto &info) { return info.param.name; });

TEST_P(NoCalls, OnlyMemoryFunctionsAreUndefined) {
  const CodeTarget &target = GetParam();
  llvm::InitializeAllTargetInfos();
  llvm::InitializeAllTargets();
  llvm::InitializeAllTargetMCs();
  llvm::InitializeAllAsmPrinters();
  mlir::tenon::ExpandMathPassOptions options;
  options.fma = target.fma;
  options.roundInstructions = target.rounds;
  options.halfConversions = target.converts16;
  options.wideIntegers = target.wideIntegers;
  llvm::LLVMContext context;
  std::unique_ptr<llvm::Module> module = lowerToLLVM(everything(target), options, context);
  for (const std::string &name : undefinedSymbols(target, *module)) {
    // WebAssembly's linker provides memory and stack.
    bool allowed = name.empty() || name == "memcpy" || name == "memset" || name == "memmove" ||
                   name == "__linear_memory" || name == "__stack_pointer" || name == "_GLOBAL_OFFSET_TABLE_";
    EXPECT_TRUE(allowed) << "undefined symbol " << name;
  }
}
} // namespace
