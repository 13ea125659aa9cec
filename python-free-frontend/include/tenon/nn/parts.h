// Parts: the Tensors of a structure with their names, as fit takes what a model with several inputs or outputs needs.
#pragma once

#include "tenon/structure.h"

#include <optional>

namespace tenon::nn {

namespace detail {
// Whether a structure holds Tensors and nothing else, at least one where that is known.
template <class S> consteval bool only_tensors() {
  using namespace tenon::detail;
  using U = std::remove_cvref_t<S>;
  if constexpr (std::is_same_v<U, Tensor>) {
    return true;
  } else if constexpr (!std::is_class_v<U> || !std::is_copy_constructible_v<U> ||
                       std::is_convertible_v<const U &, std::string_view>) {
    return false;
  } else if constexpr (Maybe<U>) {
    return only_tensors<decltype(*std::declval<U &>())>();
  } else if constexpr (Mapping<U>) {
    return only_tensors<typename U::mapped_type>();
  } else if constexpr (TupleLike<U>) {
    return []<std::size_t... I>(std::index_sequence<I...>) {
      return sizeof...(I) > 0 && (only_tensors<std::tuple_element_t<I, U>>() && ...);
    }
    (std::make_index_sequence<std::tuple_size_v<U>>());
  } else if constexpr (Sequence<U>) {
    using Element = std::remove_cvref_t<decltype(*std::declval<U &>().begin())>;
    if constexpr (std::is_same_v<Element, U>)
      return false;
    else
      return only_tensors<Element>();
  } else if constexpr (std::is_aggregate_v<U> && !std::is_empty_v<U>) {
    if constexpr (reflect::members < U >> 0 && reflect::members<U> <= reflect::most_members)
      return []<class... M>(std::type_identity<std::tuple<M &...>>) {
        return (only_tensors<M>() && ...);
      }(std::type_identity<decltype(reflect::tie(std::declval<U &>()))>());
    else
      return false;
  } else {
    return false;
  }
}
template <class S>
concept TensorStructure = only_tensors<S>();
} // namespace detail

/// One Tensor, or those of a structure in order, with their names: made from a Tensor, from a list `{a, b}`, or from a
/// struct, tuple, array, vector or map of Tensors. A part may have no value where it is not needed.
class Parts {
public:
  Parts() = default; ///< none
  Parts(const Tensor &x) : tensors_{x}, names_(1) {}
  Parts(std::initializer_list<Tensor> xs);
  template <detail::TensorStructure S> Parts(const S &structure) {
    S copy(structure);
    tenon::detail::NamedLeaves leaves;
    tenon::detail::visit(leaves, copy);
    for (const Tensor *leaf : leaves.tensors) tensors_.push_back(*leaf);
    names_ = std::move(leaves.names);
  }
  Parts(std::vector<Tensor> tensors, std::vector<std::string> names)
      : tensors_(std::move(tensors)), names_(std::move(names)) {}

  std::size_t size() const { return tensors_.size(); }
  bool empty() const { return tensors_.empty(); }
  const Tensor &operator[](std::size_t i) const { return tensors_[i]; }
  const std::vector<Tensor> &tensors() const { return tensors_; }
  /// "user", "state.h", and numbers in tuples and vectors: "0". The only one of a Tensor is empty.
  const std::vector<std::string> &names() const { return names_; }

private:
  std::vector<Tensor> tensors_;
  std::vector<std::string> names_;
};

namespace detail {
/// The names of a structure's parts; nothing where their number is not the type's.
template <class S> std::optional<std::vector<std::string>> names_of_parts() {
  if constexpr (std::is_same_v<S, Tensor>) {
    return std::vector<std::string>(1);
  } else if constexpr (std::is_same_v<S, std::vector<Tensor>>) {
    return std::nullopt;
  } else {
    S structure{};
    tenon::detail::NamedLeaves leaves;
    tenon::detail::visit(leaves, structure);
    return leaves.names;
  }
}
/// A structure of these Tensors.
template <class S> S from_parts(std::span<const Tensor> parts) {
  if constexpr (std::is_same_v<S, Tensor>) {
    return parts[0];
  } else if constexpr (std::is_same_v<S, std::vector<Tensor>>) {
    return S(parts.begin(), parts.end());
  } else {
    S structure{};
    tenon::detail::Leaves leaves;
    tenon::detail::visit(leaves, structure);
    for (std::size_t i = 0; i < leaves.tensors.size() && i < parts.size(); ++i) *leaves.tensors[i] = parts[i];
    return structure;
  }
}
} // namespace detail

} // namespace tenon::nn
