// The table of CPU levels against LLVM: every number that LLVM knows too, for the CPU and features that a row names.
#include "compiler/Codegen/TargetDescription.h"
#include "compiler/Target/Target.h"

#include "tenon/runtime/cpu.h"

#include "llvm/ADT/StringSet.h"
#include "llvm/Analysis/TargetTransformInfo.h"
#include "llvm/IR/Module.h"
#include "llvm/MC/MCInst.h"
#include "llvm/MC/MCInstrInfo.h"
#include "llvm/MC/MCSchedule.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/TargetParser/AArch64TargetParser.h"
#include "llvm/TargetParser/X86TargetParser.h"

#include <gtest/gtest.h>

#include <cmath>

using namespace mlir::tenon;

namespace {

// Where the table and LLVM differ for a reason. A difference that has gone is an error, too.
struct Difference {
  llvm::StringRef row, field, reason;
};
constexpr Difference differences[] = {
    {"icelake-server", "fmaPerCycle", "LLVM's model is the client's, which lacks the second 512-bit unit (port 5)"},
    {"sapphirerapids", "fmaPerCycle", "the same: LLVM schedules for Alder Lake's core"},
    {"znver5", "fmaPerCycle", "LLVM 22 schedules for Zen 4, whose units are 256 bits wide; measured: 64 flops a cycle"},
    {"cortex-a76", "fmaLatency", "LLVM schedules for Cortex-A57; Arm's optimization guide: 2 behind another multiply-add"},
    {"cortex-a76", "fmaPerCycle", "the same; the guide: 2 pipelines"},
};

/// What LLVM says of a row, and whether it says anything.
class Facts {
public:
  explicit Facts(const TargetDescription &row) : row(row) {
    llvm::Expected<Target> created =
        Target::create({.name = row.target.str(), .cpu = row.cpu.str(), .features = row.features.str()});
    if (!created) {
      ADD_FAILURE() << row.name.str() << ": " << llvm::toString(created.takeError());
      return;
    }
    level = created->getLevelName();
    machine = created->createMachine();
    module = std::make_unique<llvm::Module>("m", context);
    module->setTargetTriple(created->getTriple());
    module->setDataLayout(machine->createDataLayout());
    llvm::Function *function = llvm::Function::Create(llvm::FunctionType::get(llvm::Type::getVoidTy(context), false),
                                                      llvm::GlobalValue::ExternalLinkage, "f", *module);
    // Some CPUs advise against their widest registers (for code with few vectors); the table has what there is.
    function->addFnAttr("prefer-vector-width", "512");
    costs = std::make_unique<llvm::TargetTransformInfo>(machine->getTargetTransformInfo(*function));
  }

  bool has(llvm::StringRef feature) const {
    const llvm::MCSubtargetInfo &info = *machine->getMCSubtargetInfo();
    bool isKnown = llvm::any_of(info.getAllProcessorFeatures(), [&](const auto &f) { return feature == f.Key; });
    EXPECT_TRUE(isKnown) << feature.str();
    return info.checkFeatures(("+" + feature).str());
  }

  unsigned vectorBits() const {
    bool isScalable = machine->getTargetTriple().isRISCV(); // fixed ones are counted two registers wide there
    return costs
        ->getRegisterBitWidth(isScalable ? llvm::TargetTransformInfo::RGK_ScalableVector
                                         : llvm::TargetTransformInfo::RGK_FixedWidthVector)
        .getKnownMinValue();
  }
  unsigned vectorRegisters() {
    auto *type = llvm::FixedVectorType::get(llvm::Type::getFloatTy(context), 4);
    return costs->getNumberOfRegisters(costs->getRegisterClassForType(/*Vector=*/true, type));
  }
  unsigned maskedBits() {
    for (unsigned bits : {8u, 16u, 32u, 64u}) {
      auto *type = llvm::FixedVectorType::get(llvm::Type::getIntNTy(context, bits), row.vectorBits / bits);
      if (costs->isLegalMaskedLoad(type, llvm::Align(bits / 8), 0) &&
          costs->isLegalMaskedStore(type, llvm::Align(bits / 8), 0))
        return bits;
    }
    return 0;
  }

