// The one builder: every operation on Tensors goes through apply(), which records it in the trace or runs it.
#pragma once

#include "context.h"

namespace tenon::detail {

/// An operation of the dialect. Its address is its identity, so each is a constant with static lifetime.
struct Op {
  const char *name; // "tenon.add"
  const char *shown() const { return name + 6; }
};

/// An attribute; refers to what it was made from and does not outlive the call.
struct Attribute {
  enum Kind : std::uint8_t { integer, boolean, real, integers, predicate, reduction, scatter, text } kind;
  const char *name;
  std::int64_t number = 0;
  double floating = 0;
  std::span<const std::int64_t> list{};
  std::string_view string{};

  Attribute(const char *name, std::int64_t value) : kind(integer), name(name), number(value) {}
  Attribute(const char *name, bool value) : kind(boolean), name(name), number(value) {}
  Attribute(const char *name, double value) : kind(real), name(name), floating(value) {}
  Attribute(const char *name, std::span<const std::int64_t> value) : kind(integers), name(name), list(value) {}
  Attribute(const char *name, llvm::ArrayRef<std::int64_t> value)
      : Attribute(name, std::span(value.data(), value.size())) {}
  Attribute(const char *name, std::string_view value) : kind(text), name(name), string(value) {}
  /// An enumeration of the dialect, by its number.
  Attribute(const char *name, Kind enumeration, std::int64_t value) : kind(enumeration), name(name), number(value) {}
};

/// A Tensor, or a C++ number that has been given a dtype.
struct Operand {
  const Tensor *tensor;
  Scalar scalar{};
  DType dtype = f32;
  explicit Operand(const Tensor &x) : tensor(&x) {}
  Operand(Scalar value, DType dtype) : tensor(nullptr), scalar(value), dtype(dtype) {}
};

/// Records or runs one operation with one result, whose type the operation infers.
Tensor apply(const Op &op, std::initializer_list<Operand> operands, std::initializer_list<Attribute> attributes,
             Location where);
/// As above, with the result's type given, for operations that do not infer it.
Tensor apply(const Op &op, std::span<const Operand> operands, std::span<const Attribute> attributes,
             const TensorType *type, Location where);
/// Any number of results; `types` is empty where the operation infers them. `segments`: how many operands each group
/// has, if it has groups.
void apply(const Op &op, std::span<const Operand> operands, std::span<const Attribute> attributes,
           std::span<const TensorType> types, std::span<Tensor> results, Location where,
           std::span<const std::int64_t> segments = {});

/// The type of a Tensor, eager or traced. Throws Error where it has no value.
TensorType type_of(const Tensor &x, const char *operation, Location where);
/// `axis` counted from the start. Throws Error outside [-rank, rank).
std::int64_t normalize_axis(std::int64_t axis, std::size_t rank, const char *operation, Location where);

/// Appends the operation to a block. Throws Error with MLIR's diagnostics where the operation does not accept its
/// operands.
mlir::Operation *build(mlir::OpBuilder &builder, const Op &op, llvm::ArrayRef<mlir::Value> operands,
                       std::span<const Attribute> attributes, std::span<const TensorType> types, Location where,
                       std::span<const std::int64_t> segments);

/// Runs one operation now, on values: eager.cpp.
void run(const Op &op, std::span<const Operand> operands, std::span<const Attribute> attributes,
         std::span<const TensorType> types, std::span<Tensor> results, Location where,
         std::span<const std::int64_t> segments);

} // namespace tenon::detail
