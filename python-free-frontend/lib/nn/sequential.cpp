// nn::Sequential.
#include "tenon/nn/sequential.h"
#include "tenon/nn/activations.h"

namespace tenon::nn {

namespace {
struct SequentialState final : LayerState {
  std::vector<Layer> layers;

  explicit SequentialState(Location where) : LayerState("Sequential", {}, where) {}
  Tensor call(const Tensor &x, Call call, Location where) override { return call_masked(x, call, where).value; }
  Masked call_masked(const Tensor &x, const Call &call, Location where) override {
    Masked y{Tensor(x, where), call.mask};
    for (const Layer &layer : layers) {
      Masked next = layer.masked(Arg(y.value, where), {.training = call.training, .mask = y.mask});
      y.value = next.value;
      y.mask.reset();
      if (next.mask)
        y.mask.emplace(*next.mask, where);
    }
    return y;
  }
  void collect(Collector &collector, const std::string &path) const override {
    for (std::size_t i = 0; i < layers.size(); ++i)
      layers[i].collect(collector, tenon::detail::join(path, std::to_string(i)));
  }
  bool holds_variables() const override {
    for (const Layer &layer : layers)
      if (layer.state()->holds_variables())
        return true;
    return false;
  }
};
SequentialState &state_of(const Sequential &x) { return static_cast<SequentialState &>(*x.state()); }
} // namespace

Sequential::Sequential(Location where) : Layer(new SequentialState(where)) {}
Sequential::Sequential(std::initializer_list<Layer> layers, Location where) : Layer(new SequentialState(where)) {
  for (const Layer &layer : layers) add(layer);
}

void Sequential::add(const Layer &layer) const {
  if (layer.is(*this))
    state()->fail("a Sequential cannot be a layer of itself", state()->made);
  // An empty Activation is linear.
  state_of(*this).layers.push_back(layer.state() ? layer : Layer(linear, state()->made));
}
const Layer &Sequential::operator[](std::size_t i) const {
  const std::vector<Layer> &layers = state_of(*this).layers;
  if (i >= layers.size())
    state()->fail("there is no layer " + std::to_string(i) + ": it has " + std::to_string(layers.size()),
                  state()->made);
  return layers[i];
}
std::size_t Sequential::size() const { return state_of(*this).layers.size(); }

} // namespace tenon::nn
