/* Tensors as NumPy prints them.
 *
 * The rules are those of numpy/_core/arrayprint.py with its default options: every element of an array takes the width
 * of the widest, floats share one notation, lines wrap at 75 columns, and above 1000 elements only the first and last
 * three of a dimension are shown. A scalar prints like a Python number instead.
 */
#include "decimal.h"
#include "format.h"
#include "tenon/runtime/host.h"

enum { LINE_WIDTH = 75, SUMMARY_ABOVE = 1000, EDGE_ITEMS = 3, PRECISION = 8 };

struct layout {
  struct text *text;
  const struct tenon_tensor *tensor;
  int is_float, summarize;
  int measuring; /* the first walk finds the widths, the second writes */

  /* Floats: what decides between 0.001 and 1.e-03, then the widths around the point. */
  int any_finite, any_nonfinite, any_negative_infinity, any_nonzero, scientific;
  double least, most; /* magnitudes, without zero */
  int width_before, width_after, exponent_width;
  int width; /* integers and bools */

  int column;  /* of what is written, pending spaces included */
  int pending; /* spaces not written yet: those before a line's end never are */
};

static void put(struct layout *layout, char character) {
  ++layout->column;
  if (character == ' ') {
    ++layout->pending;
    return;
  }
  for (; layout->pending > 0; --layout->pending) tenon_text_char(layout->text, ' ');
  tenon_text_char(layout->text, character);
}

static void put_spaces(struct layout *layout, int count) {
  for (; count > 0; --count) put(layout, ' ');
}

static void put_string(struct layout *layout, const char *string) {
  for (; *string != 0; ++string) put(layout, *string);
}

static void put_line_end(struct layout *layout) {
  tenon_text_char(layout->text, '\n');
  layout->column = 0;
  layout->pending = 0;
}

/*--- Floats ------------------------------------------------------------------------------------------------------- */

static int is_float(int32_t dtype) {
  return dtype == TENON_DTYPE_F32 || dtype == TENON_DTYPE_F64 || dtype == TENON_DTYPE_F16 || dtype == TENON_DTYPE_BF16;
}

/* The magnitude of a finite element, exactly: every type here fits a double. */
static double magnitude_of(const char *element, int32_t dtype) {
  union {
    unsigned char bytes[8];
    uint16_t half;
    uint32_t word;
    float single;
    double full;
  } bits;
  const size_t size = tenon_dtype_size(dtype);
  double value;
  size_t i;
  for (i = 0; i < size; ++i) bits.bytes[i] = (unsigned char)element[i];
  if (dtype == TENON_DTYPE_F64) {
    value = bits.full;
  } else if (dtype == TENON_DTYPE_F16) {
    int exponent = bits.half >> 10 & 31;
    value = (bits.half & 1023) + (exponent > 0 ? 1024 : 0);
    for (exponent = exponent > 0 ? exponent - 25 : -24; exponent < 0; ++exponent) value *= 0.5;
    for (; exponent > 0; --exponent) value *= 2;
    return value;
  } else {
    if (dtype == TENON_DTYPE_BF16)
      bits.word = (uint32_t)bits.half << 16;
    value = bits.single;
  }
  return value < 0 ? -value : value;
}

static int digits_of(int value) { return value < 10 ? 1 : value < 100 ? 2 : 3; }

static int exponent_digits(const struct decimal *decimal) {
  const int digits = digits_of(decimal->exponent < 0 ? -decimal->exponent : decimal->exponent);
  return digits < 2 ? 2 : digits;
}

static int is_zero(const struct decimal *decimal) { return decimal->count == 1 && decimal->digits[0] == '0'; }

static int integer_digits(const struct decimal *decimal) { return decimal->exponent < 0 ? 1 : decimal->exponent + 1; }

static int fraction_digits(const struct decimal *decimal) {
  const int digits = decimal->count - 1 - decimal->exponent;
  return digits < 0 || is_zero(decimal) ? 0 : digits;
}

static void raise_to(int *width, int value) {
  if (*width < value)
    *width = value;
}

