// Masks: steps that fill sequences up count neither in recurrent layers, attention, pools and statistics nor in losses
// and metrics. Keras's numbers from the same weights.
#include "close.h"
#include "expect_error.h"

#include "mask_goldens.inc"

using namespace tenon;
using nn::Verbose;

namespace {

Tensor words() { return Tensor::from(data_words, {6, 5}); }
Tensor tags() { return Tensor::from(data_tags, {6, 5}); }
Tensor points() { return Tensor::from(data_points, {6, 5, 2}); }
Tensor target() { return Tensor::from(data_target, {6, 1}); }

// The model with these weights.
template <class M> M given(M model, const Tensor &x, std::span<const float> weights) {
  model(x);
  std::size_t at = 0;
  for (const NamedVariable &variable : model.variables())
    if (variable.dtype() == f32) { // a Dropout has the state of its stream
      const std::size_t n = std::size_t(variable.value().size());
      variable.assign(Tensor::from(weights.subspan(at, n), variable.shape()));
      at += n;
    }
  EXPECT_EQ(at, weights.size());
  return model;
}
void expect_weights(const Variables &variables, std::span<const float> weights, double relative) {
  std::size_t at = 0;
  for (const NamedVariable &variable : variables)
    if (variable.dtype() == f32) {
      const std::size_t n = std::size_t(variable.value().size());
      SCOPED_TRACE(variable.path);
      expect_close(variable.value(), weights.subspan(at, n), relative);
      at += n;
    }
}
std::vector<float> as_floats(const std::vector<double> &numbers) { return {numbers.begin(), numbers.end()}; }
#define EXPECT_HISTORY(numbers, golden) EXPECT_CLOSE(Tensor::from(as_floats(numbers)), golden, 2e-5)

nn::Sequential tagger(std::span<const float> weights) {
  // [tagger]
  nn::Sequential model{nn::Embedding(7, 4, {.mask_zero = true}), nn::Dropout(0.0),
                       nn::LSTM(5, {.return_sequences = true}), nn::Dense(3)};
  // [/tagger]
  return given(model, words(), weights);
}
nn::Sequential pooler() {
  return given(nn::Sequential{nn::Masking({.value = -1}), nn::Bidirectional(nn::GRU(3, {.return_sequences = true})),
                              nn::BatchNorm(), nn::MultiHeadAttention(2, 3), nn::GlobalAvgPool(), nn::Dense(1)},
               points(), data_pooler);
}

// The tagger as a module of one's own, which says where its mask goes.
// [module]
struct Tagger : nn::Module<Tagger> {
  nn::Embedding words{7, 4, {.mask_zero = true}};
  nn::LSTM lstm{5, {.return_sequences = true}};
  nn::Dense tags{3};
  nn::Masked operator()(const Tensor &x, Call call = {}) {
    const auto [embedded, mask] = words.masked(x);
    return {tags(lstm(embedded, {.training = call.training, .mask = mask})), mask};
  }
};
// [/module]

const nn::FitOptions steps{.batch_size = 4, .epochs = 3, .shuffle = false, .verbose = Verbose::silent};

template <class M>
nn::History train(M &model, const losses::SparseCrossentropyOptions &loss, const Tensor &weight, bool eagerly) {
  model.compile({.optimizer = optim::SGD(0.2),
                 .loss = losses::SparseCategoricalCrossentropy(loss),
                 .metrics = {"accuracy"},
                 .run_eagerly = eagerly});
  nn::FitOptions options = steps;
  if (weight.rank() > 0)
    options.sample_weight = weight;
  return model.fit(words(), tags(), options);
}

TEST(Masks, OfATaggerAreKeras) {
  for (bool eagerly : {false, true}) {
    nn::Sequential plain = tagger(data_tagger);
    EXPECT_CLOSE(plain.predict(words()), golden_tagger_before, 2e-5);
    const nn::History history = train(plain, {.from_logits = true}, 0, eagerly);
    EXPECT_HISTORY(history["loss"], golden_tagger_loss);
    EXPECT_HISTORY(history["accuracy"], golden_tagger_accuracy);
    EXPECT_CLOSE(plain.predict(words()), golden_tagger_after, 5e-5);
    expect_weights(plain.variables(), golden_tagger_weights, 5e-5);
  }
  nn::Sequential weighted = tagger(data_weighted);
  const nn::History with_rows = train(weighted, {.from_logits = true}, Tensor::from(data_rows), false);
  EXPECT_HISTORY(with_rows["loss"], golden_weighted_loss);
  EXPECT_HISTORY(with_rows["accuracy"], golden_weighted_accuracy);
  EXPECT_CLOSE(weighted.predict(words()), golden_weighted_after, 5e-5);

  nn::Sequential summed = tagger(data_summed);
  const nn::History sums = train(summed, {.from_logits = true, .reduction = losses::Reduction::sum}, 0, false);
  EXPECT_HISTORY(sums["loss"], golden_summed_loss);
  EXPECT_HISTORY(sums["accuracy"], golden_summed_accuracy);
  EXPECT_CLOSE(summed.predict(words()), golden_summed_after, 1e-4);
}

TEST(Masks, ModulesOfOnesOwnGiveThem) {
  nn::Model own{Tagger{}};
  own(words());
  nn::Sequential reference = tagger(data_tagger);
  const Variables from = reference.trainable_variables(), to = own.trainable_variables();
  ASSERT_EQ(from.size(), to.size());
  for (std::size_t i = 0; i < from.size(); ++i) to[i].assign(from[i]);
  const nn::History history = train(own, {.from_logits = true}, 0, false);
  EXPECT_HISTORY(history["loss"], golden_tagger_loss);
  EXPECT_HISTORY(history["accuracy"], golden_tagger_accuracy);
  EXPECT_CLOSE(own.predict(words()), golden_tagger_after, 5e-5);
  // Inside of a Sequential it hands its mask on.
  nn::Sequential around{static_cast<const Tagger &>(own), nn::relu};
  const auto [y, mask] = around.masked(words());
  ASSERT_TRUE(mask);
  EXPECT_TRUE(array_equal(*mask, words() != 0));
}

TEST(Masks, EndWithTheSteps) {
  nn::Sequential last{nn::Embedding(7, 4, {.mask_zero = true}), nn::SimpleRNN(3), nn::Dense(1)};
  last = given(last, words(), data_last);
  EXPECT_FALSE(last.masked(words()).mask);
  EXPECT_CLOSE(last.predict(words()), golden_last_before, 2e-5);
  last.compile({.optimizer = optim::SGD(0.2), .loss = losses::mean_squared_error});
  EXPECT_HISTORY(last.fit(words(), target(), steps)["loss"], golden_last_loss);
  EXPECT_CLOSE(last.predict(words()), golden_last_after, 5e-5);
  const auto mask_behind = [](const nn::Layer &layer) {
    nn::Sequential model{nn::Embedding(7, 4, {.mask_zero = true}), layer};
    return model.masked(words()).mask.has_value();
  };
  EXPECT_TRUE(mask_behind(nn::relu));
  EXPECT_TRUE(mask_behind(nn::LayerNorm()));
  EXPECT_TRUE(mask_behind(nn::Add{nn::linear, nn::Dense(4)}));
  EXPECT_TRUE(mask_behind(nn::LSTM(2, {.return_sequences = true})));
  EXPECT_FALSE(mask_behind(nn::Flatten()));
  EXPECT_FALSE(mask_behind(nn::Reshape({5, 2, 2})));
  EXPECT_FALSE(mask_behind(nn::Conv1D(2, 3, {.padding = Padding::same})));
  EXPECT_FALSE(mask_behind(nn::MaxPool1D(1)));
  EXPECT_FALSE(mask_behind([](const Tensor &x) { return sum(x, 1); }));
}

TEST(Masks, OfStatisticsAttentionAndMeansAreKeras) {
  nn::Sequential model = pooler();
  EXPECT_CLOSE(model.predict(points()), golden_pooler_before, 2e-5);
  model.compile({.optimizer = optim::SGD(0.002), .loss = losses::mean_squared_error});
  EXPECT_HISTORY(model.fit(points(), target(), steps)["loss"], golden_pooler_loss);
  EXPECT_CLOSE(model.predict(points()), golden_pooler_after, 1e-4);
  expect_weights(model.variables(), golden_pooler_weights, 2e-4);
}

TEST(Masks, WeighALossByHand) {
  const Tensor y{{1.0, 2.0, 0.0}, {3.0, 0.0, 0.0}}, p{{2.0, 2.0, 9.0}, {1.0, 9.0, 9.0}}, mask = y > 0;
  const Tensor errors = expand_dims(y, -1), guesses = expand_dims(p, -1);
  const auto loss = [&](const Tensor &weights) { return losses::mean_squared_error(errors, guesses, weights).item(); };
  EXPECT_FLOAT_EQ(loss(losses::mask_weights(mask)), 5.0f / 3);
  EXPECT_FLOAT_EQ(loss(losses::mask_weights(mask, Tensor{0.5, 2.0})), 8.5f / 3);
  EXPECT_FLOAT_EQ(loss(losses::mask_weights(zeros({2, 3}, boolean))), 0);
}

TEST(Masks, ThatDoNotFitAreRefused) {
  nn::LSTM lstm(3);
  const Tensor x = zeros({2, 4, 3});
  EXPECT_ERROR(nn::GlobalAvgPool()(x, {.mask = ones({2, 3}, boolean)}), "nn::GlobalAvgPool (masks_test.cpp:");
  EXPECT_ERROR(nn::GlobalAvgPool()(x, {.mask = ones({2, 3}, boolean)}),
               "the mask is bool[2,3], but bool[2,4] is expected: one boolean for each step");
  EXPECT_ERROR(nn::MultiHeadAttention(1, 2)(x, {.mask = ones({2, 4})}),
               "the mask is f32[2,4], but bool[2,4] is expected");
  EXPECT_ERROR(nn::Masking()(zeros({2, 3})), "[batch,time,...]");
  nn::Sequential model{nn::Embedding(7, 4, {.mask_zero = true}), nn::Dense(1)};
  model.compile({.loss = [](const Tensor &y, const Tensor &p) { return mean(y - p); }});
  EXPECT_ERROR(model.fit(words(), cast(tags(), f32), steps), "loss: the function takes no sample weights");
}

} // namespace
