// The table of CPU levels.
#include "compiler/Codegen/TargetDescription.h"

#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace mlir::tenon;

static constexpr DotProduct u8i8 = DotProduct::UnsignedSigned, i8i8 = DotProduct::SignedSigned;

// Cache sizes are those of ordinary machines of a level, not the largest: a block that is too small costs a few
// percent, one that is too large costs half the speed. LLVM does not know them (32 KB and 256 KB for every x86, nothing
// for others); nor the multiply-adds of armv7, riscv64 and wasm32, which are those of Cortex-A9 and A15, SiFive's U74
// and X280, and an engine on x86.
// clang-format off
static constexpr TargetDescription table[] = {
    //                                                                         multiply-add         f16 64-bit                      8-bit     bf16 f16
    // name, and what LLVM is told                                  regs bits  is lat /cycle mask round cvt int  L1        L2          dot  mm  dot  arithmetic
    {"x86-64",         "x86-64",  "x86-64",         "",              16, 128, false, 3, 1,  0, false, false, true, 32 << 10,  256 << 10},
    {"x86-64-v2",      "x86-64",  "x86-64-v2",      "",              16, 128, false, 3, 1,  0, true,  false, true, 32 << 10,  256 << 10},
    {"x86-64-v3",      "x86-64",  "x86-64-v3",      "",              16, 256, true,  5, 2, 32, true,  true,  true, 32 << 10,  512 << 10},
    {"alderlake",      "x86-64",  "alderlake",      "",              16, 256, true,  4, 2, 32, true,  true,  true, 32 << 10, 1024 << 10, u8i8},
    {"x86-64-v4",      "x86-64",  "x86-64-v4",      "",              32, 512, true,  4, 2,  8, true,  true,  true, 32 << 10, 1024 << 10},
    {"icelake-server", "x86-64",  "icelake-server", "",              32, 512, true,  4, 2,  8, true,  true,  true, 48 << 10, 1024 << 10, u8i8},
    {"znver4",         "x86-64",  "znver4",         "",              32, 512, true,  4, 1,  8, true,  true,  true, 32 << 10, 1024 << 10, u8i8, false, true},
    {"znver5",         "x86-64",  "znver5",         "",              32, 512, true,  4, 2,  8, true,  true,  true, 48 << 10, 1024 << 10, u8i8, false, true},
    {"sapphirerapids", "x86-64",  "sapphirerapids", "",              32, 512, true,  4, 2,  8, true,  true,  true, 48 << 10, 2048 << 10, u8i8, false, true, true},
    {"aarch64",        "aarch64", "generic",        "",              32, 128, true,  4, 2,  0, true,  true,  true, 32 << 10,  512 << 10},
    // Neoverse-N1 (Graviton2, Altra) is the same core.
    {"cortex-a76",     "aarch64", "cortex-a76",     "",              32, 128, true,  2, 2,  0, true,  true,  true, 64 << 10,  512 << 10, i8i8, false, false, true},
    // Graviton3. Of SVE only the predicates are used, on 128 bits: code for its length of 256 would be wrong on others.
    {"neoverse-v1",    "aarch64", "neoverse-v1",    "",              32, 128, true,  2, 4,  8, true,  true,  true, 64 << 10, 1024 << 10, i8i8, true, true, true},
    // armhf as Debian has it: VFPv3-D16, neither NEON nor fused multiply-add.
    {"armv7",          "armv7",   "generic",        "",              16,   0, false, 4, 1,  0, false, false, false, 32 << 10, 256 << 10},
    // NEON here flushes subnormal f32 to zero, which scalars do not.
    {"armv7-neon",     "armv7",   "generic",        "+neon,+vfp4",   16, 128, true,  5, 1,  0, false, false, false, 32 << 10, 256 << 10},
    {"riscv64",        "riscv64", "generic-rv64",   "",              32,   0, true,  5, 1,  0, false, false, true, 32 << 10,  256 << 10},
    {"riscv64-v",      "riscv64", "generic-rv64",   "+v",            32, 128, true,  5, 1,  8, false, false, true, 32 << 10,  256 << 10},
    {"wasm32",         "wasm32",  "generic",        "-simd128",      16,   0, false, 4, 1,  0, true,  false, true, 32 << 10,  256 << 10},
    // Relaxed SIMD's multiply-add may round once or twice: not reproducible, so not used.
    {"wasm32-simd128", "wasm32",  "generic",        "+simd128",      16, 128, false, 4, 1,  0, true,  false, true, 32 << 10,  256 << 10},
};
// clang-format on

