// Nests of which parts may run at once become functions that the runtime calls.
#include "compiler/Codegen/Passes.h"
#include "dialects/TenonParallel/TenonParallel.h"

#include "mlir/Analysis/DataLayoutAnalysis.h"
#include "mlir/Conversion/LLVMCommon/MemRefBuilder.h"
#include "mlir/Conversion/LLVMCommon/TypeConverter.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Transforms/RegionUtils.h"

namespace mlir::tenon {
#define GEN_PASS_DEF_OUTLINEPARALLELPASS
#include "compiler/Codegen/Passes.h.inc"
} // namespace mlir::tenon

using namespace mlir;
using namespace mlir::tenon;
using tenon_parallel::BoxesOp;

/// Whether a task makes the value again instead of being handed it: numbers and views, which the compiler sees through
/// only where they are made, and scratch, which is the task's own. Constant tensors are handed over: where they are in
/// a file of weights, only the entry point knows where that is.
static bool isRepeated(Operation *op) {
  return op && (op->hasTrait<OpTrait::ConstantLike>() ||
                isa<memref::AllocaOp, memref::CastOp, memref::CollapseShapeOp, memref::DimOp, memref::ExpandShapeOp,
                    memref::ReinterpretCastOp, memref::SubViewOp, memref::ViewOp, UnrealizedConversionCastOp,
                    vector::BroadcastOp, vector::ConstantMaskOp, vector::CreateMaskOp>(op));
}

namespace {
/// Makes a function of one nest, and a call of the runtime in its place.
class Outliner {
public:
  Outliner(BoxesOp boxes, const LLVMTypeConverter &converter, func::FuncOp task)
      : boxes(boxes), converter(converter), task(task), loc(boxes.getLoc()), builder(boxes),
        pointer(LLVM::LLVMPointerType::get(boxes.getContext())) {}

  LogicalResult run() {
    SetVector<Value> used;
    getUsedValuesDefinedAbove(boxes.getBody(), used);
    for (Value value : used) collect(value);

    SmallVector<Type> fields;
    for (Value value : captured) {
      Type type = isPlain(value) ? Type(pointer) : converter.convertType(value.getType());
      if (!type)
        return boxes.emitOpError("expected values that can be stored from outside, but got ") << value.getType();
      fields.push_back(type);
    }
    closure = LLVM::LLVMStructType::getLiteral(boxes.getContext(), fields);
    emitTask();
    emitCall();
    boxes.erase();
    return success();
  }

private:
  /// Sorts what the nest uses from outside, operands before users.
  void collect(Value value) {
    if (captured.contains(value))
      return;
    Operation *op = value.getDefiningOp();
    if (!isRepeated(op)) {
      captured.insert(value);
      return;
    }
    if (repeated.contains(op))
      return;
    for (Value operand : op->getOperands()) collect(operand);
    repeated.insert(op);
  }

  /// A memref that its type and one pointer say all about.
  static bool isPlain(Value value) {
    auto type = dyn_cast<MemRefType>(value.getType());
    return type && type.hasStaticShape() && type.getLayout().isIdentity();
  }

  Value field(Value base, int32_t index) {
    return LLVM::GEPOp::create(builder, loc, pointer, closure, base, ArrayRef<LLVM::GEPArg>{0, index});
  }
  Value cast(Type type, Value value) {
    return value.getType() == type
               ? value
               : UnrealizedConversionCastOp::create(builder, loc, TypeRange{type}, value).getResult(0);
  }

  /// task(argument, box): unpacks both, then runs the nest.
  void emitTask() {
    Block *entry = task.addEntryBlock();
    builder.setInsertionPointToStart(entry);
    IRMapping mapping;
    for (auto [index, value] : llvm::enumerate(captured)) {
      Value loaded = LLVM::LoadOp::create(builder, loc, closure.getBody()[index], field(entry->getArgument(0), index));
      if (isPlain(value))
        loaded =
            MemRefDescriptor::fromStaticShape(builder, loc, converter, llvm::cast<MemRefType>(value.getType()), loaded);
      mapping.map(value, cast(value.getType(), loaded));
    }
    for (Operation *op : repeated) builder.clone(*op, mapping);

    Block &body = boxes.getBody().front();
    for (BlockArgument bound : body.getArguments()) {
      Value address = LLVM::GEPOp::create(builder, loc, pointer, builder.getI64Type(), entry->getArgument(1),
                                          ArrayRef<LLVM::GEPArg>{int32_t(bound.getArgNumber())});
      Value wide = LLVM::LoadOp::create(builder, loc, builder.getI64Type(), address);
      mapping.map(bound, arith::IndexCastOp::create(builder, loc, builder.getIndexType(), wide));
    }
    for (Operation &op : body) builder.clone(op, mapping);
    func::ReturnOp::create(builder, loc);
  }

