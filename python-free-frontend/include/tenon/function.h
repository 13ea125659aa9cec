// tenon::function: a C++ function that is traced once for each signature and then runs as compiled code.
#pragma once

#include "tenon/spec.h"
#include "tenon/structure.h"

namespace tenon {

struct FunctionOptions {
  std::string name = "function"; ///< in messages and IR
  int trace_budget = 0;          ///< more traces than this are an Error that explains them; 0: no limit
  /// More operations in one trace than this are an Error: a C++ loop that does not end while tracing.
  std::int64_t operation_budget = 1'000'000;
};

namespace detail {

struct FunctionCore;
struct Concrete; // a concrete function: one signature, compiled

/// One call's signature, made anew for each: words that say dtypes, shapes, C++ values and structure, and the Tensors
/// themselves.
class Signature {
public:
  explicit Signature(const FunctionCore *core) : core_(core) {}
  ~Signature();
  Signature(const Signature &) = delete;

  void tensor(const Tensor &x);
  template <class N> void number(N n) {
    if constexpr (std::is_floating_point_v<N>) {
      const double value(n);
      std::uint64_t word;
      static_assert(sizeof word == sizeof value);
      __builtin_memcpy(&word, &value, sizeof word);
      add(word);
    } else {
      add(std::uint64_t(n));
    }
  }
  void text(std::string_view text);
  void add(std::uint64_t word) {
    if (size_ == capacity_)
      grow();
    words_[size_++] = word;
  }

  std::span<const std::uint64_t> words() const { return {words_, size_}; }
  std::span<const Tensor *const> tensors() const { return {tensors_, tensor_count_}; }
  std::span<const std::int64_t> dims() const { return {dims_, dim_count_}; }
  const FunctionCore *core() const { return core_; }

private:
  void grow();
  void add_specified(const Tensor &x);

