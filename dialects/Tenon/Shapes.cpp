// Checks and shape arithmetic that inference, verifiers and folds share.
#include "dialects/Tenon/Shapes.h"

#include "llvm/ADT/SmallBitVector.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace mlir::tenon;

static void printList(llvm::raw_ostream &os, ArrayRef<int64_t> values) {
  os << '[';
  llvm::interleave(
      values, os,
      [&](int64_t value) {
        if (ShapedType::isDynamic(value))
          os << '?';
        else
          os << value;
      },
      ",");
  os << ']';
}

std::string tenon::describe(ArrayRef<int64_t> shape) {
  std::string text;
  llvm::raw_string_ostream os(text);
  printList(os, shape);
  return text;
}

std::string tenon::describe(Type type) {
  std::string text;
  llvm::raw_string_ostream os(text);
  auto tensor = dyn_cast_or_null<RankedTensorType>(type);
  if (!tensor) {
    if (type)
      os << type;
    else
      os << "nothing";
    return text;
  }
  if (tensor.getElementType().isUnsignedInteger(8))
    os << "u8";
  else
    os << tensor.getElementType();
  printList(os, tensor.getShape());
  return text;
}

InFlightDiagnostic Checks::error() const {
  if (op)
    return op->emitError() << opName << ": ";
  if (location)
    return emitError(*location) << opName << ": ";
  return InFlightDiagnostic();
}

FailureOr<SmallVector<RankedTensorType>> Checks::tensors(ValueRange operands, size_t count) const {
  if (operands.size() != count)
    return error() << "expected " << count << " operands, but got " << operands.size();
  return count == 0 ? SmallVector<RankedTensorType>() : tensors(operands);
}

FailureOr<SmallVector<RankedTensorType>> Checks::tensors(ValueRange operands) const {
  if (operands.empty())
    return error() << "expected at least one operand";
  SmallVector<RankedTensorType> types;
  for (auto [position, type] : llvm::enumerate(operands.getTypes())) {
    types.push_back(dyn_cast<RankedTensorType>(type));
    if (!types.back())
      return error() << "expected operand " << position << " to be a ranked tensor, but got " << type;
  }
  return types;
}

/// "lhs f32[4,8], rhs f32[9,2]"
static void listTypes(InFlightDiagnostic &diagnostic, ArrayRef<RankedTensorType> types, ArrayRef<StringRef> names) {
  for (size_t i = 0; i < types.size(); ++i) {
    if (i != 0)
      diagnostic << ", ";
    if (i < names.size())
      diagnostic << names[i] << " ";
    diagnostic << describe(types[i]);
  }
}

LogicalResult Checks::sameDtype(ArrayRef<RankedTensorType> types, ArrayRef<StringRef> names) const {
  if (llvm::all_equal(llvm::map_range(types, [](RankedTensorType type) { return type.getElementType(); })))
    return success();
  InFlightDiagnostic diagnostic = error() << "dtypes differ: ";
  listTypes(diagnostic, types, names);
  return diagnostic;
}

FailureOr<int64_t> Checks::index(IntegerAttr attr, StringRef name, int64_t end) const {
  if (!attr)
    return error() << "expected an attribute `" << name << "`";
  // A malformed attribute may be wider than 64 bits or of type index.
  if (attr.getValue().getSignificantBits() > 64)
    return error() << "expected `" << name << "` in [0, " << end << "), but got " << attr;
  int64_t value = attr.getValue().getSExtValue();
  if (value < 0 || value >= end)
    return error() << "expected `" << name << "` in [0, " << end << "), but got " << value;
  return value;
}

FailureOr<ArrayRef<int64_t>> Checks::numbers(DenseI64ArrayAttr attr, StringRef name, int64_t count,
                                             int64_t least) const {
  if (!attr)
    return error() << "expected an attribute `" << name << "`";
  ArrayRef<int64_t> values = attr.asArrayRef();
  if (static_cast<int64_t>(values.size()) != count)
    return error() << "expected " << count << " numbers in `" << name << "`, but got " << values.size();
  for (int64_t value : values)
    if (value < least)
      return error() << "expected `" << name << "` to be at least " << least << ", but got " << value;
  return values;
}

