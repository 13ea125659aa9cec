// VariableState: what the handles of one Variable share.
#pragma once

#include "buffer.h"
#include "tenon/variable.h"

namespace tenon::detail {

struct VariableState {
  std::atomic<std::uint32_t> references{1};
  BufferRef value;
  std::string name;
  Location made;
  std::string path;                      ///< where a module holds it: the longest that a Collector saw
  bool trainable = true, frozen = false; ///< its own, and its module's word
  /// Its symbol as the i-th variable of a module: the name where that is an identifier.
  std::string symbol(std::size_t i) const;
};

inline VariableState *Access::state(const Variable &x) { return x.state_; }
inline void retain(VariableState *state) { state->references.fetch_add(1, std::memory_order_relaxed); }
inline void release(VariableState *state) {
  if (state->references.fetch_sub(1, std::memory_order_acq_rel) == 1)
    delete state;
}

} // namespace tenon::detail
