// One training step of each of four models as an object file.
#include "models.h"

#include <iostream>
#include <memory>

using namespace tenon;

// Static shapes, of the batches that the goldens are made with.
template <class M> static void add(Program &program, const char *optimizer) {
  const parity::Batch batch = M::batch(1000);
  const auto spec_of = [](const Tensor &x) {
    AnySpec spec{x.dtype(), {}};
    for (std::int64_t n : x.shape()) spec.dims.emplace_back(n);
    return spec;
  };
  auto trainer = std::make_shared<parity::Trainer<M>>(optimizer);
  program.add(M::name, [trainer](const Tensor &x, const Tensor &y) { return (*trainer)(x, y); },
              {arg("x", spec_of(batch.x)), arg("y", spec_of(batch.y))}, {{"loss"}});
}

int main() try {
  Program program("parity");
  add<parity::Mlp>(program, "adam");
  add<parity::Cnn>(program, "momentum");
  add<parity::Lstm>(program, "adam");
  add<parity::Transformer>(program, "rmsprop");
  program.write("parity.o");
} catch (const std::exception &error) {
  std::cerr << error.what() << '\n';
  return 1;
}
