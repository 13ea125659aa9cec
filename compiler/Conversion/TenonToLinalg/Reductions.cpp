// Reductions, arg-reductions, cumulative sums, softmax and normalization.
#include "compiler/Conversion/TenonToLinalg/Lowering.h"
#include "compiler/Conversion/TenonToLinalg/Patterns.h"
#include "dialects/TenonMath/TenonMath.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace mlir::tenon;

//===------------------------------------------------------------------------------------------------------------===//
// Reductions
//===------------------------------------------------------------------------------------------------------------===//

namespace {
/// Loops over a tensor in which some dimensions are reduced: the maps of whole and reduced tensors.
struct ReducedLoops {
  AffineMap whole, reduced;
  SmallVector<utils::IteratorType> iterators;
  SmallVector<int64_t> kept;

  ReducedLoops(MLIRContext *context, int64_t rank, ArrayRef<int64_t> axes)
      : whole(AffineMap::getMultiDimIdentityMap(rank, context)), iterators(getIterators(rank)) {
    SmallVector<AffineExpr> exprs;
    for (int64_t dim = 0; dim < rank; ++dim) {
      if (llvm::is_contained(axes, dim)) {
        iterators[dim] = utils::IteratorType::reduction;
      } else {
        kept.push_back(dim);
        exprs.push_back(getAffineDimExpr(dim, context));
      }
    }
    reduced = AffineMap::get(rank, 0, exprs, context);
  }
  Sizes getReducedSizes(ArrayRef<OpFoldResult> sizes) const {
    return llvm::map_to_vector(kept, [&](int64_t dim) { return sizes[dim]; });
  }
};
} // namespace

/// Combines the elements of `inputs` along the axes with an accumulator that starts at `identity`. The first input
/// has every dimension, the others those that are kept.
static Value createReduction(ImplicitLocOpBuilder &b, ValueRange inputs, ArrayRef<int64_t> axes, TypedAttr identity,
                             BodyBuilder body) {
  ReducedLoops loops(b.getContext(), cast<RankedTensorType>(inputs[0].getType()).getRank(), axes);
  Maps maps(inputs.size() + 1, loops.reduced);
  maps[0] = loops.whole;
  Value start = createFilled(b, loops.getReducedSizes(getSizes(b, inputs[0])), identity);
  return createGeneric(b, inputs, start, maps, loops.iterators, body).getResult(0);
}

/// A function of each element of `whole` and the elements of `reduced` that belong to it.
static Value createAcross(ImplicitLocOpBuilder &b, Value whole, ValueRange reduced, ArrayRef<int64_t> axes,
                          Type elementType, BodyBuilder body) {
  ReducedLoops loops(b.getContext(), cast<RankedTensorType>(whole.getType()).getRank(), axes);
  SmallVector<Value> inputs{whole};
  llvm::append_range(inputs, reduced);
  Maps maps(inputs.size(), loops.reduced);
  maps[0] = loops.whole;
  return createParallel(b, inputs, maps, getSizes(b, whole), elementType, body);
}

/// A function of each element.
static Value createEach(ImplicitLocOpBuilder &b, Value tensor, Type elementType, BodyBuilder body) {
  auto rank = cast<RankedTensorType>(tensor.getType()).getRank();
  return createParallel(b, tensor, AffineMap::getMultiDimIdentityMap(rank, b.getContext()), getSizes(b, tensor),
                        elementType, body);
}

/// -0.0 for floats: the one number that leaves every other as it is, +0.0 included.
static TypedAttr getSumIdentity(Type dtype) {
  return getNumberAttr(getComputeType(dtype), isa<FloatType>(dtype) ? -0.0 : 0.0);
}

static Value createSum(ImplicitLocOpBuilder &b, Type dtype, Value input, ArrayRef<int64_t> axes) {
  return createReduction(b, input, axes, getSumIdentity(dtype),
                         [&](ImplicitLocOpBuilder &b, ValueRange x) -> SmallVector<Value> {
                           return {createAdd(b, dtype, {x[1], widen(b, dtype, x[0])})};
                         });
}

