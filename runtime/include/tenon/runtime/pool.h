/* A small pool of threads that calls of models can share: an executor for tenon_context::parallel_for.
 *
 * A library of its own (`Tenon::pool`, POSIX threads and a heap), because a model needs neither; a program that has
 * threads already lends those instead.
 *
 *     struct tenon_pool *pool = tenon_pool_create(0);
 *     struct tenon_context context = {0};
 *     context.struct_size = sizeof context;
 *     tenon_pool_lend(pool, &context);
 *     digits_predict(&context, ...);
 *     tenon_pool_destroy(pool);
 *
 * The calling thread works too: a pool of n workers starts n - 1 threads. They take parts one after the other, so that
 * one which is late takes fewer; which thread does what never changes a result. Between loops they spin for a tenth of
 * a millisecond, then sleep. One loop runs at a time: a call that finds the pool at work, from inside a task or from
 * another thread, runs in its own thread alone, so there are never more threads at work than workers and callers.
 */
#ifndef TENON_RUNTIME_POOL_H
#define TENON_RUNTIME_POOL_H

#include "tenon/runtime/abi.h"

#ifdef __cplusplus
extern "C" {
#endif

struct tenon_pool;

/* The processors that this thread may run on, at least 1: what tenon_pool_create(0) takes. */
int64_t tenon_pool_processors(void);

/* A pool of `workers` threads, the calling one of each loop included; 0 or less: one per processor that the calling
 * thread may run on; at most 1024. The threads block all signals. Null where there is no memory. Where the system gives
 * fewer threads the pool has fewer workers. */
struct tenon_pool *tenon_pool_create(int64_t workers);

/* Ends the threads and frees the pool, which nobody may be using any more. Null is allowed. */
void tenon_pool_destroy(struct tenon_pool *pool);

/* The workers that the pool has, the calling thread included; 1 for null. */
int64_t tenon_pool_workers(const struct tenon_pool *pool);

/* A tenon_parallel_for_fn whose executor is a `struct tenon_pool *`: runs `task` over [0, count) and returns when all
 * of it is done. Any number of threads may call it at once, and tasks may. */
void tenon_pool_parallel_for(void *pool, int64_t count, tenon_task task, void *argument);

/* Sets `parallel_for`, `executor` and `workers` of a context; it must not outlive the pool. Null: the calling thread
 * alone. */
void tenon_pool_lend(struct tenon_pool *pool, struct tenon_context *context);

#ifdef __cplusplus
}
#endif
#endif
