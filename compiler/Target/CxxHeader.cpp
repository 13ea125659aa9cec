// Writes the C++ wrapper of a model: spans that know their sizes, exceptions that carry the sentence.
#include "compiler/Target/Header.h"

#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace mlir::tenon;

static constexpr StringLiteral common = R"(
/// A call that could not be made or did not end well; `what()` names the function, the argument, what was expected and what came.
class error : public std::runtime_error {
public:
  error(std::int32_t code, const std::string &message) : std::runtime_error(message), code_(code) {}
  /// A code of <tenon/runtime/abi.h>.
  std::int32_t code() const noexcept { return code_; }

private:
  std::int32_t code_;
};

/// Scratch memory for calls, which grows to what they need. One call at a time may use it; keep one per thread.
class workspace {
public:
  workspace() = default;
  workspace(workspace &&other) noexcept : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  workspace &operator=(workspace &&other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
  }
  ~workspace() { release(); }

  void *reserve(std::size_t bytes) {
    if (bytes > size_) {
      release();
      data_ = ::operator new(bytes, std::align_val_t{TENON_WORKSPACE_ALIGNMENT});
      size_ = bytes;
    }
    return data_;
  }
  std::size_t size() const noexcept { return size_; }

private:
  void release() noexcept {
    if (data_)
      ::operator delete(data_, std::align_val_t{TENON_WORKSPACE_ALIGNMENT});
    data_ = nullptr;
    size_ = 0;
  }
  void *data_ = nullptr;
  std::size_t size_ = 0;
};

namespace detail {
inline void expect_size(const char *function, const char *argument, std::size_t size, std::initializer_list<std::int64_t> dims) {
  std::size_t expected = 1;
  for (std::int64_t dim : dims)
    expected *= dim < 0 ? 0 : static_cast<std::size_t>(dim);
  if (size == expected)
    return;
  std::string message = std::string(function) + ": `" + argument + "` has " + std::to_string(size) + " elements, but [";
  const char *separator = "";
  for (std::int64_t dim : dims) {
    message += separator + std::to_string(dim);
    separator = ", ";
  }
  throw error(TENON_ERROR_SHAPE_MISMATCH, message + "] takes " + std::to_string(expected));
}

/// Calls `function(context)` with a message buffer, the caller's own where there is one.
template <class Function> void call(const char *name, const tenon_context *context, Function &&function) {
  char message[256] = "";
  tenon_context with_message = {};
  if (context)
    std::memcpy(&with_message, context, context->struct_size < sizeof with_message ? context->struct_size : sizeof with_message);
  with_message.struct_size = sizeof with_message;
  if (!with_message.message || !with_message.message_capacity) {
    with_message.message = message;
    with_message.message_capacity = sizeof message;
  }
  if (std::int32_t code = function(static_cast<const tenon_context *>(&with_message)))
    throw error(code, *with_message.message ? with_message.message : std::string(name) + ": error " + std::to_string(code));
}
} // namespace detail
)";

static void writeDims(raw_ostream &os, const ParameterNames &names, const ArgumentSignature &argument) {
  os << "{";
  for (auto [i, dim] : llvm::enumerate(argument.dims)) {
    os << (i ? ", " : "");
    if (dim.isStatic())
      os << dim.value;
    else if (dim.kind == Dimension::Kind::Named)
      os << names.dims[dim.value];
    else
      os << "output_dims[" << dim.value << "]";
  }
  os << "}";
}

static void writeFunction(raw_ostream &os, const ModelInterface &model, const FunctionSignature &function) {
  ParameterNames names = getParameterNames(function);
  std::string symbol = model.getSymbol(function);
  std::string name = isCIdentifier(function.name) ? function.name : "run_" + function.name;
  os << "\n/// Runs `" << function.name << "`. Throws `error`.\n";
  auto document = [&](StringRef parameter, const ArgumentSignature &argument, const char *what) {
    os << "/// - `" << parameter << "`: " << what << ", " << describeShape(function, argument) << "\n";
  };
  for (auto [parameter, input] : llvm::zip_equal(names.inputs, function.inputs)) document(parameter, input, "in");
  for (auto [parameter, output] : llvm::zip_equal(names.outputs, function.outputs)) document(parameter, output, "out");
  os << "inline void " << name << "(";
  for (const std::string &dim : names.dims) os << "std::int64_t " << dim << ", ";
  for (auto [parameter, input] : llvm::zip_equal(names.inputs, function.inputs))
    os << "std::span<const " << getCType(input.dtype) << "> " << parameter << ", ";
  if (function.weightsBytes)
    os << "const void *weights, ";
  bool writesState = llvm::any_of(function.variables, [](const ArgumentSignature &v) { return v.assigned; });
  if (takesState(function))
    os << (writesState ? "struct " : "const struct ") << "::" << model.name << "_state &state, ";
  for (auto [parameter, output] : llvm::zip_equal(names.outputs, function.outputs))
    os << "std::span<" << getCType(output.dtype) << "> " << parameter << ", ";
  os << "class workspace &workspace, const tenon_context *context = nullptr) {\n";
  auto check = [&](StringRef parameter, const ArgumentSignature &argument) {
    os << "  detail::expect_size(\"" << symbol << "\", \"" << parameter << "\", " << parameter << ".size(), ";
    writeDims(os, names, argument);
    os << ");\n";
  };
  std::string dims;
  for (const std::string &dim : names.dims) dims += (dims.empty() ? "" : ", ") + dim;
  for (auto [parameter, input] : llvm::zip_equal(names.inputs, function.inputs)) check(parameter, input);
  if (unsigned computed = function.getNumComputedDims())
    os << "  std::int64_t output_dims[" << computed << "];\n  ::" << symbol << "_output_dims(" << dims
       << (dims.empty() ? "" : ", ") << "output_dims);\n";
  for (auto [parameter, output] : llvm::zip_equal(names.outputs, function.outputs)) check(parameter, output);
  if (function.workspaceBytes)
    os << "  const std::size_t workspace_bytes = " << StringRef(symbol).upper() << "_WORKSPACE_BYTES;\n";
  else
    os << "  const std::size_t workspace_bytes = ::" << symbol << "_workspace_bytes(" << dims << ");\n";
  os << "  void *scratch = workspace.reserve(workspace_bytes);\n";
  os << "  detail::call(\"" << symbol << "\", context, [&](const tenon_context *context) {\n    return ::" << symbol
     << "(context";
  if (!dims.empty())
    os << ", " << dims;
  for (const std::string &parameter : names.inputs) os << ", " << parameter << ".data()";
  if (function.weightsBytes)
    os << ", weights";
  if (takesState(function))
    os << ", &state";
  for (const std::string &parameter : names.outputs) os << ", " << parameter << ".data()";
  os << ", scratch, workspace_bytes);\n  });\n}\n";
}

