// nn::summary: a module as a table of its layers and variables.
#pragma once

#include "tenon/nn/layer.h"

namespace tenon::nn {

namespace detail {
std::string summary_of(const Collector &collector);
}

/// A table: each layer with its kind and the shape of its first result, each variable with its shape, its number of
/// elements and whether it is trainable, and the totals. Layers that have not been called have no variables yet.
template <class M> std::string summary(const M &module) {
  Collector collector;
  collector.member("", module);
  collector.complete(module);
  return detail::summary_of(collector);
}

} // namespace tenon::nn
