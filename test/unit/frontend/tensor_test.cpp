// Tensors as values: creation, dtypes, copies, questions, and what is refused.
#include <tenon/tenon.h>

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <thread>

using tenon::Shape;
using tenon::Tensor;

namespace {

// The message of the Error that `f` throws.
template <class F> std::string error_of(F f) {
  try {
    f();
  } catch (const tenon::Error &e) {
    return e.what();
  }
  return "no error";
}
#define EXPECT_SAYS(expression, text)                                                                                  \
  EXPECT_NE(error_of([&] { (void)(expression); }).find(text), std::string::npos)                                       \
      << error_of([&] { (void)(expression); })

TEST(Tensor, TakesTheDtypeOfNumbersAlone) {
  EXPECT_EQ(Tensor(1).dtype(), tenon::i64);
  EXPECT_EQ(Tensor(1.0).dtype(), tenon::f32);
  EXPECT_EQ(Tensor(1.0f).dtype(), tenon::f32);
  EXPECT_EQ(Tensor(true).dtype(), tenon::boolean);
  EXPECT_EQ(Tensor('a').dtype(), tenon::i64);
  EXPECT_EQ(Tensor(1, tenon::bf16).dtype(), tenon::bf16);
}

TEST(Tensor, BracesAreAlwaysValues) {
  EXPECT_EQ(Tensor{3}.shape(), Shape{1});
  EXPECT_EQ((Tensor{1, 2}.shape()), Shape{2});
  EXPECT_EQ((Tensor{{1, 2}, {3, 4}, {5, 6}}.shape()), (Shape{3, 2}));
  EXPECT_EQ((Tensor{1, 2.5}.dtype()), tenon::f32);
  EXPECT_EQ((Tensor{true, false}.dtype()), tenon::boolean);
  EXPECT_EQ((Tensor{true, 2}.dtype()), tenon::i64);
  EXPECT_EQ((Tensor({1, 2}, tenon::u8).dtype()), tenon::u8);
  EXPECT_EQ(Tensor(std::int64_t(1) << 60).item<std::int64_t>(), std::int64_t(1) << 60);
}

TEST(Tensor, RefusesRaggedBraces) {
  EXPECT_SAYS((Tensor{{1, 2}, {3}}),
              "Tensor: the braces are ragged: lists of 2 and of 1 elements at the same depth (tensor_test.cpp:");
  EXPECT_SAYS((Tensor{{1, 2}, 3}), "ragged");
}

TEST(Tensor, CopiesAreNewVariables) {
  Tensor x{1, 2};
  Tensor y = x;
  x = Tensor{3, 4};
  EXPECT_EQ(y.to_string(), "[1 2]");
  EXPECT_EQ(x.to_string(), "[3 4]");
  Tensor z = std::move(y);
  EXPECT_EQ(z.to_string(), "[1 2]");
  z = static_cast<const Tensor &>(z);
  EXPECT_EQ(z.to_string(), "[1 2]");
}

TEST(Tensor, GivesElementsOut) {
  Tensor x{{1.5, 2.5}, {3.5, 4.5}};
  std::span<const float> data = x.data<float>();
  EXPECT_EQ(std::vector<float>(data.begin(), data.end()), (std::vector<float>{1.5, 2.5, 3.5, 4.5}));
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(data.data()) % 64, 0u);
  EXPECT_EQ(Tensor(7).item<int>(), 7);
  EXPECT_EQ(Tensor(2.75).item(), 2.75f);
  EXPECT_EQ((Tensor{{5}}.item<int>()), 5);
  EXPECT_TRUE(bool(Tensor(0.5)));
  EXPECT_FALSE(bool(Tensor(0)));
}

TEST(Tensor, TakesElementsIn) {
  const std::array<std::int32_t, 6> values{1, 2, 3, 4, 5, 6};
  Tensor x = Tensor::from(values, {2, 3});
  EXPECT_EQ(x.dtype(), tenon::i32);
  EXPECT_EQ(x.to_string(), "[[1 2 3]\n [4 5 6]]");
  EXPECT_EQ(Tensor::from(std::vector<double>{1, 2}).dtype(), tenon::f64);
  EXPECT_SAYS(Tensor::from(values, {4}), "Tensor::from: 6 values do not fill i32[4]");
}

TEST(Tensor, AnswersForItsShape) {
  Tensor x = tenon::zeros({2, 3, 4});
  EXPECT_EQ(x.rank(), 3);
  EXPECT_EQ(x.size(), 24);
  EXPECT_EQ(x.size(-1), 4);
  EXPECT_EQ(x.dim(1).item<int>(), 3);
  EXPECT_SAYS(x.size(3), "size: expected an axis in [-3, 3), but got 3 (tensor_test.cpp:");
}

