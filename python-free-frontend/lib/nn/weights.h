// What layers share: first values, checks of the argument, operations at the caller's line.
#pragma once

#include "apply.h"
#include "tenon/initializers.h"
#include "tenon/nn/layer.h"
#include "tenon/ops.h"

#include <optional>

namespace tenon::nn {

using tenon::detail::TensorType;

/// A variable of a layer, of its first value, which is made at once, also while a function is traced.
Variable make_weight(const LayerState &layer, const char *name, const Initializer &initializer, const Shape &shape,
                     DType dtype, bool trainable = true);

/// The type of a layer's argument. Throws Error in the layer's name unless it is floating and its rank is in
/// [lowest, highest]; `form` says what was expected: "[batch,height,width,channels]".
TensorType check_argument(const LayerState &layer, const Tensor &x, std::size_t lowest, std::size_t highest,
                          const char *form, Location where);
/// The size of a dimension (negative: from the end), which variables need to know.
std::int64_t known_size(const LayerState &layer, const TensorType &type, int axis, const char *what, Location where);
/// Throws Error unless the layer's variables, made for `expected` along `axis`, take this argument.
void check_built(const LayerState &layer, const TensorType &type, int axis, std::int64_t expected, DType dtype,
                 const char *what, Location where);

} // namespace tenon::nn
