/* The bounded writer behind messages and prints; see text.h. */
#include "text.h"

void tenon_text_flush(struct text *text) {
  if (text->flush != NULL && text->length > 0)
    text->flush(text->host, text->buffer, text->length);
  if (text->flush != NULL)
    text->length = 0;
}

void tenon_text_bytes(struct text *text, const char *bytes, size_t length) {
  size_t i;
  for (i = 0; i < length; ++i) {
    if (text->length == text->capacity) {
      if (text->flush == NULL)
        return;
      tenon_text_flush(text);
    }
    text->buffer[text->length++] = bytes[i];
  }
}

void tenon_text_string(struct text *text, const char *string) {
  size_t length = 0;
  while (string[length] != 0) ++length;
  tenon_text_bytes(text, string, length);
}

void tenon_text_char(struct text *text, char character) { tenon_text_bytes(text, &character, 1); }

static void write_digits(struct text *text, uint64_t value, unsigned base) {
  char digits[20]; /* 2^64 - 1 has 20 decimal digits */
  size_t first = sizeof digits;
  do {
    digits[--first] = "0123456789abcdef"[value % base];
    value /= base;
  } while (value != 0);
  tenon_text_bytes(text, digits + first, sizeof digits - first);
}

void tenon_text_unsigned(struct text *text, uint64_t value) { write_digits(text, value, 10); }

void tenon_text_integer(struct text *text, int64_t value) {
  if (value < 0)
    tenon_text_char(text, '-');
  /* Negated as unsigned: the least integer has no positive counterpart. */
  write_digits(text, value < 0 ? 0 - (uint64_t)value : (uint64_t)value, 10);
}

void tenon_text_hex(struct text *text, uint64_t value) {
  tenon_text_string(text, "0x");
  write_digits(text, value, 16);
}

const char *tenon_text_until_hole(struct text *text, const char *format) {
  size_t i = 0;
  while (format[i] != 0 && !(format[i] == '{' && format[i + 1] == '}')) ++i;
  tenon_text_bytes(text, format, i);
  return format[i] == 0 ? NULL : format + i + 2;
}
