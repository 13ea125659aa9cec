/* An argument whose address is not a multiple of what its elements need. */
#include "tenon/runtime/compiled.h"
#include "text.h"

int32_t tenon_runtime_misaligned(const struct tenon_context *context, const char *function, const char *argument,
                                 const void *pointer, size_t alignment) {
  struct text text;
  if (tenon_message_begin(&text, context, function)) {
    tenon_text_string(&text, "argument `");
    tenon_text_string(&text, argument);
    tenon_text_string(&text, "` is at ");
    tenon_text_hex(&text, (uintptr_t)pointer);
    tenon_text_string(&text, ", but has to be aligned to ");
    tenon_text_unsigned(&text, alignment);
    tenon_text_string(&text, alignment == 1 ? " byte" : " bytes");
    tenon_message_end(&text);
  }
  return TENON_ERROR_MISALIGNED;
}
