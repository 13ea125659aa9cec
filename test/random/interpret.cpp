// Runs graphs over the frontend's API: eagerly, or while a function is traced.
#include "graph.h"

#include <stdexcept>

namespace tenon::test {

std::span<const Named<UnaryFunction>> unary_functions() {
  static constexpr Named<UnaryFunction> functions[] = {{"negate", [](const Arg &x) { return -x; }},
                                                       {"not", [](const Arg &x) { return ~x; }},
                                                       {"abs", abs},
                                                       {"sign", sign},
                                                       {"exp", exp},
                                                       {"exp2", exp2},
                                                       {"expm1", expm1},
                                                       {"log", log},
                                                       {"log1p", log1p},
                                                       {"sqrt", sqrt},
                                                       {"rsqrt", rsqrt},
                                                       {"sin", sin},
                                                       {"cos", cos},
                                                       {"tan", tan},
                                                       {"tanh", tanh},
                                                       {"sigmoid", sigmoid},
                                                       {"erf", erf},
                                                       {"floor", floor},
                                                       {"ceil", ceil},
                                                       {"round", round},
                                                       {"square", square},
                                                       {"reciprocal", reciprocal},
                                                       {"relu", relu},
                                                       {"gelu", gelu},
                                                       {"silu", silu},
                                                       {"softplus", softplus},
                                                       {"isnan", isnan},
                                                       {"isinf", isinf},
                                                       {"isfinite", isfinite},
                                                       {"logical_not", logical_not}};
  return functions;
}

std::span<const Named<BinaryFunction>> binary_functions() {
  static constexpr Named<BinaryFunction> functions[] = {
      {"add", [](const Arg &x, const Arg &y) { return x + y; }},
      {"subtract", [](const Arg &x, const Arg &y) { return x - y; }},
      {"multiply", [](const Arg &x, const Arg &y) { return x * y; }},
      {"divide", [](const Arg &x, const Arg &y) { return x / y; }},
      {"remainder", [](const Arg &x, const Arg &y) { return x % y; }},
      {"pow", pow},
      {"maximum", maximum},
      {"minimum", minimum},
      {"squared_difference", squared_difference},
      {"and", [](const Arg &x, const Arg &y) { return x & y; }},
      {"or", [](const Arg &x, const Arg &y) { return x | y; }},
      {"xor", [](const Arg &x, const Arg &y) { return x ^ y; }},
      {"shift_left", shift_left},
      {"shift_right", shift_right},
      {"equal", [](const Arg &x, const Arg &y) { return x == y; }},
      {"unequal", [](const Arg &x, const Arg &y) { return x != y; }},
      {"less", [](const Arg &x, const Arg &y) { return x < y; }},
      {"less_equal", [](const Arg &x, const Arg &y) { return x <= y; }},
      {"greater", [](const Arg &x, const Arg &y) { return x > y; }},
      {"greater_equal", [](const Arg &x, const Arg &y) { return x >= y; }},
      {"logical_and", logical_and},
      {"logical_or", logical_or},
      {"logical_xor", logical_xor}};
  return functions;
}

std::span<const Named<ReduceFunction>> reduce_functions() {
  static constexpr Named<ReduceFunction> functions[] = {{"sum", sum},           {"prod", prod}, {"mean", mean},
                                                        {"variance", variance}, {"max", max},   {"min", min},
                                                        {"any", any},           {"all", all}};
  return functions;
}

namespace {
// Part of a list of numbers.
std::vector<std::int64_t> part(const std::vector<std::int64_t> &numbers, std::size_t start, std::size_t count) {
  return {numbers.begin() + std::ptrdiff_t(start), numbers.begin() + std::ptrdiff_t(start + count)};
}

Padding padding_of(std::int64_t kind, const std::vector<std::int64_t> &low_high) {
  if (kind == 0)
    return Padding::valid;
  if (kind == 1)
    return Padding::same;
  Padding padding(Padding::given);
  padding.low_high = low_high;
  return padding;
}

// numbers: a start, stop and step for each dimension.
Tensor sliced(const Tensor &x, const std::vector<std::int64_t> &n) {
  const auto s = [&](std::size_t i) { return Slice{n[3 * i], n[3 * i + 1], n[3 * i + 2]}; };
  switch (n.size() / 3) {
  case 1: return x[{s(0)}];
  case 2: return x[{s(0), s(1)}];
  case 3: return x[{s(0), s(1), s(2)}];
  default: return x[{s(0), s(1), s(2), s(3)}];
  }
}

Tensor binary(const Value &v, std::span<const Tensor> values) {
  const BinaryFunction f = binary_functions()[std::size_t(v.function)].function;
  const int a = v.operands[0], b = v.operands[1];
  const bool whole = v.numbers.empty(); // of the C++ number
  const auto i = std::int64_t(v.real);
  if (a == Value::number)
    return whole ? f(i, values[std::size_t(b)]) : f(v.real, values[std::size_t(b)]);
  if (b == Value::number)
    return whole ? f(values[std::size_t(a)], i) : f(values[std::size_t(a)], v.real);
  return f(values[std::size_t(a)], values[std::size_t(b)]);
}
} // namespace

Tensor interpret(const Value &v, std::span<const Tensor> values) {
  const auto x = [&](std::size_t i) -> const Tensor & { return values[std::size_t(v.operands[i])]; };
  const std::vector<std::int64_t> &n = v.numbers;
  const auto axis = [&] { return int(n[0]); };
  switch (v.op) {
  case Op::input:
  case Op::constant: break;
  case Op::unary: return unary_functions()[std::size_t(v.function)].function(x(0));
  case Op::binary: return binary(v, values);
  case Op::where: return where(x(0), x(1), x(2));
  case Op::clamp: return clamp(x(0), x(1), x(2));
  case Op::cast: return cast(x(0), DType(n[0]));
  case Op::reduce: // keep_dims, axes...
    return reduce_functions()[std::size_t(v.function)].function(x(0), part(n, 1, n.size() - 1),
                                                                {.keep_dims = n[0] != 0});
  case Op::argmax: return argmax(x(0), axis(), {.keep_dims = n[1] != 0});
  case Op::argmin: return argmin(x(0), axis(), {.keep_dims = n[1] != 0});
  case Op::cumsum: return cumsum(x(0), axis(), {.exclusive = n[1] != 0, .reverse = n[2] != 0});
  case Op::softmax: return softmax(x(0), axis());
  case Op::log_softmax: return log_softmax(x(0), axis());
  case Op::layer_norm: return layer_norm(x(0), x(1), x(2));
  case Op::matmul: return matmul(x(0), x(1), {.transpose_lhs = n[0] != 0, .transpose_rhs = n[1] != 0});
  case Op::conv: { // groups, padding, then strides, dilations, low and high of each spatial dimension
    const std::size_t s = (n.size() - 2) / 4;
    return conv(x(0), x(1),
                {.strides = part(n, 2, s),
                 .padding = padding_of(n[1], part(n, 2 + 2 * s, 2 * s)),
                 .dilations = part(n, 2 + s, s),
                 .groups = n[0]});
  }
  case Op::conv_transpose: { // padding, then strides, dilations, low and high
    const std::size_t s = (n.size() - 1) / 4;
    return conv_transpose(x(0), x(1),
                          {.strides = part(n, 1, s),
                           .padding = padding_of(n[0], part(n, 1 + 2 * s, 2 * s)),
                           .dilations = part(n, 1 + s, s)});
  }
  case Op::max_pool:
  case Op::avg_pool: { // count_padding, padding, then window, strides, dilations, low and high
    const std::size_t s = (n.size() - 2) / 5;
    const PoolOptions options{.strides = part(n, 2 + s, s),
                              .padding = padding_of(n[1], part(n, 2 + 3 * s, 2 * s)),
                              .dilations = part(n, 2 + 2 * s, s),
                              .count_padding = n[0] != 0};
    return v.op == Op::max_pool ? max_pool(x(0), part(n, 2, s), options) : avg_pool(x(0), part(n, 2, s), options);
  }
  case Op::reshape: return reshape(x(0), n);
  case Op::broadcast_to: return broadcast_to(x(0), n);
  case Op::transpose: return transpose(x(0), n);
  case Op::expand_dims: return expand_dims(x(0), axis());
  case Op::squeeze: return squeeze(x(0), n);
  case Op::concat:
  case Op::stack: {
    std::vector<Tensor> parts;
    for (std::size_t i = 0; i < v.operands.size(); ++i) parts.push_back(x(i));
    return v.op == Op::concat ? concat(parts, axis()) : stack(parts, axis());
  }
  case Op::split: // axis, which, sizes...
    return split(x(0), part(n, 2, n.size() - 2), axis())[std::size_t(n[1])];
  case Op::pad: return pad(x(0), part(n, 0, n.size() / 2), part(n, n.size() / 2, n.size() / 2), x(1));
  case Op::reverse: return reverse(x(0), n);
  case Op::tile: return tile(x(0), n);
  case Op::slice: return sliced(x(0), n);
  case Op::pick: return x(0)[x(1)];
  case Op::gather: return gather(x(0), x(1), axis());
  case Op::scatter: return scatter(x(0), x(1), x(2));
  case Op::scatter_add: return scatter_add(x(0), x(1), x(2));
  case Op::one_hot: return one_hot(x(0), n[0], DType(n[1]));
  case Op::sort: return sort(x(0), axis(), {.descending = n[1] != 0});
  case Op::argsort: return argsort(x(0), axis(), {.descending = n[1] != 0});
  case Op::top_k_values: return top_k(x(0), n[0]).values;
  case Op::top_k_indices: return top_k(x(0), n[0]).indices;
  case Op::full: return full(part(n, 1, n.size() - 1), v.real, DType(n[0]));
  case Op::uniform: return uniform(part(n, 2, n.size() - 2), n[1], DType(n[0]));
  }
  throw std::logic_error("an input is not interpreted");
}

std::vector<Tensor> interpret(const Graph &graph, std::span<const Tensor> inputs, std::span<const Tensor> constants) {
  std::vector<Tensor> values;
  values.reserve(graph.values.size());
  std::size_t input = 0, constant = 0;
  for (const Value &value : graph.values) {
    if (value.op == Op::input)
      values.push_back(inputs[input++]);
    else if (value.op == Op::constant)
      values.push_back(constants[constant++]);
    else
      values.push_back(interpret(value, values));
  }
  std::vector<Tensor> outputs;
  for (int output : graph.outputs) outputs.push_back(values[std::size_t(output)]);
  return outputs;
}

} // namespace tenon::test