  const FunctionCore *core_;
  std::uint64_t inline_words_[48];
  std::uint64_t *words_ = inline_words_;
  const Tensor *inline_tensors_[16];
  const Tensor **tensors_ = inline_tensors_;
  std::size_t size_ = 0, capacity_ = 48, tensor_count_ = 0, tensor_capacity_ = 16;
  std::int64_t dims_[16]; // sizes of the named open dimensions, in order of appearance
  std::size_t dim_count_ = 0;
};

/// Writes down a call's arguments for explanations: path and what stands there.
class Describer {
public:
  void tensor(const Tensor &x);
  template <class N> void number(N n) { note(std::to_string(n)); }
  void text(std::string_view text) { note("\"" + std::string(text) + "\""); }
  void length(std::size_t n) { note(n == 1 ? "1 element" : std::to_string(n) + " elements"); }
  void enter(std::string_view name) { path_.push_back("." + std::string(name)); }
  void enter(std::size_t index) { path_.push_back("[" + std::to_string(index) + "]"); }
  void leave() { path_.pop_back(); }
  std::vector<std::pair<std::string, std::string>> lines;

private:
  void note(std::string what);
  std::vector<std::string> path_;
};

/// A trace in progress, seen from the templates below.
class Tracing {
public:
  /// For a call (its signature says which dimensions are open), or for a program (`specs`).
  Tracing(FunctionCore &core, const Signature &signature);
  ~Tracing();
  Tracing(const Tracing &) = delete;
  /// Turns an argument's eager Tensor into a parameter.
  void tensor(Tensor &x);
  template <class N> void number(N) {}
  void text(std::string_view) {}
  /// Ends the trace, compiles it and adds it to the function's cache; the results lose their values.
  Concrete *finish(std::span<Tensor *const> results, const Signature &signature, Describer description, void *prototype,
                   void (*free_prototype)(void *));
  /// Ends the trace and prints its IR.
  std::string finish_as_text(std::span<Tensor *const> results);

private:
  struct State;
  State *state_;
};

FunctionCore *make_core(FunctionOptions options, std::vector<ParameterSpec> specs, Location where);
void retain(FunctionCore *core);
void release(FunctionCore *core);
Concrete *find(FunctionCore &core, const Signature &signature);
const void *prototype(const Concrete &function);
void run(const Concrete &function, const Signature &signature, std::span<Tensor> results);
std::size_t trace_count(const FunctionCore &core);
std::string explain(const FunctionCore &core);

// ---- what a callable takes ----------------------------------------------------------------------------------------

template <class...> struct Types {};
template <class F> struct Callable : Callable<decltype(&F::operator())> {};
#define TENON_CALLABLE(qualifiers)                                                                                     \
  template <class R, class C, class... A> struct Callable<R (C::*)(A...) qualifiers> {                                 \
    using parameters = Types<A...>;                                                                                    \
  };
TENON_CALLABLE()
TENON_CALLABLE(const)
TENON_CALLABLE(noexcept)
TENON_CALLABLE(const noexcept)
#undef TENON_CALLABLE
template <class R, class... A> struct Callable<R (*)(A...)> {
  using parameters = Types<A...>;
};
template <class R, class... A> struct Callable<R (*)(A...) noexcept> {
  using parameters = Types<A...>;
};
// Overloaded and generic callables do not say what they take: then the call's own types count.
template <class F>
concept Stated = std::is_pointer_v<F> || requires { &F::operator(); };

template <class T> inline constexpr char type_tag = 0; // its address tells types apart

// An argument as the parameter's type: itself where it has it already, else converted.
template <class P, class A>
using Held = std::conditional_t<std::is_same_v<std::remove_cvref_t<P>, std::remove_cvref_t<A>>,
                                const std::remove_cvref_t<A> &, std::remove_cvref_t<P>>;

template <class F, class... P> using ResultOf = std::remove_cvref_t<std::invoke_result_t<F &, P...>>;

} // namespace detail

/// A function of structures of Tensors and of C++ values, traced once for each signature: the dtypes and shapes of its
/// Tensors, the values of its C++ arguments, and the structure.
///
/// The first call with a signature runs `f` with Tensors that only record; later ones run the compiled code, with the
/// same bits as running `f` eagerly. Eager Tensors that f captures are read when it is called: assigning one changes
/// the next call. A C++ value that f captures is read once, while tracing. Called while another function is traced, it
/// becomes part of that one. A copy shares the traces. Calls from several threads are safe where f assigns no Variable.
template <class F> class Function {
public:
  explicit Function(F f, std::vector<ParameterSpec> specs = {}, FunctionOptions options = {},
                    Location where = Location::current())
      : f_(std::move(f)), core_(detail::make_core(std::move(options), std::move(specs), where)) {}
  Function(const Function &other) : f_(other.f_), core_(other.core_) { detail::retain(core_); }
  Function &operator=(const Function &) = delete;
  ~Function() { detail::release(core_); }

  template <class... A>
    requires std::invocable<F &, A...>
  auto operator()(A &&...args) {
    if (detail::is_tracing)
      return static_cast<detail::ResultOf<F, A...>>(f_(std::forward<A>(args)...));
    return with_parameters<A...>([&](auto tag) { return call(tag, static_cast<A &&>(args)...); });
  }

  /// The IR that a call with these arguments would run.
  template <class... A>
    requires std::invocable<F &, A...>
  std::string mlir(A &&...args) {
    return with_parameters<A...>([&](auto tag) { return text(tag, static_cast<A &&>(args)...); });
  }

  /// How often it has been traced.
  std::size_t trace_count() const { return detail::trace_count(*core_); }
  /// For each trace after the first: which argument, which field, what it was before and what it is now.
  std::string explain_retraces() const { return detail::explain(*core_); }

  F &callable() { return f_; }

private:
  template <class... A, class G> auto with_parameters(G &&g) {
    if constexpr (!detail::Stated<F>) {
      return g(detail::Types<std::remove_cvref_t<A>...>());
    } else {
      return take<sizeof...(A)>(typename detail::Callable<F>::parameters(), g);
    }
  }
  // The first N of the parameters: the others have default values.
  template <std::size_t N, class... P, class G> auto take(detail::Types<P...>, G &&g) {
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
      return g(detail::Types<std::tuple_element_t<I, std::tuple<P...>>...>());
    }(std::make_index_sequence<N>());
  }

