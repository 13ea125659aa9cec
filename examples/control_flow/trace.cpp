// Writes the functions as one object file, for any length.
#include "programs.h"

using tenon::arg, tenon::spec;

int main() {
  tenon::Program program("control_flow");
  program.add("collatz", collatz, {arg("n", spec<std::int64_t>())}, {{"steps"}});
  program.add("find_pair", find_pair, {arg("v", spec<float>("n")), arg("target", spec<float>())}, {{"pair"}});
  program.add("newton", newton, {arg("a", spec<float>())}, {{"root"}});
  program.add("conjugate_gradient", conjugate_gradient, {arg("a", spec<float>("n", "n")), arg("b", spec<float>("n"))},
              {{"x"}});
  program.add("power_iteration", power_iteration, {arg("a", spec<float>(2, 2))}, {{"eigenvalue"}});
  program.add("mandelbrot", mandelbrot, {arg("x", spec<float>("n")), arg("y", spec<float>("n"))}, {{"steps"}});
  program.add("two_means", two_means, {arg("points", spec<float>("n"))}, {{"means"}});
  program.add("k_means", k_means, {arg("points", spec<float>("n", "d")), arg("centres", spec<float>("k", "d"))},
              {{"means"}});
  program.add("greedy", greedy, {arg("scores", spec<float>(4, 4)), arg("token", spec<std::int64_t>())}, {{"text"}});
  program.add("bounce", bounce, {arg("height", spec<float>())}, {{"time"}});
  program.add("smooth_parts", smooth_parts, {arg("n", spec<std::int64_t>())}, {{"count", "rest"}});
  program.add("chebyshev", chebyshev, {arg("x", spec<float>())}, {{"y"}});
  program.write("control_flow.o");
}
