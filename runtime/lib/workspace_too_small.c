/* A workspace with less room than the call needs. */
#include "tenon/runtime/compiled.h"
#include "text.h"

int32_t tenon_runtime_workspace_too_small(const struct tenon_context *context, const char *function, size_t needed,
                                          size_t given) {
  struct text text;
  if (tenon_message_begin(&text, context, function)) {
    tenon_text_string(&text, "the workspace has ");
    tenon_text_unsigned(&text, given);
    tenon_text_string(&text, given == 1 ? " byte, but has to have at least " : " bytes, but has to have at least ");
    tenon_text_unsigned(&text, needed);
    tenon_message_end(&text);
  }
  return TENON_ERROR_WORKSPACE_TOO_SMALL;
}
