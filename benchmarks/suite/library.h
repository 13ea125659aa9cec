// A model in a shared library, found and called by what it says of itself.
#pragma once

#include "npy.h"

#include <tenon/runtime/abi.h>

#include <memory>
#include <optional>

namespace bench {

/// The function `run` of a model. Inputs come from FOLDER/input.NAME.npy, which also tell the sizes of open dimensions.
class Library {
public:
  /// The library's name without its ending is the model's. Throws a std::runtime_error that says what is missing.
  Library(const std::string &path, const std::string &folder);
  ~Library();
  Library(const Library &) = delete;

  /// One call, and its code.
  std::int32_t call(const tenon_context *context) const {
    return function_->call(context, buffers_.data(), dims_.data(), workspace_.get(), workspace_bytes_);
  }
  /// Gives the state its first values.
  void reset() const;

  std::size_t workspace_bytes() const { return workspace_bytes_; }
  std::size_t state_bytes() const { return model_->state ? model_->state->bytes : 0; }
  const std::vector<unsigned char> &output() const { return output_bytes_; }
  /// The bytes of a variable of the state; null where there is none of that name.
  const void *variable(const std::string &name) const;
  /// The largest difference of the last call's output to FOLDER/expected.npy; none without that file.
  std::optional<double> max_abs_diff() const;

private:
  struct Free {
    void operator()(void *memory) const;
  };
  using Memory = std::unique_ptr<unsigned char, Free>;
  static Memory allocate(std::size_t bytes);

  std::string folder_;
  void *library_ = nullptr;
  const tenon_model_info *model_ = nullptr;
  const tenon_function_info *function_ = nullptr;
  std::vector<std::int64_t> dims_;
  std::vector<Memory> inputs_;
  std::vector<unsigned char> output_bytes_;
  std::int32_t output_dtype_ = 0;
  Memory state_, workspace_;
  std::size_t workspace_bytes_ = 0;
  std::vector<void *> buffers_;
};

} // namespace bench
