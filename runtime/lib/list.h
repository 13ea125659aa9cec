/* How a list lies in memory. Internal to the runtime. */
#ifndef TENON_RUNTIME_LIB_LIST_H
#define TENON_RUNTIME_LIB_LIST_H

#include "tenon/runtime/compiled.h"

/* At the begin of each piece of memory; its elements follow, from `begin`, which is aligned to 64. */
struct chunk {
  struct chunk *previous, *next;
  size_t bytes; /* of all of it */
  unsigned char *begin, *end;
  unsigned char *top; /* behind its last element, unless it is the list's present chunk */
  int64_t first;      /* the index of its first element */
};

struct tenon_list {
  struct tenon_list *next; /* of the frame */
  int32_t number;
  int32_t reserved;
  int64_t count;
  unsigned char *begin, *top, *end; /* of the present chunk; all the same where there is none yet */
  struct chunk *chunk;              /* the present one; those after it are empty, and wait */
  struct chunk *first;
};

#endif
