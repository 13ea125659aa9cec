// Recurrent cells: their variables and their steps.
#include "tenon/nn/rnn_cells.h"
#include "dropout.h"
#include "tenon/create.h"

namespace tenon::nn {

/// The options of all three; what a cell does not have is left as it is.
struct RecurrentCell::Options {
  const char *kind;
  std::int64_t gates;
  Activation activation, recurrent_activation;
  bool use_bias;
  Initializer kernel_initializer, recurrent_initializer, bias_initializer;
  std::string name;
  bool unit_forget_bias = false, two_biases = false;
  double dropout = 0, recurrent_dropout = 0;
  std::int64_t seed = -1;
};

struct RecurrentCell::Core final : LayerState {
  const std::int64_t units;
  const Options options;
  std::optional<Variable> kernel, recurrent_kernel, bias;
  std::optional<Generator> generator; // of what is dropped

  Core(std::int64_t units, Options o, Location where)
      : LayerState(o.kind, o.name, where), units(units), options(std::move(o)) {
    if (units <= 0)
      fail("expected a positive number of units, but got " + std::to_string(units), where);
    for (const auto &[what, rate] :
         {std::pair{"dropout", options.dropout}, {"recurrent_dropout", options.recurrent_dropout}})
      if (!(rate >= 0 && rate < 1))
        fail(std::string("expected a ") + what + " in [0, 1), but got " + std::to_string(rate), where);
    if (options.dropout > 0 || options.recurrent_dropout > 0)
      generator.emplace(make_generator(options.seed, where));
  }

  Tensor call(const Tensor &, Call, Location where) override {
    fail("a cell is called with a state, too", where, "nn::RNN(cell) is a layer");
  }

  void build(const TensorType &type, Location where) {
    if (kernel)
      return;
    const std::int64_t channels = known_size(*this, type, -1, "last dimension", where), all = options.gates * units;
    kernel.emplace(make_weight(*this, "kernel", options.kernel_initializer, {channels, all}, type.dtype));
    recurrent_kernel.emplace(
        make_weight(*this, "recurrent_kernel", options.recurrent_initializer, {units, all}, type.dtype));
    if (!options.use_bias)
      return;
    const Shape shape = options.two_biases ? Shape{2, all} : Shape{all};
    if (!options.unit_forget_bias) {
      bias.emplace(make_weight(*this, "bias", options.bias_initializer, shape, type.dtype));
      return;
    }
    const auto with_ones = [this](const Shape &, DType dtype) {
      return concat({options.bias_initializer({units}, dtype), initializers::ones({units}, dtype),
                     options.bias_initializer({2 * units}, dtype)});
    };
    bias.emplace(make_weight(*this, "bias", with_ones, shape, type.dtype));
  }

  Dropped draw(const Tensor &x, Call call, Location where) const {
    Dropped dropped;
    if (!call.training || !generator)
      return dropped;
    const TensorType type = check_argument(*this, x, 2, 2, "[batch,channels]", where);
    const Tensor batch = x.dim(0, where), channels = x.dim(1, where);
    // One draw for each gate, where states are dropped too.
    const auto factors = [&](const Dim &size, double rate) {
      const Tensor of = options.recurrent_dropout > 0 && options.gates > 1
                            ? ones({options.gates, batch, size}, type.dtype, where)
                            : ones({batch, size}, type.dtype, where);
      return drop(of, rate, *generator, where);
    };
    if (options.dropout > 0)
      dropped.inputs.emplace(factors(channels, options.dropout), where);
    if (options.recurrent_dropout > 0)
      dropped.states.emplace(factors(units, options.recurrent_dropout), where);
    return dropped;
  }

