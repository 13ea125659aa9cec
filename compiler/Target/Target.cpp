// Resolves target names to LLVM's triples, CPUs and features.
#include "compiler/Target/Target.h"

#include "compiler/Codegen/TargetDescription.h"
#include "tenon/runtime/cpu.h"

#include "mlir/Dialect/DLTI/DLTI.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/Builders.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/bit.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/TargetParser/Host.h"

#include <mutex>

using namespace mlir;
using namespace mlir::tenon;

namespace {
struct KnownTarget {
  StringLiteral name, triple, cpu, features, abi;
  unsigned indexBits;
};
} // namespace

// The baselines are what Debian's ports assume: armv7 has VFPv3-D16 and no NEON, riscv64 is RV64GC without vectors;
// --features adds what a machine has (`+neon,+vfp4`, `+v`).
static constexpr KnownTarget knownTargets[] = {
    {"x86-64", "x86_64-unknown-linux-gnu", "x86-64", "", "", 64},
    {"x86-64-v2", "x86_64-unknown-linux-gnu", "x86-64-v2", "", "", 64},
    {"x86-64-v3", "x86_64-unknown-linux-gnu", "x86-64-v3", "", "", 64},
    {"x86-64-v4", "x86_64-unknown-linux-gnu", "x86-64-v4", "", "", 64},
    {"aarch64", "aarch64-unknown-linux-gnu", "generic", "+neon", "", 64},
    {"armv7", "armv7-unknown-linux-gnueabihf", "generic", "+v7,+vfp3d16,-neon,-d32", "", 32},
    {"riscv64", "riscv64-unknown-linux-gnu", "generic-rv64", "+m,+a,+f,+d,+c", "lp64d", 64},
    {"wasm32", "wasm32-unknown-unknown", "generic", "+simd128,+bulk-memory", "", 32}};

static constexpr StringLiteral targetNames[] = {"host",    "x86-64", "x86-64-v2", "x86-64-v3", "x86-64-v4",
                                                "aarch64", "armv7",  "riscv64",   "wasm32"};

ArrayRef<StringLiteral> Target::getNames() { return targetNames; }

static void initializeTargets() {
  static std::once_flag once;
  std::call_once(once, [] {
#define TENON_INITIALIZE(NAME)                                                                                         \
  LLVMInitialize##NAME##TargetInfo();                                                                                  \
  LLVMInitialize##NAME##Target();                                                                                      \
  LLVMInitialize##NAME##TargetMC();                                                                                    \
  LLVMInitialize##NAME##AsmPrinter();                                                                                  \
  LLVMInitialize##NAME##AsmParser();
    TENON_INITIALIZE(X86)
    TENON_INITIALIZE(AArch64)
    TENON_INITIALIZE(ARM)
    TENON_INITIALIZE(RISCV)
    TENON_INITIALIZE(WebAssembly)
#undef TENON_INITIALIZE
  });
}

/// The first row of an architecture is its base.
static const KnownTarget *findBase(const llvm::Triple &triple) {
  const auto *base =
      llvm::find_if(knownTargets, [&](const KnownTarget &t) { return llvm::Triple(t.triple).getArch() == triple.getArch(); });
  return base == std::end(knownTargets) ? nullptr : base;
}

static llvm::Error makeError(const Twine &message) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), message.str());
}

static std::string getHostFeatures() {
  std::string result;
  for (const auto &feature : llvm::sys::getHostCPUFeatures())
    result += (result.empty() ? "" : ",") + std::string(feature.second ? "+" : "-") + feature.first().str();
  return result;
}

