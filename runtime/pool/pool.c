/* Threads that take the parts of one parallel loop at a time. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* sched_getaffinity */
#endif
#include "tenon/runtime/pool.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum {
  most_workers = 1024,
  parts_per_worker = 4,                  /* of a long range; one that is late takes fewer */
  nanoseconds_before_sleep = 100 * 1000, /* that an idle thread waits for the next loop */
  nanoseconds_worth_waking = 20 * 1000,  /* waking a thread takes its caller up to 10,000 */
  loops_worth_waking = 8,                /* that come in a row, however short they are */
  pauses_before_yield = 4096,            /* of a caller that waits for a thread's last part */
  cache_line = 64
};

/* `state` is what everything turns on: the number of the loop, whether it may be joined, and who is in it.
 *
 *     63 ... 16: loop   15: open   14 ... 0: threads that have joined and not left
 *
 * A thread joins by compare-and-swap while the loop is open, so the caller, who closes it and then waits for the count
 * to be 0, never waits for one that has not begun, and none sees a loop that is over. */
#define LOOP_STEP (UINT64_C(1) << 16)
#define OPEN (UINT64_C(1) << 15)
#define JOINED (OPEN - 1)

struct tenon_pool {
  uint64_t state;
  char after_state[cache_line - sizeof(uint64_t)];
  int64_t next; /* the first index that nobody has taken */
  char after_next[cache_line - sizeof(int64_t)];

  /* The loop; written by the caller that holds `busy`, while it is closed and nobody is in it. */
  tenon_task task;
  void *argument;
  int64_t count, part;
  int64_t last;     /* when one began for which somebody had to be woken, or would have had to */
  int32_t in_a_row; /* such loops before that, each soon after the other */
  int32_t busy;

  int32_t sleeping, stopping;
  pthread_mutex_t mutex; /* of those that sleep */
  pthread_cond_t wake;
  int64_t workers;
  pthread_t threads[];
};

static void pause_briefly(void) {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__) || (defined(__arm__) && __ARM_ARCH >= 7)
  __asm__ volatile("yield");
#endif
}

