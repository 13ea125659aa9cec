// Traces the loops that benchmarks/peers/peers.py gives to other systems: collatz and an LSTM, for any batch and
// length.
#include <tenon/tenon.h>

using tenon::Tensor;

// The steps that all of 1, ..., n take to 1.
TENON_FUNCTION static Tensor collatz(Tensor n) {
  Tensor total(0, tenon::i32);
  for (Tensor k : tenon::range(1, tenon::cast(n, tenon::i64) + 1)) {
    Tensor value = tenon::cast(k, tenon::i32);
    while (value != 1) {
      if (value % 2 == 0)
        value = value / 2;
      else
        value = 3 * value + 1;
      total += 1;
    }
  }
  return total;
}

struct LSTM {
  std::int64_t units;
  Tensor wx, wh, bias;
  TENON_FUNCTION Tensor operator()(Tensor x) const { // [time, batch, features] -> [time, batch, units]
    tenon::TensorArray outputs(tenon::f32, x.dim(0));
    Tensor h = tenon::zeros({x.dim(1), units}), c = h;
    for (Tensor i : tenon::range(x.dim(0))) {
      auto [input, forget, candidate, output] =
          tenon::split<4>(tenon::matmul(x[i], wx) + tenon::matmul(h, wh) + bias, 1);
      c = tenon::sigmoid(forget) * c + tenon::sigmoid(input) * tenon::tanh(candidate);
      h = tenon::sigmoid(output) * tenon::tanh(c);
      outputs.write(i, h);
    }
    return outputs.stack();
  }
};

int main() {
  tenon::Program program("loops");
  program.add("collatz", collatz, {tenon::arg("n", tenon::spec<std::int32_t>())}, {{"steps"}});
  const auto weights = [](std::int64_t rows, std::int64_t columns) {
    return tenon::sin(tenon::arange(double(rows * columns)).cast(tenon::f32)).reshape({rows, columns}) * 0.05f;
  };
  LSTM lstm{256, weights(128, 1024), weights(256, 1024), weights(1, 1024)};
  program.add("lstm", lstm, {tenon::arg("x", tenon::spec<float>("time", "batch", 128))}, {{"outputs"}});
  program.write("loops.o");
}
