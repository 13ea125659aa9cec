/* What compiled code calls and lays out: not for users, but for the compiler, its tests and the runtime itself.
 *
 * A model's object needs from outside nothing but memcpy, memmove, memset and the functions below. Each lies in its own
 * object file of the runtime library, so that a program carries only those that its models use.
 *
 * An entry point makes a frame on its stack, checks its arguments, calls the body with the address of the frame and
 * returns `status`:
 *
 *     if (x == NULL) return tenon_runtime_null_pointer(context, "digits_predict", "x");
 *     struct tenon_frame frame = {context, TENON_OK, 0, "digits_predict", NULL};
 *     body(&frame, ...);
 *     return frame.status;
 *
 * An error inside a body is sticky: the first one sets `status` and the message, later ones change nothing, and effects
 * on the host look at `status` first. A body carries on with whatever values it has (it must stay in bounds) or leaves.
 */
#ifndef TENON_RUNTIME_COMPILED_H
#define TENON_RUNTIME_COMPILED_H

#include "tenon/runtime/abi.h"

#ifdef __cplusplus
extern "C" {
#endif

struct tenon_list;

/* In LLVM's words `{ ptr, i32, i32, ptr, ptr }`, on every target. */
struct tenon_frame {
  const struct tenon_context *context; /* may be null */
  int32_t status;                      /* TENON_OK until an error is raised */
  int32_t reserved;
  const char *function;     /* the entry point's symbol, with which every message begins */
  struct tenon_list *lists; /* all that the body has made, to be freed when it returns */
};

/* Compiled code has these layouts built in; a negative array size is C99's static assertion. */
#define TENON_ASSERT_LAYOUT(name, condition) typedef char tenon_assert_##name[(condition) ? 1 : -1]
TENON_ASSERT_LAYOUT(frame_context, offsetof(struct tenon_frame, context) == 0);
TENON_ASSERT_LAYOUT(frame_status, offsetof(struct tenon_frame, status) == sizeof(void *));
TENON_ASSERT_LAYOUT(frame_function, offsetof(struct tenon_frame, function) == sizeof(void *) + 8);
TENON_ASSERT_LAYOUT(frame_lists, offsetof(struct tenon_frame, lists) == 2 * sizeof(void *) + 8);
TENON_ASSERT_LAYOUT(frame_size, sizeof(struct tenon_frame) == 3 * sizeof(void *) + 8);
/* `{ ptr, ptr, ptr, i32, i32 }` */
TENON_ASSERT_LAYOUT(tensor_dtype, offsetof(struct tenon_tensor, dtype) == 3 * sizeof(void *));
TENON_ASSERT_LAYOUT(tensor_size, offsetof(struct tenon_tensor, rank) == 3 * sizeof(void *) + 4);
/* `{ ptr, i32, i32, i32, i32, ptr, ptr }` */
TENON_ASSERT_LAYOUT(argument_dims, offsetof(struct tenon_argument_info, dims) == sizeof(void *) + 16);
TENON_ASSERT_LAYOUT(argument_size, sizeof(struct tenon_argument_info) == 3 * sizeof(void *) + 16);
/* `{ ptr, ptr, i32, i32, ptr, ptr, ptr, ptr, i64 }` */
TENON_ASSERT_LAYOUT(function_arguments, offsetof(struct tenon_function_info, arguments) == 2 * sizeof(void *) + 8);
TENON_ASSERT_LAYOUT(function_hash, offsetof(struct tenon_function_info, hash) == 6 * sizeof(void *) + 8);
/* `{ ptr, i32, i32, ptr, ptr, i64, i64, i64 }` */
TENON_ASSERT_LAYOUT(variable_dims, offsetof(struct tenon_variable_info, dims) == sizeof(void *) + 8);
TENON_ASSERT_LAYOUT(variable_initial,
                    offsetof(struct tenon_variable_info, initial_bytes) == (3 * sizeof(void *) + 8 + 7) / 8 * 8);
/* `{ i32, i32, ptr, i64, i64, i64, ptr, ptr, ptr }` */
TENON_ASSERT_LAYOUT(state_bytes, offsetof(struct tenon_state_info, bytes) == 16);
TENON_ASSERT_LAYOUT(state_load, offsetof(struct tenon_state_info, load) == 40 + 2 * sizeof(void *));
/* `{ ptr, i64 }` */
TENON_ASSERT_LAYOUT(level_features, offsetof(struct tenon_level_info, cpu_features) == 8);
TENON_ASSERT_LAYOUT(level_size, sizeof(struct tenon_level_info) == 16);
/* `{ i32, i32, ptr, ptr, ptr, ptr, i64, i64, i32, i32, ptr, ptr, ptr, i32, i32 }` */
TENON_ASSERT_LAYOUT(model_features, offsetof(struct tenon_model_info, cpu_features) == 4 * sizeof(void *) + 8);
TENON_ASSERT_LAYOUT(model_functions, offsetof(struct tenon_model_info, functions) == 4 * sizeof(void *) + 32);
TENON_ASSERT_LAYOUT(model_state, offsetof(struct tenon_model_info, state) == 5 * sizeof(void *) + 32);
TENON_ASSERT_LAYOUT(model_levels, offsetof(struct tenon_model_info, levels) == 6 * sizeof(void *) + 32);
TENON_ASSERT_LAYOUT(model_level_count, offsetof(struct tenon_model_info, level_count) == 7 * sizeof(void *) + 32);

/*--- Before the body: arguments --------------------------------------------------------------------------------------
 * Compiled code does the test itself and calls one of these only when it fails. Each writes its sentence into the
 * context's buffer, if there is one, and returns the code, for the entry point to return. `function` is the entry
 * point's symbol; `context` may be null.
 */

/* Argument `argument` is null. -> TENON_ERROR_NULL_POINTER */
int32_t tenon_runtime_null_pointer(const struct tenon_context *context, const char *function, const char *argument);

/* `pointer` is not a multiple of `alignment` bytes. -> TENON_ERROR_MISALIGNED */
int32_t tenon_runtime_misaligned(const struct tenon_context *context, const char *function, const char *argument,
                                 const void *pointer, size_t alignment);

/* Open dimension `dimension` lies outside [minimum, maximum]. -> TENON_ERROR_DIMENSION */
int32_t tenon_runtime_bad_dimension(const struct tenon_context *context, const char *function, const char *dimension,
                                    int64_t value, int64_t minimum, int64_t maximum);

/* `given` bytes of workspace where `needed` are. -> TENON_ERROR_WORKSPACE_TOO_SMALL */
int32_t tenon_runtime_workspace_too_small(const struct tenon_context *context, const char *function, size_t needed,
                                          size_t given);

/* Nonzero when this CPU, and the operating system's saving of its registers, has all of `features` (bits of
 * tenon/runtime/cpu.h). Two nanoseconds once the answer is known; compiled code asks at every entry. */
int32_t tenon_runtime_cpu_supported(uint64_t features);

/* The first of `count` levels whose features this CPU has; `count` where it has those of none. Entry points of objects
 * with several levels ask at every call. */
int32_t tenon_runtime_cpu_level(const struct tenon_level_info *levels, int32_t count);

/* This CPU lacks some of `features`: the sentence names them. -> TENON_ERROR_CPU */
int32_t tenon_runtime_cpu_unsupported(const struct tenon_context *context, const char *function, uint64_t features);

/*--- Behind `<model>_state_init`, `_save` and `_load` -------------------------------------------------------------
 * `function` is the symbol that was called, with which every message begins. */

/* Gives every variable its first value. */
void tenon_runtime_state_init(const struct tenon_state_info *info, void *state);

/* Writes the `info->saved_bytes` bytes of a state. -> TENON_OK, ..._NULL_POINTER, ..._MISALIGNED, ..._STATE (`size`) */
int32_t tenon_runtime_state_save(const struct tenon_context *context, const char *function,
                                 const struct tenon_state_info *info, const void *state, void *bytes, size_t size);

/* Reads them back: all of the state, or nothing. */
int32_t tenon_runtime_state_load(const struct tenon_context *context, const char *function,
                                 const struct tenon_state_info *info, void *state, const void *bytes, size_t size);

/*--- Inside the body ---------------------------------------------------------------------------------------------- */

/* Ends a call with an error: unless the frame has one already, sets its status to `code` and the context's message to
 * "<function>: <format>", each {} of `format` replaced by the next of `count` integers. Tasks of a parallel loop may
 * call it concurrently. */
void tenon_runtime_raise(struct tenon_frame *frame, int32_t code, const char *format, int32_t count,
                         const int64_t *values);

/* The flag that the caller may set to stop the call, never null. Compiled loops ask for it once and look at it in each
 * iteration that is worth it; anything but 0 is raised as TENON_ERROR_CANCELLED. */
const volatile int32_t *tenon_runtime_cancel_flag(const struct tenon_frame *frame);

/* Nonzero when the frame has an error or the caller asked to stop, which becomes TENON_ERROR_CANCELLED. For loops
 * without a small bound, once per iteration that is worth it. */
int32_t tenon_runtime_cancelled(struct tenon_frame *frame);

/* Hands `format`, each {} replaced by the next of `count` tensors as NumPy prints them, and a newline to the context's
 * print service. Does nothing when the frame has an error or there is no service. */
void tenon_runtime_print(const struct tenon_frame *frame, const char *format, int32_t count,
                         const struct tenon_tensor *tensors);

/* Runs `task` over [0, count): through the context's executor when there is one and count > 1, else right here. */
void tenon_runtime_parallel_for(const struct tenon_frame *frame, int64_t count, tenon_task task, void *argument);

/* The largest number of dimensions that a parallel loop is cut in. */
#define TENON_BOX_RANK 8

/* A part of a parallel loop of several dimensions: the indices from box[2 i] to before box[2 i + 1] in dimension i. */
typedef void (*tenon_box_task)(void *argument, const int64_t *box);

/* Runs `task` on boxes that cover [0, extents[i]) in each of `rank` dimensions, every index in one of them; not at all
 * where an extent is not positive. How many there are follows from the context's workers and from `work`, an estimate
 * of all of it in cycles; a little work, or one worker, is one box, run right here. Outer dimensions are cut first. */
void tenon_runtime_parallel(const struct tenon_frame *frame, int64_t work, int32_t rank, const int64_t *extents,
                            tenon_box_task task, void *argument);

/* Lists: elements of any size, one behind the other in chunks of the host's memory, each twice as large as the one
 * before. An element never moves. Only the calling thread uses them. */

/* An empty list, or null where there is no memory. A `number` that is not negative is that of a place in the function:
 * the list that was made there before, in this call, is emptied, and keeps its memory. */
struct tenon_list *tenon_runtime_list_create(struct tenon_frame *frame, int32_t number);

/* The address of a new last element of `bytes` bytes (a multiple of its alignment; where it is 64 or more, of 64, to
 * which the element is then aligned). Null where there is no memory. */
void *tenon_runtime_list_push(struct tenon_frame *frame, struct tenon_list *list, int64_t bytes);

/* Takes the last element, pushed with the same `bytes`, off the list; it stays where it is until the next push. Null
 * where there is none. */
void *tenon_runtime_list_pop(struct tenon_list *list, int64_t bytes);

/* Element `index`, which is inside, of a list whose elements have `bytes` bytes each. */
void *tenon_runtime_list_get(const struct tenon_list *list, int64_t index, int64_t bytes);

int64_t tenon_runtime_list_count(const struct tenon_list *list);

/* Ends the call with TENON_ERROR_HOST: `what` "needs memory from the host, but" and why there is none, then `where`. */
void tenon_runtime_list_failed(struct tenon_frame *frame, const char *what, const char *where);

/* Gives the memory of all lists back to the host: after the body, whatever its status is. */
void tenon_runtime_lists_free(struct tenon_frame *frame);

/* How many parts a parallel loop is worth cutting into: the context's `workers`, 1 without an executor. */
int64_t tenon_runtime_workers(const struct tenon_frame *frame);

#ifdef __cplusplus
}
#endif
#endif
