// The process's pool: made when the first loop is worth it, replaced when the number changes.
#include "threads.h"

#include "tenon/runtime/abi.h"
#include "tenon/runtime/pool.h"
#include "tenon/threads.h"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <string>

namespace tenon {
namespace detail {
namespace {
// A number of threads, and the threads once somebody has work for them.
class Threads {
public:
  explicit Threads(int count) : count_(count) {}
  ~Threads() { tenon_pool_destroy(pool_); }
  Threads(const Threads &) = delete;
  int count() const { return count_; }

  static void parallel_for(void *self, std::int64_t count, tenon_task task, void *argument) {
    Threads &threads = *static_cast<Threads *>(self);
    std::call_once(threads.started_, [&] { threads.pool_ = tenon_pool_create(threads.count_); });
    tenon_pool_parallel_for(threads.pool_, count, task, argument); // without memory for a pool: here
  }

private:
  int count_;
  std::once_flag started_;
  tenon_pool *pool_ = nullptr;
};

int initial_count() {
  const char *text = std::getenv("TENON_NUM_THREADS");
  if (!text || !*text)
    return int(tenon_pool_processors());
  char *end = nullptr;
  const long count = std::strtol(text, &end, 10);
  if (*end || count < 1)
    throw Error("TENON_NUM_THREADS", "is \"" + std::string(text) + "\"", Location(),
                "set it to a number of threads, or not at all");
  return int(std::min(count, 1024L));
}

struct Process {
  std::mutex mutex;
  std::atomic<unsigned> version{0}; // of `threads`; 0: none yet
  std::shared_ptr<Threads> threads;

  void replace(int count) {
    threads = std::make_shared<Threads>(count);
    version.store(version.load(std::memory_order_relaxed) + 1, std::memory_order_release);
  }
  std::shared_ptr<Threads> get() {
    const std::lock_guard lock(mutex);
    if (!threads)
      replace(initial_count());
    return threads;
  }
};
Process &process() {
  static auto *instance = new Process; // destructors of static objects may still compute
  return *instance;
}
} // namespace

void lend_threads(tenon_context &context) {
  // A thread keeps the pool that its call uses, and lets go of it with its next one.
  static thread_local unsigned version = 0;
  static thread_local std::shared_ptr<Threads> threads;
  const unsigned now = process().version.load(std::memory_order_acquire);
  if (now == version && now) [[likely]]
    return;
  threads = process().get();
  version = now;
  context.parallel_for = threads->count() > 1 ? Threads::parallel_for : nullptr;
  context.executor = threads.get();
  context.workers = threads->count();
}
} // namespace detail

void set_num_threads(int count, Location where) {
  if (count < 0)
    throw Error("set_num_threads", "got " + std::to_string(count), where,
                "pass a number of threads, or 0 for one per processor");
  detail::Process &process = detail::process();
  const std::lock_guard lock(process.mutex);
  process.replace(count ? std::min(count, 1024) : int(tenon_pool_processors()));
}

int num_threads() { return detail::process().get()->count(); }

} // namespace tenon
