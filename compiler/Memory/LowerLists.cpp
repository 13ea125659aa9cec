// Lists: pointers to what the runtime keeps of them, and elements where it says that they are.
#include "compiler/Memory/HostCalls.h"
#include "dialects/Tenon/Dialect.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Interfaces/DataLayoutInterfaces.h"

#include "llvm/ADT/SetVector.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace mlir::tenon;

/// Whether a list outlives the block that makes it: then the next one that is made there is another.
static bool leavesItsBlock(ListCreateOp op) {
  llvm::SetVector<Value> names;
  names.insert(op.getList());
  for (unsigned i = 0; i < names.size(); ++i)
    for (Operation *user : names[i].getUsers()) {
      if (user->getBlock() == op->getBlock() && user->hasTrait<OpTrait::IsTerminator>())
        return true;
      auto addLists = [&](ValueRange values) {
        for (Value value : values)
          if (isa<ListType>(value.getType()))
            names.insert(value);
      };
      Operation *target = user->hasTrait<OpTrait::IsTerminator>() ? user->getParentOp() : user;
      addLists(target->getResults());
      for (Region &region : target->getRegions()) addLists(region.getArguments());
    }
  return false;
}

namespace {
class ListLowering {
public:
  ListLowering(func::FuncOp function, HostCalls &calls) : function(function), calls(calls), builder(calls.builder) {}

  LogicalResult run() {
    SmallVector<Operation *> ops;
    int32_t number = 0;
    function.walk([&](Operation *op) {
      if (isa<ListCreateOp, ListSlotOp, ListCountOp>(op))
        ops.push_back(op);
      if (auto create = dyn_cast<ListCreateOp>(op))
        numbers[op] = leavesItsBlock(create) ? -1 : number++;
    });
    if (ops.empty())
      return success();
    function.walk([&](Operation *op) {
      makePointers(op->getResults());
      for (Region &region : op->getRegions()) makePointers(region.getArguments());
    });
    for (Operation *op : ops) {
      builder.setInsertionPoint(op);
      if (auto create = dyn_cast<ListCreateOp>(op))
        lower(create);
      else if (auto slot = dyn_cast<ListSlotOp>(op))
        lower(slot);
      else
        lower(cast<ListCountOp>(op));
      op->erase();
    }
    return success();
  }

private:
  void makePointers(ValueRange values) {
    for (Value value : values)
      if (isa<ListType>(value.getType()))
        value.setType(calls.pointer);
  }

  /// Ends the call where `address` is null. What comes next may use it.
  void require(Operation *op, Value address) {
    Value isNull = LLVM::ICmpOp::create(builder, op->getLoc(), LLVM::ICmpPredicate::eq, address, calls.null());
    auto guard = scf::IfOp::create(builder, op->getLoc(), isNull, /*withElseRegion=*/false);
    OpBuilder::InsertionGuard saved(builder);
    builder.setInsertionPointToStart(guard.thenBlock());
    auto reason = op->getAttrOfType<StringAttr>("tenon.reason");
    calls.call("tenon_runtime_list_failed",
               {calls.frame(), calls.text(reason ? reason.getValue() : StringRef("a list")),
                calls.text(userLine(op->getLoc()))});
  }

  void lower(ListCreateOp op) {
    Value list = calls.call("tenon_runtime_list_create", {calls.frame(), calls.constant(calls.i32, numbers.lookup(op))},
                            calls.pointer);
    require(op, list);
    op.getList().replaceAllUsesWith(list);
  }

  void lower(ListCountOp op) {
    Value count = calls.call("tenon_runtime_list_count", op.getList(), calls.i64);
    op.replaceAllUsesWith(arith::IndexCastOp::create(builder, op.getLoc(), builder.getIndexType(), count).getResult());
  }

