// Random programs give the same bits eagerly, as functions, ahead of time and as scalar loops.
//
// The environment chooses more of them: TENON_RANDOM_GRAPHS (how many; 500), TENON_RANDOM_SEED (the first one's seed;
// the others follow). A failure prints the graph, made small; TENON_RANDOM_SEED=<its seed> TENON_RANDOM_GRAPHS=1 runs
// it alone.
#include "generator.h"
#include "paths.h"
#include "reduce.h"

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <gtest/gtest.h>
#include <iostream>
#include <unistd.h>

using namespace tenon::test;
using tenon::Tensor;

namespace {

constexpr int batch_size = 50; // graphs of one library
constexpr int reference_every = 5;

std::uint64_t number_from(const char *variable, std::uint64_t otherwise) {
  const char *text = std::getenv(variable);
  return text && *text ? std::strtoull(text, nullptr, 10) : otherwise;
}
std::uint64_t graph_count() { return number_from("TENON_RANDOM_GRAPHS", 500); }
std::uint64_t first_seed() { return number_from("TENON_RANDOM_SEED", 1); }

// What runs now: a crash in compiled code prints it.
char current[1 << 16];
void begin(const std::string &path, const Graph &graph) {
  std::strncpy(current, (path + ", " + graph.to_string()).c_str(), sizeof current - 1);
}
void on_crash(int signal) {
  const char intro[] = "\ncrashed in ";
  (void)!write(2, intro, sizeof intro - 1);
  (void)!write(2, current, std::strlen(current));
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

enum class Path { function, library, reference, workers };
const char *name(Path path) {
  return path == Path::function  ? "as a function"
         : path == Path::library ? "ahead of time"
         : path == Path::workers ? "on several threads"
                                 : "as scalar loops";
}
/// How many threads calls bring on this path; another number for each batch.
int workers_of(const Graph &graph, Path path) {
  static constexpr int numbers[] = {2, 3, 7, 1};
  return path == Path::workers ? numbers[graph.seed / 20 % 4] : 0;
}
std::string sentence(const std::exception &error) {
  const std::string what = error.what();
  return "throws: " + (what.size() > 1000 ? what.substr(0, 1000) + "..." : what); // a note may hold the whole IR
}

/// The eager results of both runs.
struct Expected {
  std::vector<Tensor> runs[2];
  int count = 1;
};
Expected expected_of(const Graph &graph) {
  Expected expected;
  begin("eagerly", graph);
  expected.runs[0] = run_eagerly(graph, 0);
  if (graph.has_second_run())
    expected.runs[1] = run_eagerly(graph, 1), expected.count = 2;
  return expected;
}

template <class Run> std::string compare(const Expected &expected, Run &&run) {
  try {
    for (int i = 0; i < expected.count; ++i) {
      std::vector<Tensor> results;
      if (std::string error = run(i, results); !error.empty())
        return error;
      if (std::string error = difference(expected.runs[i], results); !error.empty())
        return "run " + std::to_string(i) + ": " + error;
    }
    return "";
  } catch (const std::exception &error) {
    return sentence(error);
  }
}
std::string compare_function(const Graph &graph, const Expected &expected) {
  begin(name(Path::function), graph);
  std::unique_ptr<TracedGraph> traced;
  return compare(expected, [&](int run, std::vector<Tensor> &results) {
    if (!traced)
      traced = std::make_unique<TracedGraph>(graph);
    results = traced->run(run);
    return std::string();
  });
}
std::string compare_library(const CompiledGraphs &library, std::size_t index, const Graph &graph, Path path,
                            const Expected &expected) {
  begin(name(path), graph);
  return compare(expected, [&](int run, std::vector<Tensor> &results) {
    return library.run(index, run, expected.runs[run], results);
  });
}

/// Runs one graph on one path; the error is a sentence.
std::string check(const Graph &graph, Path path, const TemporaryFolder &folder) {
  Expected expected;
  try {
    expected = expected_of(graph);
  } catch (const std::exception &) {
    return ""; // made too small: not what failed
  }
  if (path == Path::function)
    return compare_function(graph, expected);
  try {
    begin(name(path), graph);
    const CompiledGraphs library(std::span(&graph, 1), folder.path(), path == Path::reference, workers_of(graph, path));
    return compare_library(library, 0, graph, path, expected);
  } catch (const std::exception &error) {
    return sentence(error);
  }
}

class RandomGraphs : public testing::TestWithParam<int> {
protected:
  void fail(const Graph &graph, Path path, const std::string &error) {
    ++failures;
    const bool threw = error.starts_with("throws");
    const Graph small = reduce(graph, [&](const Graph &candidate) {
      const std::string e = check(candidate, path, folder);
      return !e.empty() && e.starts_with("throws") == threw;
    });
    ADD_FAILURE() << "graph " << graph.seed << " " << name(path) << ": " << error
                  << "\nmade small: " << check(small, path, folder) << "\n"
                  << small.to_string() << TracedGraph(small).mlir();
  }
  /// The graphs of one path ahead of time; where they do not compile together, one by one.
  void check_libraries(std::span<const Graph> graphs, std::span<const Expected> expected, Path path) {
    std::unique_ptr<CompiledGraphs> library;
    try {
      begin("compiling a library from", graphs.front());
      library = std::make_unique<CompiledGraphs>(graphs, folder.path(), path == Path::reference,
                                                 workers_of(graphs.front(), path));
    } catch (const std::exception &error) {
      const int before = failures;
      for (const Graph &graph : graphs)
        if (const std::string own = check(graph, path, folder); !own.empty())
          fail(graph, path, own);
      if (failures == before)
        ADD_FAILURE() << "graphs " << graphs.front().seed
                      << " on compile one by one, but not together: " << error.what();
      return;
    }
    for (std::size_t i = 0; i < graphs.size(); ++i)
      if (const std::string error = compare_library(*library, i, graphs[i], path, expected[i]); !error.empty())
        fail(graphs[i], path, error);
  }

  TemporaryFolder folder;
  int failures = 0;
};

TEST_P(RandomGraphs, GiveTheSameBitsOnEveryPath) {
  std::vector<Graph> graphs, some;
  std::vector<Expected> expected, expected_some;
  const std::uint64_t start = std::uint64_t(GetParam()) * batch_size,
                      end = std::min<std::uint64_t>(start + batch_size, graph_count());
  for (std::uint64_t i = start; i < end; ++i) {
    Generator generator(first_seed() + i, [](const Graph &graph) { begin("eagerly, at the last op of", graph); });
    try {
      graphs.push_back(generator.generate());
    } catch (const std::exception &error) {
      ++failures;
      ADD_FAILURE() << "eagerly, the last op of this graph " << sentence(error) << "\n"
                    << generator.graph().to_string();
      continue;
    }
    Graph &graph = graphs.back();
    try {
      expected.push_back(expected_of(graph));
    } catch (const tenon::Error &) { // what was valid for the first run's sizes need not be for the second's
      graph.sizes[1] = graph.sizes[0];
      expected.push_back(expected_of(graph));
    }
    if (const std::string error = compare_function(graph, expected.back()); !error.empty())
      fail(graph, Path::function, error);
    if (i % reference_every == 0) {
      some.push_back(graph);
      expected_some.push_back(expected.back());
    }
  }
  if (!graphs.empty())
    check_libraries(graphs, expected, Path::library);
  if (!some.empty())
    check_libraries(some, expected_some, Path::reference);
  if (!graphs.empty())
    check_libraries(graphs, expected, Path::workers);
  RecordProperty("graphs", int(graphs.size()));
}

INSTANTIATE_TEST_SUITE_P(Batch, RandomGraphs, testing::Range(0, int((graph_count() + batch_size - 1) / batch_size)));

/// The generator proposes what the frontend accepts, and reaches every op. For whoever changes it:
/// TENON_RANDOM_SURVEY=<graphs>.
TEST(RandomGraphsGenerator, ReachesEveryOpAndIsSeldomRefused) {
  const std::uint64_t graphs = number_from("TENON_RANDOM_SURVEY", 0);
  if (!graphs)
    GTEST_SKIP() << "set TENON_RANDOM_SURVEY to a number of graphs";
  std::map<std::string, int> ops, refusals;
  int total = 0, refused = 0;
  for (std::uint64_t i = 0; i < graphs; ++i) {
    Generator generator(first_seed() + i);
    for (const Value &value : generator.generate().values) ++ops[tenon::test::name(value.op)], ++total;
    for (const auto &[message, count] : generator.refusals()) refusals[message] += count, refused += count;
  }
  for (int op = 0; op <= int(Op::uniform); ++op)
    EXPECT_GT(ops[tenon::test::name(Op(op))], 0) << tenon::test::name(Op(op));
  EXPECT_LT(refused, total / 10);
  for (const auto &[message, count] : refusals) std::cout << count << " x " << message << "\n";
}

} // namespace

int main(int argc, char **argv) {
  const TemporaryFolder cache; // compiled anew, and nothing is left behind
  setenv("TENON_CACHE_DIR", cache.path().c_str(), 1);
  for (int signal : {SIGSEGV, SIGABRT, SIGFPE, SIGILL, SIGBUS}) std::signal(signal, on_crash);
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
