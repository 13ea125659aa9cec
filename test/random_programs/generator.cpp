// Random programs: nested control flow whose every loop ends.
#include "../random/random.h"
#include "program.h"

namespace tenon::test::programs {

Type Expression::type() const {
  if (kind < integer)
    return Type::real;
  if (kind < less)
    return Type::integer;
  return kind < vector_variable ? Type::boolean : Type::vector;
}

namespace {
using E = Expression;

/// Writes a program top down; what a place may use is what is declared around it.
class Writer {
public:
  explicit Writer(std::uint64_t seed) : random_(seed) {}
  Block body() { return block(0, /*in_loop=*/false); }

private:
  static E make(E::Kind kind, std::vector<E> operands) {
    E e;
    e.kind = kind;
    e.operands = std::move(operands);
    return e;
  }
  static E named(E::Kind kind, int variable) {
    E e;
    e.kind = kind;
    e.variable = variable;
    return e;
  }
  static E constant(E::Kind kind, double value) {
    E e;
    e.kind = kind;
    e.value = value;
    return e;
  }

  int real_variable() {
    if (!reals_.empty() && random_.percent(30))
      return random_.of(reals_);
    return int(random_.below(first_temporary));
  }
  /// One that may be assigned: no counter of a loop, which ends by it, and no element of a row.
  int assignable() {
    if (!assignable_.empty() && random_.percent(30))
      return random_.of(assignable_);
    return int(random_.below(first_temporary));
  }
  int int_variable() {
    if (!indices_.empty() && random_.percent(40))
      return random_.of(indices_);
    return int(random_.below(first_index));
  }
  double half() { return double(random_.between(-6, 8)) / 2; }

  E real(int depth) {
    const int kind = int(random_.below(100));
    if (depth > 2 || kind < 35)
      return named(E::real_variable, real_variable());
    if (kind < 42)
      return constant(E::real, half());
    if (kind < 72) {
      static constexpr E::Kind kinds[] = {E::add, E::add, E::subtract, E::subtract, E::multiply};
      E right = random_.percent(25) ? constant(E::number, half()) : real(depth + 1);
      return make(random_.of(kinds), {real(depth + 1), std::move(right)});
    }
    if (kind < 77)
      return make(random_.percent(50) ? E::minimum : E::maximum, {real(depth + 1), real(depth + 1)});
    if (kind < 80)
      return make(E::absolute, {real(depth + 1)});
    if (kind < 83)
      return make(E::select, {boolean(depth + 1), real(depth + 1), real(depth + 1)});
    if (kind < 87)
      return make(E::element, {vector(depth + 2), integer(depth + 1)});
    if (kind < 89)
      return make(E::sum, {vector(depth + 1)});
    if (kind < 93)
      return make(E::to_real, {integer(depth + 1)});
    if (kind < 97)
      return make(E::item, {integer(depth + 1)});
    return named(E::memory, 0);
  }
  E integer(int depth) {
    const int kind = int(random_.below(100));
    if (depth > 2 || kind < 60)
      return named(E::int_variable, int_variable());
    if (kind < 70)
      return constant(E::integer, double(random_.between(-3, 5)));
    if (kind < 92) {
      static constexpr E::Kind kinds[] = {E::int_add, E::int_add, E::int_subtract, E::int_multiply};
      return make(random_.of(kinds), {integer(depth + 1), integer(depth + 1)});
    }
    return make(E::to_integer, {real(depth + 1)});
  }
  E boolean(int depth) {
    const int kind = int(random_.below(100));
    if (depth <= 1 && kind < 12)
      return make(random_.percent(50) ? E::both : E::either, {boolean(depth + 1), boolean(depth + 1)});
    if (depth <= 1 && kind < 18)
      return make(E::negation, {boolean(depth + 1)});
    if (kind < 75) {
      static constexpr E::Kind kinds[] = {E::less, E::less_equal, E::greater};
      E right = random_.percent(30) ? constant(E::number, half()) : real(depth + 1);
      return make(random_.of(kinds), {real(depth + 1), std::move(right)});
    }
    return make(random_.percent(70) ? E::int_less : E::int_equal, {integer(depth + 1), integer(depth + 1)});
  }
  E vector(int depth) {
    const int kind = int(random_.below(100));
    if (depth > 2 || kind < 55)
      return named(E::vector_variable, 0);
    if (kind < 70)
      return make(E::vector_add, {vector(depth + 1), vector(depth + 1)});
    return kind < 85 ? make(E::vector_scale, {vector(depth + 1), real(depth + 1)}) : make(E::spread, {real(depth + 1)});
  }

