// Sizes: what is known while tracing stays a number, what is not becomes an operand.
#include "sizes.h"
#include "recorder.h"
#include "tenon/ops.h"
#include "trace.h"

#include "dialects/Tenon/Dialect.h"

namespace tenon::detail {

std::optional<std::int64_t> known_value(const Tensor &x, const char *operation, Location where) {
  const TensorType type = type_of(x, operation, where);
  if (!type.dims.empty() || !is_integer(type.dtype))
    throw Error(operation, "expected an integer scalar, but got " + type.describe(), where);
  if (const Buffer *value = Access::buffer(x))
    return load(value->dtype, value->data).i;
  auto constant = Trace::current()->read(x, operation, where).getDefiningOp<mlir::tenon::ConstantOp>();
  if (!constant)
    return std::nullopt;
  const llvm::APInt number = *constant.getValue().value_begin<llvm::APInt>();
  return type.dtype == u8 ? std::int64_t(number.getZExtValue()) : number.getSExtValue();
}

Size size_of_tensor(const Tensor &x, const char *operation, Location where) {
  if (std::optional<std::int64_t> n = known_value(x, operation, where)) {
    if (*n < 0)
      throw Error(operation, "a size cannot be negative, but got " + std::to_string(*n), where);
    return {*n};
  }
  return {open, cast(Arg(x, where), i64)};
}

Sizes resolve(Dims dims, const char *operation, Location where, bool allow_rest) {
  Sizes sizes;
  for (std::size_t i = 0; i < dims.size(); ++i) {
    const Dim dim = dims[i];
    if (dim.tensor) {
      sizes.push_back(size_of_tensor(*dim.tensor, operation, where));
      continue;
    }
    if (dim.number < 0 && !(allow_rest && dim.number == -1))
      throw Error(operation, "a size cannot be negative, but got " + std::to_string(dim.number), where,
                  dim.number == -1 ? "an open dimension of x is x.dim(i), a scalar Tensor" : "");
    sizes.push_back({dim.number});
  }
  return sizes;
}

Size size_at(const Tensor &x, std::size_t axis, Location where) {
  const std::int64_t n = type_of(x, "dim", where).dims[axis];
  if (n != open)
    return {n};
  return {open, x.dim(int(axis), where)};
}

Sizes sizes_of(const Tensor &x, Location where) {
  Sizes sizes;
  for (std::size_t i = 0; i < type_of(x, "shape", where).dims.size(); ++i) sizes.push_back(size_at(x, i, where));
  return sizes;
}

ShapeOperands shape_operands(DType dtype, llvm::ArrayRef<Size> sizes) {
  ShapeOperands result{{dtype, {}}, {}};
  for (const Size &size : sizes) {
    result.type.dims.push_back(size.number);
    if (size.is_open())
      result.open.emplace_back(size.tensor);
  }
  return result;
}

// Which dimension of `x` a size is, if it was made by x.dim(i): such a pair cancels in the quotient below.
static std::optional<std::size_t> dimension_of(const Size &size, mlir::Value x, Location where) {
  if (!size.is_open())
    return std::nullopt;
  auto dim = Trace::current()->read(size.tensor, "reshape", where).getDefiningOp<mlir::tenon::DimOp>();
  if (!dim || dim.getInput() != x)
    return std::nullopt;
  return std::size_t(dim.getAxis());
}

// The size that is left for -1: elements of x over the product of the other sizes.
static Size rest(const Tensor &x, const TensorType &type, llvm::ArrayRef<Size> sizes, std::size_t at, Location where) {
  std::int64_t have = 1, asked = 1;
  llvm::SmallVector<Tensor, 4> open_have, open_asked;
  llvm::SmallVector<bool, 6> cancelled(type.dims.size(), false);
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    if (i == at)
      continue;
    if (!sizes[i].is_open()) {
      asked *= sizes[i].number;
      continue;
    }
    const auto dim = dimension_of(sizes[i], Trace::current()->read(x, "reshape", where), where);
    if (dim && !cancelled[*dim])
      cancelled[*dim] = true;
    else
      open_asked.push_back(sizes[i].tensor);
  }
  for (std::size_t i = 0; i < type.dims.size(); ++i) {
    if (type.dims[i] != open)
      have *= type.dims[i];
    else if (!cancelled[i])
      open_have.push_back(x.dim(int(i), where));
  }
  if (open_have.empty() && open_asked.empty()) {
    if (asked == 0 || have % asked)
      throw Error("reshape",
                  type.describe() + " has " + std::to_string(have) + " elements (of each open size), which " +
                      std::to_string(asked) + " does not divide: -1 has no size",
                  where);
    return {have / asked};
  }
  const bool divides = asked && have % asked == 0;
  Tensor size(divides ? have / asked : have, where);
  bool is_one = divides && have == asked;
  for (const Tensor &n : open_have) {
    size = is_one ? n : Arg(size, where) * Arg(n, where);
    is_one = false;
  }
  if (!divides)
    size = Arg(size, where) / Arg(asked, where);
  for (const Tensor &n : open_asked) size = Arg(size, where) / Arg(n, where);
  return {open, size};
}

Tensor reshape_to(const Tensor &x, Sizes sizes, Location where) {
  static constexpr Op op{"tenon.reshape"};
  const TensorType type = type_of(x, "reshape", where);
  std::optional<std::size_t> at;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    if (sizes[i].is_open() && !Access::buffer(sizes[i].tensor) && Access::slot(sizes[i].tensor) < 0) {
      if (at)
        throw Error("reshape", "only one size may be -1", where);
      at = i;
    }
  }
  if (at)
    sizes[*at] = rest(x, type, sizes, *at, where);
  ShapeOperands shape = shape_operands(type.dtype, sizes);
  if (type.is_static() && shape.type.is_static() && count_of(type.dims) != count_of(shape.type.dims))
    throw Error("reshape",
                type.describe() + " has " + std::to_string(count_of(type.dims)) + " elements, but " +
                    describe(shape.type.dims) + " has " + std::to_string(count_of(shape.type.dims)),
                where);
  if (type.is_static() && type == shape.type)
    return Tensor(x, where);
  if (Buffer *value = Access::buffer(x); value && !is_tracing) {
    Tensor result = Access::adopt(view(value, shape.type.dims));
    if (is_recording) [[unlikely]]
      record_view(x, Access::buffer(result), where);
    return result;
  }
  llvm::SmallVector<Operand, 4> operands{Operand(x)};
  operands.append(shape.open);
  return apply(op, operands, {}, &shape.type, where);
}

Tensor constant(Buffer *owned, Location where) {
  BufferRef value(owned);
  if (!is_tracing)
    return Access::adopt(value.take());
  Trace &trace = *Trace::current();
  constexpr std::int64_t inline_elements = 64; // more stay outside of the IR
  Tensor eager = Access::adopt(value.take());
  if (Access::buffer(eager)->count > inline_elements)
    return Tensor(eager, where); // a copy in a trace captures
  return trace.bind(mlir::tenon::ConstantOp::create(trace.builder(), to_mlir(where, trace.context()),
                                                    to_mlir(*Access::buffer(eager), trace.context())),
                    where);
}

} // namespace tenon::detail
