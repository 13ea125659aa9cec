/* Shortest decimal digits of a float, by exact arithmetic.
 *
 * Steele and White's free-format algorithm with the bookkeeping of Dybvig ("Printing Floating-Point Numbers Quickly and
 * Accurately", PLDI 1996): value, scale and the half gap to the neighbours are big integers. Tables of powers (Ryu,
 * Grisu) would be faster and ten times this size.
 */
#include "decimal.h"

/* The largest number is near 10^324 * 2^56 (a subnormal double, scaled): 1133 bits. */
enum { LIMBS = 37 };

struct big {
  int count; /* limbs in use; the last of them is not 0 */
  uint32_t limbs[LIMBS];
};

static void big_set(struct big *big, uint64_t value) {
  big->count = 0;
  for (; value != 0; value >>= 32) big->limbs[big->count++] = (uint32_t)value;
}

static void big_scale(struct big *big, uint32_t factor) {
  uint64_t carry = 0;
  int i;
  for (i = 0; i < big->count; ++i) {
    carry += (uint64_t)big->limbs[i] * factor;
    big->limbs[i] = (uint32_t)carry;
    carry >>= 32;
  }
  if (carry != 0)
    big->limbs[big->count++] = (uint32_t)carry;
}

static void big_shift(struct big *big, int bits) {
  for (; bits >= 31; bits -= 31) big_scale(big, 0x80000000u);
  big_scale(big, (uint32_t)1 << bits);
}

static void big_scale_power_of_ten(struct big *big, int power) {
  for (; power >= 9; power -= 9) big_scale(big, 1000000000u);
  for (; power > 0; --power) big_scale(big, 10u);
}

static uint32_t big_limb(const struct big *big, int i) { return i < big->count ? big->limbs[i] : 0; }

/* The sign of a + b - c. */
static int big_compare_sum(const struct big *a, const struct big *b, const struct big *c) {
  int64_t difference = 0; /* of the limbs seen so far, in units of the present one */
  int i = a->count > b->count ? a->count : b->count;
  for (i = i > c->count ? i : c->count; i-- > 0;) {
    difference = difference * INT64_C(0x100000000) + big_limb(a, i) + big_limb(b, i) - big_limb(c, i);
    /* Lower limbs add less than two units and take off less than one. */
    if (difference > 1)
      return 1;
    if (difference < -2)
      return -1;
  }
  return difference > 0 ? 1 : difference < 0 ? -1 : 0;
}

static const struct big zero = {0, {0}};

static int big_compare(const struct big *a, const struct big *b) { return big_compare_sum(a, &zero, b); }

/* a -= b, where a >= b. */
static void big_subtract(struct big *a, const struct big *b) {
  int64_t borrow = 0;
  int i;
  for (i = 0; i < a->count; ++i) {
    borrow += (int64_t)a->limbs[i] - big_limb(b, i);
    a->limbs[i] = (uint32_t)borrow;
    borrow = borrow < 0 ? -1 : 0;
  }
  while (a->count > 0 && a->limbs[a->count - 1] == 0) --a->count;
}

/* A positive finite float: mantissa * 2^exponent. */
struct binary {
  uint64_t mantissa;
  int exponent;
  int narrow_below; /* a power of two: the gap to the neighbour below is half of the one above */
};

/* Takes an IEEE-like format apart. Returns 0 for what has no digits: nan, infinities, zero. */
static int take_apart(struct decimal *decimal, struct binary *binary, uint64_t bits, int mantissa_bits,
                      int exponent_bits) {
  const uint64_t fraction = bits & ((UINT64_C(1) << mantissa_bits) - 1);
  const int biased_max = (1 << exponent_bits) - 1;
  const int biased = (int)(bits >> mantissa_bits) & biased_max;
  decimal->negative = (int)(bits >> (mantissa_bits + exponent_bits) & 1u);
  decimal->kind = biased < biased_max ? DECIMAL_FINITE : fraction == 0 ? DECIMAL_INFINITE : DECIMAL_NAN;
  decimal->exponent = 0;
  decimal->count = 1;
  decimal->digits[0] = '0';
  if (decimal->kind != DECIMAL_FINITE || (fraction == 0 && biased == 0))
    return 0;
  binary->mantissa = biased == 0 ? fraction : fraction | UINT64_C(1) << mantissa_bits;
  binary->exponent = (biased == 0 ? 1 : biased) - (biased_max >> 1) - mantissa_bits;
  binary->narrow_below = fraction == 0 && biased > 1;
  return 1;
}