  template <class... P, class... A> auto call(detail::Types<P...>, A &&...given) {
    using R = detail::ResultOf<F, P...>;
    const std::tuple<detail::Held<P, A>...> args(std::forward<A>(given)...);
    detail::Signature signature(core_);
    if constexpr (!detail::Stated<F>)
      (signature.number(reinterpret_cast<std::uintptr_t>(&detail::type_tag<P>)), ...);
    std::apply([&](const auto &...x) { (detail::visit(signature, x), ...); }, args);
    detail::Concrete *concrete = detail::find(*core_, signature);
    if (!concrete) [[unlikely]]
      concrete = trace<R, P...>(signature, args);
    if constexpr (std::is_void_v<R>) {
      detail::run(*concrete, signature, {});
    } else if constexpr (std::is_same_v<R, Tensor>) {
      Tensor result;
      detail::run(*concrete, signature, std::span(&result, 1));
      return result;
    } else {
      R result(*static_cast<const R *>(detail::prototype(*concrete)));
      detail::Leaves leaves;
      detail::visit(leaves, result);
      std::vector<Tensor> values(leaves.tensors.size());
      detail::run(*concrete, signature, values);
      for (std::size_t i = 0; i < values.size(); ++i) *leaves.tensors[i] = std::move(values[i]);
      return result;
    }
  }

  template <class... P, class Args> decltype(auto) invoke(Args &args) {
    return [&]<std::size_t... I>(std::index_sequence<I...>) -> decltype(auto) {
      return f_(static_cast<P &&>(std::get<I>(args))...);
    }(std::index_sequence_for<P...>());
  }

  template <class R, class... P, class Args>
  detail::Concrete *trace(const detail::Signature &signature, const Args &args) {
    detail::Describer description;
    detail::visit(description, args);
    std::tuple<std::remove_cvref_t<P>...> parameters(args);
    detail::Tracing tracing(*core_, signature);
    detail::visit(tracing, parameters);
    if constexpr (std::is_void_v<R>) {
      invoke<P...>(parameters);
      return tracing.finish({}, signature, std::move(description), nullptr, nullptr);
    } else {
      static_assert(std::is_copy_constructible_v<R>, "tenon: a function's result has to be copyable");
      auto *result = new R(invoke<P...>(parameters));
      detail::Leaves leaves;
      detail::visit(leaves, *result);
      return tracing.finish(leaves.tensors, signature, std::move(description), result,
                            [](void *p) { delete static_cast<R *>(p); });
    }
  }

  template <class... P, class... A> std::string text(detail::Types<P...>, A &&...given) {
    using R = detail::ResultOf<F, P...>;
    const std::tuple<detail::Held<P, A>...> args(std::forward<A>(given)...);
    detail::Signature signature(core_);
    std::apply([&](const auto &...x) { (detail::visit(signature, x), ...); }, args);
    std::tuple<std::remove_cvref_t<P>...> parameters(args);
    detail::Tracing tracing(*core_, signature);
    detail::visit(tracing, parameters);
    detail::Leaves leaves;
    if constexpr (std::is_void_v<R>) {
      invoke<P...>(parameters);
      return tracing.finish_as_text({});
    } else {
      R result(invoke<P...>(parameters));
      detail::visit(leaves, result);
      return tracing.finish_as_text(leaves.tensors);
    }
  }

  F f_;
  detail::FunctionCore *core_;
};

/// Makes `f` a function that is traced and compiled: see Function. Errors of its calls name the line of this one.
template <class F>
Function<std::decay_t<F>> function(F &&f, FunctionOptions options = {}, Location where = Location::current()) {
  return Function<std::decay_t<F>>(std::forward<F>(f), {}, std::move(options), where);
}
/// With specifications of its Tensor parameters, in order: open dimensions need no retrace.
template <class F>
Function<std::decay_t<F>> function(F &&f, std::initializer_list<ParameterSpec> specs, FunctionOptions options = {},
                                   Location where = Location::current()) {
  return Function<std::decay_t<F>>(std::forward<F>(f), specs, std::move(options), where);
}

} // namespace tenon
