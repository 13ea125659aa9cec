// Loops while tracing: which variables they carry, and the operation they become.
#include "merge.h"
#include "open_sizes.h"

#include "dialects/Tenon/Dialect.h"

#include "mlir/Interfaces/SideEffectInterfaces.h"

namespace tenon::detail {

using mlir::Value;
namespace tn = mlir::tenon;

namespace {

/// A variable that goes from one iteration to the next.
struct Carried {
  SlotNumber number;
  Value init, yielded;
  mlir::BlockArgument argument; // the provisional one; null where no iteration reads the variable first
  Current after;                // doubts of what it holds behind the loop
};

class LoopBuilder {
public:
  LoopBuilder(Trace &trace, const LoopRequest &request)
      : trace_(trace), request_(request), around_(trace.top()),
        loop_(Frame::loop, request.statement, request.where, around_),
        test_(Frame::test, request.statement, request.where, &loop_),
        body_(Frame::body, request.statement, request.where, &loop_),
        scope_(/*is_loop=*/true, request.where, around_, &body_, trace.scope),
        location_(to_mlir(request.where, trace.context())) {}

  void run();

private:
  bool is_for() const { return request_.step != 0; }
  bool is_endless() const { return !is_for() && !request_.condition; }
  Value constant(mlir::OpBuilder &builder, Scalar value, DType dtype) {
    return tn::ConstantOp::create(builder, location_, to_mlir(value, dtype, trace_.context()));
  }
  void trace_condition();
  void trace_body();
  void carry();
  void substitute(Value old, Value value);
  void replace_arguments(mlir::Block *block, bool in_test);
  std::optional<Carried> carried(SlotNumber number);
  Value value_before(SlotNumber number, Value yielded);
  mlir::Operation *finish_for();
  mlir::Operation *finish_while();
  void begin_test(mlir::Block *block, Value counter);

