// Rows as slices and inserts of one element of the first dimension.
#include "rows.h"
#include "tenon/ops.h"

#include "mlir/IR/BuiltinTypes.h"

namespace tenon::detail {

// The index as an i64 scalar. A number that is known has to be inside already.
static Tensor checked_index(const Tensor &x, const Tensor &i, const char *operation, Location where) {
  const TensorType type = type_of(x, operation, where);
  const std::optional<std::int64_t> number = known_value(i, operation, where);
  if (number && (*number < 0 || (type.dims[0] != open && *number >= type.dims[0])))
    throw Error(operation,
                "index " + std::to_string(*number) + " is outside [0, " +
                    (type.dims[0] == open ? "size" : std::to_string(type.dims[0])) + ")",
                where);
  return cast(Arg(i, where), i64);
}

// `count` rows of x from row `start` on; without them one row, and from the first.
static Tensor slice_of_rows(const Tensor &x, const Sizes &all, const Tensor *start, const Tensor *count,
                            Location where) {
  static constexpr Op op{"tenon.slice"};
  llvm::SmallVector<std::int64_t, 6> starts(all.size(), 0), sizes{1}, strides(all.size(), 1);
  llvm::SmallVector<Operand, 6> operands{Operand(x)};
  if (start) {
    starts[0] = mlir::ShapedType::kDynamic;
    operands.emplace_back(*start);
  }
  if (count) {
    sizes[0] = mlir::ShapedType::kDynamic;
    operands.emplace_back(*count);
  }
  for (const Size &size : llvm::ArrayRef(all).drop_front()) {
    sizes.push_back(size.is_open() ? mlir::ShapedType::kDynamic : size.number);
    if (size.is_open())
      operands.emplace_back(size.tensor);
  }
  const Attribute attributes[] = {Attribute("static_starts", llvm::ArrayRef(starts)),
                                  Attribute("static_sizes", llvm::ArrayRef(sizes)),
                                  Attribute("strides", llvm::ArrayRef(strides))};
  const std::int64_t segments[] = {1, start ? 1 : 0, std::int64_t(operands.size()) - (start ? 2 : 1)};
  Tensor rows = Access::empty();
  apply(op, operands, attributes, {}, std::span(&rows, 1), where, segments);
  return rows;
}

Tensor row_of(const Tensor &x, const Tensor &i, const char *operation, Location where) {
  const Tensor index = checked_index(x, i, operation, where);
  const Sizes all = sizes_of(x, where);
  return reshape_to(slice_of_rows(x, all, &index, nullptr, where), Sizes(all.begin() + 1, all.end()), where);
}

Tensor first_rows(const Tensor &x, const Tensor &count, Location where) {
  return slice_of_rows(x, sizes_of(x, where), nullptr, &count, where);
}

Tensor with_row(const Tensor &x, const Tensor &i, const Tensor &row, const char *operation, Location where) {
  static constexpr Op op{"tenon.insert"};
  const Tensor index = checked_index(x, i, operation, where);
  const TensorType type = type_of(x, operation, where), given = type_of(row, operation, where);
  bool fits = given.dims.size() + 1 == type.dims.size();
  for (std::size_t k = 0; fits && k < given.dims.size(); ++k)
    fits = given.dims[k] == type.dims[k + 1] || given.dims[k] == open || type.dims[k + 1] == open;
  if (!fits)
    throw Error(operation,
                "the element is " + given.describe() + ", but those before are " +
                    TensorType{type.dtype, {type.dims.begin() + 1, type.dims.end()}}.describe(),
                where, "all elements have one shape: pad, or slice");
  Sizes sizes = sizes_of(row, where);
  sizes.insert(sizes.begin(), Size{1});
  const Tensor update = reshape_to(row, std::move(sizes), where);
  llvm::SmallVector<std::int64_t, 6> starts(type.dims.size(), 0);
  starts[0] = mlir::ShapedType::kDynamic;
  return apply(op, {Operand(update), Operand(x), Operand(index)}, {Attribute("static_starts", llvm::ArrayRef(starts))},
               where);
}

Tensor zeros_of(const Sizes &sizes, DType dtype, Location where) {
  static constexpr Op op{"tenon.splat"};
  const ShapeOperands shape = shape_operands(dtype, sizes);
  llvm::SmallVector<Operand, 4> operands{Operand(Scalar(0), dtype)};
  operands.append(shape.open);
  return apply(op, operands, {}, &shape.type, where);
}

} // namespace tenon::detail
