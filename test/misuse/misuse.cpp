// What must not compile, and what the compiler says of it: each error where it is expected, and no other (clang's
// -verify).
#include <tenon/tenon.h>

#include <memory>

using tenon::Tensor;
using tenon::Variable;

// A value leaves a Tensor by name only: x.item<float>(), x.data<float>().
void conversions(Tensor x) {
  float f = x;             // expected-error {{no viable conversion from 'Tensor' to 'float'}}
  double g{x};             // expected-error {{no viable conversion from 'Tensor' to 'double'}}
  int i(x);                // expected-error {{no viable conversion from 'Tensor' to 'int'}}
  std::vector<float> v(x); // expected-error {{no matching constructor for initialization of 'std::vector<float>'}}
  bool b = x;              // expected-error {{no viable conversion from 'Tensor' to 'bool'}}
}

// A Tensor is made of numbers.
void numbers(Tensor a, Tensor b, int *pointer) {
  Tensor n = nullptr; // expected-error {{no viable conversion from 'std::nullptr_t' to 'Tensor'}}
  Tensor s = "text";  // expected-error {{no viable conversion from 'const char[5]' to 'Tensor'}}
  Tensor p = pointer; // expected-error {{no viable conversion from 'int *' to 'Tensor'}}
  Tensor l{a, b};     // expected-error {{no matching constructor for initialization of 'Tensor'}}
  Tensor z(2, 3);     // expected-error {{no matching constructor for initialization of 'Tensor'}}
}

// What would change a value that nobody sees, or refer to one that is gone.
void temporaries(Tensor a, Tensor b) {
  a + b = a;                           // expected-error {{no viable overloaded '='}}
  a[0] = b;                            // expected-error {{no viable overloaded '='}}
  a[0] += b;                           // expected-error {{no viable overloaded '+='}}
  auto values = (a + 1).data<float>(); // expected-error {{call to deleted member function 'data'}}
}

void operators(Tensor x) {
  x[1.5];      // expected-error {{no viable overloaded operator[] for type 'Tensor'}}
  x["row"];    // expected-error {{no viable overloaded operator[] for type 'Tensor'}}
  x + "a";     // expected-error {{invalid operands to binary expression}}
  x + nullptr; // expected-error {{invalid operands to binary expression}}
  x <=> x;     // expected-error {{invalid operands to binary expression}}
  x++;         // expected-error {{cannot increment value of type 'Tensor'}}
}

// Rebind or assign? v.assign(x) says which.
void variables(Variable v, Tensor t) {
  v = t * 2;      // expected-error {{overload resolution selected deleted operator '='}}
  v = v - 0.1;    // expected-error {{overload resolution selected deleted operator '='}}
  v += t;         // expected-error {{no viable overloaded '+='}}
  Variable w = t; // expected-error {{no viable conversion from 'Tensor' to 'Variable'}}
}

void functions() {
  auto f = tenon::function([](Tensor x, float rate) { return x * rate; });
  f(Tensor(1));         // expected-error {{no matching function for call to object of type}}
  f(Tensor(1), "fast"); // expected-error {{no matching function for call to object of type}}
  auto g = tenon::function([](Tensor x) { return std::make_unique<Tensor>(x); });
  g(Tensor(1)); // expected-error@*:* {{tenon: a function's result has to be copyable}}
  // expected-error@*:* {{call to deleted constructor of}}
  // expected-error@*:* {{a function takes and returns Tensors, numbers, strings, and tuples}}
}

void options(Tensor x) {
  tenon::matmul(x, x,
                {.transpose = true});     // expected-error {{field designator 'transpose' does not refer to any field}}
  tenon::sum(x, {0}, {.keepdims = true}); // expected-error {{field designator 'keepdims' does not refer to any field}}
}
