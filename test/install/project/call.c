/* Calls the model. */
#include <stdio.h>
#include <tenon/runtime/abi.h>

#include "scale.h"

int main(void) {
  const float x[3] = {-1, 0.5f, 3};
  float y[3] = {9, 9, 9};
  static unsigned char work[4096] __attribute__((aligned(64)));
  char message[200] = "";
  struct tenon_context context = {0};
  context.struct_size = sizeof context;
  context.message = message;
  context.message_capacity = sizeof message;
  if (scale_apply(&context, 3, x, y, work, sizeof work) != TENON_OK) {
    printf("%s\n", message);
    return 1;
  }
  printf("%g %g %g\n", y[0], y[1], y[2]);
  printf("%d: ", (int)scale_apply(&context, 3, NULL, y, work, sizeof work));
  printf("%s\n", message);
  return 0;
}
