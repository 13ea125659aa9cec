// Whole programs in the statement macros, against plain C++: eagerly and traced.
#include "same.h"

using tenon::Tensor;
using tenon::TensorArray;

namespace {

double as_double(float x) { return double(x); }

TEST(Programs, NewtonToConvergence) {
  auto f = [](Tensor a, Tensor eps) {
    Tensor x = a;
    $while(tenon::abs(x * x - a) > eps) { x = x - (x * x - a) / (2 * x); };
    return x;
  };
  auto number = [](float a, float eps) {
    float x = a;
    while (std::fabs(x * x - a) > eps) x = x - (x * x - a) / (2 * x);
    return x;
  };
  for (auto [a, eps] : {std::pair{2.f, 1e-5f}, {81.f, 1e-3f}, {1.f, 1e-6f}})
    same(f, {as_double(number(a, eps))}, Tensor(a), Tensor(eps));
}

TEST(Programs, ConjugateGradient) {
  constexpr int n = 5;
  auto f = [](Tensor a, Tensor b) {
    Tensor x = tenon::zeros_like(b), r = b, p = r, rs = tenon::sum(r * r), steps = 0;
    $while(rs > 1e-10 && steps < 20) {
      const Tensor q = tenon::matmul(a, p);
      const Tensor alpha = rs / tenon::sum(p * q);
      x += alpha * p;
      r -= alpha * q;
      const Tensor next = tenon::sum(r * r);
      p = r + next / rs * p;
      rs = next;
      steps += 1;
    };
    return std::make_pair(x, steps);
  };
  double a[n][n], b[n], x[n];
  std::vector<float> flat, right;
  for (int i = 0; i < n; ++i)
    for (int j = 0; j < n; ++j) flat.push_back(float(a[i][j] = i == j ? 4 + i : 1.0 / (1 + i + j)));
  for (int i = 0; i < n; ++i) right.push_back(float(b[i] = i - 1.5));
  const Tensor A = Tensor::from(flat, {n, n}), B = Tensor::from(right);
  agree(f, A, B);
  // Gauss and Jordan, in double.
  for (int i = 0; i < n; ++i) {
    for (int k = 0; k < n; ++k) {
      if (k == i)
        continue;
      const double factor = a[k][i] / a[i][i];
      for (int j = 0; j < n; ++j) a[k][j] -= factor * a[i][j];
      b[k] -= factor * b[i];
    }
  }
  for (int i = 0; i < n; ++i) x[i] = b[i] / a[i][i];
  const std::vector<double> found = numbers(f(A, B));
  for (int i = 0; i < n; ++i) EXPECT_NEAR(found[std::size_t(i)], x[i], 1e-5);
  // With an open size: what is carried keeps it, and that is proved.
  auto open = tenon::function(f, {tenon::spec<float>("n", "n"), tenon::spec<float>("n")});
  EXPECT_EQ(numbers(open(A, B)), found);
  EXPECT_EQ(open.mlir(A, B).find("tenon.assert"), std::string::npos);
}

TEST(Programs, PowerIteration) {
  auto f = [](Tensor a) {
    Tensor v = tenon::ones({a.dim(0)}), last = 0.0, value = 1.0;
    $while(tenon::abs(value - last) > 1e-6) {
      last = value;
      const Tensor w = tenon::matmul(a, v);
      value = tenon::sqrt(tenon::sum(w * w));
      v = w / value;
    };
    return value;
  };
  const Tensor a{{2., 1., 0.}, {1., 3., 1.}, {0., 1., 4.}};
  agree(f, a);
  EXPECT_NEAR(f(a).item(), 4.732051, 1e-4); // 3 + sqrt(3)
  auto open = tenon::function(f, {tenon::spec<float>("n", "n")});
  EXPECT_EQ(numbers(open(a)), numbers(f(a)));
}

TEST(Programs, Mandelbrot) {
  auto f = [](Tensor cr, Tensor ci) {
    Tensor zr = 0.0, zi = 0.0, count = 0;
    $while(count < 50) {
      $if(zr * zr + zi * zi > 4.0) { $break; };
      const Tensor next = zr * zr - zi * zi + cr;
      zi = 2 * zr * zi + ci;
      zr = next;
      count += 1;
    };
    return count;
  };
  auto number = [](float cr, float ci) {
    float zr = 0, zi = 0;
    int count = 0;
    while (count < 50) {
      if (zr * zr + zi * zi > 4)
        break;
      const float next = zr * zr - zi * zi + cr;
      zi = 2 * zr * zi + ci;
      zr = next;
      count += 1;
    }
    return count;
  };
  for (auto [r, i] : {std::pair{0.f, 0.f}, {1.f, 1.f}, {-0.75f, 0.1f}, {0.3f, 0.5f}, {-2.f, 0.001f}})
    same(f, {double(number(r, i))}, Tensor(r), Tensor(i));
}

TEST(Programs, KMeansUntilAssignmentsSettle) {
  auto f = [](Tensor points, Tensor centres) { // [n, 2], [2, 2]
    Tensor assigned = tenon::full({points.dim(0)}, -1, tenon::i64), rounds = 0;
    $loop {
      const Tensor far = tenon::sum(tenon::square(points - centres[0]), 1);
      const Tensor near = tenon::sum(tenon::square(points - centres[1]), 1);
      const Tensor now = tenon::cast(near < far, tenon::i64);
      rounds += 1;
      $if(tenon::all(now == assigned)) { $break; };
      assigned = now;
      for (int k = 0; k < 2; ++k) { // a static loop in a traced one
        const Tensor mine = tenon::cast(now == k, tenon::f32);
        const Tensor sums = tenon::sum(points * mine[{tenon::all_, tenon::newaxis}], 0);
        const Tensor centre = sums / tenon::maximum(tenon::sum(mine), 1.0);
        centres = k == 0 ? tenon::stack({centre, centres[1]}) : tenon::stack({centres[0], centre});
      }
    };
    return std::make_tuple(centres, assigned, rounds);
  };
  const Tensor points{{0., 0.}, {0., 1.}, {1., 0.}, {8., 8.}, {9., 8.}, {8., 9.}, {9., 9.}};
  const Tensor centres{{0., 0.}, {1., 1.}};
  const std::vector<double> found = numbers(f(points, centres));
  EXPECT_NEAR(found[0], 1 / 3., 1e-6);
  EXPECT_NEAR(found[2], 8.5, 1e-6);
  EXPECT_EQ(std::vector<double>(found.begin() + 4, found.begin() + 11), (std::vector<double>{0, 0, 0, 1, 1, 1, 1}));
  agree(f, points, centres);
  auto open = tenon::function(f, {tenon::spec<float>("n", 2), tenon::spec<float>(2, 2)});
  EXPECT_EQ(numbers(open(points, centres)), found);
}

TEST(Programs, GreedyDecodingWithADynamicStop) {
  constexpr int vocabulary = 5, stop = 0;
  auto f = [](Tensor logits, Tensor first, Tensor limit) { // logits of what follows what
    TensorArray tokens(tenon::i64, 9);
    Tensor token = first, length = 0;
    $for(i, limit) {
      tokens.write(i, token);
      length += 1;
      token = tenon::argmax(logits[token], 0);
      $if(token == stop) { $break; };
    };
    return std::make_pair(tokens.stack(), length);
  };
  std::vector<float> logits;
  for (int i = 0; i < vocabulary * vocabulary; ++i) logits.push_back(float((i * 7 + 3) % 11));
  auto number = [&](int token, int limit) {
    std::vector<double> tokens(9, 0.0);
    int length = 0;
    for (int i = 0; i < limit; ++i) {
      tokens[std::size_t(i)] = token;
      ++length;
      const auto row = logits.begin() + token * vocabulary;
      token = int(std::max_element(row, row + vocabulary) - row);
      if (token == stop)
        break;
    }
    tokens.push_back(length);
    return tokens;
  };
  for (auto [first, limit] : {std::pair{1, 4}, {2, 6}, {3, 1}, {4, 9}})
    same(f, number(first, limit), Tensor::from(logits, {vocabulary, vocabulary}), Tensor(first), Tensor(limit));
}

// A loop inside a helper that takes Tensor &.
void normalise(Tensor &x, Tensor &k) {
  $while(tenon::abs(x) > 1.0) {
    x = x / 2;
    k += 1;
  };
}

TEST(Programs, AHelperTakesReferences) {
  auto f = [](Tensor a, Tensor b) {
    Tensor k = 0;
    $for(i, 3) {
      normalise(a, k);
      $if(k > 2) { normalise(b, k); };
      a = a * 4 + i;
    };
    return a + b + k;
  };
  auto halve = [](float &x, int &k) {
    while (std::fabs(x) > 1) {
      x /= 2;
      ++k;
    }
  };
  for (auto [a, b] : {std::pair{3.f, 40.f}, {100.f, 2.f}, {0.1f, 8.f}}) {
    float x = a, y = b;
    int k = 0;
    for (int i = 0; i < 3; ++i) {
      halve(x, k);
      if (k > 2)
        halve(y, k);
      x = x * 4 + float(i);
    }
    same(f, {as_double(x + y + float(k))}, Tensor(a), Tensor(b));
  }
}

struct State {
  Tensor position, speed;
};

TEST(Programs, AStructOfState) {
  auto f = [](State s, Tensor n) {
    $for(i, n) {
      const State old = s; // a copy: other variables
      s.position = old.position + 0.5 * old.speed;
      s.speed = old.speed - 0.25 * old.position;
      $if(s.position > 1.0) {
        s = old;
        $break;
      };
    };
    return s;
  };
  for (auto [p, v, n] : {std::tuple{0.f, 1.f, 5}, {0.5f, 2.f, 50}, {-2.f, 0.f, 3}}) {
    float position = p, speed = v;
    for (int i = 0; i < n; ++i) {
      const float before = position;
      const float next = position + 0.5f * speed;
      if (next > 1)
        break;
      position = next;
      speed = speed - 0.25f * before;
    }
    same(f, {as_double(position), as_double(speed)}, State{p, v}, Tensor(n));
  }
}

TEST(Programs, ATracedLoopInAStaticOne) {
  auto f = [](Tensor x) {
    for (int scale : {2, 3, 5}) {
      $while(x % scale == 0) { x = x / scale; };
    }
    return x;
  };
  for (int n : {1, 60, 7 * 8 * 9, 11}) {
    int x = n;
    for (int scale : {2, 3, 5})
      while (x % scale == 0) x /= scale;
    same(f, {double(x)}, Tensor(n));
  }
}

Tensor halve_or_triple(Tensor x, int depth) {
  if (depth == 0)
    return x;
  $if(x > 1) { x = halve_or_triple(x / 2, depth - 1); }
  $else { x = halve_or_triple(x * 3 + 1, depth - 1); };
  return x;
}
int halve_or_triple(int x, int depth) {
  return depth == 0 ? x : x > 1 ? halve_or_triple(x / 2, depth - 1) : halve_or_triple(x * 3 + 1, depth - 1);
}

TEST(Programs, RecursionIsBoundedWhileTracing) {
  auto f = [](Tensor x) { return halve_or_triple(x, 4); };
  for (int x : {0, 1, 5, 100}) same(f, {double(halve_or_triple(x, 4))}, Tensor(x));
}

struct RNNCell {
  Tensor w, u, b;
  Tensor zero_state(const Tensor &batch, tenon::DType dtype) const { return tenon::zeros({batch, 3}, dtype); }
  std::pair<Tensor, Tensor> operator()(Tensor x, Tensor state) const {
    Tensor next = tenon::tanh(tenon::matmul(x, w) + tenon::matmul(state, u) + b);
    return {next, next};
  }
};

struct DynamicRNN {
  std::shared_ptr<RNNCell> cell;
  auto operator()(Tensor input) const { // [batch, time, features]
    input = tenon::transpose(input, {1, 0, 2});
    TensorArray outputs(tenon::f32, input.dim(0));
    auto state = cell->zero_state(input.dim(1), tenon::f32);
    Tensor output;
    $for(i, tenon::range(input.dim(0))) {
      std::tie(output, state) = (*cell)(input[i], state);
      outputs.write(i, output);
    };
    return std::make_pair(tenon::transpose(outputs.stack(), {1, 0, 2}), state);
  }
};

TEST(Programs, DynamicRNNOverOpenBatchAndTime) {
  DynamicRNN rnn{
      std::make_shared<RNNCell>(RNNCell{tenon::normal({2, 3}, 1), tenon::normal({3, 3}, 2), tenon::normal({3}, 3)})};
  auto f = tenon::function(rnn, {tenon::spec<float>("batch", "time", 2)}, {.name = "rnn", .trace_budget = 1});
  const Tensor w = rnn.cell->w, u = rnn.cell->u, b = rnn.cell->b;
  for (auto [batch, time] : {std::pair{1, 1}, {2, 5}, {4, 3}}) {
    const Tensor x = tenon::uniform({batch, time, 2}, batch + 10 * time);
    auto [eager, eager_state] = rnn(x);
    auto [traced, traced_state] = f(x);
    EXPECT_TRUE(tenon::array_equal(eager, traced));
    EXPECT_TRUE(tenon::array_equal(eager_state, traced_state));
    // Plain C++ in double.
    for (int n = 0; n < batch; ++n) {
      double state[3] = {0, 0, 0};
      for (int t = 0; t < time; ++t) {
        double next[3];
        for (int k = 0; k < 3; ++k) {
          next[k] = b[k].item();
          for (int i = 0; i < 2; ++i) next[k] += double(x[{n, t, i}].item()) * w[{i, k}].item();
          for (int i = 0; i < 3; ++i) next[k] += state[i] * double(u[{i, k}].item());
        }
        for (int k = 0; k < 3; ++k) EXPECT_NEAR((traced[{n, t, k}].item()), state[k] = std::tanh(next[k]), 1e-5);
      }
    }
  }
}

} // namespace
