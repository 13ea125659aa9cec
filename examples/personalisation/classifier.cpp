// A trained classifier of handwritten digits, shipped with the means to learn one user's writing: train_step and
// predict in one object, which share their state.
#include <tenon/tenon.h>

using tenon::Tensor;
using tenon::Variable;

struct Classifier {
  Variable w0{tenon::load_npy("w0.npy"), "hidden.kernel"}, b0{tenon::load_npy("b0.npy"), "hidden.bias"};
  Variable w1{tenon::load_npy("w1.npy"), "last.kernel"}, b1{tenon::load_npy("b1.npy"), "last.bias"};

  Tensor hidden(Tensor x) const { return tenon::relu(tenon::matmul(x, w0) + b0); } // [batch, 64] -> [batch, 128]
  Tensor logits(Tensor h) const { return tenon::matmul(h, w1) + b1; }              // [batch, 128] -> [batch, 10]
};

// Gradient descent with momentum.
struct Momentum {
  Variable velocity;
  Momentum(const Variable &v) : velocity(tenon::zeros(v.shape()), v.name() + ".velocity") {}
  void step(const Variable &v, Tensor gradient, Tensor rate) const {
    velocity.assign(0.9f * velocity.value() + gradient);
    v.assign_sub(rate * velocity.value());
  }
};

// [train-step]
static void write(const std::string &name, bool all_layers) {
  Classifier model;
  Momentum m0(model.w0), n0(model.b0), m1(model.w1), n1(model.b1);
  auto train_step = [&](Tensor x, Tensor label, Tensor rate) {
    Tensor h = model.hidden(x), log_p = tenon::log_softmax(model.logits(h));
    Tensor wanted = tenon::one_hot(label, 10), loss = -tenon::mean(tenon::sum(wanted * log_p, 1));
    Tensor batch = tenon::cast(x.dim(0), tenon::f32);
    Tensor d_logits = (tenon::exp(log_p) - wanted) / batch;
    Tensor d_h = tenon::matmul(d_logits, tenon::transpose(model.w1.value()));
    m1.step(model.w1, tenon::matmul(tenon::transpose(h), d_logits), rate);
    n1.step(model.b1, tenon::sum(d_logits, 0), rate);
    if (all_layers) {
      Tensor d_sum = tenon::where(h > 0, d_h, 0.f);
      m0.step(model.w0, tenon::matmul(tenon::transpose(x), d_sum), rate);
      n0.step(model.b0, tenon::sum(d_sum, 0), rate);
    }
    return loss;
  };
  auto predict = [&](Tensor x) { return tenon::cast(tenon::argmax(model.logits(model.hidden(x)), 1), tenon::i32); };

  tenon::Program program(name);
  const auto x = tenon::arg("x", tenon::spec<float>("batch", 64));
  program.add("train_step", train_step,
              {x, tenon::arg("label", tenon::spec<std::int32_t>("batch")), tenon::arg("rate", tenon::spec<float>())},
              {{"loss"}});
  program.add("predict", predict, {x}, {{"digit"}});
  program.write(name + ".o");    // and .h, .hpp
  program.write(name + ".mlir"); // for other targets: tenonc --target=armv7 all_layers.mlir
}
// [/train-step]

int main() {
  write("last_layer", false); // nothing assigns the hidden layer, so it is part of the object and not of the state
  write("all_layers", true);
}
