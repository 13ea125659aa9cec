// The table of CPU levels.
#include "compiler/Codegen/TargetDescription.h"

#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace mlir::tenon;

// Cache sizes are those of ordinary machines of a level, not the largest: a block that is too small costs a few
// percent, one that is too large costs half the speed.
static constexpr TargetDescription table[] = {
    // name               regs  bits  fma  masked rounds converts16 wideIntegers L1  L2
    {"x86-64-v2", 16, 128, false, 0, true, false, true, 32 << 10, 256 << 10},
    {"x86-64-v3", 16, 256, true, 32, true, true, true, 32 << 10, 512 << 10},
    {"x86-64-v4", 32, 512, true, 8, true, true, true, 32 << 10, 1024 << 10},
    {"znver5", 32, 512, true, 8, true, true, true, 48 << 10, 1024 << 10},
    {"aarch64", 32, 128, true, 0, true, true, true, 32 << 10, 512 << 10},
    // armhf as Debian has it: VFPv3-D16, neither NEON nor fused multiply-add.
    {"armv7", 16, 0, false, 0, false, false, false, 32 << 10, 256 << 10},
    // NEON here flushes subnormal f32 to zero, which scalars do not.
    {"armv7-neon", 16, 128, true, 0, false, false, false, 32 << 10, 256 << 10},
    {"riscv64", 32, 0, true, 0, false, false, true, 32 << 10, 256 << 10},
    {"riscv64-v", 32, 128, true, 8, false, false, true, 32 << 10, 256 << 10},
    {"wasm32", 16, 0, false, 0, true, false, true, 32 << 10, 256 << 10},
    // Relaxed SIMD's multiply-add may round once or twice: not reproducible, so not used.
    {"wasm32-simd128", 16, 128, false, 0, true, false, true, 32 << 10, 256 << 10},
};

int64_t TargetDescription::lanes(Type type) const {
  return std::max<int64_t>(1, vectorBits / std::max(8u, type.getIntOrFloatBitWidth()));
}

bool TargetDescription::masks(Type type) const {
  // LLVM breaks masked accesses of bf16 into branches on levels that load 16-bit integers under a mask.
  return maskedBits && type.getIntOrFloatBitWidth() >= maskedBits && !type.isBF16();
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
