// Tensors from nothing, from numbers and from files. Dims may be scalar Tensors, whose values only the running function
// knows.
#pragma once

#include "tenon/tensor.h"

namespace tenon {

/// Zeros of `shape`.
Tensor zeros(Dims shape, DType dtype = f32, Location where = Location::current());
Tensor ones(Dims shape, DType dtype = f32, Location where = Location::current());
/// `value`, a scalar, at every position; a C++ number is f32, i64 or boolean unless `dtype` follows.
Tensor full(Dims shape, const Arg &value);
Tensor full(Dims shape, const Arg &value, DType dtype);
/// As zeros and ones, with the shape (open dimensions included) and dtype of `x`.
Tensor zeros_like(const Arg &x);
Tensor ones_like(const Arg &x);
Tensor full_like(const Arg &x, const Arg &value);

namespace detail {
Tensor arange_integers(std::int64_t start, std::int64_t stop, std::int64_t step, DType dtype, Location where);
Tensor arange_floating(double start, double stop, double step, DType dtype, Location where);
} // namespace detail
/// start, start + step, ... up to before `stop`, as NumPy counts: ceil((stop - start) / step) elements. i64, or f32 if
/// a number is floating. Element i is start + i * step, for floating numbers computed in f64 and rounded once.
template <Arithmetic A, Arithmetic B, Arithmetic C = int>
Tensor arange(A start, B stop, C step, DType dtype, Location where = Location::current()) {
  if constexpr (std::is_integral_v<A> && std::is_integral_v<B> && std::is_integral_v<C>)
    return detail::arange_integers(std::int64_t(start), std::int64_t(stop), std::int64_t(step), dtype, where);
  else
    return detail::arange_floating(double(start), double(stop), double(step), dtype, where);
}
template <Arithmetic A, Arithmetic B, Arithmetic C = int>
Tensor arange(A start, B stop, C step = 1, Location where = Location::current()) {
  return arange(start, stop, step, std::is_floating_point_v<decltype(start + stop + step)> ? f32 : i64, where);
}
/// 0, 1, ... up to before `stop`.
template <Arithmetic A> Tensor arange(A stop, Location where = Location::current()) {
  return arange(A(0), stop, A(1), where);
}
/// 0, 1, ... with a length that only the running function knows: a scalar integer Tensor.
Tensor arange(const Tensor &stop, Location where = Location::current());
/// `count` numbers from `start` to `stop`, both included.
Tensor linspace(double start, double stop, std::int64_t count, DType dtype = f32, Location where = Location::current());
/// Ones where column - row is `diagonal`, zeros elsewhere; without `columns` it is square.
Tensor eye(std::int64_t rows, std::int64_t columns = -1, std::int64_t diagonal = 0, DType dtype = f32,
           Location where = Location::current());

/// Reads a NumPy `.npy` file of version 1, 2 or 3, little endian, in C or Fortran order (then reordered to C).
/// An Error names the file, what was expected and what was found: no such file, truncated, not `.npy`, an unsupported
/// dtype.
Tensor load_npy(const std::string &path, Location where = Location::current());
/// Writes `x` as version 1.0, C order; written beside and renamed, so that no half a file is ever seen. bf16 is stored
/// as its bits ('<V2').
void save_npy(const std::string &path, const Tensor &x, Location where = Location::current());

} // namespace tenon
