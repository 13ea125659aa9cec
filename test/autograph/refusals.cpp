// Everything that tenon-autograph refuses or warns of: each line with the message that it gets.
// clang-format off
#include "declarations.h"
#include <string>
using tenon::Tensor;

// C++ variables: a region is traced once, so what it changes would change once.
int calls = 0;
TENON_FUNCTION Tensor counter(Tensor x) {
  int k = 0;
  while (x > 0) {
    x -= 1;
    ++k; // expect error: C++ variable 'k' of type 'int' is changed under control flow on a Tensor, which is traced once; make it a tenon::Tensor
  }
  return x + k;
}
TENON_FUNCTION Tensor flag(Tensor x) {
  bool found = false;
  std::string name;
  int counts[2] = {0, 0};
  for (Tensor row : x)
    if (row > 0) {
      found = true; // expect error: C++ variable 'found' of type 'bool' is changed under control flow on a Tensor, which is traced once; make it a tenon::Tensor
      name += "x"; // expect error: C++ variable 'name' of type 'std::string' is changed under control flow on a Tensor, which is traced once; make it a tenon::Tensor
      counts[1] = 2; // expect error: C++ variable 'counts' of type 'int' is changed under control flow on a Tensor, which is traced once; make it a tenon::Tensor
      calls += 1; // expect error: C++ variable 'calls' of type 'int' is changed under control flow on a Tensor, which is traced once; make it a tenon::Tensor
    }
  return found ? x : -x;
}
void advance(int &position);
void measure(double *length);
TENON_FUNCTION Tensor by_reference(Tensor x) {
  int position = 0;
  double length = 0;
  if (x > 0) {
    advance(position); // expect error: C++ variable 'position' of type 'int' is changed under control flow on a Tensor, which is traced once; make it a tenon::Tensor
    measure(&length); // expect error: C++ variable 'length' of type 'double' is changed under control flow on a Tensor, which is traced once; make it a tenon::Tensor
    [&] { position = 3; }(); // expect error: C++ variable 'position' of type 'int' is changed under control flow on a Tensor, which is traced once; make it a tenon::Tensor
  }
  return x + position;
}
struct Model {
  int steps = 0;
  Tensor state;
  TENON_FUNCTION Tensor step(Tensor x) {
    if (x > 0) {
      state = x;
      ++steps; // expect error: member 'steps' of type 'int' is changed under control flow on a Tensor, which is traced once; make it a tenon::Tensor
    }
    return state;
  }
  TENON_FUNCTION Tensor early(Tensor x) {
    if (x > 0) return x;
    steps = 1; // expect error: member 'steps' of type 'int' is changed behind a `return` that a Tensor decides, and would change in any case; change it before, or make it a tenon::Tensor
    return state;
  }
};
TENON_FUNCTION Tensor condition(Tensor x) {
  int k = 0;
  while (x > k++) x -= 1; // expect error: C++ variable 'k' of type 'int' is changed under control flow on a Tensor, which is traced once; make it a tenon::Tensor
  return x;
}
TENON_FUNCTION Tensor endless(Tensor x) {
  for (int k = 0;; ++k) { // expect error: C++ variable 'k' of type 'int' is changed under control flow on a Tensor, which is traced once; make it a tenon::Tensor
    x -= 1;
    if (x < 0) break;
  }
  return x;
}

// Loops on C++ values that a Tensor leaves go on being unrolled.
TENON_FUNCTION Tensor used_after(Tensor x) {
  int last = 0;
  for (int k = 0; k < 3; ++k) {
    if (x > k) break;
    last = k; // expect error: C++ variable 'last' of type 'int' is changed in a loop that is left where a Tensor decides, and used after it: while tracing it changes in every iteration; make it a tenon::Tensor
  }
  return x + last;
}
TENON_FUNCTION Tensor skipped(Tensor x) {
  int kept = 0;
  for (int k = 0; k < 3; ++k) {
    x += kept;
    if (x > k) continue;
    ++kept; // expect error: C++ variable 'kept' of type 'int' is changed in a loop that is left where a Tensor decides, and used behind its `continue`: while tracing it changes in every iteration; make it a tenon::Tensor
  }
  return x;
}

