// The generator's frame: values, dimensions and the choice of families.
#include "generator.h"

#include <algorithm>
#include <limits>

namespace tenon::test {

static constexpr DType dtypes[] = {f32,  f32, f32, f32, f32, f32, f64, f64, f16,
                                   bf16, i64, i64, i32, i32, i16, i8,  u8,  boolean};
static constexpr std::int64_t sizes[] = {1, 1, 2, 3, 3, 4, 5, 7, 8, 16, 17, 33, 65, 100};
static constexpr std::int64_t batches[] = {1, 2, 3, 5, 8, 66};

Generator::Generator(std::uint64_t seed, void (*before_op)(const Graph &), std::optional<DType> only)
    : before_op_(before_op), random_(seed), main_dtype_(f32), only_(only) {
  graph_.seed = seed;
  main_dtype_ = only ? *only : random_.of(dtypes);
  for (auto &run : graph_.sizes)
    for (std::int64_t &size : run) size = random_.percent(4) ? 0 : random_.of(batches);
  // What is valid for some elements need not be for none: the second run is not empty.
  for (std::int64_t &size : graph_.sizes[1]) size = std::max<std::int64_t>(size, 1);
}

Graph Generator::generate() {
  // More small graphs than large ones: a large one costs as much as it finds.
  const int inputs = int(random_.between(1, 2)), ops = int(std::min(random_.between(3, 25), random_.between(3, 25)));
  for (int i = 0; i < inputs; ++i) input(main_dtype_, dimensions(int(random_.between(0, 3))));
  const auto done = [&] {
    return int(std::count_if(graph_.values.begin(), graph_.values.end(),
                             [](const Value &v) { return v.op != Op::input && v.op != Op::constant; }));
  };
  using Family = void (Generator::*)();
  static constexpr Family families[] = {&Generator::elementwise, &Generator::elementwise,       &Generator::elementwise,
                                        &Generator::elementwise, &Generator::compare_or_select, &Generator::reduction,
                                        &Generator::reduction,   &Generator::along_axis,        &Generator::along_axis,
                                        &Generator::contraction, &Generator::contraction,       &Generator::window,
                                        &Generator::movement,    &Generator::movement,          &Generator::joining,
                                        &Generator::indexing,    &Generator::creation,          &Generator::creation};
  for (int attempt = 0; attempt < 8 * ops && done() < ops; ++attempt) (this->*random_.of(families))();

  // What nobody uses is returned, and some of the rest.
  std::vector<bool> used(graph_.values.size());
  for (const Value &value : graph_.values)
    for (int operand : value.operands)
      if (operand != Value::number)
        used[std::size_t(operand)] = true;
  for (std::size_t i = 0; i < used.size(); ++i) {
    const Op op = graph_.values[i].op;
    if (op == Op::input || op == Op::constant ? random_.percent(2) : !used[i] || random_.percent(15))
      graph_.outputs.push_back(int(i));
  }
  if (graph_.outputs.empty())
    graph_.outputs.push_back(0);
  // Without an open dimension the second run would be the first.
  const bool open = std::any_of(graph_.values.begin(), graph_.values.end(),
                                [](const Value &v) { return v.op == Op::input && !is_static(v.dims); });
  // The second run compiles each eager op once more, so that not all graphs have one.
  if (!open || random_.percent(50))
    graph_.sizes[1] = graph_.sizes[0];
  return graph_;
}

// Later values more often than earlier ones, so that graphs are deep.
int Generator::any() {
  const auto n = std::int64_t(graph_.values.size());
  return int(random_.percent(60) ? std::max<std::int64_t>(n - 1 - random_.below(4), 0) : random_.below(n));
}

int Generator::like(DType dtype, const Dimensions &dims) {
  const int found =
      random_.percent(70) ? any_where([&](const Value &v) { return v.dtype == dtype && v.dims == dims; }) : -1;
  return found >= 0 ? found : random_.percent(25) ? number(dtype, dims) : input(dtype, dims);
}

std::int64_t Generator::count(const Dimensions &dims) {
  std::int64_t n = 1;
  for (const Dimension &dim : dims) n *= dim.size;
  return n;
}
bool Generator::is_static(const Dimensions &dims) {
  return std::none_of(dims.begin(), dims.end(), [](const Dimension &dim) { return dim.is_open(); });
}

Dimension Generator::dimension() {
  if (random_.percent(20)) {
    const int symbol = int(random_.below(Dimension::named));
    return {graph_.sizes[0][std::size_t(symbol)], symbol};
  }
  return {random_.percent(2) ? 0 : random_.of(sizes)};
}
Dimensions Generator::dimensions(int rank) {
  Dimensions dims;
  for (int i = 0; i < rank; ++i) dims.push_back(dimension());
  while (count(dims) > 8192) dims[std::size_t(random_.below(rank))] = {std::int64_t(3)};
  return dims;
}
DType Generator::drawn_dtype() {
  const DType drawn = random_.of(dtypes);
  return only_ && is_floating(drawn) ? *only_ : drawn;
}
DType Generator::dtype() { return random_.percent(70) ? main_dtype_ : drawn_dtype(); }

int Generator::input(DType dtype, Dimensions dims, std::int64_t limit) {
  Value value;
  value.dtype = dtype;
  value.dims = std::move(dims);
  value.seed = random_.next() % 1000000;
  value.limit = limit;
  // A size that follows from others has no name that an input could give it.
  for (const Dimension &dim : value.dims)
    if (dim.symbol >= Dimension::named)
      return -1;
  const std::size_t inputs = graph_.all(Op::input).size();
  if (inputs >= 6 && !is_static(value.dims))
    return -1;
  if (inputs >= 6 || (is_static(value.dims) && random_.percent(25)))
    value.op = Op::constant;
  values_.push_back(elements(value, graph_.shape(value, 0)));
  graph_.values.push_back(std::move(value));
  return int(graph_.values.size()) - 1;
}

// New indices into a dimension; -1 where it may be empty.
int Generator::indices(const Dimension &below, std::optional<Dimensions> dims) {
  std::int64_t limit = below.size;
  if (below.symbol >= Dimension::named)
    return -1;
  if (below.is_open())
    limit = std::min(graph_.sizes[0][std::size_t(below.symbol)], graph_.sizes[1][std::size_t(below.symbol)]);
  if (limit == 0)
    return -1;
  static constexpr DType index_dtypes[] = {i64, i64, i32, i8};
  return input(random_.of(index_dtypes), dims ? *dims : dimensions(int(random_.between(0, 2))),
               std::min<std::int64_t>(limit, 100));
}

std::optional<Dimensions> Generator::broadcast(const Dimensions &a, const Dimensions &b) const {
  Dimensions result(std::max(a.size(), b.size()));
  for (std::size_t i = 0; i < result.size(); ++i) { // from the right
    const Dimension one{1};
    const Dimension x = i < a.size() ? a[a.size() - 1 - i] : one, y = i < b.size() ? b[b.size() - 1 - i] : one;
    if (x != y && x != one && y != one)
      return {};
    result[result.size() - 1 - i] = x == one ? y : x;
  }
  if (count(result) > 16384 || result.size() > 4)
    return {};
  return result;
}

// A value that broadcasts with `dims`: one that there is, or a new one with some dimensions dropped or 1.
int Generator::broadcastable(const Dimensions &dims) {
  if (random_.percent(65))
    if (const int found = any_where([&](const Value &v) { return broadcast(v.dims, dims).has_value(); }); found >= 0)
      return found;
  Dimensions own(dims.begin() + (random_.percent(40) ? random_.below(std::int64_t(dims.size()) + 1) : 0), dims.end());
  for (Dimension &dim : own)
    if (random_.percent(20) || dim.symbol >= Dimension::named)
      dim = {1};
  return random_.percent(25) ? number(dtype(), std::move(own)) : input(dtype(), std::move(own));
}

bool Generator::pair_up(Value &value, int x) {
  const int y = broadcastable(at(x).dims);
  if (y < 0)
    return false;
  const std::optional<Dimensions> dims = broadcast(at(x).dims, at(y).dims);
  if (!dims)
    return false;
  value.operands = {x, y};
  value.dims = *dims;
  return true;
}

// A number in every element. A function knows it when it is compiled, eager ops when they run.
int Generator::number(DType dtype, Dimensions dims) {
  if (!is_static(dims))
    return input(dtype, std::move(dims));
  static constexpr double infinity = std::numeric_limits<double>::infinity(),
                          nan = std::numeric_limits<double>::quiet_NaN();
  static constexpr double numbers[] = {-3,  -1,    -0.0,  0,     1,    2,     3,        4,         0.1,
                                       0.7, -0.3,  2.5,   -0.75, 12.3, -47.1, 0.999,    1e-3,      5e-8,
                                       1e4, 65504, -1e30, 1e38,  3e-5, 1e-40, infinity, -infinity, nan};
  Value value;
  value.op = Op::full;
  value.numbers = {std::int64_t(dtype)};
  for (const Dimension &dim : dims) value.numbers.push_back(dim.size);
  value.dims = std::move(dims);
  value.real = is_floating(dtype) ? random_.of(numbers) : double(random_.between(-3, 3));
  return add(std::move(value));
}

// A size that follows from others: open where one of them is.
Dimension Generator::computed(std::int64_t size, std::initializer_list<Dimension> from) {
  for (const Dimension &dim : from)
    if (dim.is_open())
      return {size, next_symbol_++};
  return {size};
}

// Runs the op; -1 where the frontend refuses it. The shape is compared with the generator's own idea of it.
int Generator::add(Value value) {
  for (int operand : value.operands)
    if (operand < 0 && operand != Value::number)
      return -1;
  if (value.dims.size() > 4 || count(value.dims) > 20000)
    return -1;
  graph_.values.push_back(value); // before it runs: where it throws, the graph shows it
  if (before_op_)
    before_op_(graph_);
  Value &added = graph_.values.back();
  try {
    Tensor result = interpret(added, values_);
    added.dtype = result.dtype();
    Shape expected;
    for (const Dimension &dim : added.dims) expected.push_back(dim.size);
    if (result.shape() != expected)
      throw std::logic_error("the result has the shape " + result.to_string());
    values_.push_back(std::move(result));
  } catch (const Error &error) {
    ++refusals_[error.operation() + ": " + error.what()];
    graph_.values.pop_back();
    return -1;
  }
  return int(graph_.values.size()) - 1;
}

// ---- families of ops without structure ------------------------------------------------------------------------------

void Generator::elementwise() {
  const int x = any();
  const DType dtype = at(x).dtype;
  Value value;
  if (random_.percent(40)) {
    value.op = Op::unary;
    value.function = int(random_.below(std::int64_t(unary_functions().size())));
    value.operands = {x};
    value.dims = at(x).dims;
  } else if (random_.percent(12)) {
    value.op = Op::cast;
    value.operands = {x};
    value.numbers = {std::int64_t(random_.percent(50) ? main_dtype_ : drawn_dtype())};
    if (DType(value.numbers[0]) == dtype)
      return;
    value.dims = at(x).dims;
  } else {
    value.op = Op::binary;
    value.function =
        int(random_.percent(50) ? random_.below(4) : random_.below(std::int64_t(binary_functions().size())));
    if (random_.percent(20)) {
      value.operands = {x, Value::number};
      if (random_.percent(30))
        std::swap(value.operands[0], value.operands[1]);
      static constexpr double numbers[] = {0, 1, 2, 3, -1, 0.5, -1.5, 0.1, 7, 1e-3};
      value.real = random_.of(numbers);
      if (value.real != double(std::int64_t(value.real)) || random_.percent(20))
        value.numbers = {1};
      value.dims = at(x).dims;
    } else {
      if (!pair_up(value, x))
        return;
      if (random_.percent(30))
        std::swap(value.operands[0], value.operands[1]);
    }
  }
  add(std::move(value));
}

void Generator::compare_or_select() {
  const int x = any();
  Value value;
  if (random_.percent(40)) {
    value.op = Op::binary;
    value.function = int(random_.between(14, 19));
    if (!pair_up(value, x))
      return;
  } else {
    value.op = random_.percent(70) ? Op::where : Op::clamp;
    if (!pair_up(value, x))
      return;
    const Dimensions both = value.dims;
    int z = broadcastable(both);
    if (value.op == Op::where)
      if (const int condition =
              any_where([&](const Value &v) { return v.dtype == boolean && broadcast(v.dims, both); });
          condition >= 0)
        z = condition;
    if (z < 0)
      return;
    const std::optional<Dimensions> all = broadcast(both, at(z).dims);
    if (!all)
      return;
    value.operands.insert(value.operands.begin(), z);
    value.dims = *all;
  }
  add(std::move(value));
}

void Generator::creation() {
  Value value;
  value.dims = dimensions(int(random_.between(0, 3)));
  for (Dimension &dim : value.dims) dim.symbol = Dimension::fixed;
  if (random_.percent(70)) {
    number(dtype(), std::move(value.dims));
    return;
  }
  value.op = Op::uniform;
  value.numbers = {std::int64_t(only_ ? *only_ : random_.percent(70) ? f32 : f64), random_.below(1000)};
  for (const Dimension &dim : value.dims) value.numbers.push_back(dim.size);
  add(std::move(value));
}

} // namespace tenon::test
