// Structures of Tensors: what functions take and return. Tuples, pairs, arrays, vectors, maps, optionals and aggregates
// of them.
#pragma once

#include "tenon/reflect.h"
#include "tenon/tensor.h"

#include <string_view>
#include <tuple>

namespace tenon::detail {

template <class T>
concept Mapping = requires(T &x) {
  typename T::mapped_type;
  x.begin();
  x.size();
};
template <class T>
concept Sequence = requires(T &x) {
  x.begin();
  x.end();
  x.size();
};
template <class T>
concept TupleLike = requires { std::tuple_size<T>::value; };
template <class T>
concept Maybe = requires(T &x) {
  x.has_value();
  *x;
};

/// Walks x. The visitor has tensor(Tensor &), number(n), text(string_view), and may have enter(name or index), leave(),
/// and length(n) for how many elements a container has and which keys: else they are numbers and texts.
template <class V, class T> void visit(V &v, T &x) {
  using U = std::remove_cv_t<T>;
  constexpr bool paths = requires { v.enter(std::string_view()); };
  const auto length = [&](std::size_t n) {
    if constexpr (requires { v.length(n); })
      v.length(n);
    else
      v.number(n);
  };
  const auto inside = [&](auto name, auto &member) {
    if constexpr (paths)
      v.enter(name);
    visit(v, member);
    if constexpr (paths)
      v.leave();
  };
  if constexpr (std::is_same_v<U, Tensor>) {
    v.tensor(x);
  } else if constexpr (std::is_floating_point_v<U>) {
    v.number(x);
  } else if constexpr (std::is_integral_v<U>) {
    v.number(x);
  } else if constexpr (std::is_enum_v<U>) {
    v.number(std::underlying_type_t<U>(x));
  } else if constexpr (std::is_convertible_v<const U &, std::string_view>) {
    v.text(x);
  } else if constexpr (std::is_pointer_v<U>) {
    v.number(reinterpret_cast<std::intptr_t>(x));
  } else if constexpr (Maybe<T>) {
    length(x.has_value());
    if (x.has_value())
      visit(v, *x);
  } else if constexpr (Mapping<T>) {
    length(x.size());
    for (auto &[key, value] : x) {
      if constexpr (std::is_convertible_v<decltype(key), std::string_view>) {
        if constexpr (!requires { v.length(0); })
          v.text(std::string_view(key));
        inside(std::string_view(key), value);
      } else {
        if constexpr (!requires { v.length(0); })
          visit(v, key);
        inside(std::size_t(key), value);
      }
    }
  } else if constexpr (TupleLike<U>) {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      (inside(I, std::get<I>(x)), ...);
    }(std::make_index_sequence<std::tuple_size_v<U>>());
  } else if constexpr (Sequence<T>) {
    length(x.size());
    std::size_t i = 0;
    for (auto &element : x) inside(i++, element);
  } else if constexpr (std::is_empty_v<U>) {
  } else if constexpr (std::is_aggregate_v<U>) {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      auto members = reflect::tie(x);
      if constexpr (paths)
        (inside(reflect::name<U, I>(), std::get<I>(members)), ...);
      else
        (inside(I, std::get<I>(members)), ...);
    }(std::make_index_sequence<reflect::members<U>>());
  } else {
    static_assert(
        unsupported<T>,
        "tenon: a function takes and returns Tensors, numbers, strings, and tuples, arrays, vectors, maps and "
        "aggregates (public members, no constructors) of them; capture other objects in the function");
  }
}

/// Gathers the Tensors of a structure.
struct Leaves {
  std::vector<Tensor *> tensors;
  void tensor(Tensor &x) { tensors.push_back(&x); }
  template <class N> void number(N) {}
  void text(std::string_view) {}
};

/// Gathers the Tensors and their paths: "state.h", "[1]".
struct NamedLeaves : Leaves {
  std::vector<std::string> names;
  std::vector<std::string> path;
  void tensor(Tensor &x);
  void enter(std::string_view name) { path.emplace_back(name); }
  void enter(std::size_t index) { path.push_back(std::to_string(index)); }
  void leave() { path.pop_back(); }
};

} // namespace tenon::detail
