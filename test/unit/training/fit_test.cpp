// compile, fit, evaluate, predict: Keras's numbers from the same weights, what is trained and when it ends.
#include "close.h"
#include "expect_error.h"

#include "fit_goldens.inc"

#include <algorithm>
#include <csignal>
#include <unistd.h>

using namespace tenon;
using nn::Verbose;

namespace {

Tensor x() { return Tensor::from(data_x, {10, 4}); }
Tensor labels() { return Tensor::from(data_labels); }
const losses::SparseCategoricalCrossentropy crossentropy({.from_logits = true});

nn::Sequential perceptron() {
  nn::Sequential model{nn::Dense(5, {.activation = nn::relu}), nn::Dense(3)};
  model(x());
  const Variables variables = model.variables();
  variables[0].assign(Tensor::from(data_kernel_1, {4, 5}));
  variables[1].assign(Tensor::from(data_bias_1));
  variables[2].assign(Tensor::from(data_kernel_2, {5, 3}));
  variables[3].assign(Tensor::from(data_bias_2));
  return model;
}

std::vector<float> as_floats(const std::vector<double> &numbers) { return {numbers.begin(), numbers.end()}; }
#define EXPECT_HISTORY(numbers, golden) EXPECT_CLOSE(Tensor::from(as_floats(numbers)), golden, 1e-5)

TEST(Fit, IsKeras) {
  for (bool eagerly : {false, true}) {
    nn::Sequential model = perceptron();
    model.compile({.optimizer = optim::SGD(0.1, {.momentum = 0.9}),
                   .loss = crossentropy,
                   .metrics = {"accuracy"},
                   .run_eagerly = eagerly});
    const nn::History history = model.fit(
        x(), labels(),
        {.batch_size = 3, .epochs = 3, .validation_split = 0.2, .shuffle = false, .verbose = Verbose::silent});
    EXPECT_EQ(history.epochs(), 3);
    EXPECT_EQ(history.steps, 9); // 3, 3 and 2 examples
    EXPECT_HISTORY(history["loss"], golden_loss);
    EXPECT_HISTORY(history["accuracy"], golden_accuracy);
    EXPECT_HISTORY(history["val_loss"], golden_val_loss);
    EXPECT_HISTORY(history["val_accuracy"], golden_val_accuracy);
    const Logs logs = model.evaluate(x(), labels(), {.batch_size = 4});
    EXPECT_NEAR(logs["loss"], golden_evaluate[0], 2e-5);
    EXPECT_NEAR(logs["accuracy"], golden_evaluate[1], 1e-6);
    EXPECT_CLOSE(model.predict(x(), {.batch_size = 4}), golden_predict, 2e-5);
  }
}

TEST(Fit, WeighsSamplesAndClassesAsKeras) {
  nn::Sequential model = perceptron();
  model.compile({.optimizer = optim::Adam(0.05), .loss = crossentropy, .metrics = {"accuracy"}});
  const nn::History history = model.fit(x(), labels(),
                                        {.batch_size = 4,
                                         .epochs = 3,
                                         .shuffle = false,
                                         .class_weight = {1, 2, 0.5},
                                         .sample_weight = Tensor::from(data_rows),
                                         .verbose = Verbose::silent});
  EXPECT_HISTORY(history["loss"], golden_weighted_loss);
  EXPECT_HISTORY(history["accuracy"], golden_weighted_accuracy);
}

TEST(Fit, TakesARangeOfBatches) {
  nn::Sequential a = perceptron(), b = perceptron();
  std::vector<std::pair<Tensor, Tensor>> batches;
  for (int i : {0, 4, 8})
    batches.emplace_back(x()[slice(i, std::min(i + 4, 10))], labels()[slice(i, std::min(i + 4, 10))]);
  a.compile({.optimizer = optim::SGD(0.1), .loss = crossentropy});
  b.compile({.optimizer = optim::SGD(0.1), .loss = crossentropy});
  const nn::History one = a.fit(batches, {.epochs = 2, .verbose = Verbose::silent});
  const nn::History two =
      b.fit(x(), labels(), {.batch_size = 4, .epochs = 2, .shuffle = false, .verbose = Verbose::silent});
  EXPECT_EQ(one["loss"], two["loss"]);
  EXPECT_EQ(a.evaluate(batches)["loss"], b.evaluate(x(), labels(), {.batch_size = 4})["loss"]);
}

TEST(Fit, ShufflesByItsSeed) {
  const auto losses = [](std::int64_t seed) {
    nn::Sequential model = perceptron();
    model.compile({.optimizer = optim::SGD(0.1), .loss = crossentropy});
    return model.fit(x(), labels(), {.batch_size = 2, .epochs = 2, .seed = seed, .verbose = Verbose::silent})["loss"];
  };
  EXPECT_EQ(losses(1), losses(1));
  EXPECT_NE(losses(1), losses(2));
}

struct Line : nn::Module<Line> {
  Variable slope{zeros({}), "slope"};
  Tensor operator()(const Tensor &x, Call) { return x * slope; }
};

TEST(Fit, TrainsAModule) {
  nn::Model model{Line{}};
  model.compile({.optimizer = optim::SGD(0.2), .loss = losses::mean_squared_error});
  const Tensor x{{1.}, {2.}, {-1.}, {0.5}};
  model.fit(x, x * 3, {.batch_size = 3, .epochs = 30, .verbose = Verbose::silent});
  EXPECT_NEAR(model.slope.value().item(), 3, 1e-3);
  EXPECT_NEAR(model(Tensor{{2.}}, {}).item(), 6, 2e-3);
}

TEST(Fit, FrozenVariablesStay) {
  nn::Sequential trunk{nn::Dense(5, {.activation = nn::relu})}, head{nn::Dense(3)}, model{trunk, head};
  model(x());
  trunk.set_trainable(false);
  const Tensor kernel = trunk.variables()[0].value(), before = head.variables()[0].value();
  model.compile({.loss = crossentropy});
  model.fit(x(), labels(), {.epochs = 2, .verbose = Verbose::silent});
  EXPECT_TRUE(array_equal(kernel, trunk.variables()[0]));
  EXPECT_FALSE(array_equal(before, head.variables()[0]));
}

// ---- callbacks ----------------------------------------------------------------------------------------------------

struct Recorder final : callbacks::Listener {
  explicit Recorder(std::string &text) : text(text) {}
  void train_begin(callbacks::Run &) override { text += "("; }
  void epoch_begin(callbacks::Run &run) override { text += std::to_string(run.epoch); }
  void batch_end(callbacks::Run &) override { text += "."; }
  void epoch_end(callbacks::Run &run) override { run.logs.set("own", 7); }
  void train_end(callbacks::Run &) override { text += ")"; }
  std::string &text;
};

TEST(Callbacks, AreCalledInOrder) {
  nn::Sequential model = perceptron();
  model.compile({.loss = crossentropy});
  std::string text;
  const nn::History history = model.fit(
      x(), labels(), {.batch_size = 5, .epochs = 2, .callbacks = {new Recorder(text)}, .verbose = Verbose::silent});
  EXPECT_EQ(text, "(0..1..)");
  EXPECT_EQ(history["own"], (std::vector<double>{7, 7}));
  EXPECT_ERROR(history["owned"], "there is no 'owned', but: loss, own");
}

// [listener]
struct Save final : callbacks::Listener {
  explicit Save(std::string path) : path(std::move(path)) {}
  void epoch_end(callbacks::Run &run) override { save_weights(path, run.variables); }
  std::string path;
};
// [/listener]

TEST(Callbacks, SaveWeights) {
  nn::Sequential model = perceptron(), other = perceptron();
  model.compile({.loss = crossentropy});
  const std::string path = testing::TempDir() + "epoch.safetensors";
  // [callbacks]
  const callbacks::EarlyStopping early({.monitor = "val_loss", .patience = 3});
  model.fit(x(), labels(), {.epochs = 2, .validation_split = 0.2, .callbacks = {early, new Save(path)}});
  // [/callbacks]
  load_weights(path, other);
  unlink(path.c_str());
  EXPECT_TRUE(array_equal(model.predict(x()), other.predict(x())));
}

TEST(Callbacks, StopFit) {
  nn::Sequential model = perceptron();
  model.compile({.loss = crossentropy});
  const auto stop = callbacks::each_batch([](callbacks::Run &run) {
    if (run.step == 3)
      run.stop("enough");
  });
  const nn::History history =
      model.fit(x(), labels(), {.batch_size = 5, .epochs = 9, .callbacks = {stop}, .verbose = Verbose::silent});
  EXPECT_EQ(history.steps, 3);
  EXPECT_EQ(history.stopped, "enough");
}

TEST(Callbacks, EarlyStoppingPutsTheBestWeightsBack) {
  nn::Sequential model = perceptron();
  model.compile({.optimizer = optim::SGD(0.1, {.momentum = 0.9}), .loss = crossentropy});
  std::vector<Tensor> kernels;
  const auto watch = callbacks::each_epoch([&](callbacks::Run &run) { kernels.push_back(run.variables[0].value()); });
  const callbacks::EarlyStopping early({.patience = 2, .restore_best_weights = true});
  const nn::History history = model.fit(x(), labels(),
                                        {.batch_size = 3,
                                         .epochs = 20,
                                         .validation_split = 0.2,
                                         .shuffle = false,
                                         .callbacks = {watch, early},
                                         .verbose = Verbose::silent});
  EXPECT_EQ(history.epochs(), 3); // the golden val_loss rises from the first epoch on
  EXPECT_EQ(history.stopped, "val_loss has not improved for 2 epochs");
  EXPECT_EQ(early.best_epoch(), 0);
  EXPECT_TRUE(array_equal(model.variables()[0], kernels[0]));
  EXPECT_FALSE(array_equal(kernels[2], kernels[0]));
}

TEST(Callbacks, MayUseTheModel) {
  for (bool eagerly : {false, true}) {
    nn::Sequential model = perceptron(), other = perceptron();
    const nn::CompileOptions options{.optimizer = optim::SGD(0.1), .loss = crossentropy, .run_eagerly = eagerly};
    model.compile(options);
    other.compile({.optimizer = optim::SGD(0.1), .loss = crossentropy});
    const auto look = callbacks::each_epoch([&](callbacks::Run &run) {
      run.logs.set("own", model.evaluate(x(), labels())["loss"]);
      EXPECT_EQ(model.predict(x()).shape(), (Shape{10, 3}));
      if (run.epoch == 1)
        model.compile({.loss = losses::sparse_categorical_crossentropy}); // the next fit's
    });
    const nn::FitOptions fit{.epochs = 3, .validation_data = {x(), labels()}, .verbose = Verbose::silent};
    nn::FitOptions looking = fit;
    looking.callbacks = {look};
    const nn::History history = model.fit(x(), labels(), looking);
    EXPECT_EQ(history["loss"], other.fit(x(), labels(), fit)["loss"]);
    EXPECT_EQ(history["own"][0], history["val_loss"][0]);
  }
}

TEST(Callbacks, BestWeightsAreKeptAndWritten) {
  nn::Sequential model = perceptron(), other = perceptron();
  model.compile({.optimizer = optim::SGD(0.1, {.momentum = 0.9}), .loss = crossentropy});
  const std::string path = testing::TempDir() + "best.safetensors";
  const callbacks::BestWeights best({.path = path});
  const nn::FitOptions options{.batch_size = 3,
                               .epochs = 3,
                               .validation_split = 0.2,
                               .shuffle = false,
                               .callbacks = {best},
                               .verbose = Verbose::silent};
  model.fit(x(), labels(), options);
  EXPECT_EQ(best.best_epoch(), 0); // as the golden val_loss
  EXPECT_NEAR(best.best(), golden_val_loss[0], 1e-5);
  EXPECT_NEAR(model.evaluate(x()[slice(8, 10)], labels()[slice(8, 10)])["loss"], golden_val_loss[0], 1e-5);
  load_weights(path, other);
  unlink(path.c_str());
  EXPECT_TRUE(array_equal(model.predict(x()), other.predict(x())));
}

TEST(Callbacks, ChangeTheLearningRate) {
  nn::Sequential model = perceptron();
  const optim::SGD sgd(1);
  model.compile({.optimizer = sgd, .loss = crossentropy});
  const auto halve = callbacks::learning_rate_scheduler([](int epoch, double rate) { return epoch ? rate / 2 : rate; });
  const nn::History history = model.fit(x(), labels(), {.epochs = 3, .callbacks = {halve}, .verbose = Verbose::silent});
  EXPECT_EQ(history["learning_rate"], (std::vector<double>{1, 0.5, 0.25}));
  const callbacks::ReduceLROnPlateau plateau({.monitor = "flat", .factor = 0.5, .patience = 2});
  const auto flat = callbacks::each_epoch([](callbacks::Run &run) { run.logs.set("flat", 1); });
  model.fit(x(), labels(), {.epochs = 5, .callbacks = {flat, plateau}, .verbose = Verbose::silent});
  EXPECT_FLOAT_EQ(sgd.learning_rate().item(), 0.0625f); // after epochs 2 and 4 of a number that never changes
  EXPECT_ERROR(model.fit(x(), labels(), {.callbacks = {callbacks::BestWeights()}, .verbose = Verbose::silent}),
               "the epoch has no number 'val_loss' to monitor: there is no validation data");
}

// ---- how it ends --------------------------------------------------------------------------------------------------

TEST(Fit, NamesTheStepWithALossThatIsNaN) {
  nn::Sequential model = perceptron();
  model.compile({.loss = crossentropy});
  std::vector<float> numbers(data_x, data_x + 40);
  numbers[4 * 7] = NAN;
  const Tensor bad = Tensor::from(numbers, {10, 4});
  EXPECT_ERROR(model.fit(bad, labels(), {.batch_size = 2, .shuffle = false, .verbose = Verbose::silent}),
               "fit: the loss is nan at step 4 (epoch 1, batch 4) (fit_test.cpp:");
}

TEST(Fit, ControlCEndsItAfterTheStep) {
  nn::Sequential model = perceptron();
  model.compile({.loss = crossentropy});
  Tensor kernel;
  const auto interrupt = callbacks::each_batch([&](callbacks::Run &run) {
    if (run.step == 4)
      std::raise(SIGINT);
    kernel = run.variables[0].value();
  });
  const nn::History history =
      model.fit(x(), labels(), {.batch_size = 5, .epochs = 9, .callbacks = {interrupt}, .verbose = Verbose::silent});
  EXPECT_TRUE(history.interrupted);
  EXPECT_EQ(history.steps, 4);
  EXPECT_EQ(history.epochs(), 1);
  EXPECT_TRUE(array_equal(kernel, model.variables()[0]));
  struct sigaction now{};
  sigaction(SIGINT, nullptr, &now);
  EXPECT_EQ(now.sa_handler, SIG_DFL); // as before
}

TEST(FitDeathTest, TheSecondControlCEndsTheProgram) {
  nn::Sequential model = perceptron();
  model.compile({.loss = crossentropy});
  const auto twice = callbacks::each_batch([](callbacks::Run &) { std::raise(SIGINT), std::raise(SIGINT); });
  EXPECT_EXIT(model.fit(x(), labels(), {.callbacks = {twice}, .verbose = Verbose::silent}),
              testing::KilledBySignal(SIGINT), "");
}

TEST(Fit, PrintsALineForEachEpoch) {
  nn::Sequential model = perceptron();
  model.compile({.optimizer = optim::SGD(0.1), .loss = crossentropy, .metrics = {"accuracy"}});
  testing::internal::CaptureStdout();
  model.fit(x(), labels(), {.batch_size = 4, .epochs = 2});
  const std::string text = testing::internal::GetCapturedStdout();
  EXPECT_EQ(text.find("epoch 1/2 - 3/3 - "), 0u) << text;
  EXPECT_NE(text.find(" ms/step - loss: "), text.npos) << text;
  EXPECT_NE(text.find(" - accuracy: 0."), text.npos) << text;
  EXPECT_NE(text.find("\nepoch 2/2 - 3/3 - "), text.npos) << text;
  EXPECT_EQ(text.find('\r'), text.npos);
}

TEST(Fit, ABarIsWrittenOver) {
  nn::Sequential model = perceptron();
  model.compile({.loss = crossentropy});
  const auto slow = callbacks::each_batch([](callbacks::Run &) { usleep(60'000); });
  testing::internal::CaptureStdout();
  model.fit(x(), labels(), {.batch_size = 2, .callbacks = {slow}, .verbose = Verbose::bar});
  const std::string text = testing::internal::GetCapturedStdout();
  EXPECT_NE(text.find("\repoch 1/1 - "), text.npos) << text;
  EXPECT_NE(text.find("/5 [===="), text.npos) << text;
  EXPECT_NE(text.rfind("\repoch 1/1 - 5/5 - "), text.npos) << text;
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1);
}

TEST(Fit, RefusesWhatCannotBe) {
  nn::Sequential model = perceptron();
  EXPECT_ERROR(model.fit(x(), labels()), "fit: the model is not compiled (fit_test.cpp:");
  EXPECT_ERROR(model.compile({}), "compile: there is no loss (fit_test.cpp:");
  EXPECT_ERROR(model.compile({.loss = crossentropy, .metrics = {"accuracy", "accuracy"}}),
               "two numbers would be called 'accuracy'");
  model.compile({.loss = crossentropy});
  EXPECT_ERROR(model.fit(x(), labels()[slice(0, 9)]), "fit: x has 10 examples, but y has 9 (fit_test.cpp:");
  EXPECT_ERROR(model.fit(zeros({0, 4}), zeros({0}, i64)), "fit: there are no examples: x is f32[0,4]");
  EXPECT_ERROR(model.fit(x(), labels(), {.batch_size = 0}), "expected batch_size > 0, but got 0");
  EXPECT_ERROR(model.fit(x(), labels(), {.validation_split = 0.99}), "validation_split leaves 0 of 10 examples");
  EXPECT_ERROR(model.fit(x(), labels(), {.class_weight = {1, 1}, .verbose = Verbose::silent}),
               "class_weight has 2 weights, but a label is 2");
  const std::vector<std::pair<Tensor, Tensor>> none;
  EXPECT_ERROR(model.fit(none, {.verbose = Verbose::silent}), "fit: there are no batches in epoch 1");
  EXPECT_ERROR(model.fit(x(), labels() + 1, {.verbose = Verbose::silent}),
               "sparse_categorical_crossentropy: a label is outside [0, 3)");
  nn::Sequential fixed{nn::relu};
  fixed.compile({.loss = crossentropy});
  EXPECT_ERROR(fixed.fit(x(), labels(), {.verbose = Verbose::silent}), "fit: the model has no trainable variables");
}

} // namespace
