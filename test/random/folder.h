// A folder for the files of a test.
#pragma once

#include <filesystem>

namespace tenon::test {

/// A folder of its own, which goes with the object.
class TemporaryFolder {
public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder &) = delete;
  const std::filesystem::path &path() const { return path_; }

private:
  std::filesystem::path path_;
};

} // namespace tenon::test
