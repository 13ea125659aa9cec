// Eager operations: a function of one operation, compiled once for each (operation, attributes, dtypes, shapes).
#include "apply.h"
#include "executor.h"
#include "hash.h"
#include "recorder.h"
#include "trace.h"

#include <bit>
#include <shared_mutex>
#include <unordered_map>

namespace tenon::detail {
namespace {

struct Kernel {
  Words key;
  std::uint64_t hash;
  std::shared_ptr<const mlir::tenon::CompiledFunction> code;
  llvm::SmallVector<TensorType, 1> results;
};

struct Kernels {
  std::shared_mutex mutex;
  std::unordered_multimap<std::uint64_t, Kernel *> all; // never removed: a kernel may be running anywhere
};
Kernels &kernels() {
  static auto *instance = new Kernels;
  return *instance;
}

// A direct-mapped cache in front of the table: no lock and one comparison for what a thread does again and again.
constinit thread_local Kernel *recent[512]{};

const Kernel *find(const Words &key, std::uint64_t hash) {
  Kernel *&cached = recent[hash % std::size(recent)];
  if (cached && cached->hash == hash && cached->key == key)
    return cached;
  std::shared_lock lock(kernels().mutex);
  auto [first, last] = kernels().all.equal_range(hash);
  for (auto it = first; it != last; ++it)
    if (it->second->key == key)
      return cached = it->second;
  return nullptr;
}

void add_type(Words &key, DType dtype, std::span<const std::int64_t> dims) {
  key.add(std::uint64_t(dtype) | dims.size() << 8);
  for (std::int64_t n : dims) key.add(std::uint64_t(n));
}

Words make_key(const Op &op, std::span<const Operand> operands, std::span<const Attribute> attributes,
               std::span<const TensorType> types, std::span<const std::int64_t> segments, Location where) {
  Words key;
  key.add(std::uintptr_t(&op));
  key.add(operands.size() | types.size() << 16 | segments.size() << 32);
  for (const Operand &operand : operands) {
    if (!operand.tensor) {
      key.add(std::uint64_t(operand.dtype)); // the number is data: another one is the same kernel
    } else if (const Buffer *value = Access::buffer(*operand.tensor)) {
      add_type(key, value->dtype, value->shape());
    } else {
      type_of(*operand.tensor, op.shown(), where); // throws
    }
  }
  for (const Attribute &attribute : attributes) {
    switch (attribute.kind) {
    case Attribute::real: key.add(std::bit_cast<std::uint64_t>(attribute.floating)); break;
    case Attribute::integers:
      key.add(attribute.list.size());
      for (std::int64_t n : attribute.list) key.add(std::uint64_t(n));
      break;
    case Attribute::text: key.add(attribute.string); break;
    default: key.add(std::uint64_t(attribute.number));
    }
  }
  for (const TensorType &type : types) add_type(key, type.dtype, type.dims);
  for (std::int64_t n : segments) key.add(std::uint64_t(n));
  return key;
}

const Kernel *compile_kernel(Words key, std::uint64_t hash, const Op &op, std::span<const Operand> operands,
                             std::span<const Attribute> attributes, std::span<const TensorType> types,
                             std::span<const std::int64_t> segments, Location where) {
  std::lock_guard compiling(compiler_mutex());
  if (const Kernel *kernel = find(key, hash))
    return kernel; // another thread was faster
  mlir::MLIRContext &context = shared_context();
  mlir::OpBuilder builder(&context);
  // Locations are left out: one kernel serves every line that uses it.
  mlir::Location unknown = builder.getUnknownLoc();
  mlir::OwningOpRef<mlir::ModuleOp> module(mlir::ModuleOp::create(builder, unknown));
  builder.setInsertionPointToEnd(module->getBody());
  llvm::SmallVector<mlir::Type, 4> inputs;
  for (const Operand &operand : operands)
    inputs.push_back(operand.tensor ? to_mlir(type_of(*operand.tensor, op.shown(), where), &context)
                                    : to_mlir(TensorType{operand.dtype, {}}, &context));
  auto function = mlir::func::FuncOp::create(builder, unknown, "eager", builder.getFunctionType(inputs, {}));
  mlir::Block *block = function.addEntryBlock();
  builder.setInsertionPointToStart(block);
  llvm::SmallVector<mlir::Value, 4> values(block->getArguments());
  mlir::Operation *operation;
  try {
    operation = build(builder, op, values, attributes, types, Location(), segments);
  } catch (const Error &) {
    build(builder, op, values, attributes, types, where, segments); // throws again, with the user's line
    throw;
  }
  mlir::func::ReturnOp::create(builder, unknown, operation->getResults());
  function.setFunctionType(builder.getFunctionType(inputs, operation->getResultTypes()));

  auto kernel = std::make_unique<Kernel>();
  for (mlir::Value result : operation->getResults()) kernel->results.push_back(from_mlir(result.getType()));
  for (const TensorType &type : kernel->results)
    if (!type.is_static())
      throw InternalError(std::string(op.name) + " of static shapes has an open result");
  kernel->code = compile(*module, "eager");
  kernel->key = std::move(key);
  kernel->hash = hash;
  std::unique_lock lock(kernels().mutex);
  kernels().all.emplace(hash, kernel.get());
  return kernel.release();
}

} // namespace

void run(const Op &op, std::span<const Operand> operands, std::span<const Attribute> attributes,
         std::span<const TensorType> types, std::span<Tensor> results, Location where,
         std::span<const std::int64_t> segments) {
  Words key = make_key(op, operands, attributes, types, segments, where);
  const std::uint64_t hash = key.hash();
  const Kernel *kernel = find(key, hash);
  if (!kernel) [[unlikely]]
    kernel = compile_kernel(std::move(key), hash, op, operands, attributes, types, segments, where);

  llvm::SmallVector<void *, 8> buffers;
  llvm::SmallVector<std::int64_t, 4> scalars(operands.size()); // storage of C++ numbers, 8 bytes each
  for (std::size_t i = 0; i < operands.size(); ++i) {
    if (operands[i].tensor) {
      buffers.push_back(Access::buffer(*operands[i].tensor)->data);
    } else {
      store(operands[i].scalar, operands[i].dtype, &scalars[i]);
      buffers.push_back(&scalars[i]);
    }
  }
  // The results are new objects or hold the operands' values: they change only when the call has succeeded.
  llvm::SmallVector<BufferRef, 2> values;
  for (const TensorType &type : kernel->results) {
    values.emplace_back(allocate(type.dtype, type.dims));
    buffers.push_back(values.back()->data);
  }
  call(*kernel->code, buffers.data(), nullptr, op.shown(), where);
  if (is_recording) [[unlikely]]
    record(op, operands, attributes, types, values, where, segments);
  for (std::size_t i = 0; i < results.size(); ++i) results[i] = Access::adopt(values[i].take());
}

} // namespace tenon::detail
