// What tracing and compiling share: the MLIR context, the lock around it, and types and locations in MLIR's form.
#pragma once

#include "buffer.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/MLIRContext.h"

#include <memory>
#include <mutex>

namespace tenon::detail {

/// The dtype and shape of a value; `open` sizes are known only to the running function.
struct TensorType {
  DType dtype = f32;
  llvm::SmallVector<std::int64_t, 6> dims;
  bool is_static() const { return !llvm::is_contained(dims, open); }
  std::string describe() const { return detail::describe(dtype, dims); }
  bool operator==(const TensorType &) const = default;
  static TensorType of(const Buffer &value) { return {value.dtype, {value.dims, value.dims + value.rank}}; }
};

/// A context with Tenon's dialects, one thread.
std::unique_ptr<mlir::MLIRContext> make_context();
/// The context of eager operations and functions in this process. Use it under compiler_mutex().
mlir::MLIRContext &shared_context();
/// Held while a function is traced and compiled: MLIR contexts here are single-threaded.
std::recursive_mutex &compiler_mutex();

mlir::RankedTensorType to_mlir(const TensorType &type, mlir::MLIRContext *context);
TensorType from_mlir(mlir::Type type);
mlir::Location to_mlir(Location location, mlir::MLIRContext *context);
/// The elements as an attribute; the context keeps a copy.
mlir::DenseElementsAttr to_mlir(const Buffer &value, mlir::MLIRContext *context);
mlir::DenseElementsAttr to_mlir(Scalar value, DType dtype, mlir::MLIRContext *context);

/// Collects MLIR's diagnostics of this thread while it lives.
class Diagnostics {
public:
  explicit Diagnostics(mlir::MLIRContext *context);
  /// The messages in order, notes included, one a line.
  const std::string &text() const { return text_; }

private:
  std::string text_;
  mlir::ScopedDiagnosticHandler handler_;
};

} // namespace tenon::detail
