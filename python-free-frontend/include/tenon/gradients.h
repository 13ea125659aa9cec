// Functions around GradientTape: gradients of functions, products with Jacobians and Hessians, gradients of one's own,
// checkpoints.
#pragma once

#include "tenon/control_flow.h"
#include "tenon/ops.h"
#include "tenon/structure.h"
#include "tenon/tape.h"

#include <memory>

namespace tenon {

/// A scalar function's value at `x` and its gradient there: `auto [value, gradient] = value_and_gradient(f, x);`
template <std::invocable<const Tensor &> F>
std::pair<Tensor, Tensor> value_and_gradient(F &&f, const Tensor &x, Location where = Location::current()) {
  GradientTape tape({}, where);
  tape.watch(x, where);
  Tensor value = f(x);
  Tensor gradient = tape.gradient(detail::Targets(value, where), x);
  return {std::move(value), std::move(gradient)};
}

/// f's value at `x` and the product of its Jacobian there with `tangent`, which has the shape and dtype of x: how the
/// value changes along the tangent. `auto [value, slope] = jvp(f, x, tangent);`
///
/// Forward mode, made of reverse mode: the product of the transposed Jacobian with a cotangent u is linear in u, and
/// its own transpose is the product with the tangent (Townsend, 2017). The backward pass in between is dead code,
/// eagerly too: what runs beside the value is one pass forward, and for a loop another one that computes the factors
/// and keeps them. Where f(x) does not depend on x the slope is zeros. Errors: those of a gradient; a tangent of
/// another type.
template <std::invocable<const Tensor &> F>
std::pair<Tensor, Tensor> jvp(F &&f, const Tensor &x, const Tensor &tangent, Location where = Location::current()) {
  GradientTape tape({}, where);
  tape.watch(x, where);
  Tensor value = f(x);
  const detail::Source source(x);
  Tensor slope = std::move(
      detail::tangents_of(tape, detail::Targets(value, where), std::span(&source, 1), std::span(&tangent, 1))[0]);
  return {std::move(value), std::move(slope)};
}
/// The same for a function of several Tensors: the sum of the products with each one's tangent.
template <std::invocable<const std::vector<Tensor> &> F>
std::pair<Tensor, Tensor> jvp(F &&f, const std::vector<Tensor> &xs, const std::vector<Tensor> &tangents,
                              Location where = Location::current()) {
  GradientTape tape({}, where);
  tape.watch(xs, where);
  Tensor value = f(xs);
  const std::vector<detail::Source> sources(xs.begin(), xs.end());
  Tensor slope = std::move(detail::tangents_of(tape, detail::Targets(value, where), sources, tangents)[0]);
  return {std::move(value), std::move(slope)};
}

/// All derivatives of the elements of f(x) [targets...] by those of `x` [sources...]: [targets..., sources...]. One
/// backward pass for each element of f(x) or, where x has fewer elements, one forward pass for each of these; both need
/// static shapes. In a traced function a loop.
template <std::invocable<const Tensor &> F>
Tensor jacobian(F &&f, const Tensor &x, Location where = Location::current()) {
  GradientTape tape({.persistent = true}, where);
  tape.watch(x, where);
  const Tensor y = f(x);
  return tape.jacobian(y, x, where);
}

/// The product of the Hessian of a scalar function at `x` with `v`, which has the shape of x: the gradient of the
/// function's slope along v (Pearlmutter, 1994). The Hessian itself is never made.
template <std::invocable<const Tensor &> F>
Tensor hessian_vector_product(F &&f, const Tensor &x, const Tensor &v, Location where = Location::current()) {
  GradientTape outer({}, where);
  outer.watch(x, where);
  GradientTape inner({}, where);
  inner.watch(x, where);
  const Tensor value = f(x);
  const Tensor slope = inner.gradient(detail::Targets(value, where), x);
  return outer.gradient(detail::Targets(slope, where), x, {.cotangents = {v}});
}

/// The Hessian of a scalar function at `x` [n...]: [n..., n...].
template <std::invocable<const Tensor &> F>
Tensor hessian(F &&f, const Tensor &x, Location where = Location::current()) {
  GradientTape outer({.persistent = true}, where);
  outer.watch(x, where);
  GradientTape inner({}, where);
  inner.watch(x, where);
  const Tensor value = f(x);
  return outer.jacobian(inner.gradient(detail::Targets(value, where), x), x, where);
}

/// What a function for custom_gradient() returns: its value, and the function from the value's cotangent to the
/// gradients of the arguments, a Tensor or a tuple, array or vector of them.
template <class G> struct WithPullback {
  Tensor value;
  G pullback;
};
template <class G> WithPullback(Tensor, G) -> WithPullback<G>;

namespace detail {
// A pullback of the user's, whatever its type.
struct AnyPullback {
  virtual ~AnyPullback() = default;
  virtual std::vector<Tensor> operator()(const Tensor &cotangent) = 0;
};
template <class G> struct PullbackOf final : AnyPullback {
  G g;
  explicit PullbackOf(G g) : g(std::move(g)) {}
  std::vector<Tensor> operator()(const Tensor &cotangent) override {
    auto gradients = g(cotangent);
    Leaves leaves;
    visit(leaves, gradients);
    std::vector<Tensor> all;
    for (Tensor *x : leaves.tensors) all.push_back(*x);
    return all;
  }
};
Tensor with_pullback(const Tensor &value, std::span<const Tensor> sources, std::shared_ptr<AnyPullback> pullback,
                     Location where);
} // namespace detail

/// A function of Tensors whose gradient is what it says: see custom_gradient().
template <class F> class CustomGradient {
public:
  explicit CustomGradient(F f, Location where) : f_(std::move(f)), where_(where) {}
  template <class... A>
    requires(std::convertible_to<const A &, Tensor> && ...)
  Tensor operator()(const A &...arguments) {
    const std::array<Tensor, sizeof...(A)> xs{Tensor(arguments)...};
    auto [value, pullback] = std::apply([&](const auto &...x) { return f_(x...); }, xs);
    return detail::with_pullback(value, xs, std::make_shared<detail::PullbackOf<decltype(pullback)>>(pullback), where_);
  }

private:
  F f_;
  Location where_;
};

/// `f` with its own gradient, for what is more stable, or cheaper, or wanted otherwise than by the chain rule:
/// ```
/// auto log1pexp = tenon::custom_gradient([](Tensor x) {
///   Tensor e = tenon::exp(x);
///   return tenon::WithPullback{tenon::log(1 + e), [=](Tensor g) { return g * (1 - 1 / (1 + e)); }};
/// });
/// ```
/// The same eagerly, traced and ahead of time. Gradients pass to the arguments alone: not through the value to what `f`
/// captures, nor to Variables. The pullback runs where a gradient asks for it, and is traced as a function is: it
/// keeps what it uses by value. It may be differentiated itself.
template <class F> CustomGradient<std::decay_t<F>> custom_gradient(F &&f, Location where = Location::current()) {
  return CustomGradient<std::decay_t<F>>(std::forward<F>(f), where);
}

namespace detail {
void run_checkpoint(FnRef<void()> body, Location where);
} // namespace detail

/// A function that computes again what its gradient needs: see checkpoint().
template <class F> class Checkpoint {
public:
  explicit Checkpoint(F f, Location where) : f_(std::move(f)), where_(where) {}
  template <class... A>
    requires std::invocable<F &, A...>
  std::decay_t<std::invoke_result_t<F &, A...>> operator()(A &&...arguments) {
    using R = std::decay_t<std::invoke_result_t<F &, A...>>;
    if constexpr (std::is_void_v<R>) {
      detail::run_checkpoint([&] { f_(std::forward<A>(arguments)...); }, where_);
    } else if (!detail::is_tracing) {
      std::optional<R> result;
      detail::run_checkpoint([&] { result.emplace(f_(std::forward<A>(arguments)...)); }, where_);
      return std::move(*result);
    } else {
      detail::Results results(where_);
      R result{};
      results.made();
      detail::run_checkpoint(
          [&] {
            const R value = f_(std::forward<A>(arguments)...);
            detail::Giving giving(&results, where_);
            result = value;
            giving.done();
          },
          where_);
      return result;
    }
  }

private:
  F f_;
  Location where_;
};

/// `f`, of which gradients keep only what goes in: a backward pass computes again what it needs of the inside, so that
/// of a chain of n such functions the values between them are kept, and the inside of one at a time. Values and
/// gradients have the bits of those of `f` itself (gradients of gradients add up in another order), and the memory that
/// is saved is paid for with a second forward pass (Chen et al., 2016; TensorFlow's recompute_grad, JAX's checkpoint).
/// ```
/// auto block = tenon::checkpoint([&](Tensor h) { return second(tenon::relu(first(h))); });
/// for (int i = 0; i < 8; ++i) h = block(h);
/// ```
/// `f` takes any arguments and gives a structure of Tensors, or nothing; the same eagerly, traced and ahead of time.
/// It may use Variables and captured Tensors, assign them, draw random numbers (the same ones again), hold loops, tapes
/// and other checkpoints. Its C++ code runs once for each call; prints and checks of a traced `f` are not repeated.
///
/// Errors: while it runs, a tape that was made outside of it cannot watch a Tensor or be asked for gradients; traced,
/// it cannot append to a TensorArray that was made outside of it.
template <class F> Checkpoint<std::decay_t<F>> checkpoint(F &&f, Location where = Location::current()) {
  return Checkpoint<std::decay_t<F>>(std::forward<F>(f), where);
}

} // namespace tenon
