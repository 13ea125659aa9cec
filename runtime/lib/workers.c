/* How many parts a parallel loop is worth. */
#include "tenon/runtime/compiled.h"
#include "text.h"

int64_t tenon_runtime_workers(const struct tenon_frame *frame) {
  const struct tenon_context *context = frame->context;
  if (!CONTEXT_HAS(context, workers) || context->parallel_for == NULL || context->workers < 1)
    return 1;
  return context->workers;
}
