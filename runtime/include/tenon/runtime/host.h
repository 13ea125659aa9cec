/* Conveniences for the calling program: names of codes, tensors as text, a ready-made print service.
 *
 * None of it is needed to call a model, and each function is linked only when used.
 */
#ifndef TENON_RUNTIME_HOST_H
#define TENON_RUNTIME_HOST_H

#include "tenon/runtime/abi.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What a code means, in a few words: "workspace too small". Never null; "unknown code" for others. Static text. */
const char *tenon_status_string(int32_t status);

/* The CPU level of `model` (what <model>_describe() returns) that runs in calls on this CPU; null where none does, and
 * calls return TENON_ERROR_CPU. */
const struct tenon_level_info *tenon_model_level(const struct tenon_model_info *model);

/* The name of a dtype as messages and NumPy spell it: "float32", "bool". Never null. Static text. */
const char *tenon_dtype_string(int32_t dtype);

/* Bytes of one element; 0 for TENON_DTYPE_NONE and values that are no dtype. */
size_t tenon_dtype_size(int32_t dtype);

/* Writes `tensor` as numpy.array2string with NumPy's default options (8 digits, 75 columns, summarized above 1000
 * elements): every float with the fewest digits that tell it from its neighbours, f16 and bf16 likewise in their own
 * precision. `write` takes the text in pieces, in order. Needs no heap and about 1 KB of stack. */
void tenon_format_tensor(const struct tenon_tensor *tensor, tenon_print_fn write, void *host);

/* Services that give the C library's memory; their `host` argument is not used. They need malloc and free, and are not
 * in the library for freestanding targets. */
void *tenon_allocate_from_heap(void *host, size_t bytes);
void tenon_release_to_heap(void *host, void *memory, size_t bytes);

/* A print service that writes to stdout; its `host` argument is not used. The only function here that needs <stdio.h>;
 * not in the library for freestanding targets. */
void tenon_print_to_stdout(void *host, const char *text, size_t length);

#ifdef __cplusplus
}
#endif
#endif
