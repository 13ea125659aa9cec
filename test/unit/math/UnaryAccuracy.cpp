// Functions of one operand: f32 over a stride of all bit patterns (or all of them), f64 over dense random ones.
#include "Accuracy.h"
#include "MathJit.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

using namespace tenon_test;

namespace {
/// A function, its reference, and the error that docs/math.md states, in ulp.
struct UnaryCase {
  const char *name;
  const char *body;
  double (*forFloat)(double);
  long double (*forDouble)(long double);
  double floatBound, doubleBound;
  /// The same without fma.
  double floatBaselineBound, doubleBaselineBound;
};

template <typename T> T rsqrt(T x) { return 1 / std::sqrt(x); }
template <typename T> T sigmoid(T x) { return 1 / (1 + std::exp(-x)); }
/// As the lowering of tenon.sigmoid writes it: e = e^-|x| does not overflow, so the left tail keeps its subnormals.
const char *const sigmoidBody = R"(
    %one = arith.constant ONE : TYPE
    %zero = arith.constant ZERO : TYPE
    %abs = math.absf %x : TYPE
    %minus = arith.negf %abs : TYPE
    %e = math.exp %minus : TYPE
    %negative = arith.cmpf olt, %x, %zero : TYPE
    %numerator = arith.select %negative, %e, %one : MASK, TYPE
    %denominator = arith.addf %e, %one : TYPE
    %r = arith.divf %numerator, %denominator : TYPE)";

const UnaryCase cases[] = {
    {"exp", "%r = math.exp %x : TYPE", std::exp, std::exp, 1.1, 1.1, 1.1, 1.1},
    {"exp2", "%r = math.exp2 %x : TYPE", std::exp2, std::exp2, 1.0, 1.0, 1.1, 1.1},
    {"expm1", "%r = math.expm1 %x : TYPE", std::expm1, std::expm1, 1.1, 1.1, 1.1, 1.1},
    {"tanh", "%r = math.tanh %x : TYPE", std::tanh, std::tanh, 1.4, 1.4, 1.4, 1.4},
    {"log", "%r = math.log %x : TYPE", std::log, std::log, 1.0, 1.0, 1.0, 1.0},
    {"log2", "%r = math.log2 %x : TYPE", std::log2, std::log2, 1.0, 1.0, 1.0, 1.0},
    {"log10", "%r = math.log10 %x : TYPE", std::log10, std::log10, 1.0, 1.0, 1.0, 1.0},
    {"log1p", "%r = math.log1p %x : TYPE", std::log1p, std::log1p, 1.0, 1.0, 1.0, 1.0},
    {"erf", "%r = math.erf %x : TYPE", std::erf, std::erf, 1.2, 2.0, 1.4, 2.0},
    {"rsqrt", "%r = math.rsqrt %x : TYPE", rsqrt, rsqrt, 1.5, 1.5, 1.5, 1.5},
    {"sin", "%r = math.sin %x : TYPE", std::sin, std::sin, 1.0, 1.0, 1.0, 1.0},
    {"cos", "%r = math.cos %x : TYPE", std::cos, std::cos, 1.0, 1.0, 1.0, 1.0},
    {"tan", "%r = math.tan %x : TYPE", std::tan, std::tan, 1.0, 1.0, 1.0, 1.0},
    {"floor", "%r = math.floor %x : TYPE", std::floor, std::floor, 0, 0, 0, 0},
    {"ceil", "%r = math.ceil %x : TYPE", std::ceil, std::ceil, 0, 0, 0, 0},
    {"trunc", "%r = math.trunc %x : TYPE", std::trunc, std::trunc, 0, 0, 0, 0},
    {"roundeven", "%r = math.roundeven %x : TYPE", std::nearbyint, std::nearbyint, 0, 0, 0, 0},
    {"round", "%r = math.round %x : TYPE", std::round, std::round, 0, 0, 0, 0},
    {"sigmoid", sigmoidBody, sigmoid, sigmoid, 2.5, 2.5, 2.5, 2.5},
};

