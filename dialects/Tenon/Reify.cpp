// How large the open dimensions of results are, in terms of operands: index arithmetic for lowerings and frontends.
#include "dialects/Tenon/Dialect.h"
#include "dialects/Tenon/Shapes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace mlir::tenon;

namespace {
/// Computes sizes as index values, or attributes where they are known.
class SizeBuilder {
public:
  SizeBuilder(OpBuilder &builder, Location location) : builder(builder), location(location) {}

  OpFoldResult size(int64_t value) { return builder.getIndexAttr(value); }

  OpFoldResult dim(Value tensor, int64_t axis) {
    int64_t size = cast<RankedTensorType>(tensor.getType()).getDimSize(axis);
    if (!ShapedType::isDynamic(size))
      return builder.getIndexAttr(size);
    return builder.createOrFold<tensor::DimOp>(location, tensor, axis);
  }

  /// The value of an i64 scalar tensor.
  OpFoldResult scalar(Value tensor) {
    DenseElementsAttr constant;
    if (matchPattern(tensor, m_Constant(&constant)))
      return builder.getIndexAttr(constant.getSplatValue<APInt>().getSExtValue());
    Value value = tensor::ExtractOp::create(builder, location, tensor, ValueRange());
    return arith::IndexCastOp::create(builder, location, builder.getIndexType(), value).getResult();
  }

  OpFoldResult add(OpFoldResult lhs, OpFoldResult rhs) { return binary<arith::AddIOp>(lhs, rhs); }
  OpFoldResult sub(OpFoldResult lhs, OpFoldResult rhs) { return binary<arith::SubIOp>(lhs, rhs); }
  OpFoldResult mul(OpFoldResult lhs, OpFoldResult rhs) { return binary<arith::MulIOp>(lhs, rhs); }
  OpFoldResult floorDiv(OpFoldResult lhs, OpFoldResult rhs) { return binary<arith::FloorDivSIOp>(lhs, rhs); }
  OpFoldResult max(OpFoldResult lhs, OpFoldResult rhs) { return binary<arith::MaxSIOp>(lhs, rhs); }

private:
  Value materialize(OpFoldResult size) {
    if (auto value = dyn_cast<Value>(size))
      return value;
    return arith::ConstantIndexOp::create(builder, location, cast<IntegerAttr>(cast<Attribute>(size)).getInt());
  }
  template <typename OpT> OpFoldResult binary(OpFoldResult lhs, OpFoldResult rhs) {
    Value result = builder.createOrFold<OpT>(location, materialize(lhs), materialize(rhs));
    IntegerAttr constant;
    return matchPattern(result, m_Constant(&constant)) ? OpFoldResult(builder.getIndexAttr(constant.getInt())) : result;
  }

  OpBuilder &builder;
  Location location;
};
} // namespace

/// The shapes of all results: static sizes from the types, open ones from where they come, else `compute(axis)`.
static LogicalResult reify(Operation *op, OpBuilder &builder, ReifiedRankedShapedTypeDims &shapes,
                           llvm::function_ref<OpFoldResult(SizeBuilder &, int64_t)> compute = {}) {
  SizeBuilder sizes(builder, op->getLoc());
  for (OpResult result : op->getResults()) {
    SmallVector<OpFoldResult> &shape = shapes.emplace_back();
    auto type = dyn_cast<RankedTensorType>(result.getType());
    if (!type) // a list
      continue;
    for (auto [axis, size] : llvm::enumerate(type.getShape())) {
      if (!ShapedType::isDynamic(size)) {
        shape.push_back(sizes.size(size));
        continue;
      }
      DimSource source = sourceOfDim(result, axis);
      if (source.tensor)
        shape.push_back(sizes.dim(source.tensor, source.axis));
      else if (source.scalar)
        shape.push_back(sizes.scalar(source.scalar));
      else if (compute)
        shape.push_back(compute(sizes, axis));
      else
        return failure();
    }
  }
  return success();
}

// ---- sizes that are an operand's
// ---------------------------------------------------------------------------------------

#define TENON_REIFY(OP)                                                                                                \
  LogicalResult OP::reifyResultShapes(OpBuilder &builder, ReifiedRankedShapedTypeDims &shapes) {                       \
    return reify(*this, builder, shapes);                                                                              \
  }
