// Graphs as text, and the elements of their inputs.
#include "graph.h"

#include <cmath>
#include <limits>
#include <memory>

namespace tenon::test {

Shape Graph::shape(const Value &value, int run) const {
  Shape shape;
  for (const Dimension &dim : value.dims)
    shape.push_back(dim.symbol >= 0 && dim.symbol < Dimension::named ? sizes[std::size_t(run)][std::size_t(dim.symbol)]
                                                                     : dim.size);
  return shape;
}

std::vector<const Value *> Graph::all(Op op) const {
  std::vector<const Value *> found;
  for (const Value &value : values)
    if (value.op == op)
      found.push_back(&value);
  return found;
}

std::string Graph::to_string() const {
  std::string text = "graph " + std::to_string(seed) + ":";
  for (int s = 0; s < Dimension::named; ++s)
    text += std::string(" ") + char('n' + s) + " = " + std::to_string(sizes[0][std::size_t(s)]) + ", then " +
            std::to_string(sizes[1][std::size_t(s)]) + ";";
  for (std::size_t i = 0; i < values.size(); ++i) {
    const Value &v = values[i];
    text += "\n  v" + std::to_string(i) + " = ";
    if (v.op == Op::unary)
      text += unary_functions()[std::size_t(v.function)].name;
    else if (v.op == Op::binary)
      text += binary_functions()[std::size_t(v.function)].name;
    else if (v.op == Op::reduce)
      text += reduce_functions()[std::size_t(v.function)].name;
    else
      text += test::name(v.op);
    for (int operand : v.operands)
      text += operand == Value::number ? " " + std::to_string(v.real) : " v" + std::to_string(operand);
    if (!v.numbers.empty()) {
      text += " {";
      for (std::size_t k = 0; k < v.numbers.size(); ++k) text += (k ? "," : "") + std::to_string(v.numbers[k]);
      text += "}";
    }
    if (v.op == Op::input || v.op == Op::constant)
      text += " seed " + std::to_string(v.seed) + (v.limit ? " below " + std::to_string(v.limit) : "");
    text += std::string(" : ") + tenon::name(v.dtype) + "[";
    for (std::size_t k = 0; k < v.dims.size(); ++k) {
      const Dimension &dim = v.dims[k];
      text += (k ? "," : "");
      if (dim.is_open())
        text +=
            dim.symbol < Dimension::named ? std::string(1, char('n' + dim.symbol)) : "?" + std::to_string(dim.symbol);
      if (dim.is_open())
        text += "=";
      text += std::to_string(dim.size);
    }
    text += "]";
  }
  text += "\n  return";
  for (int output : outputs) text += " v" + std::to_string(output);
  return text + "\n";
}

const char *name(Op op) {
  static constexpr const char *names[] = {
      "input",     "constant",    "unary",          "binary",       "where",         "clamp",       "cast",
      "reduce",    "argmax",      "argmin",         "cumsum",       "softmax",       "log_softmax", "layer_norm",
      "matmul",    "conv",        "conv_transpose", "max_pool",     "avg_pool",      "reshape",     "broadcast_to",
      "transpose", "expand_dims", "squeeze",        "concat",       "stack",         "split",       "pad",
      "reverse",   "tile",        "slice",          "pick",         "gather",        "scatter",     "scatter_add",
      "one_hot",   "sort",        "argsort",        "top_k_values", "top_k_indices", "full",        "uniform"};
  static_assert(std::size(names) == std::size_t(Op::uniform) + 1);
  return names[std::size_t(op)];
}

// Mostly ordinary numbers; one input in four also holds what breaks algebra: infinities, NaN, denormals, the extremes.
template <class T> static T element(Random &random, bool special) {
  if constexpr (std::is_same_v<T, bool>) {
    return random.percent(50);
  } else if constexpr (std::is_integral_v<T>) {
    if (special && random.percent(20)) {
      const T extremes[] = {std::numeric_limits<T>::min(), std::numeric_limits<T>::max(), T(-1),
                            T(std::numeric_limits<T>::max() / 2)};
      return random.percent(50) ? random.of(extremes) : T(random.next());
    }
    return T(random.between(-9, 9));
  } else {
    if (special && random.percent(15)) {
      const double extremes[] = {INFINITY, -INFINITY, NAN,  0.0,   -0.0,  1e-40, -3e-320,
                                 6e-8,     65504,     1e30, -88.9, 104.2, 709.9};
      return T(float(random.of(extremes)));
    }
    if (random.percent(15))
      return T(float(random.between(-4, 4)));
    const double x = (random.unit() * 2 - 1) * 3;
    if constexpr (std::is_same_v<T, double>)
      return x;
    else
      return T(float(x));
  }
}

template <class T> static Tensor filled(const Value &value, const Shape &shape) {
  std::size_t count = 1;
  for (std::int64_t n : shape) count *= std::size_t(n);
  Random random(value.seed);
  const bool special = random.percent(25);
  const std::unique_ptr<T[]> data(new T[count + 1]);
  for (std::size_t i = 0; i < count; ++i) {
    if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>)
      data[i] = value.limit ? T(random.below(value.limit)) : element<T>(random, special);
    else
      data[i] = element<T>(random, special);
  }
  return Tensor::from(std::span<const T>(data.get(), count), shape);
}

Tensor elements(const Value &value, const Shape &shape) {
  switch (value.dtype) {
  case DType::f32: return filled<float>(value, shape);
  case DType::f64: return filled<double>(value, shape);
  case DType::f16: return filled<float16>(value, shape);
  case DType::bf16: return filled<bfloat16>(value, shape);
  case DType::i8: return filled<std::int8_t>(value, shape);
  case DType::i16: return filled<std::int16_t>(value, shape);
  case DType::i32: return filled<std::int32_t>(value, shape);
  case DType::i64: return filled<std::int64_t>(value, shape);
  case DType::u8: return filled<std::uint8_t>(value, shape);
  case DType::boolean: return filled<bool>(value, shape);
  }
  return {};
}

} // namespace tenon::test
