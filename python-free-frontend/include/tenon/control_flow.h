// Control flow on Tensors without the tool: statements and lambda forms that run eagerly as C++ and are traced as
// regions.
//
//   $while(n != 1) {
//     $if(n % 2 == 0) { n = n / 2; }
//     $else { n = 3 * n + 1; };
//     steps += 1;
//   };
//
// A statement ends in a semicolon. Its body is a lambda that captures by reference, so that a native break or return in
// it does not compile: $break, $continue and, in a $body(T) {...};, $return(x) leave. While a function is traced a body
// runs once as C++: Tensors from outside that it assigns become results or loop-carried values, but a C++ variable that
// it changes changes once (`int k = 0; $while(t > 0) { ++k; ... };`). A condition that is a C++ bool is decided while
// tracing. Each statement has a name without a dollar sign, too: TENON_IF, TENON_WHILE, ...
#pragma once

#include "tenon/ops.h"
#include "tenon/variable.h"

#include <optional>
#include <tuple>

#if defined(__clang__)
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wdollar-in-identifier-extension"
/// Marks a function whose native control flow on Tensors tenon-autograph rewrites.
#define TENON_FUNCTION [[clang::annotate("tenon.autograph")]]
#else
#define TENON_FUNCTION
#endif

namespace tenon {

namespace detail {

struct Scope; // lib/frames.h

/// A callable, without owning it: what a statement is made of lives until its semicolon.
template <class S> class FnRef;
template <class R, class... A> class FnRef<R(A...)> {
public:
  FnRef() = default;
  template <class F>
    requires(!std::is_same_v<std::remove_cvref_t<F>, FnRef> && std::is_invocable_r_v<R, F &, A...>)
  FnRef(F &&f)
      : object_(const_cast<void *>(static_cast<const void *>(&f))), call_([](void *object, A... args) -> R {
          return (*static_cast<std::remove_reference_t<F> *>(object))(static_cast<A &&>(args)...);
        }) {}
  R operator()(A... args) const { return call_(object_, static_cast<A &&>(args)...); }
  explicit operator bool() const { return call_ != nullptr; }

private:
  void *object_ = nullptr;
  R (*call_)(void *, A...) = nullptr;
};

/// What a condition is: a Tensor, or a C++ value that is known already.
struct Condition {
  std::optional<Tensor> tensor;
  bool truth = false;
};
Condition make_condition(const Tensor &x, Location where = Location::current());
template <Arithmetic T> Condition make_condition(T x, Location = Location::current()) { return {{}, x != 0}; }

/// Thrown eagerly by break, continue and return.
struct Left {
  const void *target;
  bool again; // continue
};

/// What $break and $continue name: the loop around them.
struct Loop {
  Scope *iteration = nullptr; ///< while tracing
  Scope *whole = nullptr;     ///< another one where a break leaves more than the iteration's scope
  [[noreturn]] void leave(Location where = Location::current());
  [[noreturn]] void next(Location where = Location::current());
};

class If {
public:
  explicit If(FnRef<Condition()> condition, Location where = Location::current()) : where_(where) { *this *condition; }
  If &operator%(FnRef<void()> then);
  If &operator*(FnRef<Condition()> condition);
  If &operator/(FnRef<void()> otherwise);
  void run() const { run_from(0); }

private:
  struct Arm {
    FnRef<Condition()> condition;
    FnRef<void()> then;
  };
  void run_from(std::size_t i) const;
  std::vector<Arm> arms_;
  FnRef<void()> otherwise_;
  Location where_;
};

class While {
public:
  template <class C> explicit While(C &&condition, Location where = Location::current()) : where_(where) {
    static_assert(!std::is_arithmetic_v<std::remove_cvref_t<decltype(condition())>>,
                  "tenon: the condition of a traced loop is a C++ value, which cannot change after tracing: use a "
                  "native while, which is unrolled, or $loop {...}; for an endless loop that $break leaves");
    condition_ = condition;
  }
  explicit While(std::nullptr_t, Location where = Location::current()) : where_(where) {} ///< endless
  While &step(FnRef<void()> step) { return step_ = step, *this; }
  While &operator%(FnRef<void(Loop &)> body) { return body_ = body, *this; }
  void run() const;

private:
  FnRef<Tensor()> condition_;
  FnRef<void(Loop &)> body_;
  FnRef<void()> step_;
  Location where_;
};

} // namespace detail

/// How the loop is compiled in whose body this stands, as TensorFlow's set_loop_options.
struct LoopOptions {
  /// The loop runs no more than this many iterations each time it is entered; 0: nobody knows. A gradient then keeps
  /// what it needs of them in the workspace instead of the host's memory, and a compiled call that runs past it is an
  /// Error.
  std::int64_t max_iterations = 0;
};
/// Eagerly it does nothing. An Error outside of a loop that is being traced, and for a negative number.
void set_loop_options(LoopOptions options, Location where = Location::current());

/// The numbers first, first + step, ... before last: see range().
class Range {
public:
  Range(const Arg &first, const Arg &last, std::int64_t step, Location where);