  /// tenon_runtime_parallel(frame, work, rank, extents, task, argument).
  void emitCall() {
    auto function = boxes->getParentOfType<func::FuncOp>();
    // Once a call, also where the nest is in a loop.
    builder.setInsertionPointToStart(&function.front());
    Value one = LLVM::ConstantOp::create(builder, loc, builder.getI32Type(), builder.getI32IntegerAttr(1));
    auto extentsType = LLVM::LLVMArrayType::get(builder.getI64Type(), boxes.getRank());
    Value argument = LLVM::AllocaOp::create(builder, loc, pointer, closure, one);
    Value extents = LLVM::AllocaOp::create(builder, loc, pointer, extentsType, one, /*alignment=*/8);
    builder.setInsertionPoint(boxes);
    for (auto [index, value] : llvm::enumerate(captured)) {
      Value stored = cast(converter.convertType(value.getType()), value);
      if (isPlain(value))
        stored = MemRefDescriptor(stored).alignedPtr(builder, loc);
      LLVM::StoreOp::create(builder, loc, stored, field(argument, index));
    }
    for (auto [dim, extent] : llvm::enumerate(boxes.getExtents())) {
      Value address = LLVM::GEPOp::create(builder, loc, pointer, builder.getI64Type(), extents,
                                          ArrayRef<LLVM::GEPArg>{int32_t(dim)});
      Value wide = arith::IndexCastOp::create(builder, loc, builder.getI64Type(), extent);
      LLVM::StoreOp::create(builder, loc, wide, address);
    }
    Value rank =
        LLVM::ConstantOp::create(builder, loc, builder.getI32Type(), builder.getI32IntegerAttr(boxes.getRank()));
    Value address = func::ConstantOp::create(builder, loc, task.getFunctionType(), task.getSymName());
    LLVM::CallOp::create(
        builder, loc, getRuntime(),
        ValueRange{boxes.getFrame(), boxes.getWork(), rank, extents, cast(pointer, address), argument});
  }

  LLVM::LLVMFuncOp getRuntime() {
    constexpr StringLiteral name = "tenon_runtime_parallel";
    auto module = boxes->getParentOfType<ModuleOp>();
    if (auto callee = module.lookupSymbol<LLVM::LLVMFuncOp>(name))
      return callee;
    OpBuilder outer = OpBuilder::atBlockEnd(module.getBody());
    Type i64 = builder.getI64Type(), i32 = builder.getI32Type();
    auto type = LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(builder.getContext()),
                                            {pointer, i64, i32, pointer, pointer, pointer});
    return LLVM::LLVMFuncOp::create(outer, module.getLoc(), name, type);
  }

  BoxesOp boxes;
  const LLVMTypeConverter &converter;
  func::FuncOp task;
  Location loc;
  OpBuilder builder;
  LLVM::LLVMPointerType pointer;
  LLVM::LLVMStructType closure;
  SetVector<Value> captured;
  SetVector<Operation *> repeated;
};

struct OutlineParallelPass : tenon::impl::OutlineParallelPassBase<OutlineParallelPass> {
  using Base::Base;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    LLVMTypeConverter converter(&getContext(), LowerToLLVMOptions(&getContext(), DataLayout(module)));
    SmallVector<BoxesOp> nests;
    module.walk([&](BoxesOp boxes) { nests.push_back(boxes); });
    SymbolTable symbols(module);
    auto pointer = LLVM::LLVMPointerType::get(&getContext());
    for (BoxesOp boxes : nests) {
      auto function = boxes->getParentOfType<func::FuncOp>();
      OpBuilder outer(&getContext());
      auto task = func::FuncOp::create(outer, boxes.getLoc(), (function.getName() + ".task").str(),
                                       outer.getFunctionType({pointer, pointer}, {}));
      task.setPrivate();
      task->setAttr("passthrough", outer.getStrArrayAttr({"nounwind"}));
      symbols.insert(task, std::next(function->getIterator()));
      if (failed(Outliner(boxes, converter, task).run()))
        return signalPassFailure();
      ++numTasks;
    }
  }
};
} // namespace
