/* Elements of lists by their index. */
#include "list.h"

void *tenon_runtime_list_get(const struct tenon_list *list, int64_t index, int64_t bytes) {
  const struct chunk *chunk = list->chunk;
  if (chunk == NULL)
    return list->top; /* elements without bytes need no chunk */
  /* Half of the elements are in the last chunk, and a quarter in the one before. */
  while (chunk->first > index && chunk->previous != NULL) chunk = chunk->previous;
  return chunk->begin + (index - chunk->first) * bytes;
}

int64_t tenon_runtime_list_count(const struct tenon_list *list) { return list->count; }
