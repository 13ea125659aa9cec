// Makes a failing graph small: each step is kept if the graph still fails.
#include "reduce.h"

namespace tenon::test {

// Without values that no output needs.
static Graph without_dead(const Graph &graph) {
  std::vector<bool> needed(graph.values.size());
  for (int output : graph.outputs) needed[std::size_t(output)] = true;
  for (std::size_t i = graph.values.size(); i-- > 0;)
    if (needed[i])
      for (int operand : graph.values[i].operands)
        if (operand != Value::number)
          needed[std::size_t(operand)] = true;
  Graph result = graph;
  result.values.clear();
  std::vector<int> position(graph.values.size(), -1);
  for (std::size_t i = 0; i < graph.values.size(); ++i) {
    if (!needed[i])
      continue;
    position[i] = int(result.values.size());
    result.values.push_back(graph.values[i]);
    for (int &operand : result.values.back().operands)
      if (operand != Value::number)
        operand = position[std::size_t(operand)];
  }
  for (int &output : result.outputs) output = position[std::size_t(output)];
  return result;
}

Graph reduce(Graph graph, const std::function<bool(const Graph &)> &fails) {
  const auto attempt = [&](Graph candidate) {
    candidate = without_dead(candidate);
    if (!fails(candidate))
      return false;
    graph = std::move(candidate);
    return true;
  };
  bool changed = true;
  for (int round = 0; changed && round < 4; ++round) {
    changed = false;
    for (std::size_t i = 0; i < graph.outputs.size() && graph.outputs.size() > 1; ++i) {
      Graph candidate = graph;
      candidate.outputs = {graph.outputs[i]};
      if (attempt(std::move(candidate)))
        changed = true;
    }
    for (std::size_t i = graph.outputs.size(); i-- > 0 && graph.outputs.size() > 1;) {
      Graph candidate = graph;
      candidate.outputs.erase(candidate.outputs.begin() + std::ptrdiff_t(i));
      if (attempt(std::move(candidate)))
        changed = true;
    }
    if (graph.has_second_run())
      for (int run : {0, 1}) {
        Graph candidate = graph;
        candidate.sizes[std::size_t(1 - run)] = candidate.sizes[std::size_t(run)];
        if (attempt(std::move(candidate))) {
          changed = true;
          break;
        }
      }
    // An op of the end becomes an output in place of those that need it.
    for (std::size_t i = 0; i < graph.values.size(); ++i) {
      const Op op = graph.values[i].op;
      if (op == Op::input || op == Op::constant || graph.outputs == std::vector<int>{int(i)})
        continue;
      Graph candidate = graph;
      candidate.outputs = {int(i)};
      if (attempt(std::move(candidate))) {
        changed = true;
        break;
      }
    }
    for (std::size_t i = graph.values.size(); i-- > 0;) {
      if (i >= graph.values.size())
        continue;
      const Op op = graph.values[i].op;
      Graph candidate = graph;
      Value &value = candidate.values[i];
      bool is_open = false;
      for (Dimension &dim : value.dims) is_open |= dim.is_open();
      if (op == Op::input && !is_open)
        continue;
      if (op == Op::input) {
        for (Dimension &dim : value.dims) dim.symbol = Dimension::fixed;
      } else {
        value.op = Op::input;
        value.operands.clear();
        value.numbers.clear();
        value.seed = value.seed ? value.seed : i + 1;
      }
      changed |= attempt(std::move(candidate));
    }
  }
  return graph;
}

} // namespace tenon::test
