// Runs each function eagerly and traced, and compares both with numbers that plain C++ gives.
#include "programs.h"

#include <cmath>
#include <cstdio>

using tenon::Tensor;

static int failures = 0;

static Tensor together(const Tensor &x) { return x; }
static Tensor together(const std::pair<Tensor, Tensor> &x) { return tenon::stack({x.first, x.second}); }

template <class F, class... Arguments>
static void compare(const char *name, const std::vector<double> &expected, F &f, const Arguments &...arguments) {
  try {
    const Tensor eager = together(f(arguments...));
    auto function = tenon::function(f);
    const Tensor traced = together(function(arguments...));
    const Tensor numbers = tenon::cast(eager, tenon::f64).reshape({-1});
    bool right = bool(tenon::all(eager == traced)) && numbers.size() == std::int64_t(expected.size());
    for (std::size_t i = 0; right && i < expected.size(); ++i)
      right = std::abs(numbers[i].item<double>() - expected[i]) <= 1e-4 * (1 + std::abs(expected[i]));
    failures += !right;
    std::printf("%-20s %s eagerly, %s traced%s\n", name, eager.to_string().c_str(), traced.to_string().c_str(),
                right ? "" : "  <- WRONG");
  } catch (const std::exception &error) {
    ++failures;
    std::printf("%-20s %s\n", name, error.what());
  }
}

int main() {
  compare("collatz", {111}, collatz, Tensor(27));
  const Tensor v{1., 4., 6., 9.};
  compare("find_pair", {201}, find_pair, v, Tensor(10.));
  compare("find_pair", {-2}, find_pair, v, Tensor(11.));
  compare("find_pair", {-1}, find_pair, v, Tensor(-3.));
  compare("newton", {std::sqrt(2.0)}, newton, Tensor(2.));
  compare("conjugate_gradient", {1, -2, 3}, conjugate_gradient, Tensor{{4., 1., 0.}, {1., 3., 1.}, {0., 1., 5.}},
          Tensor{2., -2., 13.});
  compare("power_iteration", {(7 + std::sqrt(5.0)) / 2}, power_iteration, Tensor{{4., 1.}, {1., 3.}});
  const std::vector<double> x{0, 0.5, 2, -1}, y{0, 0.75, 2, 0};
  std::vector<double> steps;
  for (std::size_t i = 0; i < x.size(); ++i) {
    double re = x[i], im = y[i], k = 0;
    for (; k < 50 && re * re + im * im <= 4; ++k) {
      const double next = re * re - im * im + x[i];
      im = 2 * re * im + y[i], re = next;
    }
    steps.push_back(k);
  }
  compare("mandelbrot", steps, mandelbrot, tenon::cast(Tensor::from(x), tenon::f32),
          tenon::cast(Tensor::from(y), tenon::f32));
  compare("two_means", {2, 11}, two_means, Tensor{1., 2., 3., 10., 11., 12.});
  compare("k_means", {1, 1. / 3, 6, 6.5, 9, 0}, k_means,
          Tensor{{0., 0.}, {1., 1.}, {2., 0.}, {6., 6.}, {6., 7.}, {9., 0.}}, Tensor{{0., 0.}, {1., 1.}, {2., 0.}});
  compare("greedy", {321}, greedy, Tensor{{0., 0., 0., 1.}, {1., 0., 0., 0.}, {0., 1., 0., 0.}, {0., 0., 1., 0.}},
          Tensor(0));

  double height = 10, speed = 0;
  int bounces = 0, time = 0;
  while (bounces < 3) {
    speed -= 0.5, height += speed, ++time;
    if (height <= 0) height = -height, speed *= -0.5, ++bounces;
  }
  compare("bounce", {double(time)}, bounce, Tensor(10.));
  int parts = 0, rest = 1;
  for (int i = 1; i <= 15; ++i) {
    int left = i;
    for (int divisor : {2, 3, 5})
      for (; left % divisor == 0; left /= divisor) ++parts;
    rest *= left;
  }
  compare("smooth_parts", {double(parts), double(rest)}, smooth_parts, Tensor(15));
  for (double x : {0.3, 2.0, -2.0})
    compare("chebyshev", {x > 1 ? 1 : x < -1 ? -1 : std::cos(5 * std::acos(x))}, chebyshev, Tensor(x));
  std::printf("%d wrong\n", failures);
  return failures != 0;
}
