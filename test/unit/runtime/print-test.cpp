// Tensors as text: against what NumPy printed, and digits against std::to_chars.
#include "tenon/runtime/compiled.h"
#include "tenon/runtime/host.h"

#include <gtest/gtest.h>

#include <charconv>
#include <cmath>
#include <cstring>
#include <fstream>
#include <random>
#include <sstream>
#include <string>
#include <vector>

namespace {

void append(void *host, const char *text, size_t length) { static_cast<std::string *>(host)->append(text, length); }

std::string format(const tenon_tensor &tensor) {
  std::string text;
  tenon_format_tensor(&tensor, append, &text);
  return text;
}

int32_t dtype_named(const std::string &name) {
  for (int32_t dtype = TENON_DTYPE_F32; dtype <= TENON_DTYPE_BOOL; ++dtype)
    if (name == tenon_dtype_string(dtype))
      return dtype;
  return TENON_DTYPE_NONE;
}

std::vector<int64_t> integers(const std::string &list) {
  std::vector<int64_t> values;
  std::istringstream in(list == "-" ? "" : list);
  for (std::string item; std::getline(in, item, ',');) values.push_back(std::stoll(item));
  return values;
}

TEST(RuntimePrint, FormatsAsNumPyDid) {
  std::ifstream golden(TENON_TEST_SOURCE_DIR "/print-golden.txt");
  int cases = 0;
  for (std::string dtype, shape, strides, data; ++cases, golden >> dtype >> shape >> strides;) {
    int64_t offset = 0;
    int lines = 0;
    golden >> offset >> data >> lines >> std::ws;
    std::string expected, line;
    for (int i = 0; i < lines; ++i) {
      std::getline(golden, line);
      expected += (i > 0 ? "\n" : "") + line;
    }
    std::vector<uint64_t> storage(data.size() / 16 + 1); // uint64_t: aligned for every dtype
    auto *bytes = reinterpret_cast<unsigned char *>(storage.data());
    for (size_t i = 0; data != "-" && i < data.size() / 2; ++i)
      bytes[i] = static_cast<unsigned char>(std::stoi(data.substr(2 * i, 2), nullptr, 16));
    const std::vector<int64_t> dims = integers(shape), steps = integers(strides);
    const tenon_tensor tensor = {bytes + offset, dims.data(), steps.data(), dtype_named(dtype),
                                 static_cast<int32_t>(dims.size())};
    EXPECT_EQ(format(tensor), expected) << dtype << " " << shape;
  }
  EXPECT_GT(cases, 90);
}

template <typename T> void expect_shortest(T value, int32_t dtype) {
  if (!std::isfinite(value))
    return;
  const std::string text = format({&value, nullptr, nullptr, dtype, 0});
  char digits[64];
  const auto end = std::to_chars(digits, digits + sizeof digits, value, std::chars_format::scientific).ptr;
  T back = 0;
  std::from_chars(text.data(), text.data() + text.size(), back);
  EXPECT_EQ(std::memcmp(&back, &value, sizeof value), 0) << text;
  // The digits of both, without point, sign, exponent and the zeros around them.
  auto significant = [](std::string s) {
    s = s.substr(0, s.find('e'));
    std::erase_if(s, [](char c) { return c == '.' || c == '-'; });
    s.erase(0, std::min(s.find_first_not_of('0'), s.size()));
    s.erase(s.find_last_not_of('0') + 1);
    return s;
  };
  EXPECT_EQ(significant(text), significant(std::string(digits, end)));
}

TEST(RuntimePrint, ScalarsHaveTheFewestDigitsThatReadBack) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 20000; ++i) {
    const uint64_t bits = random();
    float single;
    double full;
    std::memcpy(&single, &bits, sizeof single);
    std::memcpy(&full, &bits, sizeof full);
    expect_shortest(single, TENON_DTYPE_F32);
    expect_shortest(full, TENON_DTYPE_F64);
  }
}

// Every finite bfloat16: the text reads back to it, and one digit less would not.
TEST(RuntimePrint, Bfloat16HasItsOwnPrecision) {
  auto nearest = [](double value) { // the bfloat16 nearest to a double, ties to even
    float single = static_cast<float>(value);
    uint32_t bits;
    std::memcpy(&bits, &single, sizeof bits);
    return static_cast<uint16_t>((bits + 0x7fffu + (bits >> 16 & 1u)) >> 16);
  };
  for (uint32_t bits = 0; bits < 0x7f80; ++bits) {
    const uint16_t value = static_cast<uint16_t>(bits);
    const std::string text = format({&value, nullptr, nullptr, TENON_DTYPE_BF16, 0});
    ASSERT_EQ(nearest(std::stod(text)), value) << text;
  }
  const uint16_t third = 0x3eab;
  EXPECT_EQ(format({&third, nullptr, nullptr, TENON_DTYPE_BF16, 0}), "0.334");
}

TEST(RuntimePrint, PutsTensorsIntoTheHolesAndEndsTheLine) {
  std::string text;
  tenon_context context = {};
  context.struct_size = sizeof context;
  context.host = &text;
  context.print = append;
  tenon_frame frame = {&context, TENON_OK, 0, "m_f", nullptr};
  const float x[] = {1, 2.5f};
  const int64_t two = 2, step = 7;
  const tenon_tensor tensors[] = {{x, &two, nullptr, TENON_DTYPE_F32, 1},
                                  {&step, nullptr, nullptr, TENON_DTYPE_I64, 0}};
  tenon_runtime_print(&frame, "x = {} at {}!", 2, tensors);
  tenon_runtime_print(&frame, "done", 0, nullptr);
  EXPECT_EQ(text, "x = [1.  2.5] at 7!\ndone\n");

  frame.status = TENON_ERROR_ASSERTION;
  tenon_runtime_print(&frame, "not after an error", 0, nullptr);
  EXPECT_EQ(text, "x = [1.  2.5] at 7!\ndone\n");
}

TEST(RuntimePrint, WithoutAServiceNothingHappens) {
  tenon_frame frame = {nullptr, TENON_OK, 0, "m_f", nullptr};
  tenon_runtime_print(&frame, "nobody", 0, nullptr);
  tenon_context context = {};
  context.struct_size = sizeof context;
  frame.context = &context;
  tenon_runtime_print(&frame, "nobody", 0, nullptr);
  EXPECT_EQ(frame.status, TENON_OK);
}

} // namespace
