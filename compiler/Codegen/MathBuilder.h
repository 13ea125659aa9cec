// Writes floating-point formulas as arith ops: one expression type for scalars and vectors, floats, integers and bits.
#pragma once

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Builders.h"
#include "llvm/ADT/DenseMap.h"

#include <initializer_list>

namespace mlir::tenon {

/// What the target can do in one instruction; everything else is written out.
struct MathTarget {
  bool fma = true;
  bool roundInstructions = true;
  bool halfConversions = true;
  /// x * 2^n of vectors, with one rounding: AVX-512's vscalefps and vscalefpd.
  bool scaleInstructions = false;
};

class MathBuilder;

/// A value under construction. The operators create the float or the integer op, by the element type of the left
/// operand; a literal becomes a constant of that type, splat for vectors. Comparisons are ordered: false on NaN.
class Expr {
public:
  Expr() = default;
  Expr(MathBuilder &math, Value value) : math(&math), value(value) {}
  operator Value() const { return value; }
  MathBuilder &builder() const { return *math; }
  Type type() const { return value.getType(); }
  bool isFloat() const { return isa<FloatType>(getElementTypeOrSelf(value.getType())); }

private:
  MathBuilder *math = nullptr;
  Value value;
};

class MathBuilder {
public:
  /// `floatType` is f32 or f64, or a vector of them: the type that `real` and `integer` follow.
  MathBuilder(OpBuilder &builder, Location loc, Type floatType, const MathTarget &target)
      : builder(builder), loc(loc), floatType(floatType), target(target) {}

  bool isDouble() const { return getElementTypeOrSelf(floatType).isF64(); }
  /// Whether `fma` is one instruction; formulas that need an exact product ask.
  bool hasFma() const { return target.fma; }
  const MathTarget &getTarget() const { return target; }
  OpBuilder &getBuilder() { return builder; }
  Location getLoc() const { return loc; }
  Type getFloatType() const { return floatType; }
  /// The integer type as wide as the float type, with its shape.
  Type getIntegerType() const;
  /// The same formulas on another float element type, for steps in higher precision.
  MathBuilder withFloat(Type elementType) const;

  Expr wrap(Value value) { return Expr(*this, value); }
  Expr real(double value) { return constant(floatType, value); }
  Expr integer(int64_t value) { return constant(getIntegerType(), value); }
  /// A constant of any float, integer or i1 type, or of a vector of them.
  Expr constant(Type type, double value);
  Expr constant(Type type, int64_t value);
  Expr infinity() { return real(__builtin_inf()); }
  Expr quietNaN() { return real(__builtin_nan("")); }

  /// a*b + c: fused where the target has the instruction, otherwise a product and a sum.
  Expr fma(Expr a, Expr b, Expr c);
  /// a*b rounded, and what the rounding lost: one fma, or Veltkamp's and Dekker's splitting (T. J. Dekker, 1971), which
  /// needs |a|, |b| below 2^100 (f32) or 2^990 (f64).
  Expr twoProduct(Expr a, Expr b, Expr &error);
  /// a + b rounded, and what the rounding lost (D. Knuth's two-sum).
  Expr twoSum(Expr a, Expr b, Expr &error);
  /// The same for |a| >= |b| or a = 0.
  Expr fastTwoSum(Expr a, Expr b, Expr &error);
  /// c[0] + c[1] x + c[2] x^2 + ..., by Horner's rule.
  Expr polynomial(Expr x, ArrayRef<double> coefficients);
  Expr select(Expr condition, Expr ifTrue, Expr ifFalse);
  Expr select(Expr condition, Expr ifTrue, double ifFalse) {
    return select(condition, ifTrue, constant(ifTrue.type(), ifFalse));
  }
  Expr select(Expr condition, double ifTrue, Expr ifFalse) {
    return select(condition, constant(ifFalse.type(), ifTrue), ifFalse);
  }
  Expr compare(arith::CmpFPredicate predicate, Expr a, Expr b);
  Expr compare(arith::CmpIPredicate predicate, Expr a, Expr b);
  Expr isNaN(Expr x) { return compare(arith::CmpFPredicate::UNO, x, x); }
  Expr sqrt(Expr x);

