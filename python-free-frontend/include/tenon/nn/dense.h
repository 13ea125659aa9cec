// nn::Dense: the fully connected layer.
#pragma once

#include "tenon/initializers.h"
#include "tenon/nn/activations.h"

namespace tenon::nn {

struct DenseOptions {
  Activation activation = {}; ///< none: linear
  bool use_bias = true;
  Initializer kernel_initializer = initializers::glorot_uniform;
  Initializer bias_initializer = initializers::zeros;
  std::string name = {}; ///< in messages and summaries
};

/// activation(x kernel + bias): x [...,C] -> [...,units]. Variables: kernel [C,units], bias [units], of the dtype of
/// the first argument, which is floating. As Keras's Dense.
class Dense : public Layer {
public:
  explicit Dense(std::int64_t units, DenseOptions options = {}, Location where = Location::current());
};

} // namespace tenon::nn
