// How the window of a convolution or a pool moves.
#pragma once

#include "compiler/Conversion/TenonToLinalg/Lowering.h"

namespace mlir::tenon {
/// How a window moves over the spatial dimensions of [N, spatial..., C].
struct Window {
  ArrayRef<int64_t> strides, padding, dilations;
  int64_t rank() const { return strides.size(); }
  int64_t low(int64_t dim) const { return padding[2 * dim]; }
  int64_t high(int64_t dim) const { return padding[2 * dim + 1]; }

  /// How far `taps` taps reach: (taps - 1) * dilation + 1.
  OpFoldResult getExtent(ImplicitLocOpBuilder &b, int64_t dim, OpFoldResult taps) const {
    OpFoldResult gaps = mulSizes(b, addSizes(b, taps, b.getIndexAttr(-1)), b.getIndexAttr(dilations[dim]));
    return addSizes(b, gaps, b.getIndexAttr(1));
  }

  /// The element that output position `position` reads at tap `tap` of the padded input.
  AffineExpr getElement(int64_t dim, AffineExpr position, AffineExpr tap) const {
    return position * strides[dim] + tap * dilations[dim];
  }
};
} // namespace mlir::tenon
