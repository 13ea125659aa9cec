// Tensor: an array that behaves like an int. Each object is its own variable; a copy is a new variable with the same
// value.
#pragma once

#include "tenon/dtype.h"
#include "tenon/error.h"
#include "tenon/shape.h"

#include <concepts>
#include <iosfwd>
#include <iterator>

namespace tenon {

class Tensor;
class Variable;
struct Arg;
struct Index;

template <class T>
concept Arithmetic = std::is_arithmetic_v<T>;

namespace detail {
struct Buffer;                                 // a shared, immutable value
extern constinit thread_local bool is_tracing; // whether this thread records operations instead of running them

// A C++ number before it has a dtype: as an operand it takes the other operand's.
struct Scalar {
  enum Kind : std::uint8_t { boolean, integer, floating } kind = integer;
  union {
    std::int64_t i = 0;
    double f;
  };
  constexpr Scalar() = default;
  template <Arithmetic T> constexpr Scalar(T value) {
    if constexpr (std::is_floating_point_v<T>)
      kind = floating, f = double(value);
    else
      kind = std::is_same_v<T, bool> ? boolean : integer, i = std::int64_t(value);
  }
};

// {1, 2} or {{1, 2}, {3, 4}}: refers to the braces, so it lives as long as they do. Never made from a Tensor.
struct Nested {
  Scalar scalar;
  const Nested *children = nullptr;
  std::size_t count = 0;
  bool is_list = false;
  template <Arithmetic T> constexpr Nested(T value) : scalar(value) {}
  Nested(std::initializer_list<Nested> list) : count(list.size()), is_list(true) { children = list.begin(); }
};
struct VariableState;
struct Access; // how lib/ reaches into a Tensor
} // namespace detail

/// An array of any rank, its dtype and its shape.
///
/// A Tensor is a value: copies share memory that never changes, and assignment changes only the object assigned to.
/// Operations run at once, unless a `tenon::function` is being traced: then they are recorded.
/// Elements are in row-major order. Reading one Tensor from several threads is safe; assigning needs the user's own
/// order.
class Tensor {
public:
  /// A Tensor without a value; reading it is an Error.
  Tensor(Location where = Location::current()) noexcept {
    if (detail::is_tracing) [[unlikely]]
      born(where);
  }
  /// A scalar (rank 0). Alone an integer is i64, a floating number f32, a bool boolean.
  template <Arithmetic T> Tensor(T value, Location where = Location::current()) { set(detail::Scalar(value), where); }
  /// A scalar of the given dtype.
  template <Arithmetic T> Tensor(T value, DType dtype, Location where = Location::current()) {
    set(detail::Scalar(value), dtype, where);
  }
  /// Values in nested braces, always values and never a shape: `Tensor{3}` has rank 1. f32 if any is floating, else i64
  /// or boolean.
  Tensor(std::initializer_list<detail::Nested> values, Location where = Location::current()) {
    set(values, nullptr, where);
  }
  Tensor(std::initializer_list<detail::Nested> values, DType dtype, Location where = Location::current()) {
    set(values, &dtype, where);
  }

  Tensor(const Tensor &other, Location where = Location::current());
  /// While tracing the same as a copy: each object is a variable of its own.
  Tensor(Tensor &&other) noexcept : buffer_(other.buffer_), slot_(other.slot_), trace_(other.trace_) {
    other.buffer_ = nullptr;
    other.slot_ = none;
    if (slot_ != none) [[unlikely]]
      moved(other);
  }
  Tensor &operator=(const Tensor &other) & {
    assign(other);
    return *this;
  }
  Tensor &operator=(Tensor &&other) & noexcept(false);
  ~Tensor() {
    if (slot_ != none) [[unlikely]]
      drop();
    if (buffer_)
      release();
  }

