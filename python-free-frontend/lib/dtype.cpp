// Names and sizes of dtypes, and the conversions of the two 16-bit formats.
#include "tenon/dtype.h"

#include <bit>

namespace tenon {

static constexpr const char *names[] = {"f32", "f64", "f16", "bf16", "i8", "i16", "i32", "i64", "u8", "bool"};
static constexpr std::size_t sizes[] = {4, 8, 2, 2, 1, 2, 4, 8, 1, 1};

const char *name(DType dtype) { return names[int(dtype)]; }
std::size_t size_of(DType dtype) { return sizes[int(dtype)]; }

float16::float16(float value) {
  const std::uint32_t x = std::bit_cast<std::uint32_t>(value);
  const std::uint32_t sign = (x >> 16) & 0x8000u;
  const std::uint32_t magnitude = x & 0x7fffffffu;
  std::uint32_t half;
  if (magnitude > 0x7f800000u) { // NaN keeps its upper payload bits and stays a NaN
    half = 0x7e00u | ((magnitude >> 13) & 0x3ffu);
  } else if (magnitude >= 0x477ff000u) { // rounds to 65536 or more
    half = 0x7c00u;
  } else if (magnitude >= 0x38800000u) { // normal: rebias, round to even
    const std::uint32_t rounded = magnitude + 0xfffu + ((magnitude >> 13) & 1u);
    half = (rounded - 0x38000000u) >> 13;
  } else { // subnormal: adding 0.5 leaves the rounded multiple of 2^-24 in the low bits
    half = std::bit_cast<std::uint32_t>(std::bit_cast<float>(magnitude) + 0.5f) - 0x3f000000u;
  }
  bits = std::uint16_t(sign | half);
}

float16::operator float() const {
  const std::uint32_t sign = std::uint32_t(bits & 0x8000u) << 16;
  const std::uint32_t exponent = (bits >> 10) & 0x1fu, mantissa = bits & 0x3ffu;
  if (exponent == 0) { // zero or subnormal: mantissa * 2^-24, exact
    const float magnitude = float(mantissa) * 0x1p-24f;
    return std::bit_cast<float>(std::bit_cast<std::uint32_t>(magnitude) | sign);
  }
  if (exponent == 31)
    return std::bit_cast<float>(sign | 0x7f800000u | (mantissa << 13));
  return std::bit_cast<float>(sign | ((exponent + 112) << 23) | (mantissa << 13));
}

bfloat16::bfloat16(float value) {
  const std::uint32_t x = std::bit_cast<std::uint32_t>(value);
  if ((x & 0x7fffffffu) > 0x7f800000u)
    bits = std::uint16_t((x >> 16) | 0x40u);
  else
    bits = std::uint16_t((x + 0x7fffu + ((x >> 16) & 1u)) >> 16);
}

bfloat16::operator float() const { return std::bit_cast<float>(std::uint32_t(bits) << 16); }

} // namespace tenon
