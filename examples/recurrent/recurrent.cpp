// A recurrent network over a time that is known only when it runs: native C++ loops, eagerly, traced, and as one object
// file for every batch and length.
#include <tenon/tenon.h>

#include <cmath>
#include <iostream>
#include <memory>
#include <tuple>

using tenon::Tensor;

struct LSTMState {
  Tensor h, c; // [batch, units]
};

struct LSTMCell {
  std::int64_t units;
  Tensor wx, wh, bias; // [features, 4 * units], [units, 4 * units], [4 * units]: input, forget, candidate, output

  LSTMState zero_state(Tensor batch, tenon::DType dtype) const {
    return {tenon::zeros({batch, units}, dtype), tenon::zeros({batch, units}, dtype)};
  }
  std::pair<Tensor, LSTMState> operator()(Tensor x, LSTMState state) const {
    auto [input, forget, candidate, output] =
        tenon::split<4>(tenon::matmul(x, wx) + tenon::matmul(state.h, wh) + bias, 1);
    Tensor c = tenon::sigmoid(forget) * state.c + tenon::sigmoid(input) * tenon::tanh(candidate);
    Tensor h = tenon::sigmoid(output) * tenon::tanh(c);
    return {h, {h, c}};
  }
};

// [dynamic-rnn]
struct DynamicRNN {
  std::shared_ptr<LSTMCell> cell;
  TENON_FUNCTION auto operator()(Tensor input) { // [batch, time, features]
    input = tenon::transpose(input, {1, 0, 2});
    tenon::TensorArray outputs(tenon::f32, input.dim(0));
    auto state = cell->zero_state(input.dim(1), tenon::f32);
    Tensor output;
    for (Tensor i : tenon::range(input.dim(0))) {
      std::tie(output, state) = (*cell)(input[i], state);
      outputs.write(i, output);
    }
    return std::make_pair(tenon::transpose(outputs.stack(), {1, 0, 2}), state);
  }
};
// [/dynamic-rnn]

// sin(0), sin(0.7), sin(1.4), ... halved: weights that call.c makes, too.
static Tensor weights(std::vector<std::int64_t> shape) {
  std::int64_t count = 1;
  for (std::int64_t n : shape) count *= n;
  std::vector<float> values;
  for (std::int64_t i = 0; i < count; ++i) values.push_back(0.5f * float(std::sin(0.7 * double(i))));
  return Tensor::from(values, shape);
}

int main() {
  DynamicRNN rnn{std::make_shared<LSTMCell>(LSTMCell{4, weights({3, 16}), weights({4, 16}), weights({16})})};
  auto compiled = tenon::function(rnn, {tenon::spec<float>("batch", "time", 3)});
  for (std::int64_t batch : {1, 2})
    for (std::int64_t time : {1, 5}) {
      Tensor x = weights({batch, time, 3});
      auto [eager, eager_state] = rnn(x);
      auto [traced, traced_state] = compiled(x);
      if (!tenon::array_equal(eager, traced) || !tenon::array_equal(eager_state.c, traced_state.c))
        throw std::runtime_error("eager and traced outputs differ");
    }
  std::cout << "eagerly and traced the same; traced " << compiled.trace_count() << " time\n";

  tenon::Program program("recurrent");
  program.add("run", rnn, {tenon::arg("x", tenon::spec<float>("batch", "time", 3))}, {{"outputs", "h", "c"}});
  program.write("recurrent.o");
}
