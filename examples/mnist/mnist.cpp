// Trains a convolutional network on 4,000 handwritten digits, tries it on 1,000 others, and writes it as an object
// file.
#include <iostream>
#include <tenon/tenon.h>

using namespace tenon;

int main() {
  // 5,000 images of 28 x 28 bytes, in an order of their own that depends on the seed alone.
  Tensor order = argsort(uniform({5000}, 7));
  Tensor images = gather(load_npy("images.npy"), order), labels = gather(load_npy("labels.npy"), order);
  images = reshape(cast(images, f32) / 255, {5000, 28, 28, 1});
  Tensor train_x = images[slice(0, 4000)], train_y = labels[slice(0, 4000)];
  Tensor test_x = images[slice_from(4000)], test_y = labels[slice_from(4000)];

  // [model]
  set_seed(1);
  nn::Sequential model{nn::Conv2D(16, 3, {.activation = nn::relu}),
                       nn::Conv2D(32, 3, {.activation = nn::relu}),
                       nn::MaxPool2D(),
                       nn::Conv2D(32, 3, {.activation = nn::relu}),
                       nn::Conv2D(64, 3, {.activation = nn::relu}),
                       nn::MaxPool2D(),
                       nn::Flatten(),
                       nn::Dropout(0.4),
                       nn::Dense(128, {.activation = nn::relu}),
                       nn::Dropout(0.4),
                       nn::Dense(10)};
  const int batch_size = 32, epochs = 10;
  model.compile({.optimizer = optim::Adam(schedules::CosineDecay{2e-3, epochs * 4000 / batch_size}),
                 .loss = losses::SparseCategoricalCrossentropy({.from_logits = true}),
                 .metrics = {"accuracy"}});
  model.fit(train_x, train_y, {.batch_size = batch_size, .epochs = epochs, .validation_data = {test_x, test_y}});
  std::cout << "accuracy on the 1,000 others: " << model.evaluate(test_x, test_y)["accuracy"] << '\n';
  // [/model]

  // The same network for C: pixels to digits.
  Program program("mnist");
  program.add("predict", [&](Tensor x) { return cast(argmax(model(x)), i32); },
              {arg("x", spec<float>("batch", 28, 28, 1))}, {{"digit"}});
  program.write("mnist.o"); // and mnist.h, mnist.hpp
  save_npy("test_images.npy", test_x);
  save_npy("test_labels.npy", cast(test_y, i32));
  save_npy("digits.npy", cast(argmax(model.predict(test_x)), i32)); // what this program says, for comparison
}
