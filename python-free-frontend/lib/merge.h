// What traced regions share: running their code, merging what branches assign, guarding what follows.
#pragma once

#include "regions.h"

namespace tenon::detail {

/// Runs the code of a region; afterwards everything it opened is closed.
void run_region(Trace &trace, Frame &frame, FnRef<void()> body);
/// Ends two branches in a `tenon.if`, whose results are what variables hold behind it.
void merge_branches(Trace &trace, mlir::Value condition, Frame &then, Frame &otherwise, Location where);
/// Behind a statement that assigned these: if some path left the innermost scope, the rest of the block is guarded.
void guard_rest(Trace &trace, const std::set<SlotNumber> &assigned, Location where);

/// "i64[] before the loop, but f32[] after one iteration", for the variable's declaration.
[[noreturn]] void refuse_change(Trace &trace, const char *statement, SlotNumber number, mlir::Type first,
                                const char *where_first, mlir::Type second, const char *where_second,
                                const std::string &remedy, Location where);
/// Open sizes of a variable that have to agree: `inside` a loop's region after an iteration and `outside` before it.
/// Proved, else compared when the program runs (at the end of `check_in`), else refused.
void require_kept_sizes(Trace &trace, const char *statement, SlotNumber number, mlir::Value inside, mlir::Value outside,
                        mlir::Region &region, mlir::Block *check_in, Location where);

/// `value` at the end of `frame` as `type`, where the two differ only in which sizes are known while tracing: such a
/// size is proved, or compared when the program runs, with `problem` as the message's end. Null where neither is
/// possible.
mlir::Value conform(Trace &trace, const char *statement, SlotNumber number, mlir::Value value, mlir::Type type,
                    Frame &frame, const char *problem, Location where);

} // namespace tenon::detail
