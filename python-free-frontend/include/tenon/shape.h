// Shapes: what a Tensor reports, and the argument type in which creation and reshaping take them.
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <vector>

namespace tenon {

class Tensor;

/// Dimensions, outermost first. A dimension that is open while tracing reads as `open`.
using Shape = std::vector<std::int64_t>;
inline constexpr std::int64_t open = -1;

/// One dimension in a call: a number, or a scalar Tensor whose value may be known only when the function runs.
/// Argument type: it refers to the Tensor and does not outlive the call.
struct Dim {
  std::int64_t number = 0;
  const Tensor *tensor = nullptr;
  template <std::integral I> Dim(I n) : number(std::int64_t(n)) {}
  Dim(const Tensor &t) : tensor(&t) {}
};

/// A shape in a call: `zeros({2, 3})`, `zeros({x.dim(0), 4})`, `zeros(x.shape())`.
/// Argument type: it refers to what it was made from and does not outlive the call.
class Dims {
public:
  Dims() = default;
  Dims(std::initializer_list<Dim> dims) : size_(dims.size()) { dims_ = dims.begin(); }
  Dims(const Shape &shape) : numbers_(shape.data()), size_(shape.size()) {}
  Dims(std::span<const std::int64_t> shape) : numbers_(shape.data()), size_(shape.size()) {}
  std::size_t size() const { return size_; }
  Dim operator[](std::size_t i) const { return dims_ ? dims_[i] : Dim(numbers_[i]); }

private:
  const Dim *dims_ = nullptr;
  const std::int64_t *numbers_ = nullptr;
  std::size_t size_ = 0;
};

/// Axes in a call: one number or several; negative ones count from the end; none means all.
class Axes {
public:
  Axes() = default;
  template <std::integral I> Axes(I axis) : one_(std::int64_t(axis)), size_(1) {}
  Axes(std::initializer_list<std::int64_t> axes) : size_(axes.size()) { many_ = axes.begin(); }
  Axes(const std::vector<std::int64_t> &axes) : many_(axes.data()), size_(axes.size()) {}
  std::size_t size() const { return size_; }
  std::int64_t operator[](std::size_t i) const { return many_ ? many_[i] : one_; }

private:
  std::int64_t one_ = 0;
  const std::int64_t *many_ = nullptr;
  std::size_t size_ = 0;
};

} // namespace tenon
