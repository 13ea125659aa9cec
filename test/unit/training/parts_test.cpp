// fit, evaluate and predict of models with several inputs and outputs: Keras's numbers, in every form in which the
// parts may be given, and what is said about parts that do not fit.
#include "close.h"
#include "expect_error.h"

#include "parts_goldens.inc"

using namespace tenon;
using nn::Verbose;

namespace {

// [model]
struct Ratings : nn::Module<Ratings> {
  struct Inputs {
    Tensor user, item;
  };
  struct Outputs {
    Tensor rating, seen;
  };
  nn::Dense hidden{5, {.activation = nn::relu}}, rating{1}, seen{3};
  Outputs operator()(const Inputs &in, Call = {}) {
    const Tensor h = hidden(concat({in.user, in.item}, -1));
    return {rating(h), seen(h)};
  }
};
// [/model]

// The same from two Tensors to a tuple, and from and to vectors.
struct OfTensors : Ratings {
  std::tuple<Tensor, Tensor> operator()(const Tensor &user, const Tensor &item) {
    const auto [r, s] = Ratings::operator()({user, item});
    return {r, s};
  }
  TENON_MEMBERS(hidden, rating, seen)
};
struct OfVectors : Ratings {
  std::vector<Tensor> operator()(const std::vector<Tensor> &x) {
    const auto [r, s] = Ratings::operator()({x[0], x[1]});
    return {r, s};
  }
  TENON_MEMBERS(hidden, rating, seen)
};

Tensor user() { return Tensor::from(data_user, {10, 4}); }
Tensor item() { return Tensor::from(data_item, {10, 2}); }
Tensor rating() { return Tensor::from(data_rating, {10, 1}); }
Tensor seen() { return Tensor::from(data_seen); }
const losses::SparseCategoricalCrossentropy crossentropy({.from_logits = true});

template <class M> nn::Model<M> given() {
  M network;
  static_cast<Ratings &>(network)({user(), item()});
  std::size_t at = 0;
  for (const NamedVariable &variable : variables(network)) {
    const std::size_t n = std::size_t(variable.value().size());
    variable.assign(Tensor::from(std::span(data_weights + at, n), variable.shape()));
    at += n;
  }
  return nn::Model<M>(network);
}

std::vector<float> as_floats(const std::vector<double> &numbers) { return {numbers.begin(), numbers.end()}; }
#define EXPECT_HISTORY(numbers, golden) EXPECT_CLOSE(Tensor::from(as_floats(numbers)), golden, 1e-5)
#define EXPECT_PLAIN(history, prefix)                                                                                  \
  EXPECT_HISTORY(history[prefix "loss"], golden_plain_##loss);                                                         \
  EXPECT_HISTORY(history[prefix "rating_loss"], golden_plain_rating_loss);

TEST(Parts, AreKeras) {
  for (bool eagerly : {false, true}) {
    nn::Model<Ratings> model = given<Ratings>();
    // [compile]
    model.compile({.optimizer = optim::SGD(0.1, {.momentum = 0.9}),
                   .loss = {{"rating", losses::mean_squared_error, 0.5}, {"seen", crossentropy, 2}},
                   .metrics = {{"rating", {losses::mean_absolute_error, "mae"}}, {"seen", "accuracy"}},
                   .run_eagerly = eagerly});
    const nn::History history = model.fit(
        {user(), item()}, {rating(), seen()},
        {.batch_size = 3, .epochs = 3, .validation_split = 0.2, .shuffle = false, .verbose = Verbose::silent});
    // [/compile]
    EXPECT_EQ(history.names(),
              (std::vector<std::string>{"loss", "rating_loss", "seen_loss", "rating_mae", "seen_accuracy", "val_loss",
                                        "val_rating_loss", "val_seen_loss", "val_rating_mae", "val_seen_accuracy"}));
    EXPECT_HISTORY(history["loss"], golden_plain_loss);
    EXPECT_HISTORY(history["rating_loss"], golden_plain_rating_loss);
    EXPECT_HISTORY(history["seen_loss"], golden_plain_seen_loss);
    EXPECT_HISTORY(history["rating_mae"], golden_plain_rating_mae);
    EXPECT_HISTORY(history["seen_accuracy"], golden_plain_seen_accuracy);
    EXPECT_HISTORY(history["val_loss"], golden_plain_val_loss);
    EXPECT_HISTORY(history["val_rating_loss"], golden_plain_val_rating_loss);
    EXPECT_HISTORY(history["val_seen_loss"], golden_plain_val_seen_loss);
    EXPECT_HISTORY(history["val_rating_mae"], golden_plain_val_rating_mae);
    EXPECT_HISTORY(history["val_seen_accuracy"], golden_plain_val_seen_accuracy);
    const Logs logs =
        model.evaluate(Ratings::Inputs{user(), item()}, Ratings::Outputs{rating(), seen()}, {.batch_size = 4});
    EXPECT_NEAR(logs["loss"], golden_evaluate_loss[0], 2e-5);
    EXPECT_NEAR(logs["rating_loss"], golden_evaluate_rating_loss[0], 2e-5);
    EXPECT_NEAR(logs["seen_accuracy"], golden_evaluate_seen_accuracy[0], 1e-6);
    const Ratings::Outputs predicted = model.predict({user(), item()}, {.batch_size = 4});
    EXPECT_CLOSE(predicted.rating, golden_predict_rating, 2e-5);
    EXPECT_CLOSE(predicted.seen, golden_predict_seen, 2e-5);
  }
}

TEST(Parts, AreWeighedTogetherOrEachAsKeras) {
  const Tensor rows = Tensor::from(data_rows), others = Tensor::from(data_others);
  const nn::Losses loss{{"seen", crossentropy}, {"rating", losses::mean_squared_error}};
  for (bool eagerly : {false, true}) {
    nn::Model<Ratings> one = given<Ratings>(), each = given<Ratings>();
    const nn::FitOptions options{.batch_size = 4, .epochs = 2, .shuffle = false, .verbose = Verbose::silent};
    nn::FitOptions with_one = options, with_each = options;
    with_one.sample_weight = rows;
    one.compile(
        {.optimizer = optim::SGD(0.1), .loss = loss, .metrics = {{"seen", "accuracy"}}, .run_eagerly = eagerly});
    const nn::History a = one.fit({user(), item()}, {rating(), seen()}, with_one);
    EXPECT_HISTORY(a["loss"], golden_one_loss);
    EXPECT_HISTORY(a["rating_loss"], golden_one_rating_loss);
    EXPECT_HISTORY(a["seen_accuracy"], golden_one_seen_accuracy);
    with_each.sample_weight = {rows, others};
    with_each.validation_data = {{user(), item()}, {rating(), seen()}, rows};
    each.compile(
        {.optimizer = optim::SGD(0.1), .loss = loss, .metrics = {{"seen", "accuracy"}}, .run_eagerly = eagerly});
    const nn::History b = each.fit({user(), item()}, {rating(), seen()}, with_each);
    EXPECT_HISTORY(b["loss"], golden_each_loss);
    EXPECT_HISTORY(b["seen_loss"], golden_each_seen_loss);
    EXPECT_HISTORY(b["seen_accuracy"], golden_each_seen_accuracy);
    EXPECT_HISTORY(b["val_loss"], golden_each_val_loss);
    EXPECT_HISTORY(b["val_rating_loss"], golden_each_val_rating_loss);
    EXPECT_HISTORY(b["val_seen_accuracy"], golden_each_val_seen_accuracy);
  }
}

TEST(Parts, MayBeTuplesVectorsMapsAndBatches) {
  const nn::FitOptions options{
      .batch_size = 3, .epochs = 3, .validation_split = 0.2, .shuffle = false, .verbose = Verbose::silent};
  const auto compile = [](auto &model) {
    model.compile({.optimizer = optim::SGD(0.1, {.momentum = 0.9}),
                   .loss = {{losses::mean_squared_error, 0.5}, {crossentropy, 2}},
                   .metrics = {{"output_1", "accuracy"}}});
  };
  nn::Model<OfTensors> tensors = given<OfTensors>();
  compile(tensors);
  const nn::History a = tensors.fit({user(), item()}, std::pair(rating(), seen()), options);
  EXPECT_HISTORY(a["loss"], golden_plain_loss);
  EXPECT_HISTORY(a["output_0_loss"], golden_plain_rating_loss);
  EXPECT_HISTORY(a["output_1_accuracy"], golden_plain_seen_accuracy);
  const auto [r, s] = tensors.predict(std::array{user(), item()});
  EXPECT_CLOSE(r, golden_predict_rating, 5e-5); // after fit without the evaluation that golden_predict follows
  EXPECT_EQ(s.shape(), (Shape{10, 3}));

  nn::Model<OfVectors> vectors = given<OfVectors>();
  compile(vectors);
  const nn::History b = vectors.fit(std::vector{user(), item()}, {rating(), seen()}, options);
  EXPECT_EQ(a["loss"], b["loss"]);
  EXPECT_EQ(a["val_output_1_loss"], b["val_output_1_loss"]);
  EXPECT_TRUE(array_equal(vectors.predict({user(), item()})[1], s));

  // Names count before the order, which in a map is that of the alphabet.
  nn::Model<Ratings> maps = given<Ratings>();
  maps.compile({.optimizer = optim::SGD(0.1, {.momentum = 0.9}),
                .loss = {{"rating", losses::mean_squared_error, 0.5}, {"seen", crossentropy, 2}}});
  const std::map<std::string, Tensor> x{{"user", user()}, {"item", item()}};
  const nn::History c = maps.fit(x, {rating(), seen()}, options);
  EXPECT_EQ(a["loss"], c["loss"]);

  nn::Model<Ratings> batched = given<Ratings>();
  batched.compile({.optimizer = optim::SGD(0.1, {.momentum = 0.9}),
                   .loss = {{"rating", losses::mean_squared_error, 0.5}, {"seen", crossentropy, 2}}});
  std::vector<std::pair<Ratings::Inputs, Ratings::Outputs>> batches;
  for (int i : {0, 3, 6}) {
    const Slice rows = slice(i, std::min(i + 3, 8));
    batches.push_back({{user()[rows], item()[rows]}, {rating()[rows], seen()[rows]}});
  }
  const nn::History d = batched.fit(batches, {.epochs = 3, .verbose = Verbose::silent});
  EXPECT_EQ(a["loss"], d["loss"]);
}

TEST(Parts, AnOutputWithoutALossNeedsNoY) {
  nn::Model<Ratings> model = given<Ratings>();
  model.compile({.optimizer = optim::SGD(0.1), .loss = {{"seen", crossentropy}}});
  const auto fit = [&] {
    return model.fit({user(), item()}, Ratings::Outputs{.rating = {}, .seen = seen()}, {.verbose = Verbose::silent});
  };
  EXPECT_ERROR(fit(), "the target does not depend on source 2, the Variable 'kernel', f32[5,1]");
  model.rating.set_trainable(false);
  const Tensor before = model.rating.variables()[0].value();
  const nn::History history = fit();
  EXPECT_EQ(history.names(), (std::vector<std::string>{"loss"}));
  EXPECT_TRUE(array_equal(model.rating.variables()[0], before));
}

TEST(Parts, ThatDoNotFitAreRefused) {
  nn::Model<Ratings> model = given<Ratings>();
  const nn::Losses both{{"rating", losses::mean_squared_error}, {"seen", crossentropy}};
  const nn::FitOptions silent{.verbose = Verbose::silent};
  const Ratings::Outputs y{rating(), seen()};
  model.compile({.loss = both});
  EXPECT_ERROR(model.fit(Ratings::Inputs{user(), item()[slice(0, 9)]}, y, silent),
               "fit: x.user has 10 examples, but x.item has 9 (parts_test.cpp:");
  EXPECT_ERROR(model.fit({user(), item()}, {rating(), seen()[slice(0, 9)]}, silent),
               "fit: x[0] has 10 examples, but y[1] has 9");
  EXPECT_ERROR(model.evaluate({user(), item()}, y, {.sample_weight = {Tensor(), Tensor{1.0, 2.0}}}),
               "evaluate: x[0] has 10 examples, but sample_weight[1] has 2");
  EXPECT_ERROR(model.fit(user(), y, silent), "fit: the model takes 2 Tensors (user, item), but x has 1 Tensor");
  EXPECT_ERROR(model.fit({user(), item()}, seen(), silent),
               "fit: the model gives 2 Tensors (rating, seen), but y has 1 Tensor");
  EXPECT_ERROR(model.fit(std::map<std::string, Tensor>{{"user", user()}, {"film", item()}}, y, silent),
               "fit: the model takes user, item, but x has film, user");
  EXPECT_ERROR(model.fit({user(), item()}, Ratings::Outputs{rating(), {}}, silent),
               "fit: y has no value for the output 'seen', which has a loss or a metric");
  EXPECT_ERROR(model.fit({user(), item()}, y, {.class_weight = {1, 2, 3}, .verbose = Verbose::silent}),
               "class_weight needs a single output, but the model gives rating, seen");
  EXPECT_ERROR(model.fit({user(), item()}, y, {.sample_weight = {user(), user(), user()}, .verbose = Verbose::silent}),
               "the model gives 2 Tensors (rating, seen), but sample_weight has 3 Tensors");
  EXPECT_ERROR(model.predict({user(), item()[slice(0, 3)]}), "predict: x[0] has 10 examples, but x[1] has 3");
  const auto fit = [&](const nn::CompileOptions &options) {
    model.compile(options);
    model.fit({user(), item()}, y, silent);
  };
  EXPECT_ERROR(fit({.loss = {{"rating", losses::mean_squared_error}, {"liked", crossentropy}}}),
               "compile: there is no output 'liked'");
  EXPECT_ERROR(fit({.loss = {losses::mean_squared_error, crossentropy, crossentropy}}),
               "compile: 3 losses for 2 outputs: rating, seen");
  EXPECT_ERROR(fit({.loss = {{"seen", crossentropy}, losses::mean_squared_error}}),
               "some losses name their outputs, and others do not");
  EXPECT_ERROR(fit({.loss = {{"seen", crossentropy}, {"seen", crossentropy}}}), "two losses for the output 'seen'");
  EXPECT_ERROR(fit({.loss = both, .metrics = {"accuracy"}}),
               "the metric 'accuracy' does not say of which output it is");
  EXPECT_ERROR(fit({.loss = both, .metrics = {{"seen", {crossentropy, "loss"}}}}),
               "two numbers would be called 'seen_loss'");
}

} // namespace
