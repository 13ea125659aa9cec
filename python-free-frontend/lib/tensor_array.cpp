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
    : dtype_(dtype), where_(where), grows_(grows), traced_(is_tracing), size_(where), capacity_(where), values_(where) {
  if (grows_ && traced_)
    size_ = Tensor(std::int64_t(0), where);
}

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

TensorArray::TensorArray(DType dtype, Location where) : TensorArray(dtype, where, true) {}

TensorArray::TensorArray(DType dtype, TensorArrayOptions options, Location where) : TensorArray(dtype, where, true) {
  bounded_ = true;
  const Dim &n = options.capacity;
  capacity_ = n.tensor ? cast(Arg(*n.tensor, where), i64) : Tensor(n.number, where);
  if (const std::optional<std::int64_t> known = known_value(capacity_, "TensorArray", where); known && *known < 0)
    throw Error("TensorArray", "a capacity cannot be negative, but got " + std::to_string(*known), where);
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
  if (is_list()) {
    mlir::OpBuilder builder = trace.at_end(home->block);
    const mlir::Location location = to_mlir(where_, trace.context());
    for (std::size_t axis = 0; axis < type.dims.size(); ++axis) {
      if (type.dims[axis] != open)
        continue;
      const mlir::Value length = size_in_frame(trace, home, first, std::int64_t(axis));
      if (!length)
        throw Error("TensorArray",
                    "the first element that is appended is " + type.describe() + ", and dimension " +
                        std::to_string(axis) + " is known only after the array has been made at " + in_file(where_),
                    where, "pad or slice elements to a size that is known where the array is made",
                    source_line(where_));
      open_.push_back(trace.new_slot(length, where, home));
      builder.setInsertionPointToEnd(home->block);
    }
    auto list = mlir::tenon::ListCreateOp::create(
        builder, location, mlir::tenon::ListType::get(trace.context(), to_mlir(type, trace.context())));
    list->setAttr("tenon.reason", builder.getStringAttr("a TensorArray that grows"));
    home->now[number] = Current{list};
    return;
  }
  const mlir::Value size = trace.lookup(home, Access::slot(bounded_ ? capacity_ : size_)).value;
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
  const std::int64_t room = bounded_ ? capacity_.item<std::int64_t>() : std::int64_t(elements_.size());
  if (at < 0 || ((bounded_ || !grows_) && at >= room))
    outside(at, std::size_t(room), i.where);
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
  check_traced(i.where);
  if (is_list())
    throw Error("TensorArray", "an array that grows without a capacity is only appended to while it is traced", i.where,
                "append(x), or say how many elements there are at most: TensorArray(dtype, {.capacity = n})");
  if (!has_values())
    begin(value, i.where);
  const Tensor at = cast(Arg(tensor_of(i), i.where), i64);
  values_ = with_row(values_, at, value, "TensorArray", i.where);
  if (bounded_)
    size_ = maximum(size_, at + 1);
}

void TensorArray::check_traced(Location where) const {
  if (!traced_)
    throw Error("TensorArray",
                "the array that is written lives outside the traced function, which runs only once as C++", where,
                "make it in the function, and return stack()");
}

// An element as the list keeps it: the sizes of the first.
Tensor TensorArray::in_list(const Tensor &x, Location where) const {
  Trace &trace = *Trace::current();
  const auto type = llvm::cast<mlir::tenon::ListType>(trace.read(values_, "TensorArray", where).getType()).getElement();
  const TensorType given = type_of(x, "TensorArray", where), expected = from_mlir(type);
  bool fits = given.dims.size() == expected.dims.size();
  for (std::size_t axis = 0; fits && axis < given.dims.size(); ++axis)
    fits = given.dims[axis] == expected.dims[axis] || given.dims[axis] == open || expected.dims[axis] == open;
  if (!fits)
    throw Error("TensorArray", "the element is " + given.describe() + ", but those before are " + expected.describe(),
                where, "all elements have one shape: pad, or slice");
  Sizes sizes = sizes_of(x, where);
  auto variable = open_.begin();
  for (std::size_t axis = 0; axis < sizes.size(); ++axis) {
    if (expected.dims[axis] != open) {
      if (given.dims[axis] == open)
        check(sizes[axis].tensor == expected.dims[axis], "TensorArray: elements differ in size");
      sizes[axis] = Size{expected.dims[axis]};
      continue;
    }
    const Tensor length = trace.bind(trace.lookup(trace.top(), *variable++).value, where);
    check(length == (sizes[axis].is_open() ? sizes[axis].tensor : Tensor(sizes[axis].number)),
          "TensorArray: elements differ in size");
    sizes[axis] = Size{open, length};
  }
  return given.dims == expected.dims && open_.empty() ? x : reshape_to(x, sizes, where);
}

void TensorArray::append(const Arg &x) {
  if (!grows_)
    throw Error("TensorArray", "an array that has a size cannot be appended to", x.where,
                "write(i, x), or make it without a size: TensorArray(dtype)");
  const Tensor value = element(x);
  if (!is_tracing)
    return write_eager(Arg(Tensor(std::int64_t(elements_.size())), x.where), value);
  check_traced(x.where);
  if (!has_values())
    begin(value, x.where);
  if (is_list()) {
    Trace &trace = *Trace::current();
    const Tensor kept = in_list(value, x.where);
    auto push = mlir::tenon::ListPushOp::create(trace.builder(), to_mlir(x.where, trace.context()),
                                                trace.read(kept, "TensorArray", x.where),
                                                trace.read(values_, "TensorArray", x.where));
    push->setAttr("tenon.reason", trace.builder().getStringAttr("a TensorArray that grows"));
    trace.write(Access::slot(values_), Current{push});
  } else {
    check(Arg(size_ < capacity_, x.where), "TensorArray: more elements than its capacity");
    values_ = with_row(values_, size_, value, "TensorArray", x.where);
  }
  size_ = size_ + 1;
}

Tensor TensorArray::read(const Arg &i) const {
  if (is_tracing && grows_ && traced_) {
    if (!has_values())
      throw Error("TensorArray", "no element has been appended, so that their shape is not known", i.where,
                  "read behind the first append()");
    const Tensor at = cast(Arg(tensor_of(i), i.where), i64);
    if (!is_list()) {
      check(Arg(at >= 0 && at < size_, i.where), "TensorArray: the index is outside of the array");
      return row_of(values_, at, "TensorArray", i.where);
    }
    Trace &trace = *Trace::current();
    const mlir::Value list = trace.read(values_, "TensorArray", i.where),
                      index = trace.read(at, "TensorArray", i.where);
    llvm::SmallVector<mlir::Value> sizes;
    for (int variable : open_) sizes.push_back(trace.lookup(trace.top(), variable).value);
    const auto type = llvm::cast<mlir::tenon::ListType>(list.getType()).getElement();
    return trace.bind(
        mlir::tenon::ListGetOp::create(trace.builder(), to_mlir(i.where, trace.context()), type, list, index, sizes),
        i.where);
  }
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
  if (is_list())
    throw Error("TensorArray",
                "how many elements an array that grows has is known only when the function runs, and so is the memory "
                "that stack() needs",
                where, "say how many there are at most: TensorArray(dtype, {.capacity = n})");
  if (traced_ && bounded_)
    return first_rows(values_, size_, where);
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
  return !traced_ ? Tensor(std::int64_t(elements_.size()), where) : Tensor(size_, where);
}

} // namespace tenon
