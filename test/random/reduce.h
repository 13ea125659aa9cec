// Makes a failing graph small.
#pragma once

#include "graph.h"

namespace tenon::test {

/// Drops outputs, the second run, open dimensions and ops (an op becomes an input) as long as `fails` still says true.
Graph reduce(Graph graph, const std::function<bool(const Graph &)> &fails);

} // namespace tenon::test