  // Bits.
  Expr bits(Expr real);                       ///< the float's bits as an integer of its width
  Expr fromBits(Expr integer);                ///< and back
  Expr abs(Expr real);                        ///< clears the sign bit
  Expr signBit(Expr real);                    ///< an integer with the sign bit alone
  Expr withSignOf(Expr magnitude, Expr sign); ///< |magnitude| with the sign of `sign`
  Expr shiftLeft(Expr x, int64_t count);
  Expr shiftRight(Expr x, int64_t count); ///< arithmetic
  Expr shiftRightLogical(Expr x, int64_t count);

  // Integers and floats of one width.
  /// A signed integer as a float; in f64 below 2^51, because few targets convert i64 in an instruction.
  Expr toReal(Expr integer);
  Expr convert(Expr x, Type elementType); ///< float width or integer width change, signed
  Expr convertUnsigned(Expr x, Type elementType);

  /// x rounded to the nearest integer, halves to even, for |x| < 2^22 (f32) or 2^51 (f64): the sum with 1.5 * 2^p
  /// leaves no room for a fraction. `asInteger` receives the same integer from the sum's low bits.
  Expr roundSmall(Expr x, Expr *asInteger = nullptr);
  /// 2^n as a float, for n within the normal exponents.
  Expr exponentOfTwo(Expr n);
  /// x * 2^n for n in twice the range of normal exponents, with one rounding, subnormal and infinite results included.
  Expr scale(Expr x, Expr n);

  template <typename Op, typename... Args> Expr create(Args &&...args) {
    return wrap(Op::create(builder, loc, std::forward<Args>(args)...).getResult());
  }

private:
  Expr constant(TypedAttr attribute);

  OpBuilder &builder;
  Location loc;
  Type floatType;
  MathTarget target;
  /// One op per constant: a builder writes into one block, forward.
  llvm::SmallDenseMap<Attribute, Value, 16> constants;
};

Expr operator+(Expr a, Expr b);
Expr operator-(Expr a, Expr b);
Expr operator*(Expr a, Expr b);
Expr operator/(Expr a, Expr b);
Expr operator-(Expr a);
Expr operator&(Expr a, Expr b);
Expr operator|(Expr a, Expr b);
Expr operator^(Expr a, Expr b);
Expr operator!(Expr condition);
Expr operator<(Expr a, Expr b);
Expr operator>(Expr a, Expr b);
Expr operator<=(Expr a, Expr b);
Expr operator>=(Expr a, Expr b);
Expr operator==(Expr a, Expr b);
Expr operator!=(Expr a, Expr b); ///< true on NaN, as in C

/// A number beside an Expr: a constant of its type.
template <typename Number> Expr literal(Expr like, Number number) {
  MathBuilder &math = like.builder();
  return like.isFloat() ? math.constant(like.type(), static_cast<double>(number))
                        : math.constant(like.type(), static_cast<int64_t>(number));
}
#define TENON_MATH_LITERAL(op)                                                                                         \
  template <typename Number, std::enable_if_t<std::is_arithmetic_v<Number>, int> = 0>                                  \
  Expr operator op(Expr a, Number b) {                                                                                 \
    return a op literal(a, b);                                                                                         \
  }                                                                                                                    \
  template <typename Number, std::enable_if_t<std::is_arithmetic_v<Number>, int> = 0>                                  \
  Expr operator op(Number a, Expr b) {                                                                                 \
    return literal(b, a) op b;                                                                                         \
  }
TENON_MATH_LITERAL(+)
TENON_MATH_LITERAL(-)
TENON_MATH_LITERAL(*)
TENON_MATH_LITERAL(/)
TENON_MATH_LITERAL(&)
TENON_MATH_LITERAL(|)
TENON_MATH_LITERAL(^)
TENON_MATH_LITERAL(<)
TENON_MATH_LITERAL(>)
TENON_MATH_LITERAL(<=)
TENON_MATH_LITERAL(>=)
TENON_MATH_LITERAL(==)
TENON_MATH_LITERAL(!=)
#undef TENON_MATH_LITERAL

} // namespace mlir::tenon