/// The features of `info` as the bits with which the runtime knows them.
static uint64_t getFeatureBits(const llvm::Triple &triple, const llvm::MCSubtargetInfo &info) {
  uint64_t bits = 0;
  auto add = [&](unsigned bit, const char *name) {
    if (info.checkFeatures(std::string("+") + name))
      bits |= uint64_t(1) << bit;
  };
#define TENON_CPUID_FEATURE(BIT, NAME, LEAF, SUBLEAF, REGISTER, REGISTER_BIT) add(BIT, NAME);
#define TENON_HWCAP_FEATURE(BIT, NAME, VECTOR, VECTOR_BIT) add(BIT, NAME);
  if (triple.isX86()) {
    TENON_X86_FEATURES(TENON_CPUID_FEATURE)
  } else if (triple.isAArch64()) {
    TENON_AARCH64_FEATURES(TENON_HWCAP_FEATURE)
  } else if (triple.isARM()) {
    TENON_ARM_FEATURES(TENON_HWCAP_FEATURE)
  } else if (triple.isRISCV()) {
    TENON_RISCV_FEATURES(TENON_HWCAP_FEATURE)
  }
#undef TENON_CPUID_FEATURE
#undef TENON_HWCAP_FEATURE
  return bits;
}

/// The features that a row of TargetDescription.h is about: what else a CPU has decides nothing there.
static uint64_t getDescribedBits(const llvm::Triple &triple) {
  uint64_t bits = 0;
  auto add = [&](unsigned bit, StringRef name, ArrayRef<StringRef> described) {
    if (llvm::is_contained(described, name))
      bits |= uint64_t(1) << bit;
  };
#define TENON_CPUID_FEATURE(BIT, NAME, LEAF, SUBLEAF, REGISTER, REGISTER_BIT)                                          \
  add(BIT, NAME, {"avx512vnni", "avx512bf16", "avx512fp16", "avxvnni"});
  if (triple.isX86()) {
    TENON_X86_FEATURES(TENON_CPUID_FEATURE)
    return bits | TENON_X86_64_V4;
  }
#undef TENON_CPUID_FEATURE
#define TENON_HWCAP_FEATURE(BIT, NAME, VECTOR, VECTOR_BIT)                                                             \
  add(BIT, NAME, {"dotprod", "i8mm", "bf16", "fullfp16", "neon", "vfp4", "v"});
  if (triple.isAArch64()) {
    TENON_AARCH64_FEATURES(TENON_HWCAP_FEATURE)
  } else if (triple.isARM()) {
    TENON_ARM_FEATURES(TENON_HWCAP_FEATURE)
  } else if (triple.isRISCV()) {
    TENON_RISCV_FEATURES(TENON_HWCAP_FEATURE)
  }
#undef TENON_HWCAP_FEATURE
  return bits;
}

/// The row for a CPU: of those that ask for no instruction that it lacks the one that asks for most; of several its own,
/// else the last.
static StringRef chooseLevel(const llvm::Target &backend, const llvm::Triple &triple, StringRef cpu,
                             const llvm::MCSubtargetInfo &info) {
  const uint64_t described = getDescribedBits(triple), bits = getFeatureBits(triple, info) & described;
  StringRef best;
  std::pair<int, bool> bestRank = {-1, false};
  for (const TargetDescription &row : targetDescriptions()) {
    const auto *base = llvm::find_if(knownTargets, [&](const KnownTarget &t) { return t.name == row.target; });
    if (llvm::Triple(base->triple).getArch() != triple.getArch())
      continue;
    if (!row.features.empty() && !info.checkFeatures(row.features.str()))
      continue;
    std::string features = base->features.str() + (row.features.empty() ? "" : "," + row.features.str());
    std::unique_ptr<llvm::MCSubtargetInfo> asked(backend.createMCSubtargetInfo(triple, row.cpu, features));
    uint64_t needed = getFeatureBits(triple, *asked) & described;
    std::pair<int, bool> rank = {llvm::popcount(needed), row.cpu == cpu};
    if ((needed & ~bits) == 0 && rank >= bestRank) {
      best = row.name;
      bestRank = rank;
    }
  }
  return best;
}

