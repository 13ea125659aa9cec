// Weights in files: safetensors, and NumPy's .npy one by one.
#pragma once

#include "tenon/module.h"

#include <map>

namespace tenon {

/// Tensors by name.
using NamedTensors = std::map<std::string, Tensor>;
/// Writes a safetensors file, byte for byte as Python's library orders it (by dtype, then by name); written beside and
/// renamed, so that no half a file is ever seen.
void save_safetensors(const std::string &path, const NamedTensors &tensors, Location where = Location::current());
/// Reads a safetensors file. Anything that the format does not allow (a header that is not JSON, offsets that overlap
/// or leave holes, sizes that disagree with the shape) is an Error that says what and where.
NamedTensors load_safetensors(const std::string &path, Location where = Location::current());

struct LoadOptions {
  bool allow_missing = false; ///< variables that the file does not have keep their values
  bool allow_extra = false;   ///< what no variable takes is left out
};

/// Writes the values of variables under their paths. `path` ends in ".safetensors", or is a folder, which gets a file
/// `blocks.0.fc1.kernel.npy` for each.
void save_weights(const std::string &path, const Variables &variables, Location where = Location::current());
/// Reads what save_weights has written, or another program: each variable takes the value under its path. An Error
/// names what is missing, what no variable takes and what has another dtype or shape; then no variable has changed.
void load_weights(const std::string &path, const Variables &variables, LoadOptions options = {},
                  Location where = Location::current());
/// Of a module or a layer, which has been called: before that it has no variables.
template <class M>
  requires(!std::is_base_of_v<Variables, M>)
void save_weights(const std::string &path, const M &module, Location where = Location::current()) {
  save_weights(path, variables(module), where);
}
template <class M>
  requires(!std::is_base_of_v<Variables, M>)
void load_weights(const std::string &path, const M &module, LoadOptions options = {},
                  Location where = Location::current()) {
  load_weights(path, variables(module), options, where);
}

} // namespace tenon
