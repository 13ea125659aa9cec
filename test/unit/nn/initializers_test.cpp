// Initializers: their distributions, statistically, and what is exact: seeds, orthogonality, constants.
#include "../frontend/expect_error.h"

#include <tenon/tenon.h>

#include <algorithm>
#include <cmath>

using namespace tenon;

static std::vector<double> sorted(const Tensor &x) {
  const Tensor flat = x.cast(f64);
  const auto data = flat.data<double>();
  std::vector<double> values(data.begin(), data.end());
  std::sort(values.begin(), values.end());
  return values;
}
static double phi(double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); }

/// The largest distance between the values' distribution and `cdf` (Kolmogorov and Smirnov), times sqrt(n): above 1.63
/// in one of a hundred samples, above 2.2 in one of ten thousand.
template <class F> static double distance(const std::vector<double> &values, F cdf) {
  double largest = 0;
  const double n = double(values.size());
  for (std::size_t i = 0; i < values.size(); ++i)
    largest =
        std::max({largest, std::abs(cdf(values[i]) - double(i) / n), std::abs(cdf(values[i]) - double(i + 1) / n)});
  return largest * std::sqrt(n);
}
static auto uniform_cdf(double low, double high) {
  return [=](double x) { return (x - low) / (high - low); };
}
static auto normal_cdf(double stddev, bool truncated) {
  return [=](double x) { return truncated ? (phi(x / stddev) - phi(-2)) / (phi(2) - phi(-2)) : phi(x / stddev); };
}

TEST(Initializers, HaveTheirDistributions) {
  set_seed(1);
  const Shape shape{80, 120}; // 80 in, 120 out
  // Variances and limits by Keras's formulas, worked out by hand.
  const double truncation = 0.87962566103423978;
  EXPECT_LT(distance(sorted(initializers::glorot_uniform(shape)), uniform_cdf(-std::sqrt(0.03), std::sqrt(0.03))), 1.7);
  EXPECT_LT(distance(sorted(initializers::glorot_normal(shape)), normal_cdf(0.1 / truncation, true)), 1.7);
  EXPECT_LT(distance(sorted(initializers::he_uniform(shape)), uniform_cdf(-std::sqrt(0.075), std::sqrt(0.075))), 1.7);
  EXPECT_LT(distance(sorted(initializers::he_normal(shape)), normal_cdf(std::sqrt(0.025) / truncation, true)), 1.7);
  EXPECT_LT(distance(sorted(initializers::lecun_uniform(shape)), uniform_cdf(-std::sqrt(0.0375), std::sqrt(0.0375))),
            1.7);
  EXPECT_LT(distance(sorted(initializers::lecun_normal(shape)), normal_cdf(std::sqrt(0.0125) / truncation, true)), 1.7);
  EXPECT_LT(distance(sorted(initializers::random_uniform(shape)), uniform_cdf(-0.05, 0.05)), 1.7);
  EXPECT_LT(distance(sorted(initializers::random_normal(shape)), normal_cdf(0.05, false)), 1.7);
  EXPECT_LT(distance(sorted(initializers::truncated_normal(shape)), normal_cdf(0.05, true)), 1.7);
  const initializers::VarianceScaling out{3, initializers::Fan::out, initializers::Distribution::untruncated_normal};
  EXPECT_LT(distance(sorted(out(shape)), normal_cdf(std::sqrt(3.0 / 120), false)), 1.7);
  // The test sees another distribution.
  EXPECT_GT(distance(sorted(initializers::he_normal(shape)), normal_cdf(std::sqrt(0.025), true)), 2.2);

  const auto values = sorted(initializers::truncated_normal({200000}));
  EXPECT_GE(values.front(), -0.1);
  EXPECT_LE(values.back(), 0.1);
  EXPECT_LT(values.front(), -0.0999);
  EXPECT_GT(values.back(), 0.0999);
  const auto tails = sorted(initializers::Normal{0, 1}({300000}, f64));
  EXPECT_GT(tails.back(), 4.0); // 9.5 of 300,000 are
  EXPECT_LT(tails.front(), -4.0);
  EXPECT_LT(distance(tails, normal_cdf(1, false)), 1.7);
}

TEST(Initializers, CountTheInputsOfAWindow) {
  // A kernel [3,3,8,16]: 72 in, 144 out.
  const auto values = sorted(initializers::glorot_uniform({3, 3, 8, 16}));
  const double limit = std::sqrt(6.0 / (72 + 144));
  EXPECT_GT(values.back(), 0.99 * limit);
  EXPECT_LE(values.back(), limit * (1 + 1e-7));
  EXPECT_GE(values.front(), -limit * (1 + 1e-7));
  const auto vector = sorted(initializers::lecun_uniform({1000}));
  EXPECT_GT(vector.back(), 0.99 * std::sqrt(3.0 / 1000));
  EXPECT_LE(vector.back(), std::sqrt(3.0 / 1000) * (1 + 1e-7));
}

TEST(Initializers, OrthogonalIsOrthogonal) {
  for (const Shape &shape : {Shape{20, 7}, Shape{7, 20}, Shape{9, 9}, Shape{3, 3, 4, 10}}) {
    const Tensor x = initializers::Orthogonal{2}(shape, f64);
    const Tensor q = x.reshape({-1, shape.back()}) / 2.0;
    const bool tall = q.size(0) >= q.size(1);
    const Tensor product = matmul(q, q, {.transpose_lhs = tall, .transpose_rhs = !tall});
    EXPECT_LT(max(abs(product - eye(product.size(0), -1, 0, f64))).item<double>(), 1e-15) << product;
  }
  EXPECT_ERROR(initializers::orthogonal({3}), "orthogonal: expected a shape of two dimensions or more, but got [3]");
}

TEST(Initializers, AreConstant) {
  EXPECT_EQ(initializers::zeros({2}).to_string(), "[0. 0.]");
  EXPECT_EQ(initializers::ones({2}, f16).dtype(), f16);
  EXPECT_EQ(initializers::constant(0.25)({1, 2}).to_string(), "[[0.25 0.25]]");
  EXPECT_TRUE(array_equal(initializers::identity({3, 2}), eye(3, 2)));
  EXPECT_ERROR(initializers::zeros({2}, i64), "expected a floating dtype, but got i64");
}

TEST(Initializers, FollowTheSeed) {
  set_seed(123);
  const Tensor a = initializers::random_normal({5}), b = initializers::random_normal({5});
  set_seed(123);
  EXPECT_TRUE(array_equal(initializers::random_normal({5}), a));
  EXPECT_TRUE(array_equal(initializers::random_normal({5}), b));
  EXPECT_FALSE(array_equal(a, b));
  set_seed(124);
  EXPECT_FALSE(array_equal(initializers::random_normal({5}), a));
  // The same words as tenon::uniform, which compiled code draws.
  set_seed(99);
  EXPECT_TRUE(array_equal(initializers::Uniform{0, 1}({11}, f64), uniform({11}, 99, f64)));
}
