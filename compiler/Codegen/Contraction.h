// What makes a linalg op a contraction, and how its three operands are addressed: matmul, convolution and depthwise
// convolution are one thing here, a sum of products over linear accesses.
#pragma once

#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace mlir::tenon {

/// How an input element becomes one of the accumulator's type before it is multiplied.
enum class Widening { None, Float, Signed, Unsigned };

/// The body of a contraction: `out + widen(lhs) * widen(rhs)`, in the output's type.
struct ContractionBody {
  Widening widenings[2];
  /// The multiply and the add, or one `math.fma` in both places.
  Operation *multiply;
  Operation *add;

  bool isFused() const { return multiply == add; }
};

/// The body of `op`, if it is a contraction's. A float multiply and add count in named ops, whose definition they
/// are; in a `linalg.generic` only `math.fma` does, because a multiply that was fused with a sum must keep both its
/// rounding and the sum's order. Integers wrap, so for them either form is exact.
FailureOr<ContractionBody> matchContractionBody(linalg::LinalgOp op);

/// One subscript: sum of coefficient * loop, plus a constant.
struct LinearIndex {
  SmallVector<int64_t> coefficients;
  int64_t constant = 0;

  /// The loop that this is, without factor or offset.
  std::optional<unsigned> getPlainLoop() const;
};

/// One operand: a strided memref and a subscript per dimension.
struct ContractionAccess {
  Value memref;
  Type element;
  Widening widening = Widening::None;
  SmallVector<LinearIndex> subscripts;

  bool dependsOn(unsigned loop) const;
  /// Consecutive values of `loop` lie next to each other in memory.
  bool isContiguousAlong(unsigned loop) const;
};

/// A contraction on buffers: out[o(p)] += lhs[l(p, r)] * rhs[s(p, r)] for parallel loops p and reduction loops r, which
/// run in the op's order.
struct Contraction {
  Operation *op;
  ContractionAccess lhs, rhs, out;
  /// Static trip counts, or ShapedType::kDynamic.
  SmallVector<int64_t> extents;
  SmallVector<unsigned> parallel, reduction;
};

/// Fails where `op` is not on strided memrefs, subscripts are not linear, or the body is not a contraction's.
FailureOr<Contraction> matchContraction(linalg::LinalgOp op);

} // namespace mlir::tenon