/// The psABI's levels may be written short: v3 is x86-64-v3, and v1 is x86-64.
static std::string expandCPU(const llvm::Triple &triple, StringRef cpu) {
  if (!triple.isX86() || cpu.size() != 2 || cpu[0] != 'v' || !llvm::isDigit(cpu[1]))
    return cpu.str();
  return cpu == "v1" ? "x86-64" : ("x86-64-" + cpu).str();
}

/// The target that has a CPU of this name; empty where none has.
static StringRef findTargetOfCPU(StringRef cpu) {
  std::string message;
  for (const KnownTarget &known : knownTargets) {
    llvm::Triple triple(known.triple);
    const llvm::Target *backend = llvm::TargetRegistry::lookupTarget(triple, message);
    std::unique_ptr<llvm::MCSubtargetInfo> info(backend ? backend->createMCSubtargetInfo(triple, "", "") : nullptr);
    if (info && info->isCPUStringValid(cpu))
      return known.name;
  }
  return "";
}

llvm::Expected<Target> Target::create(const TargetOptions &options) {
  initializeTargets();
  Target target;
  target.options = options;
  if (options.optLevel > 3)
    return makeError("optimization levels go from 0 to 3, but got " + Twine(options.optLevel));

  if (options.name == "host") {
    target.triple = llvm::Triple(llvm::sys::getDefaultTargetTriple());
    target.cpu = llvm::sys::getHostCPUName().str();
    target.features = getHostFeatures();
    target.indexBits = target.triple.isArch64Bit() ? 64 : 32;
    if (target.triple.isRISCV())
      target.abi = "lp64d";
  } else {
    const auto *known = llvm::find_if(knownTargets, [&](const KnownTarget &t) { return t.name == options.name; });
    if (known == std::end(knownTargets))
      return makeError("unknown target '" + options.name + "'; the known ones are " + llvm::join(getNames(), ", "));
    target.triple = llvm::Triple(known->triple);
    target.cpu = known->cpu;
    target.features = known->features;
    target.abi = known->abi;
    target.indexBits = known->indexBits;
  }
  // A CPU replaces the baseline and, on this machine, what was found here.
  const bool isHostCPU = options.cpu == "native" || options.cpu == "host";
  if (isHostCPU && options.name != "host")
    return makeError("--cpu=" + options.cpu + " goes with --target=host, but the target is '" + options.name + "'");
  if (!options.cpu.empty() && !isHostCPU) {
    target.cpu = expandCPU(target.triple, options.cpu);
    if (options.name == "host")
      target.features.clear();
  }
  if (!options.features.empty())
    target.features += (target.features.empty() ? "" : ",") + options.features;

  std::string message;
  const llvm::Target *backend = llvm::TargetRegistry::lookupTarget(target.triple, message);
  if (!backend)
    return makeError("this build of LLVM has no code generator for '" + target.triple.str() + "': " + message);
  // Ask with a CPU that exists: LLVM would only warn about an unknown one, on stderr.
  std::unique_ptr<llvm::MCSubtargetInfo> generic(backend->createMCSubtargetInfo(target.triple, "", ""));
  if (!generic->isCPUStringValid(target.cpu)) {
    StringRef other = findTargetOfCPU(target.cpu);
    return makeError("unknown CPU '" + target.cpu + "' for target '" + options.name + "'" +
                     (other.empty() ? "" : "; it is one of target '" + other + "'"));
  }
  for (StringRef feature : llvm::split(options.features, ',')) {
    if (feature.empty())
      continue;
    bool known = llvm::any_of(generic->getAllProcessorFeatures(),
                              [&](const auto &candidate) { return feature.drop_front() == candidate.Key; });
    if (!known || (feature[0] != '+' && feature[0] != '-'))
      return makeError("unknown feature '" + feature + "' for target '" + options.name +
                       "'; features are written +name or -name, separated by commas");
  }

  std::unique_ptr<llvm::MCSubtargetInfo> info(
      backend->createMCSubtargetInfo(target.triple, target.cpu, target.features));
  target.cpuFeatureBits = getFeatureBits(target.triple, *info);
  target.level = chooseLevel(*backend, target.triple, target.cpu, *info);
  if (const KnownTarget *base = findBase(target.triple)) {
    std::unique_ptr<llvm::MCSubtargetInfo> least(
        backend->createMCSubtargetInfo(target.triple, base->cpu, base->features));
    if (target.cpuFeatureBits & ~getFeatureBits(target.triple, *least)) {
      target.baselineCPU = base->cpu;
      target.baselineFeatures = base->features;
    }
  }
  return target;
}

