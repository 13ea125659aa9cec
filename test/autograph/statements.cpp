// Each statement that is rewritten, in the forms that people write.
// clang-format off
#include "declarations.h"
using tenon::Tensor;

TENON_FUNCTION Tensor collatz(Tensor n) {
  Tensor steps = 0;
  while (n != 1) {
    if (n % 2 == 0) n = n / 2;
    else n = 3 * n + 1;
    steps += 1;
  }
  return steps;
}

TENON_FUNCTION Tensor find_pair(Tensor v, Tensor target) { // early return out of nested loops
  if (target < 0) return -1;
  for (Tensor i : tenon::range(v.dim(0)))
    for (Tensor j : tenon::range(i))
      if (v[i] + v[j] == target) return i * 100 + j;
  return -2;
}

TENON_FUNCTION Tensor chain(Tensor x) {
  if (x > 3)
    x = 3; // at most
  else if (x < -3) {
    x = -3;
  }
  else
    if (x == 0) x = 1; else x = x * 2;
  if (x > 1) ; else x = 1;
  if (x > 2) [[likely]] { x -= 1; }
  return x;
}

TENON_FUNCTION Tensor loops(Tensor n, Tensor x) {
  for (Tensor j = 0; j < n; j += 1) {
    if (j == 3) continue;
    x += j;
  }
  for (; x < 10;) x += 1;
  for (Tensor k = 0;; k += 2) if (k > n) break;
  for (;;) {
    x += 1;
    if (x > 20) break;
  }
  while (true) {
    if (x < 0) break; /* why */ else x -= 1;
  }
  for (Tensor row : x) n += row;
  for (const auto &row : x) n += row;
  for (auto row
       : x) n += row;
  for (Tensor y = x * 2; Tensor &&row : y) n += row;
  while (n > 0 && x[n] > 0) n -= 1;
  return n;
}

// C++ values decide while tracing: native, but for what a Tensor leaves.
TENON_FUNCTION Tensor native(Tensor x, bool fancy, const std::vector<Tensor> &weights) {
  for (int k = 0; k < 3; ++k) {
    if (k == 1) continue;
    x = x * 2;
  }
  for (int k = 0; k < 3; ++k) {
    if (k == 1) continue;
    if (x > k) break;
    x += 1;
  }
  for (const Tensor &w : weights)
    if (w > 0) continue; else x += w;
  do {
    if (x > 9) break;
    x += 1;
  } while (fancy);
  if (fancy) if (x > 0) x = 1; else x = 2;
  else x = 3;
  switch (int(fancy)) {
  case 0: if (x > 0) return x;
  default: break;
  }
  return fancy ? x : -x;
}

TENON_FUNCTION auto deduced(Tensor x) {
  if (x > 0) return std::make_pair(x, 1);
  return std::make_pair(-x, 2);
}

TENON_FUNCTION auto trailing(Tensor x) -> std::tuple<Tensor, Tensor> {
  while (true) {
    if (x > 0) return {x, x};
    x += 1;
  }
}

TENON_FUNCTION void in_place(Tensor &x) {
  if (x > 0) return;
  x = -x;
}

TENON_FUNCTION Tensor expressions(Tensor x, Tensor y) {
  Tensor a = x > 0 ? x : x > -1 ? -x : y;
  Tensor b = x > 0 || y[x] > 0 || y[y] > 0;
  return a > b ? tanh(a) : tanh(b);
}

TENON_FUNCTION Tensor lambdas(Tensor x) {
  auto relu = [](Tensor t) -> Tensor { if (t > 0) return t; return 0; };
  auto halve = [&](int times) { for (int k = 0; k < times; ++k) if (x > 1) x = x / 2; };
  halve(2);
  struct Local {
    Tensor operator()(Tensor t) const { while (t > 1) t = t / 2; return t; }
  };
  return relu(x) + Local{}(x);
}

namespace inner {
struct Cell {
  Tensor state;
  TENON_FUNCTION Tensor step(Tensor x) {
    if (x > 0) state = x;
    return state;
  }
  TENON_FUNCTION Tensor outside(Tensor x) const;
  TENON_FUNCTION static Tensor fixed(Tensor x) { while (x > 0) x -= 1; return x; }
};
Tensor Cell::outside(Tensor x) const {
  if (x > state) return state;
  return x;
}
} // namespace inner

template <class T> TENON_FUNCTION Tensor scaled(Tensor x, T factor) {
  if (factor > 0) x = x * factor;
  while (x > 10) x = x / 2;
  return x;
}
template Tensor scaled(Tensor, float);
template Tensor scaled(Tensor, int);

TENON_FUNCTION auto absolute = [](Tensor x) -> Tensor {
  if (x < 0) return -x;
  return x;
};

Tensor not_marked(Tensor x) {
  x = absolute(x);
  if (x > 0) return x;
  return -x;
}

#define LIMIT 10
#define STEP(x) x += 1
TENON_FUNCTION Tensor near_macros(Tensor x) {
  if (x > LIMIT) return LIMIT;
  while (x < LIMIT) STEP(x);
  return x; // größer als LIMIT → nie
}
