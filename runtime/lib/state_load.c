/* A saved state's way back: everything is checked before the first byte is written. */
#include "saved_state.h"
#include "text.h"

static uint64_t get(const unsigned char *bytes, int count) {
  uint64_t value = 0;
  int i;
  for (i = 0; i < count; ++i) value |= (uint64_t)bytes[i] << (8 * i);
  return value;
}

/* "<function>: <before><first><between><second><after>" */
static int32_t refuse(const struct tenon_context *context, const char *function, const char *before, uint64_t first,
                      const char *between, uint64_t second, const char *after) {
  struct text text;
  if (tenon_message_begin(&text, context, function)) {
    tenon_text_string(&text, before);
    if (between != NULL) {
      tenon_text_unsigned(&text, first);
      tenon_text_string(&text, between);
      tenon_text_unsigned(&text, second);
      tenon_text_string(&text, after);
    }
    tenon_message_end(&text);
  }
  return TENON_ERROR_STATE;
}

/* The first boolean that is neither 0 nor 1, which compiled code does not expect, belongs to the variable returned. */
static const char *find_bad_boolean(const struct tenon_state_info *info, const unsigned char *in) {
  int32_t i;
  uint64_t k;
  for (i = 0; i < info->variable_count; ++i) {
    const struct tenon_variable_info *variable = &info->variables[i];
    if (variable->dtype == TENON_DTYPE_BOOL)
      for (k = 0; k < variable->bytes; ++k)
        if (in[k] > 1)
          return variable->name;
    in += variable->bytes;
  }
  return NULL;
}

int32_t tenon_runtime_state_load(const struct tenon_context *context, const char *function,
                                 const struct tenon_state_info *info, void *state, const void *bytes, size_t size) {
  const unsigned char *in = (const unsigned char *)bytes;
  const int32_t code = tenon_saved_state_pointers(context, function, info, state, bytes);
  const char *name;
  int32_t i;
  if (code != TENON_OK)
    return code;
  if (size < SAVED_HEADER_BYTES)
    return refuse(context, function, "`bytes` ends after ", size, " bytes, but a saved state begins with ",
                  SAVED_HEADER_BYTES, " of header");
  for (i = 0; i < SAVED_VERSION_OFFSET; ++i)
    if (in[i] != (unsigned char)SAVED_MAGIC[i])
      return refuse(context, function, "`bytes` is no saved state: it does not begin with " SAVED_MAGIC, 0, NULL, 0,
                    "");
  if (get(in + SAVED_VERSION_OFFSET, 4) != SAVED_VERSION)
    return refuse(context, function, "the state was saved in version ", get(in + SAVED_VERSION_OFFSET, 4),
                  " of the format, but this model reads version ", SAVED_VERSION, "");
  if (get(in + SAVED_HASH_OFFSET, 8) != info->hash)
    return refuse(context, function,
                  "the state was saved by another model: its variables have other names, dtypes or dimensions", 0, NULL,
                  0, "");
  if (get(in + SAVED_BYTES_OFFSET, 8) != info->saved_bytes)
    return refuse(context, function, "the state's header is damaged: it says ", get(in + SAVED_BYTES_OFFSET, 8),
                  " bytes where this model's states have ", info->saved_bytes, "");
  if (size < info->saved_bytes)
    return refuse(context, function, "the state is truncated: `bytes` ends after ", size, " of ", info->saved_bytes,
                  " bytes");
  if (tenon_saved_state_checksum(in + SAVED_HASH_OFFSET, (size_t)info->saved_bytes - SAVED_HASH_OFFSET) !=
      get(in + SAVED_CHECKSUM_OFFSET, 4))
    return refuse(context, function, "the state is damaged: its bytes do not have the checksum of when it was saved", 0,
                  NULL, 0, "");
  in += SAVED_HEADER_BYTES;
  name = find_bad_boolean(info, in);
  if (name != NULL) {
    struct text text;
    if (tenon_message_begin(&text, context, function)) {
      tenon_text_string(&text, "the state has an element of `");
      tenon_text_string(&text, name);
      tenon_text_string(&text, "` that is neither 0 nor 1, but they are booleans");
      tenon_message_end(&text);
    }
    return TENON_ERROR_STATE;
  }
  for (i = 0; i < info->variable_count; ++i) {
    const struct tenon_variable_info *variable = &info->variables[i];
    memcpy((unsigned char *)state + variable->offset, in, (size_t)variable->bytes);
    in += variable->bytes;
  }
  return TENON_OK;
}
