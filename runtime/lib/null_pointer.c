/* An argument that is null. */
#include "tenon/runtime/compiled.h"
#include "text.h"

int32_t tenon_runtime_null_pointer(const struct tenon_context *context, const char *function, const char *argument) {
  struct text text;
  if (tenon_message_begin(&text, context, function)) {
    tenon_text_string(&text, "argument `");
    tenon_text_string(&text, argument);
    tenon_text_string(&text, "` is null, but has to point to its elements");
    tenon_message_end(&text);
  }
  return TENON_ERROR_NULL_POINTER;
}
