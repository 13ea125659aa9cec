// Recurrent layers: against Keras, of open lengths, cells of one's own, ahead of time, wrong use.
#include "../frontend/expect_error.h"
#include "recurrent.h"

using namespace tenon;
using namespace recurrent;

namespace {

// What differs between the layers, for the cases that all have.
template <class R> struct Kind;
template <> struct Kind<nn::SimpleRNN> {
  static constexpr const char *name = "simple";
  using Options = nn::SimpleRNNOptions;
};
template <> struct Kind<nn::LSTM> {
  static constexpr const char *name = "lstm";
  using Options = nn::LSTMOptions;
};
template <> struct Kind<nn::GRU> {
  static constexpr const char *name = "gru";
  using Options = nn::GRUOptions;
};
struct GRUBefore : nn::GRU {
  static nn::GRUOptions before(nn::GRUOptions options) {
    options.reset_after = false;
    return options;
  }
  GRUBefore(std::int64_t units, nn::GRUOptions options) : GRU(units, before(options)) {}
};
template <> struct Kind<GRUBefore> : Kind<nn::GRU> {
  static constexpr const char *name = "gru_before";
};

template <class S> void expect_state(const S &state, const std::string &name) {
  S copy = state;
  detail::Leaves leaves;
  detail::visit(leaves, copy);
  for (std::size_t i = 0; i < leaves.tensors.size(); ++i)
    expect_golden(*leaves.tensors[i], name + "/state/" + std::to_string(i));
}

// The gradients of what a layer gives, eagerly and traced: Keras's numbers.
template <class L, class S>
void check_gradients(const std::string &name, const L &layer, const S &first, const nn::RNNCall &call) {
  const Tensor inputs = recurrent::inputs(layer.variables()[0].dtype());
  const Variables variables = layer.trainable_variables();
  const auto f = [&](const Tensor &x, const S &first) {
    GradientTape tape({.persistent = true});
    tape.watch(x);
    const auto result = layer(x, first, call);
    auto copy = result;
    detail::Leaves leaves;
    detail::visit(leaves, copy);
    Tensor loss(0.0, x.dtype());
    for (std::size_t i = 0; i < leaves.tensors.size(); ++i)
      loss += sum(*leaves.tensors[i] * numbers(leaves.tensors[i]->shape(), std::uint32_t(50 + i), x.dtype()));
    std::vector<Tensor> gradients = tape.gradient(loss, variables);
    gradients.push_back(tape.gradient(loss, x));
    return gradients;
  };
  const std::vector<Tensor> eager = f(inputs, first), traced = tenon::function(f)(inputs, first);
  ASSERT_EQ(eager.size(), variables.size() + 1);
  for (std::size_t i = 0; i < eager.size(); ++i) {
    const std::string part = name + "/gradient/" + (i < variables.size() ? std::to_string(i) : "x");
    expect_golden(eager[i], part);
    EXPECT_TRUE(array_equal(eager[i], traced[i])) << part;
  }
}

template <class R> class Layers : public testing::Test {
protected:
  using Options = typename Kind<R>::Options;

  // Eagerly, traced, traced with an open batch and time, and unrolled: Keras's numbers, and everywhere the same bits.
  template <class L, class S> void check(const std::string &name, const L &layer, const S &first, nn::RNNCall call) {
    const Tensor x = inputs(dtype);
    const auto [y, state] = layer(x, first, call);
    expect_golden(y, name);
    expect_state(state, name);
    const auto f = [&](const Tensor &x, const S &first) { return layer(x, first, call); };
    const auto [traced, traced_state] = tenon::function(f)(x, first);
    EXPECT_TRUE(array_equal(traced, y)) << name;
    expect_state(traced_state, name);
    // The first state is made inside, of open sizes.
    if (std::string(name).find("initial") == std::string::npos && !call.mask && !call.lengths) {
      const auto g = [&](const Tensor &x) { return layer(x, call); };
      AnySpec open_spec{dtype, {"batch", "time", features}};
      EXPECT_TRUE(array_equal(tenon::function(g, {open_spec})(x), y)) << name;
    }
  }
  void check(const std::string &case_name, Options options, nn::RNNCall call = {}) {
    const std::string name = Kind<R>::name + ("/" + case_name);
    for (bool unroll : {false, true}) {
      if (unroll && dtype == f32)
        continue;
      SCOPED_TRACE(unroll ? "unrolled" : "a loop");
      options.unroll = unroll;
      R layer(units, options);
      layer(inputs(dtype));
      fill(layer.variables());
      auto first = layer.zero_state(batch, dtype);
      if (case_name == "initial") {
        detail::Leaves leaves;
        detail::visit(leaves, first);
        for (std::size_t i = 0; i < leaves.tensors.size(); ++i)
          *leaves.tensors[i] = numbers({batch, units}, std::uint32_t(30 + i), dtype);
      }
      if (unroll) {
        const auto [y, state] = layer(inputs(dtype), first, call);
        expect_golden(y, name);
        expect_state(state, name);
      } else {
        check(name, layer, first, call);
      }
      if (goldens().contains(name + "/gradient/x"))
        check_gradients(name, layer, first, call);
    }
  }
  void check_all() {
    check("last", {});
    check("sequences", {.return_sequences = true});
    check("backwards", {.return_sequences = true, .go_backwards = true});
    check("initial", {.return_sequences = true});
    check("lengths", {.return_sequences = true}, {.lengths = lengths()});
    check("lengths_last", {}, {.lengths = lengths()});
    check("gaps", {.return_sequences = true}, {.mask = gaps()});
    check("gaps_zero", {.return_sequences = true, .zero_output_for_mask = true}, {.mask = gaps()});
    check("lengths_backwards", {.return_sequences = true, .go_backwards = true}, {.lengths = lengths()});
    check("no_bias", {.use_bias = false, .return_sequences = true});
  }
  void check_bidirectional(const std::string &case_name, Options options, nn::BidirectionalOptions merge,
                           nn::RNNCall call = {}) {
    const std::string name = Kind<R>::name + ("/bidirectional_" + case_name);
    nn::Bidirectional layer(R(units, options), merge);
    layer(inputs(dtype));
    fill(layer.variables());
    check(name, layer, layer.zero_state(batch, dtype), call);
    if (goldens().contains(name + "/gradient/x"))
      check_gradients(name, layer, layer.zero_state(batch, dtype), call);
  }

  DType dtype = f64;
};
using All = testing::Types<nn::SimpleRNN, nn::LSTM, nn::GRU, GRUBefore>;
TYPED_TEST_SUITE(Layers, All);

TYPED_TEST(Layers, AgreeWithKeras) { this->check_all(); }
TYPED_TEST(Layers, AgreeWithKerasInSinglePrecision) {
  this->dtype = f32;
  this->check_all();
}

TYPED_TEST(Layers, OfTwoDirectionsAgreeWithKeras) {
  using enum nn::Merge;
  for (auto [name, merge] : {std::pair{"concat", concat}, {"sum", sum}, {"mul", mul}, {"ave", ave}}) {
    this->check_bidirectional(name, {}, {.merge = merge});
    this->check_bidirectional(name + std::string("_sequences"), {.return_sequences = true}, {.merge = merge});
  }
  this->check_bidirectional("lengths", {.return_sequences = true}, {}, {.lengths = lengths()});
}

TYPED_TEST(Layers, TakeTimeFirst) {
  using Options = typename Kind<TypeParam>::Options;
  TypeParam layer(units, Options{.return_sequences = true, .time_major = true});
  const Tensor x = transpose(inputs(f64), {1, 0, 2});
  layer(x);
  fill(layer.variables());
  expect_golden(transpose(layer(x), {1, 0, 2}), Kind<TypeParam>::name + std::string("/sequences"));
  expect_golden(transpose(layer(x, {.lengths = lengths()}), {1, 0, 2}),
                Kind<TypeParam>::name + std::string("/lengths"));
  expect_golden(transpose(layer(x, {.mask = transpose(gaps())}), {1, 0, 2}),
                Kind<TypeParam>::name + std::string("/gaps"));
}

TEST(StackedRNNCells, AgreeWithKeras) {
  for (bool unroll : {false, true}) {
    nn::StackedRNNCells cells(nn::LSTMCell(units), nn::GRUCell(3), nn::SimpleRNNCell(4));
    nn::RNN layer(cells, {.return_sequences = true, .unroll = unroll});
    const auto [y, state] = [&] {
      layer(inputs(f64));
      fill(layer.variables());
      return layer(inputs(f64), layer.zero_state(batch, f64));
    }();
    expect_golden(y, "stacked/sequences");
    expect_state(state, "stacked/sequences");
    check_gradients("stacked/sequences", layer, layer.zero_state(batch, f64), {});
    EXPECT_EQ(layer.variables().size(), 9u);
    EXPECT_EQ(layer.variables()[3].path, "1.kernel");
    EXPECT_TRUE(array_equal(layer.variables()[0], cells.variables()[0]));
  }
}

TEST(LSTM, TakesOtherActivations) {
  nn::LSTM layer(units, {.activation = nn::relu, .recurrent_activation = nn::hard_sigmoid});
  layer(inputs(f64));
  fill(layer.variables());
  expect_golden(layer(inputs(f64)), "lstm/activations");
}

TEST(LSTM, BeginsAsInKeras) {
  nn::LSTM layer(3, {.name = "encoder"});
  EXPECT_TRUE(layer.variables().empty());
  layer(zeros({1, 2, 5}));
  const Variables all = layer.variables();
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[0].path + " " + all[1].path + " " + all[2].path, "kernel recurrent_kernel bias");
  EXPECT_EQ(all[0].shape(), (Shape{5, 12}));
  EXPECT_EQ(all[1].shape(), (Shape{3, 12}));
  EXPECT_EQ(all[2].value().to_string(), "[0. 0. 0. 1. 1. 1. 0. 0. 0. 0. 0. 0.]"); // the forget gate is open
  EXPECT_EQ(nn::GRU(3).cell().project(zeros({1, 5})).shape(), (Shape{1, 9}));
  layer.set_trainable(false);
  EXPECT_TRUE(layer.trainable_variables().empty());
}

