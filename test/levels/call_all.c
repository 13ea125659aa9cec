/* Calls every function of a model through its description with drawn inputs, and prints a hash of what it wrote: equal
 * lines are equal bits. The model is MODEL, given when this is compiled. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tenon/runtime/abi.h"
#include "tenon/runtime/host.h"

#define JOIN(a, b) a##b
#define DESCRIBE(model) JOIN(model, _describe)
const struct tenon_model_info *DESCRIBE(MODEL)(void);

enum { MOST = 16, SIZE = 5, UNKNOWN_BYTES = 1 << 16 };
static uint32_t seed = 1;

static uint32_t draw(void) { return (seed = seed * 1664525u + 1013904223u) >> 8; }

static void *aligned(size_t bytes) {
  unsigned char *memory = malloc(bytes + 128);
  memset(memory, 0, bytes + 128);
  return memory + (64 - (uintptr_t)memory % 64);
}

/* Elements of an argument when every open dimension is SIZE; 0 where it is not known. */
static size_t count(const struct tenon_argument_info *argument) {
  size_t elements = 1;
  int i;
  for (i = 0; i < argument->rank; ++i)
    if (argument->dims[i] == INT64_MIN)
      return 0;
    else
      elements *= argument->dims[i] < 0 ? SIZE : (size_t)argument->dims[i];
  return elements;
}

static uint64_t hash(uint64_t before, const void *bytes, size_t size) {
  size_t i;
  for (i = 0; i < size; ++i) before = (before ^ ((const unsigned char *)bytes)[i]) * UINT64_C(1099511628211);
  return before;
}

static void fill(void *data, const struct tenon_argument_info *argument, size_t elements) {
  size_t i;
  for (i = 0; i < elements; ++i)
    switch (argument->dtype) {
    case TENON_DTYPE_F32: ((float *)data)[i] = (float)draw() / 8388608.0f - 1.0f; break;
    case TENON_DTYPE_F64: ((double *)data)[i] = (double)draw() / 8388608.0 - 1.0; break;
    case TENON_DTYPE_I32: ((int32_t *)data)[i] = (int32_t)(draw() % 3); break;
    case TENON_DTYPE_I64: ((int64_t *)data)[i] = (int64_t)(draw() % 3); break;
    default: ((unsigned char *)data)[i] = (unsigned char)(draw() % 2); break;
    }
}

int main(void) {
  const struct tenon_model_info *model = DESCRIBE(MODEL)();
  const struct tenon_level_info *level = tenon_model_level(model);
  unsigned char *state = model->state != NULL ? aligned(model->state->bytes) : NULL;
  struct tenon_context context;
  char message[400] = "";
  int f, i;
  fprintf(stderr, "%s\n", level != NULL ? level->cpu : "none");
  memset(&context, 0, sizeof context);
  context.struct_size = sizeof context;
  context.message = message;
  context.message_capacity = sizeof message;
  context.allocate = tenon_allocate_from_heap;
  context.release = tenon_release_to_heap;
  if (state != NULL)
    model->state->init(state);
  for (f = 0; f < model->function_count; ++f) {
    const struct tenon_function_info *function = &model->functions[f];
    const int64_t dims[MOST] = {SIZE, SIZE, SIZE, SIZE};
    void *buffers[MOST];
    size_t bytes[MOST], workspace_bytes = function->workspace_bytes != NULL ? function->workspace_bytes(dims) : 0;
    uint64_t written = UINT64_C(14695981039346656037);
    int32_t code;
    if (function->argument_count > MOST || function->dim_count > 4)
      return 2;
    for (i = 0; i < function->argument_count; ++i) {
      const struct tenon_argument_info *argument = &function->arguments[i];
      const size_t elements = count(argument);
      bytes[i] = elements != 0 ? elements * tenon_dtype_size(argument->dtype) : UNKNOWN_BYTES;
      if (argument->kind == TENON_ARGUMENT_STATE) {
        int v = 0;
        while (strcmp(model->state->variables[v].name, argument->name) != 0) ++v;
        buffers[i] = state + model->state->variables[v].offset;
        continue;
      }
      buffers[i] = aligned(bytes[i]);
      if (argument->kind == TENON_ARGUMENT_INPUT)
        fill(buffers[i], argument, elements);
    }
    code = function->call(&context, buffers, dims, aligned(workspace_bytes), workspace_bytes);
    for (i = 0; i < function->argument_count; ++i)
      if (function->arguments[i].kind != TENON_ARGUMENT_INPUT)
        written = hash(written, buffers[i], bytes[i]);
    printf("%s: %d %08lx%08lx %s\n", function->name, (int)code, (unsigned long)(written >> 32),
           (unsigned long)(written & 0xffffffffu), code != 0 ? message : "");
  }
  return 0;
}