  struct Timing {
    unsigned latency, perCycle;
  };
  /// Of `instruction`, whose operand `accumulator` comes from another such instruction.
  std::optional<Timing> timing(llvm::StringRef instruction, unsigned accumulator) const {
    const llvm::MCSubtargetInfo &info = *machine->getMCSubtargetInfo();
    const llvm::MCSchedModel &model = info.getSchedModel();
    if (!model.hasInstrSchedModel())
      return std::nullopt;
    const llvm::MCInstrInfo &instructions = *machine->getMCInstrInfo();
    unsigned opcode = 0;
    while (opcode < instructions.getNumOpcodes() && instructions.getName(opcode) != instruction) ++opcode;
    EXPECT_LT(opcode, instructions.getNumOpcodes()) << instruction.str();
    const llvm::MCSchedClassDesc *desc = model.getSchedClassDesc(instructions.get(opcode).getSchedClass());
    if (!desc->isValid() || desc->isVariant())
      return std::nullopt;
    unsigned writes = info.getWriteLatencyEntry(desc, 0)->WriteResourceID;
    int advance = info.getReadAdvanceCycles(desc, accumulator, writes);
    return Timing{static_cast<unsigned>(llvm::MCSchedModel::computeInstrLatency(info, *desc) - advance),
                  static_cast<unsigned>(std::lround(1 / llvm::MCSchedModel::getReciprocalThroughput(info, *desc)))};
  }

