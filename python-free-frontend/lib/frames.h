// Frame: one region of the program while it is traced, and what every variable holds in it. Scope: what a break leaves.
#pragma once

#include "tenon/error.h"

#include "mlir/IR/Block.h"
#include "mlir/IR/Region.h"
#include "mlir/IR/Value.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"

#include <map>
#include <set>

namespace tenon::detail {

using SlotNumber = std::int32_t;

/// What a variable holds at one point of the trace.
struct Current {
  mlir::Value value;                  ///< null: nothing yet
  const std::string *doubt = nullptr; ///< why a run may get here without a value
  std::uint32_t unless_left = 0;      ///< the doubt is void wherever this scope has not been left
  bool returned = false;              ///< ... nor any other up to the function's body: those paths have returned
  bool only_going_on = false;         ///< the doubt, in force here, is void where the innermost scope has been left
};

struct Scope;

/// A region in the making. Regions of branches and loops are detached until their statement ends.
///
/// A loop is two frames more: `loop`, whose arguments stand for what variables hold when an iteration begins, around
/// `test`, the condition, and `body`. A `guard` is the rest of a block behind a statement that some path has left by
/// break, continue or return: it runs only where no path did. Users do not see it.
struct Frame {
  enum Kind : std::uint8_t { function, branch, loop, test, body, guard };

  /// An argument of a loop for a variable from outside, and what the variable held before. Whether the loop assigns
  /// the variable is known only at its end: then it is carried, or the argument is replaced by what it held before.
  struct Provisional {
    mlir::BlockArgument argument;
    Current init;
  };

  Frame(Kind kind, const char *statement, Location where, Frame *up)
      : kind(kind), statement(statement), where(where), up(up) {
    if (kind != function && kind != loop)
      block = &region.emplaceBlock();
  }
  Frame(const Frame &) = delete;
  ~Frame() { region.dropAllReferences(); }

  Kind kind;
  bool left = false;        ///< every path through it leaves it by break, continue or return
  bool returned = false;    ///< all of them by return: what its variables hold is not read again in this function
  bool left_before = false; ///< it stands for paths that had left before it began
  const char *statement;    ///< "while", as messages call it
  Location where;
  Frame *up;
  mlir::Region region;
  mlir::Block *block = nullptr; ///< where operations go; of a loop: the block that has its arguments
  llvm::DenseMap<SlotNumber, Current> now;
  std::set<SlotNumber> assigned; ///< variables from outside that it assigns; ordered, so that traces are reproducible
  llvm::DenseSet<SlotNumber> born;
  std::map<SlotNumber, Provisional> provisional; ///< of a loop
  std::int64_t max_iterations = 0;               ///< of a loop's body; 0: nobody knows
  mlir::Value condition;                         ///< of a guard: no path has left
  std::uint32_t scope_id = 0;                    ///< of a guard: what has not been left
  bool skipped_by_return = false;                ///< of a guard: those that have left before it have returned
};

/// What break, continue or return leaves: the body of a loop, a native loop that is unrolled, a function's body.
///
/// Leaving sets flags, which are variables like others: the rest of each enclosing block is guarded by `skip`, and the
/// condition of each enclosing loop by `stop`.
struct Scope {
  Scope(bool is_loop, Location where, Frame *outer, Frame *body, Scope *up);
  Scope(const Scope &) = delete;
  const std::uint32_t id;
  bool is_loop;
  Location where;
  Frame *outer, *body; ///< where `stop` and `skip` begin as false
  Scope *up;
  SlotNumber stop = -1, skip = -1;
  bool is_function = false;   ///< a function's body
  bool broken = false;        ///< by a break of its own, not only by those of what is around it
  bool only_returns = true;   ///< no break or continue has left it
  bool left_for_sure = false; ///< nothing of it can run any more, whatever the values
};

/// The frame that the user sees: the one around guards.
inline const Frame *visible(const Frame *frame) {
  while (frame->kind == Frame::guard) frame = frame->up;
  return frame;
}

/// Whether `at` is `region` or inside of it, which may belong to no operation yet (mlir::Region asks for one).
bool is_inside(const mlir::Region &region, mlir::Region *at);

/// "model.cpp:31".
std::string in_file(Location where);
/// "\n  31 | Tensor s = 0;", or nothing where the file cannot be read.
std::string source_line(Location where);

} // namespace tenon::detail
