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

/// Where the arguments of a type come from: f32 walks through all bit patterns, f64 draws.
template <typename T> class Arguments;
template <> class Arguments<float> {
public:
  /// Fills `x`; false after the last ones.
  bool next(std::vector<float> &x) {
    if (position >= uint64_t(1) << 32)
      return false;
    const uint64_t stride = exhaustive ? 1 : 1021;
    for (size_t i = 0; i < x.size(); ++i) x[i] = bitCast<float>(static_cast<uint32_t>(position + i * stride));
    if (!exhaustive && position == 0) {
      const std::vector<float> special = specialValues<float>();
      std::copy(special.begin(), special.end(), x.begin());
    }
    position += stride * x.size();
    return true;
  }

private:
  uint64_t position = 0;
};
template <> class Arguments<double> {
public:
  bool next(std::vector<double> &x) {
    if (round++ == (exhaustive ? 4000 : 20))
      return false;
    x = doubles(x.size(), random);
    return true;
  }

private:
  std::mt19937_64 random{7};
  int round = 0;
};

/// Vector code against scalar code, bit for bit, and against the reference.
template <typename T, typename Wide>
void checkError(const UnaryCase &unary, Level level, const char *type, int lanes, Wide (*reference)(Wide),
                double bound) {
  MathJit vector(type, type, unary.body, lanes, level), scalar(type, type, unary.body, 0, level);
  ErrorMeter<T, Wide> meter;
  Arguments<T> arguments;
  std::vector<T> x(chunk), got(chunk), gotScalar(chunk);
  // All inputs of f32 once more in scalars would take too long.
  const bool comparesScalars = !(exhaustive && std::is_same_v<T, float>);
  while (arguments.next(x)) {
    vector(x.data(), nullptr, got.data(), chunk);
    if (comparesScalars) {
      scalar(x.data(), nullptr, gotScalar.data(), chunk);
      ASSERT_EQ(std::memcmp(got.data(), gotScalar.data(), chunk * sizeof(T)), 0) << "scalar and vector code differ";
    }
    for (size_t i = 0; i < chunk; ++i) meter.add(x[i], 0, got[i], reference(x[i]));
  }
  meter.print((std::string(unary.name) + " " + type).c_str());
  EXPECT_LE(meter.largestUlp(), bound);
  EXPECT_EQ(meter.wrongCount(), 0);
}

TEST_P(UnaryMath, FloatStaysWithinItsStatedError) {
  const auto &[unary, level] = GetParam();
  checkError<float, double>(unary, level, "f32", 16, unary.forFloat,
                            level == Level::Host ? unary.floatBound : unary.floatBaselineBound);
}

TEST_P(UnaryMath, DoubleStaysWithinItsStatedError) {
  const auto &[unary, level] = GetParam();
  checkError<double, long double>(unary, level, "f64", 8, unary.forDouble,
                                  level == Level::Host ? unary.doubleBound : unary.doubleBaselineBound);
}

INSTANTIATE_TEST_SUITE_P(Functions, UnaryMath,
                         testing::Combine(testing::ValuesIn(cases), testing::Values(Level::Host, Level::Baseline)),
                         caseName);
} // namespace
