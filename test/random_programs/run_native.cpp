// Runs random programs on C++ numbers.
#include "native.h"

#include "run.h"

namespace tenon::test::programs {

using native::absolute, native::bits, native::element, native::halve, native::item, native::maximum, native::minimum,
    native::put, native::scaled, native::select, native::spread, native::sum, native::sum_of, native::to_integer,
    native::to_real, native::wrap, native::wrap_each;

} // namespace tenon::test::programs

#include "interpret.h"

namespace tenon::test::programs {

namespace {
TENON_TEST_DOMAIN(Numbers, native);

enum class Flow { next, broken, continued, returned };
struct TooLong {};

class Run {
public:
  Run(const Input &input, native::Memory &memory)
      : x_{input.a,
           input.b,
           input.c,
           input.n,
           0,
           {1.0, 2},
           {3.0, 4},
           {{input.v[0], input.v[1], input.v[2], input.v[3]}},
           {0, 1, 2, 3},
           memory} {}

  double operator()(const Block &body) {
    if (block(body, 0) == Flow::returned)
      return result_;
    return native::digest(x_.a, x_.b, x_.c, x_.s, x_.r, x_.k, x_.v, x_.list);
  }

private:
  Flow block(const Block &statements, std::size_t from) {
    for (std::size_t i = from; i < statements.size(); ++i) {
      if (++steps_ > 600)
        throw TooLong();
      const Statement &s = statements[i];
      if (s.kind == Statement::declare) {
        double place = wrap(real_of<Numbers>(s.value, x_));
        x_.set_temporary(s.variable, &place);
        return block(statements, i + 1);
      }
      if (const Flow flow = statement(s); flow != Flow::next)
        return flow;
    }
    return Flow::next;
  }
  /// Whether the loop goes on after this pass; `flow` is the statement's result otherwise.
  bool pass(const Statement &s, Flow &flow) {
    flow = block(s.block, 0);
    if (flow == Flow::returned)
      return false;
    const bool broken = flow == Flow::broken;
    flow = Flow::next;
    return !broken;
  }
  Flow statement(const Statement &s) {
    Flow flow = Flow::next;
    switch (s.kind) {
    case Statement::break_: return Flow::broken;
    case Statement::continue_: return Flow::continued;
    case Statement::return_: result_ = wrap(real_of<Numbers>(s.value, x_)); return Flow::returned;
    case Statement::branch:
      for (const Arm &arm : s.arms)
        if (boolean_of<Numbers>(arm.condition, x_))
          return block(arm.block, 0);
      return block(s.block, 0);
    case Statement::while_: {
      double count = 0;
      x_.set_temporary(s.variable, &count);
      while (count < 5.0 && boolean_of<Numbers>(s.value, x_)) {
        count = count + 1.0;
        if (!pass(s, flow))
          break;
      }
      return flow;
    }
    case Statement::forever: {
      double count = 0;
      x_.set_temporary(s.variable, &count);
      while (true) {
        count = count + 1.0;
        if (count > 4.0 || !pass(s, flow))
          break;
      }
      return flow;
    }
    case Statement::for_range:
      for (std::int64_t i = 0, end = integer_of<Numbers>(s.value, x_) & 7; i < end; ++i) {
        std::int64_t index = i;
        x_.set_index(s.variable, &index);
        if (!pass(s, flow))
          break;
      }
      return flow;
    case Statement::for_rows:
      for (double row : native::Vec(x_.v)) {
        x_.set_temporary(s.variable, &row);
        if (!pass(s, flow))
          break;
      }
      return flow;
    case Statement::unroll:
      for (int u = 0; u < s.count; ++u) {
        x_.real(s.variable) = wrap(x_.real(s.variable) + double(u));
        if (!pass(s, flow))
          break;
      }
      return flow;
    default: run_simple<Numbers>(s, x_); return Flow::next;
    }
  }

  Variables<Numbers> x_;
  double result_ = 0;
  int steps_ = 0;
};
} // namespace

std::optional<Outcome> run_native(const Program &program, const Input &input) {
  native::Memory memory{input.memory};
  try {
    const double result = Run(input, memory)(program.body);
    return Outcome{result, memory.held};
  } catch (const TooLong &) {
    return std::nullopt;
  }
}

} // namespace tenon::test::programs
