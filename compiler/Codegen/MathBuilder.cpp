// Creation of the arith ops behind MathBuilder and Expr.
#include "compiler/Codegen/MathBuilder.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace mlir::tenon;

/// `shape` with another element type.
static Type withElementType(Type shape, Type element) {
  if (auto vector = dyn_cast<VectorType>(shape))
    return vector.clone(element);
  return element;
}

Type MathBuilder::getIntegerType() const {
  unsigned width = getElementTypeOrSelf(floatType).getIntOrFloatBitWidth();
  return withElementType(floatType, builder.getIntegerType(width));
}

MathBuilder MathBuilder::withFloat(Type elementType) const {
  return MathBuilder(builder, loc, withElementType(floatType, elementType), target);
}

Expr MathBuilder::constant(Type type, double value) {
  auto element = dyn_cast<FloatType>(getElementTypeOrSelf(type));
  if (!element)
    return constant(type, static_cast<int64_t>(value));
  Attribute attribute = builder.getFloatAttr(element, value);
  if (auto vector = dyn_cast<VectorType>(type))
    attribute = SplatElementsAttr::get(vector, attribute);
  return constant(cast<TypedAttr>(attribute));
}

Expr MathBuilder::constant(TypedAttr attribute) {
  Value &value = constants[attribute];
  if (!value)
    value = create<arith::ConstantOp>(attribute);
  return wrap(value);
}

Expr MathBuilder::constant(Type type, int64_t value) {
  auto element = cast<IntegerType>(getElementTypeOrSelf(type));
  Attribute attribute = IntegerAttr::get(element, APInt(element.getWidth(), static_cast<uint64_t>(value), false, true));
  if (auto vector = dyn_cast<VectorType>(type))
    attribute = SplatElementsAttr::get(vector, attribute);
  return constant(cast<TypedAttr>(attribute));
}

Expr MathBuilder::fma(Expr a, Expr b, Expr c) {
  if (target.fma)
    return create<math::FmaOp>(a, b, c);
  return a * b + c;
}

Expr MathBuilder::twoProduct(Expr a, Expr b, Expr &error) {
  Expr product = a * b;
  if (target.fma) {
    error = fma(a, b, -product);
    return product;
  }
  Expr splitter = real(isDouble() ? 0x1p27 + 1 : 0x1p12 + 1);
  auto split = [&](Expr x, Expr &low) {
    Expr scaled = x * splitter;
    Expr high = scaled - (scaled - x);
    low = x - high;
    return high;
  };
  Expr aLow, bLow;
  Expr aHigh = split(a, aLow), bHigh = split(b, bLow);
  error = aLow * bLow - (((product - aHigh * bHigh) - aLow * bHigh) - aHigh * bLow);
  return product;
}

Expr MathBuilder::twoSum(Expr a, Expr b, Expr &error) {
  Expr sum = a + b;
  Expr bShare = sum - a;
  error = (a - (sum - bShare)) + (b - bShare);
  return sum;
}

Expr MathBuilder::fastTwoSum(Expr a, Expr b, Expr &error) {
  Expr sum = a + b;
  error = b - (sum - a);
  return sum;
}

Expr MathBuilder::polynomial(Expr x, ArrayRef<double> coefficients) {
  Expr sum = constant(x.type(), coefficients.back());
  for (double coefficient : llvm::reverse(coefficients.drop_back())) sum = fma(sum, x, constant(x.type(), coefficient));
  return sum;
}

Expr MathBuilder::select(Expr condition, Expr ifTrue, Expr ifFalse) {
  return create<arith::SelectOp>(condition, ifTrue, ifFalse);
}
Expr MathBuilder::compare(arith::CmpFPredicate predicate, Expr a, Expr b) {
  return create<arith::CmpFOp>(predicate, a, b);
}
Expr MathBuilder::compare(arith::CmpIPredicate predicate, Expr a, Expr b) {
  return create<arith::CmpIOp>(predicate, a, b);
}
Expr MathBuilder::sqrt(Expr x) { return create<math::SqrtOp>(x); }

Expr MathBuilder::bits(Expr real) {
  unsigned width = getElementTypeOrSelf(real.type()).getIntOrFloatBitWidth();
  return create<arith::BitcastOp>(withElementType(real.type(), builder.getIntegerType(width)), real);
}
Expr MathBuilder::fromBits(Expr integer) { return create<arith::BitcastOp>(floatType, integer); }

static int64_t signMask(bool isDouble) { return isDouble ? INT64_MIN : INT64_C(0x80000000); }

Expr MathBuilder::abs(Expr real) { return create<math::AbsFOp>(real); }
Expr MathBuilder::signBit(Expr real) { return bits(real) & signMask(isDouble()); }
Expr MathBuilder::withSignOf(Expr magnitude, Expr sign) { return create<math::CopySignOp>(magnitude, sign); }

Expr MathBuilder::shiftLeft(Expr x, int64_t count) { return create<arith::ShLIOp>(x, constant(x.type(), count)); }
Expr MathBuilder::shiftRight(Expr x, int64_t count) { return create<arith::ShRSIOp>(x, constant(x.type(), count)); }
Expr MathBuilder::shiftRightLogical(Expr x, int64_t count) {
  return create<arith::ShRUIOp>(x, constant(x.type(), count));
}

