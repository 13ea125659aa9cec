// Arrays that grow: in the host's memory, which lists are, and up to a capacity, in the workspace.
#include "same.h"
#include "sources.h"

using tenon::Tensor;
using tenon::TensorArray;

namespace {

TEST(GrowingArray, IsAppendedToAndRead) {
  auto odd = [](Tensor n) {
    TensorArray squares(tenon::i64);
    $for(i, n) {
      $if(i % 2 == 1) { squares.append(i * i); };
    };
    return squares.size() * 1000 + squares.read(squares.size() - 1);
  };
  same(odd, {3025}, Tensor(6));
  same(odd, {500000 + 999 * 999}, Tensor(1000)); // chunk after chunk
  auto fibonacci = [](Tensor n) {
    TensorArray f(tenon::i64);
    f.append(0);
    f.append(1);
    $while(f.size() <= n) { f.append(f.read(f.size() - 1) + f.read(f.size() - 2)); };
    return f.read(n);
  };
  same(fibonacci, {12586269025}, Tensor(50));
  EXPECT_NE(tenon::function(fibonacci).mlir(Tensor(3)).find("!tenon.list<tensor<i64>>"), std::string::npos);
}

TEST(GrowingArray, HoldsTensorsOfOpenSizes) {
  auto powers = [](Tensor x, Tensor n) { // the last two of x, x * x, ..., from one list
    TensorArray all(tenon::f32);
    Tensor y = x;
    $for(i, n) {
      all.append(y);
      y = y * x;
    };
    return all.read(n - 1) + all.read(n - 2);
  };
  auto f = tenon::function(powers, {tenon::spec<float>("n", 2), tenon::spec<std::int64_t>()}, {.trace_budget = 1});
  for (int rows : {1, 3, 40}) {
    const Tensor x = tenon::uniform({rows, 2}, rows);
    EXPECT_TRUE(tenon::array_equal(f(x, Tensor(7)), powers(x, Tensor(7))));
  }
}

// One that is made in a loop begins anew; one that leaves the loop is another each time.
TEST(GrowingArray, IsMadeInLoops) {
  auto inside = [](Tensor n) {
    Tensor sum = 0;
    $for(i, n) {
      TensorArray a(tenon::i64);
      $for(j, i + 1) { a.append(i * 10 + j); };
      sum = sum * 3 + a.size() + a.read(i / 2);
    };
    return sum;
  };
  agree(inside, Tensor(5));
}

TEST(GrowingArray, OfACapacityIsStacked) {
  auto positive = [](Tensor x) {
    TensorArray kept(tenon::f32, {.capacity = x.dim(0)});
    $for(i, x.dim(0)) {
      $if(x[i] > 0) { kept.append(x[i] * 2); };
    };
    const Tensor all = kept.stack();
    return std::make_pair(tenon::sum(all * all), kept.size());
  };
  same(positive, {4 + 16 + 36, 3}, Tensor{1., -1., 2., -5., 3.});
  auto f = tenon::function(positive, {tenon::spec<float>("n")}, {.trace_budget = 1});
  for (int n : {1, 10, 40}) {
    const Tensor x = tenon::uniform({n}, n) - 0.5;
    EXPECT_TRUE(tenon::array_equal(f(x).first, positive(x).first)) << n;
  }
  auto written = [](Tensor i) {
    TensorArray a(tenon::i64, {.capacity = 8});
    a.write(i, 5);
    a.append(7);
    return a.size() * 100 + a.read(i) * 10 + a.read(i + 1);
  };
  same(written, {457}, Tensor(2));
}

TEST(GrowingArray, RefusesWhatItCannotDo) {
  auto stacked = tenon::function([](Tensor x) {
    TensorArray a(tenon::f32);
    a.append(x);
    return tenon::sum(a.stack());
  });
  EXPECT_ERROR(stacked.mlir(Tensor(1.0)),
               "TensorArray: how many elements an array that grows has is known only when the "
               "function runs, and so is the memory that stack() needs (growing_array_test.cpp:");
  EXPECT_ERROR(stacked.mlir(Tensor(1.0)),
               "remedy: say how many there are at most: TensorArray(dtype, {.capacity = n})");
  auto written = tenon::function([](Tensor x) {
    TensorArray a(tenon::f32);
    a.write(0, x);
    return a.read(0);
  });
  EXPECT_ERROR(written.mlir(Tensor(1.0)),
               "an array that grows without a capacity is only appended to while it is traced");
  EXPECT_ERROR(TensorArray(tenon::f32, 2).append(1.0), "TensorArray: an array that has a size cannot be appended to");
  EXPECT_ERROR(TensorArray(tenon::f32, {.capacity = -1}), "TensorArray: a capacity cannot be negative, but got -1");
  auto differ = [](Tensor x) {
    TensorArray a(tenon::f32);
    a.append(x);
    a.append(x[0]);
    return a.read(0);
  };
  EXPECT_ERROR(differ(Tensor{1., 2.}), "TensorArray: the element is f32[], but those before are f32[2]");
  EXPECT_ERROR(tenon::function(differ).mlir(Tensor{1., 2.}),
               "TensorArray: the element is f32[], but those before are f32[2]");
  auto full = [](Tensor n) {
    TensorArray a(tenon::i64, {.capacity = 3});
    $for(i, n) { a.append(i); };
    return tenon::sum(a.stack());
  };
  same(full, {3}, Tensor(3));
  EXPECT_ERROR(full(Tensor(4)), "TensorArray: index 3 is outside [0, 3)");
  EXPECT_ERROR(tenon::function(full)(Tensor(4)), "TensorArray: more elements than its capacity");
}

TEST(GrowingArray, ChecksIndices) {
  auto list = [](Tensor i) {
    TensorArray a(tenon::i64);
    a.append(5);
    a.append(6);
    return a.read(i);
  };
  auto bounded = [](Tensor i) {
    TensorArray a(tenon::i64, {.capacity = 8});
    a.append(5);
    a.append(6);
    return a.read(i);
  };
  same(list, {6}, Tensor(1));
  same(bounded, {6}, Tensor(1));
  for (int i : {-1, 2}) {
    EXPECT_ERROR(list(Tensor(i)), "is outside [0, 2)");
    EXPECT_ERROR(tenon::function(list)(Tensor(i)), "list: index " + std::to_string(i) + " is outside [0, 2)");
    EXPECT_ERROR(bounded(Tensor(i)), "is outside [0, 2)");
    EXPECT_ERROR(tenon::function(bounded)(Tensor(i)), "TensorArray: the index is outside of the array");
  }
}

} // namespace
