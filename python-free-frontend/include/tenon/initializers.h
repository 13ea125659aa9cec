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

/// Uniform in [low, high).
struct Uniform {
  double low = -0.05, high = 0.05;
  Tensor operator()(const Shape &shape, DType dtype = f32) const;
};
/// Normally distributed; `truncated`: what is more than two standard deviations away is drawn again (which leaves a
/// standard deviation of 0.88 of the given one, as in Keras).
struct Normal {
  double mean = 0, stddev = 0.05;
  bool truncated = false;
  Tensor operator()(const Shape &shape, DType dtype = f32) const;
};
/// `gain` times a matrix [rows,columns] with orthonormal columns, or rows where there are fewer of them; of a longer
/// shape all but the last dimension are the rows. Uniform over such matrices: Q of a normally distributed matrix, with
/// the signs that make R's diagonal positive (Saxe et al., 2013).
struct Orthogonal {
  double gain = 1;
  Tensor operator()(const Shape &shape, DType dtype = f32) const;
};
/// `gain` on the diagonal of a matrix, 0 elsewhere.
struct Identity {
  double gain = 1;
  Tensor operator()(const Shape &shape, DType dtype = f32) const;
};

inline constexpr Constant zeros{0}, ones{1};
inline constexpr Constant constant(double value) { return {value}; }
inline constexpr Uniform random_uniform{};
inline constexpr Normal random_normal{}, truncated_normal{.truncated = true};
inline constexpr Orthogonal orthogonal{};
inline constexpr Identity identity{};
/// variance 2 / (fan in + fan out) (Glorot and Bengio, 2010).
inline constexpr VarianceScaling glorot_uniform{1, Fan::average, Distribution::uniform},
    glorot_normal{1, Fan::average, Distribution::truncated_normal};
/// variance 2 / fan in (He et al., 2015).
inline constexpr VarianceScaling he_uniform{2, Fan::in, Distribution::uniform},
    he_normal{2, Fan::in, Distribution::truncated_normal};
/// variance 1 / fan in (LeCun et al., 1998).
inline constexpr VarianceScaling lecun_uniform{1, Fan::in, Distribution::uniform},
    lecun_normal{1, Fan::in, Distribution::truncated_normal};

} // namespace initializers

} // namespace tenon
