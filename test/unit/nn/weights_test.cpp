// Weights in files, beside files that Python's safetensors wrote (make_goldens.py), and files that are wrong;
// summaries.
#include "../frontend/expect_error.h"

#include <tenon/tenon.h>

#include <filesystem>
#include <fstream>
#include <sstream>

using namespace tenon;

static const std::string data = TENON_TEST_DATA "/";
static std::string scratch(const std::string &name) {
  const auto folder = std::filesystem::temp_directory_path() / ("tenon-weights-" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  return (folder / name).string();
}
static std::string contents(const std::string &path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}
static std::string written(const std::string &header, const std::string &elements = {}) {
  const std::string path = scratch("wrong.safetensors");
  std::ofstream out(path, std::ios::binary);
  const std::uint64_t n = header.size();
  out.write(reinterpret_cast<const char *>(&n), 8) << header << elements;
  return path;
}

TEST(Safetensors, ReadsAndWritesAsPythonDoes) {
  const NamedTensors tensors = load_safetensors(data + "all.safetensors");
  EXPECT_EQ(tensors.size(), 13u);
  EXPECT_EQ(tensors.at("f32").to_string(), "[[0.  0.5 1. ]\n [1.5 2.  2.5]]");
  EXPECT_EQ(tensors.at("f64").to_string(), "[0.1 0.2]");
  EXPECT_EQ(tensors.at("i64").to_string(), "[              -1 9007199254740993]");
  EXPECT_EQ(tensors.at("u8").to_string(), "[  0 255]");
  EXPECT_EQ(tensors.at("bool").to_string(), "[ True False  True]");
  EXPECT_EQ(tensors.at("scalar").shape(), Shape{});
  EXPECT_EQ(tensors.at("empty").shape(), (Shape{0, 3}));
  EXPECT_EQ(tensors.at("f16").dtype(), f16);
  EXPECT_EQ(tensors.at("bf16").to_string(), "[ 1. -2.]");
  EXPECT_EQ(tensors.at("quo\"te\\\n\xc3\xa9\x01").item(), 7); // escapes
  const std::string copy = scratch("copy.safetensors");
  save_safetensors(copy, tensors);
  EXPECT_EQ(contents(copy), contents(data + "all.safetensors"));
}

TEST(Safetensors, SaysWhatIsWrong) {
  const auto message = [](const std::string &header, const std::string &elements = {}) {
    return message_of([&] { load_safetensors(written(header, elements)); });
  };
#define EXPECT_MESSAGE(text, ...) EXPECT_NE(message(__VA_ARGS__).find(text), std::string::npos) << message(__VA_ARGS__)
  const std::string four(4, '\0');
  EXPECT_EQ(message(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})", four), "no error");
  EXPECT_EQ(message(R"( {})").find("expected '{' at byte 0") != std::string::npos, true);
  EXPECT_EQ(message("{}  "), "no error");
  EXPECT_MESSAGE("header is malformed: expected '\"' at byte 1", "{");
  EXPECT_MESSAGE("expected the end at byte 2", "{}x");
  EXPECT_MESSAGE("'a' has the dtype F8_E4M3, which Tenon does not have at byte",
                 R"({"a":{"dtype":"F8_E4M3","shape":[1],"data_offsets":[0,1]}})", "x");
  EXPECT_MESSAGE("'a' is f32[2], which takes 8 bytes, but its offsets are 0 and 4",
                 R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}})", four);
  EXPECT_MESSAGE("'a' comes twice",
                 R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},)"
                 R"("a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})",
                 four);
  EXPECT_MESSAGE("the elements of 'b' begin at byte 8, but those before them end at 4",
                 R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},)"
                 R"("b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}})",
                 four + four + four);
  EXPECT_MESSAGE("truncated: expected 4 bytes of elements, but got 0",
                 R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})");
  EXPECT_MESSAGE("expected 4 bytes of elements, but got 8", R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})",
                 four + four);
  EXPECT_MESSAGE("'a' is too large", R"({"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,4]}})",
                 four);
  EXPECT_MESSAGE("expected a size at byte", R"({"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}})", four);
  EXPECT_MESSAGE("a size begins with 0", R"({"a":{"dtype":"F32","shape":[01],"data_offsets":[0,4]}})", four);
  EXPECT_MESSAGE("'a' lacks its dtype, shape or data_offsets", R"({"a":{"dtype":"F32"}})");
  EXPECT_MESSAGE("an unexpected key 'more' for 'a'", R"({"a":{"more":1}})");
  EXPECT_MESSAGE("half a surrogate pair", R"({"\ud800":{}})");
  EXPECT_MESSAGE("a string does not end", R"({"a)");
  EXPECT_ERROR(load_safetensors("/nowhere.safetensors"), "'/nowhere.safetensors': cannot be opened: No such file");
  {
    std::ofstream(scratch("short")) << "abc";
  }
  EXPECT_ERROR(load_safetensors(scratch("short")), "expected a safetensors file, but it has only 3 bytes");
  {
    std::ofstream(scratch("text")) << "this is a text, not weights";
  }
  EXPECT_ERROR(load_safetensors(scratch("text")), "expected a safetensors file, but its header would have");
  {
    std::ofstream(scratch("cut"), std::ios::binary).write("\x40\0\0\0\0\0\0\0{}", 10);
  }
  EXPECT_ERROR(load_safetensors(scratch("cut")), "truncated in the header: expected 64 bytes, but got 2");
}

