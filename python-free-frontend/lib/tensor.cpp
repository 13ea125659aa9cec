// Tensor: the life of its objects, and what can be asked of one.
#include "tenon/ops.h"

#include "apply.h"
#include "capture.h"
#include "copy_log.h"
#include "trace.h"

namespace tenon {

using namespace detail;

// ---- life ---------------------------------------------------------------------------------------------------------

Tensor::Tensor(const Tensor &other, Location where) : buffer_(nullptr) {
  if (is_tracing) [[unlikely]] {
    Trace::current()->copied(*this, other, where);
    return;
  }
  if (other.slot_ >= 0 && copy_log)
    return; // only the handles beside it are looked for
  if (other.slot_ >= 0)
    throw Error("copy", "this Tensor belongs to a function that is being or has been traced", where);
  buffer_ = other.buffer_;
  if (buffer_)
    retain(buffer_);
}

Tensor &Tensor::operator=(Tensor &&other) & {
  if (slot_ == none && !buffer_ && other.slot_ >= 0 && (trace_ == unborn || !is_tracing)) {
    // No variable yet: it becomes the other one.
    slot_ = std::exchange(other.slot_, none);
    trace_ = std::exchange(other.trace_, unborn);
  } else if (is_tracing || slot_ != none || other.slot_ != none) {
    assign(other);
  } else if (this != &other) {
    std::swap(buffer_, other.buffer_);
  }
  return *this;
}

void Tensor::assign(const Tensor &other) {
  if (is_tracing)
    return Trace::current()->assigned(*this, other);
  if (other.slot_ >= 0)
    throw Error("assignment", "this Tensor belongs to a function that is being or has been traced", Location());
  if (slot_ == Access::captured)
    captured_assigned(*this, other.buffer_);
  else
    slot_ = none; // a variable of a trace that has ended
  if (other.buffer_)
    retain(other.buffer_);
  if (Buffer *old = std::exchange(buffer_, other.buffer_))
    detail::release(old);
}

void Tensor::born(Location where) noexcept { Trace::current()->born(*this, where); }

void Tensor::moved(Tensor &from) noexcept {
  if (slot_ == Access::captured) {
    slot_ = none;
    captured_dropped(from);
    if (is_tracing)
      Trace::current()->forget(from);
  } else if (is_tracing && trace_ == Trace::current()->id()) {
    from.slot_ = std::exchange(slot_, none);
    Trace::current()->moved(*this, from);
  }
}

void Tensor::drop() noexcept {
  if (slot_ == Access::captured) {
    captured_dropped(*this);
    if (is_tracing)
      Trace::current()->forget(*this);
  } else if (is_tracing) {
    Trace::current()->dropped(*this);
  }
}

void Tensor::release() noexcept { detail::release(buffer_); }

// ---- questions ----------------------------------------------------------------------------------------------------

DType Tensor::dtype(Location where) const { return buffer_ ? buffer_->dtype : type_of(*this, "dtype", where).dtype; }

Shape Tensor::shape(Location where) const {
  if (buffer_)
    return {buffer_->dims, buffer_->dims + buffer_->rank};
  const TensorType type = type_of(*this, "shape", where);
  return {type.dims.begin(), type.dims.end()};
}

int Tensor::rank(Location where) const {
  return buffer_ ? buffer_->rank : int(type_of(*this, "rank", where).dims.size());
}

std::int64_t Tensor::size(int axis, Location where) const {
  const TensorType type = type_of(*this, "size", where);
  const std::int64_t n = type.dims[std::size_t(normalize_axis(axis, type.dims.size(), "size", where))];
  if (n == open)
    throw Error("size",
                "dimension " + std::to_string(axis) + " of " + type.describe() +
                    " is open: only the running function knows it",
                where, "dim(" + std::to_string(axis) + ") gives it as a Tensor");
  return n;
}

std::int64_t Tensor::size(Location where) const {
  const TensorType type = type_of(*this, "size", where);
  if (!type.is_static())
    throw Error("size", type.describe() + " has open dimensions, which only the running function knows", where,
                "dim(i) gives each as a Tensor");
  return count_of(type.dims);
}

Tensor Tensor::dim(int axis, Location where) const {
  const TensorType type = type_of(*this, "dim", where);
  const std::int64_t at = normalize_axis(axis, type.dims.size(), "dim", where);
  if (type.dims[std::size_t(at)] != open)
    return Tensor(type.dims[std::size_t(at)], where);
  static constexpr Op dim{"tenon.dim"};
  return apply(dim, {Operand(*this)}, {Attribute("axis", at)}, where);
}

static Buffer *value_of(const Tensor &x, const char *operation, Location where) {
  if (Access::slot(x) >= 0)
    throw Error(operation, "the function is being traced, so that values are not known yet", where,
                "keep the computation in Tensors, or return the Tensor and look at it there");
  if (Buffer *value = Access::buffer(x))
    return value;
  throw Error(operation, "use of a Tensor without a value", where);
}

Scalar Tensor::scalar(Location where) const {
  const Buffer *value = value_of(*this, "item", where);
  if (value->count != 1)
    throw Error("item", "one element is needed, but the Tensor is " + describe(value->dtype, value->shape()), where,
                "index it, or reduce it with sum(), all() or any()");
  return load(value->dtype, value->data);
}

bool Tensor::truth() const {
  if (is_tracing && Access::slot(*this) >= 0)
    throw Error(
        "bool",
        "the value of a traced Tensor is not known yet, so no native if, while, for, ?:, && or || can depend on "
        "it",
        Trace::current()->born_at(*this),
        "mark the function TENON_FUNCTION and build its file with tenon_add_autograph(), or write $if(c) {...}; "
        "and $while(c) {...};, or tenon::where(c, a, b)");
  return item<bool>(Location());
}

const void *Tensor::elements(DType expected, std::int64_t &count, Location where) const {
  const Buffer *value = value_of(*this, "data", where);
  if (value->dtype != expected)
    throw Error("data",
                std::string("elements are ") + name(value->dtype) + ", but " + name(expected) + " were asked for",
                where, std::string("cast(tenon::") + (expected == boolean ? "boolean" : name(expected)) + ") first");
  count = value->count;
  return value->data;
}

} // namespace tenon
