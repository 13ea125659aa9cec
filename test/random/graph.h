// A random program as data: a list of values, each an input, a constant or an op over earlier ones.
#pragma once

#include "random.h"

#include "tenon/tenon.h"

#include <array>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace tenon::test {

/// A dimension as the generator knows it. Two open ones are equal where their symbols are.
struct Dimension {
  std::int64_t size = 0; ///< in the first run
  int symbol = fixed;
  static constexpr int fixed = -1;
  static constexpr int named = 2; ///< symbols below it are the named dimensions of inputs, others follow from them
  bool is_open() const { return symbol != fixed; }
  friend bool operator==(const Dimension &, const Dimension &) = default;
};
using Dimensions = std::vector<Dimension>;

enum class Op : std::uint8_t {
  input,
  constant,
  unary,
  binary,
  where,
  clamp,
  cast,
  reduce,
  argmax,
  argmin,
  cumsum,
  softmax,
  log_softmax,
  layer_norm,
  matmul,
  conv,
  conv_transpose,
  max_pool,
  avg_pool,
  reshape,
  broadcast_to,
  transpose,
  expand_dims,
  squeeze,
  concat,
  stack,
  split,
  pad,
  reverse,
  tile,
  slice,
  pick,
  gather,
  scatter,
  scatter_add,
  one_hot,
  sort,
  argsort,
  top_k_values,
  top_k_indices,
  full,
  uniform
};

/// One line of a program. `function` and `numbers` are what the op needs besides its operands; see interpret.cpp.
struct Value {
  Op op = Op::input;
  int function = 0;          ///< unary, binary, reduce: which
  std::vector<int> operands; ///< positions of earlier values; `number`: the C++ number `real` instead
  std::vector<std::int64_t> numbers;
  double real = 0;
  DType dtype = f32;                ///< of the result
  Dimensions dims;                  ///< of the result
  std::uint64_t seed = 0;           ///< input, constant: of the elements
  std::int64_t limit = 0;           ///< input, constant: integers in [0, limit), for indices
  static constexpr int number = -2; ///< -1 is an operand that could not be made
};

struct Graph {
  std::uint64_t seed = 0;
  std::vector<Value> values;
  std::vector<int> outputs;
  /// What the named dimensions are in the first and in the second run; equal: there is no second run.
  std::array<std::array<std::int64_t, Dimension::named>, 2> sizes{};

  bool has_second_run() const { return sizes[0] != sizes[1]; }
  /// The shape of an input in run 0 or 1.
  Shape shape(const Value &value, int run) const;
  std::vector<const Value *> all(Op op) const;
  /// The program, a line for each value.
  std::string to_string() const;
};

using UnaryFunction = Tensor (*)(const Arg &);
using BinaryFunction = Tensor (*)(const Arg &, const Arg &);
using ReduceFunction = Tensor (*)(const Arg &, Axes, ReduceOptions);
template <class F> struct Named {
  const char *name;
  F function;
};
std::span<const Named<UnaryFunction>> unary_functions();
std::span<const Named<BinaryFunction>> binary_functions();
std::span<const Named<ReduceFunction>> reduce_functions();
const char *name(Op op);

/// The elements of an input or a constant.
Tensor elements(const Value &value, const Shape &shape);
/// Runs one value that is no input or constant, over the frontend's API.
Tensor interpret(const Value &value, std::span<const Tensor> values);
/// Runs a graph; the results are its outputs.
std::vector<Tensor> interpret(const Graph &graph, std::span<const Tensor> inputs, std::span<const Tensor> constants);

} // namespace tenon::test
