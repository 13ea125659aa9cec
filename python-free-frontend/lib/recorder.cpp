// The list of a thread's records: what depends on what some tape watches is appended, and dropped with the last tape.
#include "recorder.h"
#include "trace.h"

namespace tenon::detail {

constinit thread_local bool is_recording = false, is_recording_trace = false;

Recorder &recorder() {
  static thread_local Recorder instance;
  return instance;
}

void TapeState::forget() {
  if (!trace)
    for (auto &[state, read] : reads) release(state);
  reads.clear();
  watched.clear();
  watched_values.clear();
  watched_variables.clear();
  unrecorded.clear();
  skipped.clear();
}

void Recorder::add(TapeState *tape) {
  tape->start = end();
  tapes.push_back(tape);
  is_recording = true;
}

void Recorder::remove(TapeState *tape) {
  llvm::erase(tapes, tape);
  // Tapes that ended in another thread are let go here, where the list is not in use.
  for (TapeState *other : llvm::SmallVector<TapeState *, 2>(tapes))
    if (other->abandoned.load(std::memory_order_acquire)) {
      llvm::erase(tapes, other);
      delete other;
    }
  is_recording = !tapes.empty();
  if (!is_recording) {
    records.clear();
    tracked.clear();
    first = 0;
    return;
  }
  // What no tape can ask for goes; a gradient may need records from before the tape that has it.
  std::size_t needed = end();
  for (const TapeState *other : tapes) needed = std::min(needed, other->start);
  for (std::size_t i = end(); i-- > needed;)
    if (const auto &gradient = at(i).gradient; gradient && !gradient->records.empty())
      needed = std::min(needed, std::max(gradient->records.front(), first));
  for (; first < needed; ++first) {
    for (const BufferRef &result : records.front().results) tracked.erase(result.get());
    records.pop_front();
  }
}

Record &Recorder::append(Record record, bool depends) {
  for (const BufferRef &result : record.results)
    if (depends && is_floating(result->dtype))
      tracked.insert(result.get());
  return records.emplace_back(std::move(record));
}

void record(const Op &op, std::span<const Operand> operands, std::span<const Attribute> attributes,
            std::span<const TensorType> types, std::span<const BufferRef> results, Location where,
            std::span<const std::int64_t> segments) {
  Recorder &r = recorder();
  const bool depends =
      std::ranges::any_of(operands,
                          [&](const Operand &x) { return x.tensor && r.is_tracked(Access::buffer(*x.tensor)); }) &&
      std::ranges::any_of(results, [](const BufferRef &x) { return is_floating(x->dtype); });
  if ((!depends && (!r.checkpoints || results.empty())) || !r.is_active())
    return;
  Record record;
  record.op = &op;
  record.where = where;
  for (const Operand &x : operands)
    record.operands.push_back(x.tensor ? RecordedOperand{BufferRef::share(Access::buffer(*x.tensor))}
                                       : RecordedOperand{{}, x.scalar, x.dtype});
  record.results.assign(results.begin(), results.end());
  for (const Attribute &attribute : attributes) record.attributes.emplace_back(attribute);
  record.segments.assign(segments.begin(), segments.end());
  record.has_types = !types.empty();
  r.append(std::move(record), depends);
}

void record(Record record) {
  Recorder &r = recorder();
  const bool depends =
      std::ranges::any_of(record.operands,
                          [&](const RecordedOperand &x) { return x.value && r.is_tracked(x.value.get()); }) &&
      std::ranges::any_of(record.results, [](const BufferRef &x) { return is_floating(x->dtype); });
  if ((depends || r.checkpoints) && r.is_active())
    r.append(std::move(record), depends);
}

static std::uint64_t next_call() {
  static std::atomic<std::uint64_t> last{0};
  return ++last;
}
CallIR::CallIR(mlir::OwningOpRef<mlir::ModuleOp> module) : id(next_call()), module(std::move(module)) {}
CallIR::~CallIR() {
  std::lock_guard lock(compiler_mutex());
  module = nullptr;
}

static constexpr Op reshape_op{"tenon.reshape"}, stop_op{"tenon.stop_gradient"};

void record_stopped(const Tensor &x, Buffer *result, Location where) {
  Record record;
  record.op = &stop_op;
  record.where = where;
  record.operands.push_back({BufferRef::share(Access::buffer(x))});
  record.results.push_back(BufferRef::share(result));
  recorder().append(std::move(record), /*depends=*/false);
}

void record_view(const Tensor &x, Buffer *result, Location where) {
  const Operand operand(x);
  const TensorType type = TensorType::of(*result);
  const BufferRef value = BufferRef::share(result);
  record(reshape_op, std::span(&operand, 1), {}, std::span(&type, 1), std::span(&value, 1), where, {});
}

// ---- variables ----------------------------------------------------------------------------------------------------

// A value that nothing else on a tape is: not what was assigned to the variable, nor what another one holds.
static BufferRef own_value(const Recorder &r, const VariableState *state) {
  const BufferRef &value = state->value;
  const bool shared = value->references.load(std::memory_order_acquire) > 1 || r.is_tracked(value.get());
  return shared ? BufferRef(view(value.get(), value->shape())) : value;
}

Buffer *read_recorded(VariableState *state, Location where) {
  Recorder &r = recorder();
  BufferRef now; // as the tapes around know it
  bool is_new = false;
  for (TapeState *tape : r.tapes) {
    if (tape->pauses)
      continue;
    if (auto found = tape->reads.find(state); found != tape->reads.end()) {
      if (found->second.assigned) {
        found->second.again = true;
        now = {};
      } else {
        now = found->second.value;
      }
      is_new = false;
      continue;
    }
    if (!tape->watched_variables.contains(state) && !(tape->options.watch_variables && is_trainable(*state)))
      continue;
    if (!now) {
      now = own_value(r, state);
      r.tracked.insert(now.get());
      is_new = true;
    } else if (!is_new) {
      // Read before this tape began: what was computed from that is a constant to it, so that it needs its own value.
      const Tensor outer = Access::adopt(BufferRef(now).take());
      now = BufferRef(view(now.get(), now->shape()));
      record_view(outer, now.get(), where);
      is_new = true;
    }
    retain(state);
    tape->reads.insert({state, TapeState::Read{now, {}, r.end()}});
  }
  if (!now) // not watched: what it was assigned does not reach through it
    now = r.is_tracked(state->value.get()) ? own_value(r, state) : state->value;
  return now.take();
}

// The tapes of the trace that this thread makes.
template <class F> static void each_traced(F f) {
  for (TapeState *tape : recorder().traced)
    if (tape->trace == Trace::current()->id())
      f(*tape);
}

void note_read(VariableState *state, mlir::Value value) {
  each_traced([&](TapeState &tape) {
    if (tape.pauses)
      return;
    auto [read, is_first] = tape.reads.insert({state, {}});
    if (is_first) {
      read->second.traced = value;
      read->second.watched =
          tape.watched_variables.contains(state) || (tape.options.watch_variables && is_trainable(*state));
    } else if (read->second.assigned) {
      read->second.again = true;
    }
  });
}

void note_assigned(VariableState *state) {
  const auto note = [&](TapeState &tape) {
    if (auto found = tape.reads.find(state); found != tape.reads.end())
      found->second.assigned = true;
  };
  if (is_tracing)
    return each_traced(note);
  for (TapeState *tape : recorder().tapes) note(*tape);
}

} // namespace tenon::detail