  const TargetDescription &row;
  llvm::StringRef level;
  std::unique_ptr<llvm::TargetMachine> machine;

private:
  llvm::LLVMContext context;
  std::unique_ptr<llvm::Module> module;
  std::unique_ptr<llvm::TargetTransformInfo> costs;
};

/// The row's number is LLVM's, or listed above.
template <class T> void expectSame(const TargetDescription &row, llvm::StringRef field, T ours, T llvms) {
  const auto *difference =
      llvm::find_if(differences, [&](const Difference &d) { return d.row == row.name && d.field == field; });
  if (difference == std::end(differences))
    EXPECT_EQ(ours, llvms) << row.name.str() << ": " << field.str() << " (ours, LLVM's)";
  else
    EXPECT_NE(ours, llvms) << row.name.str() << ": " << field.str() << " is LLVM's now: take it off the list";
}

TEST(TargetDescription, EachRowIsTheOneThatItsCPUGets) {
  for (const TargetDescription &row : targetDescriptions()) {
    Facts facts(row);
    EXPECT_EQ(facts.level.str(), row.name.str());
  }
}

TEST(TargetDescription, RegistersAreLLVMs) {
  for (const TargetDescription &row : targetDescriptions()) {
    Facts facts(row);
    // WebAssembly without vectors: LLVM still tells a width for its scalars.
    if (row.vectorBits == 0 && facts.machine->getTargetTriple().isWasm())
      continue;
    expectSame(row, "vectorBits", row.vectorBits, facts.vectorBits());
    if (!row.vectorBits)
      continue;
    expectSame(row, "vectorRegisters", row.vectorRegisters, facts.vectorRegisters());
    expectSame(row, "maskedBits", row.maskedBits, facts.maskedBits());
  }
}

TEST(TargetDescription, InstructionsAreLLVMs) {
  for (const TargetDescription &row : targetDescriptions()) {
    Facts facts(row);
    const llvm::Triple &triple = facts.machine->getTargetTriple();
    auto same = [&](llvm::StringRef field, bool ours, bool llvms) { expectSame(row, field, ours, llvms); };
    bool is64 = triple.isArch64Bit();
    if (triple.isX86()) {
      bool wide = row.vectorBits == 512;
      same("fma", row.fma, facts.has("fma"));
      same("rounds", row.rounds, facts.has("sse4.1"));
      same("converts16", row.converts16, facts.has("f16c"));
      same("dot8", row.dot8 == DotProduct::UnsignedSigned, facts.has(wide ? "avx512vnni" : "avxvnni"));
      same("matrix8", row.matrix8, false);
      same("dotBF16", row.dotBF16, facts.has("avx512bf16"));
      same("arithmetic16", row.arithmetic16, facts.has("avx512fp16"));
    } else if (triple.isAArch64()) {
      same("fma", row.fma, facts.has("neon"));
      same("rounds", row.rounds, facts.has("neon"));
      same("converts16", row.converts16, facts.has("neon"));
      same("dot8", row.dot8 == DotProduct::SignedSigned, facts.has("dotprod"));
      same("matrix8", row.matrix8, facts.has("i8mm"));
      same("dotBF16", row.dotBF16, facts.has("bf16"));
      same("arithmetic16", row.arithmetic16, facts.has("fullfp16"));
    } else {
      if (triple.isARM())
        same("fma", row.fma, facts.has("vfp4"));
      else if (triple.isRISCV())
        same("fma", row.fma, facts.has("f"));
      else
        same("fma", row.fma, false); // relaxed SIMD's is not reproducible
      EXPECT_EQ(row.dot8, DotProduct::None);
      EXPECT_FALSE(row.matrix8 || row.dotBF16 || row.arithmetic16);
    }
    same("wideIntegers", row.wideIntegers, is64 || triple.isWasm());
  }
}

TEST(TargetDescription, MultiplyAddsAreThoseOfLLVMsModels) {
  for (const TargetDescription &row : targetDescriptions()) {
    Facts facts(row);
    const llvm::Triple &triple = facts.machine->getTargetTriple();
    std::optional<Facts::Timing> timing;
    if (triple.isX86())
      timing = row.vectorBits == 512   ? facts.timing("VFMADD231PSZr", 1)
               : row.vectorBits == 256 ? facts.timing("VFMADD231PSYr", 1)
                                       : facts.timing("ADDPSrr", 1);
    else if (triple.isAArch64())
      timing = facts.timing("FMLAv4f32", 0);
    if (!timing) {
      EXPECT_FALSE(triple.isX86() || triple.isAArch64()) << row.name.str();
      continue;
    }
    expectSame(row, "fmaLatency", row.fmaLatency, timing->latency);
    expectSame(row, "fmaPerCycle", row.fmaPerCycle, timing->perCycle);
  }
}

// What a CPU can do beyond its architecture's base is something that the runtime looks for, so that a machine without it
// gets an error; save for what only an operating system or its own intrinsics use.
TEST(TargetDescription, TheRuntimeLooksForEveryFeatureOfARow) {
  const llvm::StringSet<> base = {"cmov", "mmx", "sse", "sse2", "cx8", "x87", "fxsr", "fp-armv8", "neon"};
  const llvm::StringSet<> notGenerated = {
      "crc32",    "xsave",     "xsavec",  "xsaveopt",  "xsaves", "clflushopt", "clwb",     "clzero",   "fsgsbase",
      "invpcid",  "movdir64b", "mwaitx",  "pconfig",   "pku",    "prefetchi",  "prfchw",   "ptwrite",  "rdpru",
      "rdrnd",    "rdseed",    "sgx",     "serialize", "shstk",  "waitpkg",    "wbnoinvd", "hreset",   "widekl",
      "cldemote", "enqcmd",    "uintr",   "tsxldtrk",  "kl",     "amx-tile",   "amx-int8", "amx-bf16", "ccdp",
      "ccidx",    "pauth",     "perfmon", "rand",      "ras",    "sm4",        "spe",      "ssbs"};
  llvm::StringSet<> known;
#define TENON_NAME(BIT, NAME, ...) known.insert(NAME);
  TENON_X86_FEATURES(TENON_NAME)
  TENON_AARCH64_FEATURES(TENON_NAME)
#undef TENON_NAME
  for (const TargetDescription &row : targetDescriptions()) {
    llvm::SmallVector<llvm::StringRef> features;
    if (row.target == "x86-64") {
      llvm::X86::getFeaturesForCPU(row.cpu, features, /*NeedPlus=*/false);
    } else if (row.target == "aarch64") {
      std::optional<llvm::AArch64::CpuInfo> cpu = llvm::AArch64::parseCpu(row.cpu);
      std::vector<llvm::StringRef> extensions;
      if (cpu && row.cpu != "generic")
        llvm::AArch64::getExtensionFeatures(cpu->DefaultExtensions, extensions);
      for (llvm::StringRef extension : extensions)
        if (extension.consume_front("+"))
          features.push_back(extension);
    }
    for (llvm::StringRef feature : features)
      EXPECT_TRUE(base.contains(feature) || notGenerated.contains(feature) || known.contains(feature))
          << row.name.str() << ": " << feature.str();
  }
}

TEST(TargetDescription, TilesFitTheRegistersAndHideTheLatency) {
  for (const TargetDescription &row : targetDescriptions()) {
    if (!row.vectorBits)
      continue;
    int64_t accumulators = row.tileRows() * row.tileVectors();
    EXPECT_GE(accumulators, row.fmaLatency * row.fmaPerCycle) << row.name.str();
    EXPECT_LE(accumulators + row.tileVectors() + 1, row.vectorRegisters) << row.name.str();
  }
}

llvm::StringRef levelOf(const TargetOptions &options) {
  llvm::Expected<Target> target = Target::create(options);
  if (target)
    return target->getLevelName();
  ADD_FAILURE() << llvm::toString(target.takeError());
  return "";
}

TEST(TargetDescription, CPUsWithoutARowGetTheOneThatUsesMostOfThem) {
  auto x86 = [](const char *cpu, const char *features = "") {
    return levelOf({.name = "x86-64", .cpu = cpu, .features = features}).str();
  };
  EXPECT_EQ(x86("core2"), "x86-64");
  EXPECT_EQ(x86("nehalem"), "x86-64-v2");
  EXPECT_EQ(x86("sandybridge"), "x86-64-v2"); // AVX without AVX2 and fma
  EXPECT_EQ(x86("haswell"), "x86-64-v3");
  EXPECT_EQ(x86("znver3"), "x86-64-v3");
  EXPECT_EQ(x86("arrowlake"), "alderlake");
  EXPECT_EQ(x86("skylake-avx512"), "x86-64-v4");
  EXPECT_EQ(x86("cascadelake"), "icelake-server");
  EXPECT_EQ(x86("tigerlake"), "icelake-server");
  EXPECT_EQ(x86("graniterapids"), "sapphirerapids");
  // Features decide, not the name.
  EXPECT_EQ(x86("znver5", "-avx512f"), "alderlake");
  EXPECT_EQ(x86("znver5", "-avx512f,-avxvnni"), "x86-64-v3");
  EXPECT_EQ(x86("x86-64-v4", "+avx512vnni"), "icelake-server");
  EXPECT_EQ(x86("x86-64-v3", "-fma"), "x86-64-v2");

  auto arm = [](const char *cpu) { return levelOf({.name = "aarch64", .cpu = cpu}).str(); };
  EXPECT_EQ(arm("cortex-a72"), "aarch64");
  EXPECT_EQ(arm("neoverse-n1"), "cortex-a76");
  EXPECT_EQ(arm("apple-m1"), "cortex-a76");
  EXPECT_EQ(arm("neoverse-v2"), "neoverse-v1");

  EXPECT_EQ(levelOf({.name = "armv7", .cpu = "cortex-a15", .features = "+neon,+vfp4"}), "armv7-neon");
  EXPECT_EQ(levelOf({.name = "riscv64"}), "riscv64");
  EXPECT_EQ(levelOf({.name = "riscv64", .features = "+v"}), "riscv64-v");
  EXPECT_EQ(levelOf({.name = "wasm32"}), "wasm32-simd128");
  EXPECT_EQ(levelOf({.name = "wasm32", .features = "-simd128"}), "wasm32");
}

} // namespace
