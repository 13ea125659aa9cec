/* Reads the 360 test images from stdin, asks the compiled model, and prints how many digits it gets right. */
#include <stdio.h>

#include "digits.h"

static float x[360][64], p[360][10];
static unsigned char work[1 << 20] __attribute__((aligned(64)));

int main(void) {
  int label[360], right = 0;
  for (int i = 0; i < 360; ++i) {
    for (int j = 0; j < 64; ++j, x[i][j - 1] /= 16)
      if (scanf("%f,", &x[i][j]) != 1) return 1;
    if (scanf("%d", &label[i]) != 1) return 1;
  }

  int32_t error = digits_predict(NULL, 360, &x[0][0], &p[0][0], work, sizeof work);
  if (error != 0) return error;

  for (int i = 0; i < 360; ++i) {
    int best = 0;
    for (int k = 1; k < 10; ++k)
      if (p[i][k] > p[i][best]) best = k;
    right += best == label[i];
  }
  printf("%d of 360 right\n", right);
  return 0;
}
