// Traces y = relu(x) * 2 and writes it.
#include <tenon/tenon.h>

int main() {
  auto apply = tenon::function([](tenon::Tensor x) { return tenon::relu(x) * 2.0f; });
  tenon::Program program("scale");
  program.add("apply", apply, {tenon::arg("x", tenon::spec<float>("n"))}, {{"y"}});
  program.write("scale.o");
}