  // x times what is not dropped, times a matrix of gates side by side.
  Tensor dropped_product(const Tensor &x, const Tensor &factors, const Tensor &matrix, Location where) const {
    if (factors.rank(where) == x.rank(where)) {
      const Tensor kept = Arg(x, where) * Arg(factors, where);
      return product(kept, matrix, where);
    }
    const std::vector<Tensor> of_gates = split(Arg(matrix, where), options.gates, 1);
    std::vector<Tensor> parts;
    for (std::int64_t gate = 0; gate < options.gates; ++gate) {
      const Tensor own = factors[Index(gate, where)], kept = Arg(x, where) * Arg(own, where);
      parts.push_back(product(kept, of_gates[std::size_t(gate)], where));
    }
    return concat(parts, -1, where);
  }
  static Tensor product(const Tensor &x, const Tensor &matrix, Location where) {
    return matmul(Arg(x, where), Arg(matrix, where));
  }

  Tensor project(const Tensor &x, const Dropped &dropped, int time, Location where) {
    if (!dropped.inputs)
      return project(x, where);
    const TensorType type = check_argument(*this, x, 2, 3, "[batch,channels] or [batch,time,channels]", where);
    build(type, where);
    check_built(*this, type, -1, kernel->shape()[0], kernel->dtype(), "last dimension", where);
    Tensor factors(*dropped.inputs, where);
    if (time >= 0) // the same in all steps
      factors = expand_dims(Arg(factors, where), factors.rank(where) - 2 + time);
    return add_bias(dropped_product(x, factors, kernel->value(where), where), where);
  }

  Tensor add_bias(const Tensor &y, Location where) const {
    if (!bias)
      return y;
    const Tensor all = bias->value(where);
    return Arg(y, where) + Arg(options.two_biases ? all[Index(0, where)] : all, where);
  }

  // x kernel + bias, as one product of matrices for x of any rank.
  Tensor project(const Tensor &x, Location where) {
    const TensorType type = check_argument(*this, x, 2, 16, "[...,channels]", where);
    build(type, where);
    check_built(*this, type, -1, kernel->shape()[0], kernel->dtype(), "last dimension", where);
    const std::int64_t all = options.gates * units;
    const bool is_matrix = type.dims.size() == 2;
    const Tensor rows = is_matrix ? Tensor(x, where) : reshape(Arg(x, where), {-1, kernel->shape()[0]});
    const Tensor y = add_bias(matmul(Arg(rows, where), Arg(*kernel, where)), where);
    if (is_matrix)
      return y;
    std::vector<Tensor> sizes; // keeps what the dimensions refer to
    for (std::size_t i = 0; i + 1 < type.dims.size(); ++i) sizes.push_back(x.dim(int(i), where));
    if (sizes.size() == 2)
      return reshape(Arg(y, where), {sizes[0], sizes[1], all});
    if (sizes.size() == 3)
      return reshape(Arg(y, where), {sizes[0], sizes[1], sizes[2], all});
    fail("expected [batch,channels] or [batch,time,channels], but got " + type.describe(), where);
  }

  // A step needs variables, which the projection has made.
  void check_state(const Tensor &projected, const Tensor &h, Location where) {
    const TensorType type = check_argument(*this, projected, 2, 2, "[batch,gates]", where);
    if (!kernel)
      fail("step() before project()", where, "call the cell: cell(x, state)");
    const TensorType state = tenon::detail::type_of(h, kind.c_str(), where);
    const auto same = [](std::int64_t a, std::int64_t b) { return a == b || a == open || b == open; };
    if (state.dtype != type.dtype || state.dims.size() != 2 || !same(state.dims[0], type.dims[0]) ||
        !same(state.dims[1], units))
      fail("the state is " + state.describe() + ", but " + TensorType{type.dtype, {type.dims[0], units}}.describe() +
               " is expected",
           where, "begin with zero_state(batch, dtype)");
  }

  Tensor recur(const Tensor &h, const Dropped &dropped, Location where) {
    if (dropped.states)
      return dropped_product(h, *dropped.states, recurrent_kernel->value(where), where);
    return matmul(Arg(h, where), Arg(*recurrent_kernel, where));
  }