  /// Copies `values`, in row-major order, under `shape` (without one: rank 1).
  template <class R>
    requires requires(const R &r) { std::data(r), std::size(r); }
  static Tensor from(const R &values, Dims shape, Location where = Location::current()) {
    using T = std::remove_cvref_t<decltype(*std::data(values))>;
    return copy_of(std::data(values), std::size(values), dtype_of<T>, shape, where);
  }
  template <class R>
    requires requires(const R &r) { std::data(r), std::size(r); }
  static Tensor from(const R &values, Location where = Location::current()) {
    return from(values, {std::size(values)}, where);
  }

  DType dtype(Location where = Location::current()) const;
  /// A dimension that is open while tracing reads as `tenon::open`.
  Shape shape(Location where = Location::current()) const;
  int rank(Location where = Location::current()) const;
  /// The size of one dimension as an i64 scalar, which may be known only when the function runs; a negative axis counts
  /// from the end.
  Tensor dim(int axis, Location where = Location::current()) const;
  /// The size of one dimension as a number; an Error where it is open.
  std::int64_t size(int axis, Location where = Location::current()) const;
  /// The number of elements; an Error where a dimension is open.
  std::int64_t size(Location where = Location::current()) const;

  /// The only element, converted to T. An Error for more than one element, and in a traced function, where values are
  /// not known yet.
  template <Arithmetic T = float> T item(Location where = Location::current()) const {
    detail::Scalar s = scalar(where);
    return s.kind == detail::Scalar::floating ? T(s.f) : T(s.i);
  }
  /// Whether the only element is not zero.
  explicit operator bool() const { return truth(); }
  /// The elements in row-major order, valid while a Tensor holds this value. T has to be the dtype's C++ type.
  template <class T> std::span<const T> data(Location where = Location::current()) const & {
    std::int64_t n = 0;
    const void *p = elements(dtype_of<T>, n, where);
    return {static_cast<const T *>(p), std::size_t(n)};
  }
  template <class T> std::span<const T> data() const && = delete; // would dangle: give the Tensor a name first

  /// x[0], x[-1], x[slice(1, 3)], x[i] with a Tensor i: the first dimension.
  Tensor operator[](const Index &index) const;
  /// x[{0, slice(1, 3)}], x[{all_, 2}], x[{ellipsis, newaxis}]: dimension by dimension.
  Tensor operator[](std::initializer_list<Index> indices) const;

  Tensor &operator+=(const Arg &x) &;
  Tensor &operator-=(const Arg &x) &;
  Tensor &operator*=(const Arg &x) &;
  Tensor &operator/=(const Arg &x) &;
  Tensor &operator%=(const Arg &x) &;

  /// As tenon::reshape, transpose, cast, sum, mean: those that read better after the Tensor.
  Tensor reshape(Dims shape, Location where = Location::current()) const;
  Tensor transpose(Axes permutation = {}, Location where = Location::current()) const;
  Tensor cast(DType dtype, Location where = Location::current()) const;
  Tensor sum(Axes axes = {}, Location where = Location::current()) const;
  Tensor mean(Axes axes = {}, Location where = Location::current()) const;

  /// As NumPy's str(): `[[1. 2.]\n [3. 4.]]`.
  std::string to_string(Location where = Location::current()) const;

private:
  friend struct detail::Access;
  friend struct Arg;
  static constexpr std::int32_t none = -1;
  struct Uninitialised {};
  static constexpr std::uint32_t unborn = UINT32_MAX;
  explicit Tensor(Uninitialised) noexcept : trace_(unborn) {} // no slot, even while tracing, until it is assigned

  static Tensor copy_of(const void *data, std::size_t count, DType dtype, Dims shape, Location where);
  void set(detail::Scalar value, Location where);
  void set(detail::Scalar value, DType dtype, Location where);
  void set(std::initializer_list<detail::Nested> values, const DType *dtype, Location where);
  void born(Location where) noexcept;
  void moved(Tensor &from) noexcept;
  void assign(const Tensor &other);
  void drop() noexcept;
  void release() noexcept;
  detail::Scalar scalar(Location where) const;
  bool truth() const;
  const void *elements(DType expected, std::int64_t &count, Location where) const;

