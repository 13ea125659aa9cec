// Parts, and what a model is trained for.
#include "tenon/nn/parts.h"
#include "tenon/nn/objectives.h"

#include <algorithm>

namespace tenon::nn {

Parts::Parts(std::initializer_list<Tensor> xs) : tensors_(xs) {
  for (std::size_t i = 0; i < xs.size(); ++i) names_.push_back(xs.size() == 1 ? "" : std::to_string(i));
}

Losses::operator bool() const {
  return std::any_of(each_.begin(), each_.end(), [](const OutputLoss &x) { return bool(x.loss); });
}

} // namespace tenon::nn
