// Modules: objects that find their variables, in members, containers and layers, with the names of a checkpoint.
#pragma once

#include "tenon/handle.h"
#include "tenon/random.h"
#include "tenon/structure.h"

#include <optional>

namespace tenon {

/// How a layer is called: `layer(x, {.training = true})`.
struct Call {
  bool training = false; ///< dropout drops, batch normalization takes the batch's statistics
  /// Which steps of x [N,T,...] count, rather than fill it up: booleans [N,T]. Layers that look at several steps leave
  /// out the others.
  std::optional<Tensor> mask = {};
};

/// A Variable and where a module holds it: "blocks.0.fc1.kernel".
struct NamedVariable : Variable {
  std::string path;
  explicit NamedVariable(const Variable &variable, std::string path = {}) : Variable(variable), path(std::move(path)) {}
};

/// The variables of a module, in the order of its members, each once. For an optimizer, a tape or a file.
class Variables : public std::vector<NamedVariable> {
public:
  using vector::vector;
  Variables() = default;
  /// Variables on their own: `Variables{w, b}`; a path is the Variable's name.
  Variables(std::initializer_list<Variable> variables) {
    for (const Variable &variable : variables) emplace_back(variable, variable.name());
  }
  /// Those for which trainable() holds.
  Variables trainable() const;
};

namespace nn {
class Layer;
template <class M> struct Module;
} // namespace nn

/// Walks an object for its variables. What it looks into: Variables, Generators, layers, whatever has
/// `void collect(Collector &, const std::string &path) const`, and of these optionals, smart pointers, tuples,
/// containers, maps, aggregates and classes that say TENON_MEMBERS.
class Collector {
public:
  Collector();
  ~Collector();
  Collector(const Collector &) = delete;

  /// Adds what `x` holds, under `path`.
  template <class T> void member(const std::string &path, const T &x);
  /// Adds a variable, unless it is there already.
  void add(const std::string &path, const Variable &variable);
  /// Whether this state (of a handle) is met for the first time. A handle's collect() begins with it.
  bool enter(const detail::Shared *state);
  /// Notes the layer that stands at `path` (for summaries), until leave_layer().
  void enter_layer(const std::string &path, const nn::Layer &layer);
  void leave_layer();
  /// Throws Error if a copy of x shares a variable or a layer that has not been met.
  template <class T> void complete(const T &x);

  /// What each layer that is met is told, and each variable: freeze (1), thaw (0), or nothing (-1).
  int freeze = -1;
  Variables variables;

