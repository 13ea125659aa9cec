// Promotion of dtypes; the lattice is documented in tenon/ops.h.
#include "promote.h"
#include "tenon/ops.h"

namespace tenon::detail {

static int rank_of(DType dtype) { return dtype == boolean ? 0 : is_integer(dtype) ? 1 : 2; }

DType promote(DType a, DType b) {
  if (a == b)
    return a;
  if (rank_of(a) != rank_of(b))
    return rank_of(a) > rank_of(b) ? a : b;
  if (is_floating(a)) {
    if (size_of(a) == size_of(b))
      return f32; // f16 with bf16
    return size_of(a) > size_of(b) ? a : b;
  }
  if (size_of(a) == size_of(b))
    return i16;                           // u8 with i8
  return size_of(a) > size_of(b) ? a : b; // the wider is signed, and holds u8
}

DType common_dtype(std::initializer_list<const Arg *> args, const char *operation) {
  bool any_tensor = false;
  DType dtype = boolean;
  for (const Arg *x : args) {
    if (!x->tensor)
      continue;
    const DType own = dtype_of_tensor(*x->tensor, operation, x->where);
    dtype = any_tensor ? promote(dtype, own) : own;
    any_tensor = true;
  }
  for (const Arg *x : args) {
    if (x->tensor)
      continue;
    const DType own = alone(x->scalar);
    if (!any_tensor || rank_of(own) > rank_of(dtype))
      dtype = any_tensor ? own : promote(dtype, own);
  }
  return dtype;
}

DType number_dtype(std::initializer_list<const Arg *> args, const char *operation) {
  const DType dtype = common_dtype(args, operation);
  return dtype == boolean ? i64 : dtype;
}

DType floating_dtype(const Arg &x, const char *operation) {
  const DType dtype = x.tensor ? dtype_of_tensor(*x.tensor, operation, x.where) : f32;
  return is_floating(dtype) ? dtype : f32;
}

static Tensor cast_to(const Tensor &x, DType dtype, Location where) {
  static constexpr Op op{"tenon.cast"};
  TensorType type = type_of(x, "cast", where);
  type.dtype = dtype;
  const Operand operand(x);
  return apply(op, std::span(&operand, 1), {}, &type, where);
}

Promoted::Promoted(const Arg &x, DType dtype) : operand_(x.scalar, dtype) {
  if (!x.tensor)
    return;
  if (dtype_of_tensor(*x.tensor, "cast", x.where) == dtype) {
    operand_ = Operand(*x.tensor);
  } else {
    cast_ = cast_to(*x.tensor, dtype, x.where);
    operand_ = Operand(cast_);
  }
}

Tensor tensor_of(const Arg &x) {
  if (x.tensor)
    return Tensor(*x.tensor, x.where);
  return x.scalar.kind == Scalar::floating  ? Tensor(x.scalar.f, x.where)
         : x.scalar.kind == Scalar::integer ? Tensor(x.scalar.i, x.where)
                                            : Tensor(x.scalar.i != 0, x.where);
}

TensorType type_of(const Arg &x, const char *operation) {
  return x.tensor ? type_of(*x.tensor, operation, x.where) : TensorType{alone(x.scalar), {}};
}

Tensor as_boolean(const Arg &x) {
  if ((x.tensor ? dtype_of_tensor(*x.tensor, "cast", x.where) : alone(x.scalar)) == boolean)
    return tensor_of(x);
  return x != Arg(0, x.where);
}

} // namespace tenon::detail

namespace tenon {

Tensor cast(const Arg &x, DType dtype) {
  if (!x.tensor)
    return x.scalar.kind == detail::Scalar::floating ? Tensor(x.scalar.f, dtype, x.where)
                                                     : Tensor(x.scalar.i, dtype, x.where);
  if (detail::dtype_of_tensor(*x.tensor, "cast", x.where) == dtype)
    return detail::tensor_of(x);
  return detail::cast_to(*x.tensor, dtype, x.where);
}

Tensor Tensor::cast(DType dtype, Location where) const { return tenon::cast(Arg(*this, where), dtype); }

} // namespace tenon
