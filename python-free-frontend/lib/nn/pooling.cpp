// Pooling layers.
#include "tenon/nn/pooling.h"
#include "weights.h"

namespace tenon::nn {

namespace {

using Pool = Tensor (*)(const Arg &, const std::vector<std::int64_t> &, const PoolOptions &);

struct PoolState final : LayerState {
  Pool pool;
  Shape window;
  PoolOptions options;

  PoolState(const char *kind, Pool pool, Shape w, Shape strides, const Padding &padding, const std::string &name,
            Location where)
      : LayerState(kind, name, where), pool(pool), window(std::move(w)),
        options{.strides = std::move(strides), .padding = padding} {
    for (std::size_t i = 0; i < window.size(); ++i) {
      if (options.strides[i] == 0)
        options.strides[i] = window[i];
      if (window[i] <= 0 || options.strides[i] <= 0)
        fail("expected a window and strides of 1 or more, but got " + std::to_string(window[i]) + " and " +
                 std::to_string(options.strides[i]),
             where);
    }
  }
  Tensor call(const Tensor &x, Call, Location where) override {
    const std::size_t rank = window.size() + 2;
    check_argument(*this, x, rank, rank, rank == 3 ? "[batch,time,channels]" : "[batch,height,width,channels]", where);
    return pool(Arg(x, where), window, options);
  }
  Masked call_masked(const Tensor &x, const Call &call, Location where) override {
    return {this->call(x, call, where), {}};
  }
  bool holds_variables() const override { return false; }
};

struct GlobalPoolState final : LayerState {
  bool largest;
  ReduceOptions options;

  GlobalPoolState(const char *kind, bool largest, const GlobalPoolOptions &o, Location where)
      : LayerState(kind, o.name, where), largest(largest), options{.keep_dims = o.keep_dims} {}
  Tensor call(const Tensor &x, Call call, Location where) override {
    const TensorType type =
        check_argument(*this, x, 3, 4, "[batch,time,channels] or [batch,height,width,channels]", where);
    if (type.dims.size() == 3 && !largest)
      if (const std::optional<Tensor> mask = mask_of(call, x, where))
        return mean_of_steps(x, *mask, type.dtype, where);
    const std::vector<std::int64_t> axes =
        type.dims.size() == 3 ? std::vector<std::int64_t>{1} : std::vector<std::int64_t>{1, 2};
    return largest ? max(Arg(x, where), axes, options) : mean(Arg(x, where), axes, options);
  }
  // Over those that count.
  Tensor mean_of_steps(const Tensor &x, const Tensor &mask, DType dtype, Location where) const {
    const Tensor counts = expand_dims(Arg(mask, where), -1);
    const Tensor chosen = tenon::where(Arg(counts, where), Arg(x, where), Arg(0, where));
    const Tensor total = sum(Arg(chosen, where), 1, options);
    const Tensor steps = sum(Arg(cast(Arg(counts, where), dtype), where), 1, options);
    return Arg(total, where) / Arg(steps, where);
  }
  Masked call_masked(const Tensor &x, const Call &call, Location where) override {
    return {this->call(x, call, where), {}};
  }
  bool holds_variables() const override { return false; }
};

LayerState *pool1d(const char *kind, Pool pool, std::int64_t window, const Pool1DOptions &o, Location where) {
  return new PoolState(kind, pool, {window}, {o.stride}, o.padding, o.name, where);
}
LayerState *pool2d(const char *kind, Pool pool, Size2 window, const Pool2DOptions &o, Location where) {
  return new PoolState(kind, pool, {window.height, window.width}, {o.strides.height, o.strides.width}, o.padding,
                       o.name, where);
}

} // namespace

MaxPool1D::MaxPool1D(std::int64_t window, Pool1DOptions options, Location where)
    : Layer(pool1d("MaxPool1D", &max_pool, window, options, where)) {}
AvgPool1D::AvgPool1D(std::int64_t window, Pool1DOptions options, Location where)
    : Layer(pool1d("AvgPool1D", &avg_pool, window, options, where)) {}
MaxPool2D::MaxPool2D(Size2 window, Pool2DOptions options, Location where)
    : Layer(pool2d("MaxPool2D", &max_pool, window, options, where)) {}
AvgPool2D::AvgPool2D(Size2 window, Pool2DOptions options, Location where)
    : Layer(pool2d("AvgPool2D", &avg_pool, window, options, where)) {}
GlobalMaxPool::GlobalMaxPool(GlobalPoolOptions options, Location where)
    : Layer(new GlobalPoolState("GlobalMaxPool", true, options, where)) {}
GlobalAvgPool::GlobalAvgPool(GlobalPoolOptions options, Location where)
    : Layer(new GlobalPoolState("GlobalAvgPool", false, options, where)) {}

} // namespace tenon::nn
