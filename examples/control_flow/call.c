/* Calls the functions of control_flow.o and compares what they give with the numbers that they should. */
#include <signal.h>
#include <stdio.h>
#include <sys/time.h>
#include <tenon/runtime/abi.h>

#include "control_flow.h"

static unsigned char work[1 << 16] __attribute__((aligned(64)));
static int failures;

static void expect(const char *name, int32_t error, double actual, double expected) {
  double difference = actual > expected ? actual - expected : expected - actual;
  double scale = 1 + (expected > 0 ? expected : -expected);
  int right = error == 0 && difference <= 1e-4 * scale;
  failures += !right;
  printf("%-20s %g%s\n", name, actual, right ? "" : "  <- WRONG");
}

static volatile int32_t stop;
static void on_alarm(int number) {
  (void)number;
  stop = 1;
}

/* 0 never comes to 1. The loop looks at a flag of the caller's, which another thread or a signal may set. */
static void cancel(void) {
  const struct itimerval soon = {{0, 0}, {0, 20000}};
  const int64_t start = 0;
  int64_t steps = 0;
  char message[128] = "";
  struct tenon_context context = {0};
  context.struct_size = sizeof context;
  context.message = message;
  context.message_capacity = sizeof message;
  context.cancel = &stop;
  signal(SIGALRM, on_alarm);
  setitimer(ITIMER_REAL, &soon, NULL);
  int32_t error = control_flow_collatz(&context, &start, &steps, work, sizeof work);
  printf("%s\n", message);
  expect("cancelled", 0, error, TENON_ERROR_CANCELLED);
}

int main(void) {
  const int64_t start = 27, first = 0;
  int64_t steps = 0, pair = 0, text = 0, time = 0;
  expect("collatz", control_flow_collatz(NULL, &start, &steps, work, sizeof work), (double)steps, 111);

  const float v[] = {1, 4, 6, 9}, targets[] = {10, 11, -3}, pairs[] = {201, -2, -1};
  for (int i = 0; i < 3; ++i)
    expect("find_pair", control_flow_find_pair(NULL, 4, v, &targets[i], &pair, work, sizeof work), (double)pair,
           pairs[i]);

  const float two = 2;
  float root = 0;
  expect("newton", control_flow_newton(NULL, &two, &root, work, sizeof work), root, 1.41421356);

  const float a[] = {4, 1, 0, 1, 3, 1, 0, 1, 5}, b[] = {2, -2, 13}, solution[] = {1, -2, 3};
  float x[3];
  int32_t error = control_flow_conjugate_gradient(NULL, 3, a, b, x, work, sizeof work);
  for (int i = 0; i < 3; ++i) expect("conjugate_gradient", error, x[i], solution[i]);

  const float matrix[] = {4, 1, 1, 3};
  float eigenvalue = 0;
  expect("power_iteration", control_flow_power_iteration(NULL, matrix, &eigenvalue, work, sizeof work), eigenvalue,
         4.61803399);

  const float re[] = {0, 0.5f, 2, -1}, im[] = {0, 0.75f, 2, 0}, stays[] = {50, 2, 0, 50};
  float counts[4];
  error = control_flow_mandelbrot(NULL, 4, re, im, counts, work, sizeof work);
  for (int i = 0; i < 4; ++i) expect("mandelbrot", error, counts[i], stays[i]);

  const float points[] = {1, 2, 3, 10, 11, 12};
  float means[2];
  error = control_flow_two_means(NULL, 6, points, means, work, sizeof work);
  expect("two_means", error, means[0], 2);
  expect("two_means", error, means[1], 11);

  const float rows[6][2] = {{0, 0}, {1, 1}, {2, 0}, {6, 6}, {6, 7}, {9, 0}}, centres[3][2] = {{0, 0}, {1, 1}, {2, 0}};
  const float settled[3][2] = {{1, 1.f / 3}, {6, 6.5f}, {9, 0}};
  float centre[3][2];
  error = control_flow_k_means(NULL, 6, 2, 3, &rows[0][0], &centres[0][0], &centre[0][0], work, sizeof work);
  for (int i = 0; i < 6; ++i) expect("k_means", error, centre[i / 2][i % 2], settled[i / 2][i % 2]);

  const float scores[] = {0, 0, 0, 1, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0};
  expect("greedy", control_flow_greedy(NULL, scores, &first, &text, work, sizeof work), (double)text, 321);

  const float height = 10;
  expect("bounce", control_flow_bounce(NULL, &height, &time, work, sizeof work), (double)time, 16);

  const int64_t until = 15;
  int64_t parts = 0, rest = 0;
  error = control_flow_smooth_parts(NULL, &until, &parts, &rest, work, sizeof work);
  expect("smooth_parts", error, (double)parts, 20);
  expect("smooth_parts", error, (double)rest, 7 * 11 * 13 * 7);

  const float arguments[] = {0.3f, 2, -2}, values[] = {0.99888f, 1, -1};
  float y = 0;
  for (int i = 0; i < 3; ++i)
    expect("chebyshev", control_flow_chebyshev(NULL, &arguments[i], &y, work, sizeof work), y, values[i]);

  cancel();

  printf("%d wrong\n", failures);
  return failures != 0;
}
