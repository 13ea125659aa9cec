// Checkpoints: eagerly what ran becomes one record without the elements of what only it needs; traced it is a region.
#include "merge.h"
#include "recorder.h"
#include "tenon/gradients.h"

#include "dialects/Tenon/Dialect.h"

namespace tenon::detail {

// ---- tapes --------------------------------------------------------------------------------------------------------

unsigned checkpoints_running() {
  const Recorder &r = recorder();
  return is_tracing ? r.traced_checkpoints : r.checkpoints;
}

void refuse_in_checkpoint(const TapeState &tape, const char *operation, Location where) {
  if (tape.checkpoints < checkpoints_running())
    throw Error(operation, "the tape was made outside of the checkpoint that is running", where,
                "a gradient computes again what is inside: watch before the call and ask behind it, or make the tape "
                "inside");
}

// ---- eager --------------------------------------------------------------------------------------------------------

CheckpointScope::CheckpointScope(Location where)
    : where_(where), begin_(recorder().end()), tapes_(recorder().tapes.begin(), recorder().tapes.end()) {
  ++recorder().checkpoints;
}

CheckpointScope::~CheckpointScope() {
  if (!finished_)
    --recorder().checkpoints;
}

void CheckpointScope::finish() {
  Recorder &r = recorder();
  --r.checkpoints;
  finished_ = true;
  // A tape that was made inside and lives on may ask for what is inside.
  const bool is_around = llvm::any_of(tapes_, [&](TapeState *tape) { return llvm::is_contained(r.tapes, tape); });
  if (is_around && r.end() > begin_ && llvm::all_of(r.tapes, [&](TapeState *tape) { return tape->start <= begin_; }))
    collapse();
}

namespace {

// Every value that a record refers to.
template <class F> void each_value(Record &record, F f) {
  for (RecordedOperand &x : record.operands)
    if (x.value)
      f(x.value);
  for (BufferRef &x : record.results) f(x);
  if (record.gradient)
    for (std::vector<BufferRef> *list :
         {&record.gradient->targets, &record.gradient->sources, &record.gradient->cotangents})
      for (BufferRef &x : *list) f(x);
  if (record.checkpoint)
    for (Record &inner : record.checkpoint->records) each_value(inner, f);
}

// Which results of the records only these refer to. Views hold what they are views of, which comes before them.
llvm::DenseSet<const Buffer *> find_internal(std::span<Record> records) {
  llvm::DenseMap<const Buffer *, std::uint32_t> references;
  for (Record &record : records) each_value(record, [&](BufferRef &x) { ++references[x.get()]; });
  llvm::DenseSet<const Buffer *> internal;
  for (Record &record : llvm::reverse(records))
    for (const BufferRef &result : record.results) {
      if (result->references.load(std::memory_order_acquire) > references.lookup(result.get()) ||
          !internal.insert(result.get()).second)
        continue;
      if (result->owner)
        ++references[result->owner];
    }
  return internal;
}

} // namespace

void CheckpointScope::collapse() {
  Recorder &r = recorder();
  // A Variable's value, as one tape knows it, made of what another one does: that is what went in.
  llvm::DenseSet<const Buffer *> read;
  for (TapeState *tape : r.tapes)
    for (auto &[state, of] : tape->reads) {
      read.insert(of.value.get());
      of.position = std::min(of.position, begin_);
    }
  std::vector<Record> inside, before;
  std::vector<std::size_t> numbers; // of what was recorded, among those inside
  for (std::size_t i = begin_; i < r.end(); ++i) {
    Record &record = r.at(i);
    const bool is_read = record.results.size() == 1 && read.contains(record.results[0].get());
    numbers.push_back(inside.size());
    (is_read ? before : inside).push_back(std::move(record));
  }
  r.records.resize(begin_ - r.first);
  for (Record &record : before) r.records.push_back(std::move(record));

  const llvm::DenseSet<const Buffer *> internal = find_internal(inside);
  // What the values that live on are made of.
  llvm::DenseSet<const Buffer *> needed;
  std::vector<bool> kept(inside.size());
  for (std::size_t i = inside.size(); i-- > 0;) {
    Record &record = inside[i];
    kept[i] = kept[i] || llvm::any_of(record.results, [&](const BufferRef &x) {
                return !internal.contains(x.get()) || needed.contains(x.get());
              });
    if (!kept[i])
      continue;
    for (const RecordedOperand &x : record.operands)
      if (x.value)
        needed.insert(x.value.get());
    if (!record.gradient)
      continue;
    for (std::vector<BufferRef> *list :
         {&record.gradient->targets, &record.gradient->sources, &record.gradient->cotangents})
      for (const BufferRef &x : *list) needed.insert(x.get());
    for (std::size_t &number : record.gradient->records) kept[number = numbers[number - begin_]] = true;
  }

  Record record;
  record.where = where_;
  record.checkpoint = std::make_shared<RecordedCheckpoint>();
  std::vector<std::size_t> moved(inside.size());
  llvm::DenseSet<const Buffer *> made, given;
  llvm::DenseMap<const Buffer *, BufferRef> outlines;
  bool depends = false;
  for (std::size_t i = 0; i < inside.size(); ++i) {
    for (const BufferRef &result : inside[i].results)
      if (internal.contains(result.get()))
        r.tracked.erase(result.get());
    if (!kept[i])
      continue;
    moved[i] = record.checkpoint->records.size();
    if (inside[i].gradient)
      for (std::size_t &number : inside[i].gradient->records) number = moved[number];
    for (const RecordedOperand &x : inside[i].operands)
      if (x.value && !made.contains(x.value.get()) && given.insert(x.value.get()).second)
        record.operands.push_back({x.value});
    for (const BufferRef &result : inside[i].results) {
      made.insert(result.get());
      if (!internal.contains(result.get())) {
        record.results.push_back(result);
        depends |= r.is_tracked(result.get());
      } else {
        outlines.try_emplace(result.get(), BufferRef(outline(*result)));
      }
    }
    record.checkpoint->records.push_back(std::move(inside[i]));
  }
  for (Record &inner : record.checkpoint->records)
    each_value(inner, [&](BufferRef &x) {
      if (auto found = outlines.find(x.get()); found != outlines.end())
        x = found->second;
    });
  // Its results are tracked already, those that depend on something that is.
  if (!record.results.empty() && (depends || r.checkpoints))
    r.append(std::move(record), /*depends=*/false);
}

// ---- traced -------------------------------------------------------------------------------------------------------

static void trace_checkpoint(Trace &trace, FnRef<void()> body, Location where) {
  trace.step(where);
  const mlir::Location location = to_mlir(where, trace.context());
  Frame frame(Frame::branch, "checkpoint", where, trace.top());
  struct Running {
    Running() { ++recorder().traced_checkpoints; }
    ~Running() { --recorder().traced_checkpoints; }
  };
  {
    const Running running;
    run_region(trace, frame, body);
  }
  llvm::SmallVector<std::pair<SlotNumber, Current>> assigned;
  llvm::SmallVector<mlir::Value> values;
  for (SlotNumber number : frame.assigned) {
    assigned.emplace_back(number, frame.now.lookup(number));
    if (const mlir::Value value = assigned.back().second.value) {
      if (llvm::isa<mlir::tenon::ListType>(value.getType()))
        throw Error("checkpoint", "it appends to a TensorArray that was made outside of it", where,
                    "give what it computes as a result, and append that");
      values.push_back(value);
    }
  }
  for (mlir::Operation &op : *frame.block)
    op.walk([&](mlir::Operation *inner) {
      for (mlir::Value value : inner->getOperands())
        if (llvm::isa<mlir::tenon::ListType>(value.getType()) && !is_inside(frame.region, value.getParentRegion()))
          throw Error("checkpoint", "it reads a TensorArray that grows and was made outside of it", where,
                      "give what it reads as an argument");
    });
  auto builder = trace.at_end(frame.block);
  mlir::tenon::YieldOp::create(builder, location, values);
  auto op = mlir::tenon::CheckpointOp::create(trace.builder(), location, mlir::ValueRange(values).getTypes());
  op.getBody().takeBody(frame.region);
  unsigned next = 0;
  for (auto &[number, now] : assigned) {
    if (now.value)
      now.value = op.getResult(next++);
    trace.write(number, now);
  }
  if (frame.left)
    throw Unwind{frame.returned};
  guard_rest(trace, frame.assigned, where);
}

void run_checkpoint(FnRef<void()> body, Location where) {
  if (is_tracing)
    return trace_checkpoint(*Trace::current(), body, where);
  if (!is_recording || !recorder().is_active())
    return body();
  CheckpointScope scope(where);
  body();
  scope.finish();
}

} // namespace tenon::detail
