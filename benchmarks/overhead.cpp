// Traces the smallest function there is, for the cost of an ahead-of-time call.
#include <tenon/tenon.h>

int main() {
  tenon::Program program("overhead");
  auto add = [](tenon::Tensor a, tenon::Tensor b) { return a + b; };
  program.add("add", add, {tenon::arg("a", tenon::spec<float>(1, 1)), tenon::arg("b", tenon::spec<float>(1, 1))},
              {{"sum"}});
  program.write("overhead.o");
}
