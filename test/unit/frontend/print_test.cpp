// Printing, compared with NumPy's str().
#include <tenon/tenon.h>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <sstream>

using tenon::Tensor;

namespace {

Tensor wrapped_floats() {
  std::vector<float> values;
  for (int i = 0; i < 30; ++i) values.push_back(float(i) / 7.0f);
  return Tensor::from(values);
}

#define PRINTS(name, tensor, expected)                                                                                 \
  TEST(Print, AsNumPy_##name) { EXPECT_EQ(Tensor tensor.to_string(), expected); }
#include "print_goldens.inc"
#undef PRINTS

TEST(Print, GoesToStreams) {
  std::ostringstream out;
  out << Tensor{1, 2} << '\n';
  EXPECT_EQ(out.str(), "[1 2]\n");
}

} // namespace
