// Comparing Tensors with lists of numbers: EXPECT_CLOSE(x, numbers, relative).
#pragma once

#include <tenon/tenon.h>

#include <gtest/gtest.h>

#include <cmath>

inline void expect_close(const tenon::Tensor &x, std::span<const float> expected, double relative) {
  const tenon::Tensor in_f32 = tenon::cast(x, tenon::f32);
  const auto numbers = in_f32.data<float>();
  ASSERT_EQ(numbers.size(), expected.size());
  for (std::size_t i = 0; i < numbers.size(); ++i)
    EXPECT_NEAR(numbers[i], expected[i], relative * std::max(1e-3, std::fabs(double(expected[i])))) << "element " << i;
}
#define EXPECT_CLOSE(x, numbers, relative)                                                                             \
  do {                                                                                                                 \
    SCOPED_TRACE(#x);                                                                                                  \
    expect_close(x, numbers, relative);                                                                                \
  } while (false)
