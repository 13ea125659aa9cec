// Paths into structures: "x", "state.h", "layers[1]".
#include "tenon/structure.h"

namespace tenon::detail {

void NamedLeaves::tensor(Tensor &x) {
  tensors.push_back(&x);
  std::string name;
  for (const std::string &step : path) {
    const bool index = step[0] >= '0' && step[0] <= '9';
    if (!name.empty())
      name += index ? "_" : ".";
    name += step;
  }
  names.push_back(name);
}

} // namespace tenon::detail
