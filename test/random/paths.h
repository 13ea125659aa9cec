// The ways a graph is run: op by op, as a function, and ahead of time from a library.
#pragma once

#include "folder.h"
#include "graph.h"

#include "tenon/runtime/abi.h"

#include <memory>

namespace tenon::test {

std::vector<Tensor> inputs_of(const Graph &graph, int run);
std::vector<Tensor> constants_of(const Graph &graph);

std::vector<Tensor> run_eagerly(const Graph &graph, int run);

/// A graph as a tenon::function with the inputs' specifications: one trace for both runs.
class TracedGraph {
public:
  explicit TracedGraph(const Graph &graph);
  std::vector<Tensor> run(int run);
  /// Its IR.
  std::string mlir();

private:
  struct Call {
    const Graph *graph;
    std::vector<Tensor> constants;
    std::vector<Tensor> operator()(std::vector<Tensor> inputs) const { return interpret(*graph, inputs, constants); }
  };
  const Graph &graph_;
  Function<Call> function_;
};

/// Graphs compiled ahead of time into one shared library, called as a program calls a model that it does not know.
class CompiledGraphs {
public:
  /// `reference`: scalar loops. `workers`: how many threads calls bring, and loops are cut wherever they can be.
  CompiledGraphs(std::span<const Graph> graphs, const std::filesystem::path &folder, bool reference, int workers = 0);
  ~CompiledGraphs();
  CompiledGraphs(const CompiledGraphs &) = delete;
  /// `expected` says dtypes and shapes of the results. The error is a sentence; empty for none.
  std::string run(std::size_t index, int run, std::span<const Tensor> expected, std::vector<Tensor> &results) const;

private:
  std::span<const Graph> graphs_;
  int workers_;
  void *library_ = nullptr;
  const tenon_model_info *model_ = nullptr;
};

/// Where results differ, as a sentence; empty where they do not. NaN equals NaN, other values are compared as bits.
std::string difference(std::span<const Tensor> expected, std::span<const Tensor> got);

} // namespace tenon::test
