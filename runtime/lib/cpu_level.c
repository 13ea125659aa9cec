/* Which of a model's levels runs on this CPU. */
#include "tenon/runtime/compiled.h"

int32_t tenon_runtime_cpu_level(const struct tenon_level_info *levels, int32_t count) {
  int32_t i = 0;
  while (i < count && !tenon_runtime_cpu_supported(levels[i].cpu_features)) ++i;
  return i;
}
