// Which concrete functions read which Tensor objects.
#include "capture.h"

#include <unordered_map>

namespace tenon::detail {
namespace {
struct Registry {
  std::mutex mutex;
  std::unordered_multimap<const Tensor *, CaptureList *> lists;
};
Registry &registry() {
  static auto *instance = new Registry; // outlives static Tensors and functions
  return *instance;
}
} // namespace

void CaptureList::watch(llvm::ArrayRef<Capture> captures) {
  std::lock_guard lock(registry().mutex);
  entries.assign(captures.begin(), captures.end());
  for (const Capture &capture : entries)
    if (capture.source)
      registry().lists.emplace(capture.source, this);
}

CaptureList::~CaptureList() {
  std::lock_guard lock(registry().mutex);
  auto &lists = registry().lists;
  for (const Capture &capture : entries) {
    auto [first, last] = lists.equal_range(capture.source);
    for (auto it = first; it != last;) it = it->second == this ? lists.erase(it) : std::next(it);
  }
}

void captured_assigned(const Tensor &x, Buffer *value) {
  std::lock_guard lock(registry().mutex);
  auto [first, last] = registry().lists.equal_range(&x);
  for (auto it = first; it != last; ++it)
    for (Capture &capture : it->second->entries) {
      if (capture.source != &x)
        continue;
      const bool same =
          value && value->dtype == capture.value->dtype && std::ranges::equal(value->shape(), capture.value->shape());
      if (same) {
        capture.value = BufferRef::share(value);
      } else {
        it->second->stale = true;
        it->second->why = "a captured Tensor was " + describe(capture.value->dtype, capture.value->shape()) + ", now " +
                          (value ? describe(value->dtype, value->shape()) : "without a value");
      }
    }
}

void captured_dropped(const Tensor &x) noexcept {
  std::lock_guard lock(registry().mutex);
  auto [first, last] = registry().lists.equal_range(&x);
  for (auto it = first; it != last; ++it)
    for (Capture &capture : it->second->entries)
      if (capture.source == &x)
        capture.source = nullptr;
  registry().lists.erase(first, last);
}

} // namespace tenon::detail
