// Branches and loops: the same structure in scf, over tensors that keep their sizes and scalars that stay in registers.
#include "compiler/Conversion/TenonToLinalg/Lowering.h"
#include "compiler/Conversion/TenonToLinalg/Patterns.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace mlir::tenon;

//===------------------------------------------------------------------------------------------------------------===//
// What passes between regions
//===------------------------------------------------------------------------------------------------------------===//

/// The type under which a value enters and leaves a region: a scalar's element, so that it needs no memory.
static Type getCarriedType(Type type) {
  auto tensor = cast<RankedTensorType>(type);
  Type storage = getStorageType(tensor.getElementType());
  return tensor.getRank() == 0 ? storage : tensor.clone(storage);
}
static SmallVector<Type> getCarriedTypes(TypeRange types) { return llvm::map_to_vector(types, getCarriedType); }

static SmallVector<Value> toCarried(ImplicitLocOpBuilder &b, ValueRange tensors) {
  return llvm::map_to_vector(tensors, [&](Value tensor) {
    return cast<RankedTensorType>(tensor.getType()).getRank() == 0 ? getScalar(b, tensor) : tensor;
  });
}

static SmallVector<Value> fromCarried(ImplicitLocOpBuilder &b, ValueRange values) {
  return llvm::map_to_vector(values, [&](Value value) {
    return isa<RankedTensorType>(value.getType()) ? value : createScalarTensor(b, value);
  });
}

/// The ops of a block at the end of another, where its arguments are `values`.
static void moveBlock(ConversionPatternRewriter &rewriter, Block &source, Block &target, ValueRange values) {
  rewriter.inlineBlockBefore(&source, &target, target.end(), values);
}

/// The same between two blocks with an argument for each carried value, which names where its variable was declared.
static void moveLoopBlock(ImplicitLocOpBuilder &b, ConversionPatternRewriter &rewriter, Block &source, Block &target) {
  for (auto [argument, old] : llvm::zip_equal(target.getArguments(), source.getArguments()))
    argument.setLoc(old.getLoc());
  b.setInsertionPointToStart(&target);
  moveBlock(rewriter, source, target, fromCarried(b, target.getArguments()));
}

//===------------------------------------------------------------------------------------------------------------===//
// Branches and loops
//===------------------------------------------------------------------------------------------------------------===//

static LogicalResult lowerIf(IfOp op, IfOp::Adaptor adaptor, ConversionPatternRewriter &rewriter,
                             ImplicitLocOpBuilder &b) {
  Value condition = getScalar(b, adaptor.getCondition());
  auto branches = scf::IfOp::create(b, getCarriedTypes(op.getResultTypes()), condition, /*addThenBlock=*/true,
                                    /*addElseBlock=*/true);
  moveBlock(rewriter, *op.thenBlock(), *branches.thenBlock(), {});
  moveBlock(rewriter, *op.elseBlock(), *branches.elseBlock(), {});
  rewriter.replaceOp(op, fromCarried(b, branches.getResults()));
  return success();
}

static LogicalResult lowerWhile(WhileOp op, WhileOp::Adaptor adaptor, ConversionPatternRewriter &rewriter,
                                ImplicitLocOpBuilder &b) {
  SmallVector<Type> results = getCarriedTypes(op.getResultTypes());
  SmallVector<Value> inits = toCarried(b, adaptor.getInits());
  auto loop = scf::WhileOp::create(b, results, inits, /*beforeBuilder=*/nullptr, /*afterBuilder=*/nullptr);
  for (auto [source, target] : llvm::zip_equal(op.getRegions(), loop->getRegions()))
    moveLoopBlock(b, rewriter, source->front(), target.front());
  b.setInsertionPointAfter(loop);
  rewriter.replaceOp(op, fromCarried(b, loop.getResults()));
  return success();
}

/// Whether i64 indices from `lower` by `step` (over 0) never pass the largest i64 before they reach `upper`.
static bool staysInRange(Value upper, int64_t step) {
  IntegerAttr number;
  if (step == 1)
    return true;
  return matchPattern(upper, m_Constant(&number)) && number.getInt() <= std::numeric_limits<int64_t>::max() - step;
}