/// Divides every element by the number of elements that were combined along the axes of `input`.
static Value createDivisionByCount(ImplicitLocOpBuilder &b, Value sums, Value input, ArrayRef<int64_t> axes) {
  Type type = getDtype(sums);
  OpFoldResult count = b.getIndexAttr(1);
  for (int64_t axis : axes) count = mulSizes(b, count, getSize(b, input, axis));
  Value divisor;
  if (std::optional<int64_t> number = getConstantIntValue(count))
    divisor = createNumber(b, type, *number);
  else
    divisor = arith::SIToFPOp::create(b, type, arith::IndexCastOp::create(b, b.getI64Type(), cast<Value>(count)));
  return createEach(b, sums, type, [&](ImplicitLocOpBuilder &b, ValueRange x) -> SmallVector<Value> {
    return {arith::DivFOp::create(b, x[0], divisor)};
  });
}

/// Size-1 dimensions where axes were reduced, if the op keeps them.
static Value restoreDims(ImplicitLocOpBuilder &b, Value tensor, ArrayRef<int64_t> axes, bool keepDims) {
  return keepDims ? insertDims(b, tensor, axes) : tensor;
}

static LogicalResult lowerReduce(ReduceOp op, ReduceOp::Adaptor adaptor, ConversionPatternRewriter &rewriter,
                                 ImplicitLocOpBuilder &b) {
  Type dtype = getDtype(op.getInput()), type = getComputeType(dtype);
  ArrayRef<int64_t> axes = op.getAxes();
  Value input = adaptor.getInput(), result;
  auto reduce = [&](TypedAttr identity, ScalarOp combine) {
    return createReduction(b, input, axes, identity, [&](ImplicitLocOpBuilder &b, ValueRange x) -> SmallVector<Value> {
      return {combine(b, dtype, {x[1], widen(b, dtype, x[0])})};
    });
  };
  switch (op.getKind()) {
  case ReduceKind::sum: result = createSum(b, dtype, input, axes); break;
  case ReduceKind::mean: result = createDivisionByCount(b, createSum(b, dtype, input, axes), input, axes); break;
  case ReduceKind::prod: result = reduce(getNumberAttr(type, 1), createMul); break;
  case ReduceKind::max: result = reduce(getLowestAttr(dtype), createMaxStep); break;
  case ReduceKind::min: result = reduce(getHighestAttr(dtype), createMinStep); break;
  case ReduceKind::any: result = reduce(getNumberAttr(type, 0), createOr); break;
  case ReduceKind::all: result = reduce(getNumberAttr(type, 1), createAnd); break;
  }
  result = convertElements(b, result, getStorageType(dtype));
  rewriter.replaceOp(op, restoreDims(b, result, axes, op.getKeepDims()));
  return success();
}

/// The first element that beats all before it; the first NaN beats everything.
template <typename OpTy, ComparePredicate predicate>
static LogicalResult lowerArgReduce(OpTy op, typename OpTy::Adaptor adaptor, ConversionPatternRewriter &rewriter,
                                    ImplicitLocOpBuilder &b) {
  Type dtype = getDtype(op.getInput()), i64 = b.getI64Type();
  Value input = adaptor.getInput();
  int64_t axis = op.getAxis();
  ReducedLoops loops(b.getContext(), cast<RankedTensorType>(input.getType()).getRank(), axis);
  Sizes sizes = loops.getReducedSizes(getSizes(b, input));
  // Nothing beats the start but a better element, so that an input of nothing but the start's value gives 0.
  TypedAttr start = predicate == ComparePredicate::gt ? getLowestAttr(dtype) : getHighestAttr(dtype);
  SmallVector<Value> outputs{createFilled(b, sizes, start), createFilled(b, sizes, getNumberAttr(i64, 0))};
  auto generic = createGeneric(b, input, outputs, {loops.whole, loops.reduced, loops.reduced}, loops.iterators,
                               [&](ImplicitLocOpBuilder &b, ValueRange x) -> SmallVector<Value> {
                                 Value element = widen(b, dtype, x[0]), best = x[1];
                                 Value wins = createCompare(b, dtype, predicate, element, best);
                                 if (Value isNaN = createIsNaN(b, dtype, element)) {
                                   Value isBestNumber = arith::CmpFOp::create(b, arith::CmpFPredicate::ORD, best, best);
                                   wins = arith::OrIOp::create(b, wins, arith::AndIOp::create(b, isNaN, isBestNumber));
                                 }
                                 Value index = arith::IndexCastOp::create(b, i64, linalg::IndexOp::create(b, axis));
                                 return {arith::SelectOp::create(b, wins, element, best),
                                         arith::SelectOp::create(b, wins, index, x[2])};
                               });
  rewriter.replaceOp(op, restoreDims(b, generic.getResult(1), axis, op.getKeepDims()));
  return success();
}

