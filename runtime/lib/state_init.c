/* A state's first values. */
#include "saved_state.h"

void tenon_runtime_state_init(const struct tenon_state_info *info, void *state) {
  int32_t i;
  for (i = 0; i < info->variable_count; ++i) {
    const struct tenon_variable_info *variable = &info->variables[i];
    unsigned char *to = (unsigned char *)state + variable->offset;
    const size_t bytes = (size_t)variable->bytes, step = (size_t)variable->initial_bytes;
    size_t k;
    if (variable->initial == NULL)
      memset(to, 0, bytes);
    else
      for (k = 0; k < bytes; k += step) memcpy(to + k, variable->initial, step);
  }
}
