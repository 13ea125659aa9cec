// The models of benchmarks/peers/cases.py with Tenon's ops; tenon-autograph rewrites the loops.
#include "models.h"

#include <charconv>
#include <cmath>
#include <map>
#include <stdexcept>

using tenon::Padding;
using tenon::Shape;
using tenon::Tensor;

namespace bench {
namespace {

/// Numbers by name. In a case that trains they are Variables.
class Weights {
public:
  explicit Weights(std::string folder, bool trained = false) : folder_(std::move(folder)), trained_(trained) {}

  Tensor operator()(const std::string &name, const Shape &shape) {
    if (trained_) {
      for (const tenon::Variable &variable : variables)
        if (variable.name() == name)
          return variable;
      return variables.emplace_back(load("weight." + name, shape, scale(shape)), name);
    }
    auto [place, is_new] = constants_.try_emplace(name);
    if (is_new)
      place->second = load("weight." + name, shape, scale(shape));
    return place->second;
  }
  Tensor input(const std::string &name, const Shape &shape) const { return load("input." + name, shape, 1); }

  std::vector<tenon::Variable> variables;

private:
  /// Of about the variance that the weights of cases.py have.
  static float scale(const Shape &shape) {
    std::int64_t fan = 1;
    for (std::size_t i = 0; i + 1 < shape.size(); ++i) fan *= shape[i];
    return float(2 / std::sqrt(double(fan)));
  }
  Tensor load(const std::string &name, const Shape &shape, float scale) const {
    if (!folder_.empty())
      return tenon::load_npy(folder_ + "/" + name + ".npy");
    std::int64_t size = 1;
    for (std::int64_t extent : shape) size *= extent;
    std::vector<float> values; // not made by ops, which would be part of what is traced
    for (std::int64_t i = 0; i < size; ++i) values.push_back(scale * float(std::sin(double(i))));
    return Tensor::from(values, shape);
  }

