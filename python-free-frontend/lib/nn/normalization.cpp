// Normalization layers.
#include "tenon/nn/normalization.h"
#include "sizes.h"
#include "tenon/create.h"
#include "weights.h"

namespace tenon::nn {

using namespace tenon::detail;

namespace {

// gamma and beta, where the options have them.
struct Affine : LayerState {
  double epsilon;
  bool center, scale;
  Initializer beta_initializer, gamma_initializer;
  std::optional<Variable> gamma, beta;
  std::int64_t channels = -1;
  DType dtype = f32;

  template <class Options>
  Affine(const char *kind, const Options &o, Location where)
      : LayerState(kind, o.name, where), epsilon(o.epsilon), center(o.center), scale(o.scale),
        beta_initializer(o.beta_initializer), gamma_initializer(o.gamma_initializer) {
    if (!(epsilon >= 0))
      fail("expected an epsilon of 0 or more, but got " + std::to_string(epsilon), where);
  }

  virtual void build_more() {}
  // The dtype of statistics and of gamma and beta: f16 and bf16 have too few digits to add up in. As Keras's mixed
  // precision, where x and the result alone are narrow.
  DType exact() const { return dtype == f16 || dtype == bf16 ? f32 : dtype; }
  Tensor widen(const Tensor &x, Location where) const {
    return dtype == exact() ? Tensor(x, where) : cast(Arg(x, where), exact());
  }
  Tensor narrow(const Tensor &y, Location where) const { return dtype == exact() ? y : cast(Arg(y, where), dtype); }
  TensorType prepare(const Tensor &x, std::size_t lowest, const char *form, Location where) {
    const TensorType type = check_argument(*this, x, lowest, 16, form, where);
    if (channels < 0) {
      channels = known_size(*this, type, -1, "number of channels", where);
      dtype = type.dtype;
      build_more();
      if (scale)
        gamma.emplace(make_weight(*this, "gamma", gamma_initializer, {channels}, exact()));
      if (center)
        beta.emplace(make_weight(*this, "beta", beta_initializer, {channels}, exact()));
    }
    check_built(*this, type, -1, channels, dtype, "number of channels", where);
    return type;
  }
  // y gamma + beta.
  Tensor affine(Tensor y, Location where) const {
    if (gamma)
      y = Arg(y, where) * Arg(*gamma, where);
    if (beta)
      y = Arg(y, where) + Arg(*beta, where);
    return y;
  }
  void collect(Collector &collector, const std::string &path) const override {
    if (gamma)
      collector.add(join(path, "gamma"), *gamma);
    if (beta)
      collector.add(join(path, "beta"), *beta);
  }
};

struct BatchNormState final : Affine {
  BatchNormOptions options;
  std::optional<Variable> moving_mean, moving_variance;

  BatchNormState(BatchNormOptions o, Location where) : Affine("BatchNorm", o, where), options(std::move(o)) {
    if (!(options.momentum >= 0 && options.momentum <= 1))
      fail("expected a momentum in [0, 1], but got " + std::to_string(options.momentum), where);
  }
  void build_more() override {
    moving_mean.emplace(make_weight(*this, "moving_mean", options.moving_mean_initializer, {channels}, exact(), false));
    moving_variance.emplace(
        make_weight(*this, "moving_variance", options.moving_variance_initializer, {channels}, exact(), false));
  }

  Tensor call(const Tensor &x, Call call, Location where) override {
    const TensorType type = prepare(x, 2, "[batch,...,channels]", where);
    const Tensor wide = widen(x, where);
    if (!call.training || frozen)
      return narrow(normalize(wide, moving_mean->value(where), moving_variance->value(where), where), where);
    std::vector<std::int64_t> axes;
    for (std::size_t i = 0; i + 1 < type.dims.size(); ++i) axes.push_back(std::int64_t(i));
    const auto [mean, variance] = moments(wide, mask_of(call, x, where), axes, exact(), where);
    move(*moving_mean, mean, where);
    move(*moving_variance, variance, where);
    return narrow(normalize(wide, mean, variance, where), where);
  }

