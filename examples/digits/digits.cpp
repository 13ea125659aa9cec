// Recognizes handwritten digits: eager first, then the same function ahead of time.
#include <iostream>
#include <tenon/tenon.h>

using tenon::Tensor;

struct Digits {
  Tensor w0 = tenon::load_npy("w0.npy"), b0 = tenon::load_npy("b0.npy");
  Tensor w1 = tenon::load_npy("w1.npy"), b1 = tenon::load_npy("b1.npy");

  Tensor operator()(Tensor x) const { // [batch, 64] -> [batch, 10]
    Tensor h = tenon::relu(tenon::matmul(x, w0) + b0);
    return tenon::softmax(tenon::matmul(h, w1) + b1);
  }
};

int main() {
  Digits model;
  Tensor images = tenon::load_npy("images.npy");
  std::cout << model(images) << '\n';    // runs at once, op by op
  auto predict = tenon::function(model); // one graph per signature
  std::cout << predict(images) << '\n';  // the same bits

  tenon::Program program("digits");
  program.add("predict", predict, {tenon::arg("x", tenon::spec<float>("batch", 64))}, {{"probabilities"}});
  program.write("digits.o");    // and digits.h, digits.hpp
  program.write("digits.mlir"); // the traced function, for tenonc
}
