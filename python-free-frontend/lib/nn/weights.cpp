// What layers share: first values, and checks of the argument.
#include "weights.h"
#include "state.h"
#include "trace.h"

namespace tenon::nn {

using namespace tenon::detail;

Variable make_weight(const LayerState &layer, const char *name, const Initializer &initializer, const Shape &shape,
                     DType dtype, bool trainable) {
  PauseTrace pause;
  const Tensor value = initializer(shape, dtype);
  if (value.dtype() != dtype || value.shape() != shape)
    layer.fail("its initializer for '" + std::string(name) + "' was asked for " +
                   tenon::detail::describe(dtype, shape) + " and gave " +
                   tenon::detail::describe(value.dtype(), value.shape()),
               layer.made);
  Variable weight(value, name, layer.made);
  weight.set_trainable(trainable);
  Access::state(weight)->frozen = layer.frozen;
  return weight;
}

TensorType check_argument(const LayerState &layer, const Tensor &x, std::size_t lowest, std::size_t highest,
                          const char *form, Location where) {
  TensorType type = type_of(x, layer.kind.c_str(), where);
  if (type.dims.size() < lowest || type.dims.size() > highest)
    layer.fail("expected " + std::string(form) + ", but got " + type.describe(), where,
               type.dims.size() + 1 == lowest ? "a single sample needs a batch dimension: tenon::expand_dims(x, 0)"
                                              : "reshape the argument");
  if (!is_floating(type.dtype))
    layer.fail("expected floating numbers, but got " + type.describe(), where, "tenon::cast(x, tenon::f32)");
  return type;
}

std::int64_t known_size(const LayerState &layer, const TensorType &type, int axis, const char *what, Location where) {
  const std::int64_t size = type.dims[std::size_t(axis < 0 ? axis + int(type.dims.size()) : axis)];
  if (size == open)
    layer.fail("the " + std::string(what) + " has to be known, but the argument is " + type.describe(), where,
               "give the dimension a size in the specification");
  return size;
}

void check_built(const LayerState &layer, const TensorType &type, int axis, std::int64_t expected, DType dtype,
                 const char *what, Location where) {
  if (type.dtype != dtype)
    layer.fail("its variables are " + std::string(name(dtype)) + ", but the argument is " + type.describe(), where,
               "cast the argument, or make another layer");
  if (known_size(layer, type, axis, what, where) != expected)
    layer.fail("it was built at its first call for a " + std::string(what) + " of " + std::to_string(expected) +
                   ", but got " + type.describe(),
               where, "a layer keeps the size of its variables: reshape the argument, or make another layer");
}

} // namespace tenon::nn