  /// The statements of a block; what it declares ends with it.
  Block block(int depth, bool in_loop) {
    const auto reals = reals_, assignables = assignable_, indices = indices_;
    Block result;
    const int count = int(random_.between(1, depth == 0 ? 5 : 3));
    for (int i = 0; i < count && !budget_spent(); ++i) {
      ++statements_;
      result.push_back(statement(depth, in_loop));
      const Statement::Kind kind = result.back().kind;
      if (kind == Statement::break_ || kind == Statement::continue_ || kind == Statement::return_)
        break; // nothing after it is reached
    }
    reals_ = reals, assignable_ = assignables, indices_ = indices;
    return result;
  }
  bool budget_spent() const { return statements_ > 40; }

  Block loop_body(int depth) { return block(depth + 1, true); }

  Statement statement(int depth, bool in_loop) {
    Statement s;
    const int kind = int(random_.below(100));
    if (depth < 4 && kind >= 38 && kind < 60)
      return branch(depth, in_loop);
    if (depth < 3 && kind >= 60 && kind < 82)
      return loop(depth);
    if (in_loop && kind >= 82 && kind < 90) {
      s.kind = random_.percent(50) ? Statement::break_ : Statement::continue_;
      return s;
    }
    if (depth > 0 && kind >= 90 && kind < 93) {
      s.kind = Statement::return_;
      s.value = real(0);
      return s;
    }
    return simple();
  }

  Statement simple() {
    Statement s;
    const int kind = int(random_.below(100));
    if (kind < 40) {
      s.kind = Statement::assign_real;
      s.variable = assignable();
      s.value = real(0);
    } else if (kind < 55) {
      s.kind = Statement::assign_integer;
      s.variable = int(random_.between(k, r_k));
      s.value = integer(0);
    } else if (kind < 63) {
      s.kind = Statement::assign_vector;
      s.value = vector(0);
    } else if (kind < 73) {
      s.kind = Statement::declare;
      s.value = real(0);
      s.variable = next_temporary_++;
      reals_.push_back(s.variable);
      assignable_.push_back(s.variable);
    } else if (kind < 81) {
      s.kind = Statement::put;
      s.index = integer(0);
      s.value = real(0);
    } else if (kind < 89) {
      s.kind = random_.percent(50) ? Statement::assign_memory : Statement::add_memory;
      s.value = real(0);
    } else if (kind < 92) {
      s.kind = Statement::copy_pair;
      s.variable = int(random_.below(2));
    } else if (kind < 97) {
      s.kind = random_.percent(50) ? Statement::swap_pairs : Statement::swap_reals;
    } else {
      s.kind = Statement::call;
      s.variable = assignable();
    }
    return s;
  }

  Statement branch(int depth, bool in_loop) {
    Statement s;
    s.kind = Statement::branch;
    const int arms = random_.percent(75) ? 1 : 2;
    for (int i = 0; i < arms; ++i) {
      E condition = boolean(0);
      s.arms.push_back({std::move(condition), block(depth + 1, in_loop)});
    }
    s.has_else = random_.percent(55);
    if (s.has_else)
      s.block = block(depth + 1, in_loop);
    return s;
  }

