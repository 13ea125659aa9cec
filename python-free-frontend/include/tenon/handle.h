// Handle: an object whose copies share one state, which lives as long as the last of them.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

namespace tenon::detail {

/// What the handles of one layer, optimizer or metric share.
class Shared {
public:
  Shared() = default;
  virtual ~Shared() = default;
  Shared(const Shared &) = delete;
  Shared &operator=(const Shared &) = delete;
  /// For messages: "Dense 'fc1' (model.cpp:12)".
  virtual std::string describe() const { return "an object with variables"; }
  /// Whether it may hold Variables, now or once it has been called.
  virtual bool holds_variables() const { return true; }

private:
  friend class Handle;
  std::uint32_t references_ = 0;
};

/// Owns a share of a state; a moved-from handle is empty. Copies are noted where a module is searched for members that
/// it does not list.
class Handle {
public:
  Handle() = default;
  explicit Handle(Shared *state) noexcept;
  Handle(const Handle &other) noexcept;
  Handle(Handle &&other) noexcept : state_(std::exchange(other.state_, nullptr)) {}
  Handle &operator=(Handle other) noexcept {
    std::swap(state_, other.state_);
    return *this;
  }
  ~Handle();
  /// Whether both share one state.
  bool is(const Handle &other) const { return state_ == other.state_; }

protected:
  Shared *shared() const { return state_; }

private:
  Shared *state_ = nullptr;
};

/// A Handle whose state is a T; may hold none.
template <class T> class Shares : public Handle {
public:
  Shares() = default;
  explicit Shares(T *state) noexcept : Handle(state) {}
  T *get() const { return static_cast<T *>(shared()); }
  T *operator->() const { return get(); }
  T &operator*() const { return *get(); }
  explicit operator bool() const { return shared(); }
};

} // namespace tenon::detail
