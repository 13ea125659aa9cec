// Paths that leave: what they hand out, and what their variables hold that nobody reads any more.
#include "same.h"
#include "sources.h"

using tenon::Tensor;

namespace {

std::string line(int number) { return "(leaving_test.cpp:" + std::to_string(number) + ")"; }

TEST(Leaving, AVectorOfTensorsIsReturnedFromABranch) {
  auto f = [](Tensor x) {
    $body(std::vector<Tensor>) {
      $if(x < 0) { $return(std::vector<Tensor>{-x, x, x * x}); };
      $for(i, 3) {
        $if(i * x > 4) { $return(std::vector<Tensor>{x, x + 1, tenon::cast(i, tenon::f32)}); };
      };
      std::vector<Tensor> all;
      for (int k = 0; k < 3; ++k) all.push_back(x + k);
      return all;
    };
  };
  same(f, {2, -2, 4}, Tensor(-2.0));
  same(f, {3, 4, 2}, Tensor(3.0));
  same(f, {1, 2, 3}, Tensor(1.0));
}

struct Parts {
  std::vector<Tensor> parts;
  Tensor sum;
};

TEST(Leaving, AVectorInAStructIsAResultToo) {
  auto f = [](Tensor x) {
    $body(Parts) {
      $if(tenon::sum(x) > 10) { $return(Parts{{x, x * 2}, tenon::sum(x)}); };
      return Parts{{x + 1, x + 2}, 0.0};
    };
  };
  same(f, {6, 7, 12, 14, 13}, Tensor{6., 7.});
  same(f, {2, 3, 3, 4, 0}, Tensor{1., 2.});
}

TEST(Leaving, AVectorIsWhatACondGives) {
  auto f = [](Tensor x) {
    std::vector<Tensor> y =
        tenon::cond(x > 0, [&] { return std::vector<Tensor>{x, x * 2}; }, [&] { return std::vector<Tensor>{-x, -x}; });
    return y[0] + y[1];
  };
  same(f, {9}, Tensor(3.0));
  same(f, {6}, Tensor(-3.0));
}

TEST(Leaving, PathsGiveAsManyTensors) {
  auto returns = [](Tensor x) {
    $body(std::vector<Tensor>) {
      $if(x < 0) { $return(std::vector<Tensor>{x, x}); };
      return std::vector<Tensor>{x};
    };
  };
  const int where = __LINE__ - 5;
  EXPECT_ERROR(tenon::function(returns).mlir(Tensor(1.0)),
               "return: this path gives another number of Tensors than those before it " + line(where) +
                   "\n  remedy: give as many on every path: a std::vector of one size");
  EXPECT_EQ(returns(Tensor(1.0)).size(), 1u); // eagerly each path is its own
  auto longer = [](Tensor x) {
    return tenon::cond(x > 0, [&] { return std::vector<Tensor>{x}; }, [&] { return std::vector<Tensor>{x, x}; });
  };
  EXPECT_ERROR(tenon::function(longer).mlir(Tensor(1.0)),
               "return: this path gives another number of Tensors than those before it " + line(__LINE__ - 3));
}

TEST(Leaving, AVariableMayTakeAnotherShapeWhereItIsNotReadAgain) {
  auto before = [](Tensor x) {
    $body(Tensor) {
      $if(x[0] < 0) {
        x = tenon::concat({x, x});
        $return(tenon::sum(x));
      };
      return tenon::sum(x) + 100;
    };
  };
  same(before, {-4}, Tensor{-1., -1.});
  same(before, {102}, Tensor{1., 1.});
  auto behind = [](Tensor x) {
    $body(Tensor) {
      $if(x[0] < 0) { $return(tenon::sum(x)); };
      x = tenon::cast(tenon::concat({x, x}), tenon::f64);
      return tenon::cast(tenon::sum(x), tenon::f32);
    };
  };
  same(behind, {-2}, Tensor{-1., -1.});
  same(behind, {4}, Tensor{1., 1.});
  // With open sizes: neither refused nor compared when it runs.
  auto early = tenon::function(before, {tenon::spec<float>("n")});
  EXPECT_EQ(early.mlir(Tensor{1., 1.}).find("tenon.assert"), std::string::npos);
  for (const Tensor &x : {Tensor{-2., 2., 1.}, Tensor{2., 0.}}) EXPECT_EQ(early(x).item(), before(x).item());
  auto open = tenon::function(behind, {tenon::spec<float>("n")});
  EXPECT_EQ(open.mlir(Tensor{1., 1.}).find("tenon.assert"), std::string::npos);
  for (const Tensor &x : {Tensor{1., 2., 3.}, Tensor{-1., 0.}}) EXPECT_EQ(open(x).item(), behind(x).item());
}

TEST(Leaving, InALoopThatReturns) {
  auto f = [](Tensor x) { // [n]
    $body(Tensor) {
      Tensor kept = x;
      $for(i, 4) {
        $if(tenon::sum(kept) > 20) {
          kept = tenon::concat({kept, x});
          $return(tenon::sum(kept));
        };
        kept = kept * 2;
      };
      return tenon::sum(kept);
    };
  };
  auto open = tenon::function(f, {tenon::spec<float>("n")});
  for (const Tensor &x : {Tensor{1., 2.}, Tensor{0.25}, Tensor{4., 5., 6.}}) {
    EXPECT_EQ(open(x).item(), f(x).item());
    EXPECT_EQ(tenon::function(f)(x).item(), f(x).item());
  }
}

TEST(Leaving, AValueThatOnlyPathsWhichReturnedLackIsThereBehindTheLoop) {
  auto f = [](Tensor x) {
    $body(Tensor) {
      Tensor y;
      $loop {
        $unroll(k, 2) {
          $if(x > 100) { $return(-1.0); };
          x = x + k;
        };
        y = x * 10;
        $if(x * x > 10) { $break; };
        x = x * 2;
      };
      return y + 1;
    };
  };
  same(f, {51}, Tensor(1.0));
  same(f, {-1}, Tensor(1000.0));
}

TEST(Leaving, AValueThatIsGivenJustBeforeTheBreak) {
  auto f = [](Tensor x) {
    Tensor y, z;
    $loop {
      z = x + 0.5;
      $if(x * x > 100) {
        y = x * 2;
        $break;
      };
      $if(x < 0) {
        y = x * 3;
        $break;
      };
      $for(i, 2) { x = x + 1; };
    };
    return y + z;
  };
  same(f, {22 + 11.5}, Tensor(1.0));
  same(f, {-3 - 0.5}, Tensor(-1.0));
  // In a function that returns as well, in a loop in a loop, with an open size.
  auto g = [](Tensor x) {
    $body(Tensor) {
      Tensor s = tenon::zeros_like(x);
      $for(i, 3) {
        Tensor y;
        $loop {
          $if(tenon::sum(x) > 1000) { $return(x); };
          x = x * 2;
          $if(tenon::sum(x) > 10) {
            y = x - 5;
            $break;
          };
        };
        s = s + y;
        x = y;
      };
      return s;
    };
  };
  for (const Tensor &x : {Tensor{1., 2.}, Tensor{500., 2.}, Tensor{3.}}) {
    const std::vector<double> expected = numbers(g(x));
    same(g, expected, x);
    EXPECT_EQ(numbers(tenon::function(g, {tenon::spec<float>("n")})(x)), expected);
  }
}

TEST(Leaving, NotEveryBreakGivesIt) {
  auto f = [](Tensor x) {
    Tensor y;
    $loop {
      $if(x > 100) {
        y = x;
        $break;
      };
      $if(x < 0) { $break; };
      x = x * 2;
    };
    return y + 1;
  };
  EXPECT_ERROR(tenon::function(f).mlir(Tensor(1.0)), "may have no value here: it is assigned only in the first branch");
  auto before_it_leaves = [](Tensor x) {
    Tensor y;
    $loop {
      $if(x > 100) {
        y = x;
        $break;
      };
      x = y * 2;
    };
    return y;
  };
  EXPECT_ERROR(tenon::function(before_it_leaves).mlir(Tensor(1.0)), "may have no value here");
  auto loop_may_end = [](Tensor x) {
    Tensor y;
    $while(x > 0) {
      $if(x > 100) {
        y = x;
        $break;
      };
      x = x - 1;
    };
    return y + 1;
  };
  EXPECT_ERROR(tenon::function(loop_may_end).mlir(Tensor(1.0)), "may have no value here");
}

TEST(Leaving, ReadAfterABreakItIsAnError) {
  auto f = [](Tensor x) {
    Tensor y = x;
    $loop {
      $if(tenon::sum(y) > 20) {
        y = tenon::concat({y, y});
        $break;
      };
      y = y * 2;
    };
    return y + 1;
  };
  const int declared = __LINE__ - 10;
  EXPECT_ERROR(tenon::function(f).mlir(Tensor{1., 2.}),
               "add: the Tensor declared at leaving_test.cpp:" + std::to_string(declared) +
                   " may have no value here: it is f32[4] of its own size where a path leaves by the if at "
                   "leaving_test.cpp:" +
                   std::to_string(declared + 2) + " " + line(declared + 8));
}

// What a break hands out is compared when the program runs, where that settles it.
TEST(Leaving, ABreakHandsOutWhatIsCompared) {
  auto body = [](Tensor x, Tensor y) {
    $loop {
      $if(tenon::sum(x) > 20) {
        x = y * 3;
        $break;
      };
      x = x * 2;
    };
    return x;
  };
  auto f = tenon::function(body, {tenon::spec<float>("n"), tenon::spec<float>("m")});
  EXPECT_EQ(f(Tensor{1., 2.}, Tensor{1., 3.}).to_string(), "[3. 9.]");
  EXPECT_ERROR(f(Tensor{1., 2.}, Tensor{1., 3., 4.}), "has another size behind each branch");
}

} // namespace
