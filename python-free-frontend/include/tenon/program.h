// Program: traced functions on their way to an object file and C headers.
#pragma once

#include "tenon/function.h"

namespace tenon {

namespace detail {
struct ProgramState;
/// A function of a program being traced: parameters from specifications, captured Tensors as constants.
class ProgramTracing {
public:
  ProgramTracing(ProgramState &program, const std::string &name, std::span<const ParameterSpec> specs, Location where);
  ~ProgramTracing();
  ProgramTracing(const ProgramTracing &) = delete;
  void tensor(Tensor &x);
  template <class N> void number(N &n) {
    if constexpr (!std::is_const_v<N>) {
      const Scalar value = next_value();
      n = value.kind == Scalar::floating ? N(value.f) : N(value.i);
    }
  }
  void text(std::string_view) {}
  void enter(std::string_view name);
  void enter(std::size_t index);
  void leave();
  void finish(const NamedLeaves &results, std::span<const std::string> names);

private:
  Scalar next_value();
  struct State;
  State *state_;
};
// How many Tensors a generic callable takes.
template <class F, class... T> consteval std::size_t generic_arity() {
  if constexpr (std::is_invocable_v<F &, T...>)
    return sizeof...(T);
  else if constexpr (sizeof...(T) < 8)
    return generic_arity<F, T..., Tensor>();
  else
    return std::size_t(-1);
}
template <std::size_t> using TensorAt = Tensor;
} // namespace detail

/// Names for a function's results, in order; a struct's members have their own.
struct Outputs {
  std::vector<std::string> names;
};

/// Which loops of an object run on the threads that a call brings in its context: those for which it is worthwhile; all
/// that can be cut, to test that results have the same bits; none, for less code.
enum class Parallel { worthwhile, always, never };

/// What `write` makes.
struct WriteOptions {
  std::string target = "host";   ///< host, x86-64-v2, x86-64-v3, x86-64-v4, aarch64, armv7, riscv64, wasm32
  /// A CPU of the target as LLVM names it, or several ("x86-64-v2,x86-64-v3,x86-64-v4", in short "v2,v3,v4"): code for each
  /// in one object, whose functions choose when they are called. Empty: the target's baseline, this CPU for `host`.
  std::string cpu = {};
  bool reference = false;        ///< every operation as scalar loops: the same bits, slowly
  bool external_weights = false; ///< large constants go to a file beside the object, for programs that map it
  bool freeze_variables = true;  ///< Variables that no function of the program assigns become constants
  bool heap = true;              ///< the host gives memory where the program asks for it; without, that is an Error
  Parallel parallel = Parallel::worthwhile; ///< which loops run on the threads that a call brings
  std::string runtime = {}; ///< an archive with the runtime for the target, which `.so` and `.wasm` link
};

struct MlirOptions {
  int elide_above = -1; ///< constants of more elements are left out, for people; -1: none
};

/// Functions that become one object file: `<name>_<function>` in C.
///
/// Open dimensions of the specifications become parameters of the C function, captured Tensors constants of the object.
/// Variables that a function assigns become a struct that the caller passes, with the values at the time of `write` for
/// a start; others are constants of these values. Not for several threads at once.
class Program {
public:
  explicit Program(std::string name);
  ~Program();
  Program(const Program &) = delete;
  Program &operator=(const Program &) = delete;

  /// Traces `f` with parameters as specified, in order: one for each Tensor, and one `arg(name, value)` for each C++
  /// number.
  template <class F>
  Program &add(const std::string &name, Function<F> &f, std::initializer_list<ParameterSpec> parameters,
               Outputs outputs = {}, Location where = Location::current()) {
    return add_callable(name, f.callable(), parameters, outputs, where);
  }
  template <class F>
    requires(!requires(F &f) { f.trace_count(); })
  Program &add(const std::string &name, F &&f, std::initializer_list<ParameterSpec> parameters, Outputs outputs = {},
               Location where = Location::current()) {
    return add_callable(name, f, parameters, outputs, where);
  }

  /// Compiles to `path`, an object file, and writes `.h` and `.hpp` beside it; other endings give other things: `.so`,
  /// `.wasm`, `.s`,
  /// `.ll`, `.mlir`, `.h`. Each file is written whole or not at all. An Error says what failed, at the user's line
  /// where it has one.
  void write(const std::string &path, const WriteOptions &options = {}, Location where = Location::current());
  /// The program in Tenon's dialect, complete unless constants are left out.
  std::string mlir(MlirOptions options = {}) const;

private:
  template <class F>
  Program &add_callable(const std::string &name, F &f, std::initializer_list<ParameterSpec> specs,
                        const Outputs &outputs, Location where) {
    using G = std::decay_t<F>;
    if constexpr (detail::Stated<G>) {
      trace(name, f, specs, outputs, where, typename detail::Callable<G>::parameters());
    } else {
      constexpr std::size_t arity = detail::generic_arity<G>();
      static_assert(arity <= 8,
                    "tenon: a generic function of a program takes 1 to 8 Tensors; state its parameters' types");
      [&]<std::size_t... I>(std::index_sequence<I...>) {
        trace(name, f, specs, outputs, where, detail::Types<detail::TensorAt<I>...>());
      }(std::make_index_sequence<arity>());
    }
    return *this;
  }

  template <class F, class... P>
  void trace(const std::string &name, F &f, std::initializer_list<ParameterSpec> specs, const Outputs &outputs,
             Location where, detail::Types<P...>) {
    std::tuple<std::remove_cvref_t<P>...> parameters;
    detail::ProgramTracing tracing(*state_, name, std::span(specs.begin(), specs.size()), where);
    std::apply([&](auto &...x) { (detail::visit(tracing, x), ...); }, parameters);
    using R = detail::ResultOf<F, P...>;
    detail::NamedLeaves leaves;
    const auto invoke = [&]() -> decltype(auto) {
      return [&]<std::size_t... I>(std::index_sequence<I...>) -> decltype(auto) {
        return f(static_cast<P &&>(std::get<I>(parameters))...);
      }(std::index_sequence_for<P...>());
    };
    if constexpr (std::is_void_v<R>) {
      invoke();
      tracing.finish(leaves, outputs.names);
    } else {
      R result(invoke());
      detail::visit(leaves, result);
      tracing.finish(leaves, outputs.names);
    }
  }

  detail::ProgramState *state_;
};

} // namespace tenon
