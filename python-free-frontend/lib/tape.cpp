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

void GradientTape::reset(Location where) {
  state_->used = false;
  TapeState &tape = usable(state_, "reset", where);
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

void detail::check_read(const TapeState::Read &read, std::size_t i, const Source &source, Location where) {
  if (read.again)
    throw Error("gradient",
                describe_source(i, source, where) +
                    ", was read, assigned and read again: it has had two values on this tape",
                where, "take the gradient before the assignment, or make a tape for each value");
}

static std::vector<Tensor> gradients_now(TapeState &tape, const Targets &targets, std::span<const Source> sources,
                                         const GradientOptions &options) {
  const Location where = targets.where;
  const auto value = [](const Tensor &x) { return BufferRef::share(Access::buffer(x)); };
  std::vector<BufferRef> ys, cotangents;
  for (const Tensor *y : targets.tensors) ys.push_back(value(*y));
  for (const Tensor &x : options.cotangents) cotangents.push_back(value(x));
  std::vector<EagerGradient::From> xs;
  for (auto [i, source] : llvm::enumerate(sources)) {
    if (source.tensor) {
      const Buffer *buffer = Access::buffer(*source.tensor);
      auto found = llvm::find_if(tape.watched, [&](const auto &entry) { return entry.first.get() == buffer; });
      if (found == tape.watched.end() && !recorder().is_tracked(buffer))
        not_watched(i, source, where);
      xs.push_back({value(*source.tensor), found == tape.watched.end() ? 0 : found->second});
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
  EagerGradient gradient(tape, std::move(ys), std::move(xs), std::move(cotangents), where);
  for (auto [i, source] : llvm::enumerate(sources))
    if (!gradient.connected(i) && !options.unconnected_gradients_zero)
      unconnected(i, source, targets.tensors.size(), where);
  std::vector<BufferRef> values = gradient.run();
  std::vector<Tensor> results;
  for (auto [value, source] : llvm::zip(values, sources)) {
    if (!value) {
      const Buffer &like = source.tensor ? *Access::buffer(*source.tensor) : *Access::state(*source.variable)->value;
      value = BufferRef(allocate(like.dtype, like.shape()));
      std::memset(value->data, 0, value->bytes());
    }
    results.push_back(Access::adopt(value.take()));
  }
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
  if (!tape.options.persistent) {
    end(tape);
    tape.forget();
    tape.used = true;
  }
  return results;
}

Tensor stop_gradient(const Arg &x) {
  static constexpr Op op{"tenon.stop_gradient"};
  const Tensor input = tensor_of(x);
  if (Buffer *value = Access::buffer(input); value && !is_tracing) {
    Tensor same = Access::adopt(view(value, value->shape())); // the same elements, and no tape knows them
    if (recorder().checkpoints)
      record_stopped(input, Access::buffer(same), x.where);
    return same;
  }
  return apply(op, {Operand(input)}, {}, x.where);
}

} // namespace tenon