  void lower(ListSlotOp op) {
    Value bytes = bytesOf(op), address;
    switch (op.getAccess()) {
    case ListAccess::push:
      address = calls.call("tenon_runtime_list_push", {calls.frame(), op.getList(), bytes}, calls.pointer);
      break;
    case ListAccess::pop: address = calls.call("tenon_runtime_list_pop", {op.getList(), bytes}, calls.pointer); break;
    case ListAccess::get: {
      Value index = arith::IndexCastOp::create(builder, op.getLoc(), calls.i64, op.getIndex());
      address = calls.call("tenon_runtime_list_get", {op.getList(), index, bytes}, calls.pointer);
      break;
    }
    }
    if (op.getAccess() != ListAccess::get)
      require(op, address);
    op.replaceAllUsesWith(describe(op, address));
  }

  /// An element's bytes as the runtime places it: in whole cache lines, or in whole words where it is smaller.
  Value bytesOf(ListSlotOp op) {
    auto type = cast<MemRefType>(op.getSlot().getType());
    int64_t known = llvm::divideCeil(type.getElementTypeBitWidth(), 8);
    for (int64_t size : type.getShape()) known *= ShapedType::isDynamic(size) ? 1 : size;
    if (op.getSizes().empty())
      return calls.constant(calls.i64, llvm::alignTo(known, known >= 64 ? 64 : 8));
    Value bytes = arith::ConstantIntOp::create(builder, op.getLoc(), known, 64);
    for (Value size : op.getSizes())
      bytes = arith::MulIOp::create(builder, op.getLoc(), bytes,
                                    arith::IndexCastOp::create(builder, op.getLoc(), calls.i64, size));
    auto number = [&](int64_t value) -> Value { return arith::ConstantIntOp::create(builder, op.getLoc(), value, 64); };
    bytes = arith::AddIOp::create(builder, op.getLoc(), bytes, number(63));
    return arith::AndIOp::create(builder, op.getLoc(), bytes, number(-64));
  }

  /// The address as a buffer of the element's type: its descriptor, which the conversion to LLVM finds again.
  Value describe(ListSlotOp op, Value address) {
    auto type = cast<MemRefType>(op.getSlot().getType());
    Location loc = op.getLoc();
    ModuleOp module = function->getParentOfType<ModuleOp>();
    auto width = DataLayout(module).getTypeSizeInBits(builder.getIndexType());
    Type index = builder.getIntegerType(width.getFixedValue());
    int64_t rank = type.getRank();
    SmallVector<Type> fields{calls.pointer, calls.pointer, index};
    if (rank)
      fields.append(2, LLVM::LLVMArrayType::get(index, rank));
    Value descriptor = LLVM::PoisonOp::create(builder, loc, LLVM::LLVMStructType::getLiteral(op.getContext(), fields));
    auto set = [&](Value value, ArrayRef<int64_t> place) {
      descriptor = LLVM::InsertValueOp::create(builder, loc, descriptor, value, place);
    };
    set(address, {0});
    set(address, {1});
    set(calls.constant(index, 0), {2});
    SmallVector<Value> sizes;
    auto open = op.getSizes().begin();
    for (int64_t size : type.getShape())
      sizes.push_back(ShapedType::isDynamic(size) ? Value(arith::IndexCastOp::create(builder, loc, index, *open++))
                                                  : calls.constant(index, size));
    Value stride = calls.constant(index, 1);
    for (int64_t dim = rank - 1; dim >= 0; --dim) {
      set(sizes[dim], {3, dim});
      set(stride, {4, dim});
      if (dim)
        stride = LLVM::MulOp::create(builder, loc, stride, sizes[dim]);
    }
    return UnrealizedConversionCastOp::create(builder, loc, type, descriptor).getResult(0);
  }

  func::FuncOp function;
  HostCalls &calls;
  OpBuilder &builder;
  DenseMap<Operation *, int32_t> numbers;
};
} // namespace

LogicalResult mlir::tenon::lowerLists(func::FuncOp function, HostCalls &calls) {
  return ListLowering(function, calls).run();
}
