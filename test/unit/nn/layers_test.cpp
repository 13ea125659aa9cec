// Every layer against Keras 3 (make_layer_goldens.py): the same input and weights give the same output, eagerly and in
// a traced function, with open sizes too.
#include "../frontend/expect_error.h"

#include <tenon/tenon.h>

#include <cmath>

using namespace tenon;

namespace {

const NamedTensors &goldens() {
  static const NamedTensors all = load_safetensors(TENON_TEST_DATA "/layers.safetensors");
  return all;
}
Tensor golden(const std::string &name) {
  const auto found = goldens().find(name);
  if (found == goldens().end())
    throw std::runtime_error("no golden " + name);
  return found->second;
}

testing::AssertionResult near(const Tensor &got, const Tensor &expected, double relative = 2e-5,
                              double absolute = 5e-6) {
  if (got.shape() != expected.shape() || got.dtype() != expected.dtype())
    return testing::AssertionFailure() << "another shape or dtype";
  if (all_close(got, expected, {.relative = relative, .absolute = absolute}))
    return testing::AssertionSuccess();
  return testing::AssertionFailure() << "largest difference " << max(abs(got - expected)) << "\n"
                                     << got << "\nexpected\n"
                                     << expected;
}

void load(const std::string &name, const nn::Layer &layer) {
  for (const NamedVariable &variable : layer.variables())
    if (goldens().contains(name + "/" + variable.path))
      variable.assign(golden(name + "/" + variable.path));
}

// Gradients of sum(y * r), by a tape eagerly and in a traced function.
template <class F> void check_gradients(const std::string &name, const Tensor &x, const nn::Layer &layer, F f) {
  const Tensor r = golden(name + "/r");
  const Variables variables = layer.trainable_variables();
  const auto all = [&](const Tensor &x) {
    GradientTape tape({.persistent = true});
    if (is_floating(x.dtype()))
      tape.watch(x);
    const Tensor loss = sum(f(x) * r);
    std::vector<Tensor> gradients;
    if (!variables.empty())
      gradients = tape.gradient(loss, variables);
    if (is_floating(x.dtype()))
      gradients.push_back(tape.gradient(loss, x));
    return gradients;
  };
  const std::vector<Tensor> gradients = all(x);
  // Sums whose terms cancel are as exact as their terms.
  const auto absolute = [](const Tensor &g) { return 1e-5 * std::max(5.0, max(abs(g)).item<double>()); };
  for (std::size_t i = 0; i < variables.size(); ++i)
    EXPECT_TRUE(near(gradients[i], golden(name + "/d_" + variables[i].path), 1e-4,
                     absolute(golden(name + "/d_" + variables[i].path))))
        << variables[i].path;
  if (is_floating(x.dtype()))
    EXPECT_TRUE(near(gradients.back(), golden(name + "/dx"), 1e-4, absolute(golden(name + "/dx"))));
  const auto traced = tenon::function(all)(x);
  for (std::size_t i = 0; i < gradients.size(); ++i) EXPECT_TRUE(near(traced[i], gradients[i], 1e-6, 1e-6)) << i;
}

// The golden's weights, then its output: eagerly, traced, and traced with an open batch.
void check(const std::string &name, const nn::Layer &layer, Call call = {}) {
  SCOPED_TRACE(name);
  const Tensor x = golden(name + "/x"), y = golden(name + "/y");
  layer(x); // builds
  load(name, layer);
  EXPECT_TRUE(near(layer(x, call), y));
  for (const NamedVariable &variable : layer.variables()) {
    EXPECT_TRUE(goldens().contains(name + "/" + variable.path)) << variable.path;
    if (goldens().contains(name + "/after_" + variable.path)) {
      EXPECT_TRUE(near(variable.value(), golden(name + "/after_" + variable.path))) << variable.path;
    }
  }
  load(name, layer);
  check_gradients(name, x, layer, [&](const Tensor &x) { return layer(x, call); });
  load(name, layer);
  auto traced = tenon::function([&](const Tensor &x) { return layer(x, call); });
  const Tensor traced_y = traced(x);
  load(name, layer);
  EXPECT_TRUE(array_equal(traced_y, layer(x, call)));
  load(name, layer);
  std::vector<DimSpec> dims{"n"};
  for (int i = 1; i < x.rank(); ++i) dims.push_back(x.size(i));
  auto open_batch =
      tenon::function([&](const Tensor &x) { return layer(x, call); }, {ParameterSpec(AnySpec{x.dtype(), dims})});
  EXPECT_TRUE(array_equal(open_batch(x), traced_y));
}

} // namespace

