// nn::Dense.
#include "tenon/nn/dense.h"
#include "weights.h"

namespace tenon::nn {

namespace {
struct DenseState final : LayerState {
  std::int64_t units;
  DenseOptions options;
  std::optional<Variable> kernel, bias;

  DenseState(std::int64_t units, DenseOptions o, Location where)
      : LayerState("Dense", o.name, where), units(units), options(std::move(o)) {
    if (units <= 0)
      fail("expected a positive number of units, but got " + std::to_string(units), where);
  }

  Tensor call(const Tensor &x, Call call, Location where) override {
    const TensorType type = check_argument(*this, x, 1, 16, "[...,channels]", where);
    if (!kernel) {
      const std::int64_t channels = known_size(*this, type, -1, "last dimension", where);
      kernel.emplace(make_weight(*this, "kernel", options.kernel_initializer, {channels, units}, type.dtype));
      if (options.use_bias)
        bias.emplace(make_weight(*this, "bias", options.bias_initializer, {units}, type.dtype));
    }
    check_built(*this, type, -1, kernel->shape()[0], kernel->dtype(), "last dimension", where);
    Tensor y = matmul(Arg(x, where), Arg(*kernel, where));
    if (bias)
      y = Arg(y, where) + Arg(*bias, where);
    return options.activation ? options.activation(Arg(y, where), call) : y;
  }

  void collect(Collector &collector, const std::string &path) const override {
    if (kernel)
      collector.add(tenon::detail::join(path, "kernel"), *kernel);
    if (bias)
      collector.add(tenon::detail::join(path, "bias"), *bias);
    options.activation.collect(collector, tenon::detail::join(path, "activation"));
  }
};
} // namespace

Dense::Dense(std::int64_t units, DenseOptions options, Location where)
    : Layer(new DenseState(units, std::move(options), where)) {}

} // namespace tenon::nn
