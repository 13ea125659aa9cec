/* Recognizes the digits that the network was not trained on, from C, and compares with what the training program said.
 */
#include "mnist.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { IMAGES = 1000, BATCH = 100 };

/* The elements of an .npy file of version 1, which begins with its header's length. */
static int read_npy(const char *path, void *to, size_t bytes) {
  unsigned char start[10];
  FILE *file = fopen(path, "rb");
  int ok = file != NULL && fread(start, 1, sizeof start, file) == sizeof start &&
           fseek(file, start[8] + 256 * start[9], SEEK_CUR) == 0 && fread(to, 1, bytes, file) == bytes;
  if (!ok) fprintf(stderr, "%s: cannot be read\n", path);
  if (file != NULL) fclose(file);
  return ok;
}

int main(void) {
  static float image[IMAGES][28][28][1];
  static int32_t label[IMAGES], expected[IMAGES], digit[IMAGES];
  if (!read_npy("test_images.npy", image, sizeof image) || !read_npy("test_labels.npy", label, sizeof label) ||
      !read_npy("digits.npy", expected, sizeof expected))
    return 1;
  const size_t size = mnist_predict_workspace_bytes(BATCH);
  void *work = aligned_alloc(64, (size + 63) / 64 * 64);
  for (int i = 0; i < IMAGES; i += BATCH) {
    const int32_t error = mnist_predict(NULL, BATCH, &image[i][0][0][0], &digit[i], work, size);
    if (error != 0) {
      fprintf(stderr, "mnist_predict: error %d\n", (int)error);
      return 1;
    }
  }
  free(work);
  int right = 0, same = 0;
  for (int i = 0; i < IMAGES; ++i) {
    right += digit[i] == label[i];
    same += digit[i] == expected[i];
  }
  printf("from C: %d of %d right, %d as the training program said\n", right, IMAGES, same);
  return same == IMAGES && right >= 970 ? 0 : 1;
}