static int64_t now_ns(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

/* Does the next part of the loop; returns the first index behind it, or 0 where there was none left. */
static int64_t take_part(struct tenon_pool *pool) {
  const int64_t begin = __atomic_fetch_add(&pool->next, pool->part, __ATOMIC_RELAXED), left = pool->count - begin;
  const int64_t end = left < pool->part ? pool->count : begin + pool->part;
  if (left <= 0)
    return 0;
  pool->task(pool->argument, begin, end);
  return end;
}

static void wake_all(struct tenon_pool *pool) {
  pthread_mutex_lock(&pool->mutex);
  pthread_cond_broadcast(&pool->wake);
  pthread_mutex_unlock(&pool->mutex);
}

/* Whether those that sleep are to be woken for the loop, which has begun. A few parts may be too short for it: the
 * first one, which the caller does here, tells. But of short loops that come one soon after the other the next ones
 * gain. */
static int is_worth_waking(struct tenon_pool *pool) {
  const int64_t begin = now_ns();
  int64_t done;
  pool->in_a_row = begin - pool->last < nanoseconds_before_sleep ? pool->in_a_row + 1 : 0;
  pool->last = begin;
  if (pool->count >= pool->workers * parts_per_worker || pool->in_a_row >= loops_worth_waking)
    return 1;
  done = take_part(pool);
  return done > 0 && (now_ns() - begin) / done * (pool->count - done) > nanoseconds_worth_waking;
}

/* Waits for a loop after number `seen`; returns the state, or 0 when the pool ends. */
static uint64_t wait_for_loop(struct tenon_pool *pool, uint64_t seen) {
  const int64_t begin = now_ns();
  uint64_t state;
  int i;
  do {
    for (i = 0; i < 64; ++i) {
      state = __atomic_load_n(&pool->state, __ATOMIC_ACQUIRE);
      if ((state & OPEN) && state / LOOP_STEP != seen)
        return state;
      pause_briefly();
    }
    if (__atomic_load_n(&pool->stopping, __ATOMIC_RELAXED))
      return 0;
  } while (now_ns() - begin < nanoseconds_before_sleep);

  pthread_mutex_lock(&pool->mutex);
  /* Either the caller sees that someone sleeps, or this thread sees the loop: both are sequentially consistent. */
  __atomic_add_fetch(&pool->sleeping, 1, __ATOMIC_SEQ_CST);
  for (;;) {
    state = __atomic_load_n(&pool->state, __ATOMIC_SEQ_CST);
    if (pool->stopping)
      state = 0;
    if (pool->stopping || ((state & OPEN) && state / LOOP_STEP != seen))
      break;
    pthread_cond_wait(&pool->wake, &pool->mutex);
  }
  __atomic_sub_fetch(&pool->sleeping, 1, __ATOMIC_RELAXED);
  pthread_mutex_unlock(&pool->mutex);
  return state;
}

static void *work(void *argument) {
  struct tenon_pool *pool = argument;
  uint64_t seen = 0, state;
  while ((state = wait_for_loop(pool, seen)) != 0) {
    seen = state / LOOP_STEP;
    while ((state & OPEN) && state / LOOP_STEP == seen)
      if (__atomic_compare_exchange_n(&pool->state, &state, state + 1, 1, __ATOMIC_ACQUIRE, __ATOMIC_ACQUIRE)) {
        while (take_part(pool));
        __atomic_sub_fetch(&pool->state, 1, __ATOMIC_RELEASE);
        break;
      }
  }
  return NULL;
}

void tenon_pool_parallel_for(void *executor, int64_t count, tenon_task task, void *argument) {
  struct tenon_pool *pool = executor;
  uint64_t state;
  int pauses = 0;
  if (count <= 0)
    return;
  if (pool == NULL || pool->workers == 1 || count == 1 || __atomic_exchange_n(&pool->busy, 1, __ATOMIC_ACQUIRE)) {
    task(argument, 0, count);
    return;
  }
  pool->task = task;
  pool->argument = argument;
  pool->count = count;
  pool->part = (count - 1) / (pool->workers * parts_per_worker) + 1;
  __atomic_store_n(&pool->next, 0, __ATOMIC_RELAXED);
  state = __atomic_load_n(&pool->state, __ATOMIC_RELAXED);
  __atomic_store_n(&pool->state, (state / LOOP_STEP + 1) * LOOP_STEP | OPEN, __ATOMIC_SEQ_CST);
  if (__atomic_load_n(&pool->sleeping, __ATOMIC_SEQ_CST) > 0 && is_worth_waking(pool))
    wake_all(pool);
  while (take_part(pool));
  state = __atomic_and_fetch(&pool->state, ~OPEN, __ATOMIC_ACQUIRE);
  while (state & JOINED) {
    if (++pauses < pauses_before_yield)
      pause_briefly();
    else
      sched_yield();
    state = __atomic_load_n(&pool->state, __ATOMIC_ACQUIRE);
  }
  __atomic_store_n(&pool->busy, 0, __ATOMIC_RELEASE);
}

int64_t tenon_pool_processors(void) {
  long online;
#if defined(__linux__)
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) > 0)
    return CPU_COUNT(&set);
#endif
  online = sysconf(_SC_NPROCESSORS_ONLN);
  return online > 0 ? online : 1;
}

struct tenon_pool *tenon_pool_create(int64_t workers) {
  struct tenon_pool *pool;
  sigset_t all, before;
  int64_t i;
  if (workers <= 0)
    workers = tenon_pool_processors();
  if (workers > most_workers)
    workers = most_workers;
  pool = calloc(1, sizeof *pool + (size_t)workers * sizeof pool->threads[0]);
  if (pool == NULL)
    return NULL;
  pthread_mutex_init(&pool->mutex, NULL);
  pthread_cond_init(&pool->wake, NULL);
  /* Signals are the program's, and its handlers run in its own threads. */
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  for (i = 0; i + 1 < workers; ++i)
    if (pthread_create(&pool->threads[i], NULL, work, pool) != 0)
      break;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  pool->workers = i + 1;
  return pool;
}

void tenon_pool_destroy(struct tenon_pool *pool) {
  int64_t i;
  if (pool == NULL)
    return;
  pthread_mutex_lock(&pool->mutex);
  __atomic_store_n(&pool->stopping, 1, __ATOMIC_RELAXED);
  pthread_cond_broadcast(&pool->wake);
  pthread_mutex_unlock(&pool->mutex);
  for (i = 0; i + 1 < pool->workers; ++i) pthread_join(pool->threads[i], NULL);
  pthread_cond_destroy(&pool->wake);
  pthread_mutex_destroy(&pool->mutex);
  free(pool);
}

int64_t tenon_pool_workers(const struct tenon_pool *pool) { return pool == NULL ? 1 : pool->workers; }

void tenon_pool_lend(struct tenon_pool *pool, struct tenon_context *context) {
  context->parallel_for = pool == NULL ? NULL : tenon_pool_parallel_for;
  context->executor = pool;
  context->workers = tenon_pool_workers(pool);
}
