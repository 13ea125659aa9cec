// Recurrent layers that drop, the same elements in all steps, and that keep their state from call to call: with Keras's
// numbers for given factors.
#include "../frontend/expect_error.h"
#include "recurrent.h"

using namespace tenon;
using namespace recurrent;

namespace {

// The factors of make_recurrent_goldens.py.
Tensor factors(std::int64_t gates, std::int64_t size, std::uint32_t seed) {
  const Shape shape = gates ? Shape{gates, batch, size} : Shape{batch, size};
  return 2 * cast(numbers(shape, seed) > 0, f64);
}

template <class Cell> void check_given(const std::string &name, const Cell &cell, std::int64_t gates) {
  const Tensor x = inputs(f64);
  cell.project(x);
  fill(cell.trainable_variables());
  for (const auto &[kind, drops_inputs, drops_states] :
       {std::tuple("inputs", true, false), {"states", false, true}, {"both", true, true}}) {
    nn::Dropped dropped;
    const std::int64_t each = drops_states && gates > 1 ? gates : 0;
    if (drops_inputs)
      dropped.inputs = factors(each, features, 60);
    if (drops_states)
      dropped.states = factors(each, units, 61);
    const Tensor projected = cell.project(x, dropped, 1);
    auto state = cell.zero_state(batch, f64);
    std::vector<Tensor> outputs, by_step;
    for (std::int64_t t = 0; t < steps; ++t) {
      const auto [y, next] = cell.step(projected[{all_, t}], state, dropped);
      state = next;
      outputs.push_back(y);
      by_step.push_back(cell.project(x[{all_, t}], dropped, -1));
    }
    expect_golden(stack(outputs, 1), name + "/dropped_" + kind);
    EXPECT_TRUE(array_equal(stack(by_step, 1), projected)) << name << " " << kind;
  }
}

TEST(RecurrentDropout, IsKerasForGivenFactors) {
  const double r = 0.5; // cells whose gates drop each its own
  check_given("simple", nn::SimpleRNNCell(units, {.recurrent_dropout = r}), 1);
  check_given("lstm", nn::LSTMCell(units, {.recurrent_dropout = r}), 4);
  check_given("gru", nn::GRUCell(units, {.recurrent_dropout = r}), 3);
  check_given("gru_before", nn::GRUCell(units, {.reset_after = false, .recurrent_dropout = r}), 3);
}

// A layer draws once a call, and what it draws is a cell's draw; the eager call, a trace and one with open sizes give
// the same bits.
template <class L, class Cell> void check_layer(const L &layer, const Cell &cell) {
  const Tensor x = inputs(f64);
  layer(x);
  fill(layer.trainable_variables());
  cell.project(x);
  fill(cell.trainable_variables());
  const Tensor plain = layer(x);
  for (int call = 0; call < 2; ++call) {
    const Tensor given = layer(x, {.training = true});
    const nn::Dropped dropped = cell.draw(x[{all_, 0}], {.training = true});
    for (double factor : {0.0, 2.0}) EXPECT_TRUE(any(*dropped.inputs == factor));
    EXPECT_TRUE(all((*dropped.states == 0) | (*dropped.states == 2)));
    const Tensor projected = cell.project(x, dropped, 1);
    auto state = cell.zero_state(batch, f64);
    std::vector<Tensor> outputs;
    for (std::int64_t t = 0; t < steps; ++t) {
      const auto [y, next] = cell.step(projected[{all_, t}], state, dropped);
      state = next;
      outputs.push_back(y);
    }
    EXPECT_LE(max(abs(stack(outputs, 1) - given)).template item<double>(), 1e-13);
    EXPECT_FALSE(array_equal(given, plain));
  }
  EXPECT_TRUE(array_equal(layer(x), plain)); // not training: nothing is dropped
}

TEST(RecurrentDropout, DrawsOnceForASequence) {
  check_layer(nn::SimpleRNN(units, {.dropout = 0.5, .recurrent_dropout = 0.5, .seed = 7, .return_sequences = true}),
              nn::SimpleRNNCell(units, {.dropout = 0.5, .recurrent_dropout = 0.5, .seed = 7}));
  check_layer(nn::LSTM(units, {.dropout = 0.5, .recurrent_dropout = 0.5, .seed = 7, .return_sequences = true}),
              nn::LSTMCell(units, {.dropout = 0.5, .recurrent_dropout = 0.5, .seed = 7}));
  check_layer(nn::GRU(units, {.dropout = 0.5, .recurrent_dropout = 0.5, .seed = 7, .return_sequences = true}),
              nn::GRUCell(units, {.dropout = 0.5, .recurrent_dropout = 0.5, .seed = 7}));
}

TEST(RecurrentDropout, TrainsWithTheSameBitsEagerlyAndTraced) {
  const auto gradients_of = [](bool traced) {
    nn::RNN layer(nn::StackedRNNCells(nn::SimpleRNNCell(2, {.dropout = 0.5, .recurrent_dropout = 0.25, .seed = 3}),
                                      nn::SimpleRNNCell(3, {.dropout = 0.5, .seed = 4})));
    layer(inputs(f32));
    fill(layer.trainable_variables());
    const auto f = [&](const Tensor &x) {
      GradientTape tape;
      const Tensor y = layer(x, {.training = true});
      return tape.gradient(sum(y * y), layer.trainable_variables());
    };
    auto function = tenon::function(f, {spec<float>("batch", "time", features)});
    std::vector<Tensor> all;
    for (int i = 0; i < 2; ++i)
      for (const Tensor &gradient : traced ? function(inputs(f32)) : f(inputs(f32))) all.push_back(gradient);
    return all;
  };
  const std::vector<Tensor> eager = gradients_of(false), traced = gradients_of(true);
  ASSERT_EQ(eager.size(), traced.size());
  for (std::size_t i = 0; i < eager.size(); ++i) EXPECT_TRUE(array_equal(eager[i], traced[i])) << i;
  EXPECT_FALSE(array_equal(eager[0], eager[eager.size() / 2])); // the second call drops others
}

template <class L> void check_stateful(const std::string &name, const L &layer) {
  const Tensor x = inputs(f64);
  layer(x);
  layer.reset_states();
  fill(layer.trainable_variables());
  const auto run = [&](auto &&call) {
    expect_golden(call(x), name + "/stateful/0");
    expect_golden(call(x), name + "/stateful/1");
    layer.reset_states();
    expect_golden(call(x), name + "/stateful/reset");
    layer.reset_states();
  };
  run([&](const Tensor &x) { return layer(x); });
  run(tenon::function([&](Tensor x) { return layer(x); }));
  // A whole sequence, part by part; a state that is given counts instead.
  const Tensor whole = layer(x);
  layer.reset_states();
  const Tensor parts = concat({layer(x[{all_, slice_to(3)}]), layer(x[{all_, slice_from(3)}])}, 1);
  EXPECT_TRUE(array_equal(whole, parts));
  EXPECT_TRUE(array_equal(layer(x, layer.zero_state(batch, f64)).first, whole));
}

TEST(StatefulLayers, AreKeras) {
  check_stateful("simple", nn::SimpleRNN(units, {.return_sequences = true, .stateful = true}));
  check_stateful("lstm", nn::LSTM(units, {.return_sequences = true, .stateful = true}));
  check_stateful("gru", nn::GRU(units, {.return_sequences = true, .stateful = true}));
}

TEST(StatefulLayers, KeepTheirStateInVariables) {
  const nn::LSTM layer(units, {.stateful = true, .name = "memory"});
  EXPECT_ERROR(
      tenon::function([&](Tensor x) { return layer(x); }, {spec<double>("batch", steps, features)})(inputs(f64)),
      "it is stateful, and the size of the batch is open");
  layer(inputs(f64));
  std::vector<std::string> paths;
  for (const NamedVariable &variable : layer.variables()) paths.push_back(variable.path);
  EXPECT_EQ(paths, (std::vector<std::string>{"kernel", "recurrent_kernel", "bias", "state.h", "state.c"}));
  EXPECT_EQ(layer.trainable_variables().size(), 3u);
  EXPECT_ERROR(layer(inputs(f64)[slice(0, 1)]), "nn::LSTM 'memory' (recurrent_dropout_test.cpp:");
  EXPECT_ERROR(layer(inputs(f64)[slice(0, 1)]), "it is stateful with a batch of 2, but got 1");
  EXPECT_ERROR(nn::LSTM(2).reset_states(), "it is not stateful");
  EXPECT_ERROR(nn::LSTM(2, {.dropout = 1}), "expected a dropout in [0, 1), but got 1");
  EXPECT_ERROR(nn::GRUCell(2, {.recurrent_dropout = -0.5}), "expected a recurrent_dropout in [0, 1), but got -0.5");
}

} // namespace
