// What each operation means on single elements of each dtype: signedness, NaN, wrapping, division by zero.
//
// A `dtype` is the element type as the tenon dialect spells it (ui8 is unsigned); a value of that dtype is held in
// its *storage type* (ui8 -> i8) and computed on in its *compute type* (f16 and bf16 -> f32).
#pragma once

#include "dialects/Tenon/Dialect.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace mlir::tenon {
/// The signless type that holds a dtype after this conversion.
Type getStorageType(Type dtype);
/// The type in which an operation on this dtype is carried out.
Type getComputeType(Type dtype);
/// ui8, and i1, whose `true` is 1.
bool isUnsignedDtype(Type dtype);
/// f16 and bf16, which are computed on in f32 and rounded after each op.
bool isHalfDtype(Type dtype);

/// From storage to compute type and back: a conversion for f16 and bf16, nothing otherwise.
Value widen(ImplicitLocOpBuilder &b, Type dtype, Value value);
Value narrow(ImplicitLocOpBuilder &b, Type dtype, Value value);

/// A constant of a signless or floating-point type.
Value createNumber(ImplicitLocOpBuilder &b, Type type, double value);
TypedAttr getNumberAttr(Type type, double value);
/// The least and greatest value of a dtype, in its compute type; infinities for floats.
TypedAttr getLowestAttr(Type dtype);
TypedAttr getHighestAttr(Type dtype);

/// Operations on elements in their compute type.
using ScalarOp = Value (*)(ImplicitLocOpBuilder &b, Type dtype, ValueRange operands);
Value createAdd(ImplicitLocOpBuilder &b, Type dtype, ValueRange operands);
Value createSub(ImplicitLocOpBuilder &b, Type dtype, ValueRange operands);
Value createMul(ImplicitLocOpBuilder &b, Type dtype, ValueRange operands);
/// Integers: x / 0 is 0, and the least value divided by -1 wraps to itself.
Value createDiv(ImplicitLocOpBuilder &b, Type dtype, ValueRange operands);
/// Integers: x % 0 is x.
Value createRem(ImplicitLocOpBuilder &b, Type dtype, ValueRange operands);
/// NaN if either is NaN, as a compare and select: cheaper on every CPU than `arith.maximumf`.
Value createMax(ImplicitLocOpBuilder &b, Type dtype, ValueRange operands);
Value createMin(ImplicitLocOpBuilder &b, Type dtype, ValueRange operands);
/// The same of {accumulator, element} as one selection, the form by which a reduction is recognized.
Value createMaxStep(ImplicitLocOpBuilder &b, Type dtype, ValueRange operands);
Value createMinStep(ImplicitLocOpBuilder &b, Type dtype, ValueRange operands);
Value createAnd(ImplicitLocOpBuilder &b, Type dtype, ValueRange operands);
Value createOr(ImplicitLocOpBuilder &b, Type dtype, ValueRange operands);
Value createXor(ImplicitLocOpBuilder &b, Type dtype, ValueRange operands);
Value createShl(ImplicitLocOpBuilder &b, Type dtype, ValueRange operands);
Value createShr(ImplicitLocOpBuilder &b, Type dtype, ValueRange operands);
Value createCompare(ImplicitLocOpBuilder &b, Type dtype, ComparePredicate predicate, Value lhs, Value rhs);
/// i1: whether a float is NaN; null for other dtypes.
Value createIsNaN(ImplicitLocOpBuilder &b, Type dtype, Value value);

/// Converts between storage types: floats to integers saturate (NaN to 0), integers wrap, i1 is x != 0.
Value createCast(ImplicitLocOpBuilder &b, Type from, Type to, Value value);
} // namespace mlir::tenon
