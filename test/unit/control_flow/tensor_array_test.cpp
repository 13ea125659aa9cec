// TensorArray: eagerly, carried by loops, with element shapes that only the first write tells, and outside its bounds.
#include "same.h"
#include "sources.h"

using tenon::Tensor;
using tenon::TensorArray;

namespace {

TEST(TensorArray, CollectsWhatIterationsCompute) {
  auto f = [](Tensor x, Tensor n) {
    TensorArray squares(tenon::f32, 3);
    $for(i, n) { squares.write(i, x * x + i); };
    return tenon::sum(squares.stack(), 0);
  };
  same(f, {4 + 5 + 6, 9 + 10 + 11}, Tensor{2., 3.}, Tensor(3));
  const std::string ir = tenon::function(f).mlir(Tensor{2., 3.}, Tensor(3));
  EXPECT_NE(ir.find("tenon.splat"), std::string::npos) << ir;
  EXPECT_NE(ir.find("tenon.insert"), std::string::npos) << ir;
  EXPECT_NE(ir.find("-> tensor<3x2xf32>"), std::string::npos) << ir;
}

TEST(TensorArray, ElementsThatAreNotWrittenAreZero) {
  auto f = [](Tensor n) {
    TensorArray a(tenon::i64, 5);
    $for(i, n) {
      $if(i % 2 == 1) { a.write(i, i * 10); };
    };
    return std::make_pair(a.stack(), a.read(1) + a.read(2) + a.size());
  };
  same(f, {0, 10, 0, 30, 0, 15}, Tensor(4));
}

TEST(TensorArray, ReadsWhatItWrote) {
  auto f = [](Tensor n) {
    TensorArray fibonacci(tenon::i64, 8, {});
    fibonacci.write(1, 1);
    $for(i, n) { fibonacci.write(i + 2, fibonacci.read(i) + fibonacci.read(i + 1)); };
    return fibonacci.read(n) * 100 + fibonacci.read(n + 1);
  };
  same(f, {813}, Tensor(6));
}

TEST(TensorArray, ACopyIsAnotherArray) {
  auto f = [](Tensor x) {
    TensorArray a(tenon::f32, 2);
    a.write(0, x);
    TensorArray b = a;
    $for(i, 2) { b.write(i, x + 1 + i); };
    return std::make_pair(a.stack(), b.stack());
  };
  same(f, {5, 0, 6, 7}, Tensor(5.0));
}

TEST(TensorArray, OpenElementShapesComeFromTheFirstWrite) {
  auto body = [](Tensor x) { // [time, batch, 2]
    TensorArray sums(tenon::f32, x.dim(0));
    Tensor state = tenon::zeros({x.dim(1), 2});
    $for(t, x.dim(0)) {
      state = state + x[t];
      sums.write(t, state * 2);
    };
    return sums.stack();
  };
  auto f = tenon::function(body, {tenon::spec<float>("time", "batch", 2)}, {.trace_budget = 1});
  for (auto [time, batch] : {std::pair{1, 1}, {3, 2}, {5, 4}}) {
    const Tensor x = tenon::uniform({time, batch, 2}, time);
    EXPECT_TRUE(tenon::array_equal(f(x), body(x)));
  }
  EXPECT_EQ(f.mlir(tenon::ones({1, 1, 2})).find("tenon.assert"), std::string::npos); // the sizes are proved equal
}

TEST(TensorArray, AsksForTheElementShapeWhereItIsKnownTooLate) {
  auto f = tenon::function([](Tensor n) {
    TensorArray parts(tenon::f32, 4);
    $for(i, n) { parts.write(i, tenon::ones({i})); };
    return tenon::sum(parts.stack());
  });
  const std::string line = std::to_string(__LINE__ - 3), made = std::to_string(__LINE__ - 4);
  EXPECT_ERROR(
      f.mlir(Tensor(2)),
      "TensorArray: the first element that is written is f32[?], and dimension 0 is known only after the array "
      "has been made at tensor_array_test.cpp:" +
          made + " (tensor_array_test.cpp:" + line + ")\n  " + made +
          " | TensorArray parts(tenon::f32, 4);\n  remedy: give the shape of the elements: TensorArray(dtype, "
          "n, {x.dim(0), 8})");
}

TEST(TensorArray, GrowsEagerly) {
  TensorArray a(tenon::f32);
  for (int i = 0; i < 3; ++i) a.write(i, 1.5 * i);
  EXPECT_EQ(a.stack().to_string(), "[0.  1.5 3. ]");
  EXPECT_EQ(a.size().item<int>(), 3);
}

TEST(TensorArray, RefusesWhatDoesNotFit) {
  auto writes = [](Tensor x, Tensor i) {
    TensorArray a(tenon::f32, 3);
    a.write(i, x);
    return a.stack();
  };
  EXPECT_ERROR(writes(Tensor(1.0), Tensor(3)), "TensorArray: index 3 is outside [0, 3) (tensor_array_test.cpp:");
  EXPECT_ERROR(writes(Tensor(1.0), Tensor(-1)), "TensorArray: index -1 is outside [0, 3) (tensor_array_test.cpp:");
  EXPECT_ERROR(tenon::function(writes)(Tensor(1.0), Tensor(3)), "outside dimension 0 of size 3");
  EXPECT_ERROR(tenon::function(writes)(Tensor(1.0), Tensor(-1)), "outside dimension 0 of size 3");
  EXPECT_ERROR(writes(Tensor(1), Tensor(0)), "TensorArray: the element is i64[], but the array holds f32");
  EXPECT_ERROR(tenon::function(writes).mlir(Tensor(1), Tensor(0)),
               "TensorArray: the element is i64[], but the array holds f32");
  auto differ = [](Tensor x) {
    TensorArray a(tenon::f32, 3);
    a.write(0, x);
    a.write(1, x[0]);
    return a.stack();
  };
  EXPECT_ERROR(differ(Tensor{1., 2.}), "TensorArray: the element is f32[], but those before are f32[2]");
  EXPECT_ERROR(tenon::function(differ).mlir(Tensor{1., 2.}),
               "TensorArray: the element is f32[], but those before are f32[2]");
  EXPECT_ERROR(TensorArray(tenon::f32, 2).stack(), "TensorArray: no element has been written");
  EXPECT_ERROR(TensorArray(tenon::f32, -2), "TensorArray: a size cannot be negative, but got -2");
  TensorArray outside(tenon::f32, 2);
  auto leaks = tenon::function([&](Tensor x) {
    outside.write(0, x);
    return x;
  });
  EXPECT_ERROR(leaks.mlir(Tensor(1.0)), "TensorArray: the array that is written lives outside the traced function");
}

} // namespace