  /// A layer, and which variables it and its parts hold.
  struct LayerEntry {
    std::string path;
    const detail::Shared *layer;
    int depth;
    std::size_t first, last; ///< [first, last) of `variables`
  };
  std::vector<LayerEntry> layers;

private:
  void begin_copy();
  void end_copy(bool check, std::string_view type);
  struct State;
  State *state_;
};

namespace detail {

inline std::string join(const std::string &path, std::string_view name) {
  return path.empty() ? std::string(name) : path + "." + std::string(name);
}

template <class T>
concept Listed = requires(const T &x) { x.tenon_members([](std::string_view, const auto &) {}); };
template <class T>
concept Collects = requires(const T &x, Collector &c) { x.collect(c, std::string()); };
template <class T>
concept SmartPointer = requires(const T &x) {
  typename T::element_type;
  x.get();
  *x;
};
template <class T>
concept Container = requires(const T &x) {
  x.begin();
  x.end();
};
template <class T>
concept NoVariables = std::is_same_v<T, Tensor> || std::is_arithmetic_v<T> || std::is_enum_v<T> ||
                      std::is_null_pointer_v<T> || std::is_convertible_v<const T &, std::string_view>;
// A Module of another class: `struct B : A` where only A says nn::Module<A>.
template <class T>
concept ModuleOfAnother =
    requires { typename T::tenon_module; } && !std::is_same_v<typename T::tenon_module, T> && !Listed<T>;
template <class T>
concept ReflectedAggregate =
    std::is_aggregate_v<T> && std::is_class_v<T> && !std::is_empty_v<T> && reflect::members<T> <= reflect::most_members;
template <class V, class... M> void visit_named(std::string_view names, V &&visitor, const M &...members) {
  const auto next = [&] {
    const std::size_t comma = names.find(',');
    std::string_view name = names.substr(0, comma);
    names.remove_prefix(comma == names.npos ? names.size() : comma + 1);
    while (!name.empty() && name.front() == ' ') name.remove_prefix(1);
    return name;
  };
  (visitor(next(), members), ...);
}
template <class T, class V> void each_member(const T &x, V &&visitor) {
  if constexpr (Listed<T>)
    x.tenon_members(visitor);
  else
    [&]<std::size_t... I>(std::index_sequence<I...>, auto members) {
      (visitor(reflect::name<T, I>(), std::get<I>(members)), ...);
    }(std::make_index_sequence<reflect::members<T>>(), reflect::tie(x));
}

// Whether copying works, of all members too.
template <class T> consteval bool copies() {
  if constexpr (!reflect::copies<T>()) {
    return false;
  } else if constexpr (requires { typename T::mapped_type; }) {
    return copies<typename T::mapped_type>();
  } else if constexpr (Container<T> && requires { typename T::value_type; }) {
    if constexpr (std::is_same_v<typename T::value_type, T>)
      return true;
    else
      return copies<typename T::value_type>();
  } else if constexpr (TupleLike<T>) {
    return []<std::size_t... I>(std::index_sequence<I...>) {
      return (copies<std::remove_cv_t<std::tuple_element_t<I, T>>>() && ...);
    }(std::make_index_sequence<std::tuple_size_v<T>>());
  } else if constexpr (Listed<T>) {
    if constexpr (requires(const T &x) { x.tenon_tied(); })
      return []<class... M>(std::type_identity<std::tuple<const M &...>>) {
        return (copies<M>() && ...);
      }(std::type_identity<decltype(std::declval<const T &>().tenon_tied())>());
    else
      return true;
  } else if constexpr (ReflectedAggregate<T> && !Collects<T>) {
    return []<class... M>(std::type_identity<std::tuple<const M &...>>) {
      return (copies<M>() && ...);
    }(std::type_identity<decltype(reflect::tie(std::declval<const T &>()))>());
  } else {
    return true;
  }
}

template <class T> consteval std::string_view type_name() {
  std::string_view text = __PRETTY_FUNCTION__; // "... type_name() [T = Net]" or "... [with T = Net; ...]"
  text.remove_prefix(text.find("T = ") + 4);
  return text.substr(0, text.find_first_of(";]"));
}

template <class T> Variables variables_of(const T &x) {
  Collector collector;
  collector.member("", x);
  collector.complete(x);
  return std::move(collector.variables);
}
template <class T> void set_trainable(const T &x, bool trainable) {
  Collector collector;
  collector.freeze = !trainable;
  collector.member("", x);
  collector.complete(x);
}

} // namespace detail

/// The variables of any object that a Collector can walk.
template <class T> Variables variables(const T &x) { return detail::variables_of(x); }
template <class T> Variables trainable_variables(const T &x) { return detail::variables_of(x).trainable(); }

#define TENON_MODULE_INTERFACE(self)                                                                                   \
  ::tenon::Variables variables() const { return ::tenon::detail::variables_of(self); }                                 \
  ::tenon::Variables trainable_variables() const { return ::tenon::detail::variables_of(self).trainable(); }           \
  void set_trainable(bool trainable) const { ::tenon::detail::set_trainable(self, trainable); }

/// Names the members that hold variables, in a class that is no aggregate: private members, constructors, a base class.
#define TENON_MEMBERS(...)                                                                                             \
  template <class V_> void tenon_members(V_ &&v_) const {                                                              \
    ::tenon::detail::visit_named(#__VA_ARGS__, v_, __VA_ARGS__);                                                       \
  }                                                                                                                    \
  auto tenon_tied() const { return std::tie(__VA_ARGS__); }                                                            \
  TENON_MODULE_INTERFACE(*this)
/// As TENON_MEMBERS, after the members of the base class, itself a module.
#define TENON_MEMBERS_AND(Base, ...)                                                                                   \
  template <class V_> void tenon_members(V_ &&v_) const {                                                              \
    ::tenon::detail::each_member(static_cast<const Base &>(*this), v_);                                                \
    ::tenon::detail::visit_named(#__VA_ARGS__, v_, __VA_ARGS__);                                                       \
  }                                                                                                                    \
  auto tenon_tied() const { return std::tie(__VA_ARGS__); }                                                            \
  TENON_MODULE_INTERFACE(*this)

namespace nn {

/// The base of a module: `struct Net : nn::Module<Net>`. It is empty, so that an aggregate stays one and its members
/// are found and named by themselves; any other class says TENON_MEMBERS(a, b).
///
///   struct Net : nn::Module<Net> {
///     nn::Dense fc1{64, {.activation = nn::relu}}, fc2{10};
///     Tensor operator()(const Tensor &x) { return fc2(fc1(x)); }
///   };
///
/// variables() throws Error where the object holds a variable or layer that its members do not show.
template <class M> struct Module {
  using tenon_module = M;
  /// Every variable, in the order of the members, each once, with paths like "blocks.0.fc1.kernel". A layer that has
  /// not been called yet has none.
  /// Those that an optimizer changes.
  /// Freezes (false) or thaws the module: its layers, also those that are not built yet, and its variables.
  TENON_MODULE_INTERFACE(static_cast<const M &>(*this))
};

} // namespace nn

template <class T> void Collector::member(const std::string &path, const T &x) {
  if constexpr (detail::ModuleOfAnother<T>) {
    static_assert(!detail::ModuleOfAnother<T>,
                  "tenon: this class derives from a module of another class; list its own members with "
                  "TENON_MEMBERS_AND(Base, ...), or write struct M : nn::Module<M>");
  } else if constexpr (std::is_base_of_v<Variable, T>) {
    add(path, x);
  } else if constexpr (std::is_same_v<T, Generator>) {
    add(detail::join(path, "state"), x.state());
  } else if constexpr (detail::Collects<T>) {
    x.collect(*this, path);
  } else if constexpr (detail::NoVariables<T>) {
  } else if constexpr (detail::Maybe<const T>) {
    if (x.has_value())
      member(path, *x);
  } else if constexpr (detail::SmartPointer<T>) {
    if (x)
      member(path, std::as_const(*x));
  } else if constexpr (std::is_pointer_v<T>) {
    if constexpr (std::is_class_v<std::remove_pointer_t<T>>)
      if (x)
        member(path, std::as_const(*x));
  } else if constexpr (requires { typename T::mapped_type; }) {
    for (const auto &[key, value] : x) {
      if constexpr (std::is_convertible_v<decltype(key), std::string_view>)
        member(detail::join(path, key), value);
      else
        member(detail::join(path, std::to_string(key)), value);
    }
  } else if constexpr (detail::Container<T>) {
    std::size_t i = 0;
    for (const auto &element : x) member(detail::join(path, std::to_string(i++)), element);
  } else if constexpr (detail::TupleLike<T>) {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      (member(detail::join(path, std::to_string(I)), std::get<I>(x)), ...);
    }(std::make_index_sequence<std::tuple_size_v<T>>());
  } else if constexpr (detail::Listed<T> || detail::ReflectedAggregate<T>) {
    detail::each_member(x, [&](std::string_view name, const auto &m) { member(detail::join(path, name), m); });
  } else {
    static_assert(!std::is_base_of_v<nn::Module<T>, T> || std::is_empty_v<T>,
                  "tenon: a module that is not an aggregate (private members, a constructor, a virtual function) lists "
                  "its members: TENON_MEMBERS(a, b)");
  }
}

template <class T> void Collector::complete(const T &x) {
  if constexpr (detail::NoVariables<T> || std::is_base_of_v<Variable, T> || detail::ModuleOfAnother<T>) {
  } else if constexpr (detail::copies<T>()) {
    struct Copy { // ends the log also where the copy throws
      Collector &collector;
      bool whole = false;
      explicit Copy(Collector &c) : collector(c) { c.begin_copy(); }
      ~Copy() noexcept(false) { collector.end_copy(whole, detail::type_name<T>()); }
    } copy(*this);
    {
      [[maybe_unused]] const T copied(x);
      copy.whole = true;
    }
  } else if constexpr (detail::SmartPointer<T>) {
    if (x)
      complete(std::as_const(*x));
  } else if constexpr (detail::Maybe<const T>) {
    if (x.has_value())
      complete(*x);
  } else if constexpr (requires { typename T::mapped_type; }) {
    for (const auto &element : x) complete(element.second);
  } else if constexpr (detail::Container<T>) {
    for (const auto &element : x) complete(element);
  } else if constexpr (detail::TupleLike<T>) {
    std::apply([&](const auto &...elements) { (complete(elements), ...); }, x);
  } else if constexpr (detail::Listed<T> || detail::ReflectedAggregate<T>) {
    detail::each_member(x, [&](std::string_view, const auto &m) { complete(m); });
  }
}

} // namespace tenon
