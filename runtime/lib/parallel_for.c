/* Parallel loops: through the caller's executor, or here. */
#include "tenon/runtime/compiled.h"
#include "text.h"

void tenon_runtime_parallel_for(const struct tenon_frame *frame, int64_t count, tenon_task task, void *argument) {
  const struct tenon_context *context = frame->context;
  if (count <= 0)
    return;
  if (count > 1 && CONTEXT_HAS(context, executor) && context->parallel_for != NULL)
    context->parallel_for(context->executor, count, task, argument);
  else
    task(argument, 0, count);
}
