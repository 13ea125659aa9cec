/* Asks the compiled model with and without threads, for images that it draws, and compares what comes out bit by bit. */
#include <stdio.h>
#include <string.h>

#include <tenon/runtime/pool.h>

#include "digits.h"

enum { images = 4096 };
static float x[images][64], alone[images][10], together[images][10];
static unsigned char work[16 << 20] __attribute__((aligned(64)));

int main(void) {
  unsigned state = 1;
  for (int i = 0; i < images; ++i)
    for (int j = 0; j < 64; ++j) x[i][j] = (float)((state = state * 1664525u + 1013904223u) >> 28) / 16;
  int32_t error = digits_predict(NULL, images, &x[0][0], &alone[0][0], work, sizeof work);
  if (error != 0) return error;

  /* [pool] */
  struct tenon_pool *pool = tenon_pool_create(0); /* as many workers as processors */
  struct tenon_context context = {0};
  context.struct_size = sizeof context;
  tenon_pool_lend(pool, &context);
  error = digits_predict(&context, images, &x[0][0], &together[0][0], work, sizeof work);
  tenon_pool_destroy(pool);
  /* [/pool] */
  if (error != 0) return error;
  puts(memcmp(alone, together, sizeof alone) == 0 ? "the same bits" : "other bits");
  return 0;
}