/// `class state`: memory for the C struct, which may be large, with the life of an object.
static void writeState(raw_ostream &os, const ModelInterface &model) {
  std::string type = "::" + model.name + "_state", macro = StringRef(model.name).upper() + "_STATE";
  os << R"(
/// The model's state on the heap, aligned to 64. Copying copies the values; what was moved from may only be assigned to or destroyed.
class state {
public:
  /// With first values.
  state() : state(none()) { init(); }
  state(const state &other) : state(none()) { *data_ = *other.data_; }
  state(state &&other) noexcept : data_(std::exchange(other.data_, nullptr)) {}
  state &operator=(state other) noexcept {
    std::swap(data_, other.data_);
    return *this;
  }
  ~state() { ::operator delete(data_, std::align_val_t{64}); }

  /// Gives every variable its first value again.
  void init() { )"
     << type << R"(_init(data_); }
  /// The state as bytes that every target reads: for a file, for `load`.
  std::vector<std::byte> save(const tenon_context *context = nullptr) const {
    std::vector<std::byte> bytes()"
     << macro << R"(_SAVED_BYTES);
    detail::call(")"
     << model.name << R"(_state_save", context, [&](const tenon_context *context) {
      return )"
     << type << R"(_save(context, data_, bytes.data(), bytes.size());
    });
    return bytes;
  }
  /// Takes bytes that `save` made. Throws `error` where they are truncated, damaged or of another model; then nothing has changed.
  void load(std::span<const std::byte> bytes, const tenon_context *context = nullptr) {
    // A span of none may have no address, but the sentence is to say how many bytes came.
    const std::byte nothing[1] = {};
    detail::call(")"
     << model.name << R"(_state_load", context, [&](const tenon_context *context) {
      return )"
     << type << R"(_load(context, data_, bytes.empty() ? nothing : bytes.data(), bytes.size());
    });
  }

  /// The C struct, which this owns.
  struct )"
     << type << R"( &operator*() noexcept { return *data_; }
  const struct )"
     << type << R"( &operator*() const noexcept { return *data_; }
  struct )"
     << type << R"( *operator->() noexcept { return data_; }
  const struct )"
     << type << R"( *operator->() const noexcept { return data_; }
  operator struct )"
     << type << R"( &() noexcept { return *data_; }
  operator const struct )"
     << type << R"( &() const noexcept { return *data_; }

private:
  struct none {};
  explicit state(none) : data_(static_cast<struct )"
     << type << R"( *>(::operator new(sizeof(struct )" << type << R"(), std::align_val_t{64}))) {}
  struct )"
     << type << R"( *data_;
};
)";
}

std::string mlir::tenon::emitCxxHeader(const ModelInterface &model, StringRef cHeader) {
  std::string text;
  llvm::raw_string_ostream os(text);
  os << "// The model `" << model.name << "` for C++20: spans and exceptions around \"" << cHeader
     << "\". Generated: do not edit.\n"
     << "#pragma once\n\n#include \"" << cHeader << "\"\n#include <tenon/runtime/abi.h>\n\n"
     << "#include <cstddef>\n#include <cstdint>\n#include <cstring>\n#include <initializer_list>\n#include "
        "<new>\n#include <span>\n"
     << "#include <stdexcept>\n#include <string>\n#include <utility>\n"
     << (model.hasState() ? "#include <vector>\n" : "") << "\nnamespace " << model.name << " {\n"
     << common;
  if (model.hasState())
    writeState(os, model);
  for (const FunctionSignature &function : model.functions) writeFunction(os, model, function);
  os << "\n} // namespace " << model.name << "\n";
  return text;
}
