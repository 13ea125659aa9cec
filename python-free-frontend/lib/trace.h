// Trace: a function being recorded. Every Tensor object born meanwhile is a variable (a slot) with a present SSA value.
#pragma once

#include "context.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/OwningOpRef.h"

#include <functional>

namespace tenon::detail {

struct VariableState;
void retain(VariableState *state);
void release(VariableState *state);

/// An eager value that a trace read, and the Tensor object it was read from (null: a temporary).
struct Capture {
  const Tensor *source;
  BufferRef value;
};

class Trace {
public:
  /// What a captured eager value becomes: an input behind the named ones, which may change, or a constant.
  enum class Captures { inputs, constants };

  struct TracedVariable {
    VariableState *state;
    std::string symbol;
    bool assigned = false;
  };
  /// A module and the variables that its functions share.
  struct Module {
    explicit Module(mlir::MLIRContext &context);
    ~Module();
    mlir::OwningOpRef<mlir::ModuleOp> operation;
    llvm::SmallVector<TracedVariable, 4> variables; // kept alive
  };

  /// Starts `func.func @name` in `module` and makes it this thread's trace. Holds compiler_mutex().
  Trace(Module &module, const std::string &name, Captures captures, Location where);
  ~Trace();
  Trace(const Trace &) = delete;
  static Trace *current();

  mlir::OpBuilder &builder() { return builder_; }
  mlir::MLIRContext *context() { return builder_.getContext(); }
  mlir::ModuleOp module() { return *module_.operation; }
  mlir::func::FuncOp function() { return function_; }

  /// A parameter of the function; before anything is captured.
  mlir::Value parameter(const TensorType &type, Location where);
  /// Ends the function with these results and stops being this thread's trace. The module stays.
  void finish(llvm::ArrayRef<mlir::Value> results, Location where);

  /// A Tensor object for an SSA value.
  Tensor bind(mlir::Value value, Location where);
  /// The SSA value that `x` has now: its slot's, or a capture. Throws Error for a Tensor without a value.
  mlir::Value read(const Tensor &x, const char *operation, Location where);
  /// Its type, without capturing.
  TensorType type(const Tensor &x, const char *operation, Location where);

  /// Where the object `x` came into being.
  Location born_at(const Tensor &x) const;

  // What happens to Tensor objects while this trace runs.
  void born(Tensor &x, Location where);
  void copied(Tensor &x, const Tensor &from, Location where);
  void assigned(Tensor &x, const Tensor &from);
  void dropped(Tensor &x);

  /// The symbol of a variable in this module; the trace keeps it alive.
  std::string variable(VariableState *state, bool assigns, Location where);

  llvm::ArrayRef<Capture> captures() const { return captures_; }
  std::uint32_t id() const { return id_; }

private:
  struct Slot {
    mlir::Value value; // null: no value yet
    Location born;
  };
  std::int32_t new_slot(mlir::Value value, Location where);
  mlir::Value capture(const Tensor *source, Buffer *value);

  friend class PauseTrace;
  std::unique_lock<std::recursive_mutex> lock_;
  std::uint32_t id_;
  Captures kind_;
  Module &module_;
  mlir::func::FuncOp function_;
  mlir::OpBuilder builder_;
  std::vector<Slot> slots_;
  std::vector<std::int32_t> free_slots_;
  llvm::SmallVector<Capture, 4> captures_;
  llvm::SmallVector<mlir::Value, 4> captured_values_;
  bool active_ = true;
};

/// Runs operations at once while it lives, although a trace is in progress: for first values of variables.
class PauseTrace {
public:
  PauseTrace();
  ~PauseTrace();
  PauseTrace(const PauseTrace &) = delete;

private:
  Trace *trace_;
};

} // namespace tenon::detail
