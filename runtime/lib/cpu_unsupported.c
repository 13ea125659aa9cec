/* A model for another CPU: which instructions are missing. */
#include "tenon/runtime/compiled.h"
#include "tenon/runtime/cpu.h"
#include "text.h"

static const char *name_of(int32_t bit) {
#define X86(number, name, leaf, subleaf, reg, reg_bit)                                                                 \
  case number: return name;
#define HWCAP(number, name, vector, vector_bit)                                                                        \
  case number: return name;
  switch (bit) {
#if defined(__x86_64__) || defined(__i386__)
    TENON_X86_FEATURES(X86)
#elif defined(__aarch64__)
    TENON_AARCH64_FEATURES(HWCAP)
#elif defined(__arm__)
    TENON_ARM_FEATURES(HWCAP)
#elif defined(__riscv)
    TENON_RISCV_FEATURES(HWCAP)
#endif
  default: return NULL;
  }
}

int32_t tenon_runtime_cpu_unsupported(const struct tenon_context *context, const char *function, uint64_t features) {
  struct text text;
  if (tenon_message_begin(&text, context, function)) {
    int32_t bit, named = 0;
    tenon_text_string(&text, "compiled for a CPU with more features than this one, which lacks ");
    for (bit = 0; bit < 64; ++bit) {
      const uint64_t feature = UINT64_C(1) << bit;
      const char *name = name_of(bit);
      if ((features & feature) == 0 || tenon_runtime_cpu_supported(feature))
        continue;
      if (named++ > 0)
        tenon_text_string(&text, ", ");
      if (name != NULL) {
        tenon_text_string(&text, name);
      } else {
        tenon_text_string(&text, "feature ");
        tenon_text_integer(&text, bit);
      }
    }
    tenon_message_end(&text);
  }
  return TENON_ERROR_CPU;
}
