// TensorArray: what the iterations of a loop compute, one after the other.
#pragma once

#include "tenon/tensor.h"

#include <optional>

namespace tenon {

/// `size` elements of one dtype and shape, which start as zeros.
///
/// While tracing it is a Tensor [size, element...] that write() changes in place, carried by loops as any Tensor; so a
/// copy is a new array, and element shapes are the same for all. The element shape is given, or that of the first
/// element that is written, which then has to be known where the array was made. Eagerly it keeps the elements.
class TensorArray {
public:
  /// `size` elements, a C++ number or a Tensor, whose shape is that of the first one written.
  TensorArray(DType dtype, const Arg &size);
  TensorArray(DType dtype, const Arg &size, Dims element);
  /// Grows as far as elements are written. Eagerly only.
  explicit TensorArray(DType dtype, Location where = Location::current());

  /// Element i becomes x, which has the array's dtype (a C++ number takes it). An Error unless 0 <= i < size: in a
  /// traced function when it runs.
  void write(const Arg &i, const Arg &x);
  /// Element i; zeros where none was written. An Error unless 0 <= i < size.
  Tensor read(const Arg &i) const;
  /// All elements: [size, element...]. An Error where no element says the shape.
  Tensor stack(Location where = Location::current()) const;
  /// The number of elements, an i64 scalar.
  Tensor size(Location where = Location::current()) const;

private:
  TensorArray(DType dtype, Location where, bool grows);
  void begin(const Tensor &element, Location where);
  bool has_values() const;
  void write_eager(const Arg &i, const Tensor &x);
  Tensor element(const Arg &x) const;

  DType dtype_;
  Location where_;
  bool grows_ = false, traced_ = false;
  Tensor size_;                  // i64 scalar, unless it grows
  Tensor values_;                // traced: no value until the element's shape is known
  std::vector<Tensor> elements_; // eager: without a value where none was written
  std::optional<Shape> shape_;   // eager: of an element, once it is known
};

} // namespace tenon
