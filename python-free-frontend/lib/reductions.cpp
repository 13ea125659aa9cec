// Reductions, arg-reductions, running sums, softmax and normalization.
#include "promote.h"
#include "tenon/ops.h"

#include <algorithm>

namespace tenon {

using namespace detail;

namespace {
// The dialect's order.
enum Reduction : std::int64_t { sum_, prod_, max_, min_, mean_, any_, all_of };

Tensor reduce(Reduction kind, const char *shown, const Arg &x, DType dtype, Axes axes, ReduceOptions options) {
  static constexpr Op op{"tenon.reduce"};
  const std::size_t rank = type_of(x, shown).dims.size();
  llvm::SmallVector<std::int64_t, 6> list;
  for (std::size_t i = 0; i < (axes.size() ? axes.size() : rank); ++i)
    list.push_back(axes.size() ? normalize_axis(axes[i], rank, shown, x.where) : std::int64_t(i));
  std::sort(list.begin(), list.end());
  if (std::adjacent_find(list.begin(), list.end()) != list.end())
    throw Error(shown, "an axis is given twice", x.where);
  return apply(op, {Promoted(x, dtype)},
               {Attribute("kind", Attribute::reduction, kind), Attribute("axes", llvm::ArrayRef(list)),
                Attribute("keep_dims", options.keep_dims)},
               x.where);
}
} // namespace

Tensor sum(const Arg &x, Axes axes, ReduceOptions options) {
  return reduce(sum_, "sum", x, number_dtype({&x}, "sum"), axes, options);
}
Tensor prod(const Arg &x, Axes axes, ReduceOptions options) {
  return reduce(prod_, "prod", x, number_dtype({&x}, "prod"), axes, options);
}
Tensor mean(const Arg &x, Axes axes, ReduceOptions options) {
  return reduce(mean_, "mean", x, floating_dtype(x, "mean"), axes, options);
}

Tensor max(const Arg &x, Axes axes, ReduceOptions options) {
  const DType dtype = common_dtype({&x}, "max");
  return dtype == boolean ? any(x, axes, options) : reduce(max_, "max", x, dtype, axes, options);
}
Tensor min(const Arg &x, Axes axes, ReduceOptions options) {
  const DType dtype = common_dtype({&x}, "min");
  return dtype == boolean ? all(x, axes, options) : reduce(min_, "min", x, dtype, axes, options);
}
Tensor any(const Arg &x, Axes axes, ReduceOptions options) {
  return reduce(any_, "any", Arg(as_boolean(x), x.where), boolean, axes, options);
}
Tensor all(const Arg &x, Axes axes, ReduceOptions options) {
  return reduce(all_of, "all", Arg(as_boolean(x), x.where), boolean, axes, options);
}

Tensor variance(const Arg &x, Axes axes, ReduceOptions options) {
  const Tensor center = mean(x, axes, {.keep_dims = true});
  const Tensor squares = squared_difference(x, Arg(center, x.where));
  return mean(Arg(squares, x.where), axes, options);
}

static Tensor arg_reduce(const Op &op, const Arg &x, int axis, ReduceOptions options) {
  const std::int64_t at = normalize_axis(axis, type_of(x, op.shown()).dims.size(), op.shown(), x.where);
  return apply(op, {Promoted(x, number_dtype({&x}, op.shown()))},
               {Attribute("axis", at), Attribute("keep_dims", options.keep_dims)}, x.where);
}
Tensor argmax(const Arg &x, int axis, ReduceOptions options) {
  static constexpr Op op{"tenon.argmax"};
  return arg_reduce(op, x, axis, options);
}
Tensor argmin(const Arg &x, int axis, ReduceOptions options) {
  static constexpr Op op{"tenon.argmin"};
  return arg_reduce(op, x, axis, options);
}

Tensor cumsum(const Arg &x, int axis, CumsumOptions options) {
  static constexpr Op op{"tenon.cumsum"};
  const std::int64_t at = normalize_axis(axis, type_of(x, "cumsum").dims.size(), "cumsum", x.where);
  return apply(
      op, {Promoted(x, number_dtype({&x}, "cumsum"))},
      {Attribute("axis", at), Attribute("exclusive", options.exclusive), Attribute("reverse", options.reverse)},
      x.where);
}

static Tensor along_axis(const Op &op, const Arg &x, int axis) {
  const std::int64_t at = normalize_axis(axis, type_of(x, op.shown()).dims.size(), op.shown(), x.where);
  return apply(op, {Promoted(x, floating_dtype(x, op.shown()))}, {Attribute("axis", at)}, x.where);
}
Tensor softmax(const Arg &x, int axis) {
  static constexpr Op op{"tenon.softmax"};
  return along_axis(op, x, axis);
}
Tensor log_softmax(const Arg &x, int axis) {
  static constexpr Op op{"tenon.log_softmax"};
  return along_axis(op, x, axis);
}

Tensor layer_norm(const Arg &x, const Arg &scale, const Arg &offset, double epsilon) {
  static constexpr Op op{"tenon.layer_norm"};
  const DType dtype = floating_dtype(x, "layer_norm");
  return apply(op, {Promoted(x, dtype), Promoted(scale, dtype), Promoted(offset, dtype)},
               {Attribute("epsilon", epsilon)}, x.where);
}

Tensor Tensor::sum(Axes axes, Location where) const { return tenon::sum(Arg(*this, where), axes); }
Tensor Tensor::mean(Axes axes, Location where) const { return tenon::mean(Arg(*this, where), axes); }

} // namespace tenon
