// Specifications: the dtype and shape of a parameter before there is a value, with open dimensions that may have names.
#pragma once

#include "tenon/tensor.h"

namespace tenon {

/// One dimension of a specification: a number, a name (open; equal names are equal sizes), or `dynamic` (open, without
/// a name).
inline constexpr struct Dynamic {
} dynamic{};
struct DimSpec {
  std::string name;
  std::int64_t size = open;
  template <std::integral I> DimSpec(I n) : size(std::int64_t(n)) {}
  DimSpec(const char *name, Dynamic = {}) : name(name) {}
  DimSpec(Dynamic) {}
};

struct AnySpec {
  DType dtype = f32;
  std::vector<DimSpec> dims;
};
/// `TensorSpec<float>{{"batch", dynamic}, 64}`.
template <class T> struct TensorSpec : AnySpec {
  TensorSpec(std::initializer_list<DimSpec> dims = {}) : AnySpec{dtype_of<T>, dims} {}
};
/// `spec<float>("batch", 64)`.
template <class T, class... D>
  requires(std::constructible_from<DimSpec, D> && ...)
AnySpec spec(D... dims) {
  return {dtype_of<T>, {DimSpec(dims)...}};
}

/// What stands for a parameter: a Tensor to come, or a C++ value that is fixed now.
struct ParameterSpec {
  std::string name;
  AnySpec tensor;
  bool is_value = false;
  detail::Scalar value;
  ParameterSpec(AnySpec spec) : tensor(std::move(spec)) {}
  ParameterSpec(std::string name, AnySpec spec) : name(std::move(name)), tensor(std::move(spec)) {}
  ParameterSpec(std::string name, detail::Scalar value) : name(std::move(name)), is_value(true), value(value) {}
};
/// A parameter's name and specification: `arg("x", spec<float>("batch", 64))`. Names are part of the C interface.
inline ParameterSpec arg(std::string name, AnySpec spec) { return {std::move(name), std::move(spec)}; }
/// A C++ parameter's value: `arg("training", false)`.
template <Arithmetic T> ParameterSpec arg(std::string name, T value) {
  return {std::move(name), detail::Scalar(value)};
}

} // namespace tenon
