/* The bytes of a saved state, which tenon/runtime/abi.h describes. Internal to the runtime. */
#ifndef TENON_RUNTIME_LIB_SAVED_STATE_H
#define TENON_RUNTIME_LIB_SAVED_STATE_H

#include "tenon/runtime/compiled.h"

/* Elements are copied as they lie in memory. */
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "a saved state is little-endian, as every target of Tenon is: this machine's elements would have to be reversed"
#endif

/* Two of the three functions that models need of a C library; a target without <string.h> has them, too. */
void *memcpy(void *to, const void *from, size_t size);
void *memset(void *to, int byte, size_t size);

enum {
  SAVED_VERSION = 1,
  SAVED_VERSION_OFFSET = 8,
  SAVED_CHECKSUM_OFFSET = 12,
  SAVED_HASH_OFFSET = 16, /* and the first byte that the checksum covers */
  SAVED_BYTES_OFFSET = 24,
  SAVED_HEADER_BYTES = 32
};
#define SAVED_MAGIC "TENONVAR"

/* CRC-32 of `size` bytes (IEEE 802.3: reflected polynomial 0xEDB88320). */
uint32_t tenon_saved_state_checksum(const unsigned char *bytes, size_t size);

/* The null and alignment checks that saving and loading share. -> TENON_OK or the code, its message written */
int32_t tenon_saved_state_pointers(const struct tenon_context *context, const char *function,
                                   const struct tenon_state_info *info, const void *state, const void *bytes);

#endif
