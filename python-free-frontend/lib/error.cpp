// Error messages: operation, problem, the user's file and line, remedy.
#include "tenon/error.h"

#include <cstring>

namespace tenon {

// "model.cpp:31": the folder says nothing to the one who reads, and would make messages differ between machines.
static std::string short_location(Location location) {
  if (!location.line())
    return {};
  const char *file = location.file_name();
  if (const char *slash = std::strrchr(file, '/'))
    file = slash + 1;
  return " (" + std::string(file) + ":" + std::to_string(location.line()) + ")";
}

static std::string sentence(const std::string &operation, const std::string &problem, Location location,
                            const std::string &remedy, const std::string &excerpt) {
  std::string text = operation + ": " + problem + short_location(location) + excerpt;
  if (!remedy.empty())
    text += "\n  remedy: " + remedy;
  return text;
}

Error::Error(const std::string &operation, const std::string &problem, Location location, const std::string &remedy,
             const std::string &excerpt)
    : std::runtime_error(sentence(operation, problem, location, remedy, excerpt)), operation_(operation),
      location_(location) {}

InternalError::InternalError(const std::string &problem)
    : std::runtime_error("tenon: internal error: " + problem +
                         "\n  This is a mistake of Tenon. To report it, add the program, or the module that "
                         "tenon::Program::mlir() or Function::mlir() gives for it.") {}

} // namespace tenon