  void collect(Collector &collector, const std::string &path) const override {
    using tenon::detail::join;
    for (const auto &[name, variable] :
         {std::pair{"kernel", &kernel}, {"recurrent_kernel", &recurrent_kernel}, {"bias", &bias}})
      if (*variable)
        collector.add(join(path, name), **variable);
    if (generator)
      collector.member(join(path, "seed"), *generator);
    options.activation.collect(collector, join(path, "activation"));
    options.recurrent_activation.collect(collector, join(path, "recurrent_activation"));
  }
};

RecurrentCell::RecurrentCell(Core *core) : Handle(core) {}
RecurrentCell::RecurrentCell(std::int64_t units, Options options, Location where)
    : Handle(new Core(units, std::move(options), where)) {}
RecurrentCell::Core &RecurrentCell::core() const { return *static_cast<Core *>(shared()); }
std::int64_t RecurrentCell::units() const { return core().units; }

Tensor RecurrentCell::project(const Arg &x) const {
  if (!x.tensor)
    core().fail("expected [batch,channels], but got a number", x.where);
  return core().project(*x.tensor, x.where);
}

Tensor RecurrentCell::project(const Arg &x, const Dropped &dropped, int time) const {
  return core().project(*x.tensor, dropped, time, x.where);
}
Dropped RecurrentCell::draw(const Arg &x, Call call) const { return core().draw(*x.tensor, call, x.where); }

Variables RecurrentCell::variables() const {
  Collector collector;
  collect(collector, "");
  return std::move(collector.variables);
}
void RecurrentCell::set_trainable(bool trainable) const {
  Collector collector;
  collector.freeze = !trainable;
  collect(collector, "");
}
void RecurrentCell::collect(Collector &collector, const std::string &path) const {
  if (!collector.enter(&core()))
    return;
  if (collector.freeze >= 0)
    core().frozen = collector.freeze != 0;
  core().collect(collector, path);
}

static Tensor zeros_of(std::int64_t units, const Dim &batch, DType dtype) { return zeros({batch, units}, dtype); }

// ---- SimpleRNN ----------------------------------------------------------------------------------------------------

SimpleRNNCell::SimpleRNNCell(std::int64_t units, SimpleRNNCellOptions o, Location where)
    : RecurrentCell(units,
                    Options{"SimpleRNNCell",
                            1,
                            o.activation,
                            {},
                            o.use_bias,
                            o.kernel_initializer,
                            o.recurrent_initializer,
                            o.bias_initializer,
                            o.name,
                            false,
                            false,
                            o.dropout,
                            o.recurrent_dropout,
                            o.seed},
                    where) {}
SimpleRNNCell SimpleRNNCell::clone() const { return SimpleRNNCell(units(), core().options, core().made); }
Tensor SimpleRNNCell::zero_state(const Dim &batch, DType dtype) const { return zeros_of(units(), batch, dtype); }

std::pair<Tensor, Tensor> SimpleRNNCell::step(const Arg &projected, const Tensor &h, const Dropped &dropped) const {
  const Location where = projected.where;
  core().check_state(*projected.tensor, h, where);
  const Tensor z = projected + Arg(core().recur(h, dropped, where), where);
  const Tensor next = core().options.activation(Arg(z, where));
  return {next, next};
}

// ---- LSTM ---------------------------------------------------------------------------------------------------------

LSTMCell::LSTMCell(std::int64_t units, LSTMCellOptions o, Location where)
    : RecurrentCell(units,
                    Options{"LSTMCell", 4, o.activation, o.recurrent_activation, o.use_bias, o.kernel_initializer,
                            o.recurrent_initializer, o.bias_initializer, o.name, o.unit_forget_bias, false, o.dropout,
                            o.recurrent_dropout, o.seed},
                    where) {}
LSTMCell LSTMCell::clone() const { return LSTMCell(units(), core().options, core().made); }
LSTMState LSTMCell::zero_state(const Dim &batch, DType dtype) const {
  return {zeros_of(units(), batch, dtype), zeros_of(units(), batch, dtype)};
}

std::pair<Tensor, LSTMState> LSTMCell::step(const Arg &projected, const LSTMState &state,
                                            const Dropped &dropped) const {
  const Location where = projected.where;
  core().check_state(*projected.tensor, state.h, where);
  core().check_state(*projected.tensor, state.c, where);
  const auto at = [&](const Tensor &x) { return Arg(x, where); };
  const auto gate = [&](const Tensor &x) { return core().options.recurrent_activation(at(x)); };
  const auto squash = [&](const Tensor &x) { return core().options.activation(at(x)); };
  const Tensor z = projected + at(core().recur(state.h, dropped, where));
  const auto [i, f, g, o] = split<4>(at(z), 1);
  const Tensor kept = at(gate(f)) * at(state.c), added = at(gate(i)) * at(squash(g));
  const Tensor c = at(kept) + at(added);
  const Tensor h = at(gate(o)) * at(squash(c));
  return {h, {h, c}};
}

// ---- GRU ----------------------------------------------------------------------------------------------------------

GRUCell::GRUCell(std::int64_t units, GRUCellOptions o, Location where)
    : RecurrentCell(units,
                    Options{"GRUCell", 3, o.activation, o.recurrent_activation, o.use_bias, o.kernel_initializer,
                            o.recurrent_initializer, o.bias_initializer, o.name, false, o.reset_after, o.dropout,
                            o.recurrent_dropout, o.seed},
                    where) {}
GRUCell GRUCell::clone() const { return GRUCell(units(), core().options, core().made); }
Tensor GRUCell::zero_state(const Dim &batch, DType dtype) const { return zeros_of(units(), batch, dtype); }

std::pair<Tensor, Tensor> GRUCell::step(const Arg &projected, const Tensor &h, const Dropped &dropped) const {
  const Location where = projected.where;
  Core &core = this->core();
  core.check_state(*projected.tensor, h, where);
  const auto at = [&](const Tensor &x) { return Arg(x, where); };
  const auto gate = [&](const Tensor &x) { return core.options.recurrent_activation(at(x)); };
  const auto [xz, xr, xg] = split<3>(projected, 1);
  Tensor z, r, reset;
  if (core.options.two_biases) {
    Tensor inner = core.recur(h, dropped, where);
    if (core.bias)
      inner = at(inner) + at(core.bias->value(where)[Index(1, where)]);
    const auto [hz, hr, hg] = split<3>(at(inner), 1);
    z = gate(at(xz) + at(hz));
    r = gate(at(xr) + at(hr));
    reset = at(r) * at(hg);
  } else {
    // The candidate sees r times what is left of h; without dropout the two other gates are one product.
    const Tensor kernel = core.recurrent_kernel->value(where);
    const std::vector<Tensor> parts = split(at(kernel), {2 * core.units, core.units}, 1);
    Tensor seen = h, gates;
    if (dropped.states) {
      gates = core.recur(h, dropped, where);
      seen = at(h) * at((*dropped.states)[Index(2, where)]);
    } else {
      gates = matmul(at(h), at(parts[0]));
    }
    const std::vector<Tensor> of_gates = split(at(gates), dropped.states ? 3 : 2, 1);
    z = gate(at(xz) + at(of_gates[0]));
    r = gate(at(xr) + at(of_gates[1]));
    reset = matmul(at(at(r) * at(seen)), at(parts[1]));
  }
  const Tensor g = core.options.activation(at(at(xg) + at(reset)));
  const Tensor old = at(z) * at(h), weight = Arg(1, where) - at(z);
  const Tensor fresh = at(weight) * at(g);
  const Tensor next = at(old) + at(fresh);
  return {next, next};
}

} // namespace tenon::nn
