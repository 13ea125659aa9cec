// At: makes operands that carry the line at which the user called.
#pragma once

#include "tenon/tensor.h"

namespace tenon::detail {

/// `at(x) + at(1)`: the location of an operation is its first operand's.
struct At {
  Location where;
  Arg operator()(const Tensor &x) const { return Arg(x, where); }
  template <Arithmetic T> Arg operator()(T x) const { return Arg(x, where); }
};

} // namespace tenon::detail