// Containers.
TENON_FUNCTION Tensor collect(Tensor x) {
  std::vector<Tensor> rows;
  std::vector<int> numbers;
  for (Tensor row : x) {
    rows.push_back(row); // expect error: 'rows.push_back' under control flow on a Tensor would run once, while tracing; collect values in a tenon::TensorArray
    numbers.push_back(1); // expect error: 'numbers.push_back' under control flow on a Tensor would run once, while tracing; keep the values in a tenon::Tensor
  }
  return rows[0];
}

// Statements.
TENON_FUNCTION Tensor do_while(Tensor x) {
  do { x -= 1; } while (x > 0); // expect error: `do ... while` on a Tensor cannot be traced; write `while (true) { ...; if (!(condition)) break; }`
  return x;
}
TENON_FUNCTION Tensor declares(Tensor x) {
  if (Tensor t = x * 2; t > 0) return t; // expect error: an `if` on a Tensor cannot declare a variable in its parentheses; declare it before
  if (Tensor t = x * 3) return t; // expect error: an `if` on a Tensor cannot declare a variable in its parentheses; declare it before
  while (Tensor t = x - 1) x = t; // expect error: a `while` on a Tensor cannot declare a variable in its parentheses; declare it before, and assign it at the end of the body
  return x;
}
TENON_FUNCTION Tensor throws(Tensor x) {
  if (x > 0) throw std::runtime_error("positive"); // expect error: a `throw` that a Tensor decides would always be thrown while tracing; use tenon::check(condition, message), or return a value that says so
  return x;
}
TENON_FUNCTION Tensor throws_behind(Tensor x) {
  if (x > 0) return x;
  throw std::runtime_error("not positive"); // expect error: a `throw` behind a `return` that a Tensor decides would always be thrown while tracing; use tenon::check(condition, message), or return a value that says so
}
TENON_FUNCTION Tensor jumps(Tensor x) {
  if (x > 0) goto out; // expect error: `goto` inside control flow on a Tensor cannot be traced; use loops, `break` and `continue`
  x = -x;
out:
  return x;
}
TENON_FUNCTION Tensor label(Tensor x) {
  while (x > 0) {
  again: // expect error: a label inside control flow on a Tensor cannot be traced; use loops, `break` and `continue`
    x -= 1;
  }
  return x;
}
TENON_FUNCTION Tensor switches(Tensor x, int mode) {
  switch (mode) {
  case 1:
    if (x > 0) break; // expect error: a `break` out of a `switch` cannot depend on a Tensor: the `switch` is decided while tracing; put what follows into an `else`
    x = -x;
  }
  return x;
}
TENON_FUNCTION Tensor statics(Tensor x) {
  if (x > 0) {
    static int made = 0; // expect error: static variable 'made' inside control flow on a Tensor would be made once, while tracing; declare it outside
    x += made;
  }
  return x;
}
TENON_FUNCTION Tensor tries(Tensor x) {
  while (x > 0) {
    try {
      if (x < 3) break; // expect error: a `try` block cannot be left where a Tensor decides: its handlers would see the exit; move the `try` outside, around the call of this function
      x -= 1;
    } catch (...) {
    }
  }
  return x;
}
TENON_FUNCTION Tensor whole_try(Tensor x) try { // expect error: a TENON_FUNCTION cannot be a function-try-block; put the `try` around its call
  return x;
} catch (...) {
  return 0;
}
TENON_FUNCTION const Tensor &reference(const Tensor &x, const Tensor &y) { // expect error: a function that returns a reference cannot return where a Tensor decides: the result is a value; return by value
  if (x > 0) return x;
  return y;
}
struct Built {
  Tensor value;
  TENON_FUNCTION Built(Tensor x) { // expect error: a constructor or destructor cannot return where a Tensor decides; use `else`, or a function that it calls
    if (x > 0) return;
    value = x;
  }
};
TENON_FUNCTION Tensor number(Tensor x) {
  Tensor sum = 0;
  struct Rows { tenon::TensorIterator begin() const; };
  for (const auto &[first, second] : std::vector<std::pair<Tensor, Tensor>>{{x, x}}) sum += first * second;
  for (int i : std::vector<int>{1, 2}) sum += i;
  bool positive = bool(x > 0); // expect error: a Tensor is converted to bool, but its value is not known while tracing; use it as the whole condition of an `if`, a loop or `?:`, and make both sides of && and || Tensors
  return positive ? sum : x;
}

