// Native if, while, for, break, continue and return on Tensors. This file is compiled as tenon-autograph rewrites it;
// eagerly it means what it says, traced and ahead of time it is branches and loops of the compiled function.
#include "programs.h"

using tenon::Tensor;

TENON_FUNCTION Tensor collatz(Tensor n) {
  Tensor steps = 0;
  while (n != 1) {
    if (n % 2 == 0)
      n = n / 2;
    else
      n = 3 * n + 1;
    steps += 1;
  }
  return steps;
}

// [find-pair]
// An early return out of nested loops.
TENON_FUNCTION Tensor find_pair(Tensor v, Tensor target) {
  if (target < 0) return -1;
  for (Tensor i : tenon::range(v.dim(0)))
    for (Tensor j : tenon::range(i))
      if (v[i] + v[j] == target) return i * 100 + j;
  return -2;
}
// [/find-pair]

// Newton's method, until it converges: sqrt(a).
TENON_FUNCTION Tensor newton(Tensor a) {
  Tensor x = a;
  while (true) {
    Tensor next = (x + a / x) / 2;
    if (tenon::abs(next - x) <= next * 1e-6f) break;
    x = next;
  }
  return x;
}

// Solves a x = b for a symmetric positive definite a.
TENON_FUNCTION Tensor conjugate_gradient(Tensor a, Tensor b) {
  Tensor x = tenon::zeros_like(b), r = b, p = b;
  Tensor rr = tenon::sum(r * r);
  for (Tensor k = 0; k < b.dim(0); k += 1) {
    if (rr < 1e-10f) break;
    Tensor ap = tenon::matmul(a, p);
    Tensor alpha = rr / tenon::sum(p * ap);
    x += alpha * p;
    r -= alpha * ap;
    Tensor next = tenon::sum(r * r);
    p = r + next / rr * p;
    rr = next;
  }
  return x;
}

// The largest eigenvalue.
TENON_FUNCTION Tensor power_iteration(Tensor a) {
  Tensor v = tenon::sum(a, {1}), eigenvalue = 0.0f, change = 1.0f;
  while (change > 1e-6f) {
    v = v / tenon::sqrt(tenon::sum(v * v));
    Tensor w = tenon::matmul(a, v);
    Tensor next = tenon::sum(v * w);
    change = tenon::abs(next - eigenvalue) / next;
    eigenvalue = next;
    v = w;
  }
  return eigenvalue;
}

// How many steps each point stays; the loop ends when all have left.
TENON_FUNCTION Tensor mandelbrot(Tensor x, Tensor y) {
  Tensor re = x, im = y, steps = tenon::zeros_like(x);
  for (Tensor k = 0; k < 50; k += 1) {
    Tensor inside = re * re + im * im <= 4.0f;
    if (!tenon::any(inside)) break;
    steps += tenon::cast(inside, tenon::f32);
    Tensor next = re * re - im * im + x;
    im = tenon::where(inside, 2.0f * re * im + y, im);
    re = tenon::where(inside, next, re);
  }
  return steps;
}

// k-means with k = 2 on numbers, until the means settle.
TENON_FUNCTION Tensor two_means(Tensor points) {
  Tensor low = tenon::min(points), high = tenon::max(points);
  while (true) {
    Tensor side = tenon::cast(tenon::abs(points - low) > tenon::abs(points - high), tenon::f32);
    Tensor next_low = tenon::sum(points * (1.0f - side)) / tenon::sum(1.0f - side);
    Tensor next_high = tenon::sum(points * side) / tenon::sum(side);
    if (next_low == low && next_high == high) break;
    low = next_low;
    high = next_high;
  }
  return tenon::stack({low, high});
}

// k-means over rows, until the assignments settle: each centre becomes the mean of the points that it is nearest to.
TENON_FUNCTION Tensor k_means(Tensor points, Tensor centres) { // [n, d], [k, d]
  Tensor assigned = tenon::full({points.dim(0)}, -1, tenon::i64);
  while (true) {
    Tensor difference = points[{tenon::all_, tenon::newaxis}] - centres; // [n, k, d]
    Tensor nearest = tenon::argmin(tenon::sum(difference * difference, {2}), 1);
    if (tenon::all(nearest == assigned)) break;
    assigned = nearest;
    tenon::TensorArray means(tenon::f32, centres.dim(0));
    for (Tensor k : tenon::range(centres.dim(0))) {
      Tensor mine = tenon::cast(nearest == k, tenon::f32);
      means.write(k, tenon::matmul(mine, points) / tenon::maximum(tenon::sum(mine), 1.0f));
    }
    centres = means.stack();
  }
  return centres;
}

// Takes the best successor until there is the token 0, or after eight: the tokens as the digits of a number.
TENON_FUNCTION Tensor greedy(Tensor scores, Tensor token) {
  Tensor text = 0;
  for (Tensor step : tenon::range(8)) {
    token = tenon::argmax(scores[token]);
    if (token == 0) break;
    if (step > 0 && text % 10 == token) continue; // no token twice in a row
    text = text * 10 + token;
  }
  return text;
}

struct Ball {
  Tensor height, speed;
};

// What a helper does to a Tensor that it is given, or to a struct of them, is carried by the caller's loop.
TENON_FUNCTION static void fall(Ball &ball, Tensor &bounces) {
  ball.speed -= 0.5f;
  ball.height += ball.speed;
  if (ball.height > 0) return;
  ball.height = -ball.height;
  ball.speed = ball.speed * -0.5f;
  bounces += 1;
}

TENON_FUNCTION Tensor bounce(Tensor height) {
  Ball ball{height, 0.0f};
  Tensor bounces = 0, time = 0;
  while (bounces < 3) {
    // A loop on C++ values inside a traced one is unrolled; this one is left where a Tensor says so.
    for (int part = 0; part < 4; ++part) {
      fall(ball, bounces);
      time += 1;
      if (bounces == 3) break;
    }
  }
  return time;
}

// A loop in a helper: what it assigns through its references is carried by it, and by what is around the call.
TENON_FUNCTION static void divide_out(Tensor &n, Tensor &count, int divisor) {
  while (n % divisor == 0) {
    n = n / divisor;
    count += 1;
  }
}

// Traced loops in a static one in a traced one: how often 2, 3 and 5 divide the numbers from 1 to n, and the product of
// what is left.
TENON_FUNCTION std::pair<Tensor, Tensor> smooth_parts(Tensor n) {
  Tensor count = 0, rest = 1;
  for (Tensor i : tenon::range(1, n + 1)) {
    Tensor left = i;
    for (int divisor : {2, 3, 5}) divide_out(left, count, divisor);
    rest = rest * left;
  }
  return {count, rest};
}

// Recursion that C++ values bound is unrolled: the Chebyshev polynomial of degree n, outside [-1, 1] its sign.
TENON_FUNCTION static Tensor chebyshev_of(Tensor x, int n) {
  if (n == 0) return 1.0f;
  if (n == 1) return x;
  if (tenon::abs(x) > 1.0f) return n % 2 == 0 || x > 0.0f ? Tensor(1.0f) : Tensor(-1.0f);
  return 2.0f * x * chebyshev_of(x, n - 1) - chebyshev_of(x, n - 2);
}

TENON_FUNCTION Tensor chebyshev(Tensor x) { return chebyshev_of(x, 5); }
