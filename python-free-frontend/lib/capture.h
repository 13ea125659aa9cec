// Captured Tensors: an eager Tensor that a concrete function reads stays a C++ variable; assigning it changes what the
// function reads.
#pragma once

#include "trace.h"

namespace tenon::detail {

/// The hidden inputs of one concrete function.
class CaptureList {
public:
  CaptureList() = default;
  ~CaptureList();
  CaptureList(const CaptureList &) = delete;
  /// Follows the captured Tensor objects from now on.
  void watch(llvm::ArrayRef<Capture> captures);

  std::vector<Capture> entries;
  /// A captured Tensor was assigned a value of another dtype or shape: the function has to be traced again.
  bool stale = false;
  std::string why;
};

/// `x` (slot `captured`) is about to hold `value`: the functions that captured it read that from now on.
void captured_assigned(const Tensor &x, Buffer *value);
/// `x` (slot `captured`) ends or gives its value away: the functions keep the last one.
void captured_dropped(const Tensor &x) noexcept;

} // namespace tenon::detail
