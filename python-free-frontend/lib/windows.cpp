// Contractions and windows: matmul, convolutions, pooling.
#include "sizes.h"
#include "tenon/ops.h"

namespace tenon {

using namespace detail;

Tensor matmul(const Arg &lhs, const Arg &rhs, MatmulOptions options) {
  static constexpr Op op{"tenon.matmul"};
  const Location where = lhs.where;
  const TensorType a = type_of(lhs, "matmul"), b = type_of(rhs, "matmul");
  const DType dtype = number_dtype({&lhs, &rhs}, "matmul");
  if (a.dims.empty() || b.dims.empty())
    throw Error("matmul", "expected rank 1 or more: lhs " + a.describe() + ", rhs " + b.describe(), where,
                "a scalar multiplies with *");
  const bool row = a.dims.size() == 1, column = b.dims.size() == 1;
  const std::int64_t k = a.dims[a.dims.size() - (options.transpose_lhs && !row ? 2 : 1)];
  const std::int64_t l = b.dims[b.dims.size() - (options.transpose_rhs || column ? 1 : 2)];
  if (k != l && k != open && l != open) {
    const bool swapped = a.dims.size() == 2 && b.dims.size() == 2 && k == b.dims[options.transpose_rhs ? 0 : 1];
    throw Error("matmul", "inner dimensions differ: lhs " + a.describe() + ", rhs " + b.describe(), where,
                swapped ? "{.transpose_rhs = " + std::string(options.transpose_rhs ? "false" : "true") + "} fits" : "");
  }
  Tensor x = Access::empty(), y = Access::empty();
  if (row)
    x = expand_dims(lhs, 0);
  if (column)
    y = expand_dims(rhs, options.transpose_rhs ? 0 : 1);
  const Arg left(row          ? x
                 : lhs.tensor ? *lhs.tensor
                              : x,
                 where),
      right(column       ? y
            : rhs.tensor ? *rhs.tensor
                         : y,
            where);
  Tensor result = apply(
      op, {Promoted(left, dtype), Promoted(right, dtype)},
      {Attribute("transpose_lhs", options.transpose_lhs && !row), Attribute("transpose_rhs", options.transpose_rhs)},
      where);
  if (column)
    result = squeeze(Arg(result, where), -1);
  if (row)
    result = squeeze(Arg(result, where), column ? -1 : -2);
  return result;
}

namespace {
// One number for each spatial dimension: those given, or `fallback`.
llvm::SmallVector<std::int64_t, 4> spatial(const std::vector<std::int64_t> &given,
                                           llvm::ArrayRef<std::int64_t> fallback, const char *what,
                                           const char *operation, Location where) {
  if (given.empty())
    return llvm::SmallVector<std::int64_t, 4>(fallback);
  if (given.size() != fallback.size())
    throw Error(operation,
                std::string("expected ") + std::to_string(fallback.size()) + " numbers as " + what +
                    ", one for each spatial dimension, but got " + std::to_string(given.size()),
                where);
  return llvm::SmallVector<std::int64_t, 4>(given.begin(), given.end());
}

std::size_t spatial_rank(const TensorType &input, const char *operation, Location where) {
  if (input.dims.size() != 3 && input.dims.size() != 4)
    throw Error(operation,
                "expected an input [N, spatial..., C] with 1 or 2 spatial dimensions, but got " + input.describe(),
                where, input.dims.size() == 2 ? "expand_dims adds the missing dimension" : "");
  return input.dims.size() - 2;
}

// low, high of each spatial dimension. `same` gives ceil(input / stride) outputs, the odd element behind, as TensorFlow
// does.
llvm::SmallVector<std::int64_t, 8> padding_of(const Padding &padding, const TensorType &input,
                                              llvm::ArrayRef<std::int64_t> window, llvm::ArrayRef<std::int64_t> strides,
                                              llvm::ArrayRef<std::int64_t> dilations, const char *operation,
                                              Location where) {
  llvm::SmallVector<std::int64_t, 8> result;
  if (padding.kind == Padding::given) {
    if (padding.low_high.size() != 2 * window.size())
      throw Error(operation,
                  "expected low and high padding for each of " + std::to_string(window.size()) +
                      " spatial dimensions, but got " + std::to_string(padding.low_high.size()) + " numbers",
                  where);
    result.append(padding.low_high.begin(), padding.low_high.end());
    return result;
  }
  for (std::size_t i = 0; i < window.size(); ++i) {
    std::int64_t total = 0;
    if (padding.kind == Padding::same) {
      const std::int64_t n = input.dims[i + 1], reach = (window[i] - 1) * dilations[i] + 1;
      if (n == open && strides[i] != 1)
        throw Error(operation,
                    "`same` padding of the open dimension " + std::to_string(i + 1) + " of " + input.describe() +
                        " with a stride is not known before the function runs",
                    where, "give the padding in numbers");
      total = n == open ? reach - 1
                        : std::max<std::int64_t>(((n + strides[i] - 1) / strides[i] - 1) * strides[i] + reach - n, 0);
    }
    result.push_back(total / 2);
    result.push_back(total - total / 2);
  }
  return result;
}
} // namespace

Tensor conv(const Arg &input, const Arg &filter, const ConvOptions &options) {
  static constexpr Op op{"tenon.conv"};
  const Location where = input.where;
  const TensorType x = type_of(input, "conv"), f = type_of(filter, "conv");
  const std::size_t rank = spatial_rank(x, "conv", where);
  if (f.dims.size() != x.dims.size())
    throw Error("conv",
                "input " + x.describe() + " needs a filter [window..., C/groups, O] of the same rank, but got " +
                    f.describe(),
                where);
  const llvm::SmallVector<std::int64_t, 4> ones(rank, 1);
  const auto strides = spatial(options.strides, ones, "strides", "conv", where),
             dilations = spatial(options.dilations, ones, "dilations", "conv", where);
  const auto padding =
      padding_of(options.padding, x, llvm::ArrayRef(f.dims).take_front(rank), strides, dilations, "conv", where);
  const DType dtype = number_dtype({&input, &filter}, "conv");
  return apply(op, {Promoted(input, dtype), Promoted(filter, dtype)},
               {Attribute("strides", llvm::ArrayRef(strides)), Attribute("padding", llvm::ArrayRef(padding)),
                Attribute("dilations", llvm::ArrayRef(dilations)), Attribute("groups", options.groups)},
               where);
}

Tensor conv_transpose(const Arg &input, const Arg &filter, const ConvTransposeOptions &options) {
  static constexpr Op op{"tenon.conv_transpose"};
  const Location where = input.where;
  const TensorType x = type_of(input, "conv_transpose"), f = type_of(filter, "conv_transpose");
  const std::size_t rank = spatial_rank(x, "conv_transpose", where);
  if (f.dims.size() != x.dims.size())
    throw Error("conv_transpose",
                "input " + x.describe() + " needs a filter [window..., O, C] of the same rank, but got " + f.describe(),
                where);
  const llvm::SmallVector<std::int64_t, 4> ones(rank, 1), zeros(rank, 0);
  const auto strides = spatial(options.strides, ones, "strides", "conv_transpose", where);
  const auto dilations = spatial(options.dilations, ones, "dilations", "conv_transpose", where);
  const auto extra = spatial(options.output_padding, zeros, "output_padding", "conv_transpose", where);
  llvm::SmallVector<std::int64_t, 8> padding;
  if (options.padding.kind == Padding::same) { // as the gradient of a `same` conv: input * stride outputs
    for (std::size_t i = 0; i < rank; ++i) {
      const std::int64_t total = std::max<std::int64_t>((f.dims[i] - 1) * dilations[i] + 1 - strides[i], 0);
      padding.push_back(total / 2);
      padding.push_back(total - total / 2);
    }
  } else {
    padding = padding_of(options.padding, x, llvm::ArrayRef(f.dims).take_front(rank), strides, dilations,
                         "conv_transpose", where);
  }
  const DType dtype = number_dtype({&input, &filter}, "conv_transpose");
  return apply(op, {Promoted(input, dtype), Promoted(filter, dtype)},
               {Attribute("strides", llvm::ArrayRef(strides)), Attribute("padding", llvm::ArrayRef(padding)),
                Attribute("dilations", llvm::ArrayRef(dilations)), Attribute("output_padding", llvm::ArrayRef(extra))},
               where);
}

namespace {
struct Windows {
  llvm::SmallVector<std::int64_t, 4> window, strides, dilations;
  llvm::SmallVector<std::int64_t, 8> padding;
};
Windows windows_of(const Arg &x, const std::vector<std::int64_t> &window, const PoolOptions &options,
                   const char *operation) {
  const TensorType type = type_of(x, operation);
  const llvm::SmallVector<std::int64_t, 4> ones(spatial_rank(type, operation, x.where), 1);
  Windows w;
  w.window = spatial(window, ones, "window", operation, x.where);
  w.strides = spatial(options.strides, w.window, "strides", operation, x.where);
  w.dilations = spatial(options.dilations, ones, "dilations", operation, x.where);
  w.padding = padding_of(options.padding, type, w.window, w.strides, w.dilations, operation, x.where);
  return w;
}
} // namespace

Tensor max_pool(const Arg &x, const std::vector<std::int64_t> &window, const PoolOptions &options) {
  static constexpr Op op{"tenon.max_pool"};
  const Windows w = windows_of(x, window, options, "max_pool");
  return apply(op, {Promoted(x, number_dtype({&x}, "max_pool"))},
               {Attribute("window", llvm::ArrayRef(w.window)), Attribute("strides", llvm::ArrayRef(w.strides)),
                Attribute("padding", llvm::ArrayRef(w.padding)), Attribute("dilations", llvm::ArrayRef(w.dilations))},
               x.where);
}

Tensor avg_pool(const Arg &x, const std::vector<std::int64_t> &window, const PoolOptions &options) {
  static constexpr Op op{"tenon.avg_pool"};
  const Windows w = windows_of(x, window, options, "avg_pool");
  return apply(op, {Promoted(x, floating_dtype(x, "avg_pool"))},
               {Attribute("window", llvm::ArrayRef(w.window)), Attribute("strides", llvm::ArrayRef(w.strides)),
                Attribute("padding", llvm::ArrayRef(w.padding)), Attribute("dilations", llvm::ArrayRef(w.dilations)),
                Attribute("count_padding", options.count_padding)},
               x.where);
}

} // namespace tenon
