// Sizes of dimensions that are numbers or scalar Tensors, and the shapes made of them.
#pragma once

#include "promote.h"

namespace tenon::detail {

/// One size: a number, or (number == open) an i64 scalar of the trace.
struct Size {
  std::int64_t number = 0;
  Tensor tensor = Access::empty();
  bool is_open() const { return number == open; }
};
using Sizes = llvm::SmallVector<Size, 6>;

/// The value of an integer scalar where it is known: eagerly, or a constant of the trace.
std::optional<std::int64_t> known_value(const Tensor &x, const char *operation, Location where);
/// A size from a scalar Tensor: its value where that is known, else the Tensor as i64.
Size size_of_tensor(const Tensor &x, const char *operation, Location where);
/// The sizes that a caller wrote. -1 stays -1 where `allow_rest`; other negative sizes are an Error.
Sizes resolve(Dims dims, const char *operation, Location where, bool allow_rest = false);
/// The size of dimension `axis` of x.
Size size_at(const Tensor &x, std::size_t axis, Location where);
/// All sizes of x.
Sizes sizes_of(const Tensor &x, Location where);

/// The type that sizes make, and the operands for its open dimensions, in order.
struct ShapeOperands {
  TensorType type;
  llvm::SmallVector<Operand, 4> open;
};
ShapeOperands shape_operands(DType dtype, llvm::ArrayRef<Size> sizes);

/// reshape with sizes; one may be -1.
Tensor reshape_to(const Tensor &x, Sizes sizes, Location where);

/// A Tensor for a value made by the frontend: itself when eager, a constant or a captured value while tracing. Takes
/// the reference.
Tensor constant(Buffer *owned, Location where);

} // namespace tenon::detail
