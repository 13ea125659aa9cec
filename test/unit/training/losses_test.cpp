// Losses: Keras's numbers eagerly and compiled, reductions and weights, and what is refused.
#include "close.h"
#include "expect_error.h"

#include "losses_goldens.inc"

using namespace tenon;
using losses::Reduction;

namespace {

Tensor matrix(std::span<const float> numbers) { return Tensor::from(numbers, {4, 3}); }
Tensor weights() { return Tensor::from(data_weights); }
Tensor labels() { return Tensor::from(data_labels); }

// The four values, the weighted mean and the sum, eagerly and in one compiled function with an open batch.
template <class L> void expect_loss(L loss, const Tensor &y_true, const Tensor &y_pred, std::span<const float> golden) {
  const auto all = [&](Tensor t, Tensor p, Tensor w) {
    auto options = loss.options();
    options.reduction = Reduction::sum;
    const Tensor total = loss(t, p, options);
    options.reduction = Reduction::none;
    return concat({loss(t, p, options), reshape(loss(t, p, w), {1}), reshape(total, {1})});
  };
  const Tensor eager = all(y_true, y_pred, weights());
  EXPECT_CLOSE(eager, golden, 2e-6);
  const AnySpec t = y_true.rank() == 1 ? spec<std::int64_t>("batch") : spec<float>("batch", 3);
  auto compiled = tenon::function(all, {t, spec<float>("batch", 3), spec<float>("batch")});
  EXPECT_TRUE(array_equal(compiled(y_true, y_pred, weights()), eager)) << loss.name();
}
#define EXPECT_LOSS(loss, y_true, y_pred, golden)                                                                      \
  do {                                                                                                                 \
    SCOPED_TRACE(#golden);                                                                                             \
    expect_loss(loss, y_true, y_pred, golden);                                                                         \
  } while (false)

TEST(Losses, OfRegressionAreKeras) {
  const Tensor t = matrix(data_t), p = matrix(data_p);
  EXPECT_LOSS(losses::mean_squared_error, t, p, golden_squared);
  EXPECT_LOSS(losses::mean_absolute_error, t, p, golden_absolute);
  EXPECT_LOSS(losses::mean_absolute_percentage_error, t, p, golden_percentage);
  EXPECT_LOSS(losses::mean_squared_logarithmic_error, t, p, golden_logarithmic);
  EXPECT_LOSS(losses::huber, t, p, golden_huber);
  EXPECT_LOSS(losses::Huber({.delta = 2}), t, p, golden_huber_2);
  EXPECT_LOSS(losses::log_cosh, t, p * 20, golden_log_cosh);
  EXPECT_LOSS(losses::cosine_similarity, t, p, golden_cosine);
}

TEST(Losses, OfProbabilitiesAreKeras) {
  const Tensor q = matrix(data_q), u = matrix(data_u), binary = matrix(data_binary), target = matrix(data_target);
  EXPECT_LOSS(losses::binary_crossentropy, binary, u, golden_binary);
  EXPECT_LOSS(losses::BinaryCrossentropy({.label_smoothing = 0.1}), binary, u, golden_binary_smooth);
  EXPECT_LOSS(losses::categorical_crossentropy, target, q, golden_categorical);
  EXPECT_LOSS(losses::categorical_crossentropy, target, u, golden_categorical_sum);
  EXPECT_LOSS(losses::sparse_categorical_crossentropy, labels(), q, golden_sparse);
  EXPECT_LOSS(losses::kl_divergence, target, q, golden_kl);
  EXPECT_LOSS(losses::poisson, binary, u, golden_poisson);
}

TEST(Losses, OfLogitsAreKerasAndFinite) {
  const Tensor logits = matrix(data_logits), binary = matrix(data_binary), hot = matrix(data_hot);
  EXPECT_LOSS(losses::BinaryCrossentropy({.from_logits = true}), binary, logits, golden_binary_logits);
  EXPECT_LOSS(losses::BinaryCrossentropy({.from_logits = true, .label_smoothing = 0.2}), binary, logits,
              golden_binary_logits_smooth);
  EXPECT_LOSS(losses::CategoricalCrossentropy({.from_logits = true}), matrix(data_target), logits,
              golden_categorical_logits);
  EXPECT_LOSS(losses::CategoricalCrossentropy({.from_logits = true, .label_smoothing = 0.1}), hot, logits,
              golden_categorical_smooth);
  EXPECT_LOSS(losses::SparseCategoricalCrossentropy({.from_logits = true}), labels(), logits, golden_sparse_logits);
}

TEST(Losses, OfMarginsAreKeras) {
  const Tensor t = matrix(data_t), p = matrix(data_p), binary = matrix(data_binary);
  EXPECT_LOSS(losses::hinge, t, p, golden_hinge);
  EXPECT_LOSS(losses::hinge, binary, p, golden_hinge_binary);
  EXPECT_LOSS(losses::squared_hinge, binary, p, golden_squared_hinge);
  EXPECT_LOSS(losses::categorical_hinge, matrix(data_hot), p, golden_categorical_hinge);
}

TEST(Losses, ALogitOfMinusInfinityOfAnotherClassIsNoNaN) {
  const Tensor logits = Tensor::from(std::vector<float>{0, -INFINITY, 0}, {1, 3});
  const Tensor loss = losses::sparse_categorical_crossentropy(Tensor{0}, logits, {.from_logits = true});
  EXPECT_NEAR(loss.item(), std::log(2.0), 1e-6);
}

TEST(Losses, TakeColumnsWhereValuesAreMeant) {
  const Tensor y{1., 2., 3.}, p{1., 2., 5.}, column = expand_dims(p, -1);
  EXPECT_NEAR(losses::mean_squared_error(y, column).item(), 4.0 / 3, 1e-6); // not of a 3 x 3 matrix
  EXPECT_NEAR(losses::mean_squared_error(expand_dims(y, -1), p).item(), 4.0 / 3, 1e-6);
  const Tensor labels{{0}, {1}}, q{{0.5, 0.5}, {0.5, 0.5}};
  EXPECT_NEAR(losses::sparse_categorical_crossentropy(labels, q).item(), std::log(2.0), 1e-6);
}

TEST(Losses, MeanBySampleWeightDividesByTheWeights) {
  const Tensor t{{1.}, {2.}}, p{{2.}, {4.}}, w{1., 3.};
  EXPECT_FLOAT_EQ(losses::mean_squared_error(t, p, w).item(), 13.0 / 2);
  const losses::LossOptions options{.reduction = Reduction::mean_with_sample_weight};
  EXPECT_FLOAT_EQ(losses::mean_squared_error(t, p, w, options).item(), 13.0 / 4);
  EXPECT_EQ(losses::mean_squared_error(t, p, w * 0, options).item(), 0);
  const Tensor rows = zeros({2, 3, 4}), ones = tenon::ones({2, 3, 4}); // one weight for each row
  EXPECT_FLOAT_EQ(losses::mean_squared_error(rows, ones, w, {.reduction = Reduction::sum}).item(), 12);
}

TEST(Losses, RefuseALabelOutsideOfTheClasses) {
  const Tensor q = matrix(data_q), bad{2, 0, 3, 1}, negative{2, 0, 1, -1};
  EXPECT_ERROR(losses::sparse_categorical_crossentropy(bad, q),
               "sparse_categorical_crossentropy: label 3 at position 2 is outside [0, 3) (losses_test.cpp:");
  auto loss = tenon::function([](Tensor y, Tensor p) { return losses::sparse_categorical_crossentropy(y, p); });
  EXPECT_ERROR(loss(bad, q), "sparse_categorical_crossentropy: a label is outside [0, 3)");
  EXPECT_ERROR(loss(negative, q), "sparse_categorical_crossentropy: a label is outside [0, 3)");
  EXPECT_GT(loss(labels(), q).item(), 0);
}

TEST(Losses, RefuseAnEmptyBatch) {
  const Tensor none = zeros({0, 3});
  EXPECT_ERROR(losses::huber(none, none),
               "huber: the batch is empty: one value each for [0] samples has no mean (losses_test.cpp:");
  auto loss = tenon::function([](Tensor y, Tensor p) { return losses::mean_squared_error(y, p); },
                              {spec<float>("batch", 3), spec<float>("batch", 3)});
  EXPECT_ERROR(loss(none, none), "mean_squared_error: the batch is empty");
  EXPECT_EQ(losses::huber(none, none, {.reduction = Reduction::sum}).item(), 0);
}

TEST(Losses, RefuseWhatDoesNotFit) {
  const Tensor p = zeros({4, 3});
  EXPECT_ERROR(losses::mean_squared_error(zeros({4, 2}), p),
               "mean_squared_error: the shapes differ: y_true f32[4,2], y_pred f32[4,3] (losses_test.cpp:");
  EXPECT_ERROR(losses::sparse_categorical_crossentropy(zeros({4, 3}), p),
               "expected one label for each row of y_pred, but got y_true f32[4,3], y_pred f32[4,3]");
  EXPECT_ERROR(losses::categorical_crossentropy(p, p, {.label_smoothing = 2}), "expected label_smoothing in [0, 1]");
  EXPECT_ERROR(losses::huber(Tensor(1.0), Tensor(2.0)), "huber: expected at least one dimension");
}

TEST(Losses, AnyFunctionIsALoss) {
  const losses::Loss none;
  EXPECT_FALSE(none);
  const losses::Loss huber = losses::huber, own = [](Tensor y, Tensor p) { return sum(abs(y - p)); };
  const Tensor t = matrix(data_t), p = matrix(data_p);
  EXPECT_STREQ(huber.name(), "huber");
  EXPECT_TRUE(array_equal(huber(t, p), losses::huber(t, p)));
  EXPECT_TRUE(array_equal(huber(t, p, weights()), losses::huber(t, p, weights())));
  EXPECT_TRUE(array_equal(own(t, p), sum(abs(t - p))));
  EXPECT_ERROR(own(t, p, weights()), "loss: the function takes no sample weights (losses_test.cpp:");
}

} // namespace