static void put_positional(struct layout *layout, const struct decimal *decimal) {
  const int before = integer_digits(decimal), after = fraction_digits(decimal);
  int i;
  if (decimal->negative)
    put(layout, '-');
  for (i = 0; i < before; ++i) put(layout, decimal->exponent >= 0 && i < decimal->count ? decimal->digits[i] : '0');
  put(layout, '.');
  for (i = 0; i < after; ++i) {
    const int digit = decimal->exponent + 1 + i;
    put(layout, digit >= 0 && digit < decimal->count ? decimal->digits[digit] : '0');
  }
}

static void put_exponent(struct layout *layout, int exponent, int digits) {
  int unit = 1, magnitude = exponent < 0 ? -exponent : exponent;
  put(layout, 'e');
  put(layout, exponent < 0 ? '-' : '+');
  for (; digits > 1; --digits) unit *= 10;
  for (; unit > 0; unit /= 10) put(layout, (char)('0' + magnitude / unit % 10));
}

static const char *nonfinite_word(const struct decimal *decimal) {
  return decimal->kind == DECIMAL_NAN ? "nan" : decimal->negative ? "-inf" : "inf";
}

/* From which value on a number is written with an exponent: NumPy (since 2.4) goes by the digits that the type
 * holds for certain. */
static double large_from(int32_t dtype, double of_f64) {
  return dtype == TENON_DTYPE_F64 ? of_f64 : dtype == TENON_DTYPE_F32 ? 1e6 : 1e3;
}

/* A scalar, as str() of a NumPy scalar: all digits that tell it apart. */
static void put_scalar_float(struct layout *layout) {
  const int32_t dtype = layout->tensor->dtype;
  const double magnitude = magnitude_of((const char *)layout->tensor->data, dtype);
  struct decimal decimal;
  int i;
  tenon_decimal(&decimal, layout->tensor->data, dtype, DECIMAL_ALL, 0);
  if (decimal.kind != DECIMAL_FINITE) {
    put_string(layout, nonfinite_word(&decimal));
  } else if (magnitude == 0 || (magnitude >= 0.0001 && magnitude < large_from(dtype, 1e16))) {
    put_positional(layout, &decimal);
    if (fraction_digits(&decimal) == 0)
      put(layout, '0');
  } else {
    if (decimal.negative)
      put(layout, '-');
    put(layout, decimal.digits[0]);
    if (decimal.count > 1)
      put(layout, '.');
    for (i = 1; i < decimal.count; ++i) put(layout, decimal.digits[i]);
    put_exponent(layout, decimal.exponent, exponent_digits(&decimal));
  }
}

static void measure_range(struct layout *layout, const char *element) {
  struct decimal decimal;
  tenon_decimal(&decimal, element, layout->tensor->dtype, DECIMAL_ALL, 0);
  if (decimal.kind != DECIMAL_FINITE) {
    layout->any_nonfinite = 1;
    if (decimal.kind == DECIMAL_INFINITE && decimal.negative)
      layout->any_negative_infinity = 1;
    return;
  }
  layout->any_finite = 1;
  if (!is_zero(&decimal)) {
    const double magnitude = magnitude_of(element, layout->tensor->dtype);
    if (!layout->any_nonzero || magnitude < layout->least)
      layout->least = magnitude;
    if (!layout->any_nonzero || magnitude > layout->most)
      layout->most = magnitude;
    layout->any_nonzero = 1;
  }
}

static void decimal_for_array(struct decimal *decimal, const struct layout *layout, const char *element) {
  tenon_decimal(decimal, element, layout->tensor->dtype, layout->scientific ? DECIMAL_SIGNIFICANT : DECIMAL_POSITION,
                layout->scientific ? PRECISION + 1 : PRECISION);
}

static void measure_float(struct layout *layout, const char *element) {
  struct decimal decimal;
  decimal_for_array(&decimal, layout, element);
  if (decimal.kind != DECIMAL_FINITE)
    return;
  raise_to(&layout->width_before, decimal.negative + (layout->scientific ? 1 : integer_digits(&decimal)));
  raise_to(&layout->width_after, layout->scientific ? decimal.count - 1 : fraction_digits(&decimal));
  raise_to(&layout->exponent_width, exponent_digits(&decimal));
}

