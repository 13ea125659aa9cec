// Recurrent layers as an object file: one for every batch and length, with the bits of the eager run and no heap.
#include "recurrent.h"

#include "tenon/runtime/abi.h"

#include <cstdio>
#include <dlfcn.h>
#include <unistd.h>

using namespace tenon;

namespace {

TEST(RNN, IsOneObjectForEveryBatchAndLength) {
  nn::Bidirectional encoder(nn::LSTM(4, {.return_sequences = true}));
  nn::GRU decoder(3);
  const auto model = [&](const Tensor &x, const Tensor &lengths) {
    const Tensor h = encoder(x, {.lengths = lengths});
    return std::pair(h, decoder(h));
  };
  const auto inputs = [](std::int64_t batch, std::int64_t length) {
    return recurrent::numbers({batch, length, 5}, 1, f32);
  };
  model(inputs(1, 1), Tensor{1});

  Program program("recurrent");
  program.add("run", model, {arg("x", spec<float>("batch", "time", 5)), arg("lengths", spec<std::int64_t>("batch"))},
              {{"h", "y"}});
  const std::string stem = testing::TempDir() + "tenon_recurrent_" + std::to_string(getpid());
  WriteOptions options;
  options.runtime = TENON_TEST_RUNTIME;
  program.write(stem + ".so", options);
  program.write(stem + ".o");
  void *library = dlopen((stem + ".so").c_str(), RTLD_NOW | RTLD_LOCAL);
  ASSERT_TRUE(library) << dlerror();
  const auto run = reinterpret_cast<std::int32_t (*)(const tenon_context *, std::int64_t, std::int64_t, const float *,
                                                     const std::int64_t *, float *, float *, void *, std::size_t)>(
      dlsym(library, "recurrent_run"));
  ASSERT_TRUE(run);
  alignas(64) static unsigned char workspace[1 << 16];
  for (auto [batch, length] : {std::pair{1, 1}, {3, 7}, {2, 0}, {5, 3}}) {
    const Tensor x = inputs(batch, length), lengths = minimum(arange(batch) + 1, length);
    std::vector<float> h(std::size_t(batch * length * 8), -1.f), y(std::size_t(batch * 3), -1.f);
    ASSERT_EQ(run(nullptr, batch, length, x.data<float>().data(), lengths.data<std::int64_t>().data(), h.data(),
                  y.data(), workspace, sizeof workspace),
              0);
    const auto [eager_h, eager_y] = model(x, lengths);
    EXPECT_TRUE(array_equal(Tensor::from(h, {batch, length, 8}), eager_h)) << batch << " " << length;
    EXPECT_TRUE(array_equal(Tensor::from(y, {batch, 3}), eager_y)) << batch << " " << length;
  }
  dlclose(library);

  std::FILE *listing = popen(("nm -u " + stem + ".o").c_str(), "r");
  ASSERT_TRUE(listing);
  char symbol[256];
  while (std::fscanf(listing, " U %255s", symbol) == 1) {
    const std::string name = symbol;
    EXPECT_TRUE(name == "memcpy" || name == "memmove" || name == "memset" || name.starts_with("tenon_runtime_"))
        << name;
  }
  pclose(listing);
  for (const char *ending : {".so", ".o", ".h", ".hpp"}) std::remove((stem + ending).c_str());
}

} // namespace
