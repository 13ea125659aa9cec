// Lists become one object in memory: what is pushed is stored in a new element, what is popped or got is read from one.
#include "compiler/Conversion/TenonToLinalg/Lowering.h"
#include "compiler/Conversion/TenonToLinalg/Patterns.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;
using namespace mlir::tenon;

ListType mlir::tenon::getStorageType(ListType type) {
  RankedTensorType element = type.getElement();
  return ListType::get(type.getContext(), element.clone(getStorageType(element.getElementType())));
}

static Value createSlot(ImplicitLocOpBuilder &b, Operation *op, ListAccess access, Value list, Value index,
                        ArrayRef<OpFoldResult> sizes) {
  RankedTensorType element = cast<ListType>(list.getType()).getElement();
  SmallVector<Value> open;
  for (auto [axis, size] : llvm::enumerate(sizes))
    if (element.isDynamicDim(axis))
      open.push_back(toIndex(b, size));
  auto type = MemRefType::get(element.getShape(), element.getElementType());
  auto slot = ListSlotOp::create(b, type, access, list, index, open);
  slot->setDiscardableAttrs(op->getDiscardableAttrDictionary());
  return slot;
}

/// The tensor in a slot that nobody writes as long as it is read; a scalar is loaded at once.
static Value readSlot(ImplicitLocOpBuilder &b, Value slot) {
  auto type = cast<MemRefType>(slot.getType());
  if (type.getRank() == 0)
    return createScalarTensor(b, memref::LoadOp::create(b, slot));
  return bufferization::ToTensorOp::create(b, RankedTensorType::get(type.getShape(), type.getElementType()), slot,
                                           /*restrict=*/true, /*writable=*/false);
}

static LogicalResult lowerCreate(ListCreateOp op, ListCreateOp::Adaptor, ConversionPatternRewriter &rewriter,
                                 ImplicitLocOpBuilder &) {
  rewriter.modifyOpInPlace(op, [&] { op.getList().setType(getStorageType(cast<ListType>(op.getList().getType()))); });
  return success();
}

static LogicalResult lowerPush(ListPushOp op, ListPushOp::Adaptor adaptor, ConversionPatternRewriter &rewriter,
                               ImplicitLocOpBuilder &b) {
  Value value = adaptor.getValue();
  Value slot = createSlot(b, op, ListAccess::push, adaptor.getList(), {}, getSizes(b, value));
  if (cast<RankedTensorType>(value.getType()).getRank() == 0)
    memref::StoreOp::create(b, getScalar(b, value), slot, ValueRange());
  else
    bufferization::MaterializeInDestinationOp::create(b, Type(), value, slot, /*restrict=*/true, /*writable=*/true);
  rewriter.replaceOp(op, adaptor.getList());
  return success();
}

static LogicalResult lowerPop(ListPopOp op, ListPopOp::Adaptor adaptor, ConversionPatternRewriter &rewriter,
                              ImplicitLocOpBuilder &b) {
  Sizes sizes = getSizes(b, cast<RankedTensorType>(op.getValue().getType()), adaptor.getDims());
  Value slot = createSlot(b, op, ListAccess::pop, adaptor.getList(), {}, sizes);
  rewriter.replaceOp(op, {adaptor.getList(), readSlot(b, slot)});
  return success();
}

static LogicalResult lowerGet(ListGetOp op, ListGetOp::Adaptor adaptor, ConversionPatternRewriter &rewriter,
                              ImplicitLocOpBuilder &b) {
  Value index = toIndex(b, getScalarIndex(b, adaptor.getIndex()));
  Value count = ListCountOp::create(b, b.getIndexType(), adaptor.getList());
  Value inside = arith::CmpIOp::create(b, arith::CmpIPredicate::ult, index, count);
  RaiseOp::create(b, inside, RaiseCode::index_out_of_range, "list: index {} is outside [0, {})",
                  ValueRange{index, count});
  Sizes sizes = getSizes(b, cast<RankedTensorType>(op.getValue().getType()), adaptor.getDims());
  rewriter.replaceOp(op, readSlot(b, createSlot(b, op, ListAccess::get, adaptor.getList(), index, sizes)));
  return success();
}

