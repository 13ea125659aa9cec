// GradientTape: who is watched, what may be asked, and the gradient op in a trace.
#include "tenon/tape.h"
#include "promote.h"
#include "recorder.h"
#include "tenon/ops.h"
#include "trace.h"

#include "dialects/Tenon/Dialect.h"

namespace tenon {

using namespace detail;

// ---- life ---------------------------------------------------------------------------------------------------------

GradientTape::GradientTape(TapeOptions options, Location where) : state_(new TapeState) {
  state_->options = options;
  state_->where = where;
  state_->thread = std::this_thread::get_id();
  if (is_tracing)
    state_->trace = Trace::current()->id();
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

// ---- gradients in a trace -----------------------------------------------------------------------------------------

namespace {

// What a value inside an open loop was before it, as long as the loop may only read it.
mlir::Value before_loops(Trace &trace, mlir::Value value) {
  for (Frame *frame = trace.top(); frame; frame = frame->up)
    for (const auto &[number, provisional] : frame->provisional)
      if (provisional.argument == value) {
        value = provisional.init.value;
        break;
      }
  return value;
}

bool dominates(Trace &trace, mlir::Value value) {
  for (Frame *frame = trace.top(); frame; frame = frame->up)
    if (frame->block == value.getParentBlock())
      return true;
  return false;
}

bool is_differentiable(mlir::Value value) { return is_floating(from_mlir(value.getType()).dtype); }

// All that the targets may depend on, by what operations take. The compiler's answer is exact, but comes without the
// names of variables.
llvm::DenseSet<mlir::Value> what_is_needed(Trace &trace, llvm::ArrayRef<mlir::Value> targets) {
  llvm::DenseSet<mlir::Value> needed;
  llvm::SmallVector<mlir::Value> work(targets);
  while (!work.empty()) {
    const mlir::Value value = work.pop_back_val();
    if (!is_differentiable(value) || !needed.insert(value).second)
      continue;
    if (const mlir::Value outer = before_loops(trace, value); outer != value)
      work.push_back(outer);
    mlir::Operation *op = value.getDefiningOp();
    if (!op || llvm::isa<mlir::tenon::StopGradientOp>(op))
      continue;
    op->walk([&](mlir::Operation *inner) { work.append(inner->operand_begin(), inner->operand_end()); });
  }
  return needed;
}

bool reads(const llvm::DenseSet<mlir::Value> &values, llvm::StringRef symbol) {
  return llvm::any_of(values, [&](mlir::Value value) {
    auto read = value.getDefiningOp<mlir::tenon::ReadOp>();
    return read && read.getVariable() == symbol;
  });
}

} // namespace

// ---- gradients ----------------------------------------------------------------------------------------------------

static std::string describe_source(std::size_t i, const Source &source, Location where) {
  std::string text = "source " + std::to_string(i) + ", ";
  if (source.tensor)
    return text + type_of(*source.tensor, "gradient", where).describe();
  if (!source.variable->name().empty())
    text += "the Variable '" + source.variable->name() + "', ";
  return text + describe(source.variable->dtype(), source.variable->shape());
}

[[noreturn]] static void not_watched(std::size_t i, const Source &source, Location where) {
  if (source.tensor)
    throw Error("gradient", describe_source(i, source, where) + ", is not watched", where,
                "tape.watch(x) before it is used; a Tensor is known by its value, so watch the one that is used");
  throw Error("gradient", describe_source(i, source, where) + ", is not watched: it is not trainable", where,
              "tape.watch(v) before it is read, or v.set_trainable(true)");
}

[[noreturn]] static void unconnected(std::size_t i, const Source &source, std::size_t targets, Location where) {
  throw Error("gradient",
              (targets == 1 ? "the target does not depend on " : "no target depends on ") +
                  describe_source(i, source, where),
              where, "{.unconnected_gradients_zero = true} gives zeros");
}

static void check_read(const TapeState::Read &read, std::size_t i, const Source &source, Location where) {
  if (read.again)
    throw Error("gradient",
                describe_source(i, source, where) +
                    ", was read, assigned and read again: it has had two values on this tape",
                where, "take the gradient before the assignment, or make a tape for each value");
}

static std::vector<Tensor> traced_gradients(TapeState &tape, const Targets &targets, std::span<const Source> sources,
                                            const GradientOptions &options) {
  Trace &trace = *Trace::current();
  const Location where = targets.where;
  trace.step(where);
  llvm::SmallVector<mlir::Value> ys, xs, cotangents;
  for (const Tensor *y : targets.tensors) ys.push_back(trace.read(*y, "gradient", where));
  for (const Tensor &x : options.cotangents) cotangents.push_back(trace.read(x, "gradient", where));
  const llvm::DenseSet<mlir::Value> needed = what_is_needed(trace, ys);
  llvm::DenseSet<mlir::Value> watched(tape.watched_values.begin(), tape.watched_values.end());
  const auto is_watched = [&](mlir::Value value) {
    // What was computed from what is watched is, too.
    return llvm::any_of(what_is_needed(trace, value), [&](mlir::Value v) {
      return watched.contains(v) || llvm::isa_and_nonnull<mlir::tenon::ReadOp>(v.getDefiningOp());
    });
  };
  for (auto [i, source] : llvm::enumerate(sources)) {
    bool connected;
    if (source.tensor) {
      xs.push_back(trace.read(*source.tensor, "gradient", where));
      if (!is_watched(xs.back()))
        not_watched(i, source, where);
      connected = needed.contains(before_loops(trace, xs.back()));
    } else {
      VariableState *state = Access::state(*source.variable);
      const std::string symbol = trace.variable(state, /*assigns=*/false, where);
      auto found = tape.reads.find(state);
      const bool is_read = found != tape.reads.end();
      if (!(is_read && found->second.watched) && !tape.watched_variables.contains(state) &&
          !(tape.options.watch_variables && is_trainable(*state)))
        not_watched(i, source, where);
      if (is_read)
        check_read(found->second, i, source, where);
      if (is_read && found->second.traced && dominates(trace, found->second.traced)) {
        xs.push_back(found->second.traced);
      } else {
        if (is_read && found->second.assigned)
          throw Error("gradient",
                      describe_source(i, source, where) + ", was read in a traced statement and assigned since", where,
                      "take the gradient before the assignment");
        xs.push_back(mlir::tenon::ReadOp::create(trace.builder(), to_mlir(where, trace.context()),
                                                 to_mlir(TensorType::of(*state->value), trace.context()), symbol));
      }
      connected = is_read && reads(needed, symbol);
    }
    if (!connected && !options.unconnected_gradients_zero)
      unconnected(i, source, ys.size(), where);
  }
  trace.has_gradients = true;
  auto op = mlir::tenon::GradientOp::create(trace.builder(), to_mlir(where, trace.context()), ys, xs, cotangents,
                                            options.unconnected_gradients_zero);
  std::vector<Tensor> results;
  results.reserve(sources.size());
  for (mlir::Value value : op.getGradients()) results.push_back(trace.bind(value, where));
  return results;
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
  if (Buffer *value = Access::buffer(input); value && !is_tracing)
    return Access::adopt(view(value, value->shape())); // the same elements, and no tape knows them
  return apply(op, {Operand(input)}, {}, x.where);
}

} // namespace tenon
