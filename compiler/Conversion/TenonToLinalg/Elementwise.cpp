// Constants and element-wise ops: one linalg.generic each, with broadcasts folded into its indexing maps.
#include "compiler/Conversion/TenonToLinalg/Lowering.h"
#include "compiler/Conversion/TenonToLinalg/Patterns.h"
#include "dialects/TenonMath/TenonMath.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace mlir::tenon;

namespace {
/// An operand as the generic reads it: a tensor under a map, or a number that stands in the body.
struct Source {
  Value tensor;
  TypedAttr number;
  AffineMap map;
};
} // namespace

/// Looks through broadcasts, splats and constants of one element, which need no memory.
static Source getSource(Value original, Value converted, ArrayRef<int64_t> resultShape,
                        ConversionPatternRewriter &rewriter) {
  while (Operation *op = original.getDefiningOp()) {
    if (!isa<BroadcastOp, SplatOp>(op))
      break;
    Value remapped = rewriter.getRemappedValue(op->getOperand(0));
    if (!remapped)
      break;
    original = op->getOperand(0);
    converted = remapped;
  }
  auto type = cast<RankedTensorType>(converted.getType());
  DenseElementsAttr constant;
  if (matchPattern(converted, m_Constant(&constant)) && constant.isSplat())
    return {Value(), cast<TypedAttr>(constant.getSplatValue<Attribute>()), AffineMap()};
  return {converted, TypedAttr(), getBroadcastMap(rewriter.getContext(), type.getShape(), resultShape)};
}

/// The sizes of the result, each from the first operand that has the dimension. Others that have it must agree.
static Sizes getResultSizes(ImplicitLocOpBuilder &b, Operation *op, RankedTensorType type, ArrayRef<Source> sources,
                            ValueRange operands) {
  Sizes sizes(type.getRank());
  for (int64_t dim = 0; dim < type.getRank(); ++dim) {
    if (!type.isDynamicDim(dim))
      sizes[dim] = b.getIndexAttr(type.getDimSize(dim));
    for (const Source &source : sources) {
      if (!source.tensor)
        continue;
      std::optional<unsigned> position = source.map.getResultPosition(b.getAffineDimExpr(dim));
      if (!position)
        continue;
      OpFoldResult size = getSize(b, source.tensor, *position);
      if (sizes[dim])
        requireSameSize(b, sizes[dim], size,
                        op->getName().stripDialect() + ": dimension " + Twine(dim) +
                            " is {} in one operand and {} in another");
      else
        sizes[dim] = size;
    }
    // Every operand that has it was a broadcast or a splat, which has the size as an operand of its own.
    for (Value operand : operands) {
      auto operandType = cast<RankedTensorType>(operand.getType());
      int64_t position = dim - (type.getRank() - operandType.getRank());
      if (!sizes[dim] && position >= 0 && operandType.getDimSize(position) != 1)
        sizes[dim] = getSize(b, operand, position);
    }
  }
  return sizes;
}

using ElementBody = function_ref<Value(ImplicitLocOpBuilder &b, ValueRange elements)>;

/// Replaces an op by a generic over its result, or by scalar code at rank 0. With `inComputeType` the body gets halves
/// as f32, and its result is rounded to the result's dtype.
static LogicalResult lowerElementwise(Operation *op, ValueRange operands, ConversionPatternRewriter &rewriter,
                                      ElementBody body, bool inComputeType = true) {
  ImplicitLocOpBuilder b(op->getLoc(), rewriter);
  auto original = cast<RankedTensorType>(op->getResult(0).getType());
  auto type = original.clone(getStorageType(original.getElementType()));
  auto compute = [&](ImplicitLocOpBuilder &b, MutableArrayRef<Value> elements) -> Value {
    if (!inComputeType)
      return body(b, elements);
    for (auto [element, operand] : llvm::zip_equal(elements, op->getOperands()))
      element = widen(b, getDtype(operand), element);
    Value result = body(b, elements);
    return result.getType() == type.getElementType() ? result : narrow(b, type.getElementType(), result);
  };

  // Scalars stay SSA values, so that counters, conditions and sizes never pass through memory.
  if (type.getRank() == 0) {
    SmallVector<Value> elements;
    for (Value operand : operands) elements.push_back(getScalar(b, operand));
    rewriter.replaceOp(op, createScalarTensor(b, compute(b, elements)));
    return success();
  }

  SmallVector<Source> sources;
  SmallVector<Value> inputs;
  Maps maps;
  for (auto [before, after] : llvm::zip_equal(op->getOperands(), operands)) {
    Source source = getSource(before, after, type.getShape(), rewriter);
    if (source.tensor) {
      inputs.push_back(source.tensor);
      maps.push_back(source.map);
    }
    sources.push_back(source);
  }
  Sizes sizes = getResultSizes(b, op, type, sources, operands);
  Value result = createParallel(
      b, inputs, maps, sizes, type.getElementType(),
      [&](ImplicitLocOpBuilder &b, ValueRange arguments) -> SmallVector<Value> {
        SmallVector<Value> elements;
        unsigned next = 0;
        for (const Source &source : sources)
          elements.push_back(source.tensor ? arguments[next++] : Value(arith::ConstantOp::create(b, source.number)));
        return {compute(b, elements)};
      });
  rewriter.replaceOp(op, castTo(b, result, type));
  return success();
}