TEST(LayersAgainstKeras, Convolutions) {
  check("dense", nn::Dense(5, {.activation = nn::gelu}));
  check("conv1d", nn::Conv1D(5, 3, {.stride = 2, .activation = nn::relu}));
  check("conv1d_causal", nn::Conv1D(4, 3, {.causal = true, .dilation = 2}));
  check("conv2d", nn::Conv2D(4, 3));
  check("conv2d_same", nn::Conv2D(4, {3, 5}, {.strides = 2, .padding = Padding::same}));
  check("conv2d_dilated", nn::Conv2D(4, 3, {.dilations = 2, .use_bias = false}));
  check("conv2d_groups", nn::Conv2D(6, 3, {.groups = 2}));
  check("depthwise", nn::DepthwiseConv2D(3, {.depth_multiplier = 2, .strides = 2, .padding = Padding::same}));
}

TEST(LayersAgainstKeras, TransposedConvolutions) {
  const struct {
    const char *name;
    int window, stride;
    Padding::Kind padding;
  } cases[] = {{"transpose_3_1_valid", 3, 1, Padding::valid}, {"transpose_3_2_valid", 3, 2, Padding::valid},
               {"transpose_3_2_same", 3, 2, Padding::same},   {"transpose_4_2_same", 4, 2, Padding::same},
               {"transpose_2_3_valid", 2, 3, Padding::valid}, {"transpose_2_3_same", 2, 3, Padding::same},
               {"transpose_3_1_same", 3, 1, Padding::same}};
  for (const auto &c : cases)
    check(c.name, nn::Conv2DTranspose(4, c.window, {.strides = c.stride, .padding = c.padding}));
  check("transpose_dilated_3_valid", nn::Conv2DTranspose(4, 3, {.dilations = 2}));
  check("transpose_dilated_3_same", nn::Conv2DTranspose(4, 3, {.padding = Padding::same, .dilations = 2}));
  check("transpose_dilated_2x3_valid", nn::Conv2DTranspose(4, {2, 3}, {.dilations = {3, 1}}));
}

// Statistics of narrow dtypes are f32's: 600 bf16 numbers around 40 have no mean in bf16. A result is off by one unit
// in the last place at most.
TEST(LayersAgainstKeras, NormalizationOfNarrowDtypes) {
  const struct {
    const char *name;
    DType dtype;
    double ulp;
  } dtypes[] = {{"float16", f16, 0x1p-10}, {"bfloat16", bf16, 0x1p-7}};
  for (const auto &d : dtypes) {
    const auto check_narrow = [&](const std::string &kind, const nn::Layer &layer) {
      const std::string name = kind + "_" + d.name;
      const Tensor x = cast(golden(name + "/x"), d.dtype), y = layer(x, {.training = true});
      EXPECT_EQ(y.dtype(), d.dtype) << name;
      EXPECT_TRUE(near(cast(y, f32), golden(name + "/y"), d.ulp, 2e-5)) << name;
      for (const NamedVariable &variable : layer.variables()) EXPECT_EQ(variable.dtype(), f32) << variable.path;
      auto traced = tenon::function([&](Tensor x) { return layer(x); });
      EXPECT_TRUE(array_equal(traced(x), layer(x))) << name;
    };
    const nn::BatchNorm batch_norm;
    check_narrow("batch_norm", batch_norm);
    const std::string name = std::string("batch_norm_") + d.name;
    EXPECT_TRUE(near(batch_norm.variables()[2].value(), golden(name + "/mean")));
    EXPECT_TRUE(near(batch_norm.variables()[3].value(), golden(name + "/variance")));
    check_narrow("layer_norm", nn::LayerNorm());
    check_narrow("group_norm", nn::GroupNorm({.groups = 2}));
  }
}

