// Ten steps of training from the same weights as Keras and JAX: the same losses, eagerly and traced.
#include "models.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <iostream>

using namespace tenon;

namespace {

const parity::Golden &golden(const char *model, const std::string &optimizer) {
  for (const parity::Golden &golden : parity::goldens)
    if (golden.model == std::string(model) && golden.optimizer == optimizer)
      return golden;
  throw std::runtime_error("no golden");
}

template <class M> class Training : public testing::Test {
protected:
  // The losses of ten steps against both.
  template <class Step> std::vector<float> run(const char *mode, const std::string &optimizer, Step &step) {
    const parity::Golden &expected = golden(M::name, optimizer);
    std::vector<float> losses;
    double from_keras = 0, from_jax = 0;
    for (std::uint32_t i = 0; i < 10; ++i) {
      const parity::Batch batch = M::batch(1000 + i);
      losses.push_back(Tensor(step(batch.x, batch.y)).template item<float>());
      from_keras = std::max(from_keras, std::fabs(losses.back() / expected.keras[i] - 1));
      from_jax = std::max(from_jax, std::fabs(losses.back() / expected.jax[i] - 1));
    }
    EXPECT_LE(from_keras, 1e-5) << M::name << " " << optimizer << " " << mode;
    EXPECT_LE(from_jax, 1e-5) << M::name << " " << optimizer << " " << mode;
    std::cout << "  " << M::name << " " << optimizer << " " << mode << ": " << from_keras << " from Keras in f32, "
              << from_jax << " from JAX in f64\n";
    return losses;
  }
};
using Models =
    testing::Types<parity::Mlp, parity::Cnn, parity::CnnNorm, parity::Lstm, parity::Gru, parity::Transformer>;
TYPED_TEST_SUITE(Training, Models);

TYPED_TEST(Training, HasTheLossesOfKerasAndJax) {
  for (const char *optimizer : {"sgd", "momentum", "adam", "rmsprop"}) {
    parity::Trainer<TypeParam> eager(optimizer), to_trace(optimizer);
    auto traced = tenon::function([&](const Tensor &x, const Tensor &y) { return to_trace(x, y); });
    const std::vector<float> losses = this->run("eagerly", optimizer, eager);
    const std::vector<float> same = this->run("traced", optimizer, traced);
    EXPECT_EQ(losses, same) << "not the same bits";
    EXPECT_EQ(traced.trace_count(), 1u);
  }
}

} // namespace
