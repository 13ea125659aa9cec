// tenon::function: what is traced again and why, structures, captures, variables; the same bits as eagerly.
#include "expect_error.h"
#include <tenon/tenon.h>

#include <map>
#include <thread>

using tenon::Tensor;

namespace {

TEST(Function, RunsWithTheBitsOfEagerCode) {
  const auto body = [](Tensor x, Tensor w) { return tenon::tanh(tenon::matmul(x, w) + 0.1) * tenon::exp(x[0][0]); };
  auto f = tenon::function(body);
  const Tensor x = tenon::uniform({5, 7}, 1), w = tenon::uniform({7, 3}, 2);
  EXPECT_TRUE(tenon::array_equal(f(x, w), body(x, w)));
  EXPECT_TRUE(tenon::array_equal(f(x, w), body(x, w)));
  EXPECT_EQ(f.trace_count(), 1u);
}

TEST(Function, RetracesWhenTheDtypeChanges) {
  auto f = tenon::function([](Tensor x) { return x + 1; });
  EXPECT_EQ(f(Tensor{1.5, 2.5}).to_string(), "[2.5 3.5]");
  EXPECT_EQ(f(Tensor{1, 2}).to_string(), "[2 3]");
  EXPECT_EQ(f(Tensor{3.5, 4.5}).to_string(), "[4.5 5.5]");
  EXPECT_EQ(f.trace_count(), 2u);
  EXPECT_EQ(f.explain_retraces(), "function: trace 2: argument 0 was f32[2], now i64[2]");
}

struct Options {
  Tensor scale;
  int times = 1;
};

TEST(Function, SaysWhichFieldChanged) {
  auto f = tenon::function([](Tensor x, Options o) { return x * o.scale * o.times; }, {.name = "scaled"});
  EXPECT_EQ(f(2, Options{3, 4}).item<int>(), 24);
  EXPECT_EQ(f(5, Options{3, 4}).item<int>(), 60);
  EXPECT_EQ(f(2, Options{3, 5}).item<int>(), 30);
  EXPECT_EQ(f(2, Options{3.0, 5}).item(), 30.0f);
  EXPECT_EQ(f.trace_count(), 3u);
  EXPECT_EQ(f.explain_retraces(),
            "scaled: trace 2: argument 1.times was 4, now 5\nscaled: trace 3: argument 1.scale was i64[], now f32[]");
}

TEST(Function, HasABudget) {
  auto f = tenon::function([](Tensor x) { return x; }, {.name = "f", .trace_budget = 2});
  f(tenon::ones({1}));
  f(tenon::ones({2}));
  EXPECT_ERROR(f(tenon::ones({3})), "f: traced more often than its budget of 2: argument 0 was f32[1], now f32[3]");
  EXPECT_NO_THROW(f(tenon::ones({2})));
}

TEST(Function, OpenDimensionsNeedNoRetrace) {
  auto f = tenon::function([](Tensor x, Tensor y) { return tenon::sum(x, 1) + y; },
                           {tenon::arg("x", tenon::spec<float>("batch", 3)), tenon::spec<float>("batch")},
                           {.trace_budget = 1});
  for (int n : {1, 4, 0, 17})
    EXPECT_EQ(f(tenon::ones({n, 3}), tenon::ones({n})).to_string(), tenon::full({n}, 4.0).to_string());
  EXPECT_ERROR(f(tenon::ones({2, 3}), tenon::ones({5})),
               "function: dimension 'batch' is 2, but 5 in argument 1, f32[5] (function_test.cpp:");
  EXPECT_ERROR(f(tenon::ones({2, 4}), tenon::ones({2})), "argument 'x' is specified as f32[batch,3], but got f32[2,4]");
}

TEST(Function, TakesAndReturnsStructures) {
  struct Pair {
    Tensor sum, difference;
  };
  auto f = tenon::function([](const std::vector<Tensor> &v, std::map<std::string, Tensor> m) {
    return std::tuple<Pair, std::map<std::string, Tensor>, int>{{v[0] + v[1], v[0] - v[1]}, {{"a", m.at("a") * 10}}, 7};
  });
  auto [pair, map, number] = f(std::vector<Tensor>{5, 3}, std::map<std::string, Tensor>{{"a", 4}});
  auto [pair2, map2, number2] = f(std::vector<Tensor>{6, 3}, std::map<std::string, Tensor>{{"a", 5}});
  EXPECT_EQ(pair.sum.item<int>(), 8);
  EXPECT_EQ(pair.difference.item<int>(), 2);
  EXPECT_EQ(map["a"].item<int>(), 40);
  EXPECT_EQ(number, 7);
  EXPECT_EQ(pair2.sum.item<int>(), 9);
  EXPECT_EQ(map2["a"].item<int>(), 50);
  f(std::vector<Tensor>{5, 3, 1}, std::map<std::string, Tensor>{{"a", 4}});
  EXPECT_EQ(f.trace_count(), 2u);
  EXPECT_EQ(f.explain_retraces(),
            "function: trace 2: argument 0 was 2 elements, now 3 elements; argument 0[2] is new: i64[]");
}

TEST(Function, ReadsCapturedTensorsWhenItIsCalled) {
  Tensor scale = 2;
  auto f = tenon::function([&](Tensor x) { return x * scale; });
  EXPECT_EQ(f(5).item<int>(), 10);
  scale = 3;
  EXPECT_EQ(f(5).item<int>(), 15);
  scale += 1;
  EXPECT_EQ(f(5).item<int>(), 20);
  EXPECT_EQ(f.trace_count(), 1u);
  scale = 0.5;
  EXPECT_EQ(f(5).item(), 2.5f);
  EXPECT_EQ(f.explain_retraces(), "function: trace 2: a captured Tensor was i64[], now f32[]");
}

TEST(Function, KeepsWhatItCapturedByValue) {
  auto make = [](int n) {
    Tensor w = tenon::full({2}, n);
    return tenon::function([w](Tensor x) { return x + w; });
  };
  auto f = make(1), g = make(10);
  EXPECT_EQ(f(Tensor{1, 2}).to_string(), "[2 3]");
  EXPECT_EQ(g(Tensor{1, 2}).to_string(), "[11 12]");
  auto h = f;
  EXPECT_EQ(h(Tensor{1, 2}).to_string(), "[2 3]");
}

TEST(Function, AssignsVariables) {
  tenon::Variable count(Tensor(0), "count");
  auto step = tenon::function([&](Tensor x) {
    count.assign_add(x);
    return count * 10;
  });
  EXPECT_EQ(step(1).item<int>(), 10);
  Tensor before = count;
  EXPECT_EQ(step(2).item<int>(), 30);
  EXPECT_EQ(before.item<int>(), 1); // a value read earlier stays
  EXPECT_EQ(count.value().item<int>(), 3);
  count.assign(100);
  EXPECT_EQ(step(1).item<int>(), 1010);
  EXPECT_ERROR(count.assign(1.5 * Tensor(1)), "assign: f32[] to a Variable of i64[] (function_test.cpp:");
}

TEST(Function, ReadsAVariableForNothing) {
  tenon::Variable first(Tensor(2.0)), second(Tensor(3.0));
  auto f = tenon::function([&](Tensor x) {
    Tensor unused = first.value();
    second.assign_add(x);
    return x + 1;
  });
  EXPECT_EQ(f(1.0).item(), 2.0f);
  EXPECT_EQ(first.value().item(), 2.0f);
  EXPECT_EQ(second.value().item(), 4.0f);
}

TEST(Function, LivesAsLongAsItsVariableIsNeeded) {
  auto make = [] {
    tenon::Variable v(Tensor(1));
    return tenon::function([v](Tensor x) {
      v.assign_add(x);
      return v.value();
    });
  };
  auto f = make();
  EXPECT_EQ(f(1).item<int>(), 2);
  EXPECT_EQ(f(1).item<int>(), 3);
}

TEST(Function, BecomesPartOfAnother) {
  auto inner = tenon::function([](Tensor x) { return x * x; });
  auto outer = tenon::function([&](Tensor x) { return inner(x) + inner(x + 1); });
  EXPECT_EQ(outer(3).item<int>(), 25);
  EXPECT_EQ(inner.trace_count(), 0u);
}

TEST(Function, ReturnsTheErrorOfItsBody) {
  auto f = tenon::function([](Tensor x) {
    tenon::check(x > 0, "x has to be positive");
    return tenon::sqrt(x);
  });
  EXPECT_EQ(f(4.0).item(), 2.0f);
  EXPECT_ERROR(f(-1.0), "x has to be positive");
  EXPECT_EQ(f(9.0).item(), 3.0f);
}

TEST(Function, IsCalledFromManyThreads) {
  auto f = tenon::function([](Tensor x) { return tenon::sum(x * 2); });
  std::vector<std::thread> threads;
  std::atomic<int> wrong{0};
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 200; ++i)
        if (f(tenon::ones({8 + t % 2})).item<int>() != 2 * (8 + t % 2))
          ++wrong;
    });
  for (std::thread &t : threads) t.join();
  EXPECT_EQ(wrong, 0);
}

} // namespace

TEST(Function, MakesTensorsFromBracesWhileTracing) {
  auto f = tenon::function([](const Tensor &x) {
    const Tensor weights{{1.0, 2.0}, {3.0, 4.0}};
    return x * weights + Tensor{10.0, 20.0};
  });
  EXPECT_EQ(f(Tensor{2.0, 3.0}).to_string(), "[[12. 26.]\n [16. 32.]]");
}