  Statement loop(int depth) {
    Statement s;
    const auto reals = reals_, indices = indices_;
    const int kind = int(random_.below(100));
    if (kind < 30) {
      s.kind = Statement::while_;
      s.variable = next_temporary_++;
      s.value = boolean(0);
      reals_.push_back(s.variable);
      s.block = loop_body(depth);
    } else if (kind < 45) {
      s.kind = Statement::forever;
      s.variable = next_temporary_++;
      reals_.push_back(s.variable);
      s.block = loop_body(depth);
    } else if (kind < 75) {
      s.kind = Statement::for_range;
      s.value = integer(1);
      s.variable = next_index_++;
      indices_.push_back(s.variable);
      s.block = loop_body(depth);
    } else if (kind < 87) {
      s.kind = Statement::for_rows;
      s.variable = next_temporary_++;
      reals_.push_back(s.variable);
      s.block = loop_body(depth);
    } else {
      s.kind = Statement::unroll;
      s.count = int(random_.between(1, 3));
      s.variable = assignable();
      s.block = loop_body(depth);
    }
    reals_ = reals, indices_ = indices;
    return s;
  }

  Random random_;
  std::vector<int> reals_, assignable_, indices_;
  int next_temporary_ = first_temporary, next_index_ = first_index, statements_ = 0;
};
} // namespace

Program generate(std::uint64_t seed) {
  if (seed >= first_nesting)
    return nesting((seed - first_nesting) % nesting_count());
  return {seed, Writer(seed).body()};
}

std::vector<Input> inputs(std::uint64_t seed, int count) {
  Random random(seed * 1000003 + 17);
  const auto half = [&] { return double(random.between(-12, 20)) / 2; };
  std::vector<Input> result(static_cast<std::size_t>(count));
  for (Input &input : result) {
    input.a = half(), input.b = half(), input.c = half();
    input.n = random.between(-2, 9);
    for (double &x : input.v) x = half();
    input.memory = half();
  }
  return result;
}

int size_of(const Block &block) {
  int size = 0;
  for (const Statement &s : block) {
    size += 1 + size_of(s.block);
    for (const Arm &arm : s.arms) size += size_of(arm.block);
  }
  return size;
}

// ---- scopes ---------------------------------------------------------------------------------------------------------

namespace {
struct Scope {
  std::vector<bool> reals, indices;
  bool in_loop = false;
  static void declare(std::vector<bool> &set, int i) {
    if (set.size() <= std::size_t(i))
      set.resize(std::size_t(i) + 1);
    set[std::size_t(i)] = true;
  }
  bool has_real(int i) const { return i < first_temporary || (std::size_t(i) < reals.size() && reals[std::size_t(i)]); }
  bool has_index(int i) const {
    return i < first_index || (std::size_t(i) < indices.size() && indices[std::size_t(i)]);
  }
};

bool is_fine(const Expression &e, const Scope &scope) {
  if (e.kind == E::real_variable && !scope.has_real(e.variable))
    return false;
  if (e.kind == E::int_variable && !scope.has_index(e.variable))
    return false;
  for (const Expression &operand : e.operands)
    if (!is_fine(operand, scope))
      return false;
  return true;
}

bool is_fine(const Block &block, Scope scope) {
  for (const Statement &s : block) {
    const bool assigns = s.kind == Statement::assign_real || s.kind == Statement::call || s.kind == Statement::unroll;
    if (!is_fine(s.value, scope) || !is_fine(s.index, scope) || (assigns && !scope.has_real(s.variable)))
      return false;
    if ((s.kind == Statement::break_ || s.kind == Statement::continue_) && !scope.in_loop)
      return false;
    if (s.kind == Statement::declare)
      Scope::declare(scope.reals, s.variable);
    Scope inner = scope;
    switch (s.kind) {
    case Statement::while_:
    case Statement::forever:
    case Statement::for_rows: Scope::declare(inner.reals, s.variable); [[fallthrough]];
    case Statement::for_range:
      if (s.kind == Statement::for_range)
        Scope::declare(inner.indices, s.variable);
      [[fallthrough]];
    case Statement::unroll: inner.in_loop = true; break;
    default: break;
    }
    if (!is_fine(s.block, inner))
      return false;
    for (const Arm &arm : s.arms)
      if (!is_fine(arm.condition, scope) || !is_fine(arm.block, scope))
        return false;
  }
  return true;
}
} // namespace

bool is_well_formed(const Program &program) { return is_fine(program.body, {}); }

} // namespace tenon::test::programs