namespace {
/// An op whose result has its operands' dtype and that is a function of the elements alone.
template <typename OpTy> struct ElementwisePattern : OpConversionPattern<OpTy> {
  ElementwisePattern(const TypeConverter &converter, MLIRContext *context, ScalarOp scalarOp)
      : OpConversionPattern<OpTy>(converter, context), scalarOp(scalarOp) {}
  LogicalResult matchAndRewrite(OpTy op, typename OpTy::Adaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Type dtype = getDtype(op->getResult(0));
    return lowerElementwise(op, adaptor.getOperands(), rewriter,
                            [&](ImplicitLocOpBuilder &b, ValueRange x) { return scalarOp(b, dtype, x); });
  }
  ScalarOp scalarOp;
};
} // namespace

//===------------------------------------------------------------------------------------------------------------===//
// One operand
//===------------------------------------------------------------------------------------------------------------===//

/// A function that --tenon-expand-math writes out.
template <typename MathOp> static Value createMath(ImplicitLocOpBuilder &b, Type, ValueRange x) {
  return tenon_math::create<MathOp>(b, x[0]);
}

/// A function that has one right value.
template <typename MathOp> static Value createExact(ImplicitLocOpBuilder &b, Type, ValueRange x) {
  return MathOp::create(b, x[0]);
}

static Value createNeg(ImplicitLocOpBuilder &b, Type dtype, ValueRange x) {
  if (isa<FloatType>(dtype))
    return arith::NegFOp::create(b, x[0]);
  return arith::SubIOp::create(b, createNumber(b, x[0].getType(), 0), x[0]);
}

static Value createAbs(ImplicitLocOpBuilder &b, Type dtype, ValueRange x) {
  if (isa<FloatType>(dtype))
    return math::AbsFOp::create(b, x[0]);
  Value zero = createNumber(b, x[0].getType(), 0);
  Value isNegative = createCompare(b, dtype, ComparePredicate::lt, x[0], zero);
  return arith::SelectOp::create(b, isNegative, arith::SubIOp::create(b, zero, x[0]), x[0]);
}

static Value createSign(ImplicitLocOpBuilder &b, Type dtype, ValueRange x) {
  Type type = x[0].getType();
  Value zero = createNumber(b, type, 0), one = createNumber(b, type, 1), minusOne = createNumber(b, type, -1);
  Value isNegative = createCompare(b, dtype, ComparePredicate::lt, x[0], zero);
  Value isPositive = createCompare(b, dtype, ComparePredicate::gt, x[0], zero);
  // A zero, whichever its sign, and NaN stay what they are.
  return arith::SelectOp::create(b, isPositive, one, arith::SelectOp::create(b, isNegative, minusOne, x[0]));
}

static Value createNot(ImplicitLocOpBuilder &b, Type, ValueRange x) {
  return arith::XOrIOp::create(b, x[0], createNumber(b, x[0].getType(), -1));
}

static Value createRsqrt(ImplicitLocOpBuilder &b, Type, ValueRange x) {
  // Two correctly rounded ops; the CPU's estimates differ between makers.
  return arith::DivFOp::create(b, createNumber(b, x[0].getType(), 1), math::SqrtOp::create(b, x[0]));
}

/// (x < 0 ? e : 1) / (1 + e) with e = exp(-|x|): it does not overflow, so the left tail keeps its smallest values.
static Value createSigmoid(ImplicitLocOpBuilder &b, Type, ValueRange x) {
  Value zero = createNumber(b, x[0].getType(), 0), one = createNumber(b, x[0].getType(), 1);
  Value decay = tenon_math::create<math::ExpOp>(b, arith::NegFOp::create(b, math::AbsFOp::create(b, x[0])));
  Value negative = arith::CmpFOp::create(b, arith::CmpFPredicate::OLT, x[0], zero);
  Value numerator = arith::SelectOp::create(b, negative, decay, one);
  return arith::DivFOp::create(b, numerator, arith::AddFOp::create(b, one, decay));
}

static Value createPow(ImplicitLocOpBuilder &b, Type, ValueRange x) {
  return tenon_math::create<math::PowFOp>(b, x[0], x[1]);
}

//===------------------------------------------------------------------------------------------------------------===//
// Ops of their own
//===------------------------------------------------------------------------------------------------------------===//

