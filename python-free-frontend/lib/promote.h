// The promotion rule: which dtype two operands meet in, and operands brought to it.
#pragma once

#include "apply.h"

namespace tenon::detail {

/// Where two Tensors' dtypes meet: boolean < integers < floating; see tenon/ops.h.
DType promote(DType a, DType b);
/// The dtype of a C++ number alone.
constexpr DType alone(Scalar x) { return x.kind == Scalar::floating ? f32 : x.kind == Scalar::integer ? i64 : boolean; }
/// The dtype in which operands meet, C++ numbers being weak.
DType common_dtype(std::initializer_list<const Arg *> args, const char *operation);
/// As common_dtype, with booleans counted as i64: for arithmetic.
DType number_dtype(std::initializer_list<const Arg *> args, const char *operation);
/// The floating dtype in which one operand is computed: its own, else f32.
DType floating_dtype(const Arg &x, const char *operation);

inline DType dtype_of_tensor(const Tensor &x, const char *operation, Location where) {
  const Buffer *value = Access::buffer(x);
  return value ? value->dtype : type_of(x, operation, where).dtype;
}

/// An operand in a given dtype: the Tensor itself, its cast, or the number.
class Promoted {
public:
  Promoted(const Arg &x, DType dtype);
  Promoted(const Promoted &) = delete;
  operator Operand() const { return operand_; }

private:
  Tensor cast_ = Access::empty();
  Operand operand_;
};

/// The Tensor that an argument stands for; a number becomes a scalar of its own dtype.
Tensor tensor_of(const Arg &x);
TensorType type_of(const Arg &x, const char *operation);
/// As boolean: x != 0 where it is not already.
Tensor as_boolean(const Arg &x);

} // namespace tenon::detail
