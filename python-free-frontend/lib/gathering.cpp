// Gather, scatter, one-hot and sorting.
#include "sizes.h"
#include "tenon/ops.h"

namespace tenon {

using namespace detail;

// Indices as the dialect takes them: i32 or i64.
static DType index_dtype(const Arg &indices, const char *operation) {
  const TensorType type = type_of(indices, operation);
  if (!is_integer(type.dtype))
    throw Error(operation, "indices have to be integers, but are " + type.describe(), indices.where,
                "cast(indices, tenon::i64) truncates");
  return type.dtype == i32 ? i32 : i64;
}

Tensor gather(const Arg &x, const Arg &indices, int axis) {
  static constexpr Op op{"tenon.gather"};
  const Tensor input = tensor_of(x);
  const std::int64_t at = normalize_axis(axis, type_of(input, "gather", x.where).dims.size(), "gather", x.where);
  return apply(op, {Operand(input), Promoted(indices, index_dtype(indices, "gather"))}, {Attribute("axis", at)},
               x.where);
}

static Tensor scattered(std::int64_t kind, const Arg &x, const Arg &indices, const Arg &updates) {
  static constexpr Op op{"tenon.scatter"};
  const Tensor input = tensor_of(x);
  const TensorType type = type_of(input, "scatter", x.where);
  const Promoted positions(indices, index_dtype(indices, "scatter")), values(updates, type.dtype);
  const Operand operands[] = {Operand(input), positions, values};
  const Attribute attribute("kind", Attribute::scatter, kind);
  return apply(op, operands, std::span(&attribute, 1), &type, x.where);
}
Tensor scatter(const Arg &x, const Arg &indices, const Arg &updates) { return scattered(0, x, indices, updates); }
Tensor scatter_add(const Arg &x, const Arg &indices, const Arg &updates) { return scattered(1, x, indices, updates); }

Tensor one_hot(const Arg &indices, std::int64_t depth, DType dtype) {
  static constexpr Op op{"tenon.one_hot"};
  if (depth < 0)
    throw Error("one_hot", "the depth cannot be negative, but got " + std::to_string(depth), indices.where);
  TensorType type = type_of(indices, "one_hot");
  const Promoted positions(indices, index_dtype(indices, "one_hot"));
  type.dtype = dtype;
  type.dims.push_back(depth);
  const Operand operand = positions;
  return apply(op, std::span(&operand, 1), {}, &type, indices.where);
}

static std::array<Tensor, 2> sorted(const Arg &x, int axis, SortOptions options) {
  static constexpr Op op{"tenon.sort"};
  const std::int64_t at = normalize_axis(axis, type_of(x, "sort").dims.size(), "sort", x.where);
  const Promoted input(x, number_dtype({&x}, "sort"));
  const Operand operand = input;
  const Attribute attributes[] = {Attribute("axis", at), Attribute("descending", options.descending)};
  std::array<Tensor, 2> results{Access::empty(), Access::empty()};
  apply(op, std::span(&operand, 1), attributes, {}, results, x.where);
  return results;
}
Tensor sort(const Arg &x, int axis, SortOptions options) { return sorted(x, axis, options)[0]; }
Tensor argsort(const Arg &x, int axis, SortOptions options) { return sorted(x, axis, options)[1]; }

TopK top_k(const Arg &x, std::int64_t k) {
  static constexpr Op op{"tenon.top_k"};
  const Promoted input(x, number_dtype({&x}, "top_k"));
  const Operand operand = input;
  const Attribute attribute("k", k);
  std::array<Tensor, 2> results{Access::empty(), Access::empty()};
  apply(op, std::span(&operand, 1), std::span(&attribute, 1), {}, results, x.where);
  return {std::move(results[0]), std::move(results[1])};
}

} // namespace tenon