  /// Native iteration: eagerly, or unrolled where the bounds are known while tracing. Else an Error.
  class Iterator {
  public:
    Iterator(std::int64_t i, std::int64_t step, std::int64_t left, Location where)
        : i_(i), step_(step), left_(left), where_(where) {}
    Tensor operator*() const { return Tensor(i_, where_); }
    Iterator &operator++() { return i_ += step_, --left_, *this; }
    bool operator!=(const Iterator &end) const { return left_ != end.left_; }

  private:
    std::int64_t i_, step_, left_;
    Location where_;
  };
  Iterator begin() const;
  Iterator end() const { return {0, 0, 0, where_}; }

  const Tensor &first() const { return first_; }
  const Tensor &last() const { return last_; }
  std::int64_t step() const { return step_; }
  Location where() const { return where_; }

private:
  Tensor first_, last_; // i64 scalars
  std::int64_t step_;
  Location where_;
};
/// 0, 1, ... before n, an integer: `for (Tensor i : range(n))` or `$for(i, range(n))`. Each is an i64 scalar.
inline Range range(const Arg &n) { return {Arg(0, n.where), n, 1, n.where}; }
/// first, first + step, ... before last; downwards with a negative step.
inline Range range(const Arg &first, const Arg &last, std::int64_t step = 1) {
  return {first, last, step, first.where};
}

namespace detail {

class For {
public:
  /// The rows of a Tensor, or the numbers before an integer.
  explicit For(const Arg &over, Location where = Location::current());
  explicit For(const Range &range, Location where = Location::current());
  For &operator%(FnRef<void(Loop &, Tensor)> body) { return body_ = body, *this; }
  void run() const;

private:
  std::optional<Range> range_;
  std::optional<Tensor> rows_;
  FnRef<void(Loop &, Tensor)> body_;
  Location where_;
};

/// A native loop that is left by a break which depends on Tensors: it is unrolled, each iteration guarded.
class Static {
public:
  class Iterations {
  public:
    Iterations(Scope *whole, Location where) : whole_(whole), where_(where) {}
    /// One iteration; false: none after it can run.
    bool operator()(FnRef<void(Loop &)> iteration);