//===------------------------------------------------------------------------------------------------------------===//
// Cumulative sums
//===------------------------------------------------------------------------------------------------------------===//

static LogicalResult lowerCumsum(CumsumOp op, CumsumOp::Adaptor adaptor, ConversionPatternRewriter &rewriter,
                                 ImplicitLocOpBuilder &b) {
  Type dtype = getDtype(op.getInput()), storage = getStorageType(dtype);
  Value input = adaptor.getInput();
  int64_t axis = op.getAxis(), rank = cast<RankedTensorType>(input.getType()).getRank();
  bool exclusive = op.getExclusive();
  Sizes sizes = getSizes(b, input), rowSizes = sizes, sliceSizes = sizes;
  rowSizes.erase(rowSizes.begin() + axis);
  sliceSizes[axis] = b.getIndexAttr(1);
  SmallVector<OpFoldResult> strides(rank, b.getIndexAttr(1));
  AffineMap identity = AffineMap::getMultiDimIdentityMap(rank - 1, b.getContext());

  // One row of running sums at a time: element-wise over the other dimensions. An exclusive sum starts with +0.
  Value sums = createFilled(b, rowSizes, exclusive ? getNumberAttr(getComputeType(dtype), 0) : getSumIdentity(dtype));
  Value result = createEmpty(b, sizes, storage);
  SmallVector<Value> done =
      createLoops(b, sizes[axis], {result, sums},
                  [&](ImplicitLocOpBuilder &b, ValueRange indices, ValueRange carried) -> SmallVector<Value> {
                    Value position = indices[0];
                    if (op.getReverse()) {
                      Value last = arith::SubIOp::create(b, toIndex(b, sizes[axis]), createIndex(b, 1));
                      position = arith::SubIOp::create(b, last, position);
                    }
                    SmallVector<OpFoldResult> offsets(rank, b.getIndexAttr(0));
                    offsets[axis] = position;
                    SmallVector<int64_t> rowShape(cast<RankedTensorType>(input.getType()).getShape());
                    rowShape.erase(rowShape.begin() + axis);
                    auto rowType = RankedTensorType::get(rowShape, storage);
                    Value row = tensor::ExtractSliceOp::create(b, rowType, input, offsets, sliceSizes, strides);
                    auto insert = [&](Value sums) {
                      return tensor::InsertSliceOp::create(b, convertElements(b, sums, storage), carried[0], offsets,
                                                           sliceSizes, strides);
                    };
                    Value before = exclusive ? Value(insert(carried[1])) : Value();
                    Value after = createGeneric(b, row, carried[1], {identity, identity}, getIterators(rank - 1),
                                                [&](ImplicitLocOpBuilder &b, ValueRange x) -> SmallVector<Value> {
                                                  return {createAdd(b, dtype, {x[1], widen(b, dtype, x[0])})};
                                                })
                                      .getResult(0);
                    return {exclusive ? before : Value(insert(after)), after};
                  });
  rewriter.replaceOp(op, done[0]);
  return success();
}

//===------------------------------------------------------------------------------------------------------------===//
// Softmax and normalization
//===------------------------------------------------------------------------------------------------------------===//

static LogicalResult lowerSoftmax(SoftmaxOp op, SoftmaxOp::Adaptor adaptor, ConversionPatternRewriter &rewriter,
                                  ImplicitLocOpBuilder &b) {
  // Kept whole: how its sweeps share registers is the emitter's knowledge.
  Type dtype = getDtype(op.getInput()), type = getComputeType(dtype);
  Value input = convertElements(b, adaptor.getInput(), type);
  Value empty = createEmpty(b, getSizes(b, input), type);
  Value result = linalg::SoftmaxOp::create(b, input.getType(), input, empty, op.getAxis()).getResult()[0];
  rewriter.replaceOp(op, convertElements(b, result, dtype));
  return success();
}

