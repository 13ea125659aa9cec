// Loads models through their descriptions; links neither the compiler nor the frontend.
#include "library.h"

#include <cmath>
#include <cstdlib>
#include <dlfcn.h>
#include <limits>

namespace bench {
namespace {

struct Element {
  const char *numpy;
  std::size_t bytes;
};
// By tenon_dtype.
constexpr Element elements[] = {{"", 0},    {"<f4", 4}, {"<f8", 8}, {"<f2", 2}, {"<V2", 2}, {"|i1", 1},
                                {"<i2", 2}, {"<i4", 4}, {"<i8", 8}, {"|u1", 1}, {"|b1", 1}};

double number(const unsigned char *bytes, const std::string &dtype, std::size_t index) {
  const auto as = [&](auto value) {
    std::memcpy(&value, bytes + index * sizeof value, sizeof value);
    return double(value);
  };
  if (dtype == "<f4")
    return as(float());
  if (dtype == "<f8")
    return as(double());
  if (dtype == "<i4")
    return as(std::int32_t());
  if (dtype == "<i8")
    return as(std::int64_t());
  throw std::runtime_error("no comparison for elements of " + dtype);
}

} // namespace

void Library::Free::operator()(void *memory) const { std::free(memory); }

Library::Memory Library::allocate(std::size_t bytes) {
  return Memory(static_cast<unsigned char *>(std::aligned_alloc(64, (bytes + 127) / 64 * 64)));
}

Library::Library(const std::string &path, const std::string &folder) : folder_(folder) {
  std::string name = path.substr(path.rfind('/') + 1);
  name = name.substr(0, name.rfind('.'));
  library_ = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!library_)
    throw std::runtime_error(dlerror());
  using Describe = const tenon_model_info *(*)();
  const auto describe = reinterpret_cast<Describe>(dlsym(library_, (name + "_describe").c_str()));
  if (!describe)
    throw std::runtime_error(path + " has no " + name + "_describe");
  model_ = describe();
  if (TENON_ABI_MAJOR(model_->abi_version) != TENON_ABI_MAJOR(TENON_ABI_VERSION))
    throw std::runtime_error(path + " is of another version of the ABI");
  for (int i = 0; i < model_->function_count; ++i)
    if (std::strcmp(model_->functions[i].name, "run") == 0)
      function_ = &model_->functions[i];
  if (!function_ || !function_->call)
    throw std::runtime_error(path + " has no function 'run' with a packed entry point");

  if (model_->state) {
    state_ = allocate(model_->state->bytes);
    reset();
  }
  dims_.assign(std::size_t(function_->dim_count) + 1, 0);
  for (int i = 0; i < function_->argument_count; ++i) {
    const tenon_argument_info &argument = function_->arguments[i];
    const std::string numpy = elements[argument.dtype].numpy;
    if (argument.kind == TENON_ARGUMENT_INPUT) {
      const Array array = read_npy(folder + "/input." + argument.name + ".npy");
      bool fits = array.dtype == numpy && array.shape.size() == std::size_t(argument.rank);
      for (int d = 0; fits && d < argument.rank; ++d) {
        if (argument.dims[d] < 0)
          dims_[std::size_t(~argument.dims[d])] = array.shape[std::size_t(d)];
        else
          fits = argument.dims[d] == array.shape[std::size_t(d)];
      }
      if (!fits)
        throw std::runtime_error(folder + "/input." + argument.name + ".npy: another dtype or shape than " + path +
                                 " takes");
      inputs_.push_back(allocate(array.bytes.size()));
      std::memcpy(inputs_.back().get(), array.bytes.data(), array.bytes.size());
      buffers_.push_back(inputs_.back().get());
    } else if (argument.kind == TENON_ARGUMENT_STATE) {
      buffers_.push_back(const_cast<void *>(variable(argument.name)));
    } else {
      std::size_t bytes = elements[argument.dtype].bytes;
      for (int d = 0; d < argument.rank; ++d)
        bytes *= std::size_t(argument.dims[d] < 0 ? dims_[std::size_t(~argument.dims[d])] : argument.dims[d]);
      output_bytes_.resize(bytes);
      output_dtype_ = argument.dtype;
      buffers_.push_back(output_bytes_.data());
    }
  }
  workspace_bytes_ = function_->workspace_bytes ? function_->workspace_bytes(dims_.data()) : 0;
  workspace_ = allocate(workspace_bytes_);
}

Library::~Library() {
  if (library_)
    dlclose(library_);
}

void Library::reset() const {
  if (state_)
    model_->state->init(state_.get());
}

const void *Library::variable(const std::string &name) const {
  for (int i = 0; model_->state && i < model_->state->variable_count; ++i)
    if (model_->state->variables[i].name == name)
      return state_.get() + model_->state->variables[i].offset;
  return nullptr;
}

std::optional<double> Library::max_abs_diff() const {
  const std::string path = folder_ + "/expected.npy";
  if (std::FILE *file = std::fopen(path.c_str(), "rb"))
    std::fclose(file);
  else
    return {};
  const Array expected = read_npy(path);
  std::size_t count = 1;
  for (std::int64_t extent : expected.shape) count *= std::size_t(extent);
  if (count * elements[output_dtype_].bytes != output_bytes_.size())
    throw std::runtime_error(path + ": another number of elements than the output has");
  double most = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const double difference = std::abs(number(output_bytes_.data(), elements[output_dtype_].numpy, i) -
                                       number(expected.bytes.data(), expected.dtype, i));
    most = std::isnan(difference) ? std::numeric_limits<double>::infinity() : std::max(most, difference);
  }
  return most;
}

} // namespace bench
