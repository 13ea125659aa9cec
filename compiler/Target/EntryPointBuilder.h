// Builds functions in the LLVM dialect: the vocabulary that entry points and description tables are written in.
#pragma once

#include "compiler/Target/Signature.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace mlir::tenon {

/// Small helpers around one module and an insertion point.
class EntryPointBuilder : public ImplicitLocOpBuilder {
public:
  EntryPointBuilder(ModuleOp module, unsigned indexBits);

  LLVM::LLVMPointerType pointer;
  IntegerType i8, i32, i64, index;
  LLVM::LLVMVoidType none;
  unsigned pointerBytes;

  ModuleOp getModule() { return module; }
  Value constant(IntegerType type, int64_t value) {
    return LLVM::ConstantOp::create(*this, type, getIntegerAttr(type, value));
  }
  Value null() { return LLVM::ZeroOp::create(*this, pointer); }
  Value addressOf(LLVM::GlobalOp global) { return LLVM::AddressOfOp::create(*this, pointer, global.getSymName()); }
  Value addressOf(LLVM::LLVMFuncOp function) {
    return LLVM::AddressOfOp::create(*this, pointer, function.getSymName());
  }
  /// `base` plus a number of bytes.
  Value advance(Value base, int64_t bytes);
  Value load(Type type, Value address) { return LLVM::LoadOp::create(*this, type, address); }
  Value compare(LLVM::ICmpPredicate predicate, Value lhs, Value rhs) {
    return LLVM::ICmpOp::create(*this, predicate, lhs, rhs);
  }

  /// Starts a function: the insertion point moves into its entry block. Nothing that Tenon emits unwinds.
  LLVM::LLVMFuncOp startFunction(StringRef name, Type result, ArrayRef<Type> parameters, bool isPublic);
  /// Declares a function of the runtime.
  LLVM::LLVMFuncOp declare(StringRef name, Type result, ArrayRef<Type> parameters);
  /// Branches to a new block that ends in `return what()` where `condition` holds, which it seldom does; goes on in
  /// another.
  void returnIf(Value condition, function_ref<Value()> what);

  /// A constant, NUL-terminated string; equal ones are one.
  LLVM::GlobalOp getString(StringRef text);
  /// An internal constant whose value `build` computes with constant ops.
  LLVM::GlobalOp createTable(StringRef name, Type type, function_ref<Value()> build);
  /// An internal constant with an attribute for a value.
  LLVM::GlobalOp createConstant(StringRef name, Type type, Attribute value, unsigned alignment);
  /// A struct constant out of its fields.
  Value makeStruct(LLVM::LLVMStructType type, ArrayRef<Value> fields);
  /// An array constant out of its elements.
  Value makeArray(Type elementType, ArrayRef<Value> elements);

private:
  ModuleOp module;
  llvm::StringMap<LLVM::GlobalOp> strings;
};

} // namespace mlir::tenon
