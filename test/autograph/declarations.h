// What tenon-autograph sees of Tenon: declarations alone, so that its own tests do not wait for the frontend.
#pragma once

#include <concepts>
#include <stdexcept>
#include <tuple>
#include <utility>
#include <vector>

#define TENON_FUNCTION [[clang::annotate("tenon.autograph")]]

namespace tenon {

class Tensor {
public:
  Tensor();
  template <class T>
    requires std::is_arithmetic_v<T>
  Tensor(T value);
  Tensor(std::initializer_list<double> values);
  explicit operator bool() const;
  Tensor operator[](const Tensor &index) const;
  Tensor &operator+=(const Tensor &x);
  Tensor &operator-=(const Tensor &x);
  Tensor dim(int axis) const;
};

Tensor operator+(const Tensor &a, const Tensor &b);
Tensor operator-(const Tensor &a, const Tensor &b);
Tensor operator*(const Tensor &a, const Tensor &b);
Tensor operator/(const Tensor &a, const Tensor &b);
Tensor operator%(const Tensor &a, const Tensor &b);
Tensor operator-(const Tensor &a);
Tensor operator<(const Tensor &a, const Tensor &b);
Tensor operator>(const Tensor &a, const Tensor &b);
Tensor operator==(const Tensor &a, const Tensor &b);
Tensor operator!=(const Tensor &a, const Tensor &b);
Tensor operator!(const Tensor &a);
Tensor operator&&(const Tensor &a, const Tensor &b);
Tensor operator||(const Tensor &a, const Tensor &b);
Tensor tanh(const Tensor &x);

struct TensorIterator {
  Tensor operator*() const;
  TensorIterator &operator++();
  bool operator!=(const TensorIterator &) const;
};
TensorIterator begin(const Tensor &x);
TensorIterator end(const Tensor &x);

class Range {
public:
  TensorIterator begin() const;
  TensorIterator end() const;
};
Range range(const Tensor &n);
Range range(const Tensor &lo, const Tensor &hi);

class TensorArray {
public:
  explicit TensorArray(const Tensor &size);
  void write(const Tensor &i, const Tensor &x);
};

template <class F> F function(F f) { return f; }

} // namespace tenon