static LogicalResult lowerLogSoftmax(LogSoftmaxOp op, LogSoftmaxOp::Adaptor adaptor,
                                     ConversionPatternRewriter &rewriter, ImplicitLocOpBuilder &b) {
  Type dtype = getDtype(op.getInput()), type = getComputeType(dtype);
  int64_t axis = op.getAxis();
  Value input = convertElements(b, adaptor.getInput(), type);
  Value most = createReduction(b, input, axis, getLowestAttr(type),
                               [&](ImplicitLocOpBuilder &b, ValueRange x) -> SmallVector<Value> {
                                 return {createMaxStep(b, type, {x[1], x[0]})};
                               });
  Value sum = createReduction(
      b, {input, most}, axis, getSumIdentity(type), [&](ImplicitLocOpBuilder &b, ValueRange x) -> SmallVector<Value> {
        return {
            arith::AddFOp::create(b, x[2], tenon_math::create<math::ExpOp>(b, arith::SubFOp::create(b, x[0], x[1])))};
      });
  Value logarithm = createEach(b, sum, type, [&](ImplicitLocOpBuilder &b, ValueRange x) -> SmallVector<Value> {
    return {tenon_math::create<math::LogOp>(b, x[0])};
  });
  Value result = createAcross(
      b, input, {most, logarithm}, axis, dtype, [&](ImplicitLocOpBuilder &b, ValueRange x) -> SmallVector<Value> {
        return {narrow(b, dtype, arith::SubFOp::create(b, arith::SubFOp::create(b, x[0], x[1]), x[2]))};
      });
  rewriter.replaceOp(op, result);
  return success();
}

static LogicalResult lowerLayerNorm(LayerNormOp op, LayerNormOp::Adaptor adaptor, ConversionPatternRewriter &rewriter,
                                    ImplicitLocOpBuilder &b) {
  Type dtype = getDtype(op.getInput()), type = getComputeType(dtype);
  int64_t rank = cast<RankedTensorType>(op.getInput().getType()).getRank(), axis = rank - 1;
  for (Value parameter : {adaptor.getScale(), adaptor.getOffset()})
    requireSameSize(b, getSize(b, adaptor.getInput(), axis), getSize(b, parameter, 0),
                    "layer_norm: the last dimension is {}, scale and offset have {} elements");
  Value input = convertElements(b, adaptor.getInput(), type);
  Value mean = createDivisionByCount(b, createSum(b, type, input, axis), input, axis);
  Value squares = createReduction(
      b, {input, mean}, axis, getSumIdentity(type), [&](ImplicitLocOpBuilder &b, ValueRange x) -> SmallVector<Value> {
        Value difference = arith::SubFOp::create(b, x[0], x[1]);
        return {arith::AddFOp::create(b, x[2], arith::MulFOp::create(b, difference, difference))};
      });
  Value variance = createDivisionByCount(b, squares, input, axis);
  double epsilon = op.getEpsilon().convertToDouble();
  Value deviation = createEach(b, variance, type, [&](ImplicitLocOpBuilder &b, ValueRange x) -> SmallVector<Value> {
    return {math::SqrtOp::create(b, arith::AddFOp::create(b, x[0], createNumber(b, type, epsilon)))};
  });

  ReducedLoops loops(b.getContext(), rank, axis);
  AffineMap last = AffineMap::get(rank, 0, b.getAffineDimExpr(axis), b.getContext());
  Value result = createParallel(b, {input, mean, deviation, adaptor.getScale(), adaptor.getOffset()},
                                {loops.whole, loops.reduced, loops.reduced, last, last}, getSizes(b, input), dtype,
                                [&](ImplicitLocOpBuilder &b, ValueRange x) -> SmallVector<Value> {
                                  Value normal = arith::DivFOp::create(b, arith::SubFOp::create(b, x[0], x[1]), x[2]);
                                  Value scaled = arith::MulFOp::create(b, normal, widen(b, dtype, x[3]));
                                  return {narrow(b, dtype, arith::AddFOp::create(b, scaled, widen(b, dtype, x[4])))};
                                });
  rewriter.replaceOp(op, result);
  return success();
}

void mlir::tenon::populateReductionPatterns(const TypeConverter &converter, RewritePatternSet &patterns) {
  MLIRContext *context = patterns.getContext();
  patterns.add<FunctionPattern<ReduceOp>>(converter, context, lowerReduce);
  patterns.add<FunctionPattern<ArgmaxOp>>(converter, context, lowerArgReduce<ArgmaxOp, ComparePredicate::gt>);
  patterns.add<FunctionPattern<ArgminOp>>(converter, context, lowerArgReduce<ArgminOp, ComparePredicate::lt>);
  patterns.add<FunctionPattern<CumsumOp>>(converter, context, lowerCumsum);
  patterns.add<FunctionPattern<SoftmaxOp>>(converter, context, lowerSoftmax);
  patterns.add<FunctionPattern<LogSoftmaxOp>>(converter, context, lowerLogSoftmax);
  patterns.add<FunctionPattern<LayerNormOp>>(converter, context, lowerLayerNorm);
}