  private:
    Scope *whole_;
    Location where_;
  };
  explicit Static(Location where = Location::current()) : where_(where) {}
  Static &operator%(FnRef<void(Iterations &)> body) { return body_ = body, *this; }
  void run() const;

private:
  FnRef<void(Iterations &)> body_;
  Location where_;
};

class Unroll {
public:
  explicit Unroll(std::int64_t count, Location where = Location::current()) : count_(count), where_(where) {}
  Unroll &operator%(FnRef<void(Loop &, int)> body) { return body_ = body, *this; }
  void run() const;

private:
  FnRef<void(Loop &, int)> body_;
  std::int64_t count_;
  Location where_;
};

struct Run {
  template <class S> void operator<<(const S &statement) const { statement.run(); }
};

/// The Tensors of a function's result while its body is traced: paths that have returned assigned them, and no other
/// reads them.
class Results {
public:
  explicit Results(Location where);
  void made();
  ~Results();
  Results(const Results &) = delete;

private:
  friend class Giving;
  struct State;
  State *state_;
};
/// While it lives, one path assigns the results: elements that a vector takes on are results too, not the path's own.
class Giving {
public:
  explicit Giving(Results *results, Location where); // null: eagerly
  ~Giving();
  void done(); ///< an Error where another path gave more or fewer
  Giving(const Giving &) = delete;

private:
  Results::State *state_;
  Location where_;
  std::size_t count_ = 0;
};
void run_body(FnRef<void(Scope &)> body, Location where);
[[noreturn]] void leave_body(Scope *scope, Location where);

/// $body(T) {...}: what $return leaves, and the result.
template <class T> class Body {
public:
  explicit Body(Location where = Location::current()) : where_(where) {}
  [[noreturn]] void leave(const T &value, Location where = Location::current()) {
    if (is_tracing) {
      give(value, where);
      leave_body(scope_, where);
    }
    eager_.emplace(value);
    throw Left{this, false};
  }
  /// The end of a body that has returned on every path before; compilers cannot see that.
  [[noreturn]] void end(Location where = Location::current()) {
    if (is_tracing)
      leave_body(scope_, where);
    throw Error("return", "the function ended without a value", where, "return one on every path");
  }
  template <class B> T operator%(B &&body) {
    if (!is_tracing) {
      try {
        return body(*this);
      } catch (const Left &left) {
        if (left.target != this)
          throw;
        return std::move(*eager_);
      }
    }
    Results results(where_);
    T result{};
    results.made();
    results_ = &results;
    result_ = &result;
    run_body(
        [&](Scope &scope) {
          scope_ = &scope;
          const T value = body(*this);
          give(value, where_);
        },
        where_);
    return result;
  }

private:
  void give(const T &value, Location where) {
    Giving giving(results_, where);
    *result_ = value;
    giving.done();
  }

  Location where_;
  Scope *scope_ = nullptr;
  Results *results_ = nullptr;
  T *result_ = nullptr;
  std::optional<T> eager_;
};
template <> class Body<void> {
public:
  explicit Body(Location where = Location::current()) : where_(where) {}
  [[noreturn]] void leave(Location where = Location::current()) {
    if (is_tracing)
      leave_body(scope_, where);
    throw Left{this, false};
  }
  template <class B> void operator%(B &&body) {
    if (is_tracing)
      return run_body([&](Scope &scope) { scope_ = &scope, body(*this); }, where_);
    try {
      body(*this);
    } catch (const Left &left) {
      if (left.target != this)
        throw;
    }
  }

private:
  Location where_;
  Scope *scope_ = nullptr;
};

template <class F> using ResultOfBranch = std::decay_t<std::invoke_result_t<F &>>;
template <class S, class F> decltype(auto) with_state(S &state, F &f) {
  if constexpr (std::is_invocable_v<F &, S &>)
    return f(state);
  else
    return std::apply(f, state);
}

} // namespace detail

// ---- lambda forms -------------------------------------------------------------------------------------------------

/// then() where the scalar `condition` holds, else otherwise(): only one of them runs. Both give the same type: a
/// structure of Tensors, or nothing.
template <class T, class E> auto cond(const Arg &condition, T &&then, E &&otherwise) {
  using R = detail::ResultOfBranch<T>;
  const auto holds = [&] { return detail::make_condition(tenon::cast(condition, boolean), condition.where); };
  if constexpr (std::is_void_v<R>) {
    (detail::If(holds, condition.where) % then / otherwise).run();
  } else {
    std::optional<detail::Results> results;
    if (detail::is_tracing)
      results.emplace(condition.where);
    R result{};
    if (results)
      results->made();
    const auto give = [&](const R &value) {
      detail::Giving giving(results ? &*results : nullptr, condition.where);
      result = value;
      giving.done();
    };
    (detail::If(holds, condition.where) % [&] { give(then()); } / [&] { give(otherwise()); }).run();
    return result;
  }
}

/// Runs body() while condition() holds; they capture what they change by reference.
template <class C, class B>
  requires std::invocable<C &> && std::invocable<B &>
void while_loop(C &&condition, B &&body, Location where = Location::current()) {
  (detail::While(condition, where) % [&](detail::Loop &) { body(); }).run();
}
/// state = body(state) while condition(state) holds: a Tensor or a structure, a tuple element by element.
template <class S, class C, class B>
S while_loop(S state, C &&condition, B &&body, Location where = Location::current()) {
  const auto holds = [&]() -> Tensor { return detail::with_state(state, condition); };
  (detail::While(holds, where) % [&](detail::Loop &) {
    const S next = detail::with_state(state, body);
    state = next;
  }).run();
  return state;
}

/// body(i) for each i of the range.
template <class B>
  requires std::invocable<B &, Tensor>
void for_range(const Range &range, B &&body, Location where = Location::current()) {
  (detail::For(range, where) % [&](detail::Loop &, Tensor i) { body(i); }).run();
}
template <class B>
  requires std::invocable<B &, Tensor>
void for_range(const Arg &n, B &&body) {
  for_range(range(n), body, n.where);
}
/// state = body(i, state) for each i of the range.
template <class S, class B>
  requires std::invocable<B &, Tensor, S &>
S for_range(const Range &range, S state, B &&body, Location where = Location::current()) {
  (detail::For(range, where) % [&](detail::Loop &, Tensor i) {
    const S next = body(i, state);
    state = next;
  }).run();
  return state;
}

/// The branch with number `index`, a scalar integer; the last one for any other number.
template <class F, class... More> auto case_of(const Arg &index, F &&first, More &&...more) {
  if constexpr (sizeof...(More) == 0) {
    return first();
  } else {
    const Tensor next = index - Arg(1, index.where);
    const Tensor chosen = index == Arg(0, index.where);
    return cond(Arg(chosen, index.where), first, [&] { return case_of(Arg(next, index.where), more...); });
  }
}

/// x && y(), where y() runs only if x holds.
Tensor and_then(const Tensor &x, detail::FnRef<Tensor()> y, Location where = Location::current());
/// x || y(), where y() runs only if x does not hold.
Tensor or_else(const Tensor &x, detail::FnRef<Tensor()> y, Location where = Location::current());

} // namespace tenon

