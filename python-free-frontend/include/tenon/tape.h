// GradientTape: records what is computed, and gives gradients of it.
#pragma once

#include "tenon/variable.h"

#include <array>
#include <vector>

namespace tenon {

class GradientTape;

struct TapeOptions {
  bool persistent = false;     ///< gradient() may be asked more than once
  bool watch_variables = true; ///< trainable Variables are watched when they are read
};

struct GradientOptions {
  /// One for each target, of its shape and dtype: what it is multiplied with. None: ones.
  std::vector<Tensor> cotangents{};
  /// Zeros for a source on which no target depends, instead of an Error.
  bool unconnected_gradients_zero = false;
};

namespace detail {
struct TapeState;

// What is differentiated: one Tensor or several, and where that was written.
struct Targets {
  std::vector<const Tensor *> tensors;
  Location where;
  Targets(const Tensor &x, Location where = Location::current()) : tensors{&x}, where(where) {}
  Targets(const std::vector<Tensor> &all, Location where = Location::current()) : where(where) {
    for (const Tensor &x : all) tensors.push_back(&x);
  }
  Targets(std::initializer_list<Tensor> all, Location where = Location::current()) : where(where) {
    for (const Tensor &x : all) tensors.push_back(&x);
  }
};

// With respect to what: a Tensor or a Variable.
struct Source {
  const Tensor *tensor = nullptr;
  const Variable *variable = nullptr;
  Source(const Tensor &x) : tensor(&x) {}
  Source(const Variable &x) : variable(&x) {}
};
template <class T>
concept OneSource = std::same_as<T, Tensor> || std::derived_from<T, Variable>;
template <class R>
concept SourceRange = !OneSource<R> && requires(const R &r) {
  r.begin();
  r.end();
  requires OneSource<std::remove_cvref_t<decltype(*r.begin())>>;
};

/// What tangents of the sources make of the targets: one for each target.
std::vector<Tensor> tangents_of(GradientTape &tape, const Targets &targets, std::span<const Source> sources,
                                std::span<const Tensor> tangents);
} // namespace detail

/// Records the operations of this thread from its construction on, and gives gradients of what they computed.
///
/// The same code runs eagerly and in a traced function, with the rules of TensorFlow 2: a trainable Variable is watched
/// when it is read, a Tensor after watch(); what was computed before the tape began, or from what no tape watches, is a
/// constant. A tape is used once, unless it is persistent. Gradients of gradients: a tape around another one records
/// what gradient() of the inner one does. Tapes may end in any order, and are used by the thread that made them.
///
/// A Variable that is assigned while the tape records counts with the value that was read; the assignment passes no
/// gradient on. Two values of one Variable on one tape are an Error.
class GradientTape {
public:
  /// While it lives, the tape records nothing: see stop_recording(). Lives no longer than the tape.
  class Pause {
  public:
    ~Pause();
    Pause(const Pause &) = delete;
    Pause &operator=(const Pause &) = delete;

  private:
    friend class GradientTape;
    explicit Pause(detail::TapeState *tape) : tape_(tape) {}
    detail::TapeState *tape_;
  };

  explicit GradientTape(TapeOptions options = {}, Location where = Location::current());
  ~GradientTape();
  GradientTape(const GradientTape &) = delete;
  GradientTape &operator=(const GradientTape &) = delete;

  /// From now on what is computed from `x` is recorded. An Error for integers and booleans, which have no gradient.
  void watch(const Tensor &x, Location where = Location::current());
  void watch(const Variable &x, Location where = Location::current());
  void watch(const std::vector<Tensor> &xs, Location where = Location::current()) {
    for (const Tensor &x : xs) watch(x, where);
  }

  /// The gradient of `targets` (of the sum of their elements, where these are no scalars, or with cotangents) with
  /// respect to `source`, in its shape and dtype.
  ///
  /// Errors: a source that is not watched, or on which no target depends (zeros with unconnected_gradients_zero);
  /// integers and booleans; a tape that has been used; an operation on the way that has no gradient.
  template <detail::OneSource S>
  Tensor gradient(const detail::Targets &targets, const S &source, const GradientOptions &options = {}) {
    const detail::Source sources[] = {source};
    return std::move(gradients(targets, sources, options)[0]);
  }
  /// With respect to each of a range of Variables or Tensors, in its order.
  template <detail::SourceRange R>
  std::vector<Tensor> gradient(const detail::Targets &targets, const R &sources, const GradientOptions &options = {}) {
    std::vector<detail::Source> list;
    for (const auto &x : sources) list.emplace_back(x);
    return gradients(targets, list, options);
  }
  std::vector<Tensor> gradient(const detail::Targets &targets, std::initializer_list<detail::Source> sources,
                               const GradientOptions &options = {}) {
    return gradients(targets, std::span(sources.begin(), sources.size()), options);
  }
  /// `auto [dw, db] = tape.gradient(loss, w, b);`
  template <detail::OneSource... S>
    requires(sizeof...(S) > 1)
  std::array<Tensor, sizeof...(S)> gradient(const detail::Targets &targets, const S &...sources) {
    const detail::Source list[] = {sources...};
    std::vector<Tensor> all = gradients(targets, list, {});
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
      return std::array<Tensor, sizeof...(S)>{std::move(all[I])...};
    }(std::index_sequence_for<S...>());
  }

  /// All derivatives of the elements of `target` [T...] by those of `source` [S...]: [T..., S...]. The tape has to be
  /// persistent, and the target of a static shape: there is one backward pass for each of its elements, or, where the
  /// source has fewer elements, one forward pass for each of these; in a traced function in a loop.
  template <detail::OneSource S>
  Tensor jacobian(const Tensor &target, const S &source, Location where = Location::current()) {
    return jacobian_of(target, source, where);
  }

  /// Until the object that it returns ends, operations are not recorded by this tape, and others record them: what they
  /// compute is a constant to it, as what was computed before it began. What it watches it goes on watching, a Variable
  /// that is read is not watched by it, and it may be asked for gradients. For what the loss does not depend on, such
  /// as metrics, or for gradients of a persistent tape that are not to be differentiated:
  /// ```
  /// { auto pause = tape.stop_recording(); metric.update_state(y, model(x)); }
  /// ```
  /// Errors: a tape that has been used; a pause in a pause; in a checkpoint, a tape from outside of it.
  [[nodiscard]] Pause stop_recording(Location where = Location::current());

  /// Forgets what it has recorded and watched, and begins anew. Not in a pause.
  void reset(Location where = Location::current());

private:
  std::vector<Tensor> gradients(const detail::Targets &targets, std::span<const detail::Source> sources,
                                const GradientOptions &options);
  friend std::vector<Tensor> detail::tangents_of(GradientTape &tape, const detail::Targets &targets,
                                                 std::span<const detail::Source> sources,
                                                 std::span<const Tensor> tangents);
  Tensor jacobian_of(const Tensor &target, const detail::Source &source, Location where);
  detail::TapeState *state_;
};

/// x, as a constant to gradients.
Tensor stop_gradient(const Arg &x);

} // namespace tenon
