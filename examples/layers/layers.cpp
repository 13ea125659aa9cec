// Layers: a residual network as modules; its table, its weights in a file, a frozen trunk under another head, and
// native control flow around layers.
#include <tenon/tenon.h>

#include <cstdio>
#include <iostream>

using namespace tenon;

// [module]
struct Block : nn::Module<Block> { // an aggregate: its members are found and named by themselves
  nn::Conv2D first{8, 3, {.padding = Padding::same, .activation = nn::relu}};
  nn::Conv2D second{8, 3, {.padding = Padding::same}};
  nn::BatchNorm norm;
  Tensor operator()(const Tensor &x, Call call = {}) { return relu(x + norm(second(first(x)), call)); }
};

class Classifier : public nn::Module<Classifier> { // private members and a constructor: they are listed
  nn::Sequential trunk, head;

public:
  Classifier(int blocks, int classes)
      : trunk{nn::Conv2D(8, 3, {.strides = 2, .activation = nn::relu, .name = "stem"})},
        head{nn::GlobalAvgPool(), nn::Dropout(0.2), nn::Dense(classes)} {
    for (int i = 0; i < blocks; ++i) trunk.add(Block());
  }
  TENON_MEMBERS(trunk, head)
  Tensor operator()(const Tensor &x, Call call = {}) { return head(trunk(x, call), call); }
  const nn::Sequential &features() const { return trunk; }
};
// [/module]

// [loop]
// The point that a layer leaves where it is, by walking there: a loop whose length the data decide.
TENON_FUNCTION Tensor rest(nn::Dense step, Tensor x) {
  Tensor moved = 1.0;
  while (moved > 1e-3) {
    Tensor next = 0.5 * x + 0.5 * step(x);
    moved = max(abs(next - x));
    x = next;
  }
  return x;
}
// [/loop]

static void require(bool condition, const char *what) {
  if (!condition) {
    std::fprintf(stderr, "layers: not so: %s\n", what);
    std::exit(1);
  }
}

int main() {
  // [use]
  set_seed(42);
  Classifier model(2, 10);
  const Tensor images = normal({4, 28, 28, 1}, 7);
  const Tensor logits = model(images);                    // builds every layer
  const Tensor noisy = model(images, {.training = true}); // dropout drops, batch normalization learns its statistics
  std::cout << nn::summary(model);

  save_weights("layers.safetensors", model);
  set_seed(1);
  Classifier copy(2, 10);
  copy(images);
  load_weights("layers.safetensors", copy); // Python's safetensors reads the same file

  nn::Sequential other{model.features(), nn::Flatten(), nn::Dense(2)}; // shares the trunk, with a head of its own
  other(images);
  model.features().set_trainable(false);
  for (const NamedVariable &variable : other.trainable_variables()) std::cout << variable.path << "\n";
  // [/use]
  require(noisy.shape() == logits.shape() && !array_equal(noisy, logits), "training changes the result");
  require(array_equal(model(images), copy(images)), "weights come back");
  require(other.trainable_variables().size() == 2, "only the head is trainable");
  require(model.trainable_variables().size() == 2, "the trunk is shared");

  auto classify = tenon::function([&](const Tensor &x) { return argmax(model(x)); });
  require(array_equal(classify(images), argmax(model(images))), "a traced function calls layers");

  nn::Dense step(3, {.activation = nn::tanh, .kernel_initializer = initializers::Orthogonal{0.5}});
  auto resting = tenon::function([&](const Tensor &x) { return rest(step, x); });
  const Tensor point = resting(ones({1, 3}));
  require(array_equal(point, rest(step, ones({1, 3}))), "the same loop eagerly and traced");
  require(max(abs(step(point) - point)).item() < 1e-2, "the point rests");

  Program program("layers");
  program.add("classify", [&](const Tensor &x) { return softmax(model(x)); },
              {arg("images", spec<float>("batch", 28, 28, 1))}, {{"probabilities"}});
  program.write("layers.o"); // no function assigns the weights: they are constants of the object
}
