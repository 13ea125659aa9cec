// pow and the remainder: every pair of special values, and random pairs where they are hard.
#include "Accuracy.h"
#include "MathJit.h"

#include <gtest/gtest.h>

#include <random>

using namespace tenon_test;

namespace {
constexpr size_t chunk = 1 << 12;

/// Pairs of operands, by turns: all bit patterns, moderate bases and exponents, bases near 1, small integers, close
/// operands.
template <typename T> void fillPairs(std::vector<T> &x, std::vector<T> &y, std::mt19937_64 &random) {
  using Bits = std::conditional_t<sizeof(T) == 4, uint32_t, uint64_t>;
  std::uniform_real_distribution<double> exponent(-40, 40), power(-30, 30), unit(-1, 1), integer(-300, 300);
  const double largestLog = sizeof(T) == 4 ? 88 : 709;
  for (size_t i = 0; i < x.size(); ++i) switch (i % 5) {
    case 0: x[i] = bitCast<T>(static_cast<Bits>(random())), y[i] = bitCast<T>(static_cast<Bits>(random())); break;
    case 1: x[i] = static_cast<T>(std::exp2(exponent(random))), y[i] = static_cast<T>(power(random)); break;
    case 2: // x^y over the whole range of results
      x[i] = static_cast<T>(1 + unit(random) * std::exp2(-20 * std::fabs(unit(random))));
      y[i] = static_cast<T>(unit(random) * largestLog * 1.1 / std::log(static_cast<double>(x[i])));
      break;
    case 3:
      x[i] = static_cast<T>(std::trunc(integer(random))), y[i] = static_cast<T>(std::trunc(integer(random) / 8));
      break;
    case 4: // a quotient near an integer
      y[i] = static_cast<T>(power(random)),
      x[i] = static_cast<T>(y[i] * std::trunc(std::exp2(std::fabs(power(random)))));
      break;
    }
}

template <typename T, typename Wide, typename Reference>
void measure(const char *name, const char *body, Reference reference, double bound, Level level) {
  const char *type = sizeof(T) == 4 ? "f32" : "f64";
  MathJit vector(type, type, body, sizeof(T) == 4 ? 16 : 8, level), scalar(type, type, body, 0, level);
  ErrorMeter<T, Wide> meter;
  std::mt19937_64 random(11);
  std::vector<T> x(chunk), y(chunk), got(chunk), gotScalar(chunk);
  for (int round = 0, rounds = exhaustive ? 20000 : 30; round < rounds; ++round) {
    fillPairs(x, y, random);
    if (round == 0) {
      const std::vector<T> special = specialValues<T>();
      for (size_t i = 0; i < special.size(); ++i)
        for (size_t j = 0; j < special.size(); ++j)
          x[i * special.size() + j] = special[i], y[i * special.size() + j] = special[j];
    }
    vector(x.data(), y.data(), got.data(), chunk);
    scalar(x.data(), y.data(), gotScalar.data(), chunk);
    ASSERT_EQ(std::memcmp(got.data(), gotScalar.data(), chunk * sizeof(T)), 0) << "scalar and vector code differ";
    for (size_t i = 0; i < chunk; ++i) meter.add(x[i], y[i], got[i], reference(x[i], y[i]));
  }
  meter.print((std::string(name) + " " + type).c_str());
  EXPECT_LE(meter.largestUlp(), bound);
  EXPECT_EQ(meter.wrongCount(), 0);
}

class BinaryMath : public testing::TestWithParam<Level> {};
INSTANTIATE_TEST_SUITE_P(Functions, BinaryMath, testing::Values(Level::Host, Level::Baseline),
                         [](const auto &info) { return info.param == Level::Host ? "Host" : "Baseline"; });

TEST_P(BinaryMath, PowOfFloats) {
  measure<float, double>(
      "pow", "%r = math.powf %x, %y : TYPE", [](double x, double y) { return std::pow(x, y); }, 0.6, GetParam());
}
TEST_P(BinaryMath, PowOfDoubles) {
  measure<double, long double>(
      "pow", "%r = math.powf %x, %y : TYPE", [](long double x, long double y) { return std::pow(x, y); }, 1.0,
      GetParam());
}
TEST_P(BinaryMath, RemainderOfFloatsIsExact) {
  measure<float, double>(
      "rem", "%r = arith.remf %x, %y : TYPE", [](double x, double y) { return std::fmod(x, y); }, 0, GetParam());
}
TEST_P(BinaryMath, RemainderOfDoublesIsExact) {
  measure<double, long double>(
      "rem", "%r = arith.remf %x, %y : TYPE", [](double x, double y) { return std::fmod(x, y); }, 0, GetParam());
}
} // namespace