class UnaryMath : public testing::TestWithParam<std::tuple<UnaryCase, Level>> {};
std::string caseName(const testing::TestParamInfo<UnaryMath::ParamType> &info) {
  return std::string(std::get<0>(info.param).name) + (std::get<1>(info.param) == Level::Host ? "Host" : "Baseline");
}

constexpr size_t chunk = 1 << 14;

TEST_P(UnaryMath, FloatStaysWithinItsStatedError) {
  const auto &[unary, level] = GetParam();
  MathJit vector("f32", "f32", unary.body, 16, level), scalar("f32", "f32", unary.body, 0, level);
  ErrorMeter<float, double> meter;
  std::vector<float> x(chunk), got(chunk), gotScalar(chunk);
  const uint64_t stride = exhaustive ? 1 : 1021;
  for (uint64_t first = 0; first < uint64_t(1) << 32; first += stride * chunk) {
    for (size_t i = 0; i < chunk; ++i) x[i] = bitCast<float>(static_cast<uint32_t>(first + i * stride));
    if (!exhaustive && first == 0) {
      const std::vector<float> special = specialValues<float>();
      std::copy(special.begin(), special.end(), x.begin());
    }
    vector(x.data(), nullptr, got.data(), chunk);
    if (!exhaustive) {
      scalar(x.data(), nullptr, gotScalar.data(), chunk);
      ASSERT_EQ(std::memcmp(got.data(), gotScalar.data(), chunk * sizeof(float)), 0) << "scalar and vector code differ";
    }
    for (size_t i = 0; i < chunk; ++i) meter.add(x[i], 0, got[i], unary.forFloat(x[i]));
  }
  meter.print((std::string(unary.name) + " f32").c_str());
  EXPECT_LE(meter.largestUlp(), level == Level::Host ? unary.floatBound : unary.floatBaselineBound);
  EXPECT_EQ(meter.wrongCount(), 0);
}

/// Random doubles: all bit patterns, uniform ranges around 0, and a neighbourhood of 1 by turns.
std::vector<double> doubles(size_t count, std::mt19937_64 &random) {
  std::vector<double> values(count);
  std::uniform_real_distribution<double> range(-750, 750), wide(-3e6, 3e6), small(-2, 2), exponent(-40, 3);
  for (size_t i = 0; i < count; ++i) switch (i % 6) {
    case 0: values[i] = bitCast<double>(random()); break;
    case 1: values[i] = range(random); break;
    case 2: values[i] = small(random); break;
    case 3: values[i] = 1 + std::copysign(std::exp2(exponent(random)), small(random)); break;
    case 4: values[i] = std::copysign(std::exp2(exponent(random)), small(random)); break;
    case 5: values[i] = wide(random); break;
    }
  const std::vector<double> special = specialValues<double>();
  std::copy(special.begin(), special.end(), values.begin());
  return values;
}

TEST_P(UnaryMath, DoubleStaysWithinItsStatedError) {
  const auto &[unary, level] = GetParam();
  MathJit vector("f64", "f64", unary.body, 8, level), scalar("f64", "f64", unary.body, 0, level);
  ErrorMeter<double, long double> meter;
  std::mt19937_64 random(7);
  std::vector<double> got(chunk), gotScalar(chunk);
  for (int round = 0, rounds = exhaustive ? 4000 : 20; round < rounds; ++round) {
    std::vector<double> x = doubles(chunk, random);
    vector(x.data(), nullptr, got.data(), chunk);
    scalar(x.data(), nullptr, gotScalar.data(), chunk);
    ASSERT_EQ(std::memcmp(got.data(), gotScalar.data(), chunk * sizeof(double)), 0) << "scalar and vector code differ";
    for (size_t i = 0; i < chunk; ++i) meter.add(x[i], 0, got[i], unary.forDouble(x[i]));
  }
  meter.print((std::string(unary.name) + " f64").c_str());
  EXPECT_LE(meter.largestUlp(), level == Level::Host ? unary.doubleBound : unary.doubleBaselineBound);
  EXPECT_EQ(meter.wrongCount(), 0);
}

INSTANTIATE_TEST_SUITE_P(Functions, UnaryMath,
                         testing::Combine(testing::ValuesIn(cases), testing::Values(Level::Host, Level::Baseline)),
                         caseName);
} // namespace
