/* Stopping early: the frame failed, or the caller asks. */
#include "tenon/runtime/compiled.h"
#include "text.h"

const volatile int32_t *tenon_runtime_cancel_flag(const struct tenon_frame *frame) {
  static const int32_t never = 0;
  const struct tenon_context *context = frame->context;
  return CONTEXT_HAS(context, cancel) && context->cancel != NULL ? context->cancel : &never;
}

int32_t tenon_runtime_cancelled(struct tenon_frame *frame) {
  if (*tenon_runtime_cancel_flag(frame) != 0)
    tenon_runtime_raise(frame, TENON_ERROR_CANCELLED, "the call was cancelled", 0, NULL);
#if defined(__GNUC__)
  return __atomic_load_n(&frame->status, __ATOMIC_RELAXED) != TENON_OK;
#else
  return frame->status != TENON_OK;
#endif
}
