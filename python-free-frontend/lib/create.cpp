// Tensors from braces, memory and formulas. Known shapes are filled here; open ones become operations of the trace.
#include "tenon/create.h"
#include "recorder.h"
#include "sizes.h"
#include "tenon/ops.h"
#include "trace.h"

#include "dialects/Tenon/Dialect.h"

#include <cmath>

namespace tenon {

using namespace detail;

// ---- scalars and braces -------------------------------------------------------------------------------------------

void Tensor::set(Scalar value, Location where) { set(value, alone(value), where); }

void Tensor::set(Scalar value, DType dtype, Location where) {
  if (is_tracing) {
    Trace &trace = *Trace::current();
    born(where);
    *this = trace.bind(mlir::tenon::ConstantOp::create(trace.builder(), to_mlir(where, trace.context()),
                                                       to_mlir(value, dtype, trace.context())),
                       where);
    return;
  }
  buffer_ = allocate(dtype, {});
  store(value, dtype, buffer_->data);
}

namespace {
struct NestedShape {
  llvm::SmallVector<std::int64_t, 6> dims;
  bool floating = false, all_boolean = true, any = false;
};

// Every list at one depth has to have the length of the first, and what it holds is all lists or all numbers.
void measure(const Nested &value, std::size_t depth, NestedShape &shape, Location where) {
  if (!value.is_list) {
    if (depth != shape.dims.size())
      throw Error("Tensor", "the braces are ragged: a number stands beside a list", where);
    shape.any = true;
    shape.floating |= value.scalar.kind == Scalar::floating;
    shape.all_boolean &= value.scalar.kind == Scalar::boolean;
    return;
  }
  if (depth == shape.dims.size()) {
    if (shape.any)
      throw Error("Tensor", "the braces are ragged: a list stands beside a number", where);
    shape.dims.push_back(std::int64_t(value.count));
  } else if (shape.dims[depth] != std::int64_t(value.count)) {
    throw Error("Tensor",
                "the braces are ragged: lists of " + std::to_string(shape.dims[depth]) + " and of " +
                    std::to_string(value.count) + " elements at the same depth",
                where);
  }
  for (std::size_t i = 0; i < value.count; ++i) measure(value.children[i], depth + 1, shape, where);
}

char *write(const Nested &value, DType dtype, char *to) {
  if (value.is_list) {
    for (std::size_t i = 0; i < value.count; ++i) to = write(value.children[i], dtype, to);
    return to;
  }
  store(value.scalar, dtype, to);
  return to + size_of(dtype);
}
} // namespace

void Tensor::set(std::initializer_list<Nested> values, const DType *given, Location where) {
  const Nested root(values);
  NestedShape shape;
  measure(root, 0, shape, where);
  const DType dtype = given ? *given : shape.floating || !shape.any ? f32 : shape.all_boolean ? boolean : i64;
  Buffer *buffer = allocate(dtype, shape.dims);
  write(root, dtype, buffer->as<char>());
  if (is_tracing) {
    born(where);
    *this = constant(buffer, where);
  } else {
    buffer_ = buffer;
  }
}

Tensor Tensor::copy_of(const void *data, std::size_t count, DType dtype, Dims dims, Location where) {
  const Sizes sizes = resolve(dims, "Tensor::from", where);
  const ShapeOperands shape = shape_operands(dtype, sizes);
  if (!shape.type.is_static() || std::size_t(count_of(shape.type.dims)) != count)
    throw Error("Tensor::from", std::to_string(count) + " values do not fill " + shape.type.describe(), where);
  Buffer *buffer = allocate(dtype, shape.type.dims);
  if (count)
    std::memcpy(buffer->data, data, buffer->bytes());
  return constant(buffer, where);
}

// ---- filled -------------------------------------------------------------------------------------------------------

static void fill(Buffer &buffer, const void *element) {
  const std::size_t bytes = size_of(buffer.dtype);
  bool zero = true;
  for (std::size_t i = 0; i < bytes; ++i) zero &= static_cast<const char *>(element)[i] == 0;
  if (zero) {
    std::memset(buffer.data, 0, buffer.bytes());
    return;
  }
  with_type(buffer.dtype, [&](auto x) {
    std::memcpy(&x, element, sizeof x);
    std::fill_n(buffer.as<decltype(x)>(), buffer.count, x);
  });
}

static Tensor filled(const Sizes &sizes, const Operand &value, const char *operation, Location where) {
  static constexpr Op op{"tenon.splat"};
  const DType dtype = value.tensor ? type_of(*value.tensor, operation, where).dtype : value.dtype;
  const ShapeOperands shape = shape_operands(dtype, sizes);
  if (value.tensor && !type_of(*value.tensor, operation, where).dims.empty())
    throw Error(operation, "expected a scalar, but got " + type_of(*value.tensor, operation, where).describe(), where,
                "broadcast_to repeats a Tensor");
  if (!is_tracing) {
    Buffer *buffer = allocate(dtype, shape.type.dims);
    alignas(8) char element[8];
    if (value.tensor)
      std::memcpy(element, Access::buffer(*value.tensor)->data, size_of(dtype));
    else
      store(value.scalar, dtype, element);
    fill(*buffer, element);
    if (is_recording && value.tensor) [[unlikely]] {
      const BufferRef result = BufferRef::share(buffer);
      record(op, std::span(&value, 1), {}, std::span(&shape.type, 1), std::span(&result, 1), where, {});
    }
    return Access::adopt(buffer);
  }
  Trace &trace = *Trace::current();
  if (!value.tensor && shape.type.is_static()) {
    const mlir::DenseElementsAttr splat =
        to_mlir(value.scalar, dtype, trace.context()).resizeSplat(to_mlir(shape.type, trace.context()));
    return trace.bind(mlir::tenon::ConstantOp::create(trace.builder(), to_mlir(where, trace.context()), splat), where);
  }
  llvm::SmallVector<Operand, 4> operands{value};
  operands.append(shape.open);
  return apply(op, operands, {}, &shape.type, where);
}

Tensor zeros(Dims shape, DType dtype, Location where) {
  return filled(resolve(shape, "zeros", where), Operand(Scalar(0), dtype), "zeros", where);
}
Tensor ones(Dims shape, DType dtype, Location where) {
  return filled(resolve(shape, "ones", where), Operand(Scalar(1), dtype), "ones", where);
}
Tensor full(Dims shape, const Arg &value) { return full(shape, value, type_of(value, "full").dtype); }
Tensor full(Dims shape, const Arg &value, DType dtype) {
  return filled(resolve(shape, "full", value.where), Promoted(value, dtype), "full", value.where);
}
Tensor full_like(const Arg &x, const Arg &value) {
  const Tensor like = tensor_of(x);
  return filled(sizes_of(like, x.where), Promoted(value, type_of(like, "full_like", x.where).dtype), "full_like",
                x.where);
}
Tensor zeros_like(const Arg &x) { return full_like(x, Arg(0, x.where)); }
Tensor ones_like(const Arg &x) { return full_like(x, Arg(1, x.where)); }

// ---- sequences ----------------------------------------------------------------------------------------------------

// `count` elements from a formula in i64 or f64, each rounded once.
template <class F> static Tensor sequence(std::int64_t count, DType dtype, Location where, F element) {
  const std::int64_t shape[] = {count};
  Buffer *buffer = allocate(dtype, shape);
  for (std::int64_t i = 0; i < count; ++i)
    store(Scalar(element(i)), dtype, buffer->as<char>() + std::size_t(i) * size_of(dtype));
  return constant(buffer, where);
}

Tensor detail::arange_integers(std::int64_t start, std::int64_t stop, std::int64_t step, DType dtype, Location where) {
  if (step == 0)
    throw Error("arange", "the step cannot be 0", where);
  const std::int64_t reach = step > 0 ? stop - start : start - stop, width = step > 0 ? step : -step;
  return sequence(reach <= 0 ? 0 : (reach + width - 1) / width, dtype, where,
                  [=](std::int64_t i) { return start + i * step; });
}

Tensor detail::arange_floating(double start, double stop, double step, DType dtype, Location where) {
  if (step == 0 || !std::isfinite(start) || !std::isfinite(stop) || !std::isfinite(step))
    throw Error("arange", "start, stop and step have to be finite, and the step not 0", where);
  const double count = std::max(std::ceil((stop - start) / step), 0.0);
  return sequence(std::int64_t(count), dtype, where, [=](std::int64_t i) { return start + double(i) * step; });
}

Tensor arange(const Tensor &stop, Location where) {
  static constexpr Op op{"tenon.iota"};
  const Size size = size_of_tensor(stop, "arange", where);
  if (!size.is_open())
    return arange(size.number, where);
  const ShapeOperands shape = shape_operands(i64, size);
  const Attribute attribute("axis", std::int64_t(0));
  return apply(op, shape.open, std::span(&attribute, 1), &shape.type, where);
}

Tensor linspace(double start, double stop, std::int64_t count, DType dtype, Location where) {
  if (count < 0)
    throw Error("linspace", "the count cannot be negative, but got " + std::to_string(count), where);
  const double step = count > 1 ? (stop - start) / double(count - 1) : 0;
  return sequence(count, dtype, where,
                  [=](std::int64_t i) { return count > 1 && i == count - 1 ? stop : start + double(i) * step; });
}

Tensor eye(std::int64_t rows, std::int64_t columns, std::int64_t diagonal, DType dtype, Location where) {
  if (columns < 0)
    columns = rows;
  if (rows < 0)
    throw Error("eye", "a size cannot be negative, but got " + std::to_string(rows), where);
  const std::int64_t shape[] = {rows, columns};
  Buffer *buffer = allocate(dtype, shape);
  std::memset(buffer->data, 0, buffer->bytes());
  for (std::int64_t i = 0; i < rows; ++i)
    if (i + diagonal >= 0 && i + diagonal < columns)
      store(Scalar(1), dtype, buffer->as<char>() + std::size_t(i * columns + i + diagonal) * size_of(dtype));
  return constant(buffer, where);
}

} // namespace tenon
