// TensorArray: eagerly a list of elements, while tracing one Tensor whose rows are replaced.
#include "tenon/tensor_array.h"
#include "open_sizes.h"
#include "rows.h"
#include "sizes.h"
#include "tenon/create.h"
#include "tenon/ops.h"

#include "dialects/Tenon/Dialect.h"

namespace tenon {

using namespace detail;

TensorArray::TensorArray(DType dtype, Location where, bool grows)
    : dtype_(dtype), where_(where), grows_(grows), traced_(is_tracing), size_(where), values_(where) {}

TensorArray::TensorArray(DType dtype, const Arg &size) : TensorArray(dtype, size.where, false) {
  const TensorType type = type_of(size, "TensorArray");
  if (!type.dims.empty() || !is_integer(type.dtype))
    throw Error("TensorArray", "the size has to be an integer scalar, but is " + type.describe(), where_);
  size_ = cast(size, i64);
  const std::optional<std::int64_t> known = known_value(size_, "TensorArray", where_);
  if (known && *known < 0)
    throw Error("TensorArray", "a size cannot be negative, but got " + std::to_string(*known), where_);
  if (!traced_)
    elements_.resize(std::size_t(*known));
}

TensorArray::TensorArray(DType dtype, const Arg &size, Dims element) : TensorArray(dtype, size) {
  Sizes sizes = resolve(element, "TensorArray", where_);
  if (!traced_) {
    shape_.emplace();
    for (const Size &n : sizes) shape_->push_back(n.number);
    return;
  }
  sizes.insert(sizes.begin(), size_of_tensor(size_, "TensorArray", where_));
  values_ = zeros_of(sizes, dtype, where_);
}

TensorArray::TensorArray(DType dtype, Location where) : TensorArray(dtype, where, true) {
  if (traced_)
    throw Error("TensorArray", "an array that grows has no place in a traced function", where,
                "give it a size, or an upper bound that stack() is sliced to: TensorArray(dtype, n)");
}

bool TensorArray::has_values() const {
  Trace &trace = *Trace::current();
  return trace.lookup(trace.top(), Access::slot(values_)).value != nullptr;
}

// The element as the array keeps it.
Tensor TensorArray::element(const Arg &x) const {
  if (!x.tensor)
    return cast(x, dtype_);
  const TensorType type = type_of(x, "TensorArray");
  if (type.dtype != dtype_)
    throw Error("TensorArray", "the element is " + type.describe() + ", but the array holds " + name(dtype_), x.where,
                std::string("cast(tenon::") + (dtype_ == boolean ? "boolean" : name(dtype_)) + ") first");
  return Tensor(*x.tensor, x.where);
}

// Zeros in the region where the array was made, before what writes the first element. What loops carry keeps its shape,
// so sizes of that element are known there already, or never.
void TensorArray::begin(const Tensor &element, Location where) {
  Trace &trace = *Trace::current();
  const SlotNumber number = Access::slot(values_);
  Frame *home = trace.slot(number).home;
  const mlir::Value first = trace.read(element, "TensorArray", where);
  TensorType type = type_of(element, "TensorArray", where);
  llvm::SmallVector<mlir::Value> sizes;
  const mlir::Value size = trace.lookup(home, Access::slot(size_)).value;
  std::optional<std::int64_t> known;
  if (auto constant = size.getDefiningOp<mlir::tenon::ConstantOp>())
    known = (*constant.getValue().value_begin<llvm::APInt>()).getSExtValue();
  else
    sizes.push_back(size);
  for (std::size_t axis = 0; axis < type.dims.size(); ++axis) {
    if (type.dims[axis] != open)
      continue;
    sizes.push_back(size_in_frame(trace, home, first, std::int64_t(axis)));
    if (!sizes.back())
      throw Error("TensorArray",
                  "the first element that is written is " + type.describe() + ", and dimension " +
                      std::to_string(axis) + " is known only after the array has been made at " + in_file(where_),
                  where, "give the shape of the elements: TensorArray(dtype, n, {x.dim(0), 8})", source_line(where_));
  }
  type.dims.insert(type.dims.begin(), known.value_or(open));
  mlir::OpBuilder builder = trace.at_end(home->block);
  const mlir::Location location = to_mlir(where_, trace.context());
  const mlir::Value zero =
      mlir::tenon::ConstantOp::create(builder, location, to_mlir(Scalar(0), dtype_, trace.context()));
  home->now[number] =
      Current{mlir::tenon::SplatOp::create(builder, location, to_mlir(type, trace.context()), zero, sizes)};
}

[[noreturn]] static void outside(std::int64_t i, std::size_t size, Location where) {
  throw Error("TensorArray", "index " + std::to_string(i) + " is outside [0, " + std::to_string(size) + ")", where);
}

void TensorArray::write_eager(const Arg &i, const Tensor &x) {
  const std::int64_t at = known_value(tensor_of(i), "TensorArray", i.where).value();
  if (at < 0 || (!grows_ && at >= std::int64_t(elements_.size())))
    outside(at, elements_.size(), i.where);
  if (!shape_)
    shape_ = x.shape();
  if (x.shape() != *shape_)
    throw Error("TensorArray",
                "the element is " + detail::describe(dtype_, x.shape()) + ", but those before are " +
                    detail::describe(dtype_, *shape_),
                i.where, "all elements have one shape: pad, or slice");
  if (at >= std::int64_t(elements_.size()))
    elements_.resize(std::size_t(at) + 1);
  elements_[std::size_t(at)] = x;
}

void TensorArray::write(const Arg &i, const Arg &x) {
  const Tensor value = element(x);
  if (!is_tracing)
    return write_eager(i, value);
  if (!traced_)
    throw Error("TensorArray",
                "the array that is written lives outside the traced function, which runs only once as C++", i.where,
                "make it in the function, and return stack()");
  if (!has_values())
    begin(value, i.where);
  values_ = with_row(values_, tensor_of(i), value, "TensorArray", i.where);
}

Tensor TensorArray::read(const Arg &i) const {
  if (is_tracing)
    return row_of(traced_ ? values_ : stack(i.where), tensor_of(i), "TensorArray", i.where);
  const std::int64_t at = known_value(tensor_of(i), "TensorArray", i.where).value();
  if (at < 0 || at >= std::int64_t(elements_.size()))
    outside(at, elements_.size(), i.where);
  const Tensor &element = elements_[std::size_t(at)];
  if (Access::buffer(element))
    return Tensor(element, i.where);
  if (!shape_)
    throw Error("TensorArray", "no element has been written, so that their shape is not known", i.where,
                "give it: TensorArray(dtype, n, {...})");
  return zeros(*shape_, dtype_, i.where);
}

Tensor TensorArray::stack(Location where) const {
  if (traced_ ? !is_tracing || !has_values() : !shape_)
    throw Error("TensorArray", "no element has been written, so that their shape is not known", where,
                "give it: TensorArray(dtype, n, {...})");
  if (traced_)
    return Tensor(values_, where);
  Shape shape = *shape_;
  shape.insert(shape.begin(), std::int64_t(elements_.size()));
  if (elements_.empty())
    return zeros(shape, dtype_, where);
  std::vector<Tensor> all;
  for (const Tensor &element : elements_)
    all.push_back(Access::buffer(element) ? Tensor(element, where) : zeros(*shape_, dtype_, where));
  return tenon::stack(all, 0, where);
}

Tensor TensorArray::size(Location where) const {
  return grows_ || !traced_ ? Tensor(std::int64_t(elements_.size()), where) : Tensor(size_, where);
}

} // namespace tenon
