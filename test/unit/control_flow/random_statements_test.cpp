// Random programs of nested statements: C++ numbers, eager Tensors and traced functions agree. A program is a tree that
// is run in both worlds, by the classes behind the macros. TENON_RANDOM_PROGRAMS: how many.
#include "same.h"

#include <cstdlib>
#include <memory>
#include <random>

using tenon::Tensor;
namespace detail = tenon::detail;

namespace {

enum class Kind { assign, declare, branch, repeat, count, endless, unroll, leave, next, give };

struct Expression {
  int op = 0, a = 0, b = 0; // variable a, variable b or, below 0, the number -b
};
struct Node {
  Kind kind;
  int target = 0, number = 0;
  Expression value, condition;
  std::vector<Node> first, second;
};

class Generator {
public:
  explicit Generator(unsigned seed) : random_(seed) {}
  std::vector<Node> program() { return block(0, 4, false); }

private:
  int below(int n) { return int(random_() % unsigned(n)); }
  Expression expression(int variables) {
    return {below(4), below(variables), below(2) ? below(variables) : -1 - below(9)};
  }
  std::vector<Node> block(int depth, int variables, bool in_loop) {
    std::vector<Node> nodes;
    for (int n = 1 + below(depth > 2 ? 2 : 4); n > 0; --n) {
      const int what = below(depth < 4 ? 16 : 6);
      Node node{Kind::assign, below(variables), 1 + below(4), expression(variables), expression(variables), {}, {}};
      if (what == 0) {
        node.kind = Kind::declare;
        ++variables;
      } else if (what == 1 && in_loop && depth > 1) {
        node.kind = below(2) ? Kind::leave : Kind::next;
      } else if (what == 2 && depth > 1 && below(2)) {
        node.kind = Kind::give;
      } else if (what >= 6) {
        const Kind kinds[] = {Kind::branch, Kind::branch, Kind::branch, Kind::branch,  Kind::branch,
                              Kind::repeat, Kind::count,  Kind::count,  Kind::endless, Kind::unroll};
        node.kind = kinds[what - 6];
        const bool loops = node.kind != Kind::branch;
        node.first = block(depth + 1, variables + (node.kind == Kind::count ? 1 : 0), in_loop || loops);
        if (!loops && below(2))
          node.second = block(depth + 1, variables, in_loop);
      }
      nodes.push_back(std::move(node));
      const Kind last = nodes.back().kind;
      if (last == Kind::leave || last == Kind::next || last == Kind::give)
        break; // nothing behind it runs
    }
    return nodes;
  }
  std::mt19937 random_;
};

template <class T> T value(const Expression &e, const std::vector<T *> &v) {
  const T &a = *v[std::size_t(e.a)];
  const T b = e.b < 0 ? T(std::int64_t(-e.b)) : T(*v[std::size_t(e.b)]);
  switch (e.op) {
  case 0: return (a + b) % 1000;
  case 1: return (a - b) % 1000;
  case 2: return (a * b) % 1000;
  default: return a % 7 + b;
  }
}
std::int64_t truth(const Expression &e, const std::vector<std::int64_t *> &v) { return value(e, v) % 3 > 0; }
Tensor truth(const Expression &e, const std::vector<Tensor *> &v) { return value(e, v) % 3 > 0; }

// ---- on numbers

enum class Signal { none, leave, next, give };
struct Numbers {
  std::int64_t result = 0;
  using Variables = std::vector<std::int64_t *>;
  Signal run(const std::vector<Node> &nodes, Variables v) {
    std::vector<std::unique_ptr<std::int64_t>> locals;
    for (const Node &node : nodes) {
      Signal signal = Signal::none;
      const auto iterate = [&](const Variables &inside) {
        signal = run(node.first, inside);
        if (signal == Signal::give)
          return false;
        const bool stops = signal == Signal::leave;
        signal = Signal::none;
        return !stops;
      };
      std::int64_t counter = 0;
      switch (node.kind) {
      case Kind::assign: *v[std::size_t(node.target)] = value(node.value, v); break;
      case Kind::declare:
        locals.push_back(std::make_unique<std::int64_t>(value(node.value, v)));
        v.push_back(locals.back().get());
        break;
      case Kind::branch: signal = run(truth(node.condition, v) ? node.first : node.second, v); break;
      case Kind::repeat:
        for (; counter < node.number && truth(node.condition, v); ++counter)
          if (!iterate(v))
            break;
        break;
      case Kind::count:
        for (std::int64_t n = value(node.value, v) % 4; counter < n; ++counter) {
          Variables inside = v;
          std::int64_t i = counter;
          inside.push_back(&i);
          if (!iterate(inside))
            break;
        }
        break;
      case Kind::endless:
        while (true) {
          if (++counter > node.number)
            break;
          if (!iterate(v))
            break;
        }
        break;
      case Kind::unroll:
        for (; counter < node.number; ++counter)
          if (!iterate(v))
            break;
        break;
      case Kind::leave: return Signal::leave;
      case Kind::next: return Signal::next;
      case Kind::give: result = value(node.value, v); return Signal::give;
      }
      if (signal != Signal::none)
        return signal;
    }
    return Signal::none;
  }
};

// ---- on Tensors

struct Tensors {
  detail::Body<Tensor> &body;
  using Variables = std::vector<Tensor *>;
  // From node i on: a declaration lives as long as what is behind it.
  void run(const std::vector<Node> &nodes, const Variables &v, detail::Loop *loop, std::size_t i = 0) {
    for (; i < nodes.size(); ++i) {
      const Node &node = nodes[i];
      switch (node.kind) {
      case Kind::assign: *v[std::size_t(node.target)] = value(node.value, v); break;
      case Kind::declare: {
        Tensor local = value(node.value, v);
        Variables inside = v;
        inside.push_back(&local);
        return run(nodes, inside, loop, i + 1);
      }
      case Kind::branch:
        (
            detail::If([&] { return detail::make_condition(truth(node.condition, v)); }) %
            [&] { run(node.first, v, loop); } / [&] { run(node.second, v, loop); })
            .run();
        break;
      case Kind::repeat: {
        Tensor counter = 0;
        (detail::While([&] { return counter < node.number && truth(node.condition, v); }).step([&] { counter += 1; }) %
         [&](detail::Loop &inner) {
           run(node.first, v, &inner);
         }).run();
        break;
      }
      case Kind::count:
        (detail::For(tenon::range(value(node.value, v) % 4)) % [&](detail::Loop &inner, Tensor index) {
          Variables inside = v;
          inside.push_back(&index);
          run(node.first, inside, &inner);
        }).run();
        break;
      case Kind::endless: {
        Tensor counter = 0;
        (detail::While(nullptr) % [&](detail::Loop &inner) {
          counter += 1;
          $if(counter > node.number) { inner.leave(); };
          run(node.first, v, &inner);
        }).run();
        break;
      }
      case Kind::unroll:
        (detail::Unroll(node.number) % [&](detail::Loop &inner, int) { run(node.first, v, &inner); }).run();
        break;
      case Kind::leave: loop->leave();
      case Kind::next: loop->next();
      case Kind::give: body.leave(value(node.value, v));
      }
    }
  }
};

TEST(RandomStatements, AgreeEagerlyTracedAndAsNumbers) {
  const char *wanted = std::getenv("TENON_RANDOM_PROGRAMS");
  const int count = wanted ? std::atoi(wanted) : 100;
  int traced_again = 0;
  for (int seed = 0; seed < count; ++seed) {
    const std::vector<Node> program = Generator(unsigned(seed)).program();
    const auto on_tensors = [&](Tensor a, Tensor b, Tensor c, Tensor d) -> Tensor {
      $body(Tensor) {
        Tensors{_tenon_body}.run(program, {&a, &b, &c, &d}, nullptr);
        return a + 7 * b + 31 * c + 101 * d;
      };
    };
    auto traced = tenon::function(on_tensors);
    for (const auto &input : {std::array<std::int64_t, 4>{1, 2, 3, 4}, {0, -5, 17, 999}, {8, 8, -1, 0}}) {
      std::array<std::int64_t, 4> x = input;
      Numbers numbers;
      if (numbers.run(program, {&x[0], &x[1], &x[2], &x[3]}) != Signal::give)
        numbers.result = x[0] + 7 * x[1] + 31 * x[2] + 101 * x[3];
      const auto call = [&](auto &f) {
        return f(Tensor(input[0]), Tensor(input[1]), Tensor(input[2]), Tensor(input[3])).template item<std::int64_t>();
      };
      try {
        ASSERT_EQ(call(on_tensors), numbers.result) << "eagerly, seed " << seed;
        ASSERT_EQ(call(traced), numbers.result) << "traced, seed " << seed;
      } catch (const std::exception &e) {
        FAIL() << "seed " << seed << ": " << e.what();
      }
    }
    traced_again += traced.trace_count() != 1;
  }
  EXPECT_EQ(traced_again, 0);
}

} // namespace