// A cell of one's own, whose output is another one than its state.
// [cell]
struct MeanState {
  Tensor total, count;
};
struct MeanCell { // what it has seen, on average, and how much that was
  Variable scale{Tensor(1.0, f64), "scale"};
  MeanState zero_state(const Tensor &batch, DType dtype) const {
    return {zeros({batch, 3}, dtype), zeros({batch, 1}, dtype)};
  }
  std::pair<Tensor, MeanState> operator()(const Tensor &x, const MeanState &state) const {
    const Tensor total = state.total + x * scale, count = state.count + 1;
    return {concat({total / count, count}, 1), {total, count}};
  }
};
// [/cell]

TEST(RNN, TakesCellsOfOnesOwn) {
  const Tensor x = inputs(f64);
  nn::RNN sequences(MeanCell{}, {.return_sequences = true}), last(MeanCell{});
  EXPECT_EQ(sequences.variables()[0].path, "scale");
  const auto [y, state] = sequences(x, sequences.zero_state(batch, f64));
  EXPECT_EQ(y.shape(), (Shape{batch, steps, 4}));
  EXPECT_TRUE(all_close(y[{all_, -1, slice_to(3)}], mean(x, 1)));
  EXPECT_TRUE(all_close(state.total, sum(x, 1)));
  EXPECT_TRUE(array_equal(last(x), y[{all_, -1}]));
  // A masked step keeps the output; before the first there are zeros.
  const Tensor masked = sequences(x, {.mask = gaps()});
  const Tensor count = masked[{all_, all_, 3}], last_count = last(x, {.mask = gaps()})[{all_, 3}];
  EXPECT_EQ(count.to_string(), "[[1. 2. 2. 3.]\n [0. 1. 2. 2.]]");
  EXPECT_EQ(last_count.to_string(), "[3. 2.]");
  nn::RNN with_zeros(MeanCell{}, {.zero_output_for_mask = true});
  const Tensor ends = with_zeros(x, {.mask = gaps()})[{all_, 3}];
  EXPECT_EQ(ends.to_string(), "[3. 0.]");
  auto traced = tenon::function([&](const Tensor &x) { return sequences(x, {.mask = gaps()}); });
  EXPECT_TRUE(array_equal(traced(x), masked));
}

