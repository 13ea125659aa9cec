/* Memory services for programs that have a heap. */
#include <stdlib.h>

#include "tenon/runtime/host.h"

void *tenon_allocate_from_heap(void *host, size_t bytes) {
  (void)host;
  return malloc(bytes);
}

void tenon_release_to_heap(void *host, void *memory, size_t bytes) {
  (void)host;
  (void)bytes;
  free(memory);
}
