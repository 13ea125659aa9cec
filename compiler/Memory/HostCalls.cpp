// What calls of the runtime are made of.
#include "compiler/Memory/HostCalls.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

#include "llvm/Support/Path.h"

using namespace mlir;
using namespace mlir::tenon;

HostCalls::HostCalls(func::FuncOp function, llvm::StringMap<LLVM::GlobalOp> &texts)
    : builder(function.getContext()), i32(builder.getI32Type()), i64(builder.getI64Type()),
      pointer(LLVM::LLVMPointerType::get(function.getContext())), module(function->getParentOfType<ModuleOp>()),
      function(function), texts(texts) {}

Value HostCalls::constant(Type type, int64_t value) {
  return LLVM::ConstantOp::create(builder, loc(), type, builder.getIntegerAttr(type, value));
}

Value HostCalls::null() { return LLVM::ZeroOp::create(builder, loc(), pointer); }

Value HostCalls::text(StringRef value) {
  LLVM::GlobalOp &global = texts[value];
  if (!global) {
    OpBuilder outer = OpBuilder::atBlockBegin(module.getBody());
    std::string bytes = value.str();
    bytes.push_back('\0');
    auto type = LLVM::LLVMArrayType::get(builder.getI8Type(), bytes.size());
    global = LLVM::GlobalOp::create(outer, loc(), type, /*isConstant=*/true, LLVM::Linkage::Internal,
                                    ("tenon.text." + Twine(texts.size())).str(), builder.getStringAttr(bytes));
  }
  return LLVM::AddressOfOp::create(builder, loc(), global);
}

Value HostCalls::stackArray(Type element, int64_t count) {
  OpBuilder::InsertionGuard guard(builder);
  Location where = loc();
  builder.setInsertionPointToStart(&function.front());
  Value size = LLVM::ConstantOp::create(builder, where, i32, builder.getI32IntegerAttr(count));
  return LLVM::AllocaOp::create(builder, where, pointer, element, size, /*alignment=*/8);
}

Value HostCalls::storeIntegers(ValueRange values) {
  if (values.empty())
    return null();
  Value array = stackArray(i64, values.size());
  for (auto [index, value] : llvm::enumerate(values)) {
    Value integer = arith::IndexCastOp::create(builder, loc(), i64, value);
    Value address = LLVM::GEPOp::create(builder, loc(), pointer, i64, array, ArrayRef<LLVM::GEPArg>{int32_t(index)});
    LLVM::StoreOp::create(builder, loc(), integer, address);
  }
  return array;
}

Value HostCalls::call(StringRef name, ValueRange arguments, Type result) {
  auto callee = module.lookupSymbol<LLVM::LLVMFuncOp>(name);
  if (!callee) {
    OpBuilder outer = OpBuilder::atBlockEnd(module.getBody());
    auto type = LLVM::LLVMFunctionType::get(result ? result : LLVM::LLVMVoidType::get(builder.getContext()),
                                            llvm::to_vector(arguments.getTypes()));
    callee = LLVM::LLVMFuncOp::create(outer, loc(), name, type);
  }
  auto call = LLVM::CallOp::create(builder, loc(), callee, arguments);
  return result ? call.getResult() : Value();
}

std::string tenon::userLine(Location location) {
  std::string line;
  location->walk([&](Location inner) {
    auto file = dyn_cast<FileLineColLoc>(inner);
    if (!file)
      return WalkResult::advance();
    line = (" (" + llvm::sys::path::filename(file.getFilename().getValue()) + ":" + Twine(file.getLine()) + ")").str();
    return WalkResult::interrupt();
  });
  return line;
}
