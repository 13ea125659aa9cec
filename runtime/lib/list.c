/* Lists that grow by chunks of the host's memory. */
#include "list.h"
#include "text.h"

enum { alignment = TENON_WORKSPACE_ALIGNMENT, least_chunk = 1024 };

static void *allocate(const struct tenon_context *context, size_t bytes) {
  if (!CONTEXT_HAS(context, release) || context->allocate == NULL || context->release == NULL)
    return NULL;
  return context->allocate(context->host, bytes);
}

static void empty(struct tenon_list *list) {
  list->count = 0;
  list->chunk = NULL;
  list->begin = list->top = list->end = (unsigned char *)list; /* no room, and not null */
}

struct tenon_list *tenon_runtime_list_create(struct tenon_frame *frame, int32_t number) {
  struct tenon_list *list = NULL;
  if (number >= 0)
    for (list = frame->lists; list != NULL && list->number != number;) list = list->next;
  if (list == NULL) {
    list = (struct tenon_list *)allocate(frame->context, sizeof *list);
    if (list == NULL)
      return NULL;
    list->next = frame->lists;
    list->number = number;
    list->reserved = 0;
    list->first = NULL;
    frame->lists = list;
  }
  empty(list);
  return list;
}

static struct chunk *new_chunk(const struct tenon_context *context, const struct chunk *previous, int64_t least) {
  const size_t overhead = sizeof(struct chunk) + alignment - 1;
  size_t bytes = least_chunk;
  struct chunk *chunk;
  if (previous != NULL && previous->bytes <= (size_t)PTRDIFF_MAX / 2)
    bytes = 2 * previous->bytes;
  if ((uint64_t)least > (uint64_t)PTRDIFF_MAX - overhead)
    return NULL;
  /* An element that is large gets company: half of the next chunk. */
  if (bytes - overhead < (size_t)least)
    bytes = (size_t)least + overhead;
  chunk = (struct chunk *)allocate(context, bytes);
  if (chunk == NULL)
    return NULL;
  chunk->bytes = bytes;
  chunk->begin = (unsigned char *)chunk + sizeof *chunk;
  chunk->begin += (alignment - (uintptr_t)chunk->begin % alignment) % alignment;
  chunk->end = (unsigned char *)chunk + bytes;
  return chunk;
}

static void *push_into_next(struct tenon_frame *frame, struct tenon_list *list, int64_t bytes) {
  struct chunk *present = list->chunk, *next = present != NULL ? present->next : list->first;
  /* What waits may be too small where elements differ in size. */
  while (next != NULL && next->end - next->begin < bytes) {
    struct chunk *small = next;
    next = small->next;
    frame->context->release(frame->context->host, small, small->bytes);
  }
  if (present != NULL)
    present->next = next;
  else
    list->first = next;
  if (next == NULL) {
    next = new_chunk(frame->context, present, bytes);
    if (next == NULL)
      return NULL;
    next->next = NULL;
    if (present != NULL)
      present->next = next;
    else
      list->first = next;
  }
  next->previous = present;
  if (present != NULL)
    present->top = list->top;
  next->first = list->count++;
  list->chunk = next;
  list->begin = next->begin;
  list->top = next->begin + bytes;
  list->end = next->end;
  return next->begin;
}

void *tenon_runtime_list_push(struct tenon_frame *frame, struct tenon_list *list, int64_t bytes) {
  unsigned char *element = list->top;
  if (bytes < 0)
    return NULL;
  if (list->end - element < bytes)
    return push_into_next(frame, list, bytes);
  list->top = element + bytes;
  ++list->count;
  return element;
}

void *tenon_runtime_list_pop(struct tenon_list *list, int64_t bytes) {
  if (list->count == 0)
    return NULL;
  while (list->top - list->begin < bytes || list->count == (list->chunk != NULL ? list->chunk->first : 0)) {
    struct chunk *previous = list->chunk != NULL ? list->chunk->previous : NULL;
    if (previous == NULL)
      return NULL;
    list->chunk = previous;
    list->begin = previous->begin;
    list->top = previous->top;
    list->end = previous->end;
  }
  --list->count;
  list->top -= bytes;
  return list->top;
}

void tenon_runtime_lists_free(struct tenon_frame *frame) {
  const struct tenon_context *context = frame->context;
  while (frame->lists != NULL) {
    struct tenon_list *list = frame->lists;
    frame->lists = list->next;
    while (list->first != NULL) {
      struct chunk *chunk = list->first;
      list->first = chunk->next;
      context->release(context->host, chunk, chunk->bytes);
    }
    context->release(context->host, list, sizeof *list);
  }
}

void tenon_runtime_list_failed(struct tenon_frame *frame, const char *what, const char *where) {
  const struct tenon_context *context = frame->context;
  const int has_service = CONTEXT_HAS(context, release) && context->allocate != NULL && context->release != NULL;
  struct text text;
  if (!tenon_claim_error(frame, TENON_ERROR_HOST) || !tenon_message_begin(&text, context, frame->function))
    return;
  tenon_text_string(&text, what);
  tenon_text_string(&text, " needs memory from the host, but ");
  tenon_text_string(&text, has_service ? "its `allocate` gave none" : "the context has no `allocate` and `release`");
  tenon_text_string(&text, where);
  tenon_message_end(&text);
}
