// Variables in regions: what each holds where, what a region assigns, which objects outlive it.
#include "frames.h"
#include "trace.h"

#include <cstring>
#include <fstream>

namespace tenon::detail {

static std::uint32_t next_scope() {
  static std::atomic<std::uint32_t> last{0};
  return ++last;
}
Scope::Scope(bool is_loop, Location where, Frame *outer, Frame *body, Scope *up)
    : id(next_scope()), is_loop(is_loop), where(where), outer(outer), body(body), up(up) {}

bool is_inside(const mlir::Region &region, mlir::Region *at) {
  while (at && at != &region) {
    mlir::Operation *op = at->getParentOp();
    at = op ? op->getParentRegion() : nullptr;
  }
  return at != nullptr;
}

std::string in_file(Location where) {
  const std::string_view file = where.file_name();
  return std::string(file.substr(file.rfind('/') + 1)) + ":" + std::to_string(where.line());
}

std::string source_line(Location where) {
  std::ifstream file(where.file_name());
  std::string text;
  for (std::uint_least32_t line = 0; line < where.line(); ++line)
    if (!std::getline(file, text))
      return {};
  const std::size_t begin = text.find_first_not_of(" \t");
  if (!where.line() || begin == text.npos)
    return {};
  return "\n  " + std::to_string(where.line()) + " | " + text.substr(begin);
}

// ---- variables ----------------------------------------------------------------------------------------------------

// Objects that the standard library makes, or our headers, have no line of the user's.
static bool is_users(Location where) {
  const char *file = where.file_name();
  return where.line() && !std::strstr(file, "/c++/") && !std::strstr(file, "/tenon/control_flow.h") &&
         !std::strstr(file, "/tenon/function.h") && !std::strstr(file, "/tenon/program.h");
}

void Trace::saw(Location where) {
  if (is_users(where))
    last_ = where;
}

SlotNumber Trace::new_slot(Current value, Location where) {
  SlotNumber number;
  if (!is_users(where))
    where = last_;
  Frame *home = adopts ? adopts : top_;
  if (free_slots_.empty()) {
    number = SlotNumber(slots_.size());
    slots_.push_back({home, where});
  } else {
    number = free_slots_.back();
    free_slots_.pop_back();
    slot(number) = {home, where};
  }
  home->born.insert(number);
  if (value.value || value.doubt)
    write(number, value);
  if (record)
    record->push_back(number);
  return number;
}

SlotNumber Trace::new_slot(mlir::Value value, Location where, Frame *home) {
  // No object ends it: it stays until the trace does, and is not looked at when its region ends.
  slots_.push_back({home, where, /*trusted=*/true});
  home->now[SlotNumber(slots_.size()) - 1] = Current{value};
  return SlotNumber(slots_.size()) - 1;
}

Current Trace::lookup(Frame *frame, SlotNumber number) {
  if (auto found = frame->now.find(number); found != frame->now.end())
    return found->second;
  if (!frame->up)
    return {};
  Current now = lookup(frame->up, number);
  if (frame->kind == Frame::guard && now.doubt && now.unless_left == frame->scope_id) {
    now.doubt = nullptr; // nothing has left, so that the value is there
  } else if (frame->kind == Frame::loop && now.value) {
    mlir::BlockArgument argument =
        frame->block->addArgument(now.value.getType(), to_mlir(slot(number).born, context()));
    frame->provisional[number] = {argument, now};
    now.value = argument;
    frame->now[number] = now;
  }
  return now;
}

void Trace::write(SlotNumber number, Current value) {
  for (Frame *frame = top_; frame != slot(number).home; frame = frame->up) frame->assigned.insert(number);
  top_->now[number] = value;
}

void Trace::dropped(Tensor &x) {
  if (Access::trace(x) != id_ || aborted_)
    return;
  const SlotNumber number = Access::slot(x);
  Frame *home = slot(number).home;
  if (!home)
    return; // it outlived its region, which is an error already
  if (visible(home) != visible(top_) && !deferred_)
    deferred_.emplace(
        visible(top_)->statement,
        "a Tensor from outside this statement (declared at " + in_file(slot(number).born) +
            ") is destroyed inside it: a std::vector or another container was resized or replaced by traced code, "
            "which runs only once as C++",
        last_, "use a tenon::TensorArray, or assign the elements one by one", source_line(slot(number).born));
  for (Frame *frame = top_; frame; frame = frame->up) {
    frame->now.erase(number);
    frame->assigned.erase(number);
    if (frame == home)
      break;
  }
  home->born.erase(number);
  slot(number).home = nullptr;
  free_slots_.push_back(number);
}

// ---- regions ------------------------------------------------------------------------------------------------------

void Trace::enter(Frame &frame) {
  top_ = &frame;
  saw(frame.where);
  if (frame.block && frame.kind != Frame::loop)
    builder_.setInsertionPointToEnd(frame.block);
}

void Trace::leave_to(Frame *frame) {
  top_ = frame;
  builder_.setInsertionPointToEnd(frame->block);
}

void Trace::check() {
  if (deferred_) {
    const Error error = std::move(*deferred_);
    deferred_.reset();
    throw error;
  }
  if (aborted_)
    throw Error(budget_.function,
                "an error inside a traced statement was caught by the program: the trace cannot go on", last_,
                "let it leave the function");
}

void Trace::step(Location where) {
  saw(where);
  check();
  if (++steps_ <= budget_.operations)
    return;
  throw Error(budget_.function,
              "more than " + std::to_string(budget_.operations) +
                  " operations have been traced: a C++ loop that does not end while tracing?",
              last_,
              "make it a traced loop: mark the function TENON_FUNCTION, or write $while, $for or $loop; if the program "
              "is that long, raise FunctionOptions::operation_budget",
              source_line(last_));
}

} // namespace tenon::detail
