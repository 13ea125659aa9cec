// Activations: those that are made of other operations.
#include "tenon/nn/activations.h"

namespace tenon::nn {

Tensor detail::identity(const Arg &x) { return x.tensor ? Tensor(*x.tensor, x.where) : x * Arg(1, x.where); }
Tensor detail::softmax(const Arg &x) { return tenon::softmax(x); }
Tensor detail::log_softmax(const Arg &x) { return tenon::log_softmax(x); }

// Each intermediate gets the user's line.
#define TENON_ARG(expression) Arg(expression, x.where)

Tensor detail::elu(const Arg &x) {
  const Tensor positive = x > TENON_ARG(0);
  // expm1 of what is not taken might overflow, and its gradient be NaN: it sees min(x, 0).
  const Tensor below = expm1(TENON_ARG(minimum(x, TENON_ARG(0))));
  return where(TENON_ARG(positive), x, TENON_ARG(below));
}
Tensor detail::selu(const Arg &x) {
  const Tensor positive = x > TENON_ARG(0);
  const Tensor below = expm1(TENON_ARG(minimum(x, TENON_ARG(0))));
  const Tensor scaled = TENON_ARG(1.6732632423543772) * TENON_ARG(below);
  return TENON_ARG(1.0507009873554805) * TENON_ARG(where(TENON_ARG(positive), x, TENON_ARG(scaled)));
}
Tensor detail::leaky_relu(const Arg &x) {
  return where(TENON_ARG(x >= TENON_ARG(0)), x, TENON_ARG(x * TENON_ARG(0.2)));
}
Tensor detail::relu6(const Arg &x) { return clamp(x, TENON_ARG(0), TENON_ARG(6)); }
Tensor detail::softsign(const Arg &x) { return x / TENON_ARG(TENON_ARG(1) + TENON_ARG(abs(x))); }
Tensor detail::hard_sigmoid(const Arg &x) { return relu6(TENON_ARG(x + TENON_ARG(3))) * TENON_ARG(1.0 / 6); }
Tensor detail::hard_silu(const Arg &x) { return x * TENON_ARG(hard_sigmoid(x)); }
Tensor detail::mish(const Arg &x) { return x * TENON_ARG(tenon::tanh(TENON_ARG(tenon::softplus(x)))); }
Tensor detail::gelu_tanh(const Arg &x) {
  const Tensor cube = x * TENON_ARG(x * x);
  const Tensor inner = TENON_ARG(0.7978845608028654) * TENON_ARG(x + TENON_ARG(TENON_ARG(0.044715) * TENON_ARG(cube)));
  return TENON_ARG(TENON_ARG(0.5) * x) * TENON_ARG(TENON_ARG(1) + TENON_ARG(tenon::tanh(TENON_ARG(inner))));
}
#undef TENON_ARG

Tensor Activation::operator()(const Arg &x, Call call) const {
  return state() ? Layer::operator()(x, call) : detail::identity(x);
}
void Activation::collect(Collector &collector, const std::string &path) const {
  if (state() && state()->holds_variables())
    Layer::collect(collector, path);
}

} // namespace tenon::nn
