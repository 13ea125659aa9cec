// Convolutional layers, channels last.
#pragma once

#include "tenon/initializers.h"
#include "tenon/nn/activations.h"

namespace tenon::nn {

/// One number for height and width, or two: `3`, `{3, 5}`.
struct Size2 {
  std::int64_t height, width;
  template <std::integral I> constexpr Size2(I n) : height(std::int64_t(n)), width(std::int64_t(n)) {}
  template <std::integral I, std::integral J>
  constexpr Size2(I height, J width) : height(std::int64_t(height)), width(std::int64_t(width)) {}
};

struct Conv1DOptions {
  std::int64_t stride = 1;
  Padding padding = {}; ///< Padding::valid, Padding::same, or {low, high}
  bool causal = false;  ///< padded in front only, so that no output sees what comes after it; instead of `padding`
  std::int64_t dilation = 1;
  std::int64_t groups = 1;
  Activation activation = {}; ///< none: linear
  bool use_bias = true;
  Initializer kernel_initializer = initializers::glorot_uniform;
  Initializer bias_initializer = initializers::zeros;
  std::string name = {}; ///< in messages and summaries
};
/// A convolution over one dimension: x [N,T,C] -> [N,T',filters]. Variables: kernel [window,C/groups,filters], bias
/// [filters], of the dtype of the first argument.
class Conv1D : public Layer {
public:
  Conv1D(std::int64_t filters, std::int64_t window, Conv1DOptions options = {}, Location where = Location::current());
};

struct Conv2DOptions {
  Size2 strides = 1;
  Padding padding = {}; ///< Padding::valid, Padding::same, or {top, bottom, left, right}
  Size2 dilations = 1;
  std::int64_t groups = 1;
  Activation activation = {}; ///< none: linear
  bool use_bias = true;
  Initializer kernel_initializer = initializers::glorot_uniform;
  Initializer bias_initializer = initializers::zeros;
  std::string name = {};
};
/// A convolution over two dimensions: x [N,H,W,C] -> [N,H',W',filters]. Variables: kernel
/// [height,width,C/groups,filters], bias [filters]. As Keras's Conv2D.
class Conv2D : public Layer {
public:
  Conv2D(std::int64_t filters, Size2 window, Conv2DOptions options = {}, Location where = Location::current());
};

struct DepthwiseConv2DOptions {
  std::int64_t depth_multiplier = 1; ///< outputs for each channel
  Size2 strides = 1;
  Padding padding = {};
  Size2 dilations = 1;
  Activation activation = {};
  bool use_bias = true;
  Initializer kernel_initializer = initializers::glorot_uniform;
  Initializer bias_initializer = initializers::zeros;
  std::string name = {};
};
/// A convolution of each channel by itself: x [N,H,W,C] -> [N,H',W',C * depth_multiplier], the outputs of one channel
/// side by side. Variables: kernel [height,width,C,depth_multiplier], bias.
class DepthwiseConv2D : public Layer {
public:
  explicit DepthwiseConv2D(Size2 window, DepthwiseConv2DOptions options = {}, Location where = Location::current());
};

struct Conv2DTransposeOptions {
  Size2 strides = 1;
  /// valid: (n - 1) stride + max(w, stride) outputs, w = (window - 1) dilation + 1; same: n stride
  Padding::Kind padding = Padding::valid;
  Size2 dilations = 1;
  Activation activation = {};
  bool use_bias = true;
  Initializer kernel_initializer = initializers::glorot_uniform;
  Initializer bias_initializer = initializers::zeros;
  std::string name = {};
};
/// The transposed convolution: x [N,H,W,C] -> [N,H',W',filters]. Variables: kernel [height,width,filters,C], bias
/// [filters]. As Keras's Conv2DTranspose.
class Conv2DTranspose : public Layer {
public:
  Conv2DTranspose(std::int64_t filters, Size2 window, Conv2DTransposeOptions options = {},
                  Location where = Location::current());
};

} // namespace tenon::nn
