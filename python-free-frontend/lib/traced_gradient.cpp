// A tape in a traced function: which values are its sources, and the gradient op.
#include "recorder.h"
#include "replay.h"
#include "trace.h"

#include "dialects/Tenon/Dialect.h"

#include "llvm/ADT/StringSet.h"

namespace tenon::detail {

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

bool is_differentiable(mlir::Value value) {
  auto list = llvm::dyn_cast<mlir::tenon::ListType>(value.getType());
  return is_floating(from_mlir(list ? list.getElement() : value.getType()).dtype);
}

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

// ---- what came before the tape --------------------------------------------------------------------------------------

namespace {

// Whether an operation was recorded before the tape began.
class Past {
public:
  Past(Trace &trace, const TapeState &tape) : tape_(tape) {
    Frame *frame = trace.top();
    while (frame && frame->block != tape.block) frame = frame->up;
    if (!frame)
      return; // it outlived the region that it was made in
    known_ = true;
    for (frame = frame->up; frame; frame = frame->up)
      if (frame->block && frame->block != tape.block) // a loop has its body's
        outer_.push_back(frame->block);
  }

  // Blocks and how far they are past, outermost first.
  template <class F> void each_operation(F f) const {
    if (!known_)
      return;
    for (mlir::Block *block : llvm::reverse(outer_))
      for (mlir::Operation &op : *block) f(op);
    if (tape_.before)
      for (mlir::Operation &op : *tape_.block) {
        f(op);
        if (&op == tape_.before)
          break;
      }
  }

