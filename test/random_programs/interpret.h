// The value of an expression of a random program, over either of the two sets of types.
#pragma once

#include "program.h"

#include <cstdint>
#include <stdexcept>
#include <utility>

namespace tenon::test::programs {

// Functions that native.h and traced.h both have are found where this is included: each file that does has its own.
namespace {

/// A set of types and functions, native.h's or traced.h's, as a template argument.
#define TENON_TEST_DOMAIN(Name, space)                                                                                 \
  struct Name {                                                                                                        \
    using Real = space::Real;                                                                                          \
    using Int = space::Int;                                                                                            \
    using Bool = space::Bool;                                                                                          \
    using Vec = space::Vec;                                                                                            \
    using List = space::List;                                                                                          \
    using Memory = space::Memory;                                                                                      \
    using Pair = space::Pair;                                                                                          \
    static Real real(double x) { return space::real(x); }                                                              \
    static Int integer(std::int64_t i) { return space::integer(i); }                                                   \
    static List empty_list() { return space::empty_list(); }                                                           \
  }

/// The variables of a running program.
template <class D> struct Variables {
  typename D::Real a, b, c;
  typename D::Int n, k;
  typename D::Pair s, r;
  typename D::Vec v;
  typename D::List list;
  typename D::Memory &memory;
  /// Those of the blocks that run now, by number.
  std::vector<typename D::Real *> temporaries{};
  std::vector<typename D::Int *> indices{};

  typename D::Real &real(int variable) {
    switch (variable) {
    case programs::a: return a;
    case programs::b: return b;
    case programs::c: return c;
    case s_x: return s.x;
    case r_x: return r.x;
    default: return *temporaries.at(std::size_t(variable - first_temporary));
    }
  }
  typename D::Int &integer(int variable) {
    switch (variable) {
    case programs::n: return n;
    case programs::k: return k;
    case s_k: return s.k;
    case r_k: return r.k;
    default: return *indices.at(std::size_t(variable - first_index));
    }
  }
  void set_temporary(int variable, typename D::Real *place) {
    const auto i = std::size_t(variable - first_temporary);
    if (temporaries.size() <= i)
      temporaries.resize(i + 1);
    temporaries[i] = place;
  }
  void set_index(int variable, typename D::Int *place) {
    const auto i = std::size_t(variable - first_index);
    if (indices.size() <= i)
      indices.resize(i + 1);
    indices[i] = place;
  }
};

template <class D> typename D::Real real_of(const Expression &e, Variables<D> &x);
template <class D> typename D::Int integer_of(const Expression &e, Variables<D> &x);
template <class D> typename D::Bool boolean_of(const Expression &e, Variables<D> &x);
template <class D> typename D::Vec vector_of(const Expression &e, Variables<D> &x);

/// The right operand of an operator: a number of C++ stays one.
template <class D, class F> auto with_operand(const Expression &e, Variables<D> &x, F &&f) {
  return e.kind == Expression::number ? f(e.value) : f(real_of<D>(e, x));
}

template <class D> typename D::Real real_of(const Expression &e, Variables<D> &x) {
  const auto real = [&](std::size_t i) { return real_of<D>(e.operands[i], x); };
  const auto integer = [&](std::size_t i) { return integer_of<D>(e.operands[i], x); };
  using R = typename D::Real;
  switch (e.kind) {
  case Expression::number:
  case Expression::real: return D::real(e.value);
  case Expression::real_variable: return x.real(e.variable);
  case Expression::add: return with_operand<D>(e.operands[1], x, [&](auto &&y) -> R { return real(0) + y; });
  case Expression::subtract: return with_operand<D>(e.operands[1], x, [&](auto &&y) -> R { return real(0) - y; });
  case Expression::multiply: return with_operand<D>(e.operands[1], x, [&](auto &&y) -> R { return real(0) * y; });
  case Expression::minimum: return minimum(real(0), real(1));
  case Expression::maximum: return maximum(real(0), real(1));
  case Expression::absolute: return absolute(real(0));
  case Expression::select: return select(boolean_of<D>(e.operands[0], x), real(1), real(2));
  case Expression::element: return element(vector_of<D>(e.operands[0], x), integer(1));
  case Expression::sum: return sum(vector_of<D>(e.operands[0], x));
  case Expression::to_real: return to_real(integer(0));
  case Expression::item: return item(x.list, integer(0));
  case Expression::memory: return x.memory.value();
  default: throw std::logic_error("not a real expression");
  }
}

template <class D> typename D::Int integer_of(const Expression &e, Variables<D> &x) {
  const auto integer = [&](std::size_t i) { return integer_of<D>(e.operands[i], x); };
  switch (e.kind) {
  case Expression::integer: return D::integer(std::int64_t(e.value));
  case Expression::int_variable: return x.integer(e.variable);
  case Expression::int_add: return integer(0) + integer(1);
  case Expression::int_subtract: return integer(0) - integer(1);
  case Expression::int_multiply: return integer(0) * integer(1);
  case Expression::to_integer: return to_integer(wrap(real_of<D>(e.operands[0], x)));
  default: throw std::logic_error("not an integer expression");
  }
}

template <class D> typename D::Bool boolean_of(const Expression &e, Variables<D> &x) {
  const auto real = [&](std::size_t i) { return real_of<D>(e.operands[i], x); };
  const auto integer = [&](std::size_t i) { return integer_of<D>(e.operands[i], x); };
  const auto boolean = [&](std::size_t i) { return boolean_of<D>(e.operands[i], x); };
  using B = typename D::Bool;
  switch (e.kind) {
  case Expression::less: return with_operand<D>(e.operands[1], x, [&](auto &&y) -> B { return real(0) < y; });
  case Expression::less_equal: return with_operand<D>(e.operands[1], x, [&](auto &&y) -> B { return real(0) <= y; });
  case Expression::greater: return with_operand<D>(e.operands[1], x, [&](auto &&y) -> B { return real(0) > y; });
  case Expression::int_less: return integer(0) < integer(1);
  case Expression::int_equal: return integer(0) == integer(1);
  case Expression::both: return boolean(0) && boolean(1);
  case Expression::either: return boolean(0) || boolean(1);
  case Expression::negation: return !boolean(0);
  default: throw std::logic_error("not a boolean expression");
  }
}

template <class D> typename D::Vec vector_of(const Expression &e, Variables<D> &x) {
  const auto vector = [&](std::size_t i) { return vector_of<D>(e.operands[i], x); };
  switch (e.kind) {
  case Expression::vector_variable: return x.v;
  case Expression::vector_add: return sum_of(vector(0), vector(1));
  case Expression::vector_scale: return scaled(vector(0), real_of<D>(e.operands[1], x));
  case Expression::spread: return spread(real_of<D>(e.operands[0], x));
  default: throw std::logic_error("not a vector expression");
  }
}

/// A statement without control flow; false for one that has.
template <class D> bool run_simple(const Statement &s, Variables<D> &x) {
  switch (s.kind) {
  case Statement::assign_real: x.real(s.variable) = wrap(real_of<D>(s.value, x)); return true;
  case Statement::assign_integer: x.integer(s.variable) = bits(integer_of<D>(s.value, x)); return true;
  case Statement::assign_vector: x.v = wrap_each(vector_of<D>(s.value, x)); return true;
  case Statement::put: put(x.list, integer_of<D>(s.index, x), wrap(real_of<D>(s.value, x))); return true;
  case Statement::assign_memory: x.memory.assign(wrap(real_of<D>(s.value, x))); return true;
  case Statement::add_memory: x.memory.assign_add(real_of<D>(s.value, x)); return true;
  case Statement::copy_pair:
    if (s.variable == 0)
      x.s = x.r;
    else
      x.r = x.s;
    return true;
  case Statement::swap_pairs: std::swap(x.s, x.r); return true;
  case Statement::swap_reals: std::swap(x.a, x.c); return true;
  case Statement::call: halve(x.real(s.variable), x.k); return true;
  default: return false;
  }
}

} // namespace
} // namespace tenon::test::programs
