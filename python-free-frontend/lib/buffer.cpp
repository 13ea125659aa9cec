// The pool behind Buffers: size classes with eight steps to a doubling, free blocks kept per thread.
#include "buffer.h"

#include <bit>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <new>

namespace tenon::detail {
namespace {

constexpr std::size_t alignment = 64;
constexpr unsigned first_doubling = 7;    // the smallest block has 128 bytes
constexpr unsigned steps = 8;             // classes to a doubling: at most an eighth of a block is wasted
constexpr unsigned pooled_doublings = 20; // blocks up to 64 MiB are kept for reuse
constexpr unsigned classes = pooled_doublings * steps;
constexpr std::uint8_t not_pooled = 255;
constexpr std::size_t kept_bytes = 256u << 20; // what a thread keeps at most

struct FreeBlock {
  FreeBlock *next;
};

// Trivially destructible, so that Tensors with static lifetime can be freed after it; PoolCleaner empties it at thread
// exit.
struct Pool {
  FreeBlock *free[classes];
  std::size_t kept;
  bool closed;
};
constinit thread_local Pool pool{};

struct PoolCleaner {
  ~PoolCleaner() {
    pool.closed = true;
    for (FreeBlock *&head : pool.free)
      while (FreeBlock *block = head) {
        head = block->next;
        std::free(block);
      }
  }
};

struct SizeClass {
  std::size_t bytes;
  std::uint8_t index;
};
SizeClass size_class(std::size_t bytes) {
  if (bytes <= (std::size_t(1) << first_doubling))
    return {std::size_t(1) << first_doubling, 0};
  const unsigned doubling = std::bit_width(bytes - 1) - 1; // 2^doubling < bytes <= 2^(doubling+1)
  const std::size_t step = std::max<std::size_t>((std::size_t(1) << doubling) / steps, alignment);
  const std::size_t rounded = (bytes + step - 1) / step * step;
  const std::size_t index = (doubling - first_doubling) * steps + (rounded - (std::size_t(1) << doubling)) / step;
  return {rounded, index < classes ? std::uint8_t(index) : not_pooled};
}
static_assert(classes < not_pooled);

void *allocate_block(std::size_t bytes, std::uint8_t &index) {
  const SizeClass wanted = size_class(bytes);
  index = wanted.index;
  if (index != not_pooled)
    if (FreeBlock *block = pool.free[index]) {
      pool.free[index] = block->next;
      pool.kept -= wanted.bytes;
      return block;
    }
  void *block = std::aligned_alloc(alignment, (wanted.bytes + alignment - 1) / alignment * alignment);
  if (!block)
    throw std::bad_alloc();
  return block;
}

std::size_t block_bytes(std::uint8_t index) {
  if (index == 0)
    return std::size_t(1) << first_doubling;
  const std::size_t base = std::size_t(1) << (first_doubling + index / steps);
  return base + (index % steps) * std::max<std::size_t>(base / steps, alignment);
}

Buffer *with_header(DType dtype, std::span<const std::int64_t> shape, bool with_elements) {
  std::int64_t count = 1;
  for (std::int64_t n : shape)
    if (__builtin_mul_overflow(count, n, &count))
      throw std::bad_alloc();
  const std::size_t header =
      (sizeof(Buffer) + shape.size() * sizeof(std::int64_t) + alignment - 1) / alignment * alignment;
  std::size_t bytes = header;
  if (with_elements) {
    std::size_t elements = 0;
    if (__builtin_mul_overflow(std::size_t(count), size_of(dtype), &elements) || elements > (std::size_t(1) << 46))
      throw std::bad_alloc();
    bytes += elements;
  }
  std::uint8_t index = 0;
  void *block = allocate_block(bytes, index);
  Buffer *buffer = new (block) Buffer{{1}, dtype, index, std::uint16_t(shape.size()), count, nullptr, nullptr};
  std::copy(shape.begin(), shape.end(), buffer->dims);
  buffer->data = static_cast<char *>(block) + header;
  return buffer;
}

} // namespace

Buffer *allocate(DType dtype, std::span<const std::int64_t> shape) { return with_header(dtype, shape, true); }

Buffer *view(Buffer *source, std::span<const std::int64_t> shape) {
  Buffer *buffer = with_header(source->dtype, shape, false);
  buffer->data = source->data;
  buffer->owner = source->owner ? source->owner : source;
  retain(buffer->owner);
  return buffer;
}

Buffer *outline(const Buffer &source) {
  Buffer *buffer = with_header(source.dtype, source.shape(), false);
  buffer->data = nullptr;
  return buffer;
}

Buffer *clone(const Buffer &source) {
  Buffer *buffer = allocate(source.dtype, source.shape());
  std::memcpy(buffer->data, source.data, source.bytes());
  return buffer;
}

void free_buffer(Buffer *buffer) noexcept {
  if (buffer->owner)
    release(buffer->owner);
  const std::uint8_t index = buffer->pool_class;
  if (index == not_pooled || pool.closed)
    return std::free(buffer);
  const std::size_t bytes = block_bytes(index);
  if (pool.kept + bytes > kept_bytes)
    return std::free(buffer);
  static thread_local PoolCleaner cleaner;
  (void)&cleaner;
  auto *block = reinterpret_cast<FreeBlock *>(buffer);
  block->next = pool.free[index];
  pool.free[index] = block;
  pool.kept += bytes;
}

std::string describe(std::span<const std::int64_t> shape) {
  std::string text = "[";
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (i)
      text += ',';
    text += shape[i] < 0 ? "?" : std::to_string(shape[i]);
  }
  return text + "]";
}

std::string describe(DType dtype, std::span<const std::int64_t> shape) { return name(dtype) + describe(shape); }

std::int64_t count_of(std::span<const std::int64_t> shape) {
  std::int64_t count = 1;
  for (std::int64_t n : shape)
    if (__builtin_mul_overflow(count, n, &count))
      throw std::bad_alloc();
  return count;
}

// As the op `cast`: floating to integer truncates and saturates, NaN to 0.
template <class T> static T saturate(double value) {
  if (std::isnan(value))
    return 0;
  if (value <= double(std::numeric_limits<T>::min()))
    return std::numeric_limits<T>::min();
  if (value >= double(std::numeric_limits<T>::max()))
    return std::numeric_limits<T>::max();
  return T(value);
}

void store(Scalar value, DType dtype, void *element) {
  const bool floating = value.kind == Scalar::floating;
  with_type(dtype, [&](auto x) {
    using T = decltype(x);
    if constexpr (std::is_same_v<T, bool>)
      x = floating ? value.f != 0 : value.i != 0;
    else if constexpr (std::is_integral_v<T>)
      x = floating ? saturate<T>(value.f) : T(value.i);
    else if constexpr (std::is_same_v<T, double>)
      x = floating ? value.f : double(value.i);
    else
      x = T(floating ? float(value.f) : float(value.i));
    std::memcpy(element, &x, sizeof x);
  });
}

Scalar load(DType dtype, const void *element) {
  return with_type(dtype, [&](auto x) {
    using T = decltype(x);
    std::memcpy(&x, element, sizeof x);
    if constexpr (std::is_same_v<T, float16> || std::is_same_v<T, bfloat16>)
      return Scalar(float(x));
    else
      return Scalar(x);
  });
}

} // namespace tenon::detail
