// Traces the training steps that benchmarks/peers/peers.py gives to other systems: forward, softmax cross-entropy,
// backward and Adam for a batch of 32, an MLP of 784-512-512-10 and a convolutional network for 28 x 28 images.
#include <tenon/tenon.h>

using tenon::Tensor;
using tenon::Variable;
namespace nn = tenon::nn;

struct Convolution : nn::Module<Convolution> { // 3 x 3, bias, relu and a pool of 2 x 2
  Variable kernel, bias;
  Convolution(std::int64_t in, std::int64_t out)
      : kernel(tenon::initializers::he_normal({3, 3, in, out})), bias(tenon::zeros({out})) {}
  Tensor operator()(Tensor x) const {
    return tenon::max_pool(tenon::relu(tenon::conv(x, kernel, {.padding = tenon::Padding::same}) + bias), {2, 2});
  }
  TENON_MEMBERS(kernel, bias)
};

template <class Model> static auto train_step(Model &model, tenon::optim::Adam &optimizer) {
  return [&](Tensor x, Tensor y) {
    tenon::GradientTape tape;
    Tensor loss = tenon::losses::sparse_categorical_crossentropy(y, model(x));
    auto variables = model.trainable_variables();
    optimizer.apply_gradients(tape.gradient(loss, variables), variables);
    return loss;
  };
}

int main() {
  nn::Sequential mlp{nn::Dense(512, {.activation = nn::relu}), nn::Dense(512, {.activation = nn::relu}),
                     nn::Dense(10, {.activation = nn::softmax})};
  nn::Sequential cnn{Convolution(1, 32), Convolution(32, 64),
                     [](Tensor x) { return tenon::reshape(x, {x.dim(0), 3136}); },
                     nn::Dense(128, {.activation = nn::relu}), nn::Dense(10, {.activation = nn::softmax})};
  tenon::optim::Adam mlp_optimizer, cnn_optimizer;
  const auto y = tenon::arg("y", tenon::spec<std::int32_t>(32));
  tenon::Program("train_mlp")
      .add("step", train_step(mlp, mlp_optimizer), {tenon::arg("x", tenon::spec<float>(32, 784)), y}, {{"loss"}})
      .write("train_mlp.o");
  tenon::Program("train_cnn")
      .add("step", train_step(cnn, cnn_optimizer), {tenon::arg("x", tenon::spec<float>(32, 28, 28, 1)), y}, {{"loss"}})
      .write("train_cnn.o");
}
