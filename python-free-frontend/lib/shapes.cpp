// Operations that change shapes.
#include "sizes.h"
#include "tenon/ops.h"

#include <algorithm>

namespace tenon {

using namespace detail;

Tensor reshape(const Arg &x, Dims shape) {
  return reshape_to(tensor_of(x), resolve(shape, "reshape", x.where, /*allow_rest=*/true), x.where);
}
Tensor Tensor::reshape(Dims shape, Location where) const { return tenon::reshape(Arg(*this, where), shape); }

Tensor broadcast_to(const Arg &x, Dims shape) {
  static constexpr Op op{"tenon.broadcast"};
  const Tensor input = tensor_of(x);
  const TensorType type = type_of(input, "broadcast_to", x.where);
  const Sizes sizes = resolve(shape, "broadcast_to", x.where);
  const ShapeOperands target = shape_operands(type.dtype, sizes);
  const std::size_t rank = type.dims.size(), wanted = target.type.dims.size();
  for (std::size_t i = 0; i < rank; ++i) {
    const std::int64_t have = type.dims[rank - 1 - i], want = i < wanted ? target.type.dims[wanted - 1 - i] : 0;
    if (i >= wanted || (have != 1 && have != open && want != open && have != want))
      throw Error("broadcast_to", type.describe() + " does not broadcast to " + describe(target.type.dims), x.where,
                  "dimensions align on the right; each is 1 or the wanted size");
  }
  if (type.is_static() && type == target.type)
    return input;
  llvm::SmallVector<Operand, 4> operands{Operand(input)};
  operands.append(target.open);
  return apply(op, operands, {}, &target.type, x.where);
}

Tensor transpose(const Arg &x, Axes permutation) {
  static constexpr Op op{"tenon.transpose"};
  const std::size_t rank = type_of(x, "transpose").dims.size();
  llvm::SmallVector<std::int64_t, 6> order;
  for (std::size_t i = 0; i < rank && !permutation.size(); ++i) order.push_back(std::int64_t(rank - 1 - i));
  for (std::size_t i = 0; i < permutation.size(); ++i)
    order.push_back(normalize_axis(permutation[i], rank, "transpose", x.where));
  llvm::SmallVector<std::int64_t, 6> sorted(order);
  std::sort(sorted.begin(), sorted.end());
  if (order.size() != rank || std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end())
    throw Error("transpose",
                describe(std::span<const std::int64_t>(order)) + " is not a permutation of the " +
                    std::to_string(rank) + " dimensions of " + type_of(x, "transpose").describe(),
                x.where);
  if (std::is_sorted(order.begin(), order.end()))
    return tensor_of(x);
  const Tensor input = tensor_of(x);
  return apply(op, {Operand(input)}, {Attribute("permutation", llvm::ArrayRef(order))}, x.where);
}
Tensor Tensor::transpose(Axes permutation, Location where) const {
  return tenon::transpose(Arg(*this, where), permutation);
}

Tensor expand_dims(const Arg &x, int axis) {
  const Tensor input = tensor_of(x);
  Sizes sizes = sizes_of(input, x.where);
  const std::int64_t at = normalize_axis(axis, sizes.size() + 1, "expand_dims", x.where);
  sizes.insert(sizes.begin() + at, Size{1});
  return reshape_to(input, std::move(sizes), x.where);
}

Tensor squeeze(const Arg &x, Axes axes) {
  const Tensor input = tensor_of(x);
  const TensorType type = type_of(input, "squeeze", x.where);
  llvm::SmallVector<bool, 6> goes(type.dims.size(), false);
  for (std::size_t i = 0; i < type.dims.size() && !axes.size(); ++i) goes[i] = type.dims[i] == 1;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const std::size_t at = std::size_t(normalize_axis(axes[i], type.dims.size(), "squeeze", x.where));
    if (type.dims[at] != 1)
      throw Error("squeeze", "dimension " + std::to_string(axes[i]) + " of " + type.describe() + " is not 1", x.where);
    goes[at] = true;
  }
  Sizes sizes;
  for (std::size_t i = 0; i < type.dims.size(); ++i)
    if (!goes[i])
      sizes.push_back(size_at(input, i, x.where));
  return reshape_to(input, std::move(sizes), x.where);
}

// The operands of concat and stack, in one dtype.
static llvm::SmallVector<Tensor, 4> together(std::span<const Tensor> xs, const char *operation, Location where) {
  if (xs.empty())
    throw Error(operation, "expected at least one Tensor", where);
  DType dtype = type_of(xs[0], operation, where).dtype;
  for (const Tensor &x : xs.subspan(1)) dtype = promote(dtype, type_of(x, operation, where).dtype);
  llvm::SmallVector<Tensor, 4> result;
  for (const Tensor &x : xs) result.push_back(cast(Arg(x, where), dtype));
  return result;
}

static Tensor joined(const Op &op, std::span<const Tensor> xs, std::int64_t axis, Location where) {
  const auto inputs = together(xs, op.shown(), where);
  llvm::SmallVector<Operand, 4> operands;
  for (const Tensor &x : inputs) operands.emplace_back(x);
  const Attribute attribute("axis", axis);
  return apply(op, operands, std::span(&attribute, 1), nullptr, where);
}

Tensor concat(std::span<const Tensor> xs, int axis, Location where) {
  static constexpr Op op{"tenon.concat"};
  const std::size_t rank = xs.empty() ? 1 : type_of(xs[0], "concat", where).dims.size();
  return joined(op, xs, normalize_axis(axis, rank, "concat", where), where);
}