  // Eager: buffer_ holds the value. While tracing: this object is variable number slot_ of trace trace_, which knows
  // its present value. An eager Tensor that a concrete function captured has the slot `captured` (see lib/capture.cpp).
  detail::Buffer *buffer_ = nullptr;
  mutable std::int32_t slot_ = none;
  std::uint32_t trace_ = 0;
};

/// An operand of an operation: a Tensor, a Variable or a C++ number, and where the operation was written.
///
/// A C++ number is weak: beside a Tensor it takes that Tensor's dtype, unless it is floating and the Tensor is not:
/// then f32. Argument type: it refers to the Tensor and does not outlive the call.
struct Arg {
  const Tensor *tensor;
  detail::Scalar scalar;
  Location where;

  Arg(const Tensor &x, Location where = Location::current()) : tensor(&x), where(where) {}
  Arg(const Variable &x, Location where = Location::current());
  template <Arithmetic T> Arg(T x, Location where = Location::current()) : tensor(nullptr), scalar(x), where(where) {}
  Arg(std::initializer_list<detail::Nested> values, Location where = Location::current())
      : tensor(&own_), where(where), own_(values, where) {}
  Arg(const Arg &) = delete;

private:
  Tensor own_{Tensor::Uninitialised{}};
};

/// Part of one dimension, as in Python: from `start` to before `stop`, every `step`; negative numbers count from the
/// end.
struct Slice {
  static constexpr std::int64_t omitted = INT64_MIN;
  std::int64_t start = omitted, stop = omitted, step = 1;
};
inline constexpr Slice slice() { return {}; }
inline constexpr Slice slice(std::int64_t start, std::int64_t stop, std::int64_t step = 1) {
  return {start, stop, step};
}
inline constexpr Slice slice_from(std::int64_t start, std::int64_t step = 1) { return {start, Slice::omitted, step}; }
inline constexpr Slice slice_to(std::int64_t stop, std::int64_t step = 1) { return {Slice::omitted, stop, step}; }
/// Every `step`-th element; -1 reverses.
inline constexpr Slice every(std::int64_t step) { return {Slice::omitted, Slice::omitted, step}; }
inline constexpr struct All {
} all_{};
inline constexpr struct Ellipsis {
} ellipsis{};
inline constexpr struct NewAxis {
} newaxis{};

/// What stands in brackets: a number, a Tensor of integers, a slice, `all_`, `ellipsis` or `newaxis`.
struct Index {
  enum Kind : std::uint8_t { number, tensor, range, ellipsis_, newaxis_ } kind;
  Slice slice{};
  const Tensor *value = nullptr;
  Location where;
  template <std::integral I>
  Index(I i, Location where = Location::current()) : kind(number), slice{std::int64_t(i), 0, 1}, where(where) {}
  Index(const Tensor &i, Location where = Location::current()) : kind(tensor), value(&i), where(where) {}
  Index(Slice s, Location where = Location::current()) : kind(range), slice(s), where(where) {}
  Index(All, Location where = Location::current()) : kind(range), where(where) {}
  Index(Ellipsis, Location where = Location::current()) : kind(ellipsis_), where(where) {}
  Index(NewAxis, Location where = Location::current()) : kind(newaxis_), where(where) {}
};

namespace detail {
std::int64_t row_count(const Tensor &x, Location where);
}
/// Rows of the first dimension: `for (Tensor row : x)`. While tracing their number has to be known: they are unrolled.
class RowIterator {
public:
  RowIterator(const Tensor &x, std::int64_t i) : x_(&x), i_(i) {}
  Tensor operator*() const { return (*x_)[i_]; }
  RowIterator &operator++() { return ++i_, *this; }
  bool operator==(const RowIterator &other) const { return i_ == other.i_; }

private:
  const Tensor *x_;
  std::int64_t i_;
};
inline RowIterator begin(const Tensor &x) { return {x, 0}; }
inline RowIterator end(const Tensor &x, Location where = Location::current()) {
  return {x, detail::row_count(x, where)};
}

/// Prints as NumPy does.
std::ostream &operator<<(std::ostream &out, const Tensor &x);

} // namespace tenon
