// Buffer: a shared, immutable value: dtype, shape and elements, from a pool of 64-byte aligned blocks.
#pragma once

#include "tenon/tensor.h"

#include <atomic>
#include <cstring>
#include <utility>

namespace tenon::detail {

struct Buffer {
  std::atomic<std::uint32_t> references;
  DType dtype;
  std::uint8_t pool_class; // the size class of the block that starts at this header
  std::uint16_t rank;
  std::int64_t count;  // elements
  void *data;          // 64-byte aligned, or inside `owner`'s
  Buffer *owner;       // a view (reshape) keeps its source; else null
  std::int64_t dims[]; // rank sizes, then the elements of a Buffer that is no view

  std::span<const std::int64_t> shape() const { return {dims, rank}; }
  std::size_t bytes() const { return std::size_t(count) * size_of(dtype); }
  template <class T> T *as() { return static_cast<T *>(data); }
  template <class T> const T *as() const { return static_cast<const T *>(data); }
};

/// A Buffer with one reference and elements that are not set yet. Throws std::bad_alloc.
Buffer *allocate(DType dtype, std::span<const std::int64_t> shape);
/// The same elements under another shape of as many; keeps `source`.
Buffer *view(Buffer *source, std::span<const std::int64_t> shape);
/// The dtype and the shape alone: a Buffer without elements.
Buffer *outline(const Buffer &source);
/// A copy of the elements.
Buffer *clone(const Buffer &source);
void free_buffer(Buffer *buffer) noexcept;

inline void retain(Buffer *buffer) { buffer->references.fetch_add(1, std::memory_order_relaxed); }
inline void release(Buffer *buffer) noexcept {
  if (buffer->references.load(std::memory_order_acquire) == 1 ||
      buffer->references.fetch_sub(1, std::memory_order_acq_rel) == 1)
    free_buffer(buffer);
}

/// Owns one reference.
class BufferRef {
public:
  BufferRef() = default;
  explicit BufferRef(Buffer *owned) : buffer_(owned) {}
  static BufferRef share(Buffer *buffer) {
    if (buffer)
      retain(buffer);
    return BufferRef(buffer);
  }
  BufferRef(const BufferRef &other) : buffer_(other.buffer_) {
    if (buffer_)
      retain(buffer_);
  }
  BufferRef(BufferRef &&other) noexcept : buffer_(std::exchange(other.buffer_, nullptr)) {}
  BufferRef &operator=(BufferRef other) noexcept {
    std::swap(buffer_, other.buffer_);
    return *this;
  }
  ~BufferRef() {
    if (buffer_)
      detail::release(buffer_);
  }
  Buffer *get() const { return buffer_; }
  Buffer *operator->() const { return buffer_; }
  Buffer &operator*() const { return *buffer_; }
  explicit operator bool() const { return buffer_; }
  Buffer *take() { return std::exchange(buffer_, nullptr); }

private:
  Buffer *buffer_ = nullptr;
};

/// How lib/ reaches into public objects.
struct Access {
  static constexpr std::int32_t none = Tensor::none, captured = -2;
  static constexpr std::uint32_t unborn = Tensor::unborn;
  static Buffer *buffer(const Tensor &x) { return x.buffer_; }
  static Buffer *&buffer(Tensor &x) { return x.buffer_; }
  static std::int32_t slot(const Tensor &x) { return __atomic_load_n(&x.slot_, __ATOMIC_RELAXED); }
  static void set_slot(const Tensor &x, std::int32_t slot) { __atomic_store_n(&x.slot_, slot, __ATOMIC_RELAXED); }
  static std::uint32_t trace(const Tensor &x) { return x.trace_; }
  static void set_trace(Tensor &x, std::uint32_t trace) { x.trace_ = trace; }
  static Tensor empty() { return Tensor(Tensor::Uninitialised{}); }
  /// An eager Tensor that takes the reference; while tracing it has no slot.
  static Tensor adopt(Buffer *owned) {
    Tensor x{Tensor::Uninitialised{}};
    x.buffer_ = owned;
    return x;
  }
  static VariableState *state(const Variable &x);
};

/// "f32[4,8]"; an open dimension is "?".
std::string describe(DType dtype, std::span<const std::int64_t> shape);
/// "[4,8]".
std::string describe(std::span<const std::int64_t> shape);
/// The product of the sizes; throws Error where it does not fit.
std::int64_t count_of(std::span<const std::int64_t> shape);
/// Writes `value` as one element of `dtype`.
void store(Scalar value, DType dtype, void *element);
/// Reads one element of `dtype`.
Scalar load(DType dtype, const void *element);
/// Calls f with an object of the C++ type of `dtype`.
template <class F> decltype(auto) with_type(DType dtype, F &&f) {
  switch (dtype) {
  case DType::f32: return f(float());
  case DType::f64: return f(double());
  case DType::f16: return f(float16());
  case DType::bf16: return f(bfloat16());
  case DType::i8: return f(std::int8_t());
  case DType::i16: return f(std::int16_t());
  case DType::i32: return f(std::int32_t());
  case DType::i64: return f(std::int64_t());
  case DType::u8: return f(std::uint8_t());
  case DType::boolean: break;
  }
  return f(bool());
}

} // namespace tenon::detail
