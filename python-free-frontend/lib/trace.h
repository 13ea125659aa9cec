// Trace: a function being recorded. Every Tensor object born meanwhile is a variable (a slot) with a present SSA value.
#pragma once

#include "context.h"
#include "frames.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/OwningOpRef.h"

#include <deque>

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

  /// More operations than this are an Error, which calls the function by its name.
  struct Budget {
    std::int64_t operations = 1'000'000;
    std::string function = "function";
  };
  /// Starts `func.func @name` in `module` and makes it this thread's trace. Holds compiler_mutex().
  Trace(Module &module, const std::string &name, Captures captures, Location where, Budget budget);
  ~Trace();
  Trace(const Trace &) = delete;
  static Trace *current();
  /// This thread's trace, also while it is paused.
  static Trace *building();

  mlir::OpBuilder &builder() { return builder_; }
  mlir::MLIRContext *context() { return builder_.getContext(); }
  mlir::ModuleOp module() { return *module_.operation; }
  mlir::func::FuncOp function() { return function_; }

  /// A parameter of the function; before anything is captured. `names` of its open dimensions: equal names are equal
  /// sizes.
  mlir::Value parameter(const TensorType &type, Location where, llvm::ArrayRef<std::string> names = {});
  /// The name of an open dimension of a parameter, or empty.
  llvm::StringRef name_of(mlir::Value parameter, std::int64_t axis) const;
  /// Ends the function with these results and stops being this thread's trace. The module stays.
  void finish(llvm::ArrayRef<mlir::Value> results, Location where);

  /// A Tensor object for an SSA value.
  Tensor bind(mlir::Value value, Location where);
  /// Makes an object without a value, whenever it came into being, a variable of this trace.
  void bind(Tensor &x, mlir::Value value, Location where);
  /// The SSA value that `x` has now: its slot's, or a capture. Throws Error for a Tensor without a value.
  mlir::Value read(const Tensor &x, const char *operation, Location where);
  /// Its type, without capturing.
  TensorType type(const Tensor &x, const char *operation, Location where);

  /// Where the object `x` came into being.
  Location born_at(const Tensor &x) const;

  // What happens to Tensor objects while this trace runs.
  void born(Tensor &x, Location where);
  void copied(Tensor &x, const Tensor &from, Location where);
  void moved(Tensor &x, const Tensor &from);
  void assigned(Tensor &x, const Tensor &from);
  void dropped(Tensor &x);
  /// A captured eager Tensor ends: its value stays an input.
  void forget(const Tensor &x);

  /// The symbol of a variable in this module; the trace keeps it alive.
  std::string variable(VariableState *state, bool assigns, Location where);

  llvm::ArrayRef<Capture> captures() const { return captures_; }
  std::uint32_t id() const { return id_; }

  // ---- variables and regions: regions.cpp

  /// A Tensor object: a variable.
  struct Slot {
    Frame *home = nullptr; ///< where it came into being; null once its region has ended
    Location born;
    bool trusted = false; ///< never in doubt: what a function returns, flags
  };
  /// Builds behind what a block has, which may be in a region that belongs to no operation yet.
  mlir::OpBuilder at_end(mlir::Block *block) {
    mlir::OpBuilder builder(context());
    builder.setInsertionPointToEnd(block);
    return builder;
  }
  Frame *top() { return top_; }
  Frame &root() { return root_; }
  Slot &slot(SlotNumber number) { return slots_[std::size_t(number)]; }
  /// A variable of `home`, whose object may end or not.
  SlotNumber new_slot(mlir::Value value, Location where, Frame *home);
  /// What the variable holds in `frame`. Crossing into a loop makes a provisional argument.
  Current lookup(Frame *frame, SlotNumber number);
  void write(SlotNumber number, Current value);
  /// Text that lives as long as the trace.
  const std::string *keep(std::string text) { return &texts_.emplace_back(std::move(text)); }

  /// Opens a region: operations go there.
  void enter(Frame &frame);
  /// Back in `frame`, which is around the present one.
  void leave_to(Frame *frame);
  /// Something has been traced. Throws what a destructor could not, and when there has been too much.
  void step(Location where);
  /// Throws what a destructor could not.
  void check();
  /// The trace cannot go on, since an error left one of its regions.
  void abort() { aborted_ = true; }
  /// The last line of the user's that this trace has seen.
  Location last() const { return last_; }
  void saw(Location where);

  /// A Variable came into being: it has to outlive the trace.
  void made(VariableState *state);
  bool is_retrace = false;    ///< the function has been traced before
  bool has_gradients = false; ///< asks for some

  Scope *scope = nullptr;                              ///< the innermost
  llvm::SmallVectorImpl<SlotNumber> *record = nullptr; ///< gathers new variables
  Frame *adopts = nullptr;                             ///< new variables are of this frame, around the present one

private:
  void check_made();
  SlotNumber new_slot(Current value, Location where);
  mlir::Value capture(const Tensor *source, Buffer *value);
  bool is_unset(const Tensor &x);
  Current current_of(const Tensor &x, const char *operation);

  friend class PauseTrace;
  std::unique_lock<std::recursive_mutex> lock_;
  std::uint32_t id_;
  Captures kind_;
  Module &module_;
  mlir::func::FuncOp function_;
  mlir::OpBuilder builder_;
  Frame root_;
  Frame *top_ = &root_;
  std::vector<Slot> slots_;
  std::vector<SlotNumber> free_slots_;
  llvm::SmallVector<Capture, 4> captures_;
  llvm::SmallVector<mlir::Value, 4> captured_values_;
  llvm::SmallVector<std::pair<mlir::Value, llvm::SmallVector<std::string, 4>>, 4> named_;
  std::deque<std::string> texts_;
  std::optional<Error> deferred_;
  llvm::SmallVector<VariableState *, 4> made_; // kept alive
  Location last_;
  Budget budget_;
  std::int64_t steps_ = 0;
  bool active_ = true, aborted_ = false;
};

/// Runs operations at once while it lives, although a trace is in progress: for first values of variables.
class PauseTrace {
public:
  PauseTrace();
  ~PauseTrace();
  PauseTrace(const PauseTrace &) = delete;

private:
  Trace *trace_, *outer_;
};

} // namespace tenon::detail
