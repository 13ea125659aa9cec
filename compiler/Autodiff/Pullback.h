// What a pullback sees of the reverse pass, and the vocabulary that its formula is written in.
#pragma once

#include "compiler/Autodiff/Activity.h"
#include "dialects/Tenon/Dialect.h"

#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace mlir::tenon {

/// A forward block and the backward block that runs in its place, for each block of a region op that was reversed, and
/// what stands for an index in the mirrored loop.
struct Mirror {
  llvm::MapVector<Block *, Block *> blocks;
  llvm::MapVector<Value, Value> indices;
};

/// The cotangents of one block while it is walked backwards. None is ever zeros: a value without one has not been
/// reached, and the first to come is taken as it is.
class PullbackContext {
public:
  PullbackContext(const Activity &activity, Mirror &mirror) : activity(activity), mirror(mirror) {}

  /// Whether `value` is between a source and a target.
  bool needs(Value value) const { return activity.needs(value); }
  /// The cotangent of `value` so far, of its type; null where nothing has been added.
  Value get(Value value) const { return cotangents.lookup(value); }
  Value getOrZeros(OpBuilder &builder, Value value) const;
  /// Adds to the cotangent of `value`, which it has the type of. Nothing where the value needs none.
  void add(OpBuilder &builder, Value value, Value cotangent);
  /// Replaces the cotangent: what was accumulated elsewhere.
  void set(Value value, Value cotangent) { cotangents[value] = cotangent; }

  const Activity &activity;
  Mirror &mirror;

private:
  DenseMap<Value, Value> cotangents;
};

class Pullback;

/// A tensor in a formula: operators create ops, a number is a constant of the other side's dtype.
struct Term {
  Value value;
  Pullback *in = nullptr;
  explicit operator bool() const { return static_cast<bool>(value); }
  operator Value() const { return value; }
};

/// Builds one op's pullback.
class Pullback : public ImplicitLocOpBuilder {
public:
  Pullback(Operation *op, OpBuilder &builder, PullbackContext &context);

  PullbackContext &context;

  Term operator()(Value value) { return {value, this}; }
  bool needs(Value value) const { return context.needs(value); }
  /// The cotangent of the op's result; null where none came.
  Term cotangent(unsigned result = 0);

  /// Adds to an operand's cotangent what was computed for the result's shape: summed along the dimensions in which the
  /// operand repeats.
  void add(Value operand, Value cotangent);
  /// Adds to the block of an operand's cotangent that begins at `starts` (numbers, ShapedType::kDynamic standing for
  /// the next of `dynamic`): in place where something has been accumulated, as in a loop.
  void addBlock(Value operand, Value cotangent, ArrayRef<int64_t> starts, ValueRange dynamic);

  // ---- constants and shapes
  Term number(double value, Type like);
  Term integer(int64_t value);
  Term zeros(Value like);
  Term zeros(RankedTensorType type, ValueRange dims);
  /// The size of a dimension as an i64 scalar.
  Term dim(Value tensor, int64_t axis);
  /// One i64 scalar for each open dimension of `tensor`.
  SmallVector<Value> dims(Value tensor);
  /// `value` in `shape`, whose open sizes are those of `dims`.
  Term reshape(Value value, ArrayRef<int64_t> shape, ValueRange dims);
  /// `value` with the type of `like`, which has as many elements.
  Term reshapeLike(Value value, Value like);
  Term broadcastLike(Value value, Value like);
  Term transpose(Value value, ArrayRef<int64_t> permutation);
  /// The block of `value` at static `starts` of the shape of `like`.
  Term sliceLike(Value value, ArrayRef<int64_t> starts, Value like);
  /// `value` summed along the dimensions in which `like` repeats, in the type of `like`.
  Term sumTo(Value value, Value like);
  Term sum(Value value, ArrayRef<int64_t> axes, bool keepDims = false);
  /// What a reduction along `axes` gave, with those dimensions as 1.
  Term keepDims(Value reduced, Value input, ArrayRef<int64_t> axes);
  /// The product of the sizes along `axes`, as a scalar of the input's dtype.
  Term count(Value input, ArrayRef<int64_t> axes);
  Term compare(ComparePredicate predicate, Value lhs, Value rhs);
  Term select(Value condition, Value lhs, Value rhs);
  Term cast(Value value, Type dtype);

private:
  Operation *op;
};

/// The size of a dimension as an i64 scalar, from as far out as it follows: an argument rather than a residual.
Value createDim(OpBuilder &builder, Location location, Value tensor, int64_t axis);
/// Zeros of the type and sizes of `value`; of a list, one without elements.
Value createZeros(OpBuilder &builder, Location location, Value value);
/// Whether a gradient can be asked of a value of this type.
bool isDifferentiable(Type type);

Term operator+(Term lhs, Term rhs);
Term operator-(Term lhs, Term rhs);
Term operator*(Term lhs, Term rhs);
Term operator/(Term lhs, Term rhs);
Term operator-(Term value);
Term operator+(Term lhs, double rhs);
Term operator-(Term lhs, double rhs);
Term operator-(double lhs, Term rhs);
Term operator*(Term lhs, double rhs);

/// Applies an op of one operand.
template <typename OpT> Term apply(Term value) { return {OpT::create(*value.in, value.value), value.in}; }

/// A model whose pullback is a function; `cheap` says that a backward loop runs the op again.
template <typename OpT> using PullbackFunction = LogicalResult (*)(OpT, Pullback &);

} // namespace mlir::tenon

#include "compiler/Autodiff/Interfaces.h.inc"

namespace mlir::tenon {
template <typename OpT, PullbackFunction<OpT> function, bool cheap>
struct PullbackModel : DifferentiableOpInterface::ExternalModel<PullbackModel<OpT, function, cheap>, OpT> {
  LogicalResult buildPullback(Operation *op, OpBuilder &builder, PullbackContext &context) const {
    Pullback pullback(op, builder, context);
    return function(cast<OpT>(op), pullback);
  }
  bool isCheap(Operation *) const { return cheap; }
};
template <typename OpT, PullbackFunction<OpT> function, bool cheap = false> void attachPullback(MLIRContext &context) {
  OpT::template attachInterface<PullbackModel<OpT, function, cheap>>(context);
}

// The families, each in its file.
void attachElementwisePullbacks(MLIRContext &context);
void attachReductionPullbacks(MLIRContext &context);
void attachLinearAlgebraPullbacks(MLIRContext &context);
void attachShapePullbacks(MLIRContext &context);
void attachIndexingPullbacks(MLIRContext &context);
void attachWindowPullbacks(MLIRContext &context);
void attachControlFlowPullbacks(MLIRContext &context);
void attachListPullbacks(MLIRContext &context);
void attachCheckpointPullbacks(MLIRContext &context);
} // namespace mlir::tenon
