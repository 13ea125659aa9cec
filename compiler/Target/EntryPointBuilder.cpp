// The helpers of EntryPointBuilder.
#include "compiler/Target/EntryPointBuilder.h"

using namespace mlir;
using namespace mlir::tenon;

EntryPointBuilder::EntryPointBuilder(ModuleOp module, unsigned indexBits)
    : ImplicitLocOpBuilder(module.getLoc(), module.getContext()), module(module) {
  pointer = LLVM::LLVMPointerType::get(getContext());
  i8 = getI8Type();
  i32 = getI32Type();
  i64 = getI64Type();
  index = getIntegerType(indexBits);
  none = LLVM::LLVMVoidType::get(getContext());
  pointerBytes = indexBits / 8;
}

Value EntryPointBuilder::advance(Value base, int64_t bytes) {
  if (bytes == 0)
    return base;
  return LLVM::GEPOp::create(*this, pointer, i8, base, ValueRange{constant(index, bytes)},
                             LLVM::GEPNoWrapFlags::inbounds);
}

LLVM::LLVMFuncOp EntryPointBuilder::startFunction(StringRef name, Type result, ArrayRef<Type> parameters,
                                                  bool isPublic) {
  setInsertionPointToEnd(module.getBody());
  auto type = LLVM::LLVMFunctionType::get(result, parameters);
  auto function =
      LLVM::LLVMFuncOp::create(*this, name, type, isPublic ? LLVM::Linkage::External : LLVM::Linkage::Internal,
                               /*dsoLocal=*/true);
  function.setNoUnwind(true);
  setInsertionPointToStart(function.addEntryBlock(*this));
  return function;
}

LLVM::LLVMFuncOp EntryPointBuilder::declare(StringRef name, Type result, ArrayRef<Type> parameters) {
  if (auto known = module.lookupSymbol<LLVM::LLVMFuncOp>(name))
    return known;
  OpBuilder::InsertionGuard guard(*this);
  setInsertionPointToStart(module.getBody());
  auto function = LLVM::LLVMFuncOp::create(*this, name, LLVM::LLVMFunctionType::get(result, parameters));
  function.setNoUnwind(true);
  return function;
}

void EntryPointBuilder::returnIf(Value condition, function_ref<Value()> what) {
  Block *here = getInsertionBlock();
  Region *region = here->getParent();
  Block *next = createBlock(region, std::next(here->getIterator()));
  Block *leave = createBlock(region, region->end());
  setInsertionPointToEnd(here);
  LLVM::CondBrOp::create(*this, condition, leave, ValueRange{}, next, ValueRange{}, std::make_pair(1u, 1u << 20));
  setInsertionPointToEnd(leave);
  LLVM::ReturnOp::create(*this, what());
  setInsertionPointToEnd(next);
}

LLVM::GlobalOp EntryPointBuilder::getString(StringRef text) {
  LLVM::GlobalOp &global = strings[text];
  if (!global) {
    SmallString<64> bytes(text);
    bytes.push_back('\0');
    auto type = LLVM::LLVMArrayType::get(i8, bytes.size());
    global = createConstant("tenon.string." + std::to_string(strings.size() - 1), type, getStringAttr(bytes), 1);
    global.setUnnamedAddr(LLVM::UnnamedAddr::Global);
  }
  return global;
}

LLVM::GlobalOp EntryPointBuilder::createConstant(StringRef name, Type type, Attribute value, unsigned alignment) {
  OpBuilder::InsertionGuard guard(*this);
  setInsertionPointToStart(module.getBody());
  return LLVM::GlobalOp::create(*this, type, /*isConstant=*/true, LLVM::Linkage::Private, name, value, alignment,
                                /*addrSpace=*/0, /*dsoLocal=*/true);
}

LLVM::GlobalOp EntryPointBuilder::createTable(StringRef name, Type type, function_ref<Value()> build) {
  OpBuilder::InsertionGuard guard(*this);
  setInsertionPointToEnd(module.getBody());
  auto global = LLVM::GlobalOp::create(*this, type, /*isConstant=*/true, LLVM::Linkage::Private, name, Attribute(),
                                       /*alignment=*/0, /*addrSpace=*/0, /*dsoLocal=*/true);
  createBlock(&global.getInitializerRegion());
  LLVM::ReturnOp::create(*this, build());
  return global;
}

Value EntryPointBuilder::makeStruct(LLVM::LLVMStructType type, ArrayRef<Value> fields) {
  Value result = LLVM::UndefOp::create(*this, type);
  for (auto [i, field] : llvm::enumerate(fields))
    result = LLVM::InsertValueOp::create(*this, result, field, static_cast<int64_t>(i));
  return result;
}

Value EntryPointBuilder::makeArray(Type elementType, ArrayRef<Value> elements) {
  Value result = LLVM::UndefOp::create(*this, LLVM::LLVMArrayType::get(elementType, elements.size()));
  for (auto [i, element] : llvm::enumerate(elements))
    result = LLVM::InsertValueOp::create(*this, result, element, static_cast<int64_t>(i));
  return result;
}