static int float_width(const struct layout *layout) {
  return layout->width_before + 1 + layout->width_after + (layout->scientific ? 2 + layout->exponent_width : 0);
}

static void put_float(struct layout *layout, const char *element) {
  struct decimal decimal;
  int i;
  decimal_for_array(&decimal, layout, element);
  if (decimal.kind != DECIMAL_FINITE) {
    const char *word = nonfinite_word(&decimal);
    put_spaces(layout, float_width(layout) - (word[0] == '-' ? 4 : 3));
    put_string(layout, word);
  } else if (layout->scientific) {
    /* Here, and only here, NumPy fills up with digits of the exact value instead of zeros. */
    tenon_decimal(&decimal, element, layout->tensor->dtype, DECIMAL_EXACT, layout->width_after + 1);
    put_spaces(layout, layout->width_before - 1 - decimal.negative);
    if (decimal.negative)
      put(layout, '-');
    put(layout, decimal.digits[0]);
    put(layout, '.');
    for (i = 1; i <= layout->width_after; ++i) put(layout, i < decimal.count ? decimal.digits[i] : '0');
    put_exponent(layout, decimal.exponent, layout->exponent_width);
  } else {
    put_spaces(layout, layout->width_before - integer_digits(&decimal) - decimal.negative);
    put_positional(layout, &decimal);
    put_spaces(layout, layout->width_after - fraction_digits(&decimal));
  }
}

/*--- Integers and bools -------------------------------------------------------------------------------------------- */

static int64_t integer_at(const char *element, int32_t dtype) {
  switch (dtype) {
  case TENON_DTYPE_I8: return *(const int8_t *)element;
  case TENON_DTYPE_I16: return *(const int16_t *)(const void *)element;
  case TENON_DTYPE_I32: return *(const int32_t *)(const void *)element;
  case TENON_DTYPE_I64: return *(const int64_t *)(const void *)element;
  default: return *(const uint8_t *)element;
  }
}

static int integer_width(int64_t value) {
  int width = value < 0 ? 2 : 1;
  for (; value <= -10 || value >= 10; value /= 10) ++width;
  return width;
}

static void put_integer(struct layout *layout, int64_t value) {
  int64_t unit = 1;
  if (value < 0)
    put(layout, '-');
  while (value / unit <= -10 || value / unit >= 10) unit *= 10;
  for (; unit > 0; unit /= 10) {
    const int digit = (int)(value / unit % 10);
    put(layout, (char)('0' + (digit < 0 ? -digit : digit)));
  }
}

/*--- Elements and brackets ----------------------------------------------------------------------------------------- */

static int word_width(const struct layout *layout) { return layout->is_float ? float_width(layout) : layout->width; }

static void visit_element(struct layout *layout, const char *element, int pass) {
  const int32_t dtype = layout->tensor->dtype;
  if (layout->measuring) {
    if (layout->is_float && pass == 0)
      measure_range(layout, element);
    if (layout->is_float && pass == 1)
      measure_float(layout, element);
    if (!layout->is_float)
      raise_to(&layout->width, integer_width(integer_at(element, dtype)));
  } else if (layout->is_float) {
    put_float(layout, element);
  } else if (dtype == TENON_DTYPE_BOOL) {
    put_string(layout, *element != 0 ? " True" : "False");
  } else {
    const int64_t value = integer_at(element, dtype);
    put_spaces(layout, layout->width - integer_width(value));
    put_integer(layout, value);
  }
}

static int64_t stride_of(const struct tenon_tensor *tensor, int32_t axis) {
  int64_t stride = 1;
  int32_t i;
  if (tensor->strides != NULL)
    return tensor->strides[axis];
  for (i = axis + 1; i < tensor->rank; ++i) stride *= tensor->dims[i];
  return stride;
}

