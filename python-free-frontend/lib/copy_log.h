// CopyLog: which handles a copy of an object copies, for the check that no member of a module was missed.
#pragma once

#include <vector>

namespace tenon::detail {

class Shared;
struct VariableState;

struct CopyLog {
  std::vector<const Shared *> shared;
  std::vector<const VariableState *> variables;
};
/// Where this thread's copies of handles are noted; null: nowhere.
extern constinit thread_local CopyLog *copy_log;

} // namespace tenon::detail
