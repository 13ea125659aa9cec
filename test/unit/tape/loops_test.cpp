// Gradients through loops whose count only the run knows: in memory of the host, or with a bound in the workspace.
#include "both_modes.h"
#include "expect_error.h"

#include <cstdio>
#include <filesystem>

namespace {

/// sqrt(x) by Newton's method, as often as it takes; no more than `most` times, where that is not 0.
Tensor root(const Tensor &x, std::int64_t most) {
  Tensor y = x;
  $while(abs(y * y - x) > 1e-13 * x) {
    tenon::set_loop_options({.max_iterations = most});
    y = (y + x / y) / 2;
  };
  return y;
}
Tensor derivative(Tensor x, std::int64_t most) {
  GradientTape tape;
  tape.watch(x);
  return tape.gradient(root(x, most), x);
}
std::string object() { return (std::filesystem::temp_directory_path() / "tenon_loops_test.o").string(); }

TEST(TapeLoops, ABoundGivesTheBitsOfNone) {
  for (double value : {2.0, 50.0, 1e4}) {
    const Tensor x(value, tenon::f64);
    for (std::int64_t most : {0, 20}) {
      const Tensor result = in_both_modes(
          [&](const std::vector<Tensor> &xs) { return std::vector<Tensor>{derivative(xs[0], most)}; }, {x})[0];
      EXPECT_NEAR(result.item<double>(), 0.5 / std::sqrt(value), 1e-12) << value << " " << most;
    }
  }
}

TEST(TapeLoops, ALoopThatRunsPastItsBoundEndsTheCall) {
  auto function = tenon::function([](Tensor x) { return derivative(x, 5); }, {.name = "f"});
  EXPECT_NEAR(function(Tensor(1.1, tenon::f64)).item<double>(), 0.5 / std::sqrt(1.1), 1e-12);
  const std::string message = message_of([&] { function(Tensor(1e4, tenon::f64)); });
  EXPECT_NE(message.find("a loop ran past its max_iterations, 5"), std::string::npos) << message;
  EXPECT_NE(message.find("loops_test.cpp:"), std::string::npos) << message;
}

TEST(TapeLoops, WithoutAHeapALoopNeedsABound) {
  tenon::Program bounded("bounded"), unbounded("unbounded");
  bounded.add("slope", [](Tensor x) { return derivative(x, 20); }, {tenon::arg("x", tenon::spec<double>())});
  bounded.write(object(), {.heap = false});
  unbounded.add("slope", [](Tensor x) { return derivative(x, 0); }, {tenon::arg("x", tenon::spec<double>())});
  unbounded.write(object());
  const std::string message = message_of([&] { unbounded.write(object(), {.heap = false}); });
  EXPECT_NE(message.find("while: its gradient keeps values of every iteration, and how many there are is not known "
                         "before it runs; say `max_iterations` (in C++: set_loop_options in its body)"),
            std::string::npos)
      << message;
  EXPECT_NE(message.find("loops_test.cpp:"), std::string::npos) << message;
}

TEST(TapeLoops, WithoutAHeapAnArrayDoesNotGrow) {
  tenon::Program program("grows");
  program.add("total",
              [](Tensor n) {
                tenon::TensorArray squares(tenon::i64);
                $for(i, n) { squares.append(i * i); };
                return squares.size();
              },
              {tenon::arg("n", tenon::spec<std::int64_t>())});
  const std::string message = message_of([&] { program.write(object(), {.heap = false}); });
  EXPECT_NE(message.find("an array that grows needs memory of the host, which is to give none; say how many elements "
                         "it has at most: TensorArray(dtype, {.capacity = n})"),
            std::string::npos)
      << message;
}

TEST(TapeLoops, OptionsBelongToALoop) {
  EXPECT_NE(message_of([] {
              tenon::set_loop_options({.max_iterations = -1});
            }).find("max_iterations is -1, but has to be positive, or 0"),
            std::string::npos);
  auto function = tenon::function([](Tensor x) {
    tenon::set_loop_options({.max_iterations = 3});
    return x;
  });
  const std::string message = message_of([&] { function(Tensor(1.0)); });
  EXPECT_NE(message.find("set_loop_options: no loop is being traced here"), std::string::npos) << message;
  EXPECT_NE(message.find("say it in the body of the loop that it is about"), std::string::npos) << message;
}

} // namespace