namespace {
struct Net : nn::Module<Net> {
  nn::Dense fc1{4, {.activation = nn::relu, .name = "first"}};
  nn::Sequential rest{nn::Dense(3), nn::softmax};
  Tensor operator()(const Tensor &x) { return rest(fc1(x)); }
};
} // namespace

TEST(Weights, LoadFromPython) {
  Net net;
  const Tensor x = load_npy(data + "net_x.npy");
  net(x);
  load_weights(data + "net.safetensors", net);
  EXPECT_TRUE(all_close(net(x), load_npy(data + "net_y.npy"), {.relative = 1e-5, .absolute = 1e-6}));
}

TEST(Weights, GoOutAndComeBack) {
  for (const char *name : {"weights.safetensors", "weights"}) {
    Net a, b;
    const Tensor x = ones({2, 5});
    a(x);
    b(x);
    EXPECT_FALSE(array_equal(a(x), b(x)));
    save_weights(scratch(name), a);
    load_weights(scratch(name), b);
    EXPECT_TRUE(array_equal(a(x), b(x)));
  }
  EXPECT_TRUE(std::filesystem::exists(scratch("weights/rest.0.kernel.npy")));
  const nn::Dense layer(2);
  layer(ones({1, 3}));
  save_weights(scratch("layer.safetensors"), layer);
  load_weights(scratch("layer.safetensors"), layer.variables());
}

TEST(Weights, SayWhatDoesNotFit) {
  Net net;
  EXPECT_ERROR(save_weights(scratch("a.safetensors"), net), "there are no variables");
  EXPECT_ERROR(save_weights(scratch("a.safetensors"), net), "call the module once");
  net(ones({1, 5}));
  const std::string path = scratch("net.safetensors");
  save_weights(path, net);
  EXPECT_ERROR(load_weights(path, Net()), "there are no variables to load");
  Net other;
  other(ones({1, 6}));
  const Tensor before = other.variables()[1].value();
  EXPECT_ERROR(load_weights(path, other), "'fc1.kernel' is f32[6,4], but f32[5,4] there");
  EXPECT_TRUE(array_equal(before, other.variables()[1]));

  nn::Sequential plain{nn::Dense(4)};
  plain(ones({1, 5}));
  EXPECT_ERROR(load_weights(path, plain), "it does not have '0.kernel', '0.bias'; but it has 'fc1.bias', 'fc1.kernel', "
                                          "'rest.0.bias', 'rest.0.kernel'");
  EXPECT_ERROR(load_weights(path, plain, {.allow_missing = true}), "no variable takes 'fc1.bias', 'fc1.kernel'");
  load_weights(path, plain, {.allow_missing = true, .allow_extra = true});
  Variables some = net.variables();
  some.resize(2, some[0]);
  EXPECT_ERROR(load_weights(path, some), "no variable takes 'rest.0.bias', 'rest.0.kernel'");
  load_weights(path, some, {.allow_extra = true});
  EXPECT_ERROR(save_weights(scratch("net.h5"), net), "expected a name that ends in .safetensors, or a folder");
  auto traced = tenon::function([&] { save_weights(path, net); });
  EXPECT_ERROR(traced(), "save_weights: called in a function that is being traced");
}

TEST(Summary, IsATable) {
  Net net;
  net.rest[0].set_trainable(false);
  EXPECT_NE(nn::summary(net).find("(Dense 'first')"), std::string::npos);
  EXPECT_NE(nn::summary(net).find("not called yet"), std::string::npos);
  net(ones({2, 5}));
  EXPECT_EQ(nn::summary(net), "Layer                Output    Variable       Shape     Elements  Trainable\n"
                              "---------------------------------------------------------------------------\n"
                              "fc1 (Dense 'first')  f32[2,4]  fc1.kernel     f32[5,4]        20  yes\n"
                              "                               fc1.bias       f32[4]           4  yes\n"
                              "rest (Sequential)    f32[2,3]\n"
                              "  rest.0 (Dense)     f32[2,3]  rest.0.kernel  f32[4,3]        12  no\n"
                              "                               rest.0.bias    f32[3]           3  no\n"
                              "  rest.1 (softmax)   f32[2,3]\n"
                              "---------------------------------------------------------------------------\n"
                              "Total: 39 elements (156 bytes), 24 trainable, 15 not\n");
}
