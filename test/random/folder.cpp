// Makes and removes a test's folder.
#include "folder.h"

#include <cstdlib>
#include <stdexcept>
#include <string>
#include <unistd.h>

namespace tenon::test {

TemporaryFolder::TemporaryFolder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "tenon-random-XXXXXX").string();
  if (!mkdtemp(pattern.data()))
    throw std::runtime_error("no folder can be made in " + std::filesystem::temp_directory_path().string());
  path_ = pattern;
}
TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

} // namespace tenon::test