static Value createClamp(ImplicitLocOpBuilder &b, Type dtype, ValueRange x) {
  return createMin(b, dtype, {createMax(b, dtype, {x[0], x[1]}), x[2]});
}

static LogicalResult lowerCompare(CompareOp op, CompareOp::Adaptor adaptor, ConversionPatternRewriter &rewriter,
                                  ImplicitLocOpBuilder &) {
  Type dtype = getDtype(op.getLhs());
  return lowerElementwise(op, adaptor.getOperands(), rewriter, [&](ImplicitLocOpBuilder &b, ValueRange x) {
    return createCompare(b, dtype, op.getPredicate(), x[0], x[1]);
  });
}

static LogicalResult lowerSelect(SelectOp op, SelectOp::Adaptor adaptor, ConversionPatternRewriter &rewriter,
                                 ImplicitLocOpBuilder &) {
  return lowerElementwise(
      op, adaptor.getOperands(), rewriter,
      [&](ImplicitLocOpBuilder &b, ValueRange x) -> Value { return arith::SelectOp::create(b, x[0], x[1], x[2]); },
      /*inComputeType=*/false);
}

static LogicalResult lowerCast(CastOp op, CastOp::Adaptor adaptor, ConversionPatternRewriter &rewriter,
                               ImplicitLocOpBuilder &) {
  Type from = getDtype(op.getInput()), to = getDtype(op.getResult());
  if (getStorageType(from) == getStorageType(to)) { // also u8 and i8, which differ in how later ops read them
    rewriter.replaceOp(op, adaptor.getInput());
    return success();
  }
  return lowerElementwise(
      op, adaptor.getOperands(), rewriter,
      [&](ImplicitLocOpBuilder &b, ValueRange x) { return createCast(b, from, to, x[0]); }, /*inComputeType=*/false);
}

static LogicalResult lowerConstant(ConstantOp op, ConstantOp::Adaptor, ConversionPatternRewriter &rewriter,
                                   ImplicitLocOpBuilder &b) {
  rewriter.replaceOpWithNewOp<arith::ConstantOp>(op, cast<TypedAttr>(getStorageElements(op.getValue())));
  return success();
}

void mlir::tenon::populateElementwisePatterns(const TypeConverter &converter, RewritePatternSet &patterns) {
  MLIRContext *context = patterns.getContext();
  auto add = [&]<typename OpTy>(ScalarOp scalarOp) {
    patterns.add<ElementwisePattern<OpTy>>(converter, context, scalarOp);
  };
  add.operator()<NegOp>(createNeg);
  add.operator()<AbsOp>(createAbs);
  add.operator()<SignOp>(createSign);
  add.operator()<NotOp>(createNot);
  add.operator()<ExpOp>(createMath<math::ExpOp>);
  add.operator()<Exp2Op>(createMath<math::Exp2Op>);
  add.operator()<Expm1Op>(createMath<math::ExpM1Op>);
  add.operator()<LogOp>(createMath<math::LogOp>);
  add.operator()<Log2Op>(createMath<math::Log2Op>);
  add.operator()<Log1pOp>(createMath<math::Log1pOp>);
  add.operator()<SqrtOp>(createExact<math::SqrtOp>);
  add.operator()<RsqrtOp>(createRsqrt);
  add.operator()<SinOp>(createMath<math::SinOp>);
  add.operator()<CosOp>(createMath<math::CosOp>);
  add.operator()<TanOp>(createMath<math::TanOp>);
  add.operator()<TanhOp>(createMath<math::TanhOp>);
  add.operator()<SigmoidOp>(createSigmoid);
  add.operator()<ErfOp>(createMath<math::ErfOp>);
  add.operator()<FloorOp>(createExact<math::FloorOp>);
  add.operator()<CeilOp>(createExact<math::CeilOp>);
  add.operator()<RoundOp>(createExact<math::RoundEvenOp>);
  add.operator()<AddOp>(createAdd);
  add.operator()<SubOp>(createSub);
  add.operator()<MulOp>(createMul);
  add.operator()<DivOp>(createDiv);
  add.operator()<RemOp>(createRem);
  add.operator()<PowOp>(createPow);
  add.operator()<MaxOp>(createMax);
  add.operator()<MinOp>(createMin);
  add.operator()<AndOp>(createAnd);
  add.operator()<OrOp>(createOr);
  add.operator()<XorOp>(createXor);
  add.operator()<ShlOp>(createShl);
  add.operator()<ShrOp>(createShr);
  add.operator()<ClampOp>(createClamp);
  patterns.add<FunctionPattern<CompareOp>>(converter, context, lowerCompare);
  patterns.add<FunctionPattern<SelectOp>>(converter, context, lowerSelect);
  patterns.add<FunctionPattern<CastOp>>(converter, context, lowerCast);
  patterns.add<FunctionPattern<ConstantOp>>(converter, context, lowerConstant);
}
