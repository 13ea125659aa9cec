// Optimizers and schedules: Keras's numbers eagerly and compiled, one interface, and what is refused.
#include "close.h"
#include "expect_error.h"

#include "optimizers_goldens.inc"
#include "schedules_goldens.inc"

using namespace tenon;

namespace {

struct Parameters {
  Variable w{Tensor::from(std::span(start, 6), {2, 3}), "w"}, b{Tensor::from(std::span(start + 6, 3)), "b"};
  Variables list() const { return {w, b}; }
  Tensor flat() const { return concat({reshape(w, {6}), b}); }
};

// Ten steps along gradients that follow the variables; compiled, the step is traced once.
template <class O> void expect_optimizer(O make, std::span<const float> golden) {
  for (bool compiled : {false, true}) {
    SCOPED_TRACE(compiled ? "compiled" : "eager");
    const Parameters at;
    optim::Optimizer optimizer = make();
    const auto step = [&](Tensor g, Tensor h) {
      const std::vector<Tensor> gradients{g + at.w * 0.5, h + at.b * 0.5};
      optimizer.apply_gradients(gradients, at.list());
    };
    auto traced = tenon::function(step);
    for (int i = 0; i < 10; ++i) {
      const Tensor g = Tensor::from(std::span(drifts + 9 * i, 6), {2, 3});
      const Tensor h = Tensor::from(std::span(drifts + 9 * i + 6, 3));
      compiled ? traced(g, h) : step(g, h);
      if (i == 0 || i == 1 || i == 9)
        EXPECT_CLOSE(at.flat(), golden.subspan(i < 2 ? 9 * std::size_t(i) : 18, 9), 3e-6);
    }
    EXPECT_EQ(optimizer.iterations().value().template item<int>(), 10);
    EXPECT_LE(traced.trace_count(), 1u);
  }
}
#define EXPECT_OPTIMIZER(optimizer, golden)                                                                            \
  do {                                                                                                                 \
    SCOPED_TRACE(#golden);                                                                                             \
    expect_optimizer([] { return optimizer; }, golden);                                                                \
  } while (false)

TEST(Optimizers, SGDIsKeras) {
  EXPECT_OPTIMIZER(optim::SGD(0.1), golden_sgd);
  EXPECT_OPTIMIZER(optim::SGD(0.1, {.momentum = 0.9}), golden_sgd_momentum);
  EXPECT_OPTIMIZER(optim::SGD(0.1, {.momentum = 0.9, .nesterov = true}), golden_sgd_nesterov);
}
TEST(Optimizers, ClippingAndDecayAreKeras) {
  EXPECT_OPTIMIZER(optim::SGD(0.1, {.clipnorm = 0.7}), golden_sgd_clipnorm);
  EXPECT_OPTIMIZER(optim::SGD(0.1, {.clipvalue = 0.3}), golden_sgd_clipvalue);
  EXPECT_OPTIMIZER(optim::SGD(0.1, {.global_clipnorm = 0.7}), golden_sgd_global_clipnorm);
  EXPECT_OPTIMIZER(optim::SGD(0.1, {.momentum = 0.5, .weight_decay = 0.05}), golden_sgd_decay);
}
TEST(Optimizers, AdamIsKeras) {
  EXPECT_OPTIMIZER(optim::Adam(0.01), golden_adam);
  EXPECT_OPTIMIZER(optim::Adam(0.02, {.beta_1 = 0.8, .beta_2 = 0.9, .epsilon = 1e-4, .clipnorm = 1}),
                   golden_adam_options);
  EXPECT_OPTIMIZER(optim::Adam(0.05, {.beta_2 = 0.7, .amsgrad = true}), golden_amsgrad);
  EXPECT_OPTIMIZER(optim::AdamW(0.01), golden_adamw);
  EXPECT_OPTIMIZER(optim::AdamW(0.01, {.weight_decay = 0.3}), golden_adamw_decay);
}
TEST(Optimizers, RMSPropAdagradAndLionAreKeras) {
  EXPECT_OPTIMIZER(optim::RMSProp(0.01), golden_rmsprop);
  EXPECT_OPTIMIZER(optim::RMSProp(0.01, {.rho = 0.8, .momentum = 0.5, .centered = true}), golden_rmsprop_options);
  EXPECT_OPTIMIZER(optim::Adagrad(0.1), golden_adagrad);
  EXPECT_OPTIMIZER(optim::Adagrad(0.1, {.initial_accumulator_value = 0.5, .epsilon = 1e-3}), golden_adagrad_options);
  EXPECT_OPTIMIZER(optim::Lion(0.01), golden_lion);
  EXPECT_OPTIMIZER(optim::Lion(0.01, {.beta_1 = 0.8, .beta_2 = 0.9, .weight_decay = 0.1}), golden_lion_decay);
}
TEST(Optimizers, AScheduleIsPartOfTheStep) {
  EXPECT_OPTIMIZER(optim::SGD(schedules::ExponentialDecay{0.1, 3, 0.5}), golden_schedule);
}

template <class S> void expect_schedule(S schedule, std::span<const float> golden) {
  auto compiled = tenon::function([&](Tensor t) { return schedule(t); });
  for (int i = 0; i < 16; ++i) {
    SCOPED_TRACE(i);
    EXPECT_CLOSE(schedule(Tensor(i)), golden.subspan(std::size_t(i), 1), 2e-6);
    EXPECT_TRUE(array_equal(schedule(Tensor(i)), compiled(Tensor(i))));
  }
}
TEST(Schedules, AreKeras) {
  using namespace schedules;
  expect_schedule(ExponentialDecay{0.1, 4, 0.5}, golden_exponential);
  expect_schedule(ExponentialDecay{0.1, 4, 0.5, {.staircase = true}}, golden_staircase);
  expect_schedule(InverseTimeDecay{0.1, 4, 0.5}, golden_inverse_time);
  expect_schedule(PolynomialDecay{0.1, 10}, golden_polynomial);
  expect_schedule(PolynomialDecay{0.1, 10, {.end_learning_rate = 0.02, .power = 2}}, golden_polynomial_2);
  expect_schedule(PolynomialDecay{0.1, 4, {.end_learning_rate = 0.01, .power = 1.5, .cycle = true}},
                  golden_polynomial_cycle);
  expect_schedule(CosineDecay{0.1, 10}, golden_cosine);
  expect_schedule(CosineDecay{0.1, 10, {.alpha = 0.2}}, golden_cosine_alpha);
  expect_schedule(CosineDecay{0.01, 8, {.alpha = 0.1, .warmup_target = 0.1, .warmup_steps = 4}}, golden_cosine_warmup);
  expect_schedule(PiecewiseConstantDecay{{3, 7}, {0.1, 0.05, 0.01}}, golden_piecewise);
  EXPECT_FLOAT_EQ((WarmUp{0.2, 4}(Tensor(1)).item()), 0.05f);
  EXPECT_FLOAT_EQ((WarmUp{0.2, 4}(Tensor(9)).item()), 0.2f);
}

TEST(Optimizers, PairsOfGradientsAndVariables) {
  const Parameters a, b, c;
  const std::vector<Tensor> gradients{ones({2, 3}), ones({3})};
  optim::SGD(0.5).apply_gradients(gradients, a.list());
  optim::SGD(0.5).apply_gradients(zip(gradients, b.list()));
  optim::SGD(0.5).apply_gradients({ones({2, 3}), ones({3})}, {c.w, c.b});
  EXPECT_TRUE(array_equal(a.flat(), b.flat()));
  EXPECT_TRUE(array_equal(a.flat(), c.flat()));
  EXPECT_FLOAT_EQ(a.flat()[0].item(), start[0] - 0.5f);
}

TEST(Optimizers, HandlesShareTheirState) {
  const Parameters at;
  const optim::Optimizer adam = optim::Adam();
  optim::Optimizer copy = adam;
  const std::vector<Tensor> gradients{ones({2, 3}), ones({3})};
  copy.apply_gradients(gradients, at.list());
  EXPECT_EQ(adam.iterations().value().item<int>(), 1);
  EXPECT_EQ(adam.variables().size(), 6u);
  EXPECT_EQ(adam.variables()[0].path, "iterations");
  EXPECT_EQ(adam.variables()[1].path, "learning_rate");
  EXPECT_EQ(adam.variables()[2].path, "w.momentum");
  EXPECT_EQ(adam.variables()[5].path, "b.velocity");
  EXPECT_EQ(adam.variables()[5].name(), "adam.b.velocity");
  EXPECT_TRUE(adam.variables().trainable().empty());
}

TEST(Optimizers, TheRateChangesWithoutARetrace) {
  const Variable w(zeros({2}), "w");
  optim::SGD sgd(1);
  auto step = tenon::function([&](Tensor g) { sgd.apply_gradients(std::vector{g}, std::vector{w}); });
  step(ones({2}));
  sgd.set_learning_rate(0.25);
  step(ones({2}));
  EXPECT_FLOAT_EQ(w.value()[0].item(), -1.25f);
  EXPECT_FLOAT_EQ(sgd.learning_rate().item(), 0.25f);
  EXPECT_EQ(step.trace_count(), 1u);
  optim::SGD scheduled(schedules::WarmUp{0.1, 10});
  EXPECT_ERROR(scheduled.set_learning_rate(0.1), "the learning rate of 'sgd' follows a schedule (optimizers_test.cpp:");
}

TEST(Optimizers, VariablesMetLaterGetTheirSlots) {
  const Variable trunk(ones({2}), "trunk"), head(ones({2}), "head");
  optim::Adam adam(0.1);
  adam.apply_gradients({ones({2})}, {trunk});
  const Tensor before = trunk.value();
  adam.apply_gradients({ones({2})}, {head});
  EXPECT_TRUE(array_equal(before, trunk));
  EXPECT_FALSE(array_equal(before, head));
  EXPECT_EQ(adam.variables().size(), 6u);
}

TEST(Optimizers, SomeVariablesWithoutWeightDecay) {
  const Variable w(ones({1}), "w"), b(ones({1}), "b");
  optim::SGD sgd(1, {.weight_decay = 0.5});
  sgd.exclude_from_weight_decay(std::vector{b});
  sgd.apply_gradients({zeros({1}), zeros({1})}, {w, b});
  EXPECT_FLOAT_EQ(w.value().item(), 0.5f);
  EXPECT_FLOAT_EQ(b.value().item(), 1);
}

TEST(Optimizers, ClippingAGradientOfZerosGivesZeros) {
  const Variable w(ones({2}), "w");
  optim::SGD(1, {.clipnorm = 1}).apply_gradients({zeros({2})}, {w});
  optim::SGD(1, {.global_clipnorm = 1}).apply_gradients({zeros({2})}, {w});
  EXPECT_TRUE(array_equal(w, ones({2})));
}

TEST(Optimizers, HalfPrecisionAndDoublesKeepTheirDtype) {
  for (DType dtype : {f64, f16, bf16}) {
    const Variable w(ones({2}, dtype), "w");
    optim::Adam adam(0.5);
    adam.apply_gradients({ones({2})}, {w});
    EXPECT_EQ(w.dtype(), dtype);
    EXPECT_NEAR(w.value()[0].item(), 0.5, dtype == bf16 ? 1e-2 : 2e-3);
  }
}

struct SignDescent final : optim::Rule {
  std::vector<Slot> slots() const override { return {{"count", 2}}; }
  Tensor update(const optim::Step &step) const override {
    step.slots[0].assign_add(1);
    return step.variable - sign(step.gradient) * step.learning_rate * step.slots[0];
  }
};
TEST(Optimizers, ARuleOfTheUsersOwn) {
  const Variable w(zeros({2}), "w");
  optim::Optimizer own("own", 0.5, new SignDescent);
  own.apply_gradients({Tensor{3., -7.}}, {w});
  EXPECT_CLOSE(w.value(), (std::vector<float>{-1.5, 1.5}), 1e-6);
  EXPECT_EQ(own.variables()[2].name(), "own.w.count");
}

TEST(Optimizers, RefuseGradientsThatDoNotFit) {
  const Parameters at;
  optim::SGD sgd;
  const Tensor g = ones({2, 3}), h = ones({3});
  EXPECT_ERROR(sgd.apply_gradients({g}, {at.w, at.b}),
               "apply_gradients: 1 gradients for 2 variables (optimizers_test.cpp:");
  EXPECT_ERROR(zip(std::vector{g}, at.list()), "zip: 1 gradients and 2 variables (optimizers_test.cpp:");
  EXPECT_ERROR(sgd.apply_gradients({h, g}, {at.w, at.b}),
               "apply_gradients: the gradient of 'w' is f32[3], but the variable is f32[2,3]");
  EXPECT_ERROR(sgd.apply_gradients({g, Tensor()}, {at.w, at.b}), "the gradient of 'b' has no value");
  EXPECT_ERROR(sgd.apply_gradients({g, g}, {at.w, at.w}), "apply_gradients: 'w' is given twice");
  EXPECT_ERROR(sgd.apply_gradients({g}, {Variable(zeros({2}, i64), "n")}),
               "'n' is i64[2], and only floating numbers are trained");
  EXPECT_ERROR(sgd.apply_gradients(std::vector<Tensor>(), std::vector<Variable>()), "apply_gradients: no variables");
  EXPECT_EQ(sgd.iterations().value().item<int>(), 0); // nothing of the refused ones stayed
  EXPECT_TRUE(array_equal(at.flat(), Parameters().flat()));
}

TEST(Optimizers, RefuseVariablesThatTheyWereNotBuiltWith) {
  const Parameters at;
  optim::Adam adam;
  adam.build(std::vector{at.w});
  adam.apply_gradients({ones({2, 3})}, {at.w});
  const NamedVariable named(at.b, "head.bias");
  EXPECT_ERROR(adam.apply_gradients(std::vector{ones({3})}, std::vector{named}),
               "'head.bias' is not among the variables that 'adam' was built with (optimizers_test.cpp:");
}

TEST(Optimizers, RefuseOptionsThatCannotBe) {
  EXPECT_ERROR(optim::SGD(0.1, {.momentum = 2}), "sgd: expected momentum in [0, 1] (optimizers_test.cpp:");
  EXPECT_ERROR(optim::Adam(0.1, {.beta_2 = 1}), "adam: expected beta_1 and beta_2 in [0, 1)");
  EXPECT_ERROR(optim::Lion(0.1, {.clipnorm = 1, .clipvalue = 1}),
               "lion: expected at most one of clipnorm, clipvalue and global_clipnorm");
  EXPECT_ERROR(optim::RMSProp(0.1, {.weight_decay = -1}), "rmsprop: expected weight_decay >= 0");
  EXPECT_ERROR((schedules::PiecewiseConstantDecay{{1, 2}, {0.1}}(Tensor(0))),
               "expected one value more than boundaries");
}

} // namespace