  bool contains(mlir::Operation *op) const {
    for (; op; op = op->getParentOp()) {
      if (op->getBlock() == tape_.block)
        return tape_.before && (op == tape_.before || op->isBeforeInBlock(tape_.before));
      if (llvm::is_contained(outer_, op->getBlock()))
        return true;
    }
    return false;
  }

private:
  const TapeState &tape_;
  bool known_ = false;
  llvm::SmallVector<mlir::Block *, 4> outer_;
};

} // namespace

// What was computed from a source before the tape began is a constant to it, as it is to a tape that records eagerly:
// where the tape's operations use it they get it through stop_gradient.
static void hold_past(Trace &trace, const TapeState &tape, llvm::ArrayRef<mlir::Value> sources,
                      llvm::SmallVectorImpl<mlir::Value> &targets, Location where) {
  const Past past(trace, tape);
  llvm::DenseSet<mlir::Value> own, varied;
  llvm::StringSet<> symbols;
  for (mlir::Value source : sources) {
    own.insert(source);
    own.insert(before_loops(trace, source));
    if (auto read = source.getDefiningOp<mlir::tenon::ReadOp>())
      symbols.insert(read.getVariable());
  }
  varied = own;
  llvm::SmallVector<mlir::Value> found;
  past.each_operation([&](mlir::Operation &op) {
    auto read = llvm::dyn_cast<mlir::tenon::ReadOp>(op);
    bool depends = read && symbols.contains(read.getVariable());
    if (!llvm::isa<mlir::tenon::StopGradientOp>(op))
      op.walk([&](mlir::Operation *inner) {
        depends |= llvm::any_of(inner->getOperands(), [&](mlir::Value x) { return varied.contains(x); });
      });
    if (!depends)
      return;
    for (mlir::Value result : op.getResults())
      if (is_differentiable(result) && !own.contains(result)) {
        varied.insert(result);
        found.push_back(result);
      }
  });
  for (mlir::Operation *op : tape.skipped)
    op->walk([&](mlir::Operation *inner) {
      for (mlir::Value result : inner->getResults()) {
        if (!is_differentiable(result) || own.contains(result) || varied.contains(result))
          continue;
        const llvm::DenseSet<mlir::Value> needed = what_is_needed(trace, result);
        if (llvm::any_of(sources, [&](mlir::Value source) { return needed.contains(before_loops(trace, source)); }) ||
            llvm::any_of(symbols.keys(), [&](llvm::StringRef symbol) { return reads(needed, symbol); }))
          found.push_back(result);
      }
    });
  const auto is_skipped = [&](mlir::Operation *op) {
    for (; op; op = op->getParentOp())
      if (tape.skipped.contains(op))
        return true;
    return false;
  };
  for (mlir::Value value : found) {
    llvm::SmallVector<mlir::OpOperand *> uses;
    for (mlir::OpOperand &use : value.getUses())
      if (!past.contains(use.getOwner()) && !is_skipped(use.getOwner()))
        uses.push_back(&use);
    if (uses.empty() && !llvm::is_contained(targets, value))
      continue;
    if (llvm::any_of(recorder().traced,
                     [&](const TapeState *other) { return other != &tape && other->trace == tape.trace; }))
      past_is_used(where);
    mlir::OpBuilder builder(trace.context());
    builder.setInsertionPointAfter(value.getDefiningOp());
    const mlir::Value held = mlir::tenon::StopGradientOp::create(builder, value.getLoc(), value);
    for (mlir::OpOperand *use : uses) use->set(held);
    for (mlir::Value &target : targets)
      if (target == value)
        target = held;
  }
}

// ---- gradients ----------------------------------------------------------------------------------------------------

// Targets and sources as values, and the checks of them.
static void read_both(Trace &trace, TapeState &tape, const Targets &targets, std::span<const Source> sources,
                      bool unconnected_gradients_zero, llvm::SmallVectorImpl<mlir::Value> &ys,
                      llvm::SmallVectorImpl<mlir::Value> &xs) {
  const Location where = targets.where;
  trace.step(where);
  for (const Tensor *y : targets.tensors) ys.push_back(trace.read(*y, "gradient", where));
  llvm::DenseSet<mlir::Value> watched(tape.watched_values.begin(), tape.watched_values.end());
  const auto is_watched = [&](mlir::Value value) {
    // What was computed from what is watched is, too.
    return llvm::any_of(what_is_needed(trace, value), [&](mlir::Value v) {
      return watched.contains(v) || llvm::isa_and_nonnull<mlir::tenon::ReadOp>(v.getDefiningOp());
    });
  };
  for (auto [i, source] : llvm::enumerate(sources)) {
    if (source.tensor) {
      xs.push_back(trace.read(*source.tensor, "gradient", where));
      if (!is_watched(xs.back()))
        not_watched(i, source, where);
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
    }
  }
  hold_past(trace, tape, xs, ys, where);
  const llvm::DenseSet<mlir::Value> needed = what_is_needed(trace, ys);
  const auto connected = [&](const Source &source, mlir::Value x) {
    if (source.tensor)
      return needed.contains(before_loops(trace, x));
    VariableState *state = Access::state(*source.variable);
    return tape.reads.contains(state) && reads(needed, trace.variable(state, /*assigns=*/false, where));
  };
  for (auto [i, source] : llvm::enumerate(sources))
    if (!unconnected_gradients_zero && !connected(source, xs[i]))
      unconnected(i, source, ys.size(), where);
  trace.has_gradients = true;
}

std::vector<Tensor> traced_gradients(TapeState &tape, const Targets &targets, std::span<const Source> sources,
                                     const GradientOptions &options) {
  Trace &trace = *Trace::current();
  const Location where = targets.where;
  llvm::SmallVector<mlir::Value> ys, xs, cotangents;
  for (const Tensor &x : options.cotangents) cotangents.push_back(trace.read(x, "gradient", where));
  read_both(trace, tape, targets, sources, options.unconnected_gradients_zero, ys, xs);
  auto op = mlir::tenon::GradientOp::create(trace.builder(), to_mlir(where, trace.context()), ys, xs, cotangents,
                                            options.unconnected_gradients_zero);
  std::vector<Tensor> results;
  results.reserve(sources.size());
  for (mlir::Value value : op.getGradients()) results.push_back(trace.bind(value, where));
  return results;
}

std::vector<Tensor> traced_tangents(TapeState &tape, const Targets &targets, std::span<const Source> sources,
                                    std::span<const Tensor> tangents) {
  Trace &trace = *Trace::current();
  const Location where = targets.where;
  llvm::SmallVector<mlir::Value> ys, xs, vs;
  for (const Tensor &x : tangents) vs.push_back(trace.read(x, "jvp", where));
  read_both(trace, tape, targets, sources, /*unconnected_gradients_zero=*/true, ys, xs);
  std::vector<Tensor> results;
  for (mlir::Value value : create_tangents(trace.builder(), to_mlir(where, trace.context()), ys, xs, vs))
    results.push_back(trace.bind(value, where));
  return results;
}

} // namespace tenon::detail
