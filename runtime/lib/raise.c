/* Errors inside a body: the first one counts. */
#include "tenon/runtime/compiled.h"
#include "text.h"

/* Tasks on several threads may fail at once; one of them gets to write the message. */
int tenon_claim_error(struct tenon_frame *frame, int32_t code) {
  int32_t none = TENON_OK;
#if defined(__GNUC__)
  return __atomic_compare_exchange_n(&frame->status, &none, code, 0, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
#else
  if (frame->status != none)
    return 0;
  frame->status = code;
  return 1;
#endif
}

void tenon_runtime_raise(struct tenon_frame *frame, int32_t code, const char *format, int32_t count,
                         const int64_t *values) {
  struct text text;
  int32_t i;
  if (!tenon_claim_error(frame, code))
    return;
  if (!tenon_message_begin(&text, frame->context, frame->function))
    return;
  for (i = 0; i < count && format != NULL; ++i) {
    format = tenon_text_until_hole(&text, format);
    if (format != NULL)
      tenon_text_integer(&text, values[i]);
  }
  if (format != NULL)
    tenon_text_string(&text, format);
  tenon_message_end(&text);
}
