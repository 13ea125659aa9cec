// Checks and shape arithmetic that inference, verifiers and folds share; messages name types as users write them.
#pragma once

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Operation.h"

#include <optional>
#include <string>

namespace mlir::tenon {

/// A type as users write it: `f32[4,?]`, `u8[]` for a scalar; another type as MLIR prints it.
std::string describe(Type type);
/// A shape or a list of numbers as users write it: `[4,?]`.
std::string describe(ArrayRef<int64_t> shape);

/// An attribute at inference: the parser infers types before `attr-dict` has become properties, so what the
/// properties lack may still be in the dictionary.
template <typename AttrT> AttrT attrOf(AttrT property, DictionaryAttr attributes, StringRef name) {
  return property || !attributes ? property : attributes.getAs<AttrT>(name);
}
inline bool flagOf(BoolAttr property, DictionaryAttr attributes, StringRef name) {
  BoolAttr attr = attrOf(property, attributes, name);
  return attr && attr.getValue();
}

/// Reports for one op. Inference and verifiers use the same checks, so that a message reads the same from a trace,
/// where only inference runs, and from a file. Nothing here trusts an operand's type or an attribute: inference runs
/// before the verifier.
class Checks {
public:
  Checks(StringRef opName, std::optional<Location> location) : opName(opName), location(location) {}
  explicit Checks(Operation *op) : opName(op->getName().stripDialect()), op(op) {}

  /// Starts a message `<op>: `; silent without a location.
  InFlightDiagnostic error() const;

  /// The operands' types, which have to be exactly `count` ranked tensors.
  FailureOr<SmallVector<RankedTensorType>> tensors(ValueRange operands, size_t count) const;
  /// The operands' types: one or more ranked tensors.
  FailureOr<SmallVector<RankedTensorType>> tensors(ValueRange operands) const;
  LogicalResult sameDtype(ArrayRef<RankedTensorType> types, ArrayRef<StringRef> names) const;

  /// The value of `attr`, in [0, end).
  FailureOr<int64_t> index(IntegerAttr attr, StringRef name, int64_t end) const;
  /// The values of `attr`: `count` numbers, each at least `least`.
  FailureOr<ArrayRef<int64_t>> numbers(DenseI64ArrayAttr attr, StringRef name, int64_t count, int64_t least) const;
  /// The values of `attr`: distinct numbers in [0, rank).
  FailureOr<ArrayRef<int64_t>> axes(DenseI64ArrayAttr attr, StringRef name, int64_t rank) const;
  /// `type` has one `dims` operand for each open dimension.
  LogicalResult dims(ValueRange dims, RankedTensorType type) const;

  /// The shape that all of `types` broadcast to, as NumPy defines it.
  FailureOr<SmallVector<int64_t>> broadcast(ArrayRef<RankedTensorType> types, ArrayRef<StringRef> names) const;

private:
  StringRef opName;
  std::optional<Location> location;
  Operation *op = nullptr;
};

/// What two dimensions broadcast to. Open with 1 stays open; open with n > 1 is n, which run time checks.
std::optional<int64_t> broadcastDim(int64_t lhs, int64_t rhs);
/// What two dimensions that have to be equal are: the static one where one is open.
std::optional<int64_t> mergeDim(int64_t lhs, int64_t rhs);
/// Sum, product and number of elements; nullopt on overflow. Open operands give an open result.
std::optional<int64_t> addDims(int64_t lhs, int64_t rhs);
std::optional<int64_t> mulDims(int64_t lhs, int64_t rhs);
std::optional<int64_t> elementCount(ArrayRef<int64_t> shape);

/// Whether a shape can be broadcast or reshaped to another, as far as static sizes tell.
bool broadcastsTo(ArrayRef<int64_t> from, ArrayRef<int64_t> to);
bool reshapesTo(ArrayRef<int64_t> from, ArrayRef<int64_t> to);

/// Where the size of a dimension comes from: dimension `axis` of `tensor`, or the i64 scalar `scalar`; neither where it
/// has to be computed.
struct DimSource {
  Value tensor;
  int64_t axis = 0;
  Value scalar;
};
/// Where the open dimension `axis` of `result`, a result of a `tenon` op, comes from: one op back.
DimSource sourceOfDim(OpResult result, int64_t axis);
/// Where a value inside of the regions of `op` has its size from, in terms of what is outside of `op`.
DimSource sourceOutside(Operation *op, Value value, int64_t axis);

} // namespace mlir::tenon
