// Random modules, layers upon layers: gradients have the same bits eagerly and traced, and agree with central
// differences in f64.
#include "recurrent.h"

#include <random>

using namespace tenon;

namespace {

/// Draws a module, layer by layer, for inputs of one shape.
class Maker {
public:
  explicit Maker(std::uint32_t seed) : random_(seed) {}

  int pick(int n) { return int(random_() % std::uint32_t(n)); }

  nn::Sequential make(Tensor x) {
    nn::Sequential model;
    for (int depth = 2 + pick(4); depth > 0; --depth) {
      const nn::Layer layer = draw(x.shape());
      x = layer(x, {.training = true});
      model.add(layer);
    }
    return model;
  }
  Shape input() {
    switch (pick(3)) {
    case 0: return {3, 2 + pick(4)};
    case 1: return {2, 2 + pick(4), 1 + pick(4)};
    default: return {2, 4 + pick(3), 4 + pick(2), 1 + pick(3)};
    }
  }

private:
  nn::Activation activation() {
    switch (pick(8)) {
    case 0: return nn::tanh;
    case 1: return nn::sigmoid;
    case 2: return nn::gelu;
    case 3: return nn::silu;
    case 4: return nn::softplus;
    case 5: return nn::relu;
    case 6: return nn::elu;
    default: return nn::softmax;
    }
  }
  std::int64_t width() { return 1 + pick(5); }

  // Any rank: what works along the last dimension, and branches.
  nn::Layer anywhere(const Shape &shape) {
    switch (pick(6)) {
    case 0: return nn::Dense(width(), {.activation = activation()});
    case 1: return nn::LayerNorm();
    case 2: return nn::Add{nn::linear, nn::Dense(shape.back(), {.activation = activation()})};
    case 3: return nn::Concat({nn::Dense(width()), nn::Sequential{nn::tanh, nn::Dense(width())}});
    case 4: return nn::BatchNorm();
    default: return nn::Dense(width(), {.use_bias = false});
    }
  }
  nn::Layer sequence(const Shape &shape) {
    const bool all = pick(2);
    switch (pick(9)) {
    case 0: return nn::LSTM(width(), {.return_sequences = all, .go_backwards = pick(3) == 0});
    case 1: return nn::GRU(width(), {.reset_after = pick(2) == 0, .return_sequences = all});
    case 2: return nn::SimpleRNN(width(), {.return_sequences = all, .unroll = pick(2) == 0});
    case 3: return nn::Bidirectional(nn::GRU(width(), {.return_sequences = all}), {.merge = nn::Merge(pick(4))});
    case 4:
      return nn::RNN(nn::StackedRNNCells(nn::SimpleRNNCell(width()), nn::LSTMCell(width())), {.return_sequences = all});
    case 5: return nn::Conv1D(width(), 2, {.causal = true, .activation = activation()});
    case 6: return nn::MultiHeadAttention(2, 2, {.causal = pick(2) == 0});
    case 7: return pick(2) ? nn::Layer(nn::GlobalAvgPool()) : nn::Layer(nn::Flatten());
    default: return nn::Reshape({shape[1], shape[2], 1});
    }
  }
  nn::Layer picture(const Shape &shape) {
    switch (pick(7)) {
    case 0:
      return nn::Conv2D(width(), 3, {.strides = 1 + pick(2), .padding = Padding::same, .activation = activation()});
    case 1: return nn::DepthwiseConv2D(2, {.depth_multiplier = 1 + pick(2), .padding = Padding::same});
    case 2: return nn::Conv2DTranspose(width(), 2, {.strides = 1 + pick(2)});
    case 3: return nn::MaxPool2D(2, {.strides = 1 + pick(2), .padding = Padding::same});
    case 4: return nn::AvgPool2D(2, {.padding = Padding::same});
    case 5: return nn::GroupNorm({.groups = 1});
    default: return nn::Reshape({shape[1] * shape[2], shape[3]});
    }
  }
  nn::Layer draw(const Shape &shape) {
    if (pick(3) == 0)
      return anywhere(shape);
    if (shape.size() == 2)
      return pick(2) ? anywhere(shape) : nn::Layer(nn::Reshape({shape[1], 1}));
    return shape.size() == 3 ? sequence(shape) : picture(shape);
  }

  std::mt19937 random_;
};

class RandomModules : public testing::TestWithParam<int> {};

TEST_P(RandomModules, HaveOneGradient) {
  for (DType dtype : {f64, f32}) {
    Maker maker{std::uint32_t(GetParam())};
    set_seed(GetParam());
    const Tensor x = recurrent::numbers(maker.input(), 7, dtype) * 2;
    const nn::Sequential model = maker.make(x);
    std::string text;
    for (std::size_t i = 0; i < model.size(); ++i) text += " " + model[i].kind();
    SCOPED_TRACE(std::string(name(dtype)) + " " + x.to_string() + text);

    const Variables variables = model.trainable_variables();
    const auto loss_of = [&](const Tensor &x) {
      const Tensor y = model(x, {.training = true});
      const Tensor weights = recurrent::numbers(y.shape(), 9, dtype);
      return sum(y * weights) + mean(square(y));
    };
    const auto f = [&](const Tensor &x) {
      GradientTape tape({.persistent = true});
      tape.watch(x);
      const Tensor loss = loss_of(x);
      std::vector<Tensor> all{loss, tape.gradient(loss, x, {.unconnected_gradients_zero = true})};
      const auto of_variables = tape.gradient(loss, variables, {.unconnected_gradients_zero = true});
      for (const Tensor &gradient : of_variables) all.push_back(gradient);
      return all;
    };
    const std::vector<Tensor> eager = f(x), traced = tenon::function(f)(x);
    for (std::size_t i = 0; i < eager.size(); ++i)
      EXPECT_TRUE(array_equal(eager[i], traced[i])) << (i == 0   ? "loss"
                                                        : i == 1 ? "x"
                                                                 : variables[i - 2].path)
                                                    << "\n"
                                                    << eager[i] << "\n"
                                                    << traced[i];
    if (dtype != f64)
      continue;

    // Along one direction through all variables and x.
    std::vector<Tensor> values, directions;
    double expected = sum(eager[1] * recurrent::numbers(x.shape(), 20)).item<double>();
    for (std::size_t i = 0; i < variables.size(); ++i) {
      values.push_back(variables[i].value());
      directions.push_back(recurrent::numbers(values[i].shape(), std::uint32_t(21 + i)));
      expected += sum(eager[i + 2] * directions[i]).item<double>();
    }
    auto compiled = tenon::function(loss_of);
    const auto along = [&](double step) {
      for (std::size_t i = 0; i < variables.size(); ++i) variables[i].assign(values[i] + directions[i] * step);
      return compiled(x + recurrent::numbers(x.shape(), 20) * step).item<double>();
    };
    const double h = 1e-4, slope = (8 * (along(h) - along(-h)) - (along(2 * h) - along(-2 * h))) / (12 * h);
    EXPECT_NEAR(slope, expected, 1e-6 * std::fmax(1, std::fabs(expected)));
  }
}

INSTANTIATE_TEST_SUITE_P(, RandomModules, testing::Range(0, 30));

} // namespace