TEST(LayersAgainstKeras, Pools) {
  check("max_pool1d", nn::MaxPool1D(3, {.stride = 2, .padding = Padding::same}));
  check("avg_pool1d", nn::AvgPool1D(3, {.stride = 2, .padding = Padding::same}));
  check("max_pool2d", nn::MaxPool2D());
  check("max_pool2d_same", nn::MaxPool2D({3, 2}, {.strides = {2, 1}, .padding = Padding::same}));
  check("avg_pool2d", nn::AvgPool2D(2));
  check("avg_pool2d_same", nn::AvgPool2D(3, {.strides = 2, .padding = Padding::same}));
  check("global_max1d", nn::GlobalMaxPool1D());
  check("global_max2d", nn::GlobalMaxPool2D({.keep_dims = true}));
  check("global_avg1d", nn::GlobalAvgPool1D());
  check("global_avg2d", nn::GlobalAvgPool2D());
}

TEST(LayersAgainstKeras, Normalization) {
  check("batch_norm", nn::BatchNorm());
  check("batch_norm_training", nn::BatchNorm(), {.training = true});
  check("batch_norm_plain", nn::BatchNorm({.momentum = 0.5, .epsilon = 0.1, .center = false, .scale = false}),
        {.training = true});
  check("layer_norm", nn::LayerNorm());
  check("layer_norm_plain", nn::LayerNorm({.epsilon = 0.01, .center = false}));
  check("group_norm", nn::GroupNorm({.groups = 3}));
  check("instance_norm", nn::GroupNorm({.groups = -1, .center = false, .scale = false}));
}

TEST(LayersAgainstKeras, SmallLayers) {
  check("embedding", nn::Embedding(7, 4));
  check("flatten", nn::Flatten());
  EXPECT_TRUE(array_equal(nn::Add()({golden("add/x"), golden("add/x1"), golden("add/x2")}), golden("add/y")));
  EXPECT_TRUE(array_equal(nn::Concat({.axis = 1})({golden("concat/x"), golden("concat/x1")}), golden("concat/y")));
}

TEST(LayersAgainstKeras, Attention) {
  const auto attend = [](const std::string &name, const nn::MultiHeadAttention &layer, nn::AttentionCall call,
                         int others) {
    SCOPED_TRACE(name);
    const Tensor q = golden(name + "/x"), v = golden(name + "/x1");
    if (others == 2)
      call.key = golden(name + "/x2");
    layer(q, v, call);
    std::size_t loaded = 0;
    for (const NamedVariable &variable : layer.variables()) {
      variable.assign(golden(name + "/" + variable.path));
      ++loaded;
    }
    EXPECT_GE(loaded, 4u);
    check_gradients(name, q, layer, [&](const Tensor &q) { return layer(q, golden(name + "/x1"), call); });
    const Tensor y = layer(q, v, call);
    EXPECT_TRUE(near(y, golden(name + "/y")));
    auto traced = tenon::function([&](const Tensor &q, const Tensor &v) { return layer(q, v, call); });
    EXPECT_TRUE(array_equal(traced(q, v), y));
    if (!call.key && !call.mask) {
      auto open_sizes = tenon::function([&](const Tensor &q, const Tensor &v) { return layer(q, v, call); },
                                        {spec<float>("n", "t", q.size(2)), spec<float>("n", "s", v.size(2))});
      EXPECT_TRUE(array_equal(open_sizes(q, v), y));
    }
  };
  attend("attention", nn::MultiHeadAttention(3, 4), {}, 1);
  attend("attention_causal", nn::MultiHeadAttention(2, 4, {.value_size = 3, .output_size = 5}), {.causal = true}, 1);
  attend("attention_mask", nn::MultiHeadAttention(2, 4, {.use_bias = false}), {.mask = golden("attention_mask/mask")},
         2);
}

// The matrix of scores is as large as makes the compiler compute heads and blocks of rows one after the other; the last
// block is smaller. Eagerly it exists as a whole.
TEST(MultiHeadAttention, OfLongSequencesHasTheEagerBits) {
  const nn::MultiHeadAttention layer(2, 16);
  const Tensor x = sin(reshape(arange(0, 2 * 307 * 32, 1, f32) * 0.37f, {2, 307, 32}));
  for (bool causal : {false, true}) {
    const Tensor y = layer(x, x, {.causal = causal});
    auto traced = tenon::function([&](const Tensor &x) { return layer(x, x, {.causal = causal}); });
    EXPECT_TRUE(array_equal(traced(x), y)) << causal;
  }
}

