// Initializers: first values of variables, from one generator that tenon::set_seed() starts.
#pragma once

#include "tenon/handle.h"
#include "tenon/tensor.h"

namespace tenon {

/// Starts the generator of initial values: the same seed and the same layers in the same order give the same values.
/// Without it the seed is 0.
void set_seed(std::int64_t seed);

/// Makes a first value of a shape and a floating dtype, at once, also while a function is traced.
/// From the objects below, or any callable `Tensor(const Shape &, DType)`.
class Initializer : public detail::Handle {
public:
  struct State : detail::Shared {
    virtual Tensor make(const Shape &shape, DType dtype) const = 0;
    bool holds_variables() const override { return false; }
  };
  template <class F>
    requires(!std::is_base_of_v<Initializer, std::remove_cvref_t<F>> &&
             std::is_invocable_r_v<Tensor, const std::decay_t<F> &, const Shape &, DType>)
  Initializer(F &&f) : Handle(new Function<std::decay_t<F>>(std::forward<F>(f))) {}
  Tensor operator()(const Shape &shape, DType dtype = f32) const;

private:
  template <class F> struct Function final : State {
    F f;
    template <class G> explicit Function(G &&g) : f(std::forward<G>(g)) {}
    Tensor make(const Shape &shape, DType dtype) const override { return f(shape, dtype); }
  };
};

namespace initializers {

/// `value` everywhere.
struct Constant {
  double value = 0;
  Tensor operator()(const Shape &shape, DType dtype = f32) const;
};
enum class Fan : std::uint8_t { in, out, average };
enum class Distribution : std::uint8_t { truncated_normal, untruncated_normal, uniform };
/// Random numbers of variance scale / fan, where a kernel [window...,in,out] has fan in = window in, fan out = window
/// out (a vector [n]: both n). The truncated normal distribution ends at two standard deviations and is widened so that
/// the variance stays (He et al., 2015; as Keras's VarianceScaling).
struct VarianceScaling {
  double scale = 1;
  Fan fan = Fan::in;
  Distribution distribution = Distribution::truncated_normal;
  Tensor operator()(const Shape &shape, DType dtype = f32) const;
};

inline constexpr Constant zeros{0}, ones{1};
inline constexpr Constant constant(double value) { return {value}; }
/// Uniform in +-sqrt(6 / (fan in + fan out)) (Glorot and Bengio, 2010).
inline constexpr VarianceScaling glorot_uniform{1, Fan::average, Distribution::uniform};

} // namespace initializers

} // namespace tenon