llvm::Expected<SmallVector<Target, 1>> Target::createLevels(const TargetOptions &options) {
  SmallVector<StringRef> names;
  StringRef(options.cpu).split(names, ',');
  if (names.size() > 1 && llvm::is_contained(names, ""))
    return makeError("expected CPUs separated by commas, but got '" + options.cpu + "'");
  SmallVector<Target, 1> named, levels;
  for (StringRef name : names) {
    TargetOptions one = options;
    one.cpu = name.str();
    llvm::Expected<Target> target = create(one);
    if (!target)
      return target.takeError();
    if (target->isWasm() && names.size() > 1)
      return makeError("target '" + options.name +
                       "' has no CPU levels to choose from at run time, because a module cannot ask what its machine can "
                       "do; compile a module for each");
    for (const Target &other : named) {
      if (other.cpu == target->cpu)
        return makeError("CPU '" + target->cpu + "' is listed twice");
      if (other.cpuFeatureBits == target->cpuFeatureBits)
        return makeError("CPUs '" + other.cpu + "' and '" + target->cpu +
                         "' have the same features, so one of them would never be chosen");
    }
    named.push_back(std::move(*target));
  }
  // The one that was named last of those that no other one exceeds.
  while (!named.empty()) {
    auto isExceeded = [&](const Target &level) {
      return llvm::any_of(named, [&](const Target &other) {
        return &other != &level && (level.cpuFeatureBits & ~other.cpuFeatureBits) == 0;
      });
    };
    auto next = std::find_if_not(named.rbegin(), named.rend(), isExceeded);
    levels.push_back(std::move(*next));
    named.erase(std::next(next).base());
  }
  return levels;
}

std::unique_ptr<llvm::TargetMachine> Target::createMachine() const {
  std::string message;
  const llvm::Target *backend = llvm::TargetRegistry::lookupTarget(triple, message);
  llvm::TargetOptions machine;
  // The numerics contract: an fma is written where an op's definition has it, and never made of a multiplication and an
  // addition.
  machine.AllowFPOpFusion = llvm::FPOpFusion::Strict;
  machine.FunctionSections = true;
  machine.DataSections = true;
  if (triple.isARM())
    machine.FloatABIType = llvm::FloatABI::Hard;
  machine.MCOptions.ABIName = abi;
  return std::unique_ptr<llvm::TargetMachine>(
      backend->createTargetMachine(triple, cpu, features, machine, llvm::Reloc::PIC_, std::nullopt,
                                   static_cast<llvm::CodeGenOptLevel>(options.optLevel)));
}

void Target::attachTo(ModuleOp module) const {
  MLIRContext *context = module.getContext();
  Builder b(context);
  context->getOrLoadDialect<DLTIDialect>();
  context->getOrLoadDialect<LLVM::LLVMDialect>();
  module->setAttr(LLVM::LLVMDialect::getTargetTripleAttrName(), b.getStringAttr(triple.str()));
  module->setAttr(LLVM::LLVMDialect::getDataLayoutAttrName(), b.getStringAttr(triple.computeDataLayout(abi)));
  auto width = DataLayoutEntryAttr::get(b.getIndexType(), b.getI64IntegerAttr(indexBits));
  module->setAttr(DLTIDialect::kDataLayoutAttrName, DataLayoutSpecAttr::get(context, {width}));
}

std::string Target::getKey() const {
  return triple.str() + "|" + cpu + "|" + features + "|" + abi + "|O" + llvm::utostr(options.optLevel);
}
