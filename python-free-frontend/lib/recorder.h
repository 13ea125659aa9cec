// Recording: what eager tapes of a thread have seen, in one list that they share.
#pragma once

#include "apply.h"
#include "state.h"
#include "tenon/gradients.h"

#include "mlir/IR/OwningOpRef.h"
#include "mlir/IR/Value.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/MapVector.h"

#include <deque>
#include <thread>

namespace tenon::detail {

/// Whether an eager tape of this thread records; what is not recorded costs the test of it.
extern constinit thread_local bool is_recording;
/// Whether a tape of this thread's trace records.
extern constinit thread_local bool is_recording_trace;

/// An operand as it was: a value, or a C++ number.
struct RecordedOperand {
  BufferRef value;
  Scalar number{};
  DType dtype = f32;
};

/// An attribute that owns what it refers to.
struct RecordedAttribute {
  Attribute attribute;
  llvm::SmallVector<std::int64_t, 4> list;
  std::string text;
  explicit RecordedAttribute(const Attribute &a) : attribute(a), list(a.list.begin(), a.list.end()), text(a.string) {}
  Attribute view() const {
    Attribute a = attribute;
    a.list = std::span(list.data(), list.size());
    a.string = text;
    return a;
  }
};

/// What gradient() of one tape was, for the tapes around it.
struct RecordedGradient {
  std::vector<BufferRef> targets, sources, cotangents;
  bool is_forward = false; ///< its cotangents are tangents of the sources, its results of the targets
  std::vector<std::size_t> records; ///< between the sources and the targets, ascending
};

/// The IR of a concrete function, which calls that were recorded keep.
struct CallIR {
  explicit CallIR(mlir::OwningOpRef<mlir::ModuleOp> module);
  ~CallIR();
  const std::uint64_t id;
  mlir::OwningOpRef<mlir::ModuleOp> module; ///< with @function
  bool is_inlined = false;                  ///< no calls; variables outside of regions only
};

/// A call of a concrete function. Its operands are the arguments, what it captured, and the variables `symbols`.
struct RecordedCall {
  std::shared_ptr<CallIR> code;
  std::vector<std::string> symbols;
};

struct Record;

/// What ran in a checkpoint. What it computed, and nobody else keeps, has no elements: a gradient computes it again.
struct RecordedCheckpoint {
  std::vector<Record> records;
};

/// One operation, or (without `op`) a gradient, a call, a value with a pullback of the user's or a checkpoint.
struct Record {
  const Op *op = nullptr;
  Location where;
  llvm::SmallVector<RecordedOperand, 3> operands;
  llvm::SmallVector<BufferRef, 1> results;
  std::vector<RecordedAttribute> attributes;
  llvm::SmallVector<std::int64_t, 3> segments;
  bool has_types = false; ///< the operation does not infer its result
  std::unique_ptr<RecordedGradient> gradient;
  std::unique_ptr<RecordedCall> call;
  std::shared_ptr<AnyPullback> pullback;
  std::shared_ptr<RecordedCheckpoint> checkpoint;
};

/// What a tape knows.
struct TapeState {
  /// A Variable that was read. Its value is a Buffer (eager) or an SSA value: the one of the first read.
  struct Read {
    BufferRef value;
    mlir::Value traced;
    std::size_t position = 0;
    bool assigned = false; ///< since
    bool again = false;    ///< and read again
    bool watched = true;
  };
  TapeOptions options;
  Location where;
  std::uint32_t trace = 0;           ///< the trace that it belongs to; 0: eager
  mlir::Block *block = nullptr;      ///< of a trace: where it began,
  mlir::Operation *before = nullptr; ///< and behind what; null: at the block's begin
  std::thread::id thread;
  bool used = false, recording = true;
  unsigned checkpoints = 0;           ///< that were running when it was made
  std::atomic<bool> abandoned{false}; ///< its object ended in another thread
  std::size_t start = 0;              ///< the first record that counts
  /// What it did not record: from one record to before another, the last until now while it pauses. In a trace: the
  /// operations, and behind what a pause began.
  bool pauses = false;
  llvm::SmallVector<std::pair<std::size_t, std::size_t>, 2> unrecorded;
  llvm::DenseSet<mlir::Operation *> skipped;
  mlir::Block *pause_block = nullptr;
  mlir::Operation *pause_before = nullptr;
  llvm::SmallVector<std::pair<BufferRef, std::size_t>, 4> watched;
  llvm::SmallVector<mlir::Value, 4> watched_values;
  llvm::DenseSet<const VariableState *> watched_variables; ///< although they may not be trainable
  llvm::MapVector<VariableState *, Read> reads;            ///< kept alive: by itself, or by the trace

