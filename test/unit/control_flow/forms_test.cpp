// Lambda forms, structures in regions, effects in program order.
#include "same.h"

#include <optional>

using tenon::Tensor;

namespace {

TEST(LambdaForms, CondRunsOneBranch) {
  auto f = [](Tensor x) {
    return tenon::cond(x > 3, [&] { return std::make_pair(x * 2, x); }, [&] { return std::make_pair(x - 1, x + 1); });
  };
  same(f, {10, 5}, Tensor(5));
  same(f, {1, 3}, Tensor(2));
}

TEST(LambdaForms, WhileLoopOnAState) {
  auto f = [](Tensor n) {
    auto [i, sum] = tenon::while_loop(
        std::tuple{Tensor(0), Tensor(0)}, [&](Tensor i, Tensor) { return i < n; },
        [](Tensor i, Tensor sum) { return std::tuple{i + 1, sum + i}; });
    Tensor k = 0;
    tenon::while_loop([&] { return k * k < sum; }, [&] { k += 1; });
    return k * 100 + tenon::while_loop(k, [](Tensor x) { return x > 3; }, [](Tensor x) { return x / 2; });
  };
  same(f, {703}, Tensor(10)); // 0 + ... + 9 = 45, k = 7, 7 / 2 = 3
  same(f, {0}, Tensor(0));
}

TEST(LambdaForms, ForRange) {
  auto f = [](Tensor n) {
    Tensor s = 0;
    tenon::for_range(n, [&](Tensor i) { s += i * i; });
    return s * 100 + tenon::for_range(tenon::range(1, n, 2), Tensor(1), [](Tensor i, Tensor x) { return x * i; });
  };
  same(f, {3003}, Tensor(5)); // 0 + 1 + 4 + 9 + 16; 1 * 3
}

TEST(LambdaForms, CaseOf) {
  auto f = [](Tensor i, Tensor x) {
    return tenon::case_of(i, [&] { return x + 1; }, [&] { return x * 10; }, [&] { return -x; });
  };
  for (auto [i, y] : {std::pair{0, 8}, {1, 70}, {2, -7}, {9, -7}, {-1, -7}}) same(f, {double(y)}, Tensor(i), Tensor(7));
}

TEST(LambdaForms, AndThenOrElseAreLazy) {
  auto f = [](Tensor v, Tensor i) {
    const Tensor inside = tenon::and_then(i < 3, [&] { return v[i] > 1; });
    const Tensor outside = tenon::or_else(i >= 3, [&] { return v[i] > 1; });
    return tenon::cast(inside, tenon::i64) * 10 + tenon::cast(outside, tenon::i64);
  };
  for (auto [i, y] : {std::pair{0, 0}, {1, 11}, {3, 1}, {100, 1}}) same(f, {double(y)}, Tensor{1., 2., 3.}, Tensor(i));
}

struct Layer {
  Tensor w, b;
  std::map<std::string, Tensor> stats;
  Tensor call(Tensor x, Tensor n) {
    $for(i, n) {
      $if(i > 1) {
        b += 1;
        stats["k"] = stats["k"] + x;
      };
      x = x * w + b;
    };
    return x + stats["k"];
  }
};

TEST(Structures, MembersThroughThis) {
  auto f = [](Tensor x, Tensor n) {
    Layer layer{2.0, 1.0, {{"k", Tensor(0.0)}}};
    return layer.call(x, n);
  };
  float x = 3, b = 1, k = 0;
  for (int i = 0; i < 4; ++i) {
    if (i > 1) {
      b += 1;
      k += x;
    }
    x = x * 2 + b;
  }
  same(f, {double(x + k)}, Tensor(3.0), Tensor(4));
}

TEST(Structures, SwapsTiesReferencesAndOptionals) {
  auto f = [](Tensor x, Tensor n) {
    Tensor y = x;
    y = y + 1;
    std::vector<Tensor> v{x, y, x + y};
    std::optional<Tensor> o = x;
    Tensor &r = y;
    Tensor *p = &x;
    $for(i, n) {
      std::swap(v[1], v[2]);
      std::tie(x, y) = std::make_tuple(y, x);
      auto copies = v;
      copies[0] = 1000;
      $if(x > y) { v[2] += x; }
      $elif(i == 1) { v[2] -= y; };
      r = r + 1;
      *p = *p * 2;
      *o = *o + v[1];
    };
    return std::make_tuple(x, y, v, o);
  };
  long x = 2, y = 3, o = 2;
  std::array<long, 3> v{2, 3, 5};
  for (long i = 0; i < 5; ++i) {
    std::swap(v[1], v[2]);
    std::swap(x, y);
    if (x > y)
      v[2] += x;
    else if (i == 1)
      v[2] -= y;
    y = y + 1;
    x = x * 2;
    o = o + v[1];
  }
  same(f, {double(x), double(y), double(v[0]), double(v[1]), double(v[2]), double(o)}, Tensor(2), Tensor(5));
}

struct Found {
  Tensor sum, left;
};
Found find(Tensor v, Tensor limit) {
  $body(Found) {
    Found s{0.0, 0.0};
    $for(x, v) {
      s.sum += x;
      $if(s.sum > limit) { $return({s.sum, 1.0}); };
      s.left -= 1;
    };
    return s;
  };
}

TEST(Structures, AHelperReturnsEarlyFromTheCallersLoop) {
  auto f = [](Tensor v, Tensor limit) {
    Tensor acc = 0.0;
    $for(i, 3) {
      const Found s = find(v, limit * i);
      acc += s.sum * 10 + s.left;
      $if(acc > 90) { $break; };
    };
    return acc;
  };
  auto number = [](std::vector<float> v, float limit) {
    float acc = 0;
    for (int i = 0; i < 3; ++i) {
      float sum = 0, left = 0;
      bool found = false;
      for (float x : v) {
        sum += x;
        if (sum > limit * float(i)) {
          left = 1;
          found = true;
          break;
        }
        left -= 1;
      }
      (void)found;
      acc += sum * 10 + left;
      if (acc > 90)
        break;
    }
    return acc;
  };
  for (float limit : {2.5f, 100.f, 0.f})
    same(f, {double(number({1, 2, 3, 4}, limit))}, Tensor{1., 2., 3., 4.}, Tensor(limit));
}

TEST(Effects, VariablesAreReadAndAssignedInOrder) {
  tenon::Variable count(Tensor(0), "count");
  auto f = [&](Tensor n) {
    Tensor seen = 0;
    $for(i, n) {
      $if(i % 2 == 0) { count.assign_add(i); };
      seen = seen * 10 + count.value();
      $if(count.value() > 5) { $break; };
    };
    return seen;
  };
  const std::vector<double> eager = numbers(f(Tensor(8)));
  const int after = count.value().item<int>();
  EXPECT_EQ(eager, (std::vector<double>{226})) << "0 0 2 2 6";
  EXPECT_EQ(after, 6);
  count.assign(0);
  auto traced = tenon::function(f);
  EXPECT_EQ(numbers(traced(Tensor(8))), eager);
  EXPECT_EQ(count.value().item<int>(), after);
}

TEST(Effects, RandomDrawsMoveTheStreamAsEagerly) {
  auto run = [](bool trace) {
    tenon::Generator generator(7);
    auto f = [&](Tensor n) {
      Tensor s = 0.0;
      $for(i, n) {
        $if(i != 1) { s = s * 2 + tenon::uniform({}, generator); };
      };
      return s;
    };
    std::vector<double> all = trace ? numbers(tenon::function(f)(Tensor(4))) : numbers(f(Tensor(4)));
    all.push_back(generator.state().value()[1].item<double>());
    return all;
  };
  EXPECT_EQ(run(true), run(false));
}

TEST(Effects, PrintsAndChecksComeInProgramOrder) {
  auto f = [](Tensor n) {
    $for(i, n) {
      $if(i == 2) { $continue; };
      tenon::print("i = {}", {i});
      tenon::check(i < 3, "i is below 3");
    };
    return n;
  };
  for (bool trace : {false, true}) {
    testing::internal::CaptureStdout();
    auto traced = tenon::function(f);
    const std::string message = message_of([&] { trace ? traced(Tensor(6)) : f(Tensor(6)); });
    std::fflush(stdout);
    EXPECT_EQ(testing::internal::GetCapturedStdout(), "i = 0\ni = 1\ni = 3\n") << trace;
    EXPECT_NE(message.find("i is below 3"), std::string::npos) << message;
  }
}

// Everything in everything, three deep.
TEST(Nesting, EveryStatementInEveryOther) {
  auto f = [](Tensor x) -> Tensor {
    $body(Tensor) {
      Tensor k = 0;
      $for(i, 4) {
        $if(i == 2) {
          Tensor t = x;
          $while(t > 0) {
            t -= 3;
            $if(t == 1) { $break; };
            $unroll(j, 2) {
              k += j;
              $if(k > 40) { $return(k * 1000); };
            };
          };
          $loop {
            t += 1;
            $if(t % 4 == 0) { $break; };
            $for(j, t % 3 + 3) { k += j; };
          };
        }
        $else {
          $for(j, i) {
            $if(j == 1) { $continue; };
            $while(k < i * 5) { k += 2; };
          };
        };
      };
      return k;
    };
  };
  auto number = [](long x) -> long {
    long k = 0;
    for (long i = 0; i < 4; ++i) {
      if (i == 2) {
        long t = x;
        while (t > 0) {
          t -= 3;
          if (t == 1)
            break;
          for (int j = 0; j < 2; ++j) {
            k += j;
            if (k > 40)
              return k * 1000;
          }
        }
        while (true) {
          t += 1;
          if (t % 4 == 0)
            break;
          for (long j = 0; j < t % 3 + 3; ++j) k += j;
        }
      } else {
        for (long j = 0; j < i; ++j) {
          if (j == 1)
            continue;
          while (k < i * 5) k += 2;
        }
      }
    }
    return k;
  };
  for (long x : {0, 1, 4, 9, 100, 500}) same(f, {double(number(x))}, Tensor(x));
}

} // namespace
