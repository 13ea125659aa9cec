/* A bounded writer: text goes into a caller's buffer, or in pieces to a function. Internal to the runtime. */
#ifndef TENON_RUNTIME_LIB_TEXT_H
#define TENON_RUNTIME_LIB_TEXT_H

#include "tenon/runtime/abi.h"

struct text {
  char *buffer;
  size_t capacity;
  size_t length;        /* bytes in the buffer now */
  tenon_print_fn flush; /* null: what does not fit is dropped */
  void *host;
};

void tenon_text_bytes(struct text *text, const char *bytes, size_t length);
void tenon_text_string(struct text *text, const char *string);
void tenon_text_char(struct text *text, char character);
void tenon_text_integer(struct text *text, int64_t value);
void tenon_text_unsigned(struct text *text, uint64_t value);
void tenon_text_hex(struct text *text, uint64_t value);

/* Copies `format` up to its next {}, and returns what follows it; null when there is none left. */
const char *tenon_text_until_hole(struct text *text, const char *format);

/* Hands over what is left in the buffer. */
void tenon_text_flush(struct text *text);

/* Begins a message in the context's buffer with "<function>: ". Returns 0, and nothing is to be written, when there is
 * no context, buffer or room for a NUL. */
int tenon_message_begin(struct text *text, const struct tenon_context *context, const char *function);

/* Ends it with a NUL; a message that was cut ends at a character's boundary. */
void tenon_message_end(struct text *text);

/* Makes `code` the frame's status and returns 1, unless it has an error already. */
struct tenon_frame;
int tenon_claim_error(struct tenon_frame *frame, int32_t code);

/* Whether the caller's context is recent enough to have `field`. */
#define CONTEXT_HAS(context, field)                                                                                    \
  ((context) != NULL && (context)->struct_size >= offsetof(struct tenon_context, field) + sizeof((context)->field))

#endif
