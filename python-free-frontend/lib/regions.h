// Regions: what traced statements become. Branches merge, loops carry, paths that have left are guarded.
#pragma once

#include "tenon/control_flow.h"
#include "trace.h"

namespace tenon::detail {

/// Thrown through the user's code where no path goes on: break, continue and return while tracing.
struct Unwind {
  bool returns = false; ///< all of them return from a function
};

/// A branch: condition holds, or not.
void trace_if(Trace &trace, mlir::Value condition, FnRef<void()> then, FnRef<void()> otherwise, Location where);

struct LoopRequest {
  const char *statement; ///< "while", as messages call it
  Location where;
  FnRef<mlir::Value()> condition;         ///< of a while; none: endless
  mlir::Value lower, upper;               ///< of a for: i64 scalars
  std::int64_t step = 0;                  ///< 0: not a for
  FnRef<void(mlir::Value, Scope &)> body; ///< gets the index
};
void trace_loop(Trace &trace, const LoopRequest &request);
/// Of the innermost loop whose body is being traced.
void set_max_iterations(Trace &trace, std::int64_t count, Location where);

/// A block that can be left early, but is no loop: a function's body, a native loop that is unrolled, an iteration of
/// one.
void trace_block(Trace &trace, Location where, FnRef<void(Scope &)> body, bool is_function = false);

/// A doubt that is void within `scope`, as it is outside: in what is around, if those paths have returned from there
/// too.
inline void leave_doubt(Current &value, const Scope &scope) {
  value.only_going_on = false;
  if (value.unless_left == scope.id)
    value.unless_left = value.returned && scope.up && !scope.is_function ? scope.up->id : 0;
}

/// break (`whole`) or continue of the loop `target`, return from the block `target`.
[[noreturn]] void leave(Trace &trace, Scope *target, bool whole, Location where);

} // namespace tenon::detail
