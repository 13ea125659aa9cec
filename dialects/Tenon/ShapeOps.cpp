// Inference and checks of the ops that make or change shapes.
#include "dialects/Tenon/Dialect.h"
#include "dialects/Tenon/Shapes.h"

using namespace mlir;
using namespace mlir::tenon;

LogicalResult SplatOp::verify() {
  Checks check(*this);
  if (getValue().getType().getRank() != 0) // (C1)
    return check.error() << "expected a scalar value, but got " << describe(getValue().getType());
  return check.dims(getDims(), getResult().getType()); // (C3)
}

LogicalResult IotaOp::verify() {
  Checks check(*this);
  RankedTensorType result = getResult().getType();
  if (failed(check.index(getAxisAttr(), "axis", result.getRank()))) // (C1)
    return failure();
  return check.dims(getDims(), result); // (C2)
}

LogicalResult BroadcastOp::verify() {
  Checks check(*this);
  RankedTensorType input = getInput().getType(), result = getResult().getType();
  if (!broadcastsTo(input.getShape(), result.getShape())) // (C1)
    return check.error() << "input does not broadcast to the result: input " << describe(input) << ", result "
                         << describe(result);
  return check.dims(getDims(), result); // (C3)
}

LogicalResult ReshapeOp::verify() {
  Checks check(*this);
  RankedTensorType input = getInput().getType(), result = getResult().getType();
  std::optional<int64_t> before = elementCount(input.getShape()), after = elementCount(result.getShape());
  if (!before || !after) // (C1)
    return check.error() << "too many elements: input " << describe(input) << ", result " << describe(result);
  if (!mergeDim(*before, *after)) // (C1)
    return check.error() << "numbers of elements differ: input " << describe(input) << " has " << *before << ", result "
                         << describe(result) << " has " << *after;
  return check.dims(getDims(), result); // (C3)
}

// (C1)
LogicalResult DimOp::verify() { return Checks(*this).index(getAxisAttr(), "axis", getInput().getType().getRank()); }

LogicalResult TransposeOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor adaptor,
                                            SmallVectorImpl<Type> &results) {
  Checks check("transpose", location);
  auto types = check.tensors(adaptor.getOperands(), 1);
  if (failed(types))
    return failure();
  RankedTensorType input = types->front();
  auto permutation = check.axes(attrOf(adaptor.getPermutationAttr(), adaptor.getAttributes(), "permutation"),
                                "permutation", input.getRank()); // (C1)
  if (failed(permutation))
    return failure();
  if (static_cast<int64_t>(permutation->size()) != input.getRank()) // (C1)
    return check.error() << "expected " << input.getRank() << " numbers in `permutation`, but got "
                         << permutation->size();
  SmallVector<int64_t> shape;
  for (int64_t axis : *permutation) shape.push_back(input.getDimSize(axis));
  results.push_back(RankedTensorType::get(shape, input.getElementType()));
  return success();
}

LogicalResult ConcatOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor adaptor,
                                         SmallVectorImpl<Type> &results) {
  Checks check("concat", location);
  auto types = check.tensors(adaptor.getOperands());        // (C1)
  if (failed(types) || failed(check.sameDtype(*types, {}))) // (C2)
    return failure();
  RankedTensorType first = types->front();
  auto axis =
      check.index(attrOf(adaptor.getAxisAttr(), adaptor.getAttributes(), "axis"), "axis", first.getRank()); // (C3)
  if (failed(axis))
    return failure();

  SmallVector<int64_t> shape(first.getShape());
  for (auto [position, type] : llvm::drop_begin(llvm::enumerate(*types))) {
    auto mismatch = [&, position = position, type = type] {
      return check.error() << "shapes differ outside axis " << *axis << ": input 0 is " << describe(first) << ", input "
                           << position << " is " << describe(type);
    };
    if (type.getRank() != first.getRank()) // (C4)
      return mismatch();
    for (int64_t i = 0; i < type.getRank(); ++i) {
      std::optional<int64_t> size =
          i == *axis ? addDims(shape[i], type.getDimSize(i)) : mergeDim(shape[i], type.getDimSize(i));
      if (!size) // (C4)
        return i == *axis ? check.error() << "the result is too large along axis " << *axis : mismatch();
      shape[i] = *size;
    }
  }
  results.push_back(RankedTensorType::get(shape, first.getElementType()));
  return success();
}

