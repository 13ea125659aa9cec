// A sweep: one pass over an iteration space in which every operand is a memref addressed by the space's dimensions.
//
// The vocabulary is the same for element-wise operations, fills, copies, broadcasts, transposes and reductions:
// extents, which dimensions reduce, how each operand is addressed, and a body. What an emitter decides is which
// dimension becomes vectors.
#pragma once

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Utils/StructuredOpsUtils.h"

namespace mlir::tenon {

/// The number of partial results of a reduction over innermost dimensions: element j goes to lane j mod 64, on every
/// target.
inline constexpr int64_t kReductionLanes = 64;

/// Marks a memref dimension that no dimension of the sweep indexes (its index is 0), and the absence of a dimension in
/// general.
inline constexpr int kNone = -1;
/// Marks a memref dimension whose index is a sum of dimensions with constant factors, as in the windows of pooling.
inline constexpr int kLinear = -2;

/// How an operand of the body is addressed.
struct Access {
  /// A memref, or a scalar that the body uses as it is.
  Value source;
  /// For each dimension of the memref the sweep's dimension that indexes it, kNone for index 0, or kLinear.
  SmallVector<int, 4> dims;
  /// The index expression where that is kLinear; null elsewhere.
  SmallVector<AffineExpr, 4> exprs;

  MemRefType getType() const { return dyn_cast<MemRefType>(source.getType()); }
  /// Whether the address depends on `dim`.
  bool dependsOn(int dim) const;
  /// Whether some index is kLinear.
  bool isLinear() const { return llvm::is_contained(dims, kLinear); }
  /// Whether `dim` walks through memory element by element.
  bool isContiguousIn(int dim) const;
};

/// What a dimension is to the result.
enum class Role {
  /// Every index has a result of its own.
  Parallel,
  /// Reduced, one index after the other: outer dimensions, and the taps of windows.
  Sequential,
  /// Reduced, and part of the innermost reduced dimensions, whose elements go round the lanes.
  Lanes
};

/// The iteration space, the operands and the body of one structured operation on memrefs.
struct Sweep {
  Operation *op;
  /// The body: one argument per operand, then a terminator that yields one value per output. Null for softmax, which
  /// has none.
  Block *body;
  SmallVector<OpFoldResult, 4> extents;
  SmallVector<Role, 4> roles;
  /// Inputs, then outputs.
  SmallVector<Access, 4> operands;
  unsigned numInputs;
  /// For each dimension of the original operation the sweep's dimension, or kNone for one of extent 1. Read by
  /// linalg.index.
  SmallVector<int, 4> dimOfIndex;

  /// What a reduction's output was filled with just before, where that fill is taken into the reduction; null
  /// otherwise.
  TypedAttr start;

  unsigned getRank() const { return extents.size(); }
  unsigned getNumOutputs() const { return operands.size() - numInputs; }
  const Access &getOutput(unsigned i = 0) const { return operands[numInputs + i]; }
  bool isParallel() const {
    return llvm::all_of(roles, [](Role role) { return role == Role::Parallel; });
  }
  bool hasLanes() const { return llvm::is_contained(roles, Role::Lanes); }
  /// The extent when it is a constant, ShapedType::kDynamic otherwise.
  int64_t getStaticExtent(int dim) const;
};

/// Reads a structured operation as a sweep; fails where an operand's address is not linear in the dimensions.
/// Creates no operations except those that measure open extents, before `op`.
FailureOr<Sweep> matchSweep(OpBuilder &builder, linalg::LinalgOp op);

/// Reads a softmax on memrefs as the sweep over its rows, whose reduced dimension is the last: Role::Lanes where that
/// is the innermost of the operation, Role::Sequential otherwise, followed by what is inside it.
FailureOr<Sweep> matchSoftmax(OpBuilder &builder, linalg::SoftmaxOp op);

/// Merges dimensions that every operand walks as one (so [128, 1] or [4, 4, 4] become one dimension), collapsing the
/// memrefs. Orders the dimensions of a parallel sweep as its first output does. Which elements meet, and in which
/// order, stays the same.
void simplifySweep(OpBuilder &builder, Sweep &sweep);

} // namespace mlir::tenon
