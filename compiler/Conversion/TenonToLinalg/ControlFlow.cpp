// Branches and loops: the same structure in scf, over tensors that keep their sizes and scalars that stay in registers.
#include "compiler/Conversion/TenonToLinalg/Lowering.h"
#include "compiler/Conversion/TenonToLinalg/Patterns.h"
#include "dialects/Tenon/Shapes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace mlir::tenon;

//===------------------------------------------------------------------------------------------------------------===//
// What passes between regions
//===------------------------------------------------------------------------------------------------------------===//

/// The type under which a value enters and leaves a region: a scalar's element, so that it needs no memory.
static Type getCarriedType(Type type) {
  if (auto list = dyn_cast<ListType>(type))
    return getStorageType(list);
  auto tensor = cast<RankedTensorType>(type);
  Type storage = getStorageType(tensor.getElementType());
  return tensor.getRank() == 0 ? storage : tensor.clone(storage);
}
static SmallVector<Type> getCarriedTypes(TypeRange types) { return llvm::map_to_vector(types, getCarriedType); }

static SmallVector<Value> toCarried(ImplicitLocOpBuilder &b, ValueRange tensors) {
  return llvm::map_to_vector(tensors, [&](Value tensor) {
    auto type = dyn_cast<RankedTensorType>(tensor.getType());
    return type && type.getRank() == 0 ? getScalar(b, tensor) : tensor;
  });
}

