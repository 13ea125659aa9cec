/* An open dimension that no tensor can have. */
#include "tenon/runtime/compiled.h"
#include "text.h"

int32_t tenon_runtime_bad_dimension(const struct tenon_context *context, const char *function, const char *dimension,
                                    int64_t value, int64_t minimum, int64_t maximum) {
  struct text text;
  if (tenon_message_begin(&text, context, function)) {
    tenon_text_string(&text, "dimension `");
    tenon_text_string(&text, dimension);
    tenon_text_string(&text, "` is ");
    tenon_text_integer(&text, value);
    if (value < minimum) {
      tenon_text_string(&text, ", but has to be at least ");
      tenon_text_integer(&text, minimum);
    } else {
      tenon_text_string(&text, ", but may be at most ");
      tenon_text_integer(&text, maximum);
    }
    tenon_message_end(&text);
  }
  return TENON_ERROR_DIMENSION;
}