TEST(LayersAgainstKeras, Activations) {
  const Tensor x = golden("activations/x");
#define EXPECT_ACTIVATION(f) EXPECT_TRUE(near(nn::f(x), golden("activations/" #f), 2e-6, 2e-7)) << #f
  EXPECT_ACTIVATION(linear);
  EXPECT_ACTIVATION(relu);
  EXPECT_ACTIVATION(sigmoid);
  EXPECT_ACTIVATION(tanh);
  EXPECT_ACTIVATION(exponential);
  EXPECT_ACTIVATION(softplus);
  EXPECT_ACTIVATION(silu);
  EXPECT_ACTIVATION(gelu);
  EXPECT_ACTIVATION(softmax);
  EXPECT_ACTIVATION(log_softmax);
  EXPECT_ACTIVATION(elu);
  EXPECT_ACTIVATION(selu);
  EXPECT_ACTIVATION(leaky_relu);
  EXPECT_ACTIVATION(relu6);
  EXPECT_ACTIVATION(softsign);
  EXPECT_ACTIVATION(hard_sigmoid);
  EXPECT_ACTIVATION(hard_silu);
  EXPECT_ACTIVATION(mish);
  EXPECT_ACTIVATION(gelu_tanh);
}

TEST(BatchNorm, RunsItsStatisticsInATraceAndRestsWhereFrozen) {
  nn::BatchNorm norm;
  const Tensor x = normal({32, 3}, 1) * 2 + 1;
  auto step = tenon::function([&](const Tensor &x) { return norm(x, {.training = true}); });
  for (int i = 0; i < 500; ++i) step(x);
  const Variables variables = norm.variables();
  EXPECT_TRUE(near(variables[2].value(), mean(x, 0), 0.01, 0.01));
  EXPECT_TRUE(near(variables[3].value(), variance(x, 0), 0.01, 0.01));
  EXPECT_EQ(norm.trainable_variables().size(), 2u);
  const Tensor before = variables[2].value();
  norm.set_trainable(false);
  EXPECT_TRUE(array_equal(norm(x + 5, {.training = true}), norm(x + 5)));
  EXPECT_TRUE(array_equal(before, variables[2]));
  norm.set_trainable(true);
  EXPECT_EQ(norm.trainable_variables().size(), 2u); // the statistics stay what they are
}

TEST(Dropout, DropsAndScales) {
  const nn::Dropout dropout(0.25, {.seed = 3});
  const Tensor x = ones({100, 100});
  EXPECT_TRUE(array_equal(dropout(x), x));
  const Tensor y = dropout(x, {.training = true});
  EXPECT_NEAR(mean(cast(y == 0, f32)).item(), 0.25, 0.02);
  EXPECT_EQ(max(y).item(), float(1 / 0.75));
  EXPECT_FALSE(array_equal(y, dropout(x, {.training = true})));                       // the stream goes on
  EXPECT_TRUE(array_equal(y, nn::Dropout(0.25, {.seed = 3})(x, {.training = true}))); // from the seed
  EXPECT_FALSE(array_equal(nn::Dropout(0.25)(x, {.training = true}), nn::Dropout(0.25)(x, {.training = true})));
  nn::Dropout again(0.25, {.seed = 3});
  auto traced = tenon::function([&](const Tensor &x) { return again(x, {.training = true}); }, {spec<float>("n", 100)});
  EXPECT_TRUE(array_equal(traced(x), y));
  EXPECT_FALSE(array_equal(traced(x), y));
  EXPECT_EQ(again.trainable_variables().size(), 0u);
  EXPECT_EQ(again.variables()[0].path, "seed.state");
  EXPECT_ERROR(nn::Dropout(1), "expected a rate in [0, 1), but got 1.0");
}

