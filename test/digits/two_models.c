/* Two models in one program: each has its own symbols and description, and shares the runtime. */
#include <stdio.h>
#include <string.h>

#include "digits.h"
#include "scale.h"
#include "tenon/runtime/abi.h"

static unsigned char work[1 << 16] __attribute__((aligned(64)));

/* Calls a function of whatever model through its description, as a program that loads models does. */
static int32_t call(const struct tenon_model_info *model, int64_t size, const float *in, float *out) {
  const struct tenon_function_info *function = &model->functions[0];
  void *buffers[2];
  memcpy(&buffers[0], &in, sizeof in);
  buffers[1] = out;
  if (function->workspace_bytes != NULL && function->workspace_bytes(&size) > sizeof work)
    return -1;
  return function->call(NULL, buffers, &size, work, sizeof work);
}

int main(void) {
  const struct tenon_model_info *digits = digits_describe(), *scale = scale_describe();
  float pixels[64] = {0}, direct[10], described[10], twice[3];
  const float three[3] = {-1, 0.5f, 3};
  if (TENON_ABI_MAJOR(digits->abi_version) != TENON_ABI_MAJOR(TENON_ABI_VERSION))
    return 1;
  if (strcmp(digits->name, "digits") != 0 || strcmp(scale->name, "scale") != 0 || digits->hash == scale->hash)
    return 2;
  if (strcmp(digits->functions[0].arguments[1].name, "probabilities") != 0)
    return 3;
  /* [batch, 10]: the first dimension is the function's first name, the second a size. */
  if (digits->functions[0].arguments[1].rank != 2 || ~digits->functions[0].arguments[1].dims[0] != 0 ||
      digits->functions[0].arguments[1].dims[1] != 10 || strcmp(digits->functions[0].dim_names[0], "batch") != 0)
    return 4;

  if (digits_predict(NULL, 1, pixels, direct, work, sizeof work) != TENON_OK)
    return 5;
  if (call(digits, 1, pixels, described) != TENON_OK || memcmp(direct, described, sizeof direct) != 0)
    return 6;
  if (call(scale, 3, three, twice) != TENON_OK || twice[0] != 0 || twice[1] != 1 || twice[2] != 6)
    return 7;
  puts("both are right");
  return 0;
}
