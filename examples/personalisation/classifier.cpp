// A trained classifier of handwritten digits, shipped with the means to learn one user's writing: train_step and
// predict in one object, which share their state.
#include <tenon/tenon.h>

using namespace tenon;

// [train-step]
struct Classifier : nn::Module<Classifier> {
  nn::Dense hidden{128, {.activation = nn::relu}}, last{10};
  Tensor operator()(Tensor x) const { return last(hidden(x)); } // [batch, 64] -> [batch, 10]: logits
};

static void write(const std::string &name, bool all_layers) {
  Classifier model;
  model(zeros({1, 64})); // makes the variables
  std::size_t next = 0;
  for (const char *file : {"w0.npy", "b0.npy", "w1.npy", "b1.npy"}) model.variables()[next++].assign(load_npy(file));
  model.hidden.set_trainable(all_layers);

  optim::SGD optimizer(0.05, {.momentum = 0.9});
  auto train_step = [&](Tensor x, Tensor label) {
    GradientTape tape;
    Tensor loss = losses::sparse_categorical_crossentropy(label, model(x), {.from_logits = true});
    const Variables trained = model.trainable_variables();
    optimizer.apply_gradients(tape.gradient(loss, trained), trained);
    return loss;
  };
  auto predict = [&](Tensor x) { return cast(argmax(model(x), 1), i32); };

  Program program(name);
  const auto x = arg("x", spec<float>("batch", 64)), label = arg("label", spec<std::int32_t>("batch"));
  program.add("train_step", train_step, {x, label}, {{"loss"}});
  program.add("predict", predict, {x}, {{"digit"}});
  program.write(name + ".o");    // and .h, .hpp
  program.write(name + ".mlir"); // for other targets: tenonc --target=armv7 all_layers.mlir
}
// [/train-step]

int main() {
  write("last_layer", false); // nothing assigns the hidden layer, so it is part of the object and not of the state
  write("all_layers", true);
}
