// The element types of a Tensor and how C++ spells them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace tenon {

/// What a Tensor's elements are. Floating: f32, f64, f16 (IEEE half), bf16; integers: i8, i16, i32, i64, u8; and
/// boolean.
enum class DType : std::uint8_t { f32, f64, f16, bf16, i8, i16, i32, i64, u8, boolean };

inline constexpr DType f32 = DType::f32, f64 = DType::f64, f16 = DType::f16, bf16 = DType::bf16;
inline constexpr DType i8 = DType::i8, i16 = DType::i16, i32 = DType::i32, i64 = DType::i64, u8 = DType::u8;
inline constexpr DType boolean = DType::boolean;

/// "f32", "i64", "bool": as in messages and in headers.
const char *name(DType dtype);
/// Bytes of one element; a boolean takes one.
std::size_t size_of(DType dtype);
constexpr bool is_floating(DType dtype) { return dtype <= DType::bf16; }
constexpr bool is_integer(DType dtype) { return dtype >= DType::i8 && dtype <= DType::u8; }

/// IEEE 754 binary16, for storage: converts to float exactly, and from float rounding to nearest even.
struct float16 {
  std::uint16_t bits = 0;
  float16() = default;
  explicit float16(float value);
  operator float() const;
};
/// The upper half of a binary32, for storage: converts to float exactly, and from float rounding to nearest even.
struct bfloat16 {
  std::uint16_t bits = 0;
  bfloat16() = default;
  explicit bfloat16(float value);
  operator float() const;
};

namespace detail {
template <class T> inline constexpr bool unsupported = false;
template <class T> consteval DType dtype_of() {
  using U = std::remove_cv_t<T>;
  if constexpr (std::is_same_v<U, float>)
    return f32;
  else if constexpr (std::is_same_v<U, double>)
    return f64;
  else if constexpr (std::is_same_v<U, float16>)
    return f16;
  else if constexpr (std::is_same_v<U, bfloat16>)
    return bf16;
  else if constexpr (std::is_same_v<U, bool>)
    return boolean;
  else if constexpr (std::is_same_v<U, std::uint8_t>)
    return u8;
  else if constexpr (std::is_integral_v<U> && std::is_signed_v<U> && sizeof(U) == 1)
    return i8;
  else if constexpr (std::is_integral_v<U> && std::is_signed_v<U> && sizeof(U) == 2)
    return i16;
  else if constexpr (std::is_integral_v<U> && std::is_signed_v<U> && sizeof(U) == 4)
    return i32;
  else if constexpr (std::is_integral_v<U> && std::is_signed_v<U> && sizeof(U) == 8)
    return i64;
  else
    static_assert(unsupported<T>,
                  "tenon: no dtype has this C++ type; use float, double, tenon::float16, tenon::bfloat16, "
                  "std::int8_t, std::int16_t, std::int32_t, std::int64_t, std::uint8_t or bool");
}
} // namespace detail

/// The dtype whose elements are C++ objects of type T: `dtype_of<float>` is f32.
template <class T> inline constexpr DType dtype_of = detail::dtype_of<T>();

} // namespace tenon
