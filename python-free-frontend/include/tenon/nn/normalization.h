// Normalization layers. Of f16 and bf16 the result is of that dtype, but statistics, gamma and beta are f32, as in
// Keras's mixed precision.
#pragma once

#include "tenon/initializers.h"
#include "tenon/nn/layer.h"

namespace tenon::nn {

struct BatchNormOptions {
  double momentum = 0.99;
  double epsilon = 1e-3;
  bool center = true; ///< has beta
  bool scale = true;  ///< has gamma
  Initializer beta_initializer = initializers::zeros;
  Initializer gamma_initializer = initializers::ones;
  Initializer moving_mean_initializer = initializers::zeros;
  Initializer moving_variance_initializer = initializers::ones;
  std::string name = {};
};
/// (x - mean) / sqrt(variance + epsilon) * gamma + beta for each channel of x [...,C] (Ioffe and Szegedy, 2015).
///
/// With {.training = true} mean and variance are the batch's, over all dimensions but the last, the variance the
/// population's (of steps that a mask leaves out, without them), and the moving statistics become `moving * momentum +
/// batch * (1 - momentum)`; else, and where the layer is frozen, they are the moving ones. Variables: gamma, beta, and,
/// not trainable, moving_mean, moving_variance, each [C]. As Keras's BatchNormalization.
class BatchNorm : public Layer {
public:
  explicit BatchNorm(BatchNormOptions options = {}, Location where = Location::current());
};

struct LayerNormOptions {
  double epsilon = 1e-3;
  bool center = true; ///< has beta
  bool scale = true;  ///< has gamma
  Initializer beta_initializer = initializers::zeros;
  Initializer gamma_initializer = initializers::ones;
  std::string name = {};
};
/// (x - mean) / sqrt(variance + epsilon) * gamma + beta over the last dimension of x [...,C] (Ba et al., 2016).
/// Variables: gamma [C], beta [C].
class LayerNorm : public Layer {
public:
  explicit LayerNorm(LayerNormOptions options = {}, Location where = Location::current());
};

struct GroupNormOptions {
  std::int64_t groups = 32; ///< -1: one for each channel (instance normalization)
  double epsilon = 1e-3;
  bool center = true;
  bool scale = true;
  Initializer beta_initializer = initializers::zeros;
  Initializer gamma_initializer = initializers::ones;
  std::string name = {};
};
/// Normalizes each sample of x [N,spatial...,C] over the spatial dimensions and C/groups channels at a time, then
/// * gamma + beta (Wu and He, 2018). Variables: gamma [C], beta [C].
class GroupNorm : public Layer {
public:
  explicit GroupNorm(GroupNormOptions options = {}, Location where = Location::current());
};

} // namespace tenon::nn
