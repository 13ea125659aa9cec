// Statements: eagerly as C++ has them, while tracing as regions.
#include "merge.h"
#include "rows.h"
#include "tenon/control_flow.h"

namespace tenon {

using namespace detail;

// ---- conditions ---------------------------------------------------------------------------------------------------

namespace {

Tensor checked_condition(const Tensor &x, const char *statement, Location where) {
  const TensorType type = type_of(x, statement, where);
  if (!type.dims.empty())
    throw Error(statement, "the condition is " + type.describe() + ", but a scalar is needed", where,
                "reduce it with all() or any()");
  return as_boolean(Arg(x, where));
}

bool eager_truth(const Tensor &x, const char *statement, Location where) {
  return checked_condition(x, statement, where).item<bool>(where);
}

mlir::Value traced_truth(const Tensor &x, const char *statement, Location where) {
  return Trace::current()->read(checked_condition(x, statement, where), statement, where);
}

/// Runs one iteration eagerly; false where a break ended the loop.
bool iterate(Loop &loop, FnRef<void()> body) {
  try {
    body();
  } catch (const Left &left) {
    if (left.target != &loop)
      throw;
    return left.again;
  }
  return true;
}

} // namespace

Condition detail::make_condition(const Tensor &x, Location where) { return {Tensor(x, where), false}; }

void set_loop_options(LoopOptions options, Location where) {
  if (options.max_iterations < 0)
    throw Error("set_loop_options",
                "max_iterations is " + std::to_string(options.max_iterations) + ", but has to be positive, or 0",
                where);
  if (is_tracing)
    set_max_iterations(*Trace::current(), options.max_iterations, where);
}

// ---- leaving ------------------------------------------------------------------------------------------------------

void Loop::leave(Location where) {
  if (is_tracing)
    detail::leave(*Trace::current(), whole ? whole : iteration, /*whole=*/true, where);
  throw Left{this, false};
}
void Loop::next(Location where) {
  if (is_tracing)
    detail::leave(*Trace::current(), iteration, /*whole=*/false, where);
  throw Left{this, true};
}
void detail::leave_body(Scope *scope, Location where) { leave(*Trace::current(), scope, /*whole=*/true, where); }
void detail::run_body(FnRef<void(Scope &)> body, Location where) {
  trace_block(*Trace::current(), where, body, /*is_function=*/true);
}

struct Results::State {
  llvm::SmallVector<SlotNumber> slots;
  llvm::SmallVectorImpl<SlotNumber> *before;
  Frame *home;
  bool given = false;
};
Results::Results(Location where) : state_(new State{{}, Trace::current()->record, Trace::current()->top()}) {
  Trace::current()->saw(where);
  Trace::current()->record = &state_->slots;
}
void Results::made() {
  Trace &trace = *Trace::current();
  trace.record = state_->before;
  for (SlotNumber number : state_->slots) trace.slot(number).trusted = true;
}
Results::~Results() {
  Trace &trace = *Trace::current();
  if (trace.record == &state_->slots)
    trace.record = state_->before;
  for (SlotNumber number : state_->slots) {
    trace.slot(number).trusted = false;
    if (auto now = trace.top()->now.find(number); now != trace.top()->now.end())
      now->second.doubt = nullptr; // some path gave it, or none gets here
  }
  delete state_;
}

Giving::Giving(Results *results, Location where) : state_(results ? results->state_ : nullptr), where_(where) {
  if (!state_)
    return;
  Trace &trace = *Trace::current();
  count_ = state_->slots.size();
  trace.record = &state_->slots;
  trace.adopts = state_->home;
}
Giving::~Giving() {
  if (!state_)
    return;
  Trace &trace = *Trace::current();
  trace.record = nullptr;
  trace.adopts = nullptr;
}
void Giving::done() {
  if (!state_)
    return;
  Trace &trace = *Trace::current();
  trace.record = nullptr;
  trace.adopts = nullptr;
  const auto lives = [&](SlotNumber number) { return trace.slot(number).home; };
  if (state_->given && (state_->slots.size() != count_ || !llvm::all_of(state_->slots, lives))) {
    trace.abort();
    throw Error("return", "this path gives another number of Tensors than those before it", where_,
                "give as many on every path: a std::vector of one size");
  }
  state_->given = true;
  for (std::size_t i = count_; i < state_->slots.size(); ++i) trace.slot(state_->slots[i]).trusted = true;
}

// ---- if -----------------------------------------------------------------------------------------------------------

If &If::operator*(FnRef<Condition()> condition) { return arms_.push_back({condition, {}}), *this; }
If &If::operator%(FnRef<void()> then) { return arms_.back().then = then, *this; }
If &If::operator/(FnRef<void()> otherwise) { return otherwise_ = otherwise, *this; }

void If::run_from(std::size_t i) const {
  if (i == arms_.size()) {
    if (otherwise_)
      otherwise_();
    return;
  }
  const Condition condition = arms_[i].condition();
  if (condition.tensor && is_tracing) {
    const bool has_more = i + 1 < arms_.size() || otherwise_;
    const auto more = [&] { run_from(i + 1); };
    trace_if(*Trace::current(), traced_truth(*condition.tensor, "if", where_), arms_[i].then,
             has_more ? FnRef<void()>(more) : FnRef<void()>(), where_);
  } else if (condition.tensor ? eager_truth(*condition.tensor, "if", where_) : condition.truth) {
    arms_[i].then();
  } else {
    run_from(i + 1);
  }
}

// ---- loops --------------------------------------------------------------------------------------------------------

void While::run() const {
  Loop loop;
  if (!is_tracing) {
    while ((!condition_ || eager_truth(condition_(), "while", where_)) && iterate(loop, [&] { body_(loop); }))
      if (step_)
        step_();
    return;
  }
  Trace &trace = *Trace::current();
  const auto test = [&] { return traced_truth(condition_(), "while", where_); };
  const auto body = [&](mlir::Value, Scope &scope) {
    loop.iteration = &scope;
    if (!step_)
      return body_(loop);
    loop.whole = &scope;
    trace_block(trace, where_, [&](Scope &iteration) {
      loop.iteration = &iteration;
      body_(loop);
    });
    step_();
  };
  LoopRequest request{"while", where_, {}, {}, {}, 0, body};
  if (condition_)
    request.condition = test;
  trace_loop(trace, request);
}

static Tensor bound(const Arg &x) {
  const TensorType type = type_of(x, "range");
  if (!type.dims.empty() || !is_integer(type.dtype))
    throw Error("range", "expected integer scalars, but got " + type.describe(), x.where);
  return cast(x, i64);
}

Range::Range(const Arg &first, const Arg &last, std::int64_t step, Location where)
    : first_(bound(first)), last_(bound(last)), step_(step), where_(where) {
  if (step == 0)
    throw Error("range", "the step cannot be 0", where);
}

// How many numbers, without overflow.
static std::int64_t length(std::int64_t first, std::int64_t last, std::int64_t step) {
  if (step > 0 ? first >= last : first <= last)
    return 0;
  const std::uint64_t distance =
      step > 0 ? std::uint64_t(last) - std::uint64_t(first) : std::uint64_t(first) - std::uint64_t(last);
  const std::uint64_t stride = step > 0 ? std::uint64_t(step) : -std::uint64_t(step);
  return std::int64_t((distance - 1) / stride + 1);
}

Range::Iterator Range::begin() const {
  const auto first = known_value(first_, "range", where_), last = known_value(last_, "range", where_);
  if (!first || !last)
    throw Error("range", "a native for over a range whose end is known only to the running function", where_,
                "mark the function TENON_FUNCTION and build its file with tenon_add_autograph(), or write $for(i, "
                "tenon::range(n)) {...};");
  return {*first, step_, length(*first, *last, step_), where_};
}

std::int64_t detail::row_count(const Tensor &x, Location where) {
  const TensorType type = type_of(x, "for", where);
  if (type.dims.empty())
    throw Error("for", "a scalar, " + type.describe() + ", has no rows", where);
  if (type.dims[0] == open)
    throw Error("for",
                "a native for over the rows of " + type.describe() +
                    ", whose number only the running function "
                    "knows",
                where,
                "mark the function TENON_FUNCTION and build its file with tenon_add_autograph(), or write $for(row, x) "
                "{...};");
  return type.dims[0];
}

For::For(const Arg &over, Location where) : where_(where) {
  const TensorType type = type_of(over, "for");
  if (type.dims.empty())
    range_.emplace(Arg(0, where), over, 1, where);
  else
    rows_.emplace(*over.tensor, where);
}
For::For(const Range &range, Location where) : range_(range), where_(where) {}

void For::run() const {
  Loop loop;
  if (!is_tracing) {
    const std::int64_t first = rows_ ? 0 : range_->first().item<std::int64_t>(where_);
    const std::int64_t step = rows_ ? 1 : range_->step();
    const std::int64_t count =
        rows_ ? rows_->size(0, where_) : length(first, range_->last().item<std::int64_t>(where_), step);
    for (std::int64_t k = 0; k < count; ++k)
      if (!iterate(loop, [&] {
            const std::int64_t i = first + k * step;
            body_(loop, rows_ ? (*rows_)[Index(i, where_)] : Tensor(i, where_));
          }))
        break;
    return;
  }
  Trace &trace = *Trace::current();
  const Tensor first = rows_ ? Tensor(0, where_) : range_->first();
  const Tensor last = rows_ ? rows_->dim(0, where_) : range_->last();
  const auto body = [&](mlir::Value index, Scope &scope) {
    loop.iteration = &scope;
    const Tensor i = trace.bind(index, where_);
    body_(loop, rows_ ? row_of(*rows_, i, "for", where_) : i);
  };
  trace_loop(trace, {"for",
                     where_,
                     {},
                     trace.read(first, "for", where_),
                     trace.read(last, "for", where_),
                     rows_ ? 1 : range_->step(),
                     body});
}

// ---- native loops that are left -----------------------------------------------------------------------------------

bool Static::Iterations::operator()(FnRef<void(Loop &)> iteration) {
  Loop loop;
  if (!is_tracing)
    return iterate(loop, [&] { iteration(loop); });
  loop.whole = whole_;
  trace_block(*Trace::current(), where_, [&](Scope &scope) {
    loop.iteration = &scope;
    iteration(loop);
  });
  return !whole_->left_for_sure;
}

void Static::run() const {
  if (!is_tracing) {
    Iterations iterations(nullptr, where_);
    return body_(iterations);
  }
  trace_block(*Trace::current(), where_, [&](Scope &whole) {
    Iterations iterations(&whole, where_);
    body_(iterations);
  });
}

void Unroll::run() const {
  (Static(where_) % [&](Static::Iterations &iterations) {
    for (int k = 0; k < count_ && iterations([&](Loop &loop) { body_(loop, k); }); ++k);
  }).run();
}

// ---- lambda forms -------------------------------------------------------------------------------------------------

Tensor and_then(const Tensor &x, FnRef<Tensor()> y, Location where) {
  return cond(Arg(x, where), [&] { return as_boolean(Arg(y(), where)); }, [&] { return Tensor(false, where); });
}
Tensor or_else(const Tensor &x, FnRef<Tensor()> y, Location where) {
  return cond(Arg(x, where), [&] { return Tensor(true, where); }, [&] { return as_boolean(Arg(y(), where)); });
}

} // namespace tenon