static SmallVector<Value> fromCarried(ImplicitLocOpBuilder &b, ValueRange values) {
  return llvm::map_to_vector(values, [&](Value value) {
    return isa<RankedTensorType, ListType>(value.getType()) ? value : createScalarTensor(b, value);
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

/// "'s'" as the location of an argument names the variable that it carries; else by its place.
static std::string describeVariable(Location declared, unsigned place) {
  if (auto name = dyn_cast<NameLoc>(declared))
    return "'" + name.getName().str() + "'";
  return "carried value " + std::to_string(place);
}

/// Raises `shape_mismatch` where an iteration changes the sizes of what a loop carries: that stays where it is.
static void requireSizesOfInits(ImplicitLocOpBuilder &b, Operation *loop, ValueRange values) {
  auto counted = dyn_cast<scf::ForOp>(loop);
  auto repeated = dyn_cast<scf::WhileOp>(loop);
  if (!counted && !repeated)
    return;
  ValueRange inits = counted ? ValueRange(counted.getInitArgs()) : ValueRange(repeated.getInits());
  auto arguments = counted ? counted.getRegionIterArgs() : repeated.getBeforeArguments();
  for (auto [number, value] : llvm::enumerate(values)) {
    auto type = dyn_cast<RankedTensorType>(value.getType());
    for (int64_t dim = 0; type && dim < type.getRank(); ++dim)
      if (type.isDynamicDim(dim))
        requireSameSize(b, getSize(b, inits[number], dim), getSize(b, value, dim),
                        StringRef(counted ? "for" : "while") + ": dimension " + Twine(dim) + " of " +
                            describeVariable(arguments[number].getLoc(), number) +
                            " is {} before the loop and {} after an iteration");
  }
}

static LogicalResult lowerYield(YieldOp op, YieldOp::Adaptor adaptor, ConversionPatternRewriter &rewriter,
                                ImplicitLocOpBuilder &b) {
  requireSizesOfInits(b, op->getParentOp(), adaptor.getValues());
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
  if (auto list = dyn_cast<ListType>(op.getType())) { // any list will do, and an empty one asks for the least
    rewriter.replaceOpWithNewOp<ListCreateOp>(op, getStorageType(list));
    return success();
  }
  auto type = cast<RankedTensorType>(op.getType());
  Type storage = getStorageType(type.getElementType());
  if (type.getRank() == 0) {
    rewriter.replaceOp(op, createScalarTensor(b, createNumber(b, storage, 0)));
    return success();
  }
  rewriter.replaceOp(op, createEmpty(b, getAsIndexOpFoldResult(b.getContext(), type.getShape()), storage));
  return success();
}

//===------------------------------------------------------------------------------------------------------------===//
// Sizes, before the conversion
//===------------------------------------------------------------------------------------------------------------===//

/// Raises `shape_mismatch` in a branch whose value does not have the sizes that the result is known to have.
static void requireSizesOfBranch(IfOp op, unsigned number, Block *block) {
  ImplicitLocOpBuilder b(op.getLoc(), op);
  OpResult result = op->getResult(number);
  Value value = block->getTerminator()->getOperand(number);
  auto type = dyn_cast<RankedTensorType>(value.getType());
  if (!type || value.getDefiningOp<UndefOp>())
    return;
  for (int64_t axis = 0; axis < type.getRank(); ++axis) {
    if (!type.isDynamicDim(axis))
      continue;
    DimSource expected = sourceOfDim(result, axis), source = sourceOutside(op, value, axis);
    bool isKnown = expected.tensor || expected.scalar;
    if (!isKnown ||
        (expected.tensor == source.tensor && expected.axis == source.axis && expected.scalar == source.scalar))
      continue;
    b.setInsertionPoint(op);
    Value expectedSize = expected.scalar ? expected.scalar
                                         : Value(DimOp::create(b, expected.tensor, b.getI64IntegerAttr(expected.axis)));
    b.setInsertionPoint(block->getTerminator());
    auto toIndexValue = [&](Value size) -> Value {
      return arith::IndexCastOp::create(b, b.getIndexType(), tensor::ExtractOp::create(b, size, ValueRange()));
    };
    Value first = toIndexValue(expectedSize), second = toIndexValue(DimOp::create(b, value, b.getI64IntegerAttr(axis)));
    requireSameSize(b, first, second,
                    "if: dimension " + Twine(axis) + " of result " + Twine(number) +
                        " is {} in one branch and {} in the other");
  }
}

/// Sizes for an undefined tensor where one is needed: those of what it stands for.
static DimSource getUndefinedSize(OpOperand &use, int64_t axis) {
  Operation *owner = use.getOwner(), *parent = owner->getParentOp();
  unsigned number = use.getOperandNumber();
  if (auto loop = dyn_cast<ForOp>(owner); loop && number >= 2)
    return sourceOfDim(loop->getResult(number - 2), axis);
  if (auto loop = dyn_cast<WhileOp>(owner))
    return sourceOutside(loop, loop.getBefore().getArgument(number), axis);
  if (isa<ConditionOp>(owner) && number > 0)
    return sourceOfDim(parent->getResult(number - 1), axis);
  if (!isa<YieldOp>(owner))
    return {};
  if (auto loop = dyn_cast<ForOp>(parent))
    return sourceOfDim(loop->getResult(number), axis);
  if (auto loop = dyn_cast<WhileOp>(parent))
    return sourceOutside(loop, loop.getBefore().getArgument(number), axis);
  return sourceOfDim(parent->getResult(number), axis);
}

static void giveUndefinedSizes(Operation *root) {
  SmallVector<UndefOp> ops;
  root->walk([&](UndefOp op) {
    if (auto type = dyn_cast<RankedTensorType>(op.getType()); type && !type.hasStaticShape())
      ops.push_back(op);
  });
  for (UndefOp op : ops) {
    auto type = cast<RankedTensorType>(op.getType());
    for (OpOperand &use : llvm::make_early_inc_range(op->getUses())) {
      ImplicitLocOpBuilder b(op.getLoc(), use.getOwner());
      SmallVector<Value> dims;
      for (int64_t axis = 0; axis < type.getRank(); ++axis) {
        if (!type.isDynamicDim(axis))
          continue;
        DimSource source = getUndefinedSize(use, axis);
        if (source.scalar)
          dims.push_back(source.scalar);
        else if (source.tensor)
          dims.push_back(DimOp::create(b, source.tensor, b.getI64IntegerAttr(source.axis)));
        else // of what nobody can tell, nothing
          dims.push_back(
              ConstantOp::create(b, DenseElementsAttr::get(RankedTensorType::get({}, b.getI64Type()), int64_t(0))));
      }
      auto scalar = RankedTensorType::get({}, type.getElementType());
      use.set(SplatOp::create(b, type, UndefOp::create(b, scalar), dims));
    }
    op.erase();
  }
}

// Where sizes come from is read off the program while it is whole.
void mlir::tenon::prepareRegions(Operation *root) {
  SmallVector<IfOp> branches;
  root->walk([&](IfOp op) { branches.push_back(op); });
  for (IfOp op : branches)
    for (unsigned number = 0; number < op.getNumResults(); ++number)
      for (Block *block : {op.thenBlock(), op.elseBlock()}) requireSizesOfBranch(op, number, block);
  giveUndefinedSizes(root);
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