Expr MathBuilder::toReal(Expr integer) {
  if (!isDouble())
    return create<arith::SIToFPOp>(floatType, integer);
  Expr magic = real(0x1.8p52);
  return fromBits(integer + bits(magic)) - magic;
}

Expr MathBuilder::convert(Expr x, Type elementType) {
  Type from = getElementTypeOrSelf(x.type()), to = withElementType(x.type(), elementType);
  if (from == elementType)
    return x;
  bool widens = from.getIntOrFloatBitWidth() < elementType.getIntOrFloatBitWidth();
  if (x.isFloat())
    return widens ? create<arith::ExtFOp>(to, x, arith::FastMathFlagsAttr()) : create<arith::TruncFOp>(to, x);
  return widens ? create<arith::ExtSIOp>(to, x) : create<arith::TruncIOp>(to, x);
}

Expr MathBuilder::convertUnsigned(Expr x, Type elementType) {
  Type from = getElementTypeOrSelf(x.type()), to = withElementType(x.type(), elementType);
  if (from == elementType)
    return x;
  if (from.getIntOrFloatBitWidth() < elementType.getIntOrFloatBitWidth())
    return create<arith::ExtUIOp>(to, x);
  return create<arith::TruncIOp>(to, x);
}

Expr MathBuilder::roundSmall(Expr x, Expr *asInteger) {
  Expr magic = real(isDouble() ? 0x1.8p52 : 0x1.8p23);
  Expr sum = x + magic;
  if (asInteger)
    *asInteger = bits(sum) - bits(magic);
  return sum - magic;
}

Expr MathBuilder::exponentOfTwo(Expr n) {
  return fromBits(isDouble() ? shiftLeft(n + 1023, 52) : shiftLeft(n + 127, 23));
}

Expr MathBuilder::scale(Expr x, Expr n) {
  // No dialect of arithmetic has this operation; LLVM's intrinsic is one instruction there, and a call elsewhere.
  if (auto vector = dyn_cast<VectorType>(x.type()); vector && vector.getRank() == 1 && target.scaleInstructions)
    return wrap(
        LLVM::CallIntrinsicOp::create(builder, loc, x.type(), builder.getStringAttr("llvm.ldexp"), ValueRange{x, n})
            ->getResult(0));
  Expr half = shiftRight(n, 1);
  return x * exponentOfTwo(half) * exponentOfTwo(n - half);
}

// The operators.
template <typename FloatOp, typename IntegerOp> static Expr arithmetic(Expr a, Expr b) {
  return a.isFloat() ? a.builder().create<FloatOp>(a, b) : a.builder().create<IntegerOp>(a, b);
}
static Expr comparison(Expr a, Expr b, arith::CmpFPredicate onFloats, arith::CmpIPredicate onIntegers) {
  return a.isFloat() ? a.builder().compare(onFloats, a, b) : a.builder().compare(onIntegers, a, b);
}

namespace mlir::tenon {
Expr operator+(Expr a, Expr b) { return arithmetic<arith::AddFOp, arith::AddIOp>(a, b); }
Expr operator-(Expr a, Expr b) { return arithmetic<arith::SubFOp, arith::SubIOp>(a, b); }
Expr operator*(Expr a, Expr b) { return arithmetic<arith::MulFOp, arith::MulIOp>(a, b); }
Expr operator/(Expr a, Expr b) { return a.builder().create<arith::DivFOp>(a, b); }
Expr operator-(Expr a) { return a.isFloat() ? a.builder().create<arith::NegFOp>(a) : literal(a, 0) - a; }
Expr operator&(Expr a, Expr b) { return a.builder().create<arith::AndIOp>(a, b); }
Expr operator|(Expr a, Expr b) { return a.builder().create<arith::OrIOp>(a, b); }
Expr operator^(Expr a, Expr b) { return a.builder().create<arith::XOrIOp>(a, b); }
Expr operator!(Expr condition) { return condition ^ condition.builder().constant(condition.type(), int64_t(1)); }
Expr operator<(Expr a, Expr b) { return comparison(a, b, arith::CmpFPredicate::OLT, arith::CmpIPredicate::slt); }
Expr operator>(Expr a, Expr b) { return comparison(a, b, arith::CmpFPredicate::OGT, arith::CmpIPredicate::sgt); }
Expr operator<=(Expr a, Expr b) { return comparison(a, b, arith::CmpFPredicate::OLE, arith::CmpIPredicate::sle); }
Expr operator>=(Expr a, Expr b) { return comparison(a, b, arith::CmpFPredicate::OGE, arith::CmpIPredicate::sge); }
Expr operator==(Expr a, Expr b) { return comparison(a, b, arith::CmpFPredicate::OEQ, arith::CmpIPredicate::eq); }
Expr operator!=(Expr a, Expr b) { return comparison(a, b, arith::CmpFPredicate::UNE, arith::CmpIPredicate::ne); }
} // namespace mlir::tenon