FailureOr<ArrayRef<int64_t>> Checks::axes(DenseI64ArrayAttr attr, StringRef name, int64_t rank) const {
  if (!attr)
    return error() << "expected an attribute `" << name << "`";
  llvm::SmallBitVector seen(rank);
  for (int64_t axis : attr.asArrayRef()) {
    if (axis < 0 || axis >= rank)
      return error() << "expected `" << name << "` in [0, " << rank << "), but got " << axis;
    if (seen.test(axis))
      return error() << "expected distinct `" << name << "`, but got " << axis << " twice";
    seen.set(axis);
  }
  return attr.asArrayRef();
}

LogicalResult Checks::dims(ValueRange dims, RankedTensorType type) const {
  if (dims.size() == static_cast<size_t>(type.getNumDynamicDims()))
    return success();
  return error() << "expected one `dims` operand for each open dimension of " << describe(type) << ", but got "
                 << dims.size();
}

FailureOr<SmallVector<int64_t>> Checks::broadcast(ArrayRef<RankedTensorType> types, ArrayRef<StringRef> names) const {
  int64_t rank = 0;
  for (RankedTensorType type : types) rank = std::max(rank, type.getRank());
  SmallVector<int64_t> shape(rank, 1);
  for (RankedTensorType type : types) {
    int64_t offset = rank - type.getRank();
    for (auto [position, size] : llvm::enumerate(type.getShape())) {
      std::optional<int64_t> merged = broadcastDim(shape[offset + position], size);
      if (!merged) {
        InFlightDiagnostic diagnostic = error() << "shapes do not broadcast: ";
        listTypes(diagnostic, types, names);
        return diagnostic;
      }
      shape[offset + position] = *merged;
    }
  }
  return shape;
}

std::optional<int64_t> tenon::broadcastDim(int64_t lhs, int64_t rhs) {
  if (lhs == rhs || rhs == 1)
    return lhs;
  if (lhs == 1 || ShapedType::isDynamic(lhs))
    return rhs;
  if (ShapedType::isDynamic(rhs))
    return lhs;
  return std::nullopt;
}

std::optional<int64_t> tenon::mergeDim(int64_t lhs, int64_t rhs) {
  if (lhs == rhs || ShapedType::isDynamic(rhs))
    return lhs;
  return ShapedType::isDynamic(lhs) ? std::optional(rhs) : std::nullopt;
}

std::optional<int64_t> tenon::addDims(int64_t lhs, int64_t rhs) {
  if (ShapedType::isDynamic(lhs) || ShapedType::isDynamic(rhs))
    return ShapedType::kDynamic;
  int64_t sum;
  return llvm::AddOverflow(lhs, rhs, sum) ? std::nullopt : std::optional(sum);
}

std::optional<int64_t> tenon::mulDims(int64_t lhs, int64_t rhs) {
  if (ShapedType::isDynamic(lhs) || ShapedType::isDynamic(rhs))
    return ShapedType::kDynamic;
  int64_t product;
  return llvm::MulOverflow(lhs, rhs, product) ? std::nullopt : std::optional(product);
}

std::optional<int64_t> tenon::elementCount(ArrayRef<int64_t> shape) {
  if (llvm::is_contained(shape, 0))
    return 0;
  int64_t count = 1;
  bool open = false;
  for (int64_t size : shape) {
    if (ShapedType::isDynamic(size))
      open = true;
    else if (llvm::MulOverflow(count, size, count))
      return std::nullopt;
  }
  return open ? ShapedType::kDynamic : count;
}

bool tenon::broadcastsTo(ArrayRef<int64_t> from, ArrayRef<int64_t> to) {
  if (from.size() > to.size())
    return false;
  return llvm::all_of(llvm::zip_equal(from, to.take_back(from.size())), [](auto sizes) {
    auto [source, target] = sizes;
    return source == 1 || mergeDim(source, target);
  });
}

bool tenon::reshapesTo(ArrayRef<int64_t> from, ArrayRef<int64_t> to) {
  std::optional<int64_t> before = elementCount(from), after = elementCount(to);
  return before && after && mergeDim(*before, *after);
}
