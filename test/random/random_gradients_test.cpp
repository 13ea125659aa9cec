// Gradients of random programs have the same bits eagerly and traced, and are the slopes of the programs where these
// are smooth.
//
// TENON_RANDOM_GRADIENTS says how many programs (40), TENON_RANDOM_SEED the first one's seed. A failure prints the
// graph, made small.
#include "generator.h"
#include "paths.h"
#include "reduce.h"

#include <cmath>
#include <cstdlib>
#include <gtest/gtest.h>

using namespace tenon::test;
using tenon::Tensor;

namespace {

constexpr int batch_size = 20;

std::uint64_t number_from(const char *variable, std::uint64_t otherwise) {
  const char *text = std::getenv(variable);
  return text && *text ? std::strtoull(text, nullptr, 10) : otherwise;
}
std::uint64_t graph_count() { return number_from("TENON_RANDOM_GRADIENTS", 40); }

std::vector<Tensor> floating(std::vector<Tensor> xs) {
  std::erase_if(xs, [](const Tensor &x) { return !tenon::is_floating(x.dtype()); });
  return xs;
}

/// The gradients of all that floats among the outputs with respect to all that floats among the inputs; none where
/// there is nothing of one.
std::vector<Tensor> gradients_of(const Graph &graph, std::span<const Tensor> inputs,
                                 std::span<const Tensor> constants) {
  const std::vector<Tensor> sources = floating({inputs.begin(), inputs.end()});
  tenon::GradientTape tape;
  tape.watch(sources);
  const std::vector<Tensor> targets = floating(interpret(graph, inputs, constants));
  if (targets.empty() || sources.empty())
    return {};
  return tape.gradient(targets, sources, {.unconnected_gradients_zero = true});
}

/// Both modes; the error is a sentence. An op without a gradient is an Error in both.
std::string check_modes(const Graph &graph) {
  const std::vector<Tensor> inputs = inputs_of(graph, 0), constants = constants_of(graph);
  std::vector<Tensor> eager, traced;
  std::string refused, also;
  try {
    eager = gradients_of(graph, inputs, constants);
  } catch (const tenon::Error &error) {
    refused = error.what();
  } catch (const std::exception &error) {
    return std::string("eagerly it throws: ") + error.what();
  }
  auto function = tenon::function([&](std::vector<Tensor> xs) { return gradients_of(graph, xs, constants); });
  try {
    if (!graph.all(Op::input).empty())
      traced = function(inputs);
  } catch (const tenon::Error &error) {
    also = error.what();
  } catch (const std::exception &error) {
    return std::string("traced it throws: ") + error.what();
  }
  if (refused.empty() != also.empty())
    return refused.empty() ? "traced only it is refused: " + also : "eagerly only it is refused: " + refused;
  return refused.empty() ? difference(eager, traced) : "";
}

double sum_of(const Graph &graph, std::span<const Tensor> inputs, std::span<const Tensor> constants) {
  double sum = 0;
  for (const Tensor &y : floating(interpret(graph, inputs, constants)))
    for (double element : y.data<double>()) sum += element;
  return sum;
}

/// The slope along a direction, for programs in f64 alone: by the gradient, and by differences at two steps, which
/// agree where the program is smooth. The error is a sentence; `compared` says whether there was anything to compare.
std::string check_slope(const Graph &graph, bool &compared) {
  for (const Value &value : graph.values)
    if (tenon::is_floating(value.dtype) && value.dtype != tenon::f64)
      return "";
  const std::vector<Tensor> inputs = inputs_of(graph, 0), constants = constants_of(graph);
  std::vector<Tensor> gradients;
  try {
    gradients = gradients_of(graph, inputs, constants);
  } catch (const tenon::Error &) {
    return "";
  }
  if (gradients.empty())
    return "";
  std::vector<Tensor> directions;
  double slope = 0, size = 0;
  std::size_t next = 0;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (!tenon::is_floating(inputs[i].dtype())) {
      directions.push_back(inputs[i]);
      continue;
    }
    directions.push_back(tenon::uniform(inputs[i].shape(), int(graph.seed % 1000 + i), tenon::f64) * 2.0 - 1.0);
    const Tensor &gradient = gradients[next++];
    for (std::int64_t k = 0; k < gradient.size(); ++k) {
      const double term = gradient.data<double>()[std::size_t(k)] * directions[i].data<double>()[std::size_t(k)];
      slope += term;
      size += std::abs(term);
    }
  }
  const auto difference_at = [&](double h) {
    const auto at = [&](double step) {
      std::vector<Tensor> moved;
      for (std::size_t i = 0; i < inputs.size(); ++i)
        moved.push_back(tenon::is_floating(inputs[i].dtype()) ? inputs[i] + directions[i] * step : inputs[i]);
      return sum_of(graph, moved, constants);
    };
    const double up = at(h), down = at(-h), middle = at(0);
    // Both sides alone, too: at a kink the middle of two slopes is none.
    return std::array{(up - down) / (2 * h), (up - middle) / h, (middle - down) / h, std::abs(middle)};
  };
  const auto coarse = difference_at(1e-4), fine = difference_at(1e-5);
  const double scale = std::max({1.0, size, std::abs(slope), coarse[3]}), near = 1e-3 * scale;
  // Padding times an infinite weight is NaN, also where nothing comes of it.
  if (!std::isfinite(slope) || !std::isfinite(scale) || !std::isfinite(fine[0]) || scale > 1e6 ||
      std::abs(coarse[0] - fine[0]) > 1e-5 * scale || std::abs(fine[1] - fine[2]) > near ||
      std::abs(coarse[1] - coarse[2]) > 10 * near)
    return "";
  compared = true;
  if (std::abs(slope - fine[0]) <= 1e-4 * scale)
    return "";
  return "the gradient gives the slope " + std::to_string(slope) + ", differences " + std::to_string(fine[0]) +
         " and " + std::to_string(coarse[0]);
}

class RandomGradients : public testing::TestWithParam<int> {};

TEST_P(RandomGradients, AreOneInBothModesAndSlopes) {
  const std::uint64_t first = number_from("TENON_RANDOM_SEED", 1), start = std::uint64_t(GetParam()) * batch_size,
                      end = std::min<std::uint64_t>(start + batch_size, graph_count());
  int slopes = 0;
  for (std::uint64_t i = start; i < end; ++i) {
    // Half of them in f64 throughout, of which slopes can be compared.
    const Graph graph =
        (first + i) % 2 ? Generator(first + i, nullptr, tenon::f64).generate() : Generator(first + i).generate();
    bool compared = false;
    const auto check = [&](const Graph &candidate) {
      std::string error = check_modes(candidate);
      if (error.empty())
        error = check_slope(candidate, compared);
      return error;
    };
    const std::string error = check(graph);
    slopes += compared;
    if (error.empty())
      continue;
    const std::string kind = error.substr(0, error.find(' '));
    const Graph small = reduce(graph, [&](const Graph &candidate) {
      try {
        return check(candidate).starts_with(kind);
      } catch (const std::exception &) {
        return false; // made too small
      }
    });
    ADD_FAILURE() << "graph " << graph.seed << ": " << error << "\nmade small: " << check(small) << "\n"
                  << small.to_string();
  }
  RecordProperty("slopes", slopes);
}

INSTANTIATE_TEST_SUITE_P(Batch, RandomGradients, testing::Range(0, int((graph_count() + batch_size - 1) / batch_size)));

} // namespace

int main(int argc, char **argv) {
  const TemporaryFolder cache; // compiled anew, and nothing is left behind
  setenv("TENON_CACHE_DIR", cache.path().c_str(), 1);
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
