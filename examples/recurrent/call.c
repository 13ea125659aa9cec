/* Runs recurrent.o for several batches and lengths, and compares with the same network in double precision. */
#include <math.h>
#include <stdio.h>

#include "recurrent.h"

enum { FEATURES = 3, UNITS = 4, GATES = 4 * UNITS, MOST = 64 };

static double weight(int i) { return (float)(0.5f * (float)sin(0.7 * i)); }
static double sigmoid(double x) { return 1 / (1 + exp(-x)); }

/* One sequence: x [time, FEATURES], outputs [time, UNITS]; h and c begin as zeros. */
static void reference(int time, const float *x, double *outputs, double *h, double *c) {
  for (int u = 0; u < UNITS; ++u) h[u] = c[u] = 0;
  for (int t = 0; t < time; ++t) {
    double gates[GATES];
    for (int g = 0; g < GATES; ++g) {
      gates[g] = weight(g);
      for (int f = 0; f < FEATURES; ++f) gates[g] += x[t * FEATURES + f] * weight(f * GATES + g);
      for (int u = 0; u < UNITS; ++u) gates[g] += h[u] * weight(u * GATES + g);
    }
    for (int u = 0; u < UNITS; ++u) {
      c[u] = sigmoid(gates[UNITS + u]) * c[u] + sigmoid(gates[u]) * tanh(gates[2 * UNITS + u]);
      h[u] = sigmoid(gates[3 * UNITS + u]) * tanh(c[u]);
      outputs[t * UNITS + u] = h[u];
    }
  }
}

static unsigned char work[1 << 16] __attribute__((aligned(64)));

int main(void) {
  double worst = 0;
  for (int batch = 1; batch <= 3; ++batch)
    for (int time = 0; time <= 12; time += 4) {
      float x[3 * MOST], outputs[3 * MOST], h[3 * UNITS], c[3 * UNITS];
      for (int i = 0; i < batch * time * FEATURES; ++i) x[i] = (float)sin(i + 1.0);
      if (recurrent_run_workspace_bytes(batch, time) > sizeof work) return 2;
      int32_t error = recurrent_run(NULL, batch, time, x, outputs, h, c, work, sizeof work);
      if (error != 0) {
        printf("error %d\n", (int)error);
        return 1;
      }
      for (int b = 0; b < batch; ++b) {
        double expected[MOST * UNITS], last_h[UNITS], last_c[UNITS];
        reference(time, x + b * time * FEATURES, expected, last_h, last_c);
        for (int i = 0; i < time * UNITS; ++i) worst = fmax(worst, fabs(outputs[b * time * UNITS + i] - expected[i]));
        for (int u = 0; u < UNITS; ++u) {
          worst = fmax(worst, fabs(h[b * UNITS + u] - last_h[u]));
          worst = fmax(worst, fabs(c[b * UNITS + u] - last_c[u]));
        }
      }
    }
  printf("12 batches and lengths, one object: at most %.1e from double precision\n", worst);
  return worst > 2e-6;
}
