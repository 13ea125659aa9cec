/* What saving and loading a state share: the checksum, and checks of pointers. */
#include "saved_state.h"
#include "tenon/runtime/host.h"

uint32_t tenon_saved_state_checksum(const unsigned char *bytes, size_t size) {
  /* A table of 16 instead of 256: half a byte at a time, for programs that count bytes. */
  static const uint32_t table[16] = {0x00000000u, 0x1db71064u, 0x3b6e20c8u, 0x26d930acu, 0x76dc4190u, 0x6b6b51f4u,
                                     0x4db26158u, 0x5005713cu, 0xedb88320u, 0xf00f9344u, 0xd6d6a3e8u, 0xcb61b38cu,
                                     0x9b64c2b0u, 0x86d3d2d4u, 0xa00ae278u, 0xbdbdf21cu};
  uint32_t checksum = 0xffffffffu;
  size_t i;
  for (i = 0; i < size; ++i) {
    checksum ^= bytes[i];
    checksum = checksum >> 4 ^ table[checksum & 15u];
    checksum = checksum >> 4 ^ table[checksum & 15u];
  }
  return ~checksum;
}

int32_t tenon_saved_state_pointers(const struct tenon_context *context, const char *function,
                                   const struct tenon_state_info *info, const void *state, const void *bytes) {
  size_t alignment = 1;
  int32_t i;
  if (state == NULL)
    return tenon_runtime_null_pointer(context, function, "state");
  if (bytes == NULL)
    return tenon_runtime_null_pointer(context, function, "bytes");
  for (i = 0; i < info->variable_count; ++i) {
    const size_t element = tenon_dtype_size(info->variables[i].dtype);
    if (alignment < element)
      alignment = element;
  }
  if ((uintptr_t)state % alignment != 0)
    return tenon_runtime_misaligned(context, function, "state", state, alignment);
  return TENON_OK;
}