static LogicalResult lowerSize(ListSizeOp op, ListSizeOp::Adaptor adaptor, ConversionPatternRewriter &rewriter,
                               ImplicitLocOpBuilder &b) {
  Value count = ListCountOp::create(b, b.getIndexType(), adaptor.getList());
  rewriter.replaceOp(op, createScalarTensor(b, arith::IndexCastOp::create(b, b.getI64Type(), count)));
  return success();
}

//===------------------------------------------------------------------------------------------------------------===//
// Before the conversion
//===------------------------------------------------------------------------------------------------------------===//

/// Whether one of two ops runs only where the other does not.
static bool areExclusive(Operation *a, Operation *b) {
  for (Operation *parent = a->getParentOp(); parent; parent = parent->getParentOp())
    if (isa<IfOp>(parent) && parent->isProperAncestor(b)) {
      Region *first = a->getParentRegion(), *second = b->getParentRegion();
      while (first->getParentOp() != parent) first = first->getParentRegion();
      while (second->getParentOp() != parent) second = second->getParentRegion();
      return first != second;
    }
  return false;
}

/// Whether `a`, or what encloses it, comes before `b`, or what encloses that, in the block that both are in.
static bool comesBefore(Operation *a, Operation *b) {
  for (; b; b = b->getParentOp())
    if (Operation *mine = b->getBlock() ? b->getBlock()->findAncestorOpInBlock(*a) : nullptr)
      return mine != b && mine->isBeforeInBlock(b);
  return false;
}

LogicalResult mlir::tenon::verifyLists(Operation *root) {
  auto check = [](Value list) -> LogicalResult {
    if (!isa<ListType>(list.getType()))
      return success();
    SmallVector<Operation *> takers, readers;
    for (Operation *user : list.getUsers()) {
      bool isReader = isa<ListGetOp, ListSizeOp>(user);
      if (!isReader && llvm::is_contained(takers, user))
        return user->emitError("list: taken twice by one op");
      (isReader ? readers : takers).push_back(user);
    }
    for (Operation *taker : takers) {
      // In a loop, what was made outside would be taken in each iteration.
      for (Operation *parent = taker->getParentOp();
           parent && !parent->isAncestor(list.getParentBlock()->getParentOp()); parent = parent->getParentOp())
        if (isa<ForOp, WhileOp>(parent))
          return taker->emitError("list: taken by an iteration of a loop that does not carry it");
      for (Operation *other : takers)
        if (other != taker && !areExclusive(taker, other))
          return taker->emitError("list: it is used twice, but an op takes it").attachNote(other->getLoc())
                 << "the other use";
      for (Operation *reader : readers)
        if (!comesBefore(reader, taker) && !areExclusive(taker, reader))
          return reader->emitError("list: it is read after another op has taken it").attachNote(taker->getLoc())
                 << "that op";
    }
    return success();
  };
  WalkResult result = root->walk([&](Operation *op) {
    for (Value value : op->getResults())
      if (failed(check(value)))
        return WalkResult::interrupt();
    for (Region &region : op->getRegions())
      for (BlockArgument argument : region.getArguments())
        if (failed(check(argument)))
          return WalkResult::interrupt();
    return WalkResult::advance();
  });
  return failure(result.wasInterrupted());
}

void mlir::tenon::populateListPatterns(const TypeConverter &converter, RewritePatternSet &patterns) {
  MLIRContext *context = patterns.getContext();
  patterns.add<FunctionPattern<ListCreateOp>>(converter, context, lowerCreate);
  patterns.add<FunctionPattern<ListPushOp>>(converter, context, lowerPush);
  patterns.add<FunctionPattern<ListPopOp>>(converter, context, lowerPop);
  patterns.add<FunctionPattern<ListGetOp>>(converter, context, lowerGet);
  patterns.add<FunctionPattern<ListSizeOp>>(converter, context, lowerSize);
}
