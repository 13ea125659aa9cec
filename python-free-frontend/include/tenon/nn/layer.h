// nn::Layer: any callable Tensor -> Tensor with its variables, behind one type.
#pragma once

#include "tenon/module.h"
#include "tenon/ops.h"

namespace tenon::nn {

/// A Tensor and its mask: which of its steps count, booleans [N,T] for [N,T,...]; none: all of them.
struct Masked {
  Tensor value;
  std::optional<Tensor> mask = {};
};

/// What the handles of one layer share. A layer of one's own is better a struct: see nn::Module.
class LayerState : public detail::Shared {
public:
  LayerState(std::string kind, std::string name, Location made)
      : kind(std::move(kind)), name(std::move(name)), made(made) {}
  virtual Tensor call(const Tensor &x, Call call, Location where) = 0;
  /// As call(), with the mask of the result. Here it is that of x where the result still has its steps.
  virtual Masked call_masked(const Tensor &x, const Call &call, Location where);
  /// Whether `mask` [N,T] can be that of `result`: [N,T,...].
  bool keeps_steps(const Tensor &result, const Tensor &mask, Location where) const;
  /// The mask of a call, which has to be that of x without its last dimension.
  std::optional<Tensor> mask_of(const Call &call, const Tensor &x, Location where) const;
  /// Adds the variables and the layers inside.
  virtual void collect(Collector &, const std::string &) const {}
  /// "Dense 'fc1' (model.cpp:12)": its kind, its name, and where it was made.
  std::string describe() const override;
  /// Throws Error in the name of this layer.
  [[noreturn]] void fail(const std::string &problem, Location where, const std::string &remedy = {}) const;

  const std::string kind, name;
  const Location made;
  bool frozen = false;
  /// Keeps the type of the first result, for summaries.
  void note_output(const Tensor &result, Location where);
  DType output_dtype = f32;
  Shape output_shape;
  bool called = false;
};

class Layer;

template <class F>
concept LayerLike = !std::is_base_of_v<Layer, std::remove_cvref_t<F>> &&
                    (std::is_invocable_r_v<Tensor, std::decay_t<F> &, const Tensor &> ||
                     std::is_invocable_r_v<Tensor, std::decay_t<F> &, const Tensor &, Call> ||
                     std::is_invocable_r_v<Masked, std::decay_t<F> &, const Tensor &, Call>);

/// A layer: a handle to something that can be called with a Tensor and gives one. Copies share it, with its variables.
///
/// Made from any callable, taken by value: a function, a lambda, a module (whose handles it shares); one that also
/// takes a `Call` gets it, and may give a Masked. Layers make their variables at the first call, of the sizes and the
/// dtype of its argument, also while a function is traced; called again with another size they throw an Error that
/// names the layer. Calls from several threads are safe once it is built.
class Layer : public detail::Handle {
public:
  template <LayerLike F> Layer(F &&f, Location where = Location::current());

  Tensor operator()(const Arg &x, Call call = {}) const;
  /// As a call, with the mask of the result: from an Embedding with mask_zero or a Masking on, or from `call`'s mask,
  /// up to where there are no steps any more: `auto [y, mask] = layer.masked(x)`.
  Masked masked(const Arg &x, Call call = {}) const;
  /// Calls it once with zeros, so that it has its variables: `model.build({1, 28, 28, 1})`.
  void build(const Shape &shape, DType dtype = f32) const;
  Variables variables() const;
  Variables trainable_variables() const { return variables().trainable(); }
  /// Freezes (false) or thaws its variables, also those it does not have yet.
  void set_trainable(bool trainable) const;
  bool trainable() const { return !state()->frozen; }
  /// What kind of layer it is: "Dense".
  const std::string &kind() const { return state()->kind; }
  /// The name from its options, or empty.
  const std::string &name() const { return state()->name; }

  void collect(Collector &collector, const std::string &path) const;
  LayerState *state() const { return static_cast<LayerState *>(shared()); }

protected:
  explicit Layer(LayerState *state) : Handle(state) {}
};

namespace detail {
using namespace tenon::detail;

template <class F>
inline constexpr bool gives_mask = requires(F &f, const Tensor &x, const Call &call) { // not as a conversion
  requires std::is_same_v<decltype(f(x, call)), Masked>;
};
template <class F> Tensor invoke(F &f, const Tensor &x, const Call &call) {
  if constexpr (gives_mask<F>)
    return f(x, call).value;
  else if constexpr (std::is_invocable_r_v<Tensor, F &, const Tensor &, Call>)
    return f(x, call);
  else
    return f(x);
}

// Any callable as a layer.
template <class F> class Callable final : public LayerState {
public:
  template <class G>
  Callable(G &&f, std::string kind, Location made) : LayerState(std::move(kind), {}, made), f_(std::forward<G>(f)) {}
  Tensor call(const Tensor &x, Call call, Location) override { return invoke(f_, x, call); }
  Masked call_masked(const Tensor &x, const Call &call, Location where) override {
    if constexpr (gives_mask<F>)
      return f_(x, call);
    else
      return LayerState::call_masked(x, call, where);
  }
  void collect(Collector &collector, const std::string &path) const override {
    if constexpr (std::is_class_v<F>) {
      collector.member(path, f_);
      collector.complete(f_);
    }
  }
  bool holds_variables() const override { return std::is_class_v<F> && !std::is_trivially_copyable_v<F>; }

private:
  F f_;
};

// "relu", "Net", "function"
template <class F> std::string kind_of(const F &f) {
  if constexpr (requires { std::string(f.name); })
    return f.name;
  else if constexpr (std::is_base_of_v<Module<F>, F>)
    return std::string(type_name<F>().substr(type_name<F>().rfind(':') + 1));
  else
    return "function";
}
} // namespace detail

template <LayerLike F>
Layer::Layer(F &&f, Location where)
    : Handle(new detail::Callable<std::decay_t<F>>(std::forward<F>(f), detail::kind_of<std::decay_t<F>>(f), where)) {}

} // namespace tenon::nn
