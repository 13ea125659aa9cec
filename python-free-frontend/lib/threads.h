// The process's pool of threads, as calls of compiled code see it.
#pragma once

struct tenon_context;

namespace tenon::detail {

/// Lends the process's threads to calls of this thread: sets what `context` says of them, where that has changed.
void lend_threads(tenon_context &context);

} // namespace tenon::detail