  std::string folder_;
  bool trained_;
  std::map<std::string, Tensor> constants_;
};

Tensor mlp(Weights &w, Tensor x, const Shape &sizes = {784, 512, 512, 10}) {
  for (std::size_t i = 0; i + 1 < sizes.size(); ++i) {
    const std::string n = std::to_string(i);
    x = tenon::matmul(x, w("w" + n, {sizes[i], sizes[i + 1]})) + w("b" + n, {sizes[i + 1]});
    if (i + 2 < sizes.size())
      x = tenon::relu(x);
  }
  return tenon::softmax(x);
}

Tensor conv(Weights &w, Tensor x, const std::string &filter, const Shape &shape, std::int64_t stride) {
  return tenon::conv(x, w(filter, shape), {.strides = {stride, stride}, .padding = Padding::same});
}
Tensor conv_bias(Weights &w, Tensor x, const std::string &name, std::int64_t window, std::int64_t in, std::int64_t out,
                 std::int64_t stride = 1) {
  return conv(w, x, name + ".w", {window, window, in, out}, stride) + w(name + ".b", {out});
}

Tensor small_cnn(Weights &w, Tensor x) { // 28 x 28 x 1
  x = tenon::max_pool(tenon::relu(conv_bias(w, x, "c0", 3, 1, 32)), {2, 2});
  x = tenon::max_pool(tenon::relu(conv_bias(w, x, "c1", 3, 32, 64)), {2, 2});
  return mlp(w, tenon::reshape(x, {x.size(0), 7 * 7 * 64}), {7 * 7 * 64, 128, 10});
}

Tensor resnet8(Weights &w, Tensor x) { // 32 x 32 x 3, three residual stages
  x = tenon::relu(conv_bias(w, x, "stem", 3, 3, 16));
  std::int64_t in = 16, stride = 1;
  for (int stage = 0; stage < 3; ++stage) {
    const std::string s = "s" + std::to_string(stage);
    const std::int64_t out = 16 << stage;
    Tensor y = tenon::relu(conv_bias(w, x, s + "a", 3, in, out, stride));
    y = conv_bias(w, y, s + "b", 3, out, out);
    const Tensor skip = stride == 1 && in == out ? x : conv(w, x, s + "p.w", {1, 1, in, out}, stride);
    x = tenon::relu(y + skip);
    in = out;
    stride = 2;
  }
  return mlp(w, tenon::mean(x, {1, 2}), {64, 10});
}

Tensor mobilenet(Weights &w, Tensor x) { // MobileNetV1, width 0.5, 128 x 128 x 3
  struct Block {
    std::int64_t out, stride;
  };
  static constexpr Block blocks[] = {{32, 1},  {64, 2},  {64, 1},  {128, 2}, {128, 1}, {256, 2}, {256, 1},
                                     {256, 1}, {256, 1}, {256, 1}, {256, 1}, {512, 2}, {512, 1}};
  x = tenon::relu(conv_bias(w, x, "stem", 3, 3, 16, 2));
  std::int64_t channels = 16;
  for (std::size_t i = 0; i < std::size(blocks); ++i) {
    const auto [out, stride] = blocks[i];
    const std::string d = "d" + std::to_string(i), p = "p" + std::to_string(i);
    // The peers' layout of a depthwise filter is [3,3,C,1]; a grouped one's is [3,3,1,C].
    const Tensor filter = tenon::reshape(w(d + ".w", {3, 3, channels, 1}), {3, 3, 1, channels});
    x = tenon::conv(x, filter, {.strides = {stride, stride}, .padding = Padding::same, .groups = channels});
    x = tenon::relu(x + w(d + ".b", {channels}));
    x = tenon::relu(conv_bias(w, x, p, 1, channels, out));
    channels = out;
  }
  return mlp(w, tenon::mean(x, {1, 2}), {channels, 1000});
}

Tensor encoder(Weights &w, Tensor x) { // of MiniLM's shape, norm first
  constexpr std::int64_t layers = 2, width = 384, heads = 12, length = 128, size = width / heads;
  for (std::int64_t layer = 0; layer < layers; ++layer) {
    const std::string l = "l" + std::to_string(layer) + ".";
    const auto dense = [&](Tensor v, const std::string &kernel, const std::string &bias, std::int64_t in,
                           std::int64_t out) {
      return tenon::matmul(v, w(l + kernel, {in, out})) + w(l + bias, {out});
    };
    const auto norm = [&](const std::string &n) {
      return tenon::layer_norm(x, w(l + n + ".g", {width}), w(l + n + ".b", {width}), 1e-5);
    };
    Tensor y = norm("n1");
    const auto head = [&](const std::string &n) {
      const Tensor v = dense(y, n + "w", n + "b", width, width);
      return tenon::transpose(tenon::reshape(v, {1, length, heads, size}), {0, 2, 1, 3});
    };
    const Tensor q = head("q"), k = head("k"), v = head("v");
    const Tensor scores = tenon::matmul(q, tenon::transpose(k, {0, 1, 3, 2})) * float(1 / std::sqrt(double(size)));
    Tensor o = tenon::matmul(tenon::softmax(scores), v);
    o = tenon::reshape(tenon::transpose(o, {0, 2, 1, 3}), {1, length, width});
    x = x + dense(o, "ow", "ob", width, width);
    y = tenon::nn::gelu_tanh(dense(norm("n2"), "f1", "g1", width, 4 * width));
    x = x + dense(y, "f2", "g2", 4 * width, width);
  }
  return x;
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

// The steps that all of 1, ..., n take to 1. The inner loop is seven instructions on registers (x86-64): a test of the
// lowest bit and a jump, a shift or a lea, an increment, a comparison and a jump. They are there eight times, and
// before the first a comparison with the caller's cancel flag in memory: 21.5 us for the 20.6 without it, and 29 with
// it in each iteration.
TENON_FUNCTION Tensor collatz(Tensor n) {
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

using Model = Tensor (*)(Weights &, Tensor);

Input input(const Weights &weights, const std::string &name, const Shape &shape) {
  return {name, {tenon::f32, {shape.begin(), shape.end()}}, weights.input(name, shape)};
}

Case inference(const std::shared_ptr<Weights> &weights, const Shape &shape, Model model) {
  return {.name = {},
          .inputs = {input(*weights, "x", shape)},
          .output = "y",
          .call = [weights, model](const std::vector<Tensor> &x) { return model(*weights, x[0]); },
          .variables = {}};
}

/// Softmax cross-entropy, backward and Adam: one step. The peers' Adam has no correction of the bias, ours (Keras's)
/// has: two scalars a step.
Case training(const std::string &folder, const Shape &shape, Model model) {
  struct State {
    Weights weights;
    tenon::optim::Adam optimizer;
  };
  auto state = std::make_shared<State>(State{Weights(folder, true), tenon::optim::Adam()});
  Input x = input(state->weights, "x", shape);
  model(state->weights, x.value); // names the weights
  state->optimizer.build(state->weights.variables);
  Input y{"y", {tenon::i32, {shape[0]}}, (tenon::arange(shape[0]) % 10).cast(tenon::i32)};
  const auto step = [state, model](const std::vector<Tensor> &batch) {
    Weights &weights = state->weights;
    tenon::GradientTape tape;
    // Not losses::sparse_categorical_crossentropy: Keras, and so we, clamp small probabilities, where cases.py adds.
    const Tensor p = model(weights, batch[0]), chosen = tenon::one_hot(batch[1], p.size(1), tenon::boolean);
    Tensor loss = -tenon::mean(tenon::log(tenon::sum(tenon::where(chosen, p, 0), {1}) + 1e-7f));
    state->optimizer.apply_gradients(tape.gradient(loss, weights.variables), weights.variables);
    return loss;
  };
  return {.name = {}, .inputs = {x, y}, .output = "loss", .call = step, .variables = state->weights.variables};
}

Case lstm(const std::shared_ptr<Weights> &weights, std::int64_t time, std::int64_t batch, bool open) {
  constexpr std::int64_t features = 128, units = 256;
  Weights &w = *weights;
  Input x = input(w, "x", {time, batch, features});
  if (open)
    x.spec = tenon::spec<float>("time", "batch", features);
  const LSTM model{units, w("wx", {features, 4 * units}), w("wh", {units, 4 * units}), w("b", {4 * units})};
  return {.name = {},
          .inputs = {x},
          .output = "y",
          .call = [model](const std::vector<Tensor> &x) { return model(x[0]); },
          .variables = {}};
}

/// x [M,K] times b [K,N]: a constant, or an input.
Case gemm(const std::shared_ptr<Weights> &weights, const Shape &mnk, bool run_time) {
  const std::int64_t m = mnk[0], n = mnk[1], k = mnk[2];
  Case result{.name = {}, .inputs = {input(*weights, "x", {m, k})}, .output = "y", .call = {}, .variables = {}};
  if (run_time) {
    result.inputs.push_back(input(*weights, "b", {k, n}));
    result.call = [](const std::vector<Tensor> &x) { return tenon::matmul(x[0], x[1]); };
  } else {
    const Tensor b = (*weights)("b", {k, n});
    result.call = [b](const std::vector<Tensor> &x) { return tenon::matmul(x[0], b); };
  }
  return result;
}

/// The sizes that follow `prefix` in a name, separated by x; none where the name does not begin so or has other text.
Shape sizes_after(std::string_view name, std::string_view prefix) {
  if (!name.starts_with(prefix))
    return {};
  name.remove_prefix(prefix.size());
  Shape sizes;
  for (;;) {
    std::int64_t size = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), size);
    if (error != std::errc() || size < 1)
      return {};
    sizes.push_back(size);
    name.remove_prefix(std::size_t(end - name.data()));
    if (name.empty())
      return sizes;
    if (name[0] != 'x')
      return {};
    name.remove_prefix(1);
  }
}

Case find(const std::string &name, const std::string &folder) {
  auto weights = std::make_shared<Weights>(folder);
  Shape sizes;
  const auto is = [&](std::string_view prefix, std::size_t count) {
    sizes = sizes_after(name, prefix);
    return sizes.size() == count;
  };
  if (is("mlp_b", 1))
    return inference(weights, {sizes[0], 784}, [](Weights &w, Tensor x) { return mlp(w, x); });
  if (is("cnn_b", 1))
    return inference(weights, {sizes[0], 28, 28, 1}, small_cnn);
  if (is("resnet8_b", 1))
    return inference(weights, {sizes[0], 32, 32, 3}, resnet8);
  if (is("mobilenet_b", 1))
    return inference(weights, {sizes[0], 128, 128, 3}, mobilenet);
  if (name == "encoder_b1")
    return inference(weights, {1, 128, 384}, encoder);
  if (is("lstm_t64_b", 1))
    return lstm(weights, 64, sizes[0], false);
  if (is("lstm_open_t64_b", 1))
    return lstm(weights, 64, sizes[0], true);
  if (is("gemm_", 1))
    return gemm(weights, {sizes[0], sizes[0], sizes[0]}, false);
  if (is("gemm_", 3))
    return gemm(weights, sizes, false);
  if (name.ends_with("_rt")) {
    sizes = sizes_after(std::string_view(name).substr(0, name.size() - 3), "gemm_");
    if (sizes.size() == 3)
      return gemm(weights, sizes, true);
  }
  if (name == "call_overhead")
    return inference(weights, {1, 1}, [](Weights &, Tensor x) { return x + x; });
  if (is("collatz_", 1))
    return {.name = {},
            .inputs = {{"n", tenon::spec<std::int32_t>(), Tensor(sizes[0], tenon::i32)}},
            .output = "steps",
            .call = [](const std::vector<Tensor> &x) { return collatz(x[0]); },
            .variables = {}};
  if (is("train_mlp_b", 1))
    return training(folder, {sizes[0], 784}, [](Weights &w, Tensor x) { return mlp(w, x); });
  if (is("train_cnn_b", 1))
    return training(folder, {sizes[0], 28, 28, 1}, small_cnn);
  throw std::invalid_argument("there is no case '" + name + "'; --list names those of the suite");
}

} // namespace

void Case::add_to(tenon::Program &program) const {
  const auto parameter = [&](std::size_t i) { return tenon::arg(inputs[i].name, inputs[i].spec); };
  if (inputs.size() == 1)
    program.add("run", [this](Tensor a) { return call({a}); }, {parameter(0)}, {{output}});
  else
    program.add("run", [this](Tensor a, Tensor b) { return call({a, b}); }, {parameter(0), parameter(1)}, {{output}});
}

Case make_case(const std::string &name, const std::string &folder) {
  Case result = find(name, folder);
  result.name = name;
  return result;
}

std::vector<std::string> case_names() {
  std::vector<std::string> names{"mlp_b1",        "mlp_b8",       "mlp_b64",          "cnn_b1",
                                 "cnn_b32",       "resnet8_b1",   "mobilenet_b1",     "encoder_b1",
                                 "lstm_t64_b1",   "lstm_t64_b16", "lstm_open_t64_b1", "lstm_open_t64_b16",
                                 "call_overhead", "collatz_1000", "train_mlp_b32",    "train_cnn_b32"};
  for (const char *n : {"64", "128", "256", "512", "1024", "2048"}) {
    names.push_back(std::string("gemm_") + n);
    names.push_back(std::string("gemm_") + n + "x" + n + "x" + n + "_rt");
  }
  for (const char *shape : {"7x300x1000", "129x257x513", "1000x10x784", "33x1023x65", "1x1024x1024", "500x500x33",
                            "1500x36x100", "255x1x255"}) {
    names.push_back(std::string("gemm_") + shape);
    names.push_back(std::string("gemm_") + shape + "_rt");
  }
  return names;
}

} // namespace bench
