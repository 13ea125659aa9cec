// What was recorded as more than one operation, put into the function that is differentiated.
#pragma once

#include "recorder.h"
#include "trace.h"

#include "mlir/IR/Builders.h"

namespace tenon::detail {

/// A pullback of the user's, traced: `@pullback` takes a cotangent and then what it captured.
struct TracedPullback {
  std::shared_ptr<Trace::Module> module;
  std::string text; ///< for keys
  std::vector<BufferRef> captures;
};
/// Throws Error where it does not give a gradient for each operand but the last, which is the value.
TracedPullback trace_pullback(const Record &record);

/// What a pullback gave, as values of the trace. Throws Error where it is not one for each type.
llvm::SmallVector<mlir::Value> pullback_values(Trace &trace, const std::vector<Tensor> &gradients,
                                               llvm::ArrayRef<TensorType> types, Location where);

/// The value with the pullback.
mlir::Value inline_pullback(mlir::OpBuilder &builder, const TracedPullback &pullback, mlir::Value value,
                            mlir::ValueRange sources, mlir::ValueRange captures, mlir::Location location);

/// The tangents of targets: the gradient of the gradient with respect to its cotangents, of which that is a linear
/// function.
llvm::SmallVector<mlir::Value> create_tangents(mlir::OpBuilder &builder, mlir::Location location,
                                               mlir::ValueRange targets, mlir::ValueRange sources,
                                               mlir::ValueRange tangents);

/// The results of a call, in the types of `results`. Prints and checks, which have been made, are left out, and what is
/// assigned to variables too.
llvm::SmallVector<mlir::Value> inline_call(mlir::OpBuilder &builder, const RecordedCall &call,
                                           mlir::ValueRange operands, llvm::ArrayRef<BufferRef> results,
                                           mlir::Location location);

} // namespace tenon::detail
