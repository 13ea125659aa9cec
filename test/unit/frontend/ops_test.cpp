// Operations run eagerly: one small case each, with the value that NumPy gives.
#include "expect_error.h"
#include <tenon/tenon.h>

#include <cmath>

using namespace tenon;

namespace {

#define GIVES(name, expression, expected)                                                                              \
  TEST(Ops, name) { EXPECT_EQ((expression).to_string(), expected); }

const Tensor &grid() {
  static const Tensor x{{1, 2, 3}, {4, 5, 6}};
  return x;
}
const Tensor &reals() {
  static const Tensor x{{0.5, -1.5, 2.0}, {-0.25, 4.0, 1.0}};
  return x;
}

GIVES(Adds, grid() + Tensor({10, 20, 30}), "[[11 22 33]\n [14 25 36]]")
GIVES(BroadcastsColumns, Tensor({{1}, {2}}) * Tensor({3, 4}), "[[3 4]\n [6 8]]")
GIVES(DividesAsCpp, Tensor({7, -7}) / 2, "[ 3 -3]")
GIVES(DividesFloats, Tensor({7.0, -7.0}) / 2, "[ 3.5 -3.5]")
GIVES(RemaindersAsCpp, Tensor({7, -7}) % 4, "[ 3 -3]")
GIVES(NumbersFirst, 10 - Tensor({1, 2}), "[9 8]")
GIVES(Negates, -grid(), "[[-1 -2 -3]\n [-4 -5 -6]]")
GIVES(WidensWeakFloats, Tensor({1, 2}) + 0.5, "[1.5 2.5]")
GIVES(CountsBooleans, Tensor({true, true, false}) + Tensor({true, false, false}), "[2 1 0]")
GIVES(Compares, grid() >= 3, "[[False False  True]\n [ True  True  True]]")
GIVES(ComparesEqual, Tensor({1.0, NAN}) == Tensor({1.0, NAN}), "[ True False]")
GIVES(Logic, (Tensor({1, 0}) && Tensor({1, 1})) || !Tensor({true, true}), "[ True False]")
GIVES(Bits, (Tensor({12, 10}) & 6) | (Tensor({1, 1}) ^ 3), "[6 2]")
GIVES(Shifts, shift_left(Tensor({1, 2}), 3), "[ 8 16]")
GIVES(Selects, where(reals() > 0, reals(), 0), "[[0.5 0.  2. ]\n [0.  4.  1. ]]")
GIVES(Clamps, clamp(reals(), -1, 1.5), "[[ 0.5  -1.    1.5 ]\n [-0.25  1.5   1.  ]]")
GIVES(Casts, cast(Tensor({1.9, -1.9, NAN}), i32), "[ 1 -1  0]")
GIVES(Maximum, maximum(Tensor({1, 5}), 3), "[3 5]")
GIVES(Absolute, abs(reals()), "[[0.5  1.5  2.  ]\n [0.25 4.   1.  ]]")
GIVES(Signs, sign(Tensor({-2.0, 0.0, 3.0})), "[-1.  0.  1.]")
GIVES(Roots, sqrt(Tensor({1, 4, 9})), "[1. 2. 3.]")
GIVES(Logarithms, log2(Tensor({1, 8, 1024})), "[ 0.  3. 10.]")
GIVES(Rounds, round(Tensor({0.5, 1.5, -2.5})), "[ 0.  2. -2.]")
GIVES(Relu, relu(reals()), "[[0.5 0.  2. ]\n [0.  4.  1. ]]")
GIVES(IsNan, isnan(Tensor({1.0, NAN, INFINITY})), "[False  True False]")
GIVES(IsInf, isinf(Tensor({1.0, NAN, -INFINITY})), "[False False  True]")
GIVES(Sums, sum(grid()), "21")
GIVES(SumsRows, sum(grid(), 1), "[ 6 15]")
GIVES(SumsKeeping, sum(grid(), 0, {.keep_dims = true}), "[[5 7 9]]")
GIVES(Means, mean(grid(), -1), "[2. 5.]")
GIVES(Products, prod(grid(), 0), "[ 4 10 18]")
GIVES(Variance, variance(grid(), 1), "[0.6666667 0.6666667]")
GIVES(MaximumOf, max(reals(), 1), "[2. 4.]")
GIVES(AnyAll, any(grid() > 5, 1), "[False  True]")
GIVES(AllOf, all(grid() > 0), "True")
GIVES(Argmax, argmax(reals()), "[2 1]")
GIVES(Argmin, argmin(reals(), 0), "[1 0 1]")
GIVES(Cumsum, cumsum(grid()), "[[ 1  3  6]\n [ 4  9 15]]")
GIVES(CumsumReversed, cumsum(grid(), 1, {.exclusive = true, .reverse = true}), "[[ 5  3  0]\n [11  6  0]]")
GIVES(Matmul, matmul(grid(), Tensor({{1, 0}, {0, 1}, {1, 1}})), "[[ 4  5]\n [10 11]]")
GIVES(MatmulTransposed, matmul(grid(), grid(), {.transpose_rhs = true}), "[[14 32]\n [32 77]]")
GIVES(MatmulVectors, matmul(Tensor({1, 2, 3}), Tensor({4, 5, 6})), "32")
GIVES(MatmulVector, matmul(grid(), Tensor({1, 0, 1})), "[ 4 10]")
GIVES(Softmax, softmax(Tensor({0.0, 0.0})), "[0.5 0.5]")
GIVES(Transposes, transpose(grid()), "[[1 4]\n [2 5]\n [3 6]]")
GIVES(Concatenates, concat({grid(), grid()}, 1), "[[1 2 3 1 2 3]\n [4 5 6 4 5 6]]")
GIVES(Stacks, stack({Tensor(1), Tensor(2.5)}), "[1.  2.5]")
GIVES(Splits, split(grid(), {1, 2}, 1)[1], "[[2 3]\n [5 6]]")
GIVES(Pads, pad(Tensor({1, 2}), {1}, {2}, 9), "[9 1 2 9 9]")
GIVES(Reverses, reverse(grid(), 1), "[[3 2 1]\n [6 5 4]]")
GIVES(Tiles, tile(Tensor({1, 2}), {2}), "[1 2 1 2]")
GIVES(BroadcastsTo, broadcast_to(Tensor({1, 2}), {2, 2}), "[[1 2]\n [1 2]]")
GIVES(Gathers, gather(grid(), Tensor({2, 0}), 1), "[[3 1]\n [6 4]]")
GIVES(Scatters, scatter(zeros({3}, i64), Tensor({2, 0}), Tensor({7, 8})), "[8 0 7]")
GIVES(ScatterAdds, scatter_add(zeros({3}, i64), Tensor({2, 2}), Tensor({7, 8})), "[ 0  0 15]")
GIVES(OneHot, one_hot(Tensor({1, 0, 5}), 3), "[[0. 1. 0.]\n [1. 0. 0.]\n [0. 0. 0.]]")
GIVES(Sorts, sort(reals()), "[[-1.5   0.5   2.  ]\n [-0.25  1.    4.  ]]")
GIVES(ArgSorts, argsort(reals(), 1, {.descending = true}), "[[2 0 1]\n [1 2 0]]")
GIVES(TopKValues, top_k(reals(), 2).values, "[[2.  0.5]\n [4.  1. ]]")
GIVES(MaxPools, max_pool(arange(16.0).reshape({1, 4, 4, 1}), {2, 2}).reshape({2, 2}), "[[ 5.  7.]\n [13. 15.]]")
GIVES(AvgPools, avg_pool(arange(16.0).reshape({1, 4, 4, 1}), {2, 2}).reshape({2, 2}), "[[ 2.5  4.5]\n [10.5 12.5]]")
GIVES(Convolves, conv(arange(9.0).reshape({1, 3, 3, 1}), ones({2, 2, 1, 1})).reshape({2, 2}), "[[ 8. 12.]\n [20. 24.]]")
GIVES(ConvolvesSame, conv(ones({1, 3, 1}), ones({3, 1, 1}), {.padding = Padding::same}).reshape({3}), "[2. 3. 2.]")
GIVES(TransposedConv, conv_transpose(ones({1, 2, 1}), ones({2, 1, 1}), {.strides = {2}}).reshape({4}), "[1. 1. 1. 1.]")

GIVES(IndexesRows, grid()[1], "[4 5 6]")
GIVES(IndexesFromTheEnd, (grid()[{-1, -1}]), "6")
GIVES(Slices, (grid()[{all_, slice(1, 3)}]), "[[2 3]\n [5 6]]")
GIVES(SlicesWithSteps, arange(10)[slice(1, 9, 3)], "[1 4 7]")
GIVES(SlicesBackwards, arange(10)[slice(8, 2, -3)], "[8 5]")
GIVES(ReversesBySlice, arange(4)[every(-1)], "[3 2 1 0]")
GIVES(SlicesEmpty, arange(4)[slice(3, 1)], "[]")
GIVES(SlicesBeyond, arange(4)[slice(-100, 100)], "[0 1 2 3]")
GIVES(IndexesByTensor, arange(5)[Tensor(-2)], "3")
GIVES(IndexesByTensors, arange(5)[Tensor({-1, 0, 2})], "[4 0 2]")
GIVES(NewAxes, (arange(2)[{newaxis, ellipsis, newaxis}]), "[[[0]\n  [1]]]")

TEST(Ops, IteratesOverRows) {
  std::string text;
  for (Tensor row : grid()) text += row.to_string();
  EXPECT_EQ(text, "[1 2 3][4 5 6]");
  auto [a, b] = split<2>(grid());
  EXPECT_EQ(b.to_string(), "[[4 5 6]]");
}

TEST(Ops, AnIndexOutOfRangeIsAnErrorWhenItRuns) {
  EXPECT_ERROR(gather(arange(3), Tensor({0, 3})), "gather");
  EXPECT_EQ(gather(arange(3), Tensor({0, 2})).to_string(), "[0 2]");
}

// The same numbers as Philox4x32-10's published test vector, and streams that move on.
TEST(Random, IsPhilox) {
  EXPECT_EQ(random_bits({4}, 0).cast(u8).size(), 4);
  const Tensor bits = random_bits({4}, 0);
  const std::int32_t expected[] = {std::int32_t(0x6627e8d5), std::int32_t(0xe169c58d), std::int32_t(0xbc57ac4c),
                                   std::int32_t(0x9b00dbd8)};
  EXPECT_TRUE(array_equal(bits, Tensor::from(expected)));
}

TEST(Random, StreamsMoveOn) {
  Generator g(1), h(1);
  const Tensor a = uniform({3}, g), b = uniform({3}, g);
  EXPECT_FALSE(array_equal(a, b));
  EXPECT_TRUE(array_equal(uniform({3}, h), a));
  EXPECT_TRUE(array_equal(uniform({3}, h), b));
  auto f = function([&] { return uniform({3}, g); });
  const Tensor c = f(), d = f();
  EXPECT_FALSE(array_equal(c, d));
  EXPECT_TRUE(array_equal(uniform({3}, h), c));
  EXPECT_TRUE(array_equal(uniform({3}, h), d));
  EXPECT_TRUE(all(uniform({1000}, 3) < 1).item<bool>());
}

TEST(Ops, SixteenBits) {
  EXPECT_EQ((Tensor({1.5, 2.5}, f16) * 2).to_string(), "[3. 5.]");
  EXPECT_EQ((Tensor({1.5, 2.5}, bf16) + Tensor({1.0, 1.0}, f16)).dtype(), f32);
  EXPECT_EQ((Tensor({250, 3}, u8) + Tensor({10, 1}, u8)).to_string(), "[4 4]");
}

TEST(Ops, TakeTensorsWithoutElements) {
  const Tensor none = zeros({2, 0, 4}), some = full({2, 3, 4}, 1.0);
  EXPECT_EQ(concat({none, none}, -1).shape(), (Shape{2, 0, 8}));
  EXPECT_TRUE(array_equal(concat({none, some}, 1), some));
  EXPECT_TRUE(array_equal(concat({some, none}, 1), some));
  EXPECT_EQ(stack({none, none}).shape(), (Shape{2, 2, 0, 4}));
  EXPECT_EQ(split(none, 2, 2)[1].shape(), (Shape{2, 0, 2}));
  EXPECT_EQ(split(some, {3, 0}, 1)[1].shape(), (Shape{2, 0, 4}));
  const Tensor part = none[{all_, all_, slice(1, 3)}], row = none[{all_, all_, 3}];
  EXPECT_EQ(part.shape(), (Shape{2, 0, 2}));
  EXPECT_EQ(row.shape(), (Shape{2, 0}));
  EXPECT_EQ(pad(none, {1, 0, 0}, {0, 0, 0}).shape(), (Shape{3, 0, 4}));
  EXPECT_TRUE(array_equal(pad(none, {0, 0, 0}, {0, 3, 0}, 1), some));
  EXPECT_EQ(max_pool(zeros({0, 4, 4, 1}), {2, 2}).shape(), (Shape{0, 2, 2, 1}));
  EXPECT_EQ(conv_transpose(zeros({0, 4, 4, 1}), zeros({3, 3, 2, 1})).shape(), (Shape{0, 6, 6, 2}));
  auto f = function([](Tensor x) { return concat({x, x}, 1); }, {spec<float>("n", 0)});
  EXPECT_EQ(f(zeros({3, 0})).shape(), (Shape{3, 0}));
}

} // namespace
