// Variable: a Tensor that outlives a call, with the lifetime of an object.
#pragma once

#include "tenon/tensor.h"

namespace tenon {

namespace detail {
struct VariableState;
}

/// State that functions read and assign. A handle: a copy shares, and when the last goes, so does the value.
///
/// The dtype and shape are those of the first value, for good. In a traced function reads and assignments are recorded,
/// in program order; ahead of time the caller owns the memory. Assigning from several threads needs the user's own
/// order.
class Variable {
public:
  explicit Variable(const Tensor &initial, std::string name = {}, Location where = Location::current());
  Variable(const Variable &other) noexcept;
  Variable &operator=(const Variable &other) noexcept;
  ~Variable();
  /// Would this rebind or assign? Say which: `v.assign(x)`.
  Variable &operator=(const Tensor &) = delete;

  /// The present value.
  Tensor value(Location where = Location::current()) const;
  operator Tensor() const { return value(); }
  /// Gives another value of the same dtype and shape.
  void assign(const Arg &x) const;
  void assign_add(const Arg &x) const;
  void assign_sub(const Arg &x) const;

  DType dtype() const;
  Shape shape() const;
  /// The name given at construction, or empty.
  const std::string &name() const;
  /// Whether gradients and optimizers take it by themselves: a floating Variable that is neither set otherwise nor part
  /// of a module that is frozen (`module.set_trainable(false)`).
  bool trainable() const;
  void set_trainable(bool trainable) const;
  /// Whether two handles share one value.
  bool is(const Variable &other) const { return state_ == other.state_; }

private:
  friend struct detail::Access;
  detail::VariableState *state_;
};

std::ostream &operator<<(std::ostream &out, const Variable &x);

} // namespace tenon
