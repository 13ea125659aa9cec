// Layers: calls, lazy building, type erasure, Sequential, use in traced functions and programs, and wrong use.
#include "../frontend/expect_error.h"

#include <tenon/tenon.h>

#include <filesystem>
#include <fstream>
#include <sstream>

using namespace tenon;

static std::string paths(const Variables &variables) {
  std::string text;
  for (const NamedVariable &variable : variables) text += (text.empty() ? "" : " ") + variable.path;
  return text;
}
static Tensor twice(const Tensor &x) { return x * 2; }

TEST(Dense, ComputesTheAffineMap) {
  nn::Dense dense(2, {.activation = nn::relu, .kernel_initializer = initializers::constant(0.5)});
  const Tensor y = dense(Tensor{{1.0, 2.0, 3.0}, {-1.0, -2.0, -3.0}});
  EXPECT_TRUE(array_equal(y, Tensor{{3.0, 3.0}, {0.0, 0.0}}));
  dense.variables()[1].assign(Tensor{1.0, 10.0});
  EXPECT_TRUE(array_equal(dense(Tensor{{1.0, 2.0, 3.0}}), Tensor{{4.0, 13.0}}));
  EXPECT_TRUE(array_equal(dense(Tensor{1.0, 2.0, 3.0}), Tensor{4.0, 13.0}));
  EXPECT_EQ(dense(ones({2, 5, 3})).shape(), (Shape{2, 5, 2}));
  EXPECT_EQ(nn::Dense(2, {.use_bias = false})(ones({1, 3})).shape(), (Shape{1, 2}));
  EXPECT_EQ(nn::Dense(2)(ones({1, 3}, f64)).dtype(), f64);
}

TEST(Dense, NamesItselfInErrors) {
  nn::Dense dense(2, {.name = "head"});
  dense(ones({1, 3}));
  const std::string message = message_of([&] { dense(ones({4, 5})); });
  EXPECT_EQ(message, "nn::Dense 'head' (layer_test.cpp:" + std::to_string(__LINE__ - 3) +
                         "): it was built at its first call for a last dimension of 3, but got f32[4,5] "
                         "(layer_test.cpp:" +
                         std::to_string(__LINE__ - 4) +
                         ")\n  remedy: a layer keeps the size of its variables: reshape the argument, or make another "
                         "layer");
  EXPECT_ERROR(dense(ones({4, 3}, f64)), "its variables are f32, but the argument is f64[4,3]");
  EXPECT_ERROR(nn::Dense(2)(ones({4, 3}, i64)), "expected floating numbers, but got i64[4,3]");
  EXPECT_ERROR(nn::Dense(2)(Tensor(1.0)), "expected [...,channels], but got f32[]");
  EXPECT_ERROR(nn::Dense(0), "expected a positive number of units, but got 0");
  EXPECT_ERROR(nn::Dense(2, {.kernel_initializer = [](const Shape &, DType) { return ones({7}); }})(ones({1, 3})),
               "its initializer for 'kernel' was asked for f32[3,2] and gave f32[7]");
}

TEST(Layer, IsMadeFromAnyCallable) {
  struct Scale : nn::Module<Scale> {
    Variable factor{Tensor(3.0), "factor"};
    Tensor operator()(const Tensor &x, Call call) { return call.training ? x * factor : x; }
  };
  Scale scale;
  nn::Sequential s{twice, nn::relu, tenon::square, [](auto x) { return x + 1; }, scale};
  EXPECT_EQ(s(Tensor{1.0, -1.0}).to_string(), "[5. 1.]");
  EXPECT_EQ(s(Tensor{1.0, -1.0}, {.training = true}).to_string(), "[15.  3.]");
  EXPECT_EQ(paths(s.variables()), "4.factor");
  EXPECT_TRUE(s.variables()[0].is(scale.factor));
  EXPECT_EQ(s[1].kind(), "relu");
  EXPECT_EQ(s[4].kind(), "Scale");
  EXPECT_EQ(nn::Layer(twice)(2.0).item(), 4);
}

TEST(Sequential, SharesWhatItWraps) {
  nn::Sequential trunk{nn::Dense(4), nn::relu}, head1{nn::Dense(2)}, head2{nn::Dense(3)};
  nn::Sequential path1{trunk, head1}, path2{trunk, head2};
  EXPECT_EQ(path1.size(), 2u);
  EXPECT_EQ(nn::Sequential{trunk}.size(), 1u);
  nn::Sequential alias = trunk;
  alias.add(nn::Dense(5));
  EXPECT_EQ(trunk.size(), 3u);

  EXPECT_EQ(path1(ones({1, 6})).shape(), (Shape{1, 2}));
  EXPECT_EQ(path2(ones({1, 6})).shape(), (Shape{1, 3}));
  EXPECT_EQ(paths(path1.variables()), "0.0.kernel 0.0.bias 0.2.kernel 0.2.bias 1.0.kernel 1.0.bias");
  EXPECT_TRUE(path1.variables()[0].is(path2.variables()[0]));
  EXPECT_FALSE(path1.variables()[4].is(path2.variables()[4]));
  const nn::Sequential both{path1, path2, path1};
  EXPECT_EQ(both.variables().size(), 8u); // each once
  trunk.set_trainable(false);
  EXPECT_EQ(paths(path2.trainable_variables()), "1.0.kernel 1.0.bias");
  EXPECT_ERROR(trunk[3], "there is no layer 3: it has 3");
  EXPECT_ERROR(trunk.add(trunk), "a Sequential cannot be a layer of itself");
  EXPECT_TRUE(array_equal(nn::Sequential{}(ones({2})), ones({2})));
}

