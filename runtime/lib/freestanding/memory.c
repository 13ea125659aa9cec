/* memcpy, memmove and memset for targets without a C library. Compile with -ffreestanding -fno-builtin: a compiler
 * that recognizes these loops would replace them by calls to themselves. */
#include <stddef.h>

void *memcpy(void *destination, const void *source, size_t size);
void *memmove(void *destination, const void *source, size_t size);
void *memset(void *destination, int value, size_t size);

void *memcpy(void *destination, const void *source, size_t size) {
  unsigned char *to = (unsigned char *)destination;
  const unsigned char *from = (const unsigned char *)source;
  while (size-- > 0) *to++ = *from++;
  return destination;
}

void *memmove(void *destination, const void *source, size_t size) {
  unsigned char *to = (unsigned char *)destination;
  const unsigned char *from = (const unsigned char *)source;
  if (to <= from || to >= from + size)
    return memcpy(destination, source, size);
  while (size-- > 0) to[size] = from[size];
  return destination;
}

void *memset(void *destination, int value, size_t size) {
  unsigned char *to = (unsigned char *)destination;
  while (size-- > 0) *to++ = (unsigned char)value;
  return destination;
}
