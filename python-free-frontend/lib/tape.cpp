// GradientTape: who is watched, what may be asked, and the gradient op in a trace.
#include "tenon/tape.h"
#include "promote.h"
#include "recorder.h"
#include "tenon/ops.h"
#include "trace.h"

namespace tenon {

using namespace detail;

// ---- life ---------------------------------------------------------------------------------------------------------

GradientTape::GradientTape(TapeOptions options, Location where) : state_(new TapeState) {
  state_->options = options;
  state_->where = where;
  state_->thread = std::this_thread::get_id();
  if (is_tracing) {
    Trace &trace = *Trace::current();
    state_->trace = trace.id();
    state_->block = trace.top()->block;
    state_->before = state_->block->empty() ? nullptr : &state_->block->back();
  }
  state_->checkpoints = checkpoints_running();
  begin(*state_);
}

void detail::begin(TapeState &tape) {
  Recorder &r = recorder();
  tape.recording = true;
  if (!tape.trace)
    return r.add(&tape);
  r.traced.push_back(&tape);
  is_recording_trace = true;
}

void detail::end(TapeState &tape) {
  if (!tape.recording)
    return;
  tape.recording = false;
  Recorder &r = recorder();
  if (!tape.trace)
    return r.remove(&tape);
  llvm::erase(r.traced, &tape);
  is_recording_trace = !r.traced.empty();
}

GradientTape::~GradientTape() {
  if (state_->thread != std::this_thread::get_id() && state_->recording) {
    state_->abandoned.store(true, std::memory_order_release); // its thread lets it go
    return;
  }
  end(*state_);
  delete state_;
}

// The tape, where it may be used: in the thread and the trace that it was made in.
static TapeState &usable(TapeState *tape, const char *operation, Location where) {
  if (tape->thread != std::this_thread::get_id())
    throw Error(operation, "the tape was made in another thread", where, "a tape records one thread: make one in each");
  if (tape->trace != (is_tracing ? Trace::current()->id() : 0))
    throw Error(operation,
                tape->trace ? "the tape was made in a traced function, which is not this one"
                            : "the tape was made outside of the function that is being traced",
                where, "make the tape where its gradients are wanted");
  if (tape->used)
    throw Error(operation, "the tape has been used", where,
                "a tape gives gradients once, unless it is made as GradientTape tape({.persistent = true})");
  return *tape;
}

static void require_floating(const TensorType &type, const char *operation, const std::string &who, Location where) {
  if (!is_floating(type.dtype))
    throw Error(operation, who + " is " + type.describe() + ": integers and booleans have no gradient", where,
                "cast it before it is watched");
}

void GradientTape::watch(const Tensor &x, Location where) {
  TapeState &tape = usable(state_, "watch", where);
  refuse_in_checkpoint(tape, "watch", where);
  require_floating(type_of(x, "watch", where), "watch", "the Tensor", where);
  if (tape.trace) {
    tape.watched_values.push_back(Trace::current()->read(x, "watch", where));
    return;
  }
  Recorder &r = recorder();
  tape.watched.emplace_back(BufferRef::share(Access::buffer(x)), r.end());
  r.tracked.insert(Access::buffer(x));
}

void GradientTape::watch(const Variable &x, Location where) {
  TapeState &tape = usable(state_, "watch", where);
  VariableState *state = Access::state(x);
  require_floating(TensorType::of(*state->value), "watch", "the Variable", where);
  tape.watched_variables.insert(state);
}

GradientTape::Pause GradientTape::stop_recording(Location where) {
  TapeState &tape = usable(state_, "stop_recording", where);
  refuse_in_checkpoint(tape, "stop_recording", where);
  if (tape.pauses)
    throw Error("stop_recording", "the tape pauses already", where, "end one pause before the next");
  tape.pauses = true;
  if (!tape.trace) {
    tape.unrecorded.emplace_back(recorder().end(), std::size_t(-1));
  } else {
    tape.pause_block = Trace::current()->top()->block;
    tape.pause_before = tape.pause_block->empty() ? nullptr : &tape.pause_block->back();
  }
  return Pause(&tape);
}

GradientTape::Pause::~Pause() { go_on(*tape_); }

void detail::go_on(TapeState &tape) {
  tape.pauses = false;
  if (tape.used)
    return; // it gave its gradients meanwhile
  if (!tape.trace) {
    if (!tape.unrecorded.empty())
      tape.unrecorded.back().second = recorder().end();
    return;
  }
  if (!is_tracing || Trace::current()->id() != tape.trace)
    return; // an error ends the trace
  // What has come since, in this block and, behind a statement that some path left, in those within.
  for (Frame *frame = Trace::current()->top(); frame; frame = frame->up) {
    if (!frame->block)
      continue;
    const bool is_first = frame->block == tape.pause_block;
    mlir::Block::iterator op = frame->block->begin();
    if (is_first && tape.pause_before)
      op = std::next(mlir::Block::iterator(tape.pause_before));
    for (; op != frame->block->end(); ++op) tape.skipped.insert(&*op);
    if (is_first)
      return;
  }
}

void GradientTape::reset(Location where) {
  state_->used = false;
  TapeState &tape = usable(state_, "reset", where);
  if (tape.pauses)
    throw Error("reset", "the tape pauses", where, "end the pause first");
  end(tape);
  tape.forget();
  begin(tape);
}

// ---- gradients ----------------------------------------------------------------------------------------------------

std::string detail::describe_source(std::size_t i, const Source &source, Location where) {
  std::string text = "source " + std::to_string(i) + ", ";
  if (source.tensor)
    return text + type_of(*source.tensor, "gradient", where).describe();
  if (!source.variable->name().empty())
    text += "the Variable '" + source.variable->name() + "', ";
  return text + describe(source.variable->dtype(), source.variable->shape());
}

void detail::not_watched(std::size_t i, const Source &source, Location where) {
  if (source.tensor)
    throw Error("gradient", describe_source(i, source, where) + ", is not watched", where,
                "tape.watch(x) before it is used; a Tensor is known by its value, so watch the one that is used");
  throw Error("gradient", describe_source(i, source, where) + ", is not watched: it is not trainable", where,
              "tape.watch(v) before it is read, or v.set_trainable(true)");
}

void detail::unconnected(std::size_t i, const Source &source, std::size_t targets, Location where) {
  throw Error("gradient",
              (targets == 1 ? "the target does not depend on " : "no target depends on ") +
                  describe_source(i, source, where),
              where, "{.unconnected_gradients_zero = true} gives zeros");
}

void detail::past_is_used(Location where) {
  throw Error("gradient",
              "what was computed from a source while the tape did not record is used while another tape records", where,
              "compute it on the tape, or hide it with tenon::stop_gradient(x)");
}

void detail::check_read(const TapeState::Read &read, std::size_t i, const Source &source, Location where) {
  if (read.again)
    throw Error("gradient",
                describe_source(i, source, where) +
                    ", was read, assigned and read again: it has had two values on this tape",
                where, "take the gradient before the assignment, or make a tape for each value");
}

static std::vector<BufferRef> values_of(std::span<const Tensor> xs) {
  std::vector<BufferRef> values;
  for (const Tensor &x : xs) values.push_back(BufferRef::share(Access::buffer(x)));
  return values;
}

// What is asked of a tape; `cotangents` are tangents where it is asked forward.
static EagerGradient ask_now(TapeState &tape, const Targets &targets, std::span<const Source> sources,
                             std::span<const Tensor> cotangents, bool forward) {
  const Location where = targets.where;
  std::vector<BufferRef> ys;
  for (const Tensor *y : targets.tensors) ys.push_back(BufferRef::share(Access::buffer(*y)));
  std::vector<EagerGradient::From> xs;
  for (auto [i, source] : llvm::enumerate(sources)) {
    if (source.tensor) {
      const Buffer *buffer = Access::buffer(*source.tensor);
      auto found = llvm::find_if(tape.watched, [&](const auto &entry) { return entry.first.get() == buffer; });
      if (found == tape.watched.end() && !recorder().is_tracked(buffer))
        not_watched(i, source, where);
      xs.push_back({BufferRef::share(Access::buffer(*source.tensor)), found == tape.watched.end() ? 0 : found->second});
    } else {
      VariableState *state = Access::state(*source.variable);
      auto found = tape.reads.find(state);
      if (found != tape.reads.end()) {
        check_read(found->second, i, source, where);
        xs.push_back({found->second.value, found->second.position});
      } else if (tape.watched_variables.contains(state) || (tape.options.watch_variables && is_trainable(*state))) {
        xs.push_back({});
      } else {
        not_watched(i, source, where);
      }
    }
  }
  return EagerGradient(tape, std::move(ys), std::move(xs), values_of(cotangents), forward, where);
}

static Tensor zeros_like(const Buffer &like) {
  Buffer *zeros = allocate(like.dtype, like.shape());
  std::memset(zeros->data, 0, zeros->bytes());
  return Access::adopt(zeros);
}

static std::vector<Tensor> gradients_now(TapeState &tape, const Targets &targets, std::span<const Source> sources,
                                         const GradientOptions &options) {
  const Location where = targets.where;
  EagerGradient gradient = ask_now(tape, targets, sources, options.cotangents, /*forward=*/false);
  for (auto [i, source] : llvm::enumerate(sources))
    if (!gradient.connected(i) && !options.unconnected_gradients_zero)
      unconnected(i, source, targets.tensors.size(), where);
  std::vector<BufferRef> values = gradient.run();
  std::vector<Tensor> results;
  for (auto [value, source] : llvm::zip(values, sources)) {
    results.push_back(value           ? Access::adopt(value.take())
                      : source.tensor ? zeros_like(*Access::buffer(*source.tensor))
                                      : zeros_like(*Access::state(*source.variable)->value));
  }
  return results;
}

static void finish_asking(TapeState &tape) {
  if (tape.options.persistent)
    return;
  end(tape);
  tape.forget();
  tape.used = true;
}

std::vector<Tensor> detail::tangents_of(GradientTape &of, const Targets &targets, std::span<const Source> sources,
                                        std::span<const Tensor> tangents) {
  const Location where = targets.where;
  TapeState &tape = usable(of.state_, "jvp", where);
  require_floating(type_of(*targets.tensors[0], "jvp", where), "jvp", "the value", where);
  if (tangents.size() != sources.size())
    throw Error("jvp",
                "there are " + std::to_string(tangents.size()) + " tangents for " + std::to_string(sources.size()) +
                    " arguments",
                where, "give one for each");
  for (std::size_t i = 0; i < sources.size(); ++i) {
    const TensorType mine = type_of(tangents[i], "jvp", where),
                     its = sources[i].tensor ? type_of(*sources[i].tensor, "jvp", where)
                                             : TensorType::of(*Access::state(*sources[i].variable)->value);
    if (!(mine == its))
      throw Error("jvp",
                  "tangent " + std::to_string(i) + " is " + mine.describe() + ", but its argument is " + its.describe(),
                  where);
  }
  std::vector<Tensor> results;
  if (tape.trace) {
    results = traced_tangents(tape, targets, sources, tangents);
  } else {
    std::vector<BufferRef> values = ask_now(tape, targets, sources, tangents, /*forward=*/true).run();
    for (auto [value, target] : llvm::zip(values, targets.tensors))
      results.push_back(value ? Access::adopt(value.take()) : zeros_like(*Access::buffer(*target)));
  }
  finish_asking(tape);
  return results;
}

std::vector<Tensor> GradientTape::gradients(const Targets &targets, std::span<const Source> sources,
                                            const GradientOptions &options) {
  const Location where = targets.where;
  TapeState &tape = usable(state_, "gradient", where);
  refuse_in_checkpoint(tape, "gradient", where);
  if (targets.tensors.empty())
    throw Error("gradient", "there is no target", where);
  for (std::size_t i = 0; i < targets.tensors.size(); ++i)
    require_floating(type_of(*targets.tensors[i], "gradient", where), "gradient",
                     targets.tensors.size() == 1 ? "the target" : "target " + std::to_string(i), where);
  for (std::size_t i = 0; i < sources.size(); ++i)
    require_floating(sources[i].tensor ? type_of(*sources[i].tensor, "gradient", where)
                                       : TensorType::of(*Access::state(*sources[i].variable)->value),
                     "gradient", "source " + std::to_string(i), where);
  if (!options.cotangents.empty() && options.cotangents.size() != targets.tensors.size())
    throw Error("gradient",
                "there are " + std::to_string(options.cotangents.size()) + " cotangents for " +
                    std::to_string(targets.tensors.size()) + " targets",
                where, "give one for each target, or none");
  for (std::size_t i = 0; i < options.cotangents.size(); ++i) {
    const TensorType mine = type_of(options.cotangents[i], "gradient", where),
                     its = type_of(*targets.tensors[i], "gradient", where);
    if (!(mine == its))
      throw Error("gradient",
                  "cotangent " + std::to_string(i) + " is " + mine.describe() + ", but its target is " + its.describe(),
                  where);
  }
  std::vector<Tensor> results;
  if (!sources.empty())
    results =
        tape.trace ? traced_gradients(tape, targets, sources, options) : gradients_now(tape, targets, sources, options);
  finish_asking(tape);
  return results;
}

Tensor stop_gradient(const Arg &x) {
  static constexpr Op op{"tenon.stop_gradient"};
  const Tensor input = tensor_of(x);
  if (Buffer *value = Access::buffer(input); value && !is_tracing) {
    Tensor same = Access::adopt(view(value, value->shape())); // the same elements, and no tape knows them
    if (recorder().checkpoints && recorder().is_active())
      record_stopped(input, Access::buffer(same), x.where);
    return same;
  }
  return apply(op, {Operand(input)}, {}, x.where);
}

} // namespace tenon
