// Statements while tracing: branches and what they merge, blocks that are left early, guards.
#include "regions.h"
#include "merge.h"

#include "dialects/Tenon/Dialect.h"

namespace tenon::detail {

static mlir::Value boolean_constant(Trace &trace, mlir::Block *block, bool value, Location where) {
  auto builder = trace.at_end(block);
  return mlir::tenon::ConstantOp::create(builder, to_mlir(where, trace.context()),
                                         to_mlir(Scalar(value), boolean, trace.context()));
}

// ---- the body of a region -----------------------------------------------------------------------------------------

// A variable that a region made and that lives on: its object sits in a container, a static or on the heap.
static std::optional<SlotNumber> escaped(Trace &trace, const Frame &frame) {
  std::optional<SlotNumber> first;
  for (SlotNumber number : frame.born)
    if (!first || number < *first)
      first = number;
  for (SlotNumber number : frame.born) trace.slot(number).home = nullptr;
  return first;
}

[[noreturn]] static void refuse_escape(Trace &trace, const Frame &frame, Location born) {
  trace.abort();
  throw Error(frame.statement,
              "a Tensor that is made inside this statement (at " + in_file(born) +
                  ") outlives it, in a container (push_back?), a static or on the heap, but what is inside is traced "
                  "only once",
              frame.where,
              "collect what iterations compute in a tenon::TensorArray, or assign a Tensor that is declared before the "
              "statement",
              source_line(born));
}

// Ends the guards that are open inside of `frame`: each becomes a branch that is taken where no path has left.
static void close_guards(Trace &trace, Frame *frame) {
  while (trace.top() != frame) {
    const std::unique_ptr<Frame> guard(trace.top());
    if (std::optional<SlotNumber> number = escaped(trace, *guard)) {
      trace.leave_to(guard->up);
      refuse_escape(trace, *guard, trace.slot(*number).born);
    }
    trace.leave_to(guard->up);
    Frame otherwise(Frame::branch, guard->statement, guard->where, guard->up);
    otherwise.left = otherwise.left_before = true;
    otherwise.returned = guard->skipped_by_return;
    merge_branches(trace, guard->condition, *guard, otherwise, guard->where);
  }
}

// Frees the guards that an exception leaves inside of `frame`.
static void drop_guards(Trace &trace, Frame *frame) {
  trace.abort();
  while (trace.top() != frame) {
    const std::unique_ptr<Frame> guard(trace.top());
    trace.leave_to(guard->up);
  }
}

void run_region(Trace &trace, Frame &frame, FnRef<void()> body) {
  Frame *around = trace.top();
  trace.enter(frame);
  try {
    try {
      body();
    } catch (const Unwind &unwind) {
      frame.left = true;
      frame.returned = unwind.returns;
    }
    trace.check();
    std::optional<SlotNumber> leaked;
    for (Frame *inner = trace.top();; inner = inner->up) {
      if (std::optional<SlotNumber> number = escaped(trace, *inner))
        leaked = number;
      if (inner == &frame)
        break;
    }
    if (leaked)
      refuse_escape(trace, frame, trace.slot(*leaked).born);
    close_guards(trace, &frame);
  } catch (...) {
    drop_guards(trace, &frame);
    trace.enter(*around);
    throw;
  }
  trace.enter(*around);
}

// ---- if -----------------------------------------------------------------------------------------------------------

void guard_rest(Trace &trace, const std::set<SlotNumber> &assigned, Location where) {
  Scope *scope = trace.scope;
  if (!scope || scope->skip < 0 || !assigned.contains(scope->skip))
    return;
  const mlir::Value skips = trace.lookup(trace.top(), scope->skip).value;
  const mlir::Value goes_on =
      mlir::tenon::NotOp::create(trace.builder(), to_mlir(where, trace.context()), skips.getType(), skips);
  const Frame *shown = visible(trace.top());
  auto *guard = new Frame(Frame::guard, shown->statement, shown->where, trace.top()); // until close_guards
  guard->condition = goes_on;
  guard->skipped_by_return = scope->only_returns;
  guard->scope_id = scope->id;
  trace.enter(*guard);
}

void trace_if(Trace &trace, mlir::Value condition, FnRef<void()> then, FnRef<void()> otherwise, Location where) {
  trace.step(where);
  Frame first(Frame::branch, "if", where, trace.top());
  run_region(trace, first, then);
  Frame second(Frame::branch, "if", where, trace.top());
  if (otherwise)
    run_region(trace, second, otherwise);
  std::set<SlotNumber> assigned = first.assigned;
  assigned.insert(second.assigned.begin(), second.assigned.end());
  merge_branches(trace, condition, first, second, where);
  if (first.left && second.left)
    throw Unwind{first.returned && second.returned};
  guard_rest(trace, assigned, where);
}

// ---- leaving ------------------------------------------------------------------------------------------------------

// The variable of a flag that is false where `home` begins with it.
static SlotNumber flag(Trace &trace, SlotNumber &number, Frame *home, Location where) {
  if (number < 0)
    number = trace.new_slot(boolean_constant(trace, home->block, false, where), where, home);
  return number;
}

// What this path lacks is lacking where it leaves to: not only those that go on are in doubt.
static void take_doubts_along(Trace &trace, const Scope &target) {
  llvm::DenseSet<SlotNumber> seen;
  for (Frame *frame = trace.top();; frame = frame->up) {
    for (auto &[number, now] : frame->now)
      if (seen.insert(number).second)
        now.only_going_on = false;
    if (frame == target.body)
      return;
  }
}

void leave(Trace &trace, Scope *target, bool whole, Location where) {
  trace.step(where);
  const char *word = whole ? "break or return" : "continue";
  Scope *scope = trace.scope;
  while (scope && scope != target) scope = scope->up;
  if (!scope)
    throw Error(word, "what this statement leaves is not running here: it is in a lambda that outlived it", where,
                "leave a loop or a function from its own body");
  for (const Frame *frame = trace.top(); frame != target->body; frame = frame->up)
    if (frame->kind == Frame::test)
      throw Error(word, "this statement would leave the condition of a loop", where, "leave from the loop's body");
  if (!target->is_function)
    take_doubts_along(trace, *target);
  const mlir::Value yes = boolean_constant(trace, trace.top()->block, true, where);
  for (scope = trace.scope;; scope = scope->up) {
    if (scope->is_loop && (whole || scope != target))
      trace.write(flag(trace, scope->stop, scope->outer, where), Current{yes});
    trace.write(flag(trace, scope->skip, scope->body, where), Current{yes});
    if (trace.top() == scope->body)
      scope->left_for_sure = true;
    scope->only_returns &= target->is_function;
    if (scope == target)
      break;
  }
  target->broken |= whole;
  throw Unwind{target->is_function};
}

void trace_block(Trace &trace, Location where, FnRef<void(Scope &)> body, bool is_function) {
  Frame *around = trace.top();
  Scope *up = trace.scope;
  Scope scope(/*is_loop=*/false, where, around, around, up);
  scope.is_function = is_function;
  const auto left_up = [&] { return up && up->skip >= 0 ? trace.lookup(around, up->skip).value : mlir::Value(); };
  const mlir::Value before = left_up();
  trace.scope = &scope;
  try {
    try {
      body(scope);
    } catch (const Unwind &) {
    }
    trace.check();
    close_guards(trace, around);
  } catch (...) {
    drop_guards(trace, around);
    trace.scope = up;
    throw;
  }
  trace.scope = up;
  for (auto &[number, now] : around->now) leave_doubt(now, scope);
  if (up && up->left_for_sure && trace.top() == up->body)
    throw Unwind{up->only_returns};
  if (left_up() != before)
    guard_rest(trace, {up->skip}, where);
}

} // namespace tenon::detail