  ~TapeState() { forget(); }
  void forget();
  bool has_recorded(std::size_t position) const {
    return position >= start && llvm::none_of(unrecorded, [&](const auto &part) {
             return position >= part.first && position < part.second;
           });
  }
};

/// The records of a thread and the tapes that may still ask for them.
struct Recorder {
  std::deque<Record> records;
  std::size_t first = 0;                    ///< the number of records.front()
  llvm::SmallVector<TapeState *, 2> tapes;  ///< that record, in the order of construction
  llvm::SmallVector<TapeState *, 2> traced; ///< the same, of this thread's traces
  llvm::DenseSet<const Buffer *> tracked;   ///< what some tape watches, and what was computed from it
  unsigned checkpoints = 0;                 ///< that are running: everything is recorded
  unsigned traced_checkpoints = 0;          ///< the same of this thread's traces, which have all in their IR

  std::size_t end() const { return first + records.size(); }
  Record &at(std::size_t i) { return records[i - first]; }
  void add(TapeState *tape);
  void remove(TapeState *tape);
  bool is_tracked(const Buffer *value) const { return tracked.contains(value); }
  /// Whether some tape records now.
  bool is_active() const {
    return llvm::any_of(tapes, [](const TapeState *tape) { return !tape->pauses; });
  }
  /// Appends a record, whose results depend on what is watched or not.
  Record &append(Record record, bool depends = true);
};
Recorder &recorder();
/// The tape records from now on, or no longer.
void begin(TapeState &tape);
void end(TapeState &tape);
/// The end of a pause.
void go_on(TapeState &tape);

/// Notes an operation that has just run, if it has to be.
void record(const Op &op, std::span<const Operand> operands, std::span<const Attribute> attributes,
            std::span<const TensorType> types, std::span<const BufferRef> results, Location where,
            std::span<const std::int64_t> segments);
/// Notes what is no operation, if it depends on what is watched.
void record(Record record);
/// The same as the first for one with an operand and a result of a known type, which ran without code: a reshape.
void record_view(const Tensor &x, Buffer *result, Location where);
/// In a checkpoint that runs, what gradients do not pass has to be known as well.
void record_stopped(const Tensor &x, Buffer *result, Location where);

/// What a thread's tapes record while it lives becomes one record when it ends.
class CheckpointScope {
public:
  explicit CheckpointScope(Location where);
  /// Ends it, unless an exception leaves it: then the records stay as they are.
  void finish();
  ~CheckpointScope();
  CheckpointScope(const CheckpointScope &) = delete;

private:
  void collapse();
  Location where_;
  std::size_t begin_;
  llvm::SmallVector<TapeState *, 2> tapes_; ///< that recorded when it began
  bool finished_ = false;
};
/// How many this thread runs now, in the mode that it is in.
unsigned checkpoints_running();
/// Throws Error where the tape was made outside of a checkpoint that is running.
void refuse_in_checkpoint(const TapeState &tape, const char *operation, Location where);

/// The value that an eager read of a variable gives: the tapes tell reads from what else has the same memory.
Buffer *read_recorded(VariableState *state, Location where);
/// A traced read.
void note_read(VariableState *state, mlir::Value value);
/// The variable has been assigned, eagerly or in the trace, as the call is.
void note_assigned(VariableState *state);

inline bool is_trainable(const VariableState &state) {
  return state.trainable && !state.frozen && is_floating(state.value->dtype);
}

// What a source is refused for, with the same words in both modes.
std::string describe_source(std::size_t i, const Source &source, Location where);
[[noreturn]] void not_watched(std::size_t i, const Source &source, Location where);
[[noreturn]] void unconnected(std::size_t i, const Source &source, std::size_t targets, Location where);
[[noreturn]] void past_is_used(Location where);
void check_read(const TapeState::Read &read, std::size_t i, const Source &source, Location where);

/// The gradients that a tape of this thread's trace is asked for, as a gradient op.
std::vector<Tensor> traced_gradients(TapeState &tape, const Targets &targets, std::span<const Source> sources,
                                     const GradientOptions &options);
/// The same forward: from tangents of the sources, those of the targets.
std::vector<Tensor> traced_tangents(TapeState &tape, const Targets &targets, std::span<const Source> sources,
                                    std::span<const Tensor> tangents);

/// The gradients that an eager tape is asked for.
class EagerGradient {
public:
  struct From {
    BufferRef value;          ///< null: it was never read
    std::size_t position = 0; ///< since when it is watched
  };
  /// `forward`: the cotangents are tangents, one for each source.
  EagerGradient(TapeState &tape, std::vector<BufferRef> targets, std::vector<From> sources,
                std::vector<BufferRef> cotangents, bool forward, Location where);
  /// Whether a target depends on this source.
  bool connected(std::size_t source) const;
  /// One for each source (forward: for each target), null for those that are not connected. A tape that records has it
  /// as a record.
  std::vector<BufferRef> run();

private:
  void slice();
  void check_past() const;
  bool is_source(const Buffer *value) const;
  std::vector<BufferRef> all_of(std::vector<BufferRef> results) const;
  TapeState &tape_;
  bool forward_;
  std::vector<BufferRef> targets_, cotangents_;
  std::vector<From> sources_;
  Location where_;
  std::vector<std::size_t> records_;
  llvm::DenseSet<const Buffer *> useful_;
};

} // namespace tenon::detail
