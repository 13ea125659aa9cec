// What 32-bit targets get instead of helper functions: division, 64-bit conversions and extrema, against C++'s own.
#include "Accuracy.h"
#include "MathJit.h"

#include <gtest/gtest.h>

#include <random>
#include <type_traits>

using namespace tenon_test;

namespace {
constexpr size_t count = 1 << 14;

/// Integers of all magnitudes, with the extremes in front.
template <typename T> std::vector<T> integers(std::mt19937_64 &random) {
  using Limits = std::numeric_limits<T>;
  std::vector<T> values(count);
  for (T &value : values) {
    value = static_cast<T>(random());
    value = static_cast<T>(value >> (random() % (8 * sizeof(T))));
  }
  const T special[] = {Limits::max(),    Limits::min(), 0, 1, static_cast<T>(-1), 2, static_cast<T>(Limits::max() - 1),
                       Limits::max() / 2};
  for (size_t i = 0; i < 64; ++i) values[i] = special[random() % std::size(special)];
  return values;
}

template <typename T> void checkDivision(const char *type) {
  std::mt19937_64 random(3);
  std::vector<T> x = integers<T>(random), y = integers<T>(random), quotient(count), remainder(count);
  for (size_t i = 0; i < count; ++i)
    if (y[i] == 0 || (std::is_signed_v<T> && y[i] == T(-1)))
      y[i] = 3;
  const std::string sign = std::is_signed_v<T> ? "si" : "ui";
  for (unsigned lanes : {0, 8}) {
    MathJit(type, type, "%r = arith.div" + sign + " %x, %y : TYPE", lanes, Level::Narrow)(x.data(), y.data(),
                                                                                          quotient.data(), count);
    MathJit(type, type, "%r = arith.rem" + sign + " %x, %y : TYPE", lanes, Level::Narrow)(x.data(), y.data(),
                                                                                          remainder.data(), count);
    for (size_t i = 0; i < count; ++i) {
      ASSERT_EQ(quotient[i], static_cast<T>(x[i] / y[i])) << +x[i] << " / " << +y[i];
      ASSERT_EQ(remainder[i], static_cast<T>(x[i] % y[i])) << +x[i] << " % " << +y[i];
    }
  }
}

TEST(NarrowIntegers, DivideAsC) {
  checkDivision<int8_t>("i8");
  checkDivision<uint8_t>("i8");
  checkDivision<int16_t>("i16");
  checkDivision<int32_t>("i32");
  checkDivision<uint32_t>("i32");
  checkDivision<int64_t>("i64");
  checkDivision<uint64_t>("i64");
}

template <typename Float, typename Integer> void checkConversions(const char *floatType) {
  std::mt19937_64 random(5);
  const std::string sign = std::is_signed_v<Integer> ? "si" : "ui";
  std::vector<Integer> x = integers<Integer>(random), back(count);
  // Just beside the ties of f32: 2^62 + 2^38 and its neighbours.
  for (int64_t offset = -2; offset <= 2; ++offset)
    x[64 + offset + 2] = (Integer(1) << 62) + (Integer(1) << 38) + offset;
  std::vector<Float> got(count), truncated(count);
  for (unsigned lanes : {0, 8}) {
    MathJit("i64", floatType, "%r = arith." + sign + "tofp %x : TYPE to OUTTYPE", lanes,
            Level::Narrow)(x.data(), nullptr, got.data(), count);
    for (size_t i = 0; i < count; ++i) ASSERT_EQ(got[i], static_cast<Float>(x[i])) << x[i];
    for (size_t i = 0; i < count; ++i) truncated[i] = static_cast<Float>(static_cast<double>(x[i] / 2) * 0.37);
    MathJit(floatType, "i64", "%r = arith.fpto" + sign + " %x : TYPE to OUTTYPE", lanes,
            Level::Narrow)(truncated.data(), nullptr, back.data(), count);
    for (size_t i = 0; i < count; ++i) ASSERT_EQ(back[i], static_cast<Integer>(truncated[i])) << truncated[i];
  }
}

TEST(NarrowIntegers, ConvertToAndFromFloatsWithOneRounding) {
  checkConversions<float, int64_t>("f32");
  checkConversions<float, uint64_t>("f32");
  checkConversions<double, int64_t>("f64");
  checkConversions<double, uint64_t>("f64");
}

TEST(NarrowIntegers, ExtremaKeepNaNAndOrderZeros) {
  const std::vector<double> special = specialValues<double>();
  std::vector<double> x, y, largest, smallest;
  for (double a : special)
    for (double b : special) x.push_back(a), y.push_back(b);
  largest.resize(x.size()), smallest.resize(x.size());
  MathJit("f64", "f64", "%r = arith.maximumf %x, %y : TYPE", 0, Level::Narrow)(x.data(), y.data(), largest.data(),
                                                                               x.size());
  MathJit("f64", "f64", "%r = arith.minimumf %x, %y : TYPE", 0, Level::Narrow)(x.data(), y.data(), smallest.data(),
                                                                               x.size());
  for (size_t i = 0; i < x.size(); ++i) {
    if (std::isnan(x[i]) || std::isnan(y[i])) {
      ASSERT_TRUE(std::isnan(largest[i]) && std::isnan(smallest[i]));
      continue;
    }
    bool firstIsLarger = x[i] > y[i] || (x[i] == y[i] && !std::signbit(x[i]));
    ASSERT_EQ(bitCast<uint64_t>(largest[i]), bitCast<uint64_t>(firstIsLarger ? x[i] : y[i])) << x[i] << " " << y[i];
    ASSERT_EQ(bitCast<uint64_t>(smallest[i]), bitCast<uint64_t>(firstIsLarger ? y[i] : x[i])) << x[i] << " " << y[i];
  }
}
} // namespace
