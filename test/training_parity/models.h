// The models of make_goldens.py: four small ones, and two more for batch normalization and for the other recurrent
// layers. What is drawn for them comes from the formula of make_goldens.py.
#pragma once

#include "../drawn_numbers.h"

#include <tenon/tenon.h>

#include <cstdint>
#include <string>

namespace parity {

using namespace tenon;

inline Tensor numbers(const Shape &shape, std::uint32_t seed, DType dtype = f32) {
  return drawn_numbers(shape, seed, dtype);
}
inline Tensor integers(const Shape &shape, std::uint32_t seed, int count) {
  return cast(floor((numbers(shape, seed) + 0.5) * count), i32);
}

/// Gives the kernels of a model that has been called their first values; the rest keeps what the layers gave it.
inline void fill(const Variables &variables) {
  std::uint32_t seed = 10;
  for (const NamedVariable &variable : variables)
    if (variable.shape().size() > 1 && !variable.path.ends_with("bias"))
      variable.assign(numbers(variable.shape(), seed++, variable.dtype()));
}

struct Batch {
  Tensor x, y;
};

inline const auto cross_entropy = [](const Tensor &y, const Tensor &logits) {
  return losses::sparse_categorical_crossentropy(y, logits, {.from_logits = true});
};

struct Mlp : nn::Module<Mlp> {
  nn::Dense hidden{16, {.activation = nn::relu}}, second{8, {.activation = nn::tanh}}, last{3};
  Tensor operator()(const Tensor &x, Call) const { return last(second(hidden(x))); }
  static constexpr const char *name = "mlp";
  static Tensor loss(const Tensor &y, const Tensor &p) { return cross_entropy(y, p); }
  static Batch batch(std::uint32_t seed) { return {numbers({8, 12}, seed), integers({8}, seed + 500, 3)}; }
};

struct Cnn : nn::Module<Cnn> {
  nn::Sequential layers{nn::Conv2D(4, 3, {.padding = Padding::same, .activation = nn::relu}), nn::MaxPool2D(2),
                        nn::Conv2D(6, 3, {.activation = nn::relu}), nn::Flatten(),
                        nn::Dense(4, {.activation = nn::softmax})};
  Tensor operator()(const Tensor &x, Call call) const { return layers(x, call); }
  static constexpr const char *name = "cnn";
  static Tensor loss(const Tensor &y, const Tensor &p) { return losses::sparse_categorical_crossentropy(y, p); }
  static Batch batch(std::uint32_t seed) { return {numbers({4, 8, 8, 2}, seed), integers({4}, seed + 500, 4)}; }
};

struct CnnNorm : nn::Module<CnnNorm> {
  nn::Sequential layers{nn::Conv2D(4, 3, {.strides = 2, .padding = Padding::same, .use_bias = false}),
                        nn::BatchNorm(),
                        nn::relu,
                        nn::AvgPool2D(2),
                        nn::Flatten(),
                        nn::Dense(1, {.activation = nn::sigmoid})};
  Tensor operator()(const Tensor &x, Call call) const { return layers(x, call); }
  static constexpr const char *name = "cnn_norm";
  static Tensor loss(const Tensor &y, const Tensor &p) { return losses::binary_crossentropy(y, p); }
  static Batch batch(std::uint32_t seed) {
    return {numbers({4, 8, 8, 2}, seed), cast(integers({4, 1}, seed + 500, 2), f32)};
  }
};

inline Batch regression(std::uint32_t seed) { return {numbers({4, 6, 5}, seed), numbers({4, 1}, seed + 500)}; }

struct Lstm : nn::Module<Lstm> {
  nn::LSTM first{6, {.return_sequences = true}}, second{4};
  nn::Dense last{1};
  Tensor operator()(const Tensor &x, Call) const { return last(second(first(x))); }
  static constexpr const char *name = "lstm";
  static Tensor loss(const Tensor &y, const Tensor &p) { return losses::mean_squared_error(y, p); }
  static Batch batch(std::uint32_t seed) { return regression(seed); }
};

struct Gru : nn::Module<Gru> {
  nn::Bidirectional<nn::GRUCell> first{nn::GRU(3, {.return_sequences = true})};
  nn::SimpleRNN second{4};
  nn::Dense last{1};
  Tensor operator()(const Tensor &x, Call) const { return last(second(first(x))); }
  static constexpr const char *name = "gru";
  static Tensor loss(const Tensor &y, const Tensor &p) { return losses::mean_squared_error(y, p); }
  static Batch batch(std::uint32_t seed) { return regression(seed); }
};

struct Block : nn::Module<Block> {
  nn::MultiHeadAttention attention{2, 4};
  nn::LayerNorm first;
  nn::Dense up{16, {.activation = nn::gelu}}, down{8};
  nn::LayerNorm second;
  Tensor operator()(const Tensor &x, Call call) const {
    const Tensor y = first(x + attention(x, call));
    return second(y + down(up(y)));
  }
};

struct Transformer : nn::Module<Transformer> {
  nn::Embedding embedding{11, 8};
  Block lower, upper;
  nn::Dense last{3};
  Tensor operator()(const Tensor &tokens, Call call) const {
    return last(mean(upper(lower(embedding(tokens), call), call), 1));
  }
  static constexpr const char *name = "attention";
  static Tensor loss(const Tensor &y, const Tensor &p) { return cross_entropy(y, p); }
  static Batch batch(std::uint32_t seed) { return {integers({3, 5}, seed, 11), integers({3}, seed + 500, 3)}; }
};

/// The optimizers by their names in the goldens.
inline optim::Optimizer optimizer(const std::string &name) {
  if (name == "sgd")
    return optim::SGD(0.1);
  if (name == "momentum")
    return optim::SGD(0.05, {.momentum = 0.9, .nesterov = true});
  return name == "adam" ? optim::Optimizer(optim::Adam(0.01)) : optim::Optimizer(optim::RMSProp(0.005));
}

/// A model with its optimizer, ready to train: calling it is one step, which gives the loss before it.
template <class M> struct Trainer {
  M model;
  optim::Optimizer optimizer;
  explicit Trainer(const std::string &name) : optimizer(parity::optimizer(name)) {
    model(M::batch(1000).x, {});
    fill(model.variables());
  }
  Tensor operator()(const Tensor &x, const Tensor &y) {
    GradientTape tape;
    const Tensor loss = M::loss(y, model(x, {.training = true}));
    const Variables variables = model.trainable_variables();
    optimizer.apply_gradients(tape.gradient(loss, variables), variables);
    return loss;
  }
};

struct Golden {
  const char *model, *optimizer;
  double keras[10], jax[10]; ///< in f32 and in f64
};
inline const Golden goldens[] = {
#include "losses.inc"
};

} // namespace parity
