// Modules and layers: what must not compile, and what is said.
#include <tenon/tenon.h>

using namespace tenon;

struct Base : nn::Module<Base> {
  nn::Dense a{2};
};
struct Derived : Base {
  nn::Dense b{2};
};
struct Wrong : nn::Module<Base> {
  nn::Dense b{2};
};
class Unlisted : public nn::Module<Unlisted> {
  nn::Dense a;

public:
  explicit Unlisted(int n) : a(n) {}
};

void modules() {
  (void)variables(Derived()); // expected-error@*:* {{list its own members with TENON_MEMBERS_AND(Base, ...)}}
  (void)variables(Wrong());   // expected-error@*:* {{list its own members with TENON_MEMBERS_AND(Base, ...)}}
  (void)Unlisted(2).variables(); // expected-error@*:* {{lists its members: TENON_MEMBERS(a, b)}}
}

void layers(Tensor x) {
  nn::Dense(64, true); // expected-error {{no matching constructor for initialization of 'nn::Dense'}}
  nn::Dense(64, 128);  // expected-error {{no matching constructor for initialization of 'nn::Dense'}}
  // expected-error@+1 {{no matching constructor for initialization of 'nn::Dense'}}
  nn::Dense(64, {.activaton = nn::relu});
  nn::Dense(64, {.activation = "relu"}); // expected-error {{no matching constructor for initialization of 'nn::Dense'}}
  nn::Dropout(0.5)(x, true);             // expected-error {{no matching function for call to object of type}}
  nn::Sequential{nn::Dense(2), 3};       // expected-error {{no matching constructor for initialization of}}
  nn::Layer two = [](Tensor a, Tensor b) { return a + b; }; // expected-error {{no viable conversion from}}
}