LogicalResult StackOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor adaptor,
                                        SmallVectorImpl<Type> &results) {
  Checks check("stack", location);
  auto types = check.tensors(adaptor.getOperands()); // (C1)
  if (failed(types))
    return failure();
  RankedTensorType first = types->front();
  for (auto [position, type] : llvm::enumerate(*types))
    if (type != first) // (C2)
      return check.error() << "types differ: input 0 is " << describe(first) << ", input " << position << " is "
                           << describe(type);
  auto axis =
      check.index(attrOf(adaptor.getAxisAttr(), adaptor.getAttributes(), "axis"), "axis", first.getRank() + 1); // (C3)
  if (failed(axis))
    return failure();
  SmallVector<int64_t> shape(first.getShape());
  shape.insert(shape.begin() + *axis, types->size());
  results.push_back(RankedTensorType::get(shape, first.getElementType()));
  return success();
}

LogicalResult SplitOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor adaptor,
                                        SmallVectorImpl<Type> &results) {
  Checks check("split", location);
  auto types = check.tensors(adaptor.getOperands(), 1);
  if (failed(types))
    return failure();
  RankedTensorType input = types->front();
  DictionaryAttr attributes = adaptor.getAttributes();
  auto axis = check.index(attrOf(adaptor.getAxisAttr(), attributes, "axis"), "axis", input.getRank()); // (C1)
  if (failed(axis))
    return failure();
  if (input.isDynamicDim(*axis)) // (C1)
    return check.error() << "expected a static dimension at axis " << *axis << ", but got " << describe(input);
  DenseI64ArrayAttr sizes = attrOf(adaptor.getSizesAttr(), attributes, "sizes");
  auto values = check.numbers(sizes, "sizes", sizes ? sizes.size() : 0, 0); // (C2)
  if (failed(values))
    return failure();
  // Subtracting what is at most the rest cannot overflow.
  int64_t rest = input.getDimSize(*axis);
  for (int64_t size : *values) {
    rest = size > rest ? -1 : rest - size;
    if (rest < 0)
      break;
  }
  if (rest != 0) // (C2)
    return check.error() << "expected `sizes` to add up to the size of axis " << *axis << ", but got "
                         << describe(*values) << " for " << describe(input);
  for (int64_t size : *values) {
    SmallVector<int64_t> shape(input.getShape());
    shape[*axis] = size;
    results.push_back(RankedTensorType::get(shape, input.getElementType()));
  }
  return success();
}

LogicalResult PadOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor adaptor,
                                      SmallVectorImpl<Type> &results) {
  Checks check("pad", location);
  auto types = check.tensors(adaptor.getOperands(), 2);
  if (failed(types) || failed(check.sameDtype(*types, {"input", "value"}))) // (C1)
    return failure();
  RankedTensorType input = (*types)[0], value = (*types)[1];
  if (value.getRank() != 0) // (C1)
    return check.error() << "expected a scalar value, but got " << describe(value);
  DictionaryAttr attributes = adaptor.getAttributes();
  auto low = check.numbers(attrOf(adaptor.getLowAttr(), attributes, "low"), "low", input.getRank(), 0); // (C2)
  if (failed(low))
    return failure();
  auto high = check.numbers(attrOf(adaptor.getHighAttr(), attributes, "high"), "high", input.getRank(), 0); // (C2)
  if (failed(high))
    return failure();
  SmallVector<int64_t> shape;
  for (auto [position, size] : llvm::enumerate(input.getShape())) {
    std::optional<int64_t> padding = addDims((*low)[position], (*high)[position]);
    std::optional<int64_t> padded = padding ? addDims(size, *padding) : std::nullopt;
    if (!padded)
      return check.error() << "dimension " << position << " of the result is too large";
    shape.push_back(*padded);
  }
  results.push_back(RankedTensorType::get(shape, input.getElementType()));
  return success();
}

// (C1)
LogicalResult ReverseOp::verify() { return Checks(*this).axes(getAxesAttr(), "axes", getInput().getType().getRank()); }

