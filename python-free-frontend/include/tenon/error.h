// The two exceptions: Error is the user's, InternalError is ours.
#pragma once

#include <source_location>
#include <stdexcept>
#include <string>

namespace tenon {

/// Where in the user's program an operation was written.
using Location = std::source_location;

/// Something in the user's program that cannot be: shapes that do not fit, a file that is not what its name says.
/// `what()` names the operation, what was expected, what came, the user's file and line, and a remedy where there is
/// one: `matmul: inner dimensions differ: lhs f32[4,8], rhs f32[9,2] (model.cpp:31)`.
class Error : public std::runtime_error {
public:
  /// `excerpt` is shown between the sentence and the remedy: lines of the user's source.
  Error(const std::string &operation, const std::string &problem, Location location, const std::string &remedy = {},
        const std::string &excerpt = {});
  /// The operation that failed, e.g. "matmul".
  const std::string &operation() const noexcept { return operation_; }
  Location location() const noexcept { return location_; }

private:
  std::string operation_;
  Location location_;
};

/// A mistake of Tenon itself. `what()` says what to send with a report.
class InternalError : public std::runtime_error {
public:
  explicit InternalError(const std::string &problem);
};

} // namespace tenon