int64_t TargetDescription::lanes(Type type) const {
  return std::max<int64_t>(1, vectorBits / std::max(8u, type.getIntOrFloatBitWidth()));
}

bool TargetDescription::masks(Type type) const {
  // LLVM breaks masked accesses of bf16 into branches on levels that load 16-bit integers under a mask.
  return maskedBits && type.getIntOrFloatBitWidth() >= maskedBits && !type.isBF16();
}

int64_t TargetDescription::tileVectors() const { return vectorRegisters / 8; }

int64_t TargetDescription::tileRows() const {
  // Without fma each vector's product is live, too, and on x86 a copy of it: the multiplication overwrites an operand.
  int64_t rowOfVectors = tileVectors() * (fma ? 1 : 3), broadcast = 1;
  return (vectorRegisters - rowOfVectors - broadcast) / tileVectors();
}

bool TargetDescription::scales() const {
  // AVX-512 has both, and nothing else has either.
  return vectorBits == 512;
}

llvm::ArrayRef<TargetDescription> mlir::tenon::targetDescriptions() { return table; }

const TargetDescription *mlir::tenon::findTargetDescription(llvm::StringRef name) {
  const auto *it = llvm::find_if(table, [&](const TargetDescription &target) { return target.name == name; });
  return it == std::end(table) ? nullptr : it;
}

const TargetDescription *mlir::tenon::findTargetDescription(llvm::StringRef name,
                                                            llvm::function_ref<InFlightDiagnostic()> emitError) {
  const TargetDescription *target = findTargetDescription(name);
  if (!target) {
    auto names = llvm::map_range(table, [](const TargetDescription &target) { return target.name.str(); });
    emitError() << "expected `target` to be one of " << llvm::join(names, ", ") << ", but got `" << name << "`";
  }
  return target;
}

void mlir::tenon::printTargetDescriptions(llvm::raw_ostream &os) {
  static constexpr const char *dotNames[] = {"", "u8i8", "i8i8"};
  os << "name            registers fma/latency/cycle mask L1 KB L2 KB tile  instructions\n";
  for (const TargetDescription &row : table) {
    std::string tile = row.vectorBits ? std::to_string(row.tileRows()) + " x " + std::to_string(row.tileVectors()) : "";
    std::string line;
    llvm::raw_string_ostream stream(line);
    stream << llvm::format("%-15s %2u x %-4u %-3s %u %u %11u %8lld %5lld %-5s", row.name.data(), row.vectorRegisters,
                           row.vectorBits, row.fma ? "yes" : "no", row.fmaLatency, row.fmaPerCycle, row.maskedBits,
                           static_cast<long long>(row.l1Bytes >> 10), static_cast<long long>(row.l2Bytes >> 10),
                           tile.c_str());
    stream << (row.rounds ? " round" : "") << (row.converts16 ? " f16-conversion" : "")
           << (row.wideIntegers ? "" : " no-64-bit-division");
    if (row.dot8 != DotProduct::None)
      stream << " dot-" << dotNames[static_cast<int>(row.dot8)];
    stream << (row.matrix8 ? " matrix-i8" : "") << (row.dotBF16 ? " dot-bf16" : "") << (row.arithmetic16 ? " f16" : "");
    os << StringRef(line).rtrim() << "\n";
  }
}