  // Over the steps that count; Keras adds its epsilon to their number.
  std::pair<Tensor, Tensor> moments(const Tensor &x, const std::optional<Tensor> &mask, Axes axes, DType dtype,
                                    Location where) const {
    if (!mask)
      return {tenon::mean(Arg(x, where), axes), tenon::variance(Arg(x, where), axes)};
    const Tensor counts = expand_dims(Arg(*mask, where), -1), zero = zeros_like(Arg(x, where));
    const Tensor number = sum(Arg(cast(Arg(counts, where), dtype), where), {});
    const Tensor divisor = Arg(number, where) + Arg(1e-7, where);
    const auto average = [&](const Tensor &y) {
      const Tensor chosen = tenon::where(Arg(counts, where), Arg(y, where), Arg(zero, where));
      const Tensor total = sum(Arg(chosen, where), axes);
      return Arg(total, where) / Arg(divisor, where);
    };
    const Tensor mean = average(x), centered = Arg(x, where) - Arg(mean, where);
    return {mean, average(square(Arg(centered, where)))};
  }

  // (x - mean) times one factor for each channel, plus beta.
  Tensor normalize(const Tensor &x, const Tensor &mean, const Tensor &variance, Location where) const {
    Tensor factor = rsqrt(Arg(Arg(variance, where) + Arg(epsilon, where), where));
    if (gamma)
      factor = Arg(factor, where) * Arg(*gamma, where);
    const Tensor centered = Arg(x, where) - Arg(mean, where);
    Tensor y = Arg(centered, where) * Arg(factor, where);
    if (beta)
      y = Arg(y, where) + Arg(*beta, where);
    return y;
  }
  void move(const Variable &moving, const Tensor &batch, Location where) const {
    const Tensor old = Arg(moving, where) * Arg(options.momentum, where);
    const Tensor now = Arg(batch, where) * Arg(1 - options.momentum, where);
    moving.assign(Arg(Arg(old, where) + Arg(now, where), where));
  }
  void collect(Collector &collector, const std::string &path) const override {
    Affine::collect(collector, path);
    if (moving_mean) {
      collector.add(join(path, "moving_mean"), *moving_mean);
      collector.add(join(path, "moving_variance"), *moving_variance);
    }
  }
};

// Over the dimensions `axes`.
Tensor standardize(const Tensor &x, Axes axes, double epsilon, Location where) {
  const Tensor mean = tenon::mean(Arg(x, where), axes, {.keep_dims = true});
  const Tensor variance = tenon::variance(Arg(x, where), axes, {.keep_dims = true});
  const Tensor factor = rsqrt(Arg(Arg(variance, where) + Arg(epsilon, where), where));
  return Arg(Arg(x, where) - Arg(mean, where), where) * Arg(factor, where);
}

struct LayerNormState final : Affine {
  LayerNormState(const LayerNormOptions &o, Location where) : Affine("LayerNorm", o, where) {}
  Tensor call(const Tensor &x, Call, Location where) override {
    prepare(x, 1, "[...,channels]", where);
    const Tensor wide = widen(x, where);
    if (gamma && beta)
      return narrow(layer_norm(Arg(wide, where), Arg(*gamma, where), Arg(*beta, where), epsilon), where);
    return narrow(affine(standardize(wide, -1, epsilon, where), where), where);
  }
};

struct GroupNormState final : Affine {
  std::int64_t groups;
  GroupNormState(const GroupNormOptions &o, Location where) : Affine("GroupNorm", o, where), groups(o.groups) {
    if (groups <= 0 && groups != -1)
      fail("expected 1 or more groups, or -1, but got " + std::to_string(groups), where);
  }
  void build_more() override {
    if (groups > 0 && channels % groups) {
      const std::int64_t n = std::exchange(channels, -1);
      fail(std::to_string(groups) + " groups do not divide the " + std::to_string(n) + " channels", made,
           "{.groups = -1} is one for each channel");
    }
  }
  Tensor call(const Tensor &x, Call, Location where) override {
    prepare(x, 2, "[batch,...,channels]", where);
    const std::int64_t n = groups < 0 ? channels : groups;
    const Sizes sizes = sizes_of(x, where);
    Sizes by_group{sizes[0]}; // [N, all positions, groups, channels of a group]
    for (const std::int64_t size : {std::int64_t(-1), n, channels / n}) by_group.push_back(Size{.number = size});
    const Tensor grouped = reshape_to(widen(x, where), std::move(by_group), where);
    const Tensor y = standardize(grouped, {1, 3}, epsilon, where);
    return narrow(affine(reshape_to(y, sizes, where), where), where);
  }
};

} // namespace

BatchNorm::BatchNorm(BatchNormOptions options, Location where) : Layer(new BatchNormState(std::move(options), where)) {}
LayerNorm::LayerNorm(LayerNormOptions options, Location where) : Layer(new LayerNormState(options, where)) {}
GroupNorm::GroupNorm(GroupNormOptions options, Location where) : Layer(new GroupNormState(options, where)) {}

} // namespace tenon::nn
