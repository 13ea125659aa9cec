/* A state as bytes that every target reads. */
#include "saved_state.h"
#include "text.h"

static void put(unsigned char *bytes, uint64_t value, int count) {
  int i;
  for (i = 0; i < count; ++i) bytes[i] = (unsigned char)(value >> (8 * i));
}

int32_t tenon_runtime_state_save(const struct tenon_context *context, const char *function,
                                 const struct tenon_state_info *info, const void *state, void *bytes, size_t size) {
  unsigned char *out = (unsigned char *)bytes;
  const int32_t code = tenon_saved_state_pointers(context, function, info, state, bytes);
  size_t position = SAVED_HEADER_BYTES;
  int32_t i;
  if (code != TENON_OK)
    return code;
  if (size < info->saved_bytes) {
    struct text text;
    if (tenon_message_begin(&text, context, function)) {
      tenon_text_string(&text, "`bytes` has room for ");
      tenon_text_unsigned(&text, size);
      tenon_text_string(&text, " bytes, but the saved state takes ");
      tenon_text_unsigned(&text, info->saved_bytes);
      tenon_message_end(&text);
    }
    return TENON_ERROR_STATE;
  }
  for (i = 0; i < info->variable_count; ++i) {
    const struct tenon_variable_info *variable = &info->variables[i];
    memcpy(out + position, (const unsigned char *)state + variable->offset, (size_t)variable->bytes);
    position += (size_t)variable->bytes;
  }
  memcpy(out, SAVED_MAGIC, SAVED_VERSION_OFFSET);
  put(out + SAVED_VERSION_OFFSET, SAVED_VERSION, 4);
  put(out + SAVED_HASH_OFFSET, info->hash, 8);
  put(out + SAVED_BYTES_OFFSET, info->saved_bytes, 8);
  put(out + SAVED_CHECKSUM_OFFSET, tenon_saved_state_checksum(out + SAVED_HASH_OFFSET, position - SAVED_HASH_OFFSET),
      4);
  return TENON_OK;
}
