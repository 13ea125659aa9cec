/* The compiled digits model against probabilities from JAX, and against itself at other batch sizes:
 * probabilities IMAGES.npy EXPECTED.npy */
#include "digits.h"
#include "npy.h"

enum { ROWS = 360 };
static float x[ROWS][64], expected[ROWS][10], whole[ROWS][10], parts[ROWS][10];

static int predict(int64_t batch, const float *images, float *probabilities) {
  const size_t bytes = digits_predict_workspace_bytes(batch);
  unsigned char *memory = malloc(bytes + 64);
  void *workspace = memory + (64 - (uintptr_t)memory % 64);
  const int32_t status = digits_predict(NULL, batch, images, probabilities, workspace, bytes);
  free(memory);
  return status;
}

int main(int argc, char **argv) {
  const int64_t batches[] = {1, 2, 7, 33, 359};
  float worst = 0;
  size_t b;
  int i, k;
  if (argc != 3)
    return 2;
  read_npy(argv[1], &x[0][0], ROWS * 64);
  read_npy(argv[2], &expected[0][0], ROWS * 10);
  if (predict(ROWS, &x[0][0], &whole[0][0]) != 0)
    return 1;
  for (i = 0; i < ROWS; ++i)
    for (k = 0; k < 10; ++k) {
      const float error = whole[i][k] > expected[i][k] ? whole[i][k] - expected[i][k] : expected[i][k] - whole[i][k];
      if (!(error <= worst))
        worst = error;
    }
  printf("largest difference to the reference: %g\n", worst);
  if (!(worst <= 1e-5f))
    return 1;

  /* A row's bits do not depend on how many rows are computed with it. */
  for (b = 0; b < sizeof batches / sizeof batches[0]; ++b) {
    int64_t row;
    for (row = 0; row < ROWS; row += batches[b]) {
      const int64_t rows = ROWS - row < batches[b] ? ROWS - row : batches[b];
      if (predict(rows, x[row], parts[row]) != 0)
        return 1;
    }
    if (memcmp(whole, parts, sizeof whole) != 0) {
      printf("batches of %d give other bits\n", (int)batches[b]);
      return 1;
    }
  }
  return predict(0, NULL, NULL); /* nothing to do is no error */
}