static int load(struct decimal *decimal, struct binary *binary, const void *data, int32_t dtype) {
  union {
    unsigned char bytes[8];
    uint16_t half;
    uint32_t single;
    uint64_t full;
  } bits;
  const size_t size = dtype == TENON_DTYPE_F64 ? 8 : dtype == TENON_DTYPE_F32 ? 4 : 2;
  size_t i;
  for (i = 0; i < size; ++i) bits.bytes[i] = ((const unsigned char *)data)[i];
  switch (dtype) {
  case TENON_DTYPE_F16: return take_apart(decimal, binary, bits.half, 10, 5);
  case TENON_DTYPE_BF16: return take_apart(decimal, binary, bits.half, 7, 8);
  case TENON_DTYPE_F32: return take_apart(decimal, binary, bits.single, 23, 8);
  default: return take_apart(decimal, binary, bits.full, 52, 11);
  }
}

static void round_up(struct decimal *decimal) {
  int i = decimal->count;
  while (i > 0 && decimal->digits[i - 1] == '9') --i;
  if (i == 0) {
    decimal->digits[0] = '1';
    decimal->count = 1;
    ++decimal->exponent;
  } else {
    ++decimal->digits[i - 1];
    decimal->count = i;
  }
}

void tenon_decimal(struct decimal *decimal, const void *data, int32_t dtype, enum decimal_cut cut, int limit) {
  struct binary binary;
  struct big value, scale, below,
      above; /* value / scale is the float; below and above half the gaps, likewise scaled */
  int high_bit = 0, even, low, high, cut_exponent;
  if (!load(decimal, &binary, data, dtype))
    return;

  even = (binary.mantissa & 1u) == 0; /* reading rounds ties to even: then the ends of the interval belong to it */
  big_set(&value, binary.mantissa);
  big_set(&scale, 1);
  big_set(&below, 1);
  if (binary.exponent >= 0) {
    big_shift(&value, binary.exponent);
    big_shift(&below, binary.exponent);
  } else {
    big_shift(&scale, -binary.exponent);
  }
  above = below;
  big_shift(&value, 1 + binary.narrow_below);
  big_shift(&scale, 1 + binary.narrow_below);
  big_shift(&above, binary.narrow_below);

  /* The exponent of the first digit: from the logarithm, at most one too low (David Gay's bound). */
  while (high_bit < 63 && binary.mantissa >> (high_bit + 1) != 0) ++high_bit;
  {
    const double estimate = (double)(high_bit + binary.exponent) * 0.30102999566398120 - 0.69;
    decimal->exponent = (int)estimate + (estimate > 0 && (double)(int)estimate < estimate ? 1 : 0);
  }
  if (decimal->exponent > 0) {
    big_scale_power_of_ten(&scale, decimal->exponent);
  } else {
    big_scale_power_of_ten(&value, -decimal->exponent);
    big_scale_power_of_ten(&below, -decimal->exponent);
    big_scale_power_of_ten(&above, -decimal->exponent);
  }
  if (big_compare(&value, &scale) < 0) {
    --decimal->exponent;
    big_scale(&value, 10);
    big_scale(&below, 10);
    big_scale(&above, 10);
  }

  cut_exponent = cut == DECIMAL_ALL ? -10000 : cut == DECIMAL_POSITION ? -limit : decimal->exponent - limit + 1;
  decimal->count = 0;
  for (;;) {
    char digit = '0';
    while (big_compare(&value, &scale) >= 0) {
      big_subtract(&value, &scale);
      ++digit;
    }
    decimal->digits[decimal->count++] = digit;
    low = cut != DECIMAL_EXACT && big_compare(&value, &below) < even;
    high = cut != DECIMAL_EXACT && big_compare_sum(&value, &above, &scale) > -even;
    if (low || high || decimal->exponent - decimal->count + 1 <= cut_exponent ||
        decimal->count == (int)sizeof decimal->digits)
      break;
    big_scale(&value, 10);
    big_scale(&below, 10);
    big_scale(&above, 10);
  }
  if (low == high) { /* both ends are as short, or digits were cut: the nearer one */
    const int half = big_compare_sum(&value, &value, &scale);
    high = half > 0 || (half == 0 && (decimal->digits[decimal->count - 1] & 1) != 0);
  }
  if (high)
    round_up(decimal);
  while (decimal->count > 1 && decimal->digits[decimal->count - 1] == '0') --decimal->count;
}
