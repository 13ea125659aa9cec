/* Messages: a sentence in the buffer that the caller's context lends. */
#include "text.h"

int tenon_message_begin(struct text *text, const struct tenon_context *context, const char *function) {
  if (!CONTEXT_HAS(context, message_capacity) || context->message == NULL || context->message_capacity == 0)
    return 0;
  text->buffer = context->message;
  text->capacity = context->message_capacity - 1;
  text->length = 0;
  text->flush = NULL;
  text->host = NULL;
  if (function != NULL) {
    tenon_text_string(text, function);
    tenon_text_string(text, ": ");
  }
  return 1;
}

void tenon_message_end(struct text *text) {
  size_t length = text->length;
  if (length == text->capacity) {
    /* Perhaps cut inside a UTF-8 sequence: drop its lead byte and what follows unless the sequence is whole. */
    size_t lead = length;
    while (lead > 0 && ((unsigned char)text->buffer[lead - 1] & 0xC0u) == 0x80u) --lead;
    if (lead > 0) {
      unsigned char first = (unsigned char)text->buffer[lead - 1];
      size_t needed = first < 0xC0u ? 1u : first < 0xE0u ? 2u : first < 0xF0u ? 3u : 4u;
      if (length - (lead - 1) < needed)
        length = lead - 1;
    }
  }
  text->buffer[length] = 0;
}
