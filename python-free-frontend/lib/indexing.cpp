// Brackets: numbers, slices, Tensors, all_, ellipsis and newaxis, as in NumPy.
#include "sizes.h"
#include "tenon/ops.h"

#include "mlir/IR/BuiltinTypes.h"

namespace tenon {

using namespace detail;

namespace {

constexpr std::int64_t operand_follows = mlir::ShapedType::kDynamic;

// What brackets say about one dimension of x.
struct Selection {
  Size start{0}, size;
  std::int64_t stride = 1;
  bool dropped = false;           // a number or a scalar Tensor
  const Tensor *gather = nullptr; // a Tensor of several indices
};

// min(max(n, 0), size) or n + size: how Python reads a bound of a slice. Numbers stay numbers where they can.
Size bound(std::int64_t n, const Size &size, Location where) {
  if (!size.is_open())
    return {std::clamp<std::int64_t>(n < 0 ? n + size.number : n, 0, size.number)};
  if (n == 0)
    return {0};
  const Arg whole(size.tensor, where);
  if (n > 0)
    return {open, minimum(whole, Arg(n, where))};
  return {open, maximum(Arg(whole + Arg(n, where), where), Arg(0, where))};
}

// ceil((stop - start) / step), not below 0.
Size length(const Size &start, const Size &stop, std::int64_t step, Location where) {
  if (!start.is_open() && !stop.is_open())
    return {stop.number <= start.number ? 0 : (stop.number - start.number + step - 1) / step};
  if (!start.is_open() && start.number == 0 && step == 1)
    return stop;
  const auto as_tensor = [&](const Size &s) { return s.is_open() ? s.tensor : Tensor(s.number, where); };
  Tensor n = Arg(as_tensor(stop), where) - Arg(as_tensor(start), where);
  if (step != 1)
    n = Arg(Arg(n, where) + Arg(step - 1, where), where) / Arg(step, where);
  return {open, maximum(Arg(n, where), Arg(0, where))};
}

[[noreturn]] void out_of_range(std::int64_t i, std::size_t axis, const TensorType &type, Location where) {
  throw Error("index",
              std::to_string(i) + " is out of range for dimension " + std::to_string(axis) + " of " + type.describe(),
              where);
}

// One element: a number, or a scalar Tensor whose value may be known.
Selection element(const Index &index, const Tensor &x, const TensorType &type, std::size_t axis) {
  const Location where = index.where;
  Selection result;
  result.size = {1};
  result.dropped = true;
  std::optional<std::int64_t> number = index.slice.start;
  if (index.kind == Index::tensor)
    number = known_value(*index.value, "index", where);
  const Size size = size_at(x, axis, where);
  if (number && !size.is_open()) {
    if (*number < -size.number || *number >= size.number)
      out_of_range(*number, axis, type, where);
    result.start = {*number < 0 ? *number + size.number : *number};
  } else if (number && *number >= 0) {
    result.start = {*number};
  } else {
    const Tensor i = number ? Tensor(*number, where) : cast(Arg(*index.value, where), i64);
    const Tensor n = size.is_open() ? size.tensor : Tensor(size.number, where);
    if (number)
      result.start = {open, Arg(i, where) + Arg(n, where)};
    else
      result.start = {open, tenon::where(Arg(Arg(i, where) < Arg(0, where), where),
                                         Arg(Arg(i, where) + Arg(n, where), where), Arg(i, where))};
  }
  return result;
}

Selection part(Slice slice, const Size &size, Location where) {
  if (slice.step == 0)
    throw Error("index", "the step of a slice cannot be 0", where);
  Selection result;
  const bool backwards = slice.step < 0; // the dimension has been reversed: element i is now at -1 - i
  const auto flipped = [&](std::int64_t n) { return backwards ? ~n : n; };
  result.start = slice.start == Slice::omitted ? Size{0} : bound(flipped(slice.start), size, where);
  const Size stop = slice.stop == Slice::omitted ? size : bound(flipped(slice.stop), size, where);
  result.stride = backwards ? -slice.step : slice.step;
  result.size = length(result.start, stop, result.stride, where);
  if (!result.size.is_open() && result.size.number == 0)
    result.start = {0}; // an empty part starts anywhere
  return result;
}

Tensor slice_of(const Tensor &x, const TensorType &type, llvm::ArrayRef<Selection> selections, Location where) {
  static constexpr Op op{"tenon.slice"};
  bool whole = true;
  for (std::size_t i = 0; i < selections.size(); ++i)
    whole &= !selections[i].start.is_open() && selections[i].start.number == 0 && selections[i].stride == 1 &&
             !selections[i].size.is_open() && selections[i].size.number == type.dims[i];
  if (whole)
    return Tensor(x, where);
  llvm::SmallVector<Operand, 8> operands{Operand(x)};
  llvm::SmallVector<std::int64_t, 6> starts, sizes, strides;
  std::int64_t open_starts = 0, open_sizes = 0;
  for (const Selection &s : selections) {
    // Eagerly a start is data, so that x[0], x[1], ... are one kernel.
    const bool as_data = s.start.is_open() || (!is_tracing && (s.start.number || s.dropped));
    starts.push_back(as_data ? operand_follows : s.start.number);
    if (!as_data)
      continue;
    if (s.start.is_open())
      operands.emplace_back(s.start.tensor);
    else
      operands.emplace_back(Scalar(s.start.number), i64);
    ++open_starts;
  }
  for (const Selection &s : selections) {
    sizes.push_back(s.size.is_open() ? operand_follows : s.size.number);
    strides.push_back(s.stride);
    if (!s.size.is_open())
      continue;
    operands.emplace_back(s.size.tensor);
    ++open_sizes;
  }
  const Attribute attributes[] = {Attribute("static_starts", llvm::ArrayRef(starts)),
                                  Attribute("static_sizes", llvm::ArrayRef(sizes)),
                                  Attribute("strides", llvm::ArrayRef(strides))};
  const std::int64_t segments[] = {1, open_starts, open_sizes};
  Tensor result = Access::empty();
  apply(op, operands, attributes, {}, std::span(&result, 1), where, segments);
  return result;
}

Tensor index(const Tensor &given, std::span<const Index> indices, Location where) {
  Tensor x(given, where);
  const TensorType type = type_of(x, "index", where);
  const std::size_t rank = type.dims.size();
  std::size_t consumed = 0, ellipses = 0;
  for (const Index &i : indices) {
    consumed += i.kind != Index::newaxis_ && i.kind != Index::ellipsis_;
    ellipses += i.kind == Index::ellipsis_;
  }
  if (consumed > rank)
    throw Error("index",
                std::to_string(consumed) + " indices for the " + std::to_string(rank) + " dimensions of " +
                    type.describe(),
                where);
  if (ellipses > 1)
    throw Error("index", "more than one ellipsis", where);

  llvm::SmallVector<Selection, 6> selections;
  llvm::SmallVector<std::int64_t, 6> result_axes; // dimension of x, or -1 for a new one
  llvm::SmallVector<std::int64_t, 6> backwards;
  const auto keep = [&] {
    selections.push_back({{0}, size_at(x, selections.size(), where)});
    result_axes.push_back(std::int64_t(selections.size()) - 1);
  };
  for (const Index &i : indices) {
    const std::size_t axis = selections.size();
    switch (i.kind) {
    case Index::newaxis_: result_axes.push_back(-1); break;
    case Index::ellipsis_:
      for (std::size_t k = consumed; k < rank; ++k) keep();
      break;
    case Index::range:
      selections.push_back(part(i.slice, size_at(x, axis, i.where), i.where));
      result_axes.push_back(std::int64_t(axis));
      if (i.slice.step < 0)
        backwards.push_back(std::int64_t(axis));
      break;
    case Index::tensor: {
      const TensorType index_type = type_of(*i.value, "index", i.where);
      if (!is_integer(index_type.dtype))
        throw Error("index", "a Tensor of integers is needed, but got " + index_type.describe(), i.where,
                    index_type.dtype == boolean ? "where(mask, x, y) selects by a mask"
                                                : "cast(i, tenon::i64) truncates");
      if (!index_type.dims.empty()) {
        keep();
        selections.back().gather = i.value;
        break;
      }
      [[fallthrough]];
    }
    case Index::number: selections.push_back(element(i, x, type, axis)); break;
    }
  }
  while (selections.size() < rank) keep();

  if (!backwards.empty()) {
    static constexpr Op op{"tenon.reverse"};
    x = apply(op, {Operand(x)}, {Attribute("axes", llvm::ArrayRef(backwards))}, where);
  }
  x = slice_of(x, type, selections, where);
  if (result_axes.size() != rank || llvm::is_contained(result_axes, -1)) {
    Sizes sizes;
    for (std::int64_t axis : result_axes) sizes.push_back(axis < 0 ? Size{1} : size_at(x, std::size_t(axis), where));
    x = reshape_to(x, std::move(sizes), where);
  }
  bool gathered = false;
  for (std::size_t at = 0; at < result_axes.size(); ++at) {
    if (result_axes[at] < 0)
      continue;
    const Tensor *positions = selections[std::size_t(result_axes[at])].gather;
    if (!positions)
      continue;
    if (gathered)
      throw Error("index", "two Tensors of indices in one pair of brackets", where,
                  "gather(x, indices, axis) one after the other");
    gathered = true;
    const Tensor n = x.dim(int(at), where);
    const Arg i(*positions, where);
    x = gather(Arg(x, where), Arg(tenon::where(Arg(i < Arg(0, where), where), Arg(i + Arg(n, where), where), i), where),
               int(at));
  }
  return x;
}

} // namespace

Tensor Tensor::operator[](const Index &i) const { return index(*this, std::span(&i, 1), i.where); }
Tensor Tensor::operator[](std::initializer_list<Index> indices) const {
  return index(*this, std::span(indices.begin(), indices.size()), indices.size() ? indices.begin()->where : Location());
}

} // namespace tenon