TEST(Composition, BranchesAreLayersWithVariables) {
  const nn::Sequential residual{nn::Add{nn::linear, nn::Dense(3, {.kernel_initializer = initializers::ones})},
                                nn::Concat({nn::relu, nn::Dense(2)}, {.axis = -1})};
  const Tensor y = residual(Tensor{{1.0, 2.0, -7.0}});
  EXPECT_EQ(y.shape(), (Shape{1, 5}));
  EXPECT_TRUE(array_equal(y[{all_, slice_to(3)}], Tensor{{0.0, 0.0, 0.0}}));
  std::string paths;
  for (const NamedVariable &v : residual.variables()) paths += v.path + " ";
  EXPECT_EQ(paths, "0.1.kernel 0.1.bias 1.1.kernel 1.1.bias ");
}

TEST(Layers, NameThemselvesInErrors) {
  const nn::Conv2D stem(4, 3, {.name = "stem"});
  const int line = __LINE__;
  EXPECT_ERROR(stem(ones({8, 8, 3})), "nn::Conv2D 'stem' (layers_test.cpp:" + std::to_string(line - 1) +
                                          "): expected [batch,height,width,channels], but got f32[8,8,3] "
                                          "(layers_test.cpp:");
  EXPECT_ERROR(stem(ones({8, 8, 3})), "remedy: a single sample needs a batch dimension: tenon::expand_dims(x, 0)");
  const nn::Conv2D conv(4, 3);
  conv(ones({1, 8, 8, 3}));
  EXPECT_ERROR(conv(ones({1, 8, 8, 1})),
               "it was built at its first call for a number of channels of 3, but got f32[1,8,8,1]");
  EXPECT_ERROR(nn::Conv2D(4, 3, {.groups = 2})(ones({1, 8, 8, 3})), "2 groups do not divide the 3 channels");
  EXPECT_ERROR(nn::Conv2D(3, 3, {.groups = 2}), "2 groups do not divide the 3 filters");
  EXPECT_ERROR(nn::Conv1D(3, 0), "expected a window of 1 or more, but got 0");
  EXPECT_ERROR(nn::MaxPool2D(2, {.strides = {-1, 1}}), "expected a window and strides of 1 or more, but got 2 and -1");
  EXPECT_ERROR(nn::MaxPool1D()(ones({1, 2})), "expected [batch,time,channels], but got f32[1,2]");
  EXPECT_ERROR(nn::GlobalAvgPool()(ones({2, 2})), "expected [batch,time,channels] or [batch,height,width,channels]");
  EXPECT_ERROR(nn::Embedding(3, 2)(ones({2})), "expected integers, but got f32[2]");
  EXPECT_ERROR(nn::Embedding(0, 2), "expected a table of 1 or more rows and columns, but got 0 and 2");
  EXPECT_ERROR(nn::Embedding(3, 2)(Tensor{5}), "5");
  EXPECT_ERROR(nn::Reshape({4, -1})(ones({2, 6})), "a sample of f32[2,6] has 6 elements, which do not fill [4,-1]");
  EXPECT_ERROR(nn::Reshape({-1, -1}), "only one size may be -1");
  EXPECT_ERROR(nn::GroupNorm()(ones({2, 6})), "32 groups do not divide the 6 channels");
  EXPECT_ERROR(nn::BatchNorm({.momentum = 2}), "expected a momentum in [0, 1], but got 2.0");
  EXPECT_ERROR(nn::Add()(ones({2})), "called with one Tensor, but it has no branches");
  EXPECT_ERROR(nn::Add()({ones({2}), ones({3})}), "shapes do not broadcast: f32[2], f32[3]");
  EXPECT_ERROR(nn::Concat()({ones({2, 2}), ones({3, 2})}),
               "expected shapes that differ in axis -1 alone, but got f32[2,2], f32[3,2]");
  const nn::MultiHeadAttention attention(2, 4);
  EXPECT_ERROR(attention(ones({2, 3})), "expected query [batch,time,channels], but got f32[2,3]");
  EXPECT_ERROR(attention(ones({2, 3, 4}), ones({3, 3, 4})), "expected query [N,T,D], value [N,S,E] and key [N,S,F]");
  EXPECT_ERROR(attention(ones({2, 3, 4}), ones({2, 5, 4}), {.mask = ones({3, 3}, boolean)}),
               "the mask is bool[3,3], but the scores [N,heads,T,S] are f32[2,2,3,5]");
  EXPECT_ERROR(attention(ones({2, 3, 6})), "for a last dimension of the query of 4, but got f32[2,3,6]");
}
