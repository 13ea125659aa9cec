// Transfer learning: a trunk learns to recognize digits with one head; another head then learns with the trunk as it
// is.
#include <fstream>
#include <iostream>
#include <tenon/tenon.h>

using namespace tenon;
using Batches = std::vector<std::pair<Tensor, Tensor>>;

struct Digits {
  Tensor images, labels; // [N,64] f32 in [0, 1], [N] i64
};

// Rows of 64 pixels, 0 to 16, and the label.
static Digits read(const char *path) {
  std::ifstream file(path);
  std::vector<float> pixels;
  std::vector<std::int64_t> labels;
  char comma;
  for (float x; file >> x;) {
    pixels.push_back(x / 16);
    for (int i = 1; i < 64; ++i) file >> comma >> x, pixels.push_back(x / 16);
    file >> comma >> labels.emplace_back();
  }
  return {Tensor::from(pixels, {labels.size(), 64}), Tensor::from(labels)};
}

static Batches batches_of(const Tensor &x, const Tensor &y, std::int64_t size) {
  Batches batches;
  for (std::int64_t i = 0; i + size <= x.size(0); i += size)
    batches.emplace_back(x[slice(i, i + size)], y[slice(i, i + size)]);
  return batches;
}

static double accuracy(const Tensor &scores, const Tensor &labels) {
  return mean(cast(argmax(scores) == labels, f32)).item<double>();
}

int main(int, char **argv) {
  const Digits digits = read(argv[1]);
  const Tensor x = digits.images[slice(0, 1437)], y = digits.labels[slice(0, 1437)];
  const Tensor test_x = digits.images[slice_from(1437)], test_y = digits.labels[slice_from(1437)];
  const Batches main_batches = batches_of(x, y, 32);
  const Batches small_batches = batches_of(x[slice(0, 320)], y[slice(0, 320)] % 2, 32); // odd or even

  // The trunk is shared by both paths, not copied.
  nn::Sequential trunk{nn::Dense(64, {.activation = nn::relu}), nn::Dense(32, {.activation = nn::relu})};
  nn::Sequential head1{nn::Dense(10)}, head2{nn::Dense(16, {.activation = nn::relu}), nn::Dense(2)};
  nn::Sequential path1{trunk, head1}, path2{trunk, head2};
  path1(x), path2(x); // layers make their variables at the first call
  optim::Adam optimizer(3e-3);
  const losses::SparseCategoricalCrossentropy loss_fn({.from_logits = true});

  for (int epoch = 0; epoch < 8; ++epoch)
    // [loop]
    for (auto &[x, y] : main_batches) {
      GradientTape tape;
      Tensor loss = loss_fn(y, path1(x));
      auto gradients = tape.gradient(loss, path1.trainable_variables());
      optimizer.apply_gradients(gradients, path1.trainable_variables());
    }
  // [/loop]
  std::cout << "digits: " << accuracy(path1(test_x), test_y) << " of the held-back right\n";

  std::vector<Tensor> trunk_before, head_before;
  for (const Variable &v : trunk.variables()) trunk_before.push_back(v);
  for (const Variable &v : head2.variables()) head_before.push_back(v);
  for (int epoch = 0; epoch < 8; ++epoch)
    for (auto &[x, y] : small_batches) { // only head2 moves
      GradientTape tape;
      auto gradients = tape.gradient(loss_fn(y, path2(x)), head2.trainable_variables());
      optimizer.apply_gradients(zip(gradients, head2.trainable_variables()));
    }
  std::cout << "odd or even: " << accuracy(path2(test_x), test_y % 2) << " of the held-back right\n";

  bool trunk_same = true, head_same = true;
  for (std::size_t i = 0; i < trunk_before.size(); ++i)
    trunk_same &= array_equal(trunk_before[i], trunk.variables()[i]);
  for (std::size_t i = 0; i < head_before.size(); ++i) head_same &= array_equal(head_before[i], head2.variables()[i]);
  std::cout << "the trunk is " << (trunk_same ? "bit-identical" : "changed") << ", head2 is "
            << (head_same ? "too" : "not") << '\n';
  const bool learned = accuracy(path1(test_x), test_y) > 0.85 && accuracy(path2(test_x), test_y % 2) > 0.85;
  return trunk_same && !head_same && learned ? 0 : 1;
}