  Trace &trace_;
  const LoopRequest &request_;
  Frame *around_;
  Frame loop_, test_, body_; // in this order: what is later uses what is earlier
  Scope scope_;
  mlir::Location location_;
  Value condition_, index_;
  llvm::SmallVector<Carried> carried_;
};

void LoopBuilder::trace_condition() {
  if (!request_.condition)
    return;
  run_region(trace_, test_, [&] { condition_ = request_.condition(); });
  if (!test_.assigned.empty()) {
    const Location born = trace_.slot(*test_.assigned.begin()).born;
    throw Error(request_.statement,
                "the condition assigns the Tensor declared at " + in_file(born) + ", which is outside of it",
                request_.where, "assign in the body", source_line(born));
  }
}

void LoopBuilder::trace_body() {
  trace_.scope = &scope_;
  run_region(trace_, body_, [&] { request_.body(index_, scope_); });
  trace_.scope = scope_.up;
}

// What stands in for a variable without a value that every path assigns before it reads it. Its open sizes have to be
// those that it gets, since what a loop carries keeps its shape.
Value LoopBuilder::value_before(SlotNumber number, Value yielded) {
  auto type = llvm::dyn_cast<mlir::RankedTensorType>(yielded.getType());
  auto builder = trace_.at_end(around_->block);
  if (!type || type.hasStaticShape())
    return tn::UndefOp::create(builder, location_, yielded.getType());
  llvm::SmallVector<Value> sizes;
  for (std::int64_t axis = 0; axis < type.getRank(); ++axis) {
    if (!type.isDynamicDim(unsigned(axis)))
      continue;
    const Value size = size_in_frame(trace_, around_, yielded, axis);
    if (!size) {
      const Location born = trace_.slot(number).born;
      throw Error(request_.statement,
                  "the Tensor declared at " + in_file(born) + " has no value before the loop, and the loop gives it " +
                      from_mlir(type).describe() + ", whose sizes are known only inside",
                  request_.where, "give it a value of that shape before the loop", source_line(born));
    }
    sizes.push_back(size);
  }
  builder.setInsertionPointToEnd(around_->block);
  const Value zero = constant(builder, Scalar(0), from_mlir(type).dtype);
  return tn::SplatOp::create(builder, location_, type, zero, sizes);
}

std::optional<Carried> LoopBuilder::carried(SlotNumber number) {
  const Current last = trace_.lookup(&body_, number);
  Carried result{number, {}, last.value, {}, last};
  Current init;
  if (auto found = loop_.provisional.find(number); found != loop_.provisional.end()) {
    result.argument = found->second.argument;
    init = found->second.init;
  } else {
    init = trace_.lookup(around_, number);
  }
  const bool trusted = trace_.slot(number).trusted;
  if (!last.value && !init.value)
    return std::nullopt;
  if (!init.value) {
    // No iteration reads what the one before assigned: it is carried only where something may read it behind the loop.
    // An endless loop ends where a path leaves it: what those lack that go on, or have returned, is not lacking behind
    // it.
    const bool in_doubt = last.doubt && !last.only_going_on && !(last.returned && last.unless_left == scope_.id);
    if (!trusted && (!is_endless() || in_doubt)) {
      const std::string *doubt = trace_.keep("it is assigned only inside the " + std::string(request_.statement) +
                                             " at " + in_file(request_.where) + ", which may run no iteration");
      trace_.leave_to(around_);
      trace_.write(number, Current{{}, last.doubt ? last.doubt : doubt});
      trace_.enter(loop_);
      return std::nullopt;
    }
    init.value = value_before(number, last.value);
  } else if (!last.value) {
    throw Error(request_.statement, "a Tensor loses its value in this loop", request_.where);
  }
  result.init = init.value;
  leave_doubt(result.after, scope_);
  if (is_endless() && last.only_going_on)
    result.after.doubt = nullptr;
  else if (!result.after.doubt)
    result.after = init;
  if (trusted)
    result.after.doubt = nullptr;
  if (Value same = conform(trace_, request_.statement, number, last.value, init.value.getType(), body_,
                           " changed its size in an iteration", request_.where))
    result.yielded = same;
  if (init.value.getType() != result.yielded.getType())
    refuse_change(trace_, request_.statement, number, init.value.getType(), "before the loop", last.value.getType(),
                  "after one iteration",
                  "begin with the dtype and shape that it has in the loop (0.0 in place of 0, tenon::zeros({...})), or "
                  "collect what iterations compute in a tenon::TensorArray",
                  request_.where);
  return result;
}

// Decides for each variable: carried, or the same in all iterations.
void LoopBuilder::carry() {
  trace_.enter(loop_); // walks through sizes know its arguments
  for (auto entry = loop_.provisional.begin(); entry != loop_.provisional.end();) {
    auto &[number, provisional] = *entry;
    if (body_.assigned.contains(number)) {
      ++entry;
      continue;
    }
    substitute(provisional.argument, provisional.init.value);
    loop_.now.erase(number);
    entry = loop_.provisional.erase(entry);
  }
  for (SlotNumber number : body_.assigned)
    if (std::optional<Carried> one = carried(number))
      carried_.push_back(*one);
  for (const Carried &one : carried_)
    require_kept_sizes(trace_, request_.statement, one.number, one.yielded,
                       one.argument ? Value(one.argument) : one.init, body_.region, body_.block, request_.where);
}

// In the body, and in what is noted of it.
void LoopBuilder::substitute(Value old, Value value) {
  old.replaceAllUsesWith(value);
  if (condition_ == old)
    condition_ = value;
  for (auto &[number, now] : body_.now)
    if (now.value == old)
      now.value = value;
  for (Carried &one : carried_)
    if (one.yielded == old)
      one.yielded = value;
}

// Gives a block that begins the condition or an iteration its arguments, in place of the provisional ones.
void LoopBuilder::replace_arguments(mlir::Block *block, bool in_test) {
  for (Carried &one : carried_) {
    const mlir::BlockArgument argument =
        block->addArgument(one.init.getType(), to_mlir(trace_.slot(one.number).born, trace_.context()));
    if (!one.argument)
      continue;
    if (!in_test) {
      substitute(one.argument, argument);
      continue;
    }
    Value(one.argument).replaceUsesWithIf(argument, [&](mlir::OpOperand &use) {
      return is_inside(test_.region, use.getOwner()->getParentRegion());
    });
    if (condition_ == one.argument)
      condition_ = argument;
  }
}

mlir::Operation *LoopBuilder::finish_for() {
  llvm::SmallVector<Value> inits, yielded;
  const unsigned provisional = body_.block->getNumArguments();
  replace_arguments(body_.block, /*in_test=*/false);
  for (const Carried &one : carried_) {
    inits.push_back(one.init);
    yielded.push_back(one.yielded);
  }
  body_.block->eraseArguments(1, provisional - 1);
  auto builder = trace_.at_end(body_.block);
  tn::YieldOp::create(builder, location_, yielded);
  auto op = tn::ForOp::create(trace_.builder(), location_, mlir::ValueRange(inits).getTypes(), request_.lower,
                              request_.upper, std::uint64_t(request_.step), inits);
  op.getBody().takeBody(body_.region);
  return op;
}

// The condition with the flag of a break: nothing of it runs after one.
void LoopBuilder::begin_test(mlir::Block *block, Value counter) {
  mlir::Block *traced = test_.block; // what the condition's code did; its operations move
  auto builder = trace_.at_end(block);
  Value stops;
  for (auto [i, one] : llvm::enumerate(carried_))
    if (one.number == scope_.stop)
      stops = block->getArgument(unsigned(i) + (is_for() ? 1 : 0));
  Value goes_on;
  if (stops)
    goes_on = tn::NotOp::create(builder, location_, stops.getType(), stops);
  const auto both = [&](Value a, Value b) -> Value {
    return a && b ? Value(tn::AndOp::create(builder, location_, a.getType(), a, b)) : a ? a : b;
  };
  Value condition;
  if (is_for()) {
    condition = tn::CompareOp::create(builder, location_, mlir::RankedTensorType::get({}, builder.getI1Type()),
                                      request_.step > 0 ? tn::ComparePredicate::lt : tn::ComparePredicate::gt, counter,
                                      request_.upper);
    condition = both(condition, goes_on);
  } else if (is_endless()) {
    condition = goes_on;
  } else {
    const bool may_run_in_vain = llvm::all_of(
        *traced, [](mlir::Operation &op) { return mlir::isMemoryEffectFree(&op) && mlir::isSpeculatable(&op); });
    if (!goes_on || may_run_in_vain) {
      block->getOperations().splice(goes_on ? block->begin() : block->end(), traced->getOperations());
      condition = both(condition_, goes_on);
    } else {
      auto asks = tn::IfOp::create(builder, location_, mlir::TypeRange{goes_on.getType()}, goes_on);
      mlir::Block &then = asks.getThenRegion().emplaceBlock(), &otherwise = asks.getElseRegion().emplaceBlock();
      then.getOperations().splice(then.end(), traced->getOperations());
      auto in_then = trace_.at_end(&then), in_otherwise = trace_.at_end(&otherwise);
      tn::YieldOp::create(in_then, location_, condition_);
      tn::YieldOp::create(in_otherwise, location_, constant(in_otherwise, Scalar(false), boolean));
      condition = asks.getResult(0);
    }
  }
  tn::ConditionOp::create(builder, location_, condition, block->getArguments());
}

mlir::Operation *LoopBuilder::finish_while() {
  llvm::SmallVector<Value> inits, yielded;
  mlir::Block *before = new mlir::Block, *after = new mlir::Block;
  mlir::Region regions[2];
  regions[0].push_back(before);
  regions[1].push_back(after);
  Value counter;
  if (is_for()) { // counts by itself
    inits.push_back(request_.lower);
    counter = before->addArgument(request_.lower.getType(), location_);
    const Value index = after->addArgument(request_.lower.getType(), location_);
    substitute(index_, index);
    index_ = index;
  }
  replace_arguments(before, /*in_test=*/true);
  replace_arguments(after, /*in_test=*/false);
  auto builder = trace_.at_end(body_.block);
  if (is_for()) {
    const Value step = constant(builder, Scalar(request_.step), i64);
    yielded.push_back(tn::AddOp::create(builder, location_, index_.getType(), index_, step));
  }
  for (const Carried &one : carried_) {
    inits.push_back(one.init);
    yielded.push_back(one.yielded);
  }
  after->getOperations().splice(after->end(), body_.block->getOperations());
  builder.setInsertionPointToEnd(after);
  tn::YieldOp::create(builder, location_, yielded);
  begin_test(before, counter);
  auto op = tn::WhileOp::create(trace_.builder(), location_, mlir::ValueRange(inits).getTypes(), inits);
  op.getBefore().takeBody(regions[0]);
  op.getAfter().takeBody(regions[1]);
  return op;
}

void LoopBuilder::run() {
  trace_.step(request_.where);
  const bool has_test = bool(request_.condition);
  loop_.block = has_test ? test_.block : body_.block;
  if (is_for())
    index_ = body_.block->addArgument(request_.lower.getType(), location_);
  trace_.enter(loop_);
  try {
    trace_condition();
    trace_body();
    carry();
  } catch (...) {
    trace_.abort();
    trace_.scope = scope_.up;
    trace_.leave_to(around_);
    throw;
  }
  trace_.leave_to(around_);
  if (is_endless() && scope_.stop < 0)
    throw Error(request_.statement, "this loop has no break and no return, so that it never ends", request_.where,
                "leave it by $break or $return where a condition holds");
  const std::set<SlotNumber> assigned = body_.assigned;
  mlir::Operation *op = is_for() && scope_.stop < 0 ? finish_for() : finish_while();
  if (body_.max_iterations)
    op->setAttr("tenon.max_iterations", trace_.builder().getI64IntegerAttr(body_.max_iterations));
  const unsigned first = op->getNumResults() - unsigned(carried_.size());
  for (auto [i, one] : llvm::enumerate(carried_)) {
    one.after.value = op->getResult(first + unsigned(i));
    trace_.write(one.number, one.after);
  }
  // An endless loop is left by a break, or what is around it is left with it.
  if (is_endless() && !scope_.broken)
    throw Unwind{scope_.only_returns};
  guard_rest(trace_, assigned, request_.where);
}

} // namespace

void trace_loop(Trace &trace, const LoopRequest &request) { LoopBuilder(trace, request).run(); }

void set_max_iterations(Trace &trace, std::int64_t count, Location where) {
  Frame *frame = trace.top();
  while (frame && frame->kind != Frame::body) frame = frame->up;
  if (!frame)
    throw Error("set_loop_options", "no loop is being traced here", where,
                "say it in the body of the loop that it is about");
  frame->max_iterations = count;
}

} // namespace tenon::detail