TENON_REIFY(NegOp)
TENON_REIFY(AbsOp)
TENON_REIFY(SignOp)
TENON_REIFY(NotOp)
TENON_REIFY(ExpOp)
TENON_REIFY(Exp2Op)
TENON_REIFY(Expm1Op)
TENON_REIFY(LogOp)
TENON_REIFY(Log2Op)
TENON_REIFY(Log1pOp)
TENON_REIFY(SqrtOp)
TENON_REIFY(RsqrtOp)
TENON_REIFY(SinOp)
TENON_REIFY(CosOp)
TENON_REIFY(TanOp)
TENON_REIFY(TanhOp)
TENON_REIFY(SigmoidOp)
TENON_REIFY(ErfOp)
TENON_REIFY(FloorOp)
TENON_REIFY(CeilOp)
TENON_REIFY(RoundOp)
TENON_REIFY(AddOp)
TENON_REIFY(SubOp)
TENON_REIFY(MulOp)
TENON_REIFY(DivOp)
TENON_REIFY(RemOp)
TENON_REIFY(PowOp)
TENON_REIFY(MaxOp)
TENON_REIFY(MinOp)
TENON_REIFY(AndOp)
TENON_REIFY(OrOp)
TENON_REIFY(XorOp)
TENON_REIFY(ShlOp)
TENON_REIFY(ShrOp)
TENON_REIFY(CompareOp)
TENON_REIFY(SelectOp)
TENON_REIFY(ClampOp)
TENON_REIFY(CastOp)
TENON_REIFY(MatmulOp)
TENON_REIFY(ReduceOp)
TENON_REIFY(ArgmaxOp)
TENON_REIFY(ArgminOp)
TENON_REIFY(CumsumOp)
TENON_REIFY(SoftmaxOp)
TENON_REIFY(LogSoftmaxOp)
TENON_REIFY(LayerNormOp)
TENON_REIFY(SplatOp)
TENON_REIFY(IotaOp)
TENON_REIFY(BroadcastOp)
TENON_REIFY(ReshapeOp)
TENON_REIFY(TransposeOp)
TENON_REIFY(StackOp)
TENON_REIFY(SplitOp)
TENON_REIFY(ReverseOp)
TENON_REIFY(SliceOp)
TENON_REIFY(InsertOp)
TENON_REIFY(IfOp)
TENON_REIFY(ForOp)
TENON_REIFY(GatherOp)
TENON_REIFY(ScatterOp)
TENON_REIFY(OneHotOp)
TENON_REIFY(SortOp)
TENON_REIFY(TopKOp)
TENON_REIFY(RandomBitsOp)
TENON_REIFY(RandomUniformOp)
TENON_REIFY(RandomNormalOp)
TENON_REIFY(StopGradientOp)
TENON_REIFY(CheckpointOp)
TENON_REIFY(BarrierOp)
TENON_REIFY(GradientOp)
TENON_REIFY(ListGetOp)
#undef TENON_REIFY

// ---- sizes that are computed
// -------------------------------------------------------------------------------------------

/// (taps - 1) * dilation + 1
static OpFoldResult windowExtent(SizeBuilder &sizes, OpFoldResult taps, int64_t dilation) {
  return sizes.add(sizes.mul(sizes.sub(taps, sizes.size(1)), sizes.size(dilation)), sizes.size(1));
}

/// floor((size + padding - extent) / stride) + 1; 0 where the window does not fit, which run time reports.
static OpFoldResult windowPositions(SizeBuilder &sizes, OpFoldResult size, OpFoldResult extent, int64_t padding,
                                    int64_t stride) {
  OpFoldResult slack = sizes.sub(sizes.add(size, sizes.size(padding)), extent);
  return sizes.max(sizes.add(sizes.floorDiv(slack, sizes.size(stride)), sizes.size(1)), sizes.size(0));
}

LogicalResult ConvOp::reifyResultShapes(OpBuilder &builder, ReifiedRankedShapedTypeDims &shapes) {
  return reify(*this, builder, shapes, [&](SizeBuilder &sizes, int64_t axis) {
    int64_t i = axis - 1;
    return windowPositions(sizes, sizes.dim(getInput(), axis),
                           windowExtent(sizes, sizes.dim(getFilter(), i), getDilations()[i]),
                           getPadding()[2 * i] + getPadding()[2 * i + 1], getStrides()[i]);
  });
}

LogicalResult ConvTransposeOp::reifyResultShapes(OpBuilder &builder, ReifiedRankedShapedTypeDims &shapes) {
  return reify(*this, builder, shapes, [&](SizeBuilder &sizes, int64_t axis) {
    int64_t i = axis - 1;
    OpFoldResult span = sizes.mul(sizes.sub(sizes.dim(getInput(), axis), sizes.size(1)), sizes.size(getStrides()[i]));
    OpFoldResult full = sizes.add(span, windowExtent(sizes, sizes.dim(getFilter(), i), getDilations()[i]));
    int64_t padding = getPadding()[2 * i] + getPadding()[2 * i + 1] - getOutputPadding()[i];
    return sizes.max(sizes.sub(full, sizes.size(padding)), sizes.size(0));
  });
}

template <typename OpT>
static LogicalResult reifyPool(OpT op, OpBuilder &builder, ReifiedRankedShapedTypeDims &shapes) {
  return reify(op, builder, shapes, [&](SizeBuilder &sizes, int64_t axis) {
    int64_t i = axis - 1;
    return windowPositions(sizes, sizes.dim(op.getInput(), axis),
                           windowExtent(sizes, sizes.size(op.getWindow()[i]), op.getDilations()[i]),
                           op.getPadding()[2 * i] + op.getPadding()[2 * i + 1], op.getStrides()[i]);
  });
}

LogicalResult MaxPoolOp::reifyResultShapes(OpBuilder &builder, ReifiedRankedShapedTypeDims &shapes) {
  return reifyPool(*this, builder, shapes);
}
LogicalResult AvgPoolOp::reifyResultShapes(OpBuilder &builder, ReifiedRankedShapedTypeDims &shapes) {
  return reifyPool(*this, builder, shapes);
}

LogicalResult ConcatOp::reifyResultShapes(OpBuilder &builder, ReifiedRankedShapedTypeDims &shapes) {
  return reify(*this, builder, shapes, [&](SizeBuilder &sizes, int64_t axis) {
    OpFoldResult size = sizes.dim(getInputs().front(), axis);
    for (Value input : getInputs().drop_front()) size = sizes.add(size, sizes.dim(input, axis));
    return size;
  });
}

LogicalResult PadOp::reifyResultShapes(OpBuilder &builder, ReifiedRankedShapedTypeDims &shapes) {
  return reify(*this, builder, shapes, [&](SizeBuilder &sizes, int64_t axis) {
    return sizes.add(sizes.dim(getInput(), axis), sizes.size(getLow()[axis] + getHigh()[axis]));
  });
}