Tensor stack(std::span<const Tensor> xs, int axis, Location where) {
  static constexpr Op op{"tenon.stack"};
  const std::size_t rank = xs.empty() ? 0 : type_of(xs[0], "stack", where).dims.size();
  for (const Tensor &x : xs)
    if (type_of(x, "stack", where).dims != type_of(xs[0], "stack", where).dims)
      throw Error("stack",
                  "shapes differ: " + type_of(xs[0], "stack", where).describe() + " and " +
                      type_of(x, "stack", where).describe(),
                  where, "broadcast_to, reshape or pad to one shape first");
  return joined(op, xs, normalize_axis(axis, rank + 1, "stack", where), where);
}

static void split_sizes(const Arg &x, llvm::ArrayRef<std::int64_t> sizes, std::span<Tensor> parts, std::int64_t at) {
  static constexpr Op op{"tenon.split"};
  const Tensor input = tensor_of(x);
  const TensorType type = type_of(input, "split", x.where);
  std::int64_t sum = 0;
  for (std::int64_t n : sizes) sum += n;
  if (type.dims[std::size_t(at)] != sum)
    throw Error("split",
                "the sizes add up to " + std::to_string(sum) + ", but dimension " + std::to_string(at) + " of " +
                    type.describe() + " has another size",
                x.where);
  const Operand operand(input);
  const Attribute attributes[] = {Attribute("axis", at), Attribute("sizes", sizes)};
  llvm::SmallVector<TensorType, 4> types;
  for (std::int64_t n : sizes) {
    types.push_back(type);
    types.back().dims[std::size_t(at)] = n;
  }
  apply(op, std::span(&operand, 1), attributes, types, parts, x.where);
}

void detail::split_into(const Arg &x, std::span<Tensor> parts, int axis) {
  const TensorType type = type_of(x, "split");
  const std::int64_t at = normalize_axis(axis, type.dims.size(), "split", x.where), n = type.dims[std::size_t(at)];
  if (n == open)
    throw Error("split", "dimension " + std::to_string(at) + " of " + type.describe() + " is open", x.where,
                "split a static dimension, or slice");
  if (parts.empty() || n % std::int64_t(parts.size()))
    throw Error("split",
                "dimension " + std::to_string(at) + " of " + type.describe() + " does not divide into " +
                    std::to_string(parts.size()) + " equal parts",
                x.where, "give the sizes: split(x, {2, 3}, axis)");
  const llvm::SmallVector<std::int64_t, 4> sizes(parts.size(), n / std::int64_t(parts.size()));
  split_sizes(x, sizes, parts, at);
}

std::vector<Tensor> split(const Arg &x, std::int64_t parts, int axis) {
  if (parts < 1)
    throw Error("split", "expected at least one part, but got " + std::to_string(parts), x.where);
  std::vector<Tensor> result(std::size_t(parts), Access::empty());
  split_into(x, result, axis);
  return result;
}

std::vector<Tensor> split(const Arg &x, const std::vector<std::int64_t> &sizes, int axis) {
  std::vector<Tensor> result(sizes.size(), Access::empty());
  split_sizes(x, sizes, result, normalize_axis(axis, type_of(x, "split").dims.size(), "split", x.where));
  return result;
}

Tensor pad(const Arg &x, const std::vector<std::int64_t> &low, const std::vector<std::int64_t> &high,
           const Arg &value) {
  static constexpr Op op{"tenon.pad"};
  const Tensor input = tensor_of(x);
  const TensorType type = type_of(input, "pad", x.where);
  if (low.size() != type.dims.size() || high.size() != type.dims.size())
    throw Error("pad",
                "expected low and high for each of the " + std::to_string(type.dims.size()) + " dimensions of " +
                    type.describe() + ", but got " + std::to_string(low.size()) + " and " + std::to_string(high.size()),
                x.where);
  return apply(op, {Operand(input), Promoted(value, type.dtype)},
               {Attribute("low", std::span(low)), Attribute("high", std::span(high))}, x.where);
}

Tensor reverse(const Arg &x, Axes axes) {
  static constexpr Op op{"tenon.reverse"};
  const Tensor input = tensor_of(x);
  const std::size_t rank = type_of(input, "reverse", x.where).dims.size();
  llvm::SmallVector<std::int64_t, 6> list;
  for (std::size_t i = 0; i < (axes.size() ? axes.size() : rank); ++i)
    list.push_back(axes.size() ? normalize_axis(axes[i], rank, "reverse", x.where) : std::int64_t(i));
  std::sort(list.begin(), list.end());
  if (list.empty())
    return input;
  return apply(op, {Operand(input)}, {Attribute("axes", llvm::ArrayRef(list))}, x.where);
}

Tensor tile(const Arg &x, const std::vector<std::int64_t> &times) {
  Tensor result = tensor_of(x);
  const TensorType type = type_of(result, "tile", x.where);
  if (times.size() != type.dims.size())
    throw Error("tile",
                "expected a count for each dimension of " + type.describe() + ", but got " +
                    std::to_string(times.size()),
                x.where);
  for (std::size_t i = 0; i < times.size(); ++i) {
    if (times[i] < 1)
      throw Error("tile", "expected counts of at least 1, but got " + std::to_string(times[i]), x.where);
    if (times[i] == 1)
      continue;
    const std::vector<Tensor> copies(std::size_t(times[i]), result);
    result = concat(copies, int(i), x.where);
  }
  return result;
}

} // namespace tenon
