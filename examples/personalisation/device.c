/* The classifier in the hands of a user whose digits lean to the right: reads 360 digits from stdin, learns from half
 * of them, is tried on the other half, and keeps what it has learned in a file: personalisation_device FILE < test.csv
 */
#include <stdio.h>
#include <string.h>

#include <tenon/runtime/abi.h>

#include "all_layers.h"
#include "last_layer.h"

enum { IMAGES = 360, LEARN = 180, TRY = IMAGES - LEARN, BATCH = 20, STEPS = 300 };

static float image[IMAGES][64];
static int32_t label[IMAGES], digit[TRY], again[TRY];
/* All the memory there is: no heap. */
static unsigned char work[1 << 18] __attribute__((aligned(64)));
static struct last_layer_state last __attribute__((aligned(64)));
static struct all_layers_state all __attribute__((aligned(64))), loaded __attribute__((aligned(64)));
static unsigned char bytes[ALL_LAYERS_STATE_SAVED_BYTES];

/* The image with each row moved in proportion to its distance from the middle, half a pixel a row. */
static void lean(float *pixels) {
  float upright[64];
  memcpy(upright, pixels, sizeof upright);
  for (int row = 0; row < 8; ++row) {
    const int quarters = 2 * row - 7; /* of a pixel, to the left */
    const int whole = (quarters + 8) / 4 - 2;
    const float part = (float)(quarters - 4 * whole) / 4;
    for (int column = 0; column < 8; ++column) {
      const int left = column + whole, right = left + 1;
      const float a = left >= 0 && left < 8 ? upright[8 * row + left] : 0;
      const float b = right >= 0 && right < 8 ? upright[8 * row + right] : 0;
      pixels[8 * row + column] = (1 - part) * a + part * b;
    }
  }
}

static int count_right(const int32_t *digits) {
  int right = 0;
  for (int i = 0; i < TRY; ++i) right += digits[i] == label[LEARN + i];
  return right;
}

int main(int argc, char **argv) {
  char message[256] = "";
  struct tenon_context context = {
      .struct_size = sizeof context, .message = message, .message_capacity = sizeof message};
  const float *tried = image[LEARN];
  float loss = 0;
  if (argc != 2) return 2;
  for (int i = 0; i < IMAGES; ++i) {
    for (int j = 0; j < 64; ++j, image[i][j - 1] /= 16)
      if (scanf("%f,", &image[i][j]) != 1) return 2;
    if (scanf("%d", &label[i]) != 1) return 2;
    lean(image[i]);
  }

  last_layer_state_init(&last);
  all_layers_state_init(&all);
  if (all_layers_predict(&context, TRY, tried, &all, digit, work, sizeof work) != TENON_OK) goto failed;
  printf("as shipped: %d of %d of this user's digits are read right\n", count_right(digit), TRY);

  for (int step = 0; step < STEPS; ++step) {
    const int first = step * BATCH % LEARN;
    if (last_layer_train_step(&context, BATCH, image[first], &label[first], &last, &loss, work, sizeof work) !=
        TENON_OK)
      goto failed;
  }
  if (last_layer_predict(&context, TRY, tried, &last, digit, work, sizeof work) != TENON_OK) goto failed;
  printf("%d steps on the last layer: %d of %d, with a state of %d bytes\n", STEPS, count_right(digit), TRY,
         LAST_LAYER_STATE_BYTES);

  /* [training] */
  for (int step = 0; step < STEPS; ++step) {
    const int first = step * BATCH % LEARN;
    if (all_layers_train_step(&context, BATCH, image[first], &label[first], &all, &loss, work, sizeof work) != TENON_OK)
      goto failed;
  }
  if (all_layers_predict(&context, TRY, tried, &all, digit, work, sizeof work) != TENON_OK) goto failed;
  /* [/training] */
  printf("%d steps on all layers: %d of %d, with a state of %d bytes\n", STEPS, count_right(digit), TRY,
         ALL_LAYERS_STATE_BYTES);

  /* Kept until the next start, when it is loaded into a new state. */
  FILE *file;
  /* [saving] */
  if (all_layers_state_save(&context, &all, bytes, sizeof bytes) != TENON_OK) goto failed;
  if ((file = fopen(argv[1], "wb")) == NULL || fwrite(bytes, sizeof bytes, 1, file) != 1 || fclose(file) != 0) return 2;
  memset(bytes, 0, sizeof bytes);
  if ((file = fopen(argv[1], "rb")) == NULL || fread(bytes, sizeof bytes, 1, file) != 1 || fclose(file) != 0) return 2;
  if (all_layers_state_load(&context, &loaded, bytes, sizeof bytes) != TENON_OK) goto failed;
  /* [/saving] */
  if (all_layers_predict(&context, TRY, tried, &loaded, again, work, sizeof work) != TENON_OK) goto failed;
  if (memcmp(digit, again, sizeof digit) != 0) return 1;
  printf("saved as %d bytes, and loaded: the same, digit for digit\n", ALL_LAYERS_STATE_SAVED_BYTES);

  /* The other model does not take them. */
  if (last_layer_state_load(&context, &last, bytes, sizeof bytes) != TENON_ERROR_STATE) return 1;
  printf("%s\n", message);
  return 0;

failed:
  fprintf(stderr, "%s\n", message);
  return 1;
}
