/* Wrong arguments to a compiled function, one or several at a time: every call returns a code of one of the mistakes,
 * with its sentence, writes nothing, and reads nothing outside its arrays.
 *
 * Arrays end where an inaccessible page begins, so that one element too far is a fault.
 */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "digits.h"
#include "tenon/runtime/abi.h"

enum { MOST_ROWS = 40, CALLS = 200000 };

/* `bytes` bytes whose last one lies just before a page that cannot be touched. */
static unsigned char *guarded(size_t bytes) {
  const size_t page = (size_t)sysconf(_SC_PAGESIZE), room = (bytes + page - 1) / page * page;
  unsigned char *memory = mmap(NULL, room + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED || mprotect(memory + room, page, PROT_NONE) != 0) {
    perror("mmap");
    exit(2);
  }
  return memory + room - bytes;
}

static uint64_t state = 88172645463325252u; /* xorshift64 (Marsaglia 2003) */
static uint64_t random_below(uint64_t bound) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return (state >> 11) % bound;
}

static int all_bytes(const unsigned char *bytes, size_t size, unsigned char value) {
  size_t i;
  for (i = 0; i < size && bytes[i] == value; ++i) {
  }
  return i == size;
}

static int fail(const char *what, int call, int32_t code, const char *message) {
  printf("call %d: %s: code %d, message \"%s\"\n", call, what, (int)code, message);
  return 1;
}

int main(void) {
  static const int64_t bad_rows[] = {-1, -2, INT64_MIN, INT64_MAX, INT64_MAX / 64, (int64_t)1 << 62};
  const size_t most_bytes = digits_predict_workspace_bytes(MOST_ROWS);
  /* One byte more than needed: for misaligned calls the array begins a byte early. */
  unsigned char *const x_end = guarded(MOST_ROWS * 64 * sizeof(float)) + MOST_ROWS * 64 * sizeof(float);
  unsigned char *const p_end = guarded(MOST_ROWS * 10 * sizeof(float)) + MOST_ROWS * 10 * sizeof(float);
  unsigned char *const work_end = guarded(most_bytes + 64) + most_bytes + 64;
  int call, fine = 0;

  for (call = 0; call < CALLS; ++call) {
    const int64_t rows = (int64_t)random_below(MOST_ROWS + 1);
    const size_t x_bytes = (size_t)rows * 64 * sizeof(float), p_bytes = (size_t)rows * 10 * sizeof(float);
    const size_t needed = digits_predict_workspace_bytes(rows);
    int64_t batch = rows;
    unsigned char *x = x_end - x_bytes, *p = p_end - p_bytes;
    unsigned char *work = work_end - needed - ((uintptr_t)(work_end - needed) % 64);
    size_t work_bytes = needed;
    char message[120] = "untouched";
    struct tenon_context context;
    unsigned mistakes = 0; /* bit n: a mistake of code n */
    int changes = (int)random_below(4);
    int32_t code;

    memset(&context, 0, sizeof context);
    context.struct_size = sizeof context;
    context.message = message;
    context.message_capacity = sizeof message;
    for (; changes > 0; --changes) {
      switch (random_below(8)) {
      case 0:
        batch = bad_rows[random_below(6)];
        mistakes |= 1u << TENON_ERROR_DIMENSION;
        break;
      case 1:
        x = NULL;
        if (rows > 0)
          mistakes |= 1u << TENON_ERROR_NULL_POINTER;
        break;
      case 2:
        p = NULL;
        if (rows > 0)
          mistakes |= 1u << TENON_ERROR_NULL_POINTER;
        break;
      case 3:
        if (x != NULL && rows > 0) {
          x -= 1 + random_below(3);
          mistakes |= 1u << TENON_ERROR_MISALIGNED;
        }
        break;
      case 4:
        if (p != NULL && rows > 0) {
          p -= 1 + random_below(3);
          mistakes |= 1u << TENON_ERROR_MISALIGNED;
        }
        break;
      case 5:
        work = NULL;
        if (needed > 0)
          mistakes |= 1u << TENON_ERROR_NULL_POINTER;
        break;
      case 6:
        if (needed > 0 && work != NULL) {
          work -= 4;
          mistakes |= 1u << TENON_ERROR_MISALIGNED;
        }
        break;
      default:
        if (needed > 0) {
          work_bytes = random_below(needed);
          mistakes |= 1u << TENON_ERROR_WORKSPACE_TOO_SMALL;
        }
        break;
      }
    }
    /* Two shifts by -1..-3 or -4 may have made a pointer aligned again. */
    if ((uintptr_t)x % 4 == 0 && (uintptr_t)p % 4 == 0 && (work == NULL || (uintptr_t)work % 64 == 0))
      mistakes &= ~(1u << TENON_ERROR_MISALIGNED);

    memset(p_end - MOST_ROWS * 10 * sizeof(float), 0x5a, MOST_ROWS * 10 * sizeof(float));
    code = digits_predict(call % 3 == 0 ? NULL : &context, batch, (const float *)(const void *)x, (float *)(void *)p,
                          work, work_bytes);
    if (mistakes == 0) {
      if (code != TENON_OK || strcmp(message, "untouched") != 0)
        return fail("nothing was wrong", call, code, message);
      ++fine;
      continue;
    }
    if (code < 1 || code > 5 || (mistakes >> code & 1u) == 0)
      return fail("not one of the mistakes", call, code, message);
    if (!all_bytes(p_end - MOST_ROWS * 10 * sizeof(float), MOST_ROWS * 10 * sizeof(float), 0x5a))
      return fail("the output was written", call, code, message);
    if ((call % 3 == 0) != (strcmp(message, "untouched") == 0))
      return fail("message and context", call, code, message);
    if (call % 3 != 0 && strncmp(message, "digits_predict: ", 16) != 0)
      return fail("whose message?", call, code, message);
  }
  printf("%d calls, %d of them right\n", CALLS, fine);
  return fine > 1000 && fine < CALLS - 1000 ? 0 : 1;
}
