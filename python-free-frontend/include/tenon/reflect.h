// Members of an aggregate: how many, which, and their names, by what C++20 has. Its only base class may be its
// nn::Module.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#ifdef __clang__
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wundefined-var-template"
#pragma clang diagnostic ignored "-Wundefined-internal"
#endif

namespace tenon::nn {
template <class M> struct Module;
}

namespace tenon::reflect {

template <class T>
concept HasModuleBase = std::is_base_of_v<nn::Module<T>, T>;

// Whether copying works. A container of what only moves claims to copy, and fails where that is tried.
template <class T> consteval bool copies() {
  if constexpr (!std::is_copy_constructible_v<T>)
    return false;
  else if constexpr (requires { typename T::mapped_type; })
    return copies<typename T::mapped_type>();
  else if constexpr (requires(const T &x) {
                       typename T::value_type;
                       x.begin();
                     })
    return std::is_same_v<typename T::value_type, T> || copies<typename T::value_type>();
  else
    return true;
}

/// Stands for any member in `T{any, any}`: an lvalue for what can be copied, else an rvalue.
struct AnyMember {
  template <class T>
    requires(copies<T>())
  constexpr operator T &() const && noexcept;
  template <class T>
    requires(!copies<T>())
  constexpr operator T &&() const && noexcept;
};

template <class T, std::size_t... I> consteval bool takes(std::index_sequence<I...>) {
  if constexpr (HasModuleBase<T>)
    return requires { T{nn::Module<T>{}, ((void)I, AnyMember{})...}; };
  else
    return requires { T{((void)I, AnyMember{})...}; };
}
template <class T, std::size_t N> consteval std::size_t count_down() { // the largest number of initializers
  if constexpr (takes<T>(std::make_index_sequence<N>{}))
    return N;
  else if constexpr (N > 0)
    return count_down<T, N - 1>();
  else
    return std::size_t(-1);
}
inline constexpr std::size_t most_members = 32;
/// How many members T has.
template <class T> inline constexpr std::size_t members = count_down<std::remove_cv_t<T>, most_members>();

/// The members of x as a tuple of references.
template <class T> constexpr auto tie(T &x) {
  constexpr std::size_t n = members<T>;
  static_assert(
      n <= most_members,
      "tenon: this aggregate's members cannot be counted (C arrays, references, bit-fields, or more than 32)");
#define TENON_TIE(k, ...)                                                                                              \
  if constexpr (n == k) {                                                                                              \
    auto &[__VA_ARGS__] = x;                                                                                           \
    return std::tie(__VA_ARGS__);                                                                                      \
  } else
  if constexpr (n == 0) {
    return std::tuple<>{};
  } else
    TENON_TIE(1, m0)
  TENON_TIE(2, m0, m1)
  TENON_TIE(3, m0, m1, m2)
  TENON_TIE(4, m0, m1, m2, m3)
  TENON_TIE(5, m0, m1, m2, m3, m4)
  TENON_TIE(6, m0, m1, m2, m3, m4, m5)
  TENON_TIE(7, m0, m1, m2, m3, m4, m5, m6)
  TENON_TIE(8, m0, m1, m2, m3, m4, m5, m6, m7)
  TENON_TIE(9, m0, m1, m2, m3, m4, m5, m6, m7, m8)
  TENON_TIE(10, m0, m1, m2, m3, m4, m5, m6, m7, m8, m9)
  TENON_TIE(11, m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10)
  TENON_TIE(12, m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11)
  TENON_TIE(13, m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12)
  TENON_TIE(14, m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13)
  TENON_TIE(15, m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14)
  TENON_TIE(16, m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15)
  TENON_TIE(17, m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16)
  TENON_TIE(18, m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17)
  TENON_TIE(19, m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18)
  TENON_TIE(20, m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19)
  TENON_TIE(21, m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20)
  TENON_TIE(22, m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20, m21)
  TENON_TIE(23, m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20, m21, m22)
  TENON_TIE(24, m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20, m21, m22,
            m23)
  TENON_TIE(25, m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20, m21, m22,
            m23, m24)
  TENON_TIE(26, m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20, m21, m22,
            m23, m24, m25)
  TENON_TIE(27, m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20, m21, m22,
            m23, m24, m25, m26)
  TENON_TIE(28, m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20, m21, m22,
            m23, m24, m25, m26, m27)
  TENON_TIE(29, m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20, m21, m22,
            m23, m24, m25, m26, m27, m28)
  TENON_TIE(30, m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20, m21, m22,
            m23, m24, m25, m26, m27, m28, m29)
  TENON_TIE(31, m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20, m21, m22,
            m23, m24, m25, m26, m27, m28, m29, m30)
  TENON_TIE(32, m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20, m21, m22,
            m23, m24, m25, m26, m27, m28, m29, m30, m31)
  return std::tuple<>{};
#undef TENON_TIE
}

template <class T> struct Wrapped {
  const T value;
};
template <class T> extern const Wrapped<T> pretended; // only its members' addresses are taken
template <auto *P> consteval std::string_view signature_text() { return __PRETTY_FUNCTION__; }

// g++: "... auto* P = (& pretended<S>.tenon::reflect::Wrapped<S>::value.S::c); std::..."; clang: "[P =
// &pretended.value.c]"
consteval std::string_view last_name(std::string_view text) {
#if defined(__clang__)
  text = text.substr(0, text.rfind(']'));
  return text.substr(text.find_last_of(".") + 1);
#else
  text = text.substr(0, text.find(");"));
  return text.substr(text.find_last_of(":") + 1);
#endif
}
/// The name of member I as it is written in the program.
template <class T, std::size_t I> consteval std::string_view name() {
  return last_name(signature_text<&std::get<I>(tie(pretended<T>.value))>());
}

} // namespace tenon::reflect

#ifdef __clang__
#pragma clang diagnostic pop
#endif
