/* Floats as decimal digits. Internal to the runtime. */
#ifndef TENON_RUNTIME_LIB_DECIMAL_H
#define TENON_RUNTIME_LIB_DECIMAL_H

#include "tenon/runtime/abi.h"

enum decimal_kind { DECIMAL_FINITE, DECIMAL_INFINITE, DECIMAL_NAN };

/* 0.d1 d2 d3... times 10^(exponent + 1): `exponent` is that of the first digit. No trailing zeros, except that zero
 * itself is the one digit 0 with exponent 0. */
struct decimal {
  enum decimal_kind kind;
  int negative;
  int exponent;
  int count;
  char digits[20]; /* '0' to '9', no NUL; 17 tell any two doubles apart */
};

/* Where digits end although more are needed to tell a float from its neighbours; then the last one is rounded, ties to
 * even. */
enum decimal_cut {
  DECIMAL_ALL,         /* nowhere */
  DECIMAL_POSITION,    /* after `limit` digits behind the decimal point */
  DECIMAL_SIGNIFICANT, /* after `limit` digits */
  DECIMAL_EXACT        /* after `limit` digits, and not before: those of the exact value, zeros at the end dropped */
};

/* The fewest digits that, read back and rounded to the nearest `dtype` (a float type), give the element at `data`; of
 * those the closest to it. */
void tenon_decimal(struct decimal *decimal, const void *data, int32_t dtype, enum decimal_cut cut, int limit);

#endif