static LogicalResult lowerFor(ForOp op, ForOp::Adaptor adaptor, ConversionPatternRewriter &rewriter,
                              ImplicitLocOpBuilder &b) {
  // The index is an i64 where addresses have 32 bits too: a loop may count what is no element.
  Value lower = getScalar(b, adaptor.getLower()), upper = getScalar(b, adaptor.getUpper());
  auto number = [&](int64_t value) -> Value { return arith::ConstantOp::create(b, b.getI64IntegerAttr(value)); };
  int64_t step = op.getStep();
  bool isDirect = step > 0 && staysInRange(upper, step);
  Value first = lower, last = upper, stride = number(isDirect ? step : 1);
  if (!isDirect) {
    // Iterations are counted: (distance - 1) / |step| + 1 of them, as unsigned numbers, which cannot overflow.
    Value from = step > 0 ? lower : upper, to = step > 0 ? upper : lower;
    Value isAny = arith::CmpIOp::create(b, arith::CmpIPredicate::slt, from, to);
    Value distance = arith::SubIOp::create(b, arith::SubIOp::create(b, to, from), number(1));
    // The magnitude of the least i64 is itself, read as unsigned.
    Value magnitude = number(step > 0 ? step : static_cast<int64_t>(-static_cast<uint64_t>(step)));
    Value count = arith::AddIOp::create(b, arith::DivUIOp::create(b, distance, magnitude), number(1));
    first = number(0);
    last = arith::SelectOp::create(b, isAny, count, first);
  }
  auto loop = scf::ForOp::create(
      b, first, last, stride, toCarried(b, adaptor.getInits()), [](OpBuilder &, Location, Value, ValueRange) {},
      /*unsignedCmp=*/!isDirect);
  // Index or count and carried values stand at the same places.
  b.setInsertionPointToStart(loop.getBody());
  if (isDirect) {
    moveLoopBlock(b, rewriter, *op.bodyBlock(), *loop.getBody());
  } else {
    Value offset = arith::MulIOp::create(b, loop.getInductionVar(), number(step));
    SmallVector<Value> arguments{arith::AddIOp::create(b, lower, offset)};
    llvm::append_range(arguments, loop.getRegionIterArgs());
    moveBlock(rewriter, *op.bodyBlock(), *loop.getBody(), fromCarried(b, arguments));
  }
  b.setInsertionPointAfter(loop);
  rewriter.replaceOp(op, fromCarried(b, loop.getResults()));
  return success();
}

static LogicalResult lowerYield(YieldOp op, YieldOp::Adaptor adaptor, ConversionPatternRewriter &rewriter,
                                ImplicitLocOpBuilder &b) {
  rewriter.replaceOpWithNewOp<scf::YieldOp>(op, toCarried(b, adaptor.getValues()));
  return success();
}

static LogicalResult lowerCondition(ConditionOp op, ConditionOp::Adaptor adaptor, ConversionPatternRewriter &rewriter,
                                    ImplicitLocOpBuilder &b) {
  Value condition = getScalar(b, adaptor.getCondition());
  rewriter.replaceOpWithNewOp<scf::ConditionOp>(op, condition, toCarried(b, adaptor.getValues()));
  return success();
}

/// Nothing reads it, so any value will do; a number, since what is carried and not poison keeps loops simple for LLVM.
static LogicalResult lowerUndef(UndefOp op, UndefOp::Adaptor, ConversionPatternRewriter &rewriter,
                                ImplicitLocOpBuilder &b) {
  auto type = cast<RankedTensorType>(op.getType());
  Type storage = getStorageType(type.getElementType());
  if (type.getRank() == 0) {
    rewriter.replaceOp(op, createScalarTensor(b, createNumber(b, storage, 0)));
    return success();
  }
  Sizes sizes;
  for (int64_t size : type.getShape())
    sizes.push_back(ShapedType::isDynamic(size) ? OpFoldResult(createIndex(b, 0)) : b.getIndexAttr(size));
  rewriter.replaceOp(op, castTo(b, createEmpty(b, sizes, storage), type.clone(storage)));
  return success();
}

void mlir::tenon::populateControlFlowPatterns(const TypeConverter &converter, RewritePatternSet &patterns) {
  MLIRContext *context = patterns.getContext();
  patterns.add<FunctionPattern<IfOp>>(converter, context, lowerIf);
  patterns.add<FunctionPattern<WhileOp>>(converter, context, lowerWhile);
  patterns.add<FunctionPattern<ForOp>>(converter, context, lowerFor);
  patterns.add<FunctionPattern<YieldOp>>(converter, context, lowerYield);
  patterns.add<FunctionPattern<ConditionOp>>(converter, context, lowerCondition);
  patterns.add<FunctionPattern<UndefOp>>(converter, context, lowerUndef);
}