TEST(Activation, IsAnOptionAndALayer) {
  EXPECT_EQ(nn::Activation(nn::sigmoid)(0.0).item(), 0.5f);
  EXPECT_EQ(nn::Activation()(Tensor(3.0)).item(), 3);
  const auto with = [](nn::Activation f) {
    return nn::Dense(2, {.activation = f, .kernel_initializer = initializers::ones})(Tensor{{-1.0, 2.0}}).to_string();
  };
  EXPECT_EQ(with(tenon::square), "[[1. 1.]]");
  EXPECT_EQ(with([](const Tensor &x) { return x * 3; }), "[[3. 3.]]");
  EXPECT_EQ(with(nn::softmax), "[[0.5 0.5]]");
  nn::Dense outer(2, {.activation = nn::Dense(3)}); // an activation with variables
  outer(ones({1, 4}));
  EXPECT_EQ(paths(outer.variables()), "kernel bias activation.kernel activation.bias");
}

TEST(Building, HappensAtTheFirstCallAlsoInATrace) {
  nn::Dense dense(3);
  auto f = tenon::function([&](const Tensor &x) { return dense(x); });
  const Tensor x{{1.0, 2.0}};
  const Tensor y = f(x);
  EXPECT_EQ(dense.variables().size(), 2u);
  EXPECT_TRUE(array_equal(y, dense(x)));
  EXPECT_TRUE(array_equal(f(ones({5, 2})), dense(ones({5, 2})))); // traced again, with the same variables
  dense.variables()[1].assign(Tensor{1.0, 2.0, 3.0});
  EXPECT_TRUE(array_equal(f(x), dense(x))); // state, not a constant
  EXPECT_FALSE(array_equal(f(x), y));

  // A branch that is traced later may build its layers then.
  nn::Dense other(1);
  auto either = tenon::function([&](const Tensor &x, bool first) { return first ? dense(x) : other(x); });
  EXPECT_EQ(either(x, true).shape(), (Shape{1, 3}));
  EXPECT_EQ(either(x, false).shape(), (Shape{1, 1}));
}

TEST(Building, HappensOnRequest) {
  const nn::Sequential model{nn::Dense(3), nn::Activation(), nn::Dense(2)};
  model.build({1, 5}, f64);
  EXPECT_EQ(paths(model.variables()), "0.kernel 0.bias 2.kernel 2.bias");
  EXPECT_EQ(model.variables()[0].dtype(), f64);
}

TEST(Building, NeedsKnownSizes) {
  auto f = tenon::function([](const Tensor &x) { return nn::Dense(3)(x); }, {spec<float>(2, "n")});
  EXPECT_ERROR(f(ones({2, 3})), "the last dimension has to be known, but the argument is f32[2,?]");
}

TEST(Building, IsRefusedForWhatEndsWithTheTrace) {
  auto inside = tenon::function([](const Tensor &x) { return nn::Dense(3, {.name = "lost"})(x); });
  const std::string message = message_of([&] { inside(ones({1, 2})); });
  EXPECT_NE(message.find("'kernel', f32[2,3], is made by the function that is traced and ends with it, so the next "
                         "call would not find it (layer_test.cpp:"),
            std::string::npos)
      << message;
  EXPECT_NE(message.find("make it, or the layer that holds it, a member or an object outside of the function"),
            std::string::npos);

  const Tensor first{1.0, 2.0};
  std::vector<Variable> kept;
  auto keeps = tenon::function([&](const Tensor &x) {
    kept.emplace_back(first, "w");
    return x + kept.back();
  });
  EXPECT_TRUE(array_equal(keeps(first), Tensor{2.0, 4.0}));
  EXPECT_TRUE(array_equal(keeps(first), Tensor{2.0, 4.0}));
  EXPECT_ERROR(keeps(ones({3, 2})), "Variable: made in a function that is traced for the second time");
  EXPECT_ERROR(keeps(ones({3, 2})), "make it once, outside of the function");
}

TEST(Building, GivesTheSameValuesForTheSameSeed) {
  set_seed(7);
  const nn::Dense a(3), b(3);
  a(ones({1, 4}));
  b(ones({1, 4}));
  set_seed(7);
  const nn::Dense again(3);
  again(ones({1, 4}));
  EXPECT_TRUE(array_equal(a.variables()[0], again.variables()[0]));
  EXPECT_FALSE(array_equal(a.variables()[0], b.variables()[0]));
}

TEST(Layers, StandInPrograms) {
  nn::Sequential model{nn::Dense(4, {.activation = nn::relu}), nn::Dense(2)};
  model(ones({1, 3}));
  model.variables();
  Program program("net");
  program.add("predict", [&](const Tensor &x) { return model(x); }, {arg("x", spec<float>("batch", 3))});
  const std::string text = program.mlir();
  const std::string header = (std::filesystem::temp_directory_path() / "tenon-layers-net.h").string();
  program.write(header);
  std::ostringstream in;
  in << std::ifstream(header).rdbuf();
  EXPECT_NE(in.str().find("net_predict"), std::string::npos);
  EXPECT_EQ(in.str().find("net_state"), std::string::npos); // what nothing assigns is constant
  EXPECT_NE(text.find("tenon.variable @layer0.kernel : tensor<3x4xf32>"), std::string::npos) << text;
}