// Macros.
#define LOOP(condition, body) while (condition) { body; }
#define NEXT continue
TENON_FUNCTION Tensor macros(Tensor x) {
  LOOP(x > 0, x -= 1) // expect error: control flow on a Tensor inside a macro cannot be rewritten; write it outside the macro
  while (x < 0) {
    if (x > -9) NEXT; // expect error: control flow on a Tensor inside a macro cannot be rewritten; write it outside the macro
    x += 1;
  }
  return x;
}

// Templates and lambdas.
template <class T> TENON_FUNCTION T never_instantiated(T x) { // expect error: a TENON_FUNCTION template can be rewritten only where it is instantiated in the same file: what is a Tensor depends on its parameters; instantiate it here, e.g. `template Tensor f(Tensor);`, or write a function
  while (x > 0) x -= 1;
  return x;
}
template <class T> TENON_FUNCTION T different(T x) { // expect error: the instantiations of this TENON_FUNCTION template need different rewriting: what is a Tensor in one is a C++ value in another; write a function for each
  while (x > 0) x -= 1;
  return x;
}
template Tensor different(Tensor);
template int different(int);
TENON_FUNCTION Tensor generic(Tensor x) {
  auto relu = [](auto t) { return t > 0 ? t : 0 * t; }; // expect error: the control flow of a generic lambda may depend on a Tensor, which is not known here; give its parameters their types, e.g. `tenon::Tensor`
  return relu(x);
}
Tensor unmarked(Tensor x) {
  if (x > 0) return x; // expect error: 'unmarked' is traced, but not marked: its control flow on a Tensor is not rewritten; mark it TENON_FUNCTION
  return -x;
}
void traces() {
  tenon::function(unmarked);
  tenon::function([](Tensor x) {
    while (x > 0) x -= 1; // expect error: this lambda is traced, but not marked: its control flow on a Tensor is not rewritten; write `TENON_FUNCTION auto f = [](...) {...};` and trace f
    return x;
  });
}
TENON_FUNCTION int variable = 3; // expect error: TENON_FUNCTION marks a function, or a variable that holds a lambda

// Traps: these compile, and mean something else than they look like.
struct Layers {
  std::vector<Tensor> all;
  const std::vector<Tensor> &get() const { return all; }
};
Layers make_layers();
void traps(Tensor x) {
  if (x = 0) x = 1; // expect warning: this assigns a Tensor and asks whether it is not 0; write `==` to compare, or a second pair of parentheses to assign
  if ((x = 0)) x = 1;
  Tensor three{3}; // expect warning: 'three' has rank 1 and one element; for a scalar write `Tensor three = value;`
  Tensor pair{3, 4};
  x = x[0, 1]; // expect warning: the comma drops the first index: this is x[b], not x[a, b]; write x[{a, b}]
  for (const Tensor &w : make_layers().get()) x = w; // expect warning: the loop goes over a member of a temporary, which is gone before its first iteration; give the temporary a name
  for (const Tensor &w : make_layers().all) x = w;
}