// ---- statements ---------------------------------------------------------------------------------------------------

#define TENON_IF(...)                                                                                                  \
  ::tenon::detail::Run{} << ::tenon::detail::If([&] {                                                                  \
                              return ::tenon::detail::make_condition(__VA_ARGS__);                                     \
                            }) % [&]()->void
#define TENON_ELIF(...) *[&] { return ::tenon::detail::make_condition(__VA_ARGS__); } % [&]()->void
#define TENON_ELSE / [&]()->void
#define TENON_WHILE(...)                                                                                               \
  ::tenon::detail::Run{} << ::tenon::detail::While([&] {                                                               \
                              return (__VA_ARGS__);                                                                    \
                            }) % [&]([[maybe_unused]] ::tenon::detail::Loop & _tenon_loop)->void
/// for (; condition; step), where $continue runs the step.
#define TENON_WHILE_STEP(condition, ...)                                                                               \
  ::tenon::detail::Run{} << ::tenon::detail::While([&] { return (condition); }).step([&] {                             \
    __VA_ARGS__;                                                                                                       \
  }) % [&]([[maybe_unused]] ::tenon::detail::Loop & _tenon_loop)->void
/// Endless, until $break.
#define TENON_LOOP                                                                                                     \
  ::tenon::detail::Run{}                                                                                               \
      << ::tenon::detail::While(nullptr) % [&]([[maybe_unused]] ::tenon::detail::Loop & _tenon_loop)->void
/// Over a range, the numbers before an integer, or the rows of a Tensor.
#define TENON_FOR(variable, ...)                                                                                       \
  ::tenon::detail::Run{} << ::tenon::detail::For(__VA_ARGS__) % [&]([[maybe_unused]] ::tenon::detail::Loop &           \
                                                                        _tenon_loop,                                   \
                                                                    [[maybe_unused]] ::tenon::Tensor variable)         \
                                                                    ->void
/// A native loop, k = 0, 1, ... as an int, that $break may leave.
#define TENON_UNROLL(variable, count)                                                                                  \
  ::tenon::detail::Run{} << ::tenon::detail::Unroll(count) % [&]([[maybe_unused]] ::tenon::detail::Loop & _tenon_loop, \
                                                                 [[maybe_unused]] int variable)                        \
                                                                 ->void
/// $static { for (...) $static_iter {...})) break; };  what tenon-autograph makes of a native loop that a break on a
/// Tensor leaves.
#define TENON_STATIC                                                                                                   \
  ::tenon::detail::Run{} << ::tenon::detail::Static() % [&](::tenon::detail::Static::Iterations & _tenon_static)->void
#define TENON_STATIC_ITER if (!_tenon_static([&]([[maybe_unused]] ::tenon::detail::Loop & _tenon_loop) -> void
#define TENON_BREAK _tenon_loop.leave()
#define TENON_CONTINUE _tenon_loop.next()
/// The body of a function that returns T, where $return(x) may stand anywhere.
#define TENON_BODY(...)                                                                                                \
  return ::tenon::detail::Body<__VA_ARGS__>() % [&]([[maybe_unused]] ::tenon::detail::Body<__VA_ARGS__> & _tenon_body) \
                                                    ->__VA_ARGS__
#define TENON_RETURN(...) _tenon_body.leave(__VA_ARGS__)
/// Stands at the end of a body whose last statement is one of these, with a $return on every path.
#define TENON_UNREACHABLE _tenon_body.end()

#ifndef TENON_NO_DOLLAR
#define $if(...) TENON_IF(__VA_ARGS__)
#define $elif(...) TENON_ELIF(__VA_ARGS__)
#define $else TENON_ELSE
#define $while(...) TENON_WHILE(__VA_ARGS__)
#define $while_step(condition, ...) TENON_WHILE_STEP(condition, __VA_ARGS__)
#define $loop TENON_LOOP
#define $for(variable, ...) TENON_FOR(variable, __VA_ARGS__)
#define $unroll(variable, count) TENON_UNROLL(variable, count)
#define $static TENON_STATIC
#define $static_iter TENON_STATIC_ITER
#define $break TENON_BREAK
#define $continue TENON_CONTINUE
#define $body(...) TENON_BODY(__VA_ARGS__)
#define $return(...) TENON_RETURN(__VA_ARGS__)
#endif

#if defined(__clang__)
#pragma clang diagnostic pop
#endif
