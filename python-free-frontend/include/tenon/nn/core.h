// Small layers: embeddings, dropout, shapes, and those of several inputs.
#pragma once

#include "tenon/initializers.h"
#include "tenon/nn/activations.h"

#include <optional>

namespace tenon::nn {

struct EmbeddingOptions {
  bool mask_zero = false; ///< 0 is no row of use but fills sequences up: what follows leaves such steps out
  DType dtype = f32;
  Initializer initializer = initializers::random_uniform;
  std::string name = {};
};
/// Row x of a table: integers [...] -> [...,width], and with mask_zero a mask: x != 0. Variable: embeddings
/// [count,width], made at construction. A number outside [0, count) is an Error of the call.
class Embedding : public Layer {
public:
  Embedding(std::int64_t count, std::int64_t width, EmbeddingOptions options = {},
            Location where = Location::current());
};

struct MaskingOptions {
  double value = 0;
  std::string name = {};
};
/// x [N,T,...,C] with 0 in place of the steps whose C elements all equal `value`, which are masked: what follows in a
/// Sequential leaves them out, and masked() gives the mask.
class Masking : public Layer {
public:
  explicit Masking(MaskingOptions options = {}, Location where = Location::current());
};

struct DropoutOptions {
  std::int64_t seed = -1; ///< of its stream of random numbers; -1: the next of those that tenon::set_seed starts
  std::string name = {};
};
/// With {.training = true} sets each element to 0 with probability `rate` and divides the rest by 1 - rate; else gives
/// x (Srivastava et al., 2014). Variable: seed.state, where its own stream stands, not trainable.
class Dropout : public Layer {
public:
  explicit Dropout(double rate, DropoutOptions options = {}, Location where = Location::current());
};

/// x [N,...] -> [N, all the rest].
class Flatten : public Layer {
public:
  explicit Flatten(Location where = Location::current());
};

/// x [N,...] -> [N,shape...]; one size may be -1: what is left.
class Reshape : public Layer {
public:
  explicit Reshape(Shape shape, Location where = Location::current());
};

/// A sum of several inputs: `nn::Add()({x, y})`; or of what branches make of one: `nn::Add{nn::linear, block}` is a
/// residual connection, a layer with the variables of its branches. Shapes broadcast.
class Add : public Layer {
public:
  explicit Add(Location where = Location::current());
  Add(std::initializer_list<Layer> branches, Location where = Location::current());
  using Layer::operator();
  Tensor operator()(std::initializer_list<Tensor> xs, Location where = Location::current()) const;
  Tensor operator()(std::span<const Tensor> xs, Location where = Location::current()) const;
};

struct ConcatOptions {
  int axis = -1;
  std::string name = {};
};
/// Several inputs side by side along an axis: `nn::Concat()({x, y})`; or what branches make of one:
/// `nn::Concat({left, right}, {.axis = -1})`.
class Concat : public Layer {
public:
  explicit Concat(ConcatOptions options = {}, Location where = Location::current());
  Concat(std::initializer_list<Layer> branches, ConcatOptions options = {}, Location where = Location::current());
  using Layer::operator();
  Tensor operator()(std::initializer_list<Tensor> xs, Location where = Location::current()) const;
  Tensor operator()(std::span<const Tensor> xs, Location where = Location::current()) const;
};

} // namespace tenon::nn
