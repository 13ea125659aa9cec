// Every statement in every other, and each way to leave them: small programs beside the random ones.
#include "program.h"

namespace tenon::test::programs {

namespace {
using E = Expression;

constexpr Statement::Kind nested[] = {Statement::branch,    Statement::while_,   Statement::forever,
                                      Statement::for_range, Statement::for_rows, Statement::unroll};
constexpr Statement::Kind leaves[] = {Statement::break_, Statement::continue_, Statement::return_,
                                      Statement::copy_pair};
constexpr std::uint64_t kinds = std::size(nested), ways = std::size(leaves);

E named(E::Kind kind, int variable) {
  E e;
  e.kind = kind;
  e.variable = variable;
  return e;
}
E constant(E::Kind kind, double value) {
  E e;
  e.kind = kind;
  e.value = value;
  return e;
}
E make(E::Kind kind, std::vector<E> operands) {
  E e;
  e.kind = kind;
  e.operands = std::move(operands);
  return e;
}
E real(int variable) { return named(E::real_variable, variable); }

Statement assign(Statement::Kind kind, int variable, E value) {
  Statement s;
  s.kind = kind;
  s.variable = variable;
  s.value = std::move(value);
  return s;
}

/// a, k, the vector, the array and the variable change.
void change(Block &block, double by) {
  block.push_back(assign(Statement::assign_real, a, make(E::add, {real(a), constant(E::number, by)})));
  block.push_back(
      assign(Statement::assign_integer, k, make(E::int_add, {named(E::int_variable, k), constant(E::integer, 1)})));
  block.push_back(assign(Statement::assign_vector, 0,
                         make(E::vector_add, {named(E::vector_variable, 0), make(E::spread, {real(a)})})));
  Statement put = assign(Statement::put, 0, real(a));
  put.index = named(E::int_variable, k);
  block.push_back(put);
  block.push_back(assign(Statement::add_memory, 0, constant(E::real, by)));
}

Statement around(Statement::Kind kind, Block block, int depth) {
  Statement s;
  s.kind = kind;
  s.block = std::move(block);
  s.variable = first_temporary + depth;
  switch (kind) {
  case Statement::branch:
    s.arms.push_back({make(E::greater, {real(b), constant(E::number, depth ? 1 : -2)}), std::move(s.block)});
    s.has_else = true;
    s.block.clear();
    change(s.block, 2.5);
    break;
  case Statement::while_: s.value = make(E::less, {real(a), constant(E::number, 12)}); break;
  case Statement::for_range:
    s.variable = first_index + depth;
    s.value = named(E::int_variable, n);
    break;
  case Statement::unroll:
    s.variable = c;
    s.count = 2;
    break;
  default: break;
  }
  return s;
}
} // namespace

std::uint64_t nesting_count() { return kinds * kinds * ways; }

Program nesting(std::uint64_t number) {
  // Numbers side by side differ in everything, so that a range of them has each kind.
  const std::uint64_t outer = number % kinds, inner = number / kinds % kinds,
                      way = (number / (kinds * kinds) + number) % ways;
  Statement::Kind leaf = leaves[way];
  const bool in_loop = nested[outer] != Statement::branch || nested[inner] != Statement::branch;
  if (!in_loop && leaf != Statement::copy_pair)
    leaf = Statement::return_;
  Statement leaves_it = assign(leaf, 0, real(a)), when;
  when.kind = Statement::branch;
  when.arms.push_back({make(E::greater, {real(a), constant(E::number, 6)}), {leaves_it}});
  Block body, middle, program;
  change(body, 1.5);
  body.push_back(when);
  change(body, 0.5);
  change(middle, 3.5);
  middle.push_back(around(nested[inner], body, 1));
  middle.push_back(when.arms[0].block[0].kind == Statement::return_ ? assign(Statement::swap_pairs, 0, {}) : when);
  if (nested[outer] == Statement::branch && when.arms[0].block[0].kind != Statement::copy_pair)
    middle.pop_back(); // no loop is around it
  change(middle, 1);
  program.push_back(around(nested[outer], middle, 0));
  change(program, 5);
  return {first_nesting + number, program};
}

} // namespace tenon::test::programs
