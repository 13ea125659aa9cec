// Buffers in and out of a compiled function.
#include "compiled.h"

#include "tenon/runtime/abi.h"

#include "llvm/ADT/STLExtras.h"
#include <cstdlib>
#include <cstring>
#include <stdexcept>

using namespace tenon::test;
using mlir::tenon::DType;

namespace {
struct Free {
  void operator()(void *pointer) const { std::free(pointer); }
};
using Memory = std::unique_ptr<void, Free>;
Memory allocate(size_t bytes) { return Memory(std::aligned_alloc(64, (bytes + 127) / 64 * 64)); }

/// Memory for lists, filled with what is no number.
struct Heap {
  int failing;
  int allocations = 0;
  int64_t bytes = 0;
};
void *allocate_counted(void *host, size_t bytes) {
  auto *heap = static_cast<Heap *>(host);
  if (heap->allocations++ == heap->failing)
    return nullptr;
  heap->bytes += bytes;
  return std::memset(std::malloc(bytes), 0xff, bytes);
}
void release_counted(void *host, void *memory, size_t bytes) {
  static_cast<Heap *>(host)->bytes -= bytes;
  std::memset(memory, 0xff, bytes); // what is read afterwards is no number either
  std::free(memory);
}

/// Calls `visit` with a null pointer of the C++ type of a dtype.
template <typename Visit> void with_type(DType dtype, Visit visit) {
  switch (dtype) {
  case DType::F64: return visit(static_cast<double *>(nullptr));
  case DType::F32: return visit(static_cast<float *>(nullptr));
  case DType::I32: return visit(static_cast<int32_t *>(nullptr));
  case DType::I64: return visit(static_cast<int64_t *>(nullptr));
  case DType::I1: return visit(static_cast<uint8_t *>(nullptr));
  default: throw std::runtime_error("no arrays of this dtype here");
  }
}

size_t count(const std::vector<int64_t> &shape) {
  size_t count = 1;
  for (int64_t size : shape) count *= size;
  return count;
}
} // namespace

Compiled::Compiled(mlir::tenon::Jit &jit, mlir::ModuleOp module, llvm::StringRef entry) {
  auto compiled = jit.compile(module, entry);
  if (!compiled)
    throw std::runtime_error(llvm::toString(compiled.takeError()));
  function = *compiled;
}

std::vector<Tensor> Compiled::operator()(const std::vector<Tensor> &inputs, const std::vector<int64_t> &dims,
                                         const std::vector<std::vector<int64_t>> &resultShapes) const {
  const auto &signature = function->signature;
  if (signature.inputs.size() != inputs.size() || signature.outputs.size() != resultShapes.size())
    throw std::runtime_error("the function takes or returns another number of tensors");
  std::vector<Memory> memory;
  std::vector<void *> buffers;
  auto add = [&](size_t elements, DType dtype) {
    memory.push_back(allocate(elements * getBytes(dtype)));
    std::memset(memory.back().get(), 0xa5, elements * getBytes(dtype) + 1);
    buffers.push_back(memory.back().get());
  };
  for (auto [input, argument] : llvm::zip_equal(inputs, signature.inputs)) {
    add(input.elements.size(), argument.dtype);
    with_type(argument.dtype, [&](auto *type) {
      auto *elements = static_cast<decltype(type)>(buffers.back());
      for (size_t i = 0; i < input.elements.size(); ++i)
        elements[i] = static_cast<std::decay_t<decltype(*type)>>(input.elements[i]);
    });
  }
  for (const auto &variable : signature.variables) {
    (void)variable;
    throw std::runtime_error("variables have no place here");
  }
  for (auto [shape, argument] : llvm::zip_equal(resultShapes, signature.outputs)) add(count(shape), argument.dtype);
  size_t bytes = function->getWorkspaceBytes(dims.data());
  Memory workspace = allocate(bytes);
  Heap heap{failing};
  char message[256] = "";
  tenon_context context = {};
  context.struct_size = sizeof context;
  context.message = message;
  context.message_capacity = sizeof message;
  context.host = &heap;
  context.allocate = allocate_counted;
  context.release = release_counted;
  int32_t code = function->call(&context, buffers.data(), dims.data(), workspace.get(), bytes);
  allocations = heap.allocations;
  if (heap.bytes != 0)
    throw std::runtime_error(std::to_string(heap.bytes) + " bytes were not given back");
  if (code)
    throw std::runtime_error("code " + std::to_string(code) + ": " + message);
  std::vector<Tensor> results;
  for (auto [i, shape, argument] : llvm::enumerate(resultShapes, signature.outputs)) {
    Tensor &result = results.emplace_back();
    result.shape = shape;
    void *buffer = buffers[inputs.size() + i];
    size_t elements = count(shape);
    if (static_cast<unsigned char *>(buffer)[elements * getBytes(argument.dtype)] != 0xa5)
      throw std::runtime_error("wrote past the end of result " + std::to_string(i));
    with_type(argument.dtype, [&](auto *type) {
      for (size_t e = 0; e < elements; ++e) result.elements.push_back(static_cast<decltype(type)>(buffer)[e]);
    });
  }
  return results;
}
