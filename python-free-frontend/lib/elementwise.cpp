// Element-wise operations.
#include "promote.h"
#include "tenon/ops.h"

#include <cmath>

namespace tenon {

using namespace detail;

// ---- one operand --------------------------------------------------------------------------------------------------

static Tensor unary(const Op &op, const Arg &x, DType dtype) { return apply(op, {Promoted(x, dtype)}, {}, x.where); }

#define TENON_FLOATING(function, mnemonic)                                                                             \
  Tensor function(const Arg &x) {                                                                                      \
    static constexpr Op op{"tenon." mnemonic};                                                                         \
    return unary(op, x, floating_dtype(x, op.shown()));                                                                \
  }
TENON_FLOATING(exp, "exp")
TENON_FLOATING(exp2, "exp2")
TENON_FLOATING(expm1, "expm1")
TENON_FLOATING(log, "log")
TENON_FLOATING(log2, "log2")
TENON_FLOATING(log1p, "log1p")
TENON_FLOATING(sqrt, "sqrt")
TENON_FLOATING(rsqrt, "rsqrt")
TENON_FLOATING(sin, "sin")
TENON_FLOATING(cos, "cos")
TENON_FLOATING(tan, "tan")
TENON_FLOATING(tanh, "tanh")
TENON_FLOATING(sigmoid, "sigmoid")
TENON_FLOATING(erf, "erf")
TENON_FLOATING(floor, "floor")
TENON_FLOATING(ceil, "ceil")
TENON_FLOATING(round, "round")
#undef TENON_FLOATING

Tensor operator-(const Arg &x) {
  static constexpr Op op{"tenon.neg"};
  const DType dtype = number_dtype({&x}, "neg");
  if (dtype == u8)
    return Arg(0, x.where) - x; // wraps, as in C++
  return unary(op, x, dtype);
}

Tensor operator~(const Arg &x) {
  static constexpr Op op{"tenon.not"};
  return unary(op, x, common_dtype({&x}, "not"));
}

Tensor abs(const Arg &x) {
  static constexpr Op op{"tenon.abs"};
  const DType dtype = number_dtype({&x}, "abs");
  if (dtype == u8)
    return tensor_of(x);
  return unary(op, x, dtype);
}

Tensor sign(const Arg &x) {
  static constexpr Op op{"tenon.sign"};
  const DType dtype = number_dtype({&x}, "sign");
  if (dtype == u8)
    return cast(Arg(x != Arg(0, x.where), x.where), u8);
  return unary(op, x, dtype);
}

Tensor square(const Arg &x) { return x * x; }
Tensor reciprocal(const Arg &x) { return Arg(1.0, x.where) / x; }
Tensor relu(const Arg &x) { return maximum(x, Arg(0, x.where)); }

Tensor gelu(const Arg &x) {
  const Location w = x.where;
  const Tensor half = Arg(0.5, w) * x;
  const Tensor inner = erf(Arg(x * Arg(M_SQRT1_2, w), w));
  return Arg(half, w) * Arg(Arg(1.0, w) + Arg(inner, w), w);
}

Tensor silu(const Arg &x) { return x * Arg(sigmoid(x), x.where); }

// Smooth at 0, but its parts are not: where() has the slope 1 there that goes with abs's, a maximum has none.
Tensor softplus(const Arg &x) {
  const Location w = x.where;
  const Tensor positive = where(Arg(x >= Arg(0.0, w), w), x, Arg(0.0, w));
  const Tensor tail = log1p(Arg(exp(Arg(-Arg(abs(x), w), w)), w));
  return Arg(positive, w) + Arg(tail, w);
}

Tensor isnan(const Arg &x) { return x != x; }
Tensor isinf(const Arg &x) { return Arg(abs(x), x.where) == Arg(INFINITY, x.where); }
Tensor isfinite(const Arg &x) { return Arg(abs(x), x.where) < Arg(INFINITY, x.where); }

// ---- two operands -------------------------------------------------------------------------------------------------

static Tensor binary(const Op &op, const Arg &x, const Arg &y, DType dtype) {
  return apply(op, {Promoted(x, dtype), Promoted(y, dtype)}, {}, x.where);
}

#define TENON_NUMBER(function, mnemonic)                                                                               \
  Tensor function(const Arg &x, const Arg &y) {                                                                        \
    static constexpr Op op{"tenon." mnemonic};                                                                         \
    return binary(op, x, y, number_dtype({&x, &y}, op.shown()));                                                       \
  }
TENON_NUMBER(operator+, "add")
TENON_NUMBER(operator-, "sub")
TENON_NUMBER(operator*, "mul")
TENON_NUMBER(operator/, "div")
TENON_NUMBER(operator%, "rem")
TENON_NUMBER(maximum, "max")
TENON_NUMBER(minimum, "min")
TENON_NUMBER(shift_left, "shl")
TENON_NUMBER(shift_right, "shr")
#undef TENON_NUMBER

#define TENON_BITS(function, mnemonic)                                                                                 \
  Tensor function(const Arg &x, const Arg &y) {                                                                        \
    static constexpr Op op{"tenon." mnemonic};                                                                         \
    return binary(op, x, y, common_dtype({&x, &y}, op.shown()));                                                       \
  }
TENON_BITS(operator&, "and")
TENON_BITS(operator|, "or")
TENON_BITS(operator^, "xor")
#undef TENON_BITS

Tensor pow(const Arg &x, const Arg &y) {
  static constexpr Op op{"tenon.pow"};
  const DType dtype = common_dtype({&x, &y}, "pow");
  return binary(op, x, y, is_floating(dtype) ? dtype : f32);
}

Tensor squared_difference(const Arg &x, const Arg &y) {
  const Tensor difference = x - y;
  return Arg(difference, x.where) * Arg(difference, x.where);
}

static Tensor compare(std::int64_t predicate, const Arg &x, const Arg &y) {
  static constexpr Op op{"tenon.compare"};
  const DType dtype = common_dtype({&x, &y}, "compare");
  return apply(op, {Promoted(x, dtype), Promoted(y, dtype)}, {Attribute("predicate", Attribute::predicate, predicate)},
               x.where);
}
// The dialect's order: eq ne lt le gt ge.
Tensor operator==(const Arg &x, const Arg &y) { return compare(0, x, y); }
Tensor operator!=(const Arg &x, const Arg &y) { return compare(1, x, y); }
Tensor operator<(const Arg &x, const Arg &y) { return compare(2, x, y); }
Tensor operator<=(const Arg &x, const Arg &y) { return compare(3, x, y); }
Tensor operator>(const Arg &x, const Arg &y) { return compare(4, x, y); }
Tensor operator>=(const Arg &x, const Arg &y) { return compare(5, x, y); }

Tensor logical_and(const Arg &x, const Arg &y) { return Arg(as_boolean(x), x.where) & Arg(as_boolean(y), y.where); }
Tensor logical_or(const Arg &x, const Arg &y) { return Arg(as_boolean(x), x.where) | Arg(as_boolean(y), y.where); }
Tensor logical_xor(const Arg &x, const Arg &y) { return Arg(as_boolean(x), x.where) ^ Arg(as_boolean(y), y.where); }
Tensor logical_not(const Arg &x) { return ~Arg(as_boolean(x), x.where); }

// Operators on plain Tensors do not know the user's line: an Arg there would make && of two C++ bools ours.
Tensor operator&&(const Tensor &x, const Tensor &y) { return logical_and(Arg(x, Location()), Arg(y, Location())); }
Tensor operator||(const Tensor &x, const Tensor &y) { return logical_or(Arg(x, Location()), Arg(y, Location())); }
Tensor operator&&(const Tensor &x, bool y) { return logical_and(Arg(x, Location()), Arg(y, Location())); }
Tensor operator&&(bool x, const Tensor &y) { return logical_and(Arg(x, Location()), Arg(y, Location())); }
Tensor operator||(const Tensor &x, bool y) { return logical_or(Arg(x, Location()), Arg(y, Location())); }
Tensor operator||(bool x, const Tensor &y) { return logical_or(Arg(x, Location()), Arg(y, Location())); }
Tensor operator!(const Tensor &x) { return logical_not(Arg(x, Location())); }

Tensor &Tensor::operator+=(const Arg &x) & { return *this = Arg(*this, x.where) + x; }
Tensor &Tensor::operator-=(const Arg &x) & { return *this = Arg(*this, x.where) - x; }
Tensor &Tensor::operator*=(const Arg &x) & { return *this = Arg(*this, x.where) * x; }
Tensor &Tensor::operator/=(const Arg &x) & { return *this = Arg(*this, x.where) / x; }
Tensor &Tensor::operator%=(const Arg &x) & { return *this = Arg(*this, x.where) % x; }

// ---- three operands -----------------------------------------------------------------------------------------------

Tensor where(const Arg &condition, const Arg &x, const Arg &y) {
  static constexpr Op op{"tenon.select"};
  const DType dtype = common_dtype({&x, &y}, "where");
  const Tensor chosen = as_boolean(condition);
  return apply(op, {Operand(chosen), Promoted(x, dtype), Promoted(y, dtype)}, {}, condition.where);
}

Tensor clamp(const Arg &x, const Arg &low, const Arg &high) {
  static constexpr Op op{"tenon.clamp"};
  const DType dtype = number_dtype({&x, &low, &high}, "clamp");
  return apply(op, {Promoted(x, dtype), Promoted(low, dtype), Promoted(high, dtype)}, {}, x.where);
}

// ---- comparisons of whole Tensors, as C++ bools -------------------------------------------------------------------

static const Buffer &eager(const Tensor &x, const char *operation, Location where) {
  type_of(x, operation, where); // refuses a Tensor without a value
  if (const Buffer *value = Access::buffer(x))
    return *value;
  throw Error(operation, "the function is being traced, so that values are not known yet", where,
              "all(x == y) is a Tensor");
}

bool array_equal(const Arg &x, const Arg &y) {
  const Tensor a = tensor_of(x), b = tensor_of(y);
  const Buffer &p = eager(a, "array_equal", x.where), &q = eager(b, "array_equal", y.where);
  if (p.dtype != q.dtype || !std::ranges::equal(p.shape(), q.shape()))
    return false;
  return with_type(p.dtype, [&](auto element) {
    using T = decltype(element);
    for (std::int64_t i = 0; i < p.count; ++i)
      if constexpr (std::is_same_v<T, float16> || std::is_same_v<T, bfloat16>) {
        if (float(p.as<T>()[i]) != float(q.as<T>()[i]))
          return false;
      } else if (p.as<T>()[i] != q.as<T>()[i]) {
        return false;
      }
    return true;
  });
}

bool all_close(const Arg &x, const Arg &y, Tolerance tolerance) {
  const Tensor a = tensor_of(x), b = tensor_of(y);
  const Buffer &p = eager(a, "all_close", x.where), &q = eager(b, "all_close", y.where);
  if (!std::ranges::equal(p.shape(), q.shape()))
    return false;
  auto number = [](const Buffer &value, std::int64_t i) {
    const Scalar s = load(value.dtype, value.as<char>() + std::size_t(i) * size_of(value.dtype));
    return s.kind == Scalar::floating ? s.f : double(s.i);
  };
  for (std::int64_t i = 0; i < p.count; ++i) {
    const double u = number(p, i), v = number(q, i);
    if (u == v)
      continue; // equal infinities, too
    if (!(std::abs(u - v) <= tolerance.absolute + tolerance.relative * std::abs(v)))
      return false;
  }
  return true;
}

} // namespace tenon