TEST(RNN, IsUsedAsTheGuideSays) {
  const Tensor x = inputs(f32);
  // [usage]
  nn::Sequential classifier{nn::Bidirectional(nn::LSTM(8, {.return_sequences = true})), nn::GRU(4), nn::Dense(2)};
  Tensor logits = classifier(x); // x [batch,time,channels] -> [batch,2]

  nn::LSTM lstm(8, {.return_sequences = true});
  auto [h, state] = lstm(x, lstm.zero_state(x.dim(0)));               // all outputs, and the state after the last step
  auto [more, last] = lstm(x, state);                                 // goes on from there
  Tensor padded = lstm(x, {.lengths = Tensor{3, 4}});                 // sequences that end after 3 and 4 steps
  Tensor gaps = lstm(x, {.mask = x[{all_, all_, 0}] > 0});            // which steps count
  nn::RNN deep(nn::StackedRNNCells(nn::LSTMCell(8), nn::GRUCell(4))); // one loop, two cells on top of each other
  Tensor top = deep(x);
  // [/usage]
  EXPECT_EQ(logits.shape(), (Shape{batch, 2}));
  EXPECT_EQ(h.shape(), more.shape());
  EXPECT_EQ(padded.shape(), gaps.shape());
  EXPECT_EQ(top.shape(), last.c.shape()[1] == 8 ? (Shape{batch, 4}) : Shape());
}

