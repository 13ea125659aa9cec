// save_weights and load_weights: variables by path, in one safetensors file or a folder of .npy files.
#include "state.h"
#include "tenon/create.h"
#include "tenon/weights.h"

#include <filesystem>

namespace tenon {

using namespace detail;
namespace fs = std::filesystem;

static bool is_safetensors(const std::string &path) { return path.ends_with(".safetensors"); }

static void check_path(const char *operation, const std::string &path, Location where) {
  if (is_tracing)
    throw Error(operation, "called in a function that is being traced", where, "call it outside of the function");
  const std::string ending = fs::path(path).extension().string();
  if (!is_safetensors(path) && !ending.empty() && !fs::is_directory(path))
    throw Error(operation, "'" + path + "': expected a name that ends in .safetensors, or a folder", where);
}

// "a", "b" and 3 more
static std::string some_of(const std::vector<std::string> &names) {
  std::string text;
  const std::size_t shown = names.size() <= 5 ? names.size() : 4;
  for (std::size_t i = 0; i < shown; ++i) text += (i ? ", " : "") + names[i];
  return text + (shown < names.size() ? " and " + std::to_string(names.size() - shown) + " more" : "");
}

void save_weights(const std::string &path, const Variables &variables, Location where) {
  check_path("save_weights", path, where);
  if (variables.empty())
    throw Error("save_weights", "there are no variables", where,
                "call the module once: layers are built at the first "
                "call");
  NamedTensors tensors;
  for (const NamedVariable &variable : variables)
    if (!tensors.emplace(variable.path, variable.value()).second)
      throw Error("save_weights", "two variables are called '" + variable.path + "'", where);
  if (is_safetensors(path))
    return save_safetensors(path, tensors, where);
  std::error_code error;
  fs::create_directories(path, error);
  if (error)
    throw Error("save_weights", "'" + path + "' cannot be made: " + error.message(), where);
  for (const auto &[name, tensor] : tensors) {
    if (name.empty() || name.find('/') != name.npos)
      throw Error("save_weights", "'" + name + "' is no name for a file", where, "save a .safetensors file");
    save_npy(path + "/" + name + ".npy", tensor, where);
  }
}

static NamedTensors load_folder(const std::string &path, Location where) {
  std::error_code error;
  NamedTensors tensors;
  for (const fs::directory_entry &entry : fs::directory_iterator(path, error))
    if (entry.path().extension() == ".npy")
      tensors.emplace(entry.path().stem().string(), load_npy(entry.path().string(), where));
  if (error)
    throw Error("load_weights", "'" + path + "' cannot be opened: " + error.message(), where);
  return tensors;
}

void load_weights(const std::string &path, const Variables &variables, LoadOptions options, Location where) {
  check_path("load_weights", path, where);
  NamedTensors tensors = is_safetensors(path) ? load_safetensors(path, where) : load_folder(path, where);
  std::vector<std::string> missing, different, extra;
  for (const NamedVariable &variable : variables) {
    const auto found = tensors.find(variable.path);
    if (found == tensors.end()) {
      missing.push_back("'" + variable.path + "'");
      continue;
    }
    const Buffer &now = *Access::state(variable)->value, &value = *Access::buffer(found->second);
    if (now.dtype != value.dtype || !std::ranges::equal(now.shape(), value.shape()))
      different.push_back("'" + variable.path + "' is " + describe(now.dtype, now.shape()) + ", but " +
                          describe(value.dtype, value.shape()) + " there");
  }
  for (const auto &[name, tensor] : tensors)
    if (std::none_of(variables.begin(), variables.end(), [&](const NamedVariable &v) { return v.path == name; }))
      extra.push_back("'" + name + "'");
  const auto fail = [&](const std::string &problem, const std::string &remedy = {}) {
    throw Error("load_weights", "'" + path + "': " + problem, where, remedy);
  };
  if (variables.empty())
    fail("there are no variables to load", "call the module once: layers are built at the first call");
  if (!different.empty())
    fail(some_of(different));
  if (!missing.empty() && !options.allow_missing)
    fail("it does not have " + some_of(missing) + (extra.empty() ? "" : "; but it has " + some_of(extra)),
         "rename them, or keep what the variables have: {.allow_missing = true}");
  if (!extra.empty() && !options.allow_extra)
    fail("no variable takes " + some_of(extra),
         "call the module once, so that every layer is built; or leave them out: {.allow_extra = true}");
  for (const NamedVariable &variable : variables)
    if (const auto found = tensors.find(variable.path); found != tensors.end())
      variable.assign(found->second);
}

} // namespace tenon
