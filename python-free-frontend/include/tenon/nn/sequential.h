// nn::Sequential: layers one after the other.
#pragma once

#include "tenon/model.h"
#include "tenon/nn/layer.h"

namespace tenon::nn {

/// Calls its layers in order, each with the result of the one before, and with its mask where it has one. A handle: a
/// copy is the same Sequential, and `Sequential{trunk}` is another one, whose only layer is `trunk`: they share its
/// variables. Variables are named by position: "0.kernel", "2.1.bias".
class Sequential : public Layer, public Trainable<Sequential> {
public:
  Sequential(Location where = Location::current());
  Sequential(std::initializer_list<Layer> layers, Location where = Location::current());
  void add(const Layer &layer) const;
  /// Layer i, from 0. An Error where there is none.
  const Layer &operator[](std::size_t i) const;
  std::size_t size() const;
  bool empty() const { return size() == 0; }
};

} // namespace tenon::nn
