// f16 and bf16: conversions by integer arithmetic where no instruction does them, and every operation through f32.
//
// Rounding is to nearest, halves to even, subnormals included; a NaN becomes quiet and keeps its upper bits. bf16 is
// always written out: x86's vcvtneps2bf16 flushes subnormals, and most targets have nothing.
#include "compiler/Codegen/ExpandMath.h"

#include "mlir/Dialect/Math/IR/Math.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace mlir::tenon;

static bool isHalf(Type type) {
  Type element = getElementTypeOrSelf(type);
  return element.isF16() || element.isBF16();
}

/// An f16 as f32. The subnormals are normalized by the subtraction of 2^-14, which is exact.
static Expr extendF16(MathBuilder &math, Expr half) {
  Expr bits = math.convertUnsigned(math.bits(half), math.getBuilder().getI32Type());
  Expr sign = math.shiftLeft(bits & 0x8000, 16);
  Expr rest = math.shiftLeft(bits & 0x7fff, 13);
  const int64_t infinity = 0x7c00 << 13, smallestNormal = 0x0400 << 13, bias = (127 - 15) << 23;
  Expr normal = rest + bias;
  Expr special = (rest + 2 * bias) | math.select(rest > infinity, math.integer(0x400000), math.integer(0));
  Expr subnormal = math.bits(math.fromBits(rest + (bias + (1 << 23))) - 0x1p-14);
  Expr magnitude = math.select(rest >= infinity, special, math.select(rest < smallestNormal, subnormal, normal));
  return math.fromBits(sign | magnitude);
}

/// An f32 as f16. Subnormal results are rounded by the addition of 0.5, whose ulp is theirs.
static Expr truncateToF16(MathBuilder &math, Expr x, Type shapedF16) {
  Expr bits = math.bits(x);
  Expr magnitude = bits & 0x7fffffff;
  Expr sign = math.shiftRightLogical(bits, 16) & 0x8000;
  Expr even = math.shiftRightLogical(magnitude, 13) & 1;
  Expr normal = math.shiftRightLogical(magnitude + even + (0xfff - ((127 - 15) << 23)), 13);
  Expr subnormal = math.bits(math.fromBits(magnitude) + 0.5) - 0x3f000000;
  Expr nan = (math.shiftRightLogical(magnitude, 13) & 0x3ff) | 0x7e00;
  Expr special = math.select(magnitude > 0x7f800000, nan, 0x7c00);
  Expr result = math.select(magnitude >= 0x47800000, special, math.select(magnitude < 0x38800000, subnormal, normal));
  Expr narrow = math.convertUnsigned(sign | result, math.getBuilder().getI16Type());
  return math.create<arith::BitcastOp>(shapedF16, narrow);
}

static Expr extendBF16(MathBuilder &math, Expr half) {
  return math.fromBits(math.shiftLeft(math.convertUnsigned(math.bits(half), math.getBuilder().getI32Type()), 16));
}

static Expr truncateToBF16(MathBuilder &math, Expr x, Type shapedBF16) {
  Expr bits = math.bits(x);
  Expr upper = math.shiftRightLogical(bits, 16);
  Expr rounded = math.shiftRightLogical(bits + (upper & 1) + 0x7fff, 16);
  Expr result = math.select(math.isNaN(x), upper | 0x40, rounded);
  return math.create<arith::BitcastOp>(shapedBF16, math.convertUnsigned(result, math.getBuilder().getI16Type()));
}

/// An f64 as the f32 that rounds to the same f16 or bf16: an inexact result has its last bit set ("round to odd"), so
/// that the second rounding sees no tie that was none.
static Expr narrowToOdd(MathBuilder &wide, MathBuilder &math, Expr x) {
  Expr nearest = math.wrap(wide.convert(x, math.getBuilder().getF32Type()));
  Expr back = wide.convert(nearest, wide.getBuilder().getF64Type());
  Expr isInexact = wide.compare(arith::CmpFPredicate::ONE, back, x);
  Expr bits = math.bits(nearest);
  Expr odd = bits + math.select(wide.abs(back) > wide.abs(x), math.integer(-1), math.integer(1));
  return math.fromBits(math.select(isInexact & ((bits & 1) == 0), odd, bits));
}

/// `value` (f16, bf16 or another float) as f32.
static Expr toFloat(MathBuilder &math, Value value) {
  Type element = getElementTypeOrSelf(value.getType());
  if (element.isBF16())
    return extendBF16(math, math.wrap(value));
  if (element.isF16() && !math.getTarget().halfConversions)
    return extendF16(math, math.wrap(value));
  return math.convert(math.wrap(value), math.getBuilder().getF32Type());
}

