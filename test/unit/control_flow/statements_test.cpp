// The statements: what they mean eagerly and traced, compared with the same code on C++ numbers; the IR they become.
#include "programs.h"
#include "same.h"

using tenon::Tensor;

namespace {

#define EXPECT_IR(text, part) EXPECT_NE((text).find(part), std::string::npos) << (text)
#define EXPECT_NO_IR(text, part) EXPECT_EQ((text).find(part), std::string::npos) << (text)

TEST(Statements, WhileCarriesWhatItAssigns) {
  for (auto [n, steps] : {std::pair{1, 0}, {6, 8}, {27, 111}}) same(collatz, {double(steps)}, Tensor(n));
  const std::string ir = tenon::function(collatz).mlir(Tensor(27));
  EXPECT_IR(ir, "tenon.while(%arg0, %0 : tensor<i64>, tensor<i64>) -> tensor<i64>, tensor<i64>");
  EXPECT_IR(ir, "tenon.condition");
  EXPECT_IR(ir, "tenon.if");
}

TEST(Statements, WhatALoopOnlyReadsIsNotCarried) {
  auto f = tenon::function([](Tensor x, Tensor w, Tensor n) {
    $for(i, n) { x = x * w + tenon::cast(i, tenon::f32); };
    return x;
  });
  const std::string ir = f.mlir(Tensor(1.0), Tensor(2.0), Tensor(3));
  EXPECT_IR(ir, "tenon.for %0 to %arg2 step 1(%arg0 : tensor<f32>) -> tensor<f32>");
  EXPECT_IR(ir, "tenon.mul %arg4, %arg1");
  EXPECT_EQ(f(Tensor(1.0), Tensor(2.0), Tensor(3)).item(), ((1 * 2 + 0) * 2 + 1) * 2 + 2.0f);
}

TEST(Statements, AConstantSizeThatALoopReadsIsKnown) {
  auto f = [](Tensor x) {
    Tensor n = x.dim(0), sums = tenon::zeros({n});
    $for(i, 3) {
      $for(j, 2) {
        sums = tenon::full({n}, 1.0, tenon::f32) * x[i];
        $if(x[j] > 2) { sums = tenon::zeros({n}) + x; };
      };
      $if(x[0] > x[1]) { sums = x; }
      $else { sums = sums + tenon::ones({n}); };
    };
    return sums;
  };
  same(f, {3, 3, 3}, Tensor{1., 2., 2.});
  same(f, {4, 2, 3}, Tensor{4., 2., 3.});
}

TEST(Statements, AKnownSizeAndAnOpenOneAreCompared) {
  auto loop = [](Tensor n) {
    Tensor s = tenon::zeros({3});
    $for(i, 2) { s = tenon::ones({n}); };
    return s;
  };
  auto branch = [](Tensor n) {
    Tensor s = tenon::zeros({3});
    $if(n > 1) { s = tenon::ones({n}); };
    return s;
  };
  same(loop, {1, 1, 1}, Tensor(3));
  same(branch, {1, 1, 1}, Tensor(3));
  same(branch, {0, 0, 0}, Tensor(1));
  EXPECT_ERROR(tenon::function(loop)(Tensor(4)), "changed its size in an iteration");
  EXPECT_ERROR(tenon::function(branch)(Tensor(4)), "has another size behind each branch");
}

TEST(Statements, IfElifElse) {
  auto f = [](Tensor x) {
    Tensor y;
    $if(x < 0) { y = -1; }
    $elif(x == 0) { y = 0; }
    $elif(x < 10) { y = x; }
    $else { y = 10; };
    return y;
  };
  for (auto [x, y] : {std::pair{-5, -1}, {0, 0}, {7, 7}, {70, 10}}) same(f, {double(y)}, Tensor(x));
}

TEST(Statements, AConditionThatIsABoolIsDecidedWhileTracing) {
  for (bool fancy : {false, true}) {
    auto f = [fancy](Tensor x) {
      $if(fancy) { x = x * 2; }
      $elif(x > 3) { x = x * 3; };
      return x;
    };
    EXPECT_EQ(tenon::function(f).mlir(Tensor(5)).find("tenon.if") == std::string::npos, fancy);
    same(f, {fancy ? 10.0 : 15.0}, Tensor(5));
  }
}

double nested_number(int n, double limit) {
  double acc = 0;
  for (int i = 0; i < n; ++i) {
    if (i % 3 == 0)
      continue;
    for (int j = 0; j < i; ++j) {
      if (j % 2 == 1)
        continue;
      if (acc > limit)
        break;
      acc += i * 10 + j;
    }
    if (acc > limit) {
      acc = -acc;
      break;
    }
  }
  return acc;
}

TEST(Statements, BreakAndContinueInNestedLoops) {
  auto f = [](Tensor n, Tensor limit) {
    Tensor acc = 0.0;
    $for(i, n) {
      $if(i % 3 == 0) { $continue; };
      $for(j, i) {
        $if(j % 2 == 1) { $continue; };
        $if(acc > limit) { $break; };
        acc += i * 10 + j;
      };
      $if(acc > limit) {
        acc = -acc;
        $break;
      };
    };
    return acc;
  };
  for (auto [n, limit] : {std::pair{7, 50.0}, {0, 1.0}, {9, 1e9}, {20, 300.0}})
    same(f, {nested_number(n, limit)}, Tensor(n), Tensor(limit));
}

TEST(Statements, ReturnLeavesNestedLoops) {
  for (auto [target, found] : {std::pair{10.0, 201.0}, {11.0, -2.0}, {-3.0, -1.0}})
    same(find_pair, {found}, Tensor{1., 4., 6., 9.}, Tensor(target));
}

TEST(Statements, LoopIsLeftByBreak) {
  auto f = [](Tensor x, Tensor y) {
    Tensor k = 0, last;
    $loop {
      x = x * 2;
      last = x + k;
      $if(x > 100) { $break; }
      $elif(x < y) {
        k += 10;
        $continue;
      };
      k += 1;
    };
    return k * 1000 + last; // every way out has assigned `last`
  };
  auto number = [](long x, long y) {
    long k = 0, last;
    while (true) {
      x = x * 2;
      last = x + k;
      if (x > 100)
        break;
      else if (x < y) {
        k += 10;
        continue;
      }
      k += 1;
    }
    return k * 1000 + last;
  };
  for (auto [x, y] : {std::pair{3, 20}, {1, 1}, {200, 1}}) same(f, {double(number(x, y))}, Tensor(x), Tensor(y));
}

TEST(Statements, WhileStepRunsItsStepAfterContinue) {
  auto f = [](Tensor n) {
    Tensor sum = 0, i = 0;
    $while_step(i < n, i += 1) {
      $if(i % 3 == 0) { $continue; };
      $if(sum > 40) { $break; };
      sum += i;
    };
    return sum * 100 + i;
  };
  auto number = [](int n) {
    int sum = 0, i = 0;
    for (; i < n; i += 1) {
      if (i % 3 == 0)
        continue;
      if (sum > 40)
        break;
      sum += i;
    }
    return sum * 100 + i;
  };
  for (int n : {0, 1, 8, 50}) same(f, {double(number(n))}, Tensor(n));
}

TEST(Statements, ForOverRangesAndRows) {
  auto f = [](Tensor x, Tensor lo, Tensor hi) {
    Tensor s = 0.0;
    $for(row, x) { s = s * 2 + tenon::sum(row); };
    $for(i, tenon::range(lo, hi, 3)) { s = s * 2 + i; };
    $for(i, tenon::range(hi, lo, -2)) {
      $if(i == 3) { $continue; };
      $if(i < 2) { $break; };
      s = s * 2 + i;
    };
    return s;
  };
  auto number = [](int lo, int hi) {
    double s = (0.0 * 2 + 3) * 2 + 7;
    for (int i = lo; i < hi; i += 3) s = s * 2 + i;
    for (int i = hi; i > lo; i -= 2) {
      if (i == 3)
        continue;
      if (i < 2)
        break;
      s = s * 2 + i;
    }
    return s;
  };
  for (auto [lo, hi] : {std::pair{0, 7}, {0, 8}, {5, 2}, {-3, 1}})
    same(f, {number(lo, hi)}, Tensor{{1., 2.}, {3., 4.}}, Tensor(lo), Tensor(hi));
}

TEST(Statements, UnrolledLoopsAreLeftByBreaksOnTensors) {
  auto f = [](Tensor x) {
    std::array<Tensor, 4> h{x, x * 2, x * 3, x * 4};
    Tensor n = 0;
    $while(n < 3) {
      $unroll(k, 4) {
        $if(h[k] > 30) {
          h[k] = 0;
          $break;
        };
        $if(h[k] == 5) { $continue; };
        h[k] += n + k;
      };
      n += 1;
    };
    return h[0] + 100 * h[1] + 10000 * h[2] + 1000000 * h[3];
  };
  auto number = [](long x) {
    std::array<long, 4> h{x, x * 2, x * 3, x * 4};
    for (long n = 0; n < 3; ++n)
      for (int k = 0; k < 4; ++k) {
        if (h[k] > 30) {
          h[k] = 0;
          break;
        }
        if (h[k] == 5)
          continue;
        h[k] += n + k;
      }
    return h[0] + 100 * h[1] + 10000 * h[2] + 1000000 * h[3];
  };
  for (int x : {0, 1, 5, 9, 40}) same(f, {double(number(x))}, Tensor(x));
}

TEST(Statements, NativeLoopsAreLeftByBreaksOnTensors) {
  auto f = [](Tensor x) {
    Tensor s = 0;
    $static {
      for (int k = 0; k < 5; ++k) $static_iter {
          $if(x * k > 7) { $break; };
          $if(x == k) { $continue; };
          s = s * 10 + k;
        })) break;
    };
    return s;
  };
  auto number = [](int x) {
    int s = 0;
    for (int k = 0; k < 5; ++k) {
      if (x * k > 7)
        break;
      if (x == k)
        continue;
      s = s * 10 + k;
    }
    return s;
  };
  for (int x : {0, 1, 2, 3, 9}) same(f, {double(number(x))}, Tensor(x));
}

TEST(Statements, HaveNamesWithoutDollarSigns) {
  auto f = [](Tensor x) -> Tensor {
    TENON_BODY(Tensor) {
      TENON_WHILE(x < 100) {
        TENON_IF(x == 50) { TENON_RETURN(-1); }
        TENON_ELIF(x == 51) { TENON_BREAK; }
        TENON_ELSE { x += 1; };
      };
      TENON_FOR(i, 3) {
        TENON_IF(i == 1) { TENON_CONTINUE; };
        x += i;
      };
      TENON_LOOP { TENON_BREAK; };
      TENON_UNROLL(k, 2) { x += k; };
      TENON_WHILE_STEP(x < 60, x += 7){};
      return x;
    };
  };
  same(f, {-1}, Tensor(1));
  same(f, {61}, Tensor(51));
  same(f, {103}, Tensor(100));
}

} // namespace
