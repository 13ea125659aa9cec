// Activations: named function objects, and the option that takes one.
#pragma once

#include "tenon/nn/layer.h"

namespace tenon::nn {

/// A function that knows its name. An object, so that it can be given as an option and as a layer.
struct Unary {
  const char *name;
  Tensor (*function)(const Arg &);
  Tensor operator()(const Arg &x) const { return function(x); }
};

namespace detail {
Tensor softmax(const Arg &x);
Tensor log_softmax(const Arg &x);
Tensor identity(const Arg &x);
Tensor elu(const Arg &x);
Tensor selu(const Arg &x);
Tensor leaky_relu(const Arg &x);
Tensor relu6(const Arg &x);
Tensor softsign(const Arg &x);
Tensor hard_sigmoid(const Arg &x);
Tensor hard_silu(const Arg &x);
Tensor mish(const Arg &x);
Tensor gelu_tanh(const Arg &x);
} // namespace detail

inline constexpr Unary linear{"linear", &detail::identity}; ///< x
inline constexpr Unary relu{"relu", &tenon::relu};          ///< max(x, 0)
inline constexpr Unary sigmoid{"sigmoid", &tenon::sigmoid};
inline constexpr Unary tanh{"tanh", &tenon::tanh};
inline constexpr Unary exponential{"exponential", &tenon::exp};
inline constexpr Unary softplus{"softplus", &tenon::softplus};           ///< log(1 + e^x)
inline constexpr Unary silu{"silu", &tenon::silu};                       ///< x sigmoid(x)
inline constexpr Unary gelu{"gelu", &tenon::gelu};                       ///< x Phi(x), exact, as Keras's default
inline constexpr Unary gelu_tanh{"gelu_tanh", &detail::gelu_tanh};       ///< its approximation with tanh
inline constexpr Unary softmax{"softmax", &detail::softmax};             ///< over the last axis
inline constexpr Unary log_softmax{"log_softmax", &detail::log_softmax}; ///< over the last axis
inline constexpr Unary elu{"elu", &detail::elu};                         ///< x, or e^x - 1 below 0
inline constexpr Unary selu{"selu", &detail::selu};                      ///< 1.0507 (x, or 1.67326 (e^x - 1) below 0)
inline constexpr Unary leaky_relu{"leaky_relu", &detail::leaky_relu};    ///< x, or 0.2 x below 0
inline constexpr Unary relu6{"relu6", &detail::relu6};                   ///< min(max(x, 0), 6)
inline constexpr Unary softsign{"softsign", &detail::softsign};          ///< x / (1 + |x|)
inline constexpr Unary hard_sigmoid{"hard_sigmoid", &detail::hard_sigmoid}; ///< relu6(x + 3) / 6
inline constexpr Unary hard_silu{"hard_silu", &detail::hard_silu};          ///< x relu6(x + 3) / 6
inline constexpr Unary mish{"mish", &detail::mish};                         ///< x tanh(softplus(x))

/// An activation: nothing, a function object from above, or any callable Tensor -> Tensor, with variables or without.
/// An option of layers, and a layer of its own: `nn::Activation(nn::relu)`.
class Activation : public Layer {
public:
  Activation() : Layer(static_cast<LayerState *>(nullptr)) {}
  template <LayerLike F> Activation(F &&f, Location where = Location::current()) : Layer(std::forward<F>(f), where) {}
  Activation(const Layer &layer) : Layer(layer) {}
  explicit operator bool() const { return state(); }
  Tensor operator()(const Arg &x, Call call = {}) const;
  void collect(Collector &collector, const std::string &path) const;
};

} // namespace tenon::nn