TEST(Tensor, SaysWhatIsWrong) {
  Tensor x;
  EXPECT_SAYS(x.shape(), "use of a Tensor without a value (tensor_test.cpp:");
  EXPECT_SAYS((Tensor{1, 2}.item()), "item: one element is needed, but the Tensor is i64[2]");
  EXPECT_SAYS(bool(Tensor{1, 2}), "reduce it with sum(), all() or any()");
  Tensor y{1, 2};
  EXPECT_SAYS(y.data<float>(), "data: elements are i64, but f32 were asked for");
  EXPECT_SAYS(tenon::zeros({2, -3}), "zeros: a size cannot be negative, but got -3 (tensor_test.cpp:");
}

TEST(Tensor, RoundsSixteenBitFormats) {
  EXPECT_EQ(float(tenon::float16(0.1f)), 0.0999755859375f);
  EXPECT_EQ(float(tenon::float16(65519.0f)), 65504.0f);
  EXPECT_TRUE(std::isinf(float(tenon::float16(65520.0f))));
  EXPECT_EQ(float(tenon::float16(0x1p-24f)), 0x1p-24f);
  EXPECT_EQ(float(tenon::float16(0x1p-26f)), 0.0f);
  EXPECT_TRUE(std::isnan(float(tenon::float16(NAN))));
  EXPECT_EQ(float(tenon::bfloat16(1.00390625f)), 1.0f); // halfway: to even
  EXPECT_EQ(float(tenon::bfloat16(3.14159265f)), 3.140625f);
  for (std::uint32_t bits = 0; bits < 65536; ++bits) { // every half survives the way through float
    tenon::float16 h;
    h.bits = std::uint16_t(bits);
    if (!std::isnan(float(h))) {
      EXPECT_EQ(tenon::float16(float(h)).bits, h.bits);
    }
  }
}

TEST(Create, FillsAndCounts) {
  EXPECT_EQ(tenon::zeros({2}).to_string(), "[0. 0.]");
  EXPECT_EQ(tenon::ones({2}, tenon::i32).to_string(), "[1 1]");
  EXPECT_EQ(tenon::full({2, 2}, 7).to_string(), "[[7 7]\n [7 7]]");
  EXPECT_EQ(tenon::full({2}, 0.5).dtype(), tenon::f32);
  EXPECT_EQ(tenon::full({2}, Tensor(3)).to_string(), "[3 3]");
  EXPECT_EQ(tenon::zeros_like(Tensor{1, 2}).to_string(), "[0 0]");
  EXPECT_EQ(tenon::arange(5).to_string(), "[0 1 2 3 4]");
  EXPECT_EQ(tenon::arange(5, 0, -2).to_string(), "[5 3 1]");
  EXPECT_EQ(tenon::arange(0.0, 1.0, 0.25).to_string(), "[0.   0.25 0.5  0.75]");
  EXPECT_EQ(tenon::arange(3, 3).size(), 0);
  EXPECT_EQ(tenon::linspace(0, 1, 5).to_string(), "[0.   0.25 0.5  0.75 1.  ]");
  EXPECT_EQ(tenon::eye(2, 3, 1).to_string(), "[[0. 1. 0.]\n [0. 0. 1.]]");
  EXPECT_EQ(tenon::zeros({}).rank(), 0);
  EXPECT_EQ(tenon::arange(Tensor(3)).to_string(), "[0 1 2]");
  EXPECT_EQ(tenon::zeros({Tensor(2), 1}).shape(), (Shape{2, 1}));
}

TEST(Create, ReshapesWithoutACopy) {
  Tensor x = tenon::arange(6);
  Tensor y = x.reshape({2, -1});
  EXPECT_EQ(y.shape(), (Shape{2, 3}));
  EXPECT_EQ(y.data<std::int64_t>().data(), x.data<std::int64_t>().data());
  x = Tensor(0);
  EXPECT_EQ(y.to_string(), "[[0 1 2]\n [3 4 5]]");
  EXPECT_SAYS(y.reshape({4}), "reshape: i64[2,3] has 6 elements, but [4] has 4 (tensor_test.cpp:");
  EXPECT_SAYS(y.reshape({4, -1}), "which 4 does not divide");
  EXPECT_SAYS(y.reshape({-1, -1}), "only one size may be -1");
  EXPECT_EQ(tenon::expand_dims(y, 0).shape(), (Shape{1, 2, 3}));
  EXPECT_EQ(tenon::squeeze(tenon::zeros({1, 2, 1})).shape(), Shape{2});
}

TEST(Tensor, IsReadFromManyThreads) {
  const Tensor x = tenon::arange(100);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 2000; ++i) {
        Tensor y = x, z = y.reshape({10, 10});
        if (z.size() != 100)
          std::abort();
      }
    });
  for (std::thread &t : threads) t.join();
}

} // namespace