/* One dimension and those inside it. `axis` is also how far continuation lines are indented, less one. */
static void visit(struct layout *layout, int32_t axis, const char *data, int pass) {
  const struct tenon_tensor *tensor = layout->tensor;
  const int64_t size = tensor->dims[axis];
  const int64_t step = stride_of(tensor, axis) * (int64_t)tenon_dtype_size(tensor->dtype);
  const int last_axis = axis + 1 == tensor->rank;
  const int skip = layout->summarize && size > 2 * EDGE_ITEMS;
  const int width = LINE_WIDTH - axis - 1; /* room for the brackets of this dimension and of those outside */
  int64_t i;
  int32_t k;

  if (!layout->measuring)
    put(layout, '[');
  for (i = 0; i < size; ++i) {
    const int ellipsis = skip && i == EDGE_ITEMS;
    if (!layout->measuring && last_axis) {
      const int word = ellipsis ? 3 : word_width(layout);
      if (layout->column + word > width && layout->column > axis + 1) {
        put_line_end(layout);
        put_spaces(layout, axis + 1);
      }
    }
    if (!layout->measuring && ellipsis)
      put_string(layout, "...");
    if (ellipsis) {
      i = size - EDGE_ITEMS - 1;
    } else if (last_axis) {
      visit_element(layout, data + i * step, pass);
    } else {
      visit(layout, axis + 1, data + i * step, pass);
    }
    if (layout->measuring || i + 1 == size)
      continue;
    if (last_axis) {
      put(layout, ' ');
    } else {
      for (k = axis + 1; k < tensor->rank; ++k) put_line_end(layout);
      put_spaces(layout, axis + 1);
    }
  }
  if (!layout->measuring)
    put(layout, ']');
}

/* Whether an array's floats are written with exponents. NumPy compares in the array's own precision: 0.0001 is rounded
 * to it, and a ratio that rounds to 1000 does not exceed it. */
static int needs_exponents(const struct layout *layout) {
  const double ratio = layout->any_nonzero ? layout->most / layout->least : 0;
  const double large = large_from(layout->tensor->dtype, 1e8);
  double small = 0.0001, wide = 1000;
  switch (layout->tensor->dtype) {
  case TENON_DTYPE_F16:
    small = 1.00016593933105468750e-4;
    wide = 1000.25;
    break;
  case TENON_DTYPE_BF16:
    small = 1.00135803222656250e-4;
    wide = 1002;
    break;
  case TENON_DTYPE_F32:
    small = (double)0.0001f;
    wide = 1000.000030517578125;
    break;
  default: break;
  }
  return layout->any_nonzero && (layout->most >= large || layout->least < small || ratio > wide);
}

void tenon_text_tensor(struct text *text, const struct tenon_tensor *tensor) {
  struct layout layout = {0};
  int64_t count = 1;
  int32_t i;
  layout.text = text;
  layout.tensor = tensor;
  layout.is_float = is_float(tensor->dtype);
  if (tensor->rank == 0) {
    if (layout.is_float)
      put_scalar_float(&layout);
    else if (tensor->dtype == TENON_DTYPE_BOOL)
      put_string(&layout, *(const char *)tensor->data != 0 ? "True" : "False");
    else
      put_integer(&layout, integer_at((const char *)tensor->data, tensor->dtype));
    return;
  }
  for (i = 0; i < tensor->rank; ++i) count *= tensor->dims[i];
  if (count == 0) {
    tenon_text_string(text, "[]");
    return;
  }
  layout.summarize = count > SUMMARY_ABOVE;
  layout.width = tensor->dtype == TENON_DTYPE_BOOL ? 5 : 0;
  layout.measuring = 1;
  if (tensor->dtype != TENON_DTYPE_BOOL)
    visit(&layout, 0, (const char *)tensor->data, 0);
  if (layout.is_float) {
    layout.scientific = needs_exponents(&layout);
    visit(&layout, 0, (const char *)tensor->data, 1);
    if (layout.any_nonfinite) {
      const int behind = float_width(&layout) - layout.width_before;
      raise_to(&layout.width_before, 3 + layout.any_negative_infinity - behind);
    }
  }
  layout.measuring = 0;
  visit(&layout, 0, (const char *)tensor->data, 0);
}

void tenon_format_tensor(const struct tenon_tensor *tensor, tenon_print_fn write, void *host) {
  char buffer[128];
  struct text text;
  text.buffer = buffer;
  text.capacity = sizeof buffer;
  text.length = 0;
  text.flush = write;
  text.host = host;
  tenon_text_tensor(&text, tensor);
  tenon_text_flush(&text);
}