LogicalResult SliceOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor adaptor,
                                        SmallVectorImpl<Type> &results) {
  Checks check("slice", location);
  auto types = check.tensors(adaptor.getOperands());
  if (failed(types))
    return failure();
  RankedTensorType input = types->front();
  int64_t rank = input.getRank();
  DictionaryAttr attributes = adaptor.getAttributes();
  constexpr int64_t least = std::numeric_limits<int64_t>::min();
  // (C1)
  auto starts =
      check.numbers(attrOf(adaptor.getStaticStartsAttr(), attributes, "static_starts"), "static_starts", rank, least);
  if (failed(starts))
    return failure();
  auto sizes =
      check.numbers(attrOf(adaptor.getStaticSizesAttr(), attributes, "static_sizes"), "static_sizes", rank, least);
  if (failed(sizes))
    return failure();
  auto strides =
      check.numbers(attrOf(adaptor.getStridesAttr(), attributes, "strides"), "strides", rank, 1); // (C1), (C2)
  if (failed(strides))
    return failure();

  // (C3) The operand segments come from a property that nothing has verified yet.
  auto dynamic = [](ArrayRef<int64_t> values) { return llvm::count_if(values, ShapedType::isDynamic); };
  if (static_cast<int64_t>(adaptor.getOperands().size()) != 1 + dynamic(*starts) + dynamic(*sizes))
    return check.error() << "expected " << dynamic(*starts) << " start and " << dynamic(*sizes)
                         << " size operands, but got " << adaptor.getOperands().size() - 1 << " in all";

  SmallVector<int64_t> shape;
  for (int64_t i = 0; i < rank; ++i) {
    int64_t start = (*starts)[i], size = (*sizes)[i], stride = (*strides)[i], extent = input.getDimSize(i);
    if (!ShapedType::isDynamic(start) && start < 0) // (C2)
      return check.error() << "expected start of dimension " << i << " to be at least 0, but got " << start;
    if (!ShapedType::isDynamic(size) && size < 0) // (C2)
      return check.error() << "expected size of dimension " << i << " to be at least 0, but got " << size;
    shape.push_back(size);
    if (ShapedType::isDynamic(extent) || ShapedType::isDynamic(size))
      continue;
    // (C4) The last element read is start + (size - 1) * stride; an open start is at least 0.
    std::optional<int64_t> reach = size == 0 ? std::optional<int64_t>(-1) : mulDims(size - 1, stride);
    if (reach && !ShapedType::isDynamic(start))
      reach = addDims(*reach, start);
    if (!reach || *reach >= extent)
      return check.error() << "slice reaches outside dimension " << i << " of " << describe(input) << ": start "
                           << (ShapedType::isDynamic(start) ? "?" : std::to_string(start)) << ", size " << size
                           << ", stride " << stride;
  }
  results.push_back(RankedTensorType::get(shape, input.getElementType()));
  return success();
}

LogicalResult InsertOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor adaptor,
                                         SmallVectorImpl<Type> &results) {
  Checks check("insert", location);
  auto types = check.tensors(adaptor.getOperands());
  if (failed(types))
    return failure();
  if (types->size() < 2)
    return check.error() << "expected an update and an input, but got " << types->size() << " operand";
  RankedTensorType update = (*types)[0], input = (*types)[1];
  if (update.getElementType() != input.getElementType() || update.getRank() != input.getRank()) // (C1)
    return check.error() << "expected an update of the input's dtype and rank: update " << describe(update)
                         << ", input " << describe(input);
  auto starts = check.numbers(attrOf(adaptor.getStaticStartsAttr(), adaptor.getAttributes(), "static_starts"),
                              "static_starts", input.getRank(), std::numeric_limits<int64_t>::min()); // (C2)
  if (failed(starts))
    return failure();
  int64_t dynamic = llvm::count_if(*starts, ShapedType::isDynamic);
  if (static_cast<int64_t>(types->size()) != 2 + dynamic) // (C3)
    return check.error() << "expected " << dynamic << " start operands, but got " << types->size() - 2;
  for (auto [i, start] : llvm::enumerate(*starts)) {
    int64_t size = update.getDimSize(i), extent = input.getDimSize(i);
    bool isOpen = ShapedType::isDynamic(start);
    if (!isOpen && start < 0) // (C2)
      return check.error() << "expected start of dimension " << i << " to be at least 0, but got " << start;
    if (ShapedType::isDynamic(size) || ShapedType::isDynamic(extent))
      continue;
    std::optional<int64_t> end = addDims(isOpen ? 0 : start, size); // (C4)
    if (!end || *end > extent)
      return check.error() << "update reaches outside dimension " << i << " of " << describe(input) << ": start "
                           << (isOpen ? "?" : std::to_string(start)) << ", size " << size;
  }
  results.push_back(input);
  return success();
}
