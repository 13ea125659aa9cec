/* What this CPU can do: cpuid on x86, the auxiliary vector on Linux elsewhere. */
#include "tenon/runtime/compiled.h"
#include "tenon/runtime/cpu.h"

#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>

struct feature {
  uint32_t leaf;
  uint8_t bit, subleaf, reg, reg_bit;
};

#define FEATURE(bit, name, leaf, subleaf, reg, reg_bit) {leaf, bit, subleaf, reg, reg_bit},
static const struct feature features_of_x86[] = {TENON_X86_FEATURES(FEATURE)};

static uint64_t detect(void) {
  uint64_t found = 0;
  uint32_t xcr0 = 0;
  size_t i;
  unsigned reg[4];
  if (__get_cpuid_count(1, 0, &reg[0], &reg[1], &reg[2], &reg[3]) && (reg[2] >> 27 & 1u) != 0) {
    uint32_t high;
    __asm__ volatile(".byte 0x0f, 0x01, 0xd0" : "=a"(xcr0), "=d"(high) : "c"(0)); /* xgetbv, without -mxsave */
  }
  for (i = 0; i < sizeof features_of_x86 / sizeof features_of_x86[0]; ++i) {
    const struct feature *feature = &features_of_x86[i];
    if (__get_cpuid_count(feature->leaf, feature->subleaf, &reg[0], &reg[1], &reg[2], &reg[3]) &&
        (reg[feature->reg] >> feature->reg_bit & 1u) != 0)
      found |= UINT64_C(1) << feature->bit;
  }
  if ((xcr0 & 0x6u) != 0x6u)
    found &= ~(TENON_X86_NEEDS_YMM | TENON_X86_NEEDS_ZMM);
  if ((xcr0 & 0xe6u) != 0xe6u)
    found &= ~TENON_X86_NEEDS_ZMM;
  return found;
}

/* The runtime's only variable: cpuid takes a microsecond or more in a virtual machine, an entry point nanoseconds.
 * Every thread that writes it writes the same value, so there is nothing to lock and no call can see another's. */
#define KNOWN (UINT64_C(1) << 63)
static uint64_t known_features;

static uint64_t have(void) {
  uint64_t found = __atomic_load_n(&known_features, __ATOMIC_RELAXED);
  if ((found & KNOWN) == 0) {
    found = detect() | KNOWN;
    __atomic_store_n(&known_features, found, __ATOMIC_RELAXED);
  }
  return found;
}

#elif defined(__linux__) && (defined(__aarch64__) || defined(__arm__) || defined(__riscv))
#include <sys/auxv.h>

#define FEATURE(bit, name, vector, vector_bit) found |= (uint64_t)(vectors[vector] >> (vector_bit) & 1u) << (bit);

static uint64_t have(void) {
  const unsigned long vectors[2] = {getauxval(AT_HWCAP), getauxval(AT_HWCAP2)};
  uint64_t found = 0;
#if defined(__aarch64__)
  TENON_AARCH64_FEATURES(FEATURE)
#elif defined(__arm__)
  TENON_ARM_FEATURES(FEATURE)
#else
  TENON_RISCV_FEATURES(FEATURE)
#endif
  return found;
}

#else

/* Nothing to ask: models for such targets need no features beyond what everything here is compiled for. */
static uint64_t have(void) { return 0; }

#endif

int32_t tenon_runtime_cpu_supported(uint64_t features) { return features == 0 || (features & ~have()) == 0; }
