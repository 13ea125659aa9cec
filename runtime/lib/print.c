/* Prints: text to the host's service. */
#include "format.h"
#include "tenon/runtime/compiled.h"

void tenon_runtime_print(const struct tenon_frame *frame, const char *format, int32_t count,
                         const struct tenon_tensor *tensors) {
  const struct tenon_context *context = frame->context;
  char buffer[256];
  struct text text;
  int32_t i;
  if (frame->status != TENON_OK || !CONTEXT_HAS(context, print) || context->print == NULL)
    return;
  text.buffer = buffer;
  text.capacity = sizeof buffer;
  text.length = 0;
  text.flush = context->print;
  text.host = context->host;
  for (i = 0; i < count && format != NULL; ++i) {
    format = tenon_text_until_hole(&text, format);
    if (format != NULL)
      tenon_text_tensor(&text, &tensors[i]);
  }
  if (format != NULL)
    tenon_text_string(&text, format);
  tenon_text_char(&text, '\n');
  tenon_text_flush(&text);
}
