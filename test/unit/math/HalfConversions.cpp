// f16 and bf16: every value widened, and every rounding boundary, against a definition in double arithmetic.
#include "Accuracy.h"
#include "MathJit.h"

#include <gtest/gtest.h>

using namespace tenon_test;

namespace {
/// A 16-bit float format.
struct Format {
  const char *type;
  int fractionBits, minExponent, maxExponent;
};
const Format formats[] = {{"f16", 10, -14, 15}, {"bf16", 7, -126, 127}};

/// The value of `bits` by the format's definition.
double valueOf(const Format &format, uint16_t bits) {
  int exponentBits = 15 - format.fractionBits;
  int field = (bits >> format.fractionBits) & ((1 << exponentBits) - 1);
  double fraction = bits & ((1 << format.fractionBits) - 1);
  double magnitude;
  if (field == (1 << exponentBits) - 1)
    magnitude = fraction != 0 ? std::numeric_limits<double>::quiet_NaN() : std::numeric_limits<double>::infinity();
  else if (field == 0)
    magnitude = std::ldexp(fraction, format.minExponent - format.fractionBits);
  else
    magnitude = std::ldexp(fraction + (1 << format.fractionBits), field - format.maxExponent - format.fractionBits);
  return bits & 0x8000 ? -magnitude : magnitude;
}

/// `x` rounded to the format: nearest, halves to even.
double roundTo(const Format &format, double x) {
  if (x == 0 || !std::isfinite(x))
    return x;
  int exponent = std::max(std::ilogb(x), format.minExponent);
  double unit = std::ldexp(1.0, exponent - format.fractionBits);
  double rounded = std::nearbyint(x / unit) * unit;
  return std::fabs(rounded) >= std::ldexp(1.0, format.maxExponent + 1) ? std::copysign(INFINITY, x) : rounded;
}

bool same(double a, double b) {
  return (std::isnan(a) && std::isnan(b)) || (a == b && std::signbit(a) == std::signbit(b));
}

class Half : public testing::TestWithParam<std::tuple<Format, Level>> {};
INSTANTIATE_TEST_SUITE_P(Formats, Half,
                         testing::Combine(testing::ValuesIn(formats), testing::Values(Level::Host, Level::Baseline)),
                         [](const auto &info) {
                           return std::string(std::get<0>(info.param).type) +
                                  (std::get<1>(info.param) == Level::Host ? "Host" : "Baseline");
                         });

TEST_P(Half, WidensEveryValue) {
  const auto &[format, level] = GetParam();
  std::vector<uint16_t> bits(65536);
  for (size_t i = 0; i < bits.size(); ++i) bits[i] = static_cast<uint16_t>(i);
  std::vector<float> floats(bits.size());
  std::vector<double> doubles(bits.size());
  for (unsigned lanes : {0, 16}) {
    MathJit(format.type, "f32", "%r = arith.extf %x : TYPE to OUTTYPE", lanes, level)(bits.data(), nullptr,
                                                                                      floats.data(), 65536);
    MathJit(format.type, "f64", "%r = arith.extf %x : TYPE to OUTTYPE", lanes, level)(bits.data(), nullptr,
                                                                                      doubles.data(), 65536);
    for (size_t i = 0; i < bits.size(); ++i) {
      ASSERT_TRUE(same(floats[i], valueOf(format, bits[i]))) << i;
      ASSERT_TRUE(same(doubles[i], valueOf(format, bits[i]))) << i;
    }
  }
}

/// Every value of the format, every midpoint between neighbours, and what lies just beside a midpoint in T.
template <typename T> std::vector<T> roundingBoundaries(const Format &format) {
  std::vector<T> values;
  for (unsigned bits = 0; bits < 65536; ++bits) {
    double value = valueOf(format, static_cast<uint16_t>(bits));
    double next = std::isfinite(value) ? valueOf(format, static_cast<uint16_t>(bits + 1)) : value;
    if (std::isinf(next) && std::isfinite(value))
      next = 2 * value - valueOf(format, static_cast<uint16_t>(bits - 1));
    T middle = static_cast<T>((value + next) / 2);
    for (T near :
         {static_cast<T>(value), middle, std::nextafter(middle, T(INFINITY)), std::nextafter(middle, -T(INFINITY))})
      values.push_back(near);
  }
  for (T special : specialValues<T>()) values.push_back(special);
  values.resize((values.size() + 15) / 16 * 16);
  return values;
}

template <typename T> void checkNarrowing(const Format &format, Level level, const char *type) {
  const std::vector<T> values = roundingBoundaries<T>(format);
  std::vector<uint16_t> got(values.size());
  for (unsigned lanes : {0, 16}) {
    MathJit(type, format.type, "%r = arith.truncf %x : TYPE to OUTTYPE", lanes, level)(values.data(), nullptr,
                                                                                       got.data(), values.size());
    for (size_t i = 0; i < values.size(); ++i)
      ASSERT_TRUE(same(valueOf(format, got[i]), roundTo(format, values[i])))
          << "x = " << values[i] << " got " << valueOf(format, got[i]) << " expected " << roundTo(format, values[i]);
  }
}

TEST_P(Half, NarrowsFloatsToNearestEven) {
  const auto &[format, level] = GetParam();
  checkNarrowing<float>(format, level, "f32");
}

TEST_P(Half, NarrowsDoublesWithOneRounding) {
  const auto &[format, level] = GetParam();
  checkNarrowing<double>(format, level, "f64");
}

TEST_P(Half, ComputesThroughFloatAndRoundsOnce) {
  const auto &[format, level] = GetParam();
  const char *const operations[] = {"%r = arith.addf %x, %y : TYPE", "%r = arith.mulf %x, %y : TYPE",
                                    "%r = arith.divf %x, %y : TYPE", "%r = arith.maximumf %x, %y : TYPE",
                                    "%r = math.exp %x : TYPE"};
  std::vector<uint16_t> x(65536), y(65536), got(65536);
  for (size_t i = 0; i < x.size(); ++i) x[i] = static_cast<uint16_t>(i), y[i] = static_cast<uint16_t>(i * 40503u);
  for (size_t operation = 0; operation < std::size(operations); ++operation) {
    MathJit(format.type, format.type, operations[operation], 16, level)(x.data(), y.data(), got.data(), 65536);
    for (size_t i = 0; i < x.size(); ++i) {
      double a = valueOf(format, x[i]), b = valueOf(format, y[i]);
      double exact = operation == 0                   ? a + b
                     : operation == 1                 ? a * b
                     : operation == 2                 ? a / b
                     : operation == 4                 ? std::exp(a)
                     : std::isnan(a) || std::isnan(b) ? NAN
                     : a == b                         ? (std::signbit(a) ? b : a)
                                                      : std::max(a, b);
      // Rounded once in f32 and once in the format: exact for +, *, / by the formats' widths; exp may differ by its own
      // error.
      double expected = roundTo(format, static_cast<float>(exact));
      double tolerance =
          operation == 4 && std::isfinite(expected) ? std::fabs(expected) * std::ldexp(1.0, -format.fractionBits) : 0;
      double value = valueOf(format, got[i]);
      ASSERT_TRUE(same(value, expected) || std::fabs(value - expected) <= tolerance)
          << operations[operation] << " of " << a << ", " << b << ": got " << value << ", expected " << expected;
    }
  }
}
} // namespace
