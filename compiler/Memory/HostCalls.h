// Calls of the runtime from a function's body: its texts, its arrays on the stack.
#pragma once

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

namespace mlir::tenon {

/// Builds calls in one function whose first argument is the frame. `texts` are the module's string constants, shared.
class HostCalls {
public:
  HostCalls(func::FuncOp function, llvm::StringMap<LLVM::GlobalOp> &texts);

  OpBuilder builder; ///< where it stands is where things are made
  Type i32, i64, pointer;

  Value frame() { return function.getArgument(0); }
  Location loc() { return builder.getInsertionPoint()->getLoc(); }
  Value constant(Type type, int64_t value);
  Value null();
  /// The address of a NUL-terminated constant.
  Value text(StringRef value);
  /// Room for `count` elements on the function's stack.
  Value stackArray(Type element, int64_t count);
  /// Stores `values`, cast to i64, one after the other; null for none.
  Value storeIntegers(ValueRange values);
  /// Calls a function of the runtime; null where it returns nothing.
  Value call(StringRef name, ValueRange arguments, Type result = {});

private:
  ModuleOp module;
  func::FuncOp function;
  llvm::StringMap<LLVM::GlobalOp> &texts;
};

/// " (model.cpp:31)", the user's line, where it is known.
std::string userLine(Location location);

/// Lists become pointers, their elements memory that the runtime tells.
LogicalResult lowerLists(func::FuncOp function, HostCalls &calls);

} // namespace mlir::tenon