/// An f32 as `type`: f16, bf16 or their vectors.
static Expr fromFloat(MathBuilder &math, Expr x, Type type) {
  Type element = getElementTypeOrSelf(type);
  if (element.isBF16())
    return truncateToBF16(math, x, type);
  if (element.isF16() && !math.getTarget().halfConversions)
    return truncateToF16(math, x, type);
  return math.convert(x, element);
}

static Type withElement(Type shape, Type element) {
  if (auto vector = dyn_cast<VectorType>(shape))
    return vector.clone(element);
  return element;
}

/// Ops on floats that act on the value: with 16-bit operands they are done in f32. The rest (select, shuffles, memory)
/// moves bits and stays.
static bool computesOnFloats(Operation *op) {
  return isa<arith::AddFOp, arith::SubFOp, arith::MulFOp, arith::DivFOp, arith::MaximumFOp, arith::MinimumFOp,
             arith::MaxNumFOp, arith::MinNumFOp, arith::CmpFOp, arith::FPToSIOp, arith::FPToUIOp, arith::SIToFPOp,
             arith::UIToFPOp, math::FmaOp, math::SqrtOp, math::FloorOp, math::CeilOp, math::TruncOp, math::RoundEvenOp>(
      op);
}

/// Clones `op` with its 16-bit float operands and results in f32.
static Value throughFloat(MathBuilder &math, Operation *op) {
  OpBuilder &builder = math.getBuilder();
  IRMapping mapping;
  for (Value operand : op->getOperands())
    if (isHalf(operand.getType()))
      mapping.map(operand, toFloat(math, operand));
  Operation *clone = builder.clone(*op, mapping);
  Value result = clone->getResult(0);
  Type type = op->getResult(0).getType();
  if (!isHalf(type))
    return result;
  result.setType(withElement(type, builder.getF32Type()));
  return fromFloat(math, math.wrap(result), type);
}

Value mlir::tenon::expandHalf(Operation *op, const MathTarget &target) {
  if (op->getNumResults() != 1)
    return nullptr;
  Type type = op->getResult(0).getType();
  auto needsWork = [&](Type type) {
    return isHalf(type) && (getElementTypeOrSelf(type).isBF16() || !target.halfConversions);
  };
  OpBuilder builder(op);
  MathBuilder math(builder, op->getLoc(), withElement(type, builder.getF32Type()), target);
  MathBuilder wide = math.withFloat(builder.getF64Type());

  if (auto extend = dyn_cast<arith::ExtFOp>(op)) {
    // f16 to f64 has few instructions, f32 to f64 is everywhere.
    if (!needsWork(extend.getIn().getType()) &&
        !(isHalf(extend.getIn().getType()) && getElementTypeOrSelf(type).isF64()))
      return nullptr;
    return math.convert(toFloat(math, extend.getIn()), getElementTypeOrSelf(type));
  }
  if (auto truncate = dyn_cast<arith::TruncFOp>(op)) {
    Type from = truncate.getIn().getType();
    bool isWide = getElementTypeOrSelf(from).isF64();
    if (!isHalf(type) || (!needsWork(type) && !isWide))
      return nullptr;
    Expr x = math.wrap(truncate.getIn());
    return fromFloat(math, isWide ? narrowToOdd(wide, math, wide.wrap(truncate.getIn())) : x, type);
  }
  bool isConcerned = needsWork(type) || llvm::any_of(op->getOperandTypes(), needsWork);
  // Signs are bits.
  if (isConcerned && isa<arith::NegFOp, math::AbsFOp, math::CopySignOp>(op)) {
    Expr x = math.bits(math.wrap(op->getOperand(0)));
    if (isa<arith::NegFOp>(op))
      x = x ^ -0x8000;
    else
      x = x & 0x7fff;
    if (isa<math::CopySignOp>(op))
      x = x | (math.bits(math.wrap(op->getOperand(1))) & -0x8000);
    return math.create<arith::BitcastOp>(type, x);
  }
  // Integers and f16: directly few targets convert them, through f32 every target gets the same bits.
  bool isIntegerCast = isa<arith::FPToSIOp, arith::FPToUIOp, arith::SIToFPOp, arith::UIToFPOp, math::FmaOp>(op) &&
                       (isHalf(type) || llvm::any_of(op->getOperandTypes(), isHalf));
  if (!isIntegerCast && !(isConcerned && computesOnFloats(op)))
    return nullptr;
  return throughFloat(math, op);
}