// One that is told whether it trains, and that has layers inside.
struct DenseCell : nn::Module<DenseCell> {
  nn::Dense dense{2, {.activation = nn::tanh}};
  Tensor zero_state(const Tensor &batch, DType dtype) const { return zeros({batch, 2}, dtype); }
  std::pair<Tensor, Tensor> operator()(const Tensor &x, const Tensor &h, Call call) {
    const Tensor y = dense(concat({x, h}, 1));
    return {call.training ? y * 2 : y, y};
  }
};

TEST(RNN, TellsItsCellWhetherItTrains) {
  nn::RNN layer(DenseCell{});
  const Tensor x = inputs(f32), y = layer(x);
  EXPECT_EQ(layer.variables()[0].path, "dense.kernel");
  EXPECT_TRUE(array_equal(layer(x, {.training = true}), y * 2));
  EXPECT_TRUE(array_equal(nn::Sequential{layer}(x, {.training = true}), y * 2));
}

TEST(RNN, IsTracedOnceForAllLengths) {
  nn::LSTM layer(units, {.return_sequences = true});
  auto f = tenon::function([&](const Tensor &x) { return layer(x); }, {spec<float>("batch", "time", features)});
  for (std::int64_t n : {1, 5, 0, 3}) {
    const Tensor x = numbers({2, n, features}, 1, f32);
    EXPECT_EQ(f(x).shape(), (Shape{2, n, units}));
    EXPECT_TRUE(array_equal(f(x), layer(x)));
  }
  EXPECT_EQ(f.trace_count(), 1u);
  const std::string text = f.mlir(inputs(f32));
  EXPECT_NE(text.find("tenon.for"), std::string::npos) << text;
  // No step: the first state's output.
  EXPECT_EQ(nn::GRU(2)(zeros({1, 0, 3})).to_string(), "[[0. 0.]]");
  EXPECT_EQ(nn::RNN(MeanCell{})(zeros({1, 0, 3}, f64)).to_string(), "[[0. 0. 0. 0.]]");
}

