// Gradients of random programs with nested control flow: eagerly and traced, and against the differences of the
// programs on C++ numbers where these are smooth.
//
// TENON_RANDOM_PROGRAM_GRADIENTS says how many programs (40), TENON_RANDOM_INPUTS how many runs of each (5),
// TENON_RANDOM_SEED the first one's seed (100). A failure prints the program, made small.
#include "../random/folder.h"
#include "run.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <gtest/gtest.h>

using namespace tenon::test::programs;
using tenon::test::TemporaryFolder;

namespace {

std::uint64_t number_from(const char *variable, std::uint64_t otherwise) {
  const char *text = std::getenv(variable);
  return text && *text ? std::strtoull(text, nullptr, 10) : otherwise;
}

/// Both modes. Sums may have another order: eagerly a value that goes into a loop and is used in it as well is one
/// source, traced the loop carries a part of its cotangent. The error is a sentence.
std::string check_modes(const std::vector<double> &eager, const std::vector<double> &traced) {
  for (std::size_t i = 0; i < eager.size(); ++i)
    if (!(std::abs(eager[i] - traced[i]) <= 1e-12 * std::max(1.0, std::abs(eager[i]))))
      return "differs: gradient " + std::to_string(i) + " is " + std::to_string(eager[i]) + " eagerly, " +
             std::to_string(traced[i]) + " traced";
  return "";
}

/// Whether the program assigns its variable: no gradient passes through that.
bool assigns(const Block &block) {
  return std::any_of(block.begin(), block.end(), [](const Statement &s) {
    return s.kind == Statement::assign_memory || s.kind == Statement::add_memory || assigns(s.block) ||
           std::any_of(s.arms.begin(), s.arms.end(), [](const Arm &arm) { return assigns(arm.block); });
  });
}

/// Differences in each real, at two steps and on both sides, which agree where the program is smooth.
std::string check_slopes(const Program &program, const Input &input, const std::vector<double> &gradient, int &slopes) {
  for (std::size_t i = 0; i < gradient.size(); ++i) {
    const auto at = [&](double step) {
      Input moved = input;
      *reals(moved)[i] += step;
      const std::optional<Outcome> outcome = run_native(program, moved);
      return outcome ? outcome->result : std::nan("");
    };
    const double middle = at(0), up = (at(1e-5) - middle) / 1e-5, down = (middle - at(-1e-5)) / 1e-5,
                 near = (at(1e-6) - at(-1e-6)) / 2e-6, slope = (up + down) / 2;
    const double scale = std::max({1.0, std::abs(slope), std::abs(gradient[i])});
    if (!(std::abs(up - down) <= 1e-3 * scale && std::abs(slope - near) <= 1e-4 * scale && scale < 1e6))
      continue;
    ++slopes;
    if (!(std::abs(gradient[i] - slope) <= 1e-3 * scale))
      return "slopes: gradient " + std::to_string(i) + " is " + std::to_string(gradient[i]) + ", differences " +
             std::to_string(slope) + " for " + to_string(input);
  }
  return "";
}

std::string check(const Program &program, int &slopes) {
  try {
    std::optional<TracedProgram> traced;
    for (Input input : inputs(program.seed, int(number_from("TENON_RANDOM_INPUTS", 5)))) {
      // Halves are often equal to a number of the program: at a kink of `max`, whose sides may still agree modulo 16.
      double offset = 0;
      for (double *x : reals(input)) *x += offset += 0.013;
      if (!run_native(program, input))
        continue; // it takes too long
      const std::vector<double> eager = gradient_eagerly(program, input);
      if (!traced)
        traced.emplace(program);
      if (std::string error = check_modes(eager, traced->gradient(input)); !error.empty())
        return error;
      if (assigns(program.body))
        continue;
      if (std::string error = check_slopes(program, input, eager, slopes); !error.empty())
        return error;
    }
    return "";
  } catch (const std::exception &error) {
    return std::string("throws: ") + error.what();
  }
}

void run(std::uint64_t first, std::uint64_t count) {
  int slopes = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    const Program program = generate(first + i);
    const std::string error = check(program, slopes);
    if (error.empty())
      continue;
    const std::string kind = error.substr(0, error.find(':'));
    int ignored = 0;
    const Program small =
        reduce(program, [&](const Program &candidate) { return check(candidate, ignored).starts_with(kind); });
    ADD_FAILURE() << "program " << program.seed << " " << error << "\nmade small, it " << check(small, ignored) << "\n"
                  << to_string(small, "program", Syntax::native);
  }
  EXPECT_GT(slopes, int(count)); // there is something to compare
}

TEST(RandomProgramGradients, AreOneInBothModesAndSlopes) {
  run(number_from("TENON_RANDOM_SEED", 100), number_from("TENON_RANDOM_PROGRAM_GRADIENTS", 40));
}

} // namespace

int main(int argc, char **argv) {
  const TemporaryFolder cache; // compiled anew, and nothing is left behind
  setenv("TENON_CACHE_DIR", cache.path().c_str(), 1);
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
