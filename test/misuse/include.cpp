// A program that includes everything, twice, and says nothing about warnings.
#include <tenon/tenon.h>

int main() {
  const tenon::Tensor x{1.0, 2.0};
  const auto f = tenon::function([](tenon::Tensor y) { return tenon::relu(y) * 2; });
  return f.trace_count() == 0 && x.rank() == 1 ? 0 : 1;
}
