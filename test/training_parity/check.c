/* Ten training steps of four models from their object file: the losses of Keras and JAX. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <tenon/runtime/abi.h>

#include "parity.h"

static const struct {
  const char *model, *optimizer;
  double keras[10], jax[10];
} goldens[] = {
#include "losses.inc"
};

static struct parity_state state __attribute__((aligned(64)));
static unsigned char work[1 << 20] __attribute__((aligned(64)));

/* The formula of make_goldens.py. */
static float number(uint32_t i, uint32_t seed) {
  uint32_t x = i * 2654435761u + seed * 40503u + 12345u;
  x ^= x >> 16;
  x *= 2246822519u;
  x ^= x >> 13;
  return (float)(x >> 8) / (float)(1 << 24) - 0.5f;
}
static void numbers(float *values, int count, uint32_t seed) {
  for (int i = 0; i < count; ++i) values[i] = number((uint32_t)i, seed);
}
static void integers(int32_t *values, int count, uint32_t seed, int below) {
  for (int i = 0; i < count; ++i) values[i] = (int32_t)floorf((number((uint32_t)i, seed) + 0.5f) * (float)below);
}

static float x[4 * 8 * 8 * 2], targets[4];
static int32_t labels[8], tokens[15];

static int32_t mlp(const struct tenon_context *context, uint32_t seed, float *loss) {
  numbers(x, 8 * 12, seed);
  integers(labels, 8, seed + 500, 3);
  return parity_mlp(context, x, labels, &state, loss, work, sizeof work);
}
static int32_t cnn(const struct tenon_context *context, uint32_t seed, float *loss) {
  numbers(x, 4 * 8 * 8 * 2, seed);
  integers(labels, 4, seed + 500, 4);
  return parity_cnn(context, x, labels, &state, loss, work, sizeof work);
}
static int32_t lstm(const struct tenon_context *context, uint32_t seed, float *loss) {
  numbers(x, 4 * 6 * 5, seed);
  numbers(targets, 4, seed + 500);
  return parity_lstm(context, x, targets, &state, loss, work, sizeof work);
}
static int32_t attention(const struct tenon_context *context, uint32_t seed, float *loss) {
  integers(tokens, 15, seed, 11);
  integers(labels, 3, seed + 500, 3);
  return parity_attention(context, tokens, labels, &state, loss, work, sizeof work);
}

int main(void) {
  const struct {
    const char *model, *optimizer;
    int32_t (*step)(const struct tenon_context *, uint32_t, float *);
  } models[] = {
      {"mlp", "adam", mlp}, {"cnn", "momentum", cnn}, {"lstm", "adam", lstm}, {"attention", "rmsprop", attention}};
  int failed = 0;
  parity_state_init(&state);
  for (size_t m = 0; m < sizeof models / sizeof *models; ++m) {
    size_t g = 0;
    while (strcmp(goldens[g].model, models[m].model) || strcmp(goldens[g].optimizer, models[m].optimizer)) ++g;
    double from_keras = 0, from_jax = 0;
    for (uint32_t i = 0; i < 10; ++i) {
      char message[256] = "";
      struct tenon_context context = {
          .struct_size = sizeof context, .message = message, .message_capacity = sizeof message};
      float loss = 0;
      const int32_t error = models[m].step(&context, 1000 + i, &loss);
      if (error) {
        printf("%s: error %d: %s\n", models[m].model, (int)error, message);
        return 1;
      }
      from_keras = fmax(from_keras, fabs(loss / goldens[g].keras[i] - 1));
      from_jax = fmax(from_jax, fabs(loss / goldens[g].jax[i] - 1));
    }
    printf("%s %s: ten losses, at most %.1e from Keras in f32 and %.1e from JAX in f64\n", models[m].model,
           models[m].optimizer, from_keras, from_jax);
    failed |= !(from_keras <= 1e-5 && from_jax <= 1e-5);
  }
  return failed;
}
