// Pooling layers, channels last.
#pragma once

#include "tenon/nn/convolution.h"

namespace tenon::nn {

struct Pool1DOptions {
  std::int64_t stride = 0; ///< 0: the window
  Padding padding = {};
  std::string name = {};
};
/// The largest of each window of x [N,T,C]; padding does not count.
class MaxPool1D : public Layer {
public:
  explicit MaxPool1D(std::int64_t window = 2, Pool1DOptions options = {}, Location where = Location::current());
};
/// The mean of each window of x [N,T,C]; padding does not count.
class AvgPool1D : public Layer {
public:
  explicit AvgPool1D(std::int64_t window = 2, Pool1DOptions options = {}, Location where = Location::current());
};

struct Pool2DOptions {
  Size2 strides = 0; ///< 0: the window
  Padding padding = {};
  std::string name = {};
};
/// The largest of each window of x [N,H,W,C]; padding does not count.
class MaxPool2D : public Layer {
public:
  explicit MaxPool2D(Size2 window = 2, Pool2DOptions options = {}, Location where = Location::current());
};
/// The mean of each window of x [N,H,W,C]; padding does not count.
class AvgPool2D : public Layer {
public:
  explicit AvgPool2D(Size2 window = 2, Pool2DOptions options = {}, Location where = Location::current());
};

struct GlobalPoolOptions {
  bool keep_dims = false; ///< leaves each reduced dimension as 1
  std::string name = {};
};
/// The largest element of each channel: x [N,T,C] or [N,H,W,C] -> [N,C].
class GlobalMaxPool : public Layer {
public:
  explicit GlobalMaxPool(GlobalPoolOptions options = {}, Location where = Location::current());
};
/// The mean of each channel: x [N,T,C] or [N,H,W,C] -> [N,C]; of [N,T,C] with a mask over the steps that count.
class GlobalAvgPool : public Layer {
public:
  explicit GlobalAvgPool(GlobalPoolOptions options = {}, Location where = Location::current());
};
using GlobalMaxPool1D = GlobalMaxPool;
using GlobalMaxPool2D = GlobalMaxPool;
using GlobalAvgPool1D = GlobalAvgPool;
using GlobalAvgPool2D = GlobalAvgPool;

} // namespace tenon::nn