TEST(RNN, SharesItsCell) {
  nn::GRUCell cell(2);
  nn::RNN forwards(cell), backwards(cell, {.go_backwards = true});
  forwards(inputs(f32));
  backwards(inputs(f32));
  EXPECT_TRUE(forwards.variables()[0].is(backwards.variables()[0]));
  nn::Bidirectional both(nn::GRU(2, {.name = "gru"}));
  both(inputs(f32));
  ASSERT_EQ(both.variables().size(), 6u);
  EXPECT_EQ(both.variables()[3].path, "backward.kernel");
  EXPECT_FALSE(both.variables()[0].is(both.variables()[3]));
}

TEST(RNN, NamesWhatDoesNotFit) {
  nn::LSTM layer(units, {.name = "encoder"});
  const Tensor x = inputs(f32);
  EXPECT_ERROR(layer(x[0]), "nn::LSTM 'encoder' (recurrent_test.cpp:");
  EXPECT_ERROR(layer(x[0]), "expected [batch,time,channels], but got f32[4,3]");
  EXPECT_ERROR(layer(x[0]), "remedy: a single sample needs a batch dimension");
  layer(x);
  EXPECT_ERROR(layer(zeros({2, 4, 5})), "nn::LSTMCell 'encoder' (recurrent_test.cpp:");
  EXPECT_ERROR(layer(zeros({2, 4, 5})), "it was built at its first call for a last dimension of 3, but got f32[2,4,5]");
  EXPECT_ERROR(layer(x, {.mask = ones({2, 4})}),
               "the mask is f32[2,4], but bool[2,4] is expected: one boolean for each step");
  EXPECT_ERROR(layer(x, {.mask = gaps()[0]}), "the mask is bool[4], but bool[2,4] is expected");
  EXPECT_ERROR(layer(x, {.lengths = Tensor{1, 2, 3}}),
               "the lengths are i64[3], but i64[2] is expected: one integer for each sequence");
  EXPECT_ERROR(layer(x, {.mask = gaps(), .lengths = lengths()}), "called with a mask and with lengths");
  EXPECT_ERROR(layer(x, layer.zero_state(3)), "the state is f32[3,2], but f32[2,2] is expected");
  EXPECT_ERROR(layer(x, layer.zero_state(2, f64)), "the state is f64[2,2], but f32[2,2] is expected");
  nn::LSTM unrolled(units, {.unroll = true});
  auto f = tenon::function([&](const Tensor &x) { return unrolled(x); }, {spec<float>("batch", "time", features)});
  EXPECT_ERROR(f(x), "the number of steps is open, so that they cannot be unrolled");
  EXPECT_ERROR(unrolled(zeros({1, 0, 3})), "a sequence without a step cannot be unrolled");
  EXPECT_ERROR(nn::GRU(0), "nn::GRUCell (recurrent_test.cpp:");
  EXPECT_ERROR(nn::Bidirectional(nn::GRU(1, {.go_backwards = true})),
               "the first layer has to go forwards and the second one backwards");
  EXPECT_ERROR(nn::Bidirectional(nn::GRU(1), nn::GRU(1, {.return_sequences = true, .go_backwards = true})),
               "the two layers differ in return_sequences or time_major");
  EXPECT_ERROR(nn::LSTMCell(2).step(zeros({1, 8}), nn::LSTMState{zeros({1, 2}), zeros({1, 2})}),
               "step() before project()");
}

} // namespace
