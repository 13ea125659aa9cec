// Every operation on Tensors as a free function, by family.
//
// Shapes broadcast as in NumPy: they align on the right, and a dimension of 1 repeats. In the comments below [M,K] is a
// shape. Dtypes promote along one lattice: boolean < integers < floating. Two integer dtypes give the wider; u8 with a
// signed one gives the smallest signed that holds both (u8, i8 -> i16); an integer and a floating dtype give the
// floating one, whatever the widths (i64, f16 -> f16); f16 with bf16 gives f32. A C++ number takes the Tensor's dtype,
// unless it is floating and the Tensor is not (then f32), or an integer and the Tensor is boolean (then i64).
// Operations on floating numbers alone (exp, mean, softmax, ...) take integers and booleans as f32.
// Everything here returns a new Tensor, throws tenon::Error for dtypes and shapes that do not fit, at the user's file
// and line, and may be called from several threads. Bits are the same eagerly, traced and ahead of time.
#pragma once

#include "tenon/tensor.h"

#include <array>

namespace tenon {

// ---- element-wise, one operand -----------------------------------------------------------------------------------
Tensor operator-(const Arg &x);
/// Bitwise complement of integers; logical not of booleans.
Tensor operator~(const Arg &x);
Tensor abs(const Arg &x);
/// -1, 0 or 1; NaN for NaN.
Tensor sign(const Arg &x);
Tensor exp(const Arg &x);
Tensor exp2(const Arg &x);
/// e^x - 1, accurate near 0.
Tensor expm1(const Arg &x);
Tensor log(const Arg &x);
/// The logarithm to base 2; exact for powers of 2.
Tensor log2(const Arg &x);
/// log(1 + x), accurate near 0.
Tensor log1p(const Arg &x);
Tensor sqrt(const Arg &x);
/// 1 / sqrt(x).
Tensor rsqrt(const Arg &x);
Tensor sin(const Arg &x);
Tensor cos(const Arg &x);
Tensor tan(const Arg &x);
Tensor tanh(const Arg &x);
/// 1 / (1 + e^-x).
Tensor sigmoid(const Arg &x);
Tensor erf(const Arg &x);
Tensor floor(const Arg &x);
Tensor ceil(const Arg &x);
/// To the nearest integer, halves to even.
Tensor round(const Arg &x);
Tensor square(const Arg &x);
Tensor reciprocal(const Arg &x);
/// max(x, 0); NaN stays NaN.
Tensor relu(const Arg &x);
/// x * Phi(x), exact, with erf (Hendrycks and Gimpel, 2016).
Tensor gelu(const Arg &x);
/// x * sigmoid(x) (Elfwing et al., 2017).
Tensor silu(const Arg &x);
/// log(1 + e^x), without overflow.
Tensor softplus(const Arg &x);
Tensor isnan(const Arg &x);
Tensor isinf(const Arg &x);
Tensor isfinite(const Arg &x);

// ---- element-wise, two operands ----------------------------------------------------------------------------------
Tensor operator+(const Arg &x, const Arg &y);
Tensor operator-(const Arg &x, const Arg &y);
Tensor operator*(const Arg &x, const Arg &y);
/// Integers truncate toward zero, as in C++.
Tensor operator/(const Arg &x, const Arg &y);
/// The remainder with the sign of x, as C++'s % and fmod.
Tensor operator%(const Arg &x, const Arg &y);
Tensor pow(const Arg &x, const Arg &y);
/// The larger of each two elements; NaN if either is NaN.
Tensor maximum(const Arg &x, const Arg &y);
Tensor minimum(const Arg &x, const Arg &y);
/// (x - y)^2.
Tensor squared_difference(const Arg &x, const Arg &y);
/// On integers bitwise, on booleans logical.
Tensor operator&(const Arg &x, const Arg &y);
Tensor operator|(const Arg &x, const Arg &y);
Tensor operator^(const Arg &x, const Arg &y);
/// x * 2^y; 0 where y is outside [0, bits).
Tensor shift_left(const Arg &x, const Arg &y);
/// x / 2^y rounded down: arithmetic on signed, logical on u8.
Tensor shift_right(const Arg &x, const Arg &y);

/// Comparisons give booleans. NaN is unequal to everything and not ordered.
Tensor operator==(const Arg &x, const Arg &y);
Tensor operator!=(const Arg &x, const Arg &y);
Tensor operator<(const Arg &x, const Arg &y);
Tensor operator<=(const Arg &x, const Arg &y);
Tensor operator>(const Arg &x, const Arg &y);
Tensor operator>=(const Arg &x, const Arg &y);

/// Logic on elements that are or are not zero. Both sides are evaluated.
Tensor operator&&(const Tensor &x, const Tensor &y);
Tensor operator||(const Tensor &x, const Tensor &y);
Tensor operator&&(const Tensor &x, bool y);
Tensor operator&&(bool x, const Tensor &y);
Tensor operator||(const Tensor &x, bool y);
Tensor operator||(bool x, const Tensor &y);
Tensor operator!(const Tensor &x);
Tensor logical_and(const Arg &x, const Arg &y);
Tensor logical_or(const Arg &x, const Arg &y);
Tensor logical_xor(const Arg &x, const Arg &y);
Tensor logical_not(const Arg &x);

/// x where the condition holds, y elsewhere; the three shapes broadcast.
Tensor where(const Arg &condition, const Arg &x, const Arg &y);
/// min(max(x, low), high); the three shapes broadcast.
Tensor clamp(const Arg &x, const Arg &low, const Arg &high);
/// Another dtype. Floating to integer truncates and saturates (NaN to 0), to boolean is x != 0, integers wrap.
Tensor cast(const Arg &x, DType dtype);
/// Whether shapes, dtypes and all elements are equal, as one C++ bool. An Error while tracing.
bool array_equal(const Arg &x, const Arg &y);
/// Whether |x - y| <= absolute + relative * |y| everywhere, as one C++ bool. An Error while tracing.
struct Tolerance {
  double relative = 1e-5, absolute = 1e-8;
};
bool all_close(const Arg &x, const Arg &y, Tolerance tolerance = {});

// ---- reductions --------------------------------------------------------------------------------------------------
struct ReduceOptions {
  bool keep_dims = false; ///< leaves each reduced dimension as 1
};
/// Over `axes` (none: all). Integers wrap in their own dtype; booleans are counted as i64.
Tensor sum(const Arg &x, Axes axes = {}, ReduceOptions options = {});
Tensor prod(const Arg &x, Axes axes = {}, ReduceOptions options = {});
Tensor mean(const Arg &x, Axes axes = {}, ReduceOptions options = {});
/// mean((x - mean(x))^2): the population's, as NumPy's.
Tensor variance(const Arg &x, Axes axes = {}, ReduceOptions options = {});
/// NaN wins.
Tensor max(const Arg &x, Axes axes = {}, ReduceOptions options = {});
Tensor min(const Arg &x, Axes axes = {}, ReduceOptions options = {});
/// Of elements that are or are not zero; boolean.
Tensor any(const Arg &x, Axes axes = {}, ReduceOptions options = {});
Tensor all(const Arg &x, Axes axes = {}, ReduceOptions options = {});
/// The position (i64) of the first largest element along `axis`; the first NaN wins.
Tensor argmax(const Arg &x, int axis = -1, ReduceOptions options = {});
Tensor argmin(const Arg &x, int axis = -1, ReduceOptions options = {});
struct CumsumOptions {
  bool exclusive = false; ///< element i is the sum of those before it
  bool reverse = false;   ///< from the end
};
/// The running sum along `axis`.
Tensor cumsum(const Arg &x, int axis = -1, CumsumOptions options = {});
/// e^(x - max) / sum of the same, along `axis`.
Tensor softmax(const Arg &x, int axis = -1);
/// x - max - log(sum e^(x - max)), along `axis`.
Tensor log_softmax(const Arg &x, int axis = -1);
/// (x - mean) / sqrt(variance + epsilon) * scale + offset over the last dimension: x [...,N], scale [N], offset [N] (Ba
/// et al., 2016).
Tensor layer_norm(const Arg &x, const Arg &scale, const Arg &offset, double epsilon = 1e-5);

// ---- contractions and windows ------------------------------------------------------------------------------------
struct MatmulOptions {
  bool transpose_lhs = false; ///< lhs is [...,K,M]
  bool transpose_rhs = false; ///< rhs is [...,N,K]
};
/// The matrix product over the last two dimensions: lhs [...,M,K], rhs [...,K,N] -> [...,M,N]. A rank-1 operand is a
/// row on the left and a column on the right, and its dimension goes. f16 and bf16 accumulate in f32.
Tensor matmul(const Arg &lhs, const Arg &rhs, MatmulOptions options = {});

/// Elements added around a window operation's input: none, as many as keep the size at stride 1, or low and high of
/// each dimension.
struct Padding {
  enum Kind : std::uint8_t { valid, same, given } kind = valid;
  std::vector<std::int64_t> low_high; ///< low, high of each spatial dimension
  Padding() = default;
  Padding(Kind kind) : kind(kind) {}
  Padding(std::initializer_list<std::int64_t> low_high) : kind(given), low_high(low_high) {}
};
struct ConvOptions {
  std::vector<std::int64_t> strides = {}; ///< one for each spatial dimension; none: 1
  Padding padding = {};
  std::vector<std::int64_t> dilations = {}; ///< none: 1
  std::int64_t groups = 1;
};
/// Convolution (correlation), channels last, 1 or 2 spatial dimensions:
/// input [N,spatial...,C], filter [window...,C/groups,O] -> [N,out...,O].
Tensor conv(const Arg &input, const Arg &filter, const ConvOptions &options = {});
struct ConvTransposeOptions {
  std::vector<std::int64_t> strides = {};
  Padding padding = {};
  std::vector<std::int64_t> dilations = {};
  std::vector<std::int64_t> output_padding = {}; ///< none: 0
};
/// The transposed convolution: input [N,spatial...,C], filter [window...,O,C] -> [N,out...,O].
Tensor conv_transpose(const Arg &input, const Arg &filter, const ConvTransposeOptions &options = {});
struct PoolOptions {
  std::vector<std::int64_t> strides = {}; ///< none: the window
  Padding padding = {};
  std::vector<std::int64_t> dilations = {};
  bool count_padding = false; ///< avg_pool: padding counts as zeros
};
/// The largest element of each window of [N,spatial...,C]; padding does not count.
Tensor max_pool(const Arg &x, const std::vector<std::int64_t> &window, const PoolOptions &options = {});
Tensor avg_pool(const Arg &x, const std::vector<std::int64_t> &window, const PoolOptions &options = {});

// ---- shapes ------------------------------------------------------------------------------------------------------
/// The same elements in row-major order; one dimension may be -1: what is left. Shares memory where it runs at once.
Tensor reshape(const Arg &x, Dims shape);
/// x repeated to `shape`, as NumPy's broadcast_to.
Tensor broadcast_to(const Arg &x, Dims shape);
/// Dimension i of the result is dimension permutation[i] of x; without a permutation the order is reversed.
Tensor transpose(const Arg &x, Axes permutation = {});
/// A dimension of 1 before `axis`.
Tensor expand_dims(const Arg &x, int axis);
/// Without dimensions of 1: those of `axes`, or all.
Tensor squeeze(const Arg &x, Axes axes = {});
/// One after the other along `axis`: all dimensions but that one are equal.
Tensor concat(std::span<const Tensor> xs, int axis = 0, Location where = Location::current());
/// Along a new dimension at `axis`: all shapes are equal.
Tensor stack(std::span<const Tensor> xs, int axis = 0, Location where = Location::current());
inline Tensor concat(std::initializer_list<Tensor> xs, int axis = 0, Location where = Location::current()) {
  return concat(std::span(xs.begin(), xs.size()), axis, where);
}
inline Tensor stack(std::initializer_list<Tensor> xs, int axis = 0, Location where = Location::current()) {
  return stack(std::span(xs.begin(), xs.size()), axis, where);
}
/// `parts` equal pieces along `axis`.
std::vector<Tensor> split(const Arg &x, std::int64_t parts, int axis = 0);
/// Pieces of the given sizes.
std::vector<Tensor> split(const Arg &x, const std::vector<std::int64_t> &sizes, int axis = 0);
namespace detail {
void split_into(const Arg &x, std::span<Tensor> parts, int axis);
}
/// N equal pieces to bind: `auto [a, b] = split<2>(x);`
template <std::size_t N> std::array<Tensor, N> split(const Arg &x, int axis = 0) {
  std::array<Tensor, N> parts;
  detail::split_into(x, parts, axis);
  return parts;
}
/// `low` and `high` elements of the scalar `value` around each dimension.
Tensor pad(const Arg &x, const std::vector<std::int64_t> &low, const std::vector<std::int64_t> &high,
           const Arg &value = 0);
/// In the opposite order along `axes` (none: all).
Tensor reverse(const Arg &x, Axes axes = {});
/// x repeated `times` of each dimension.
Tensor tile(const Arg &x, const std::vector<std::int64_t> &times);

// ---- indexing and sorting ----------------------------------------------------------------------------------------
/// NumPy's take: x[...,A,...] and indices [I...] -> [...,I...,...]. An index is in [0, A), or a runtime Error names it.
Tensor gather(const Arg &x, const Arg &indices, int axis = 0);
/// x with updates[i...] written at row indices[i...], in index order: x [R,E...], indices [I...], updates [I...,E...]
/// -> [R,E...].
Tensor scatter(const Arg &x, const Arg &indices, const Arg &updates);
/// As scatter, adding.
Tensor scatter_add(const Arg &x, const Arg &indices, const Arg &updates);
/// 1 at position indices[i...] of a new last dimension of `depth`, 0 elsewhere and for an index outside.
Tensor one_hot(const Arg &indices, std::int64_t depth, DType dtype = f32);
struct SortOptions {
  bool descending = false;
};
/// Stable; NaN comes last.
Tensor sort(const Arg &x, int axis = -1, SortOptions options = {});
/// Where each element of the sorted result was (i64).
Tensor argsort(const Arg &x, int axis = -1, SortOptions options = {});
struct TopK {
  Tensor values, indices;
};
/// The k largest along the last dimension in descending order, and where each was (i64); of equals the first comes
/// first.
TopK top_k(const Arg &x, std::int64_t k);

// ---- effects on the host -----------------------------------------------------------------------------------------
/// Prints through the host, in program order also when traced; each {} of `format` is the next value.
void print(const std::string &format, std::initializer_list<Tensor> values = {}, Location where = Location::current());
/// Ends the call with an Error (ahead of time: an error code) that carries `message`, unless the scalar condition
/// holds.
void check(const Arg &condition, const std::string &message);

} // namespace tenon
