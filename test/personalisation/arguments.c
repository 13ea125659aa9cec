/* Wrong arguments to a training step: each is refused with a sentence, and the state is as it was. */
#include <stdio.h>
#include <string.h>

#include <tenon/runtime/abi.h>

#include "last_layer.h"

static unsigned char work[1 << 18] __attribute__((aligned(64)));
static struct last_layer_state state, before;
static char message[256];

static int expect(const char *what, int32_t code, int32_t expected, const char *sentence) {
  if (code == expected && strstr(message, sentence) != NULL && memcmp(&state, &before, sizeof state) == 0)
    return 1;
  printf("%s: code %d (\"%s\"), expected %d (\"%s\"), the state %s\n", what, (int)code, message, (int)expected,
         sentence, memcmp(&state, &before, sizeof state) == 0 ? "is as it was" : "has changed");
  return 0;
}

int main(void) {
  struct tenon_context context = {0};
  float image[2][64] = {{0}}, loss;
  int32_t label[2] = {3, 10};
  int good = 1;
  context.struct_size = sizeof context;
  context.message = message;
  context.message_capacity = sizeof message;
  last_layer_state_init(&state);
  before = state;

#define STEP(batch, label, state, bytes)                                                                               \
  last_layer_train_step(&context, batch, image[0], label, state, &loss, work, bytes)
  good &= expect("a label outside of the classes", STEP(2, label, &state, sizeof work), TENON_ERROR_ASSERTION,
                 "a label is outside [0, 10)");
  label[1] = -1;
  good &= expect("a negative label", STEP(2, label, &state, sizeof work), TENON_ERROR_ASSERTION,
                 "a label is outside [0, 10)");
  label[1] = 9;
  good &= expect("no state", STEP(2, label, NULL, sizeof work), TENON_ERROR_NULL_POINTER, "`state`");
  good &= expect("a state off its alignment",
                 STEP(2, label, (struct last_layer_state *)(void *)((char *)&state + 2), sizeof work),
                 TENON_ERROR_MISALIGNED, "last_layer_train_step: ");
  good &= expect("a small workspace", STEP(2, label, &state, 64), TENON_ERROR_WORKSPACE_TOO_SMALL, "64 bytes");
  good &= expect("a negative batch", STEP(-2, label, &state, sizeof work), TENON_ERROR_DIMENSION, "`batch` is -2");
  good &= expect("an empty batch", STEP(0, label, &state, sizeof work), TENON_ERROR_ASSERTION, "the batch is empty");
  if (STEP(2, label, &state, sizeof work) != TENON_OK || memcmp(&state, &before, sizeof state) == 0) {
    printf("a good step: %s\n", message);
    good = 0;
  }
  if (good)
    puts("each is refused");
  return !good;
}
