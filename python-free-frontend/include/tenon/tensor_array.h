// TensorArray: what the iterations of a loop compute, one after the other.
#pragma once

#include "tenon/tensor.h"

#include <optional>

namespace tenon {

/// How an array grows: `TensorArray(f32, {.capacity = n})`.
struct TensorArrayOptions {
  /// It never has more elements; a number, or a Tensor that is known before the array is.
  Dim capacity;
};

/// `size` elements of one dtype and shape, which start as zeros; or, without a size, as many as were appended.
///
/// While tracing it is a Tensor [size, element...] that write() changes in place, carried by loops as any Tensor; so a
/// copy is a new array, and element shapes are the same for all. The element shape is given, or that of the first
/// element that is written, which then has to be known where the array was made. Eagerly it keeps the elements.
///
/// An array that grows has memory for `capacity` elements in the function's workspace; without a capacity it asks the
/// host while it runs (`tenon_context::allocate` ahead of time): then it is append(), read() and size() alone, no
/// gradient passes through it, and a copy may be used only instead of the original.
class TensorArray {
public:
  /// `size` elements, a C++ number or a Tensor, whose shape is that of the first one written.
  TensorArray(DType dtype, const Arg &size);
  TensorArray(DType dtype, const Arg &size, Dims element);
  /// Empty; grows.
  explicit TensorArray(DType dtype, Location where = Location::current());
  /// Empty; grows up to a capacity, beyond which an append is an Error: in a traced function when it runs.
  TensorArray(DType dtype, TensorArrayOptions options, Location where = Location::current());

  /// Element i becomes x, which has the array's dtype (a C++ number takes it). An Error unless 0 <= i < size: in a
  /// traced function when it runs.
  void write(const Arg &i, const Arg &x);
  /// One more element, x, at the end of an array that grows.
  void append(const Arg &x);
  /// Element i; zeros where none was written. An Error unless 0 <= i < size.
  Tensor read(const Arg &i) const;
  /// All elements: [size, element...]. An Error where no element says the shape, and while tracing for an array that
  /// grows without a capacity. With one the size is known only when the function runs: no function can return it.
  Tensor stack(Location where = Location::current()) const;
  /// The number of elements, an i64 scalar.
  Tensor size(Location where = Location::current()) const;

private:
  TensorArray(DType dtype, Location where, bool grows);
  void begin(const Tensor &element, Location where);
  bool has_values() const;
  void write_eager(const Arg &i, const Tensor &x);
  Tensor element(const Arg &x) const;
  Tensor in_list(const Tensor &x, Location where) const;
  void check_traced(Location where) const;
  bool is_list() const { return grows_ && traced_ && !bounded_; }

  DType dtype_;
  Location where_;
  bool grows_ = false, traced_ = false, bounded_ = false;
  Tensor size_;                  // i64 scalar; eagerly unless it grows
  Tensor capacity_;              // i64 scalar: how many there is memory for; unless it grows without
  Tensor values_;                // traced: no value until the element's shape is known; a list where it has no capacity
  std::vector<int> open_;        // of a list: the variables of the trace that hold an element's open sizes
  std::vector<Tensor> elements_; // eager: without a value where none was written
  std::optional<Shape> shape_;   // eager: of an element, once it is known
};

} // namespace tenon
