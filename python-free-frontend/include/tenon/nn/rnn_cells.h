// Recurrent cells: one step of a SimpleRNN, an LSTM and a GRU, and cells on top of each other.
//
// A cell is any object that can be called as `cell(x, state)` and gives the pair of an output and the next state, and
// that has `zero_state(batch, dtype)`. A state is a Tensor or a structure of Tensors. These here have more, which
// nn::RNN uses where it is there: `project(x)`, the part of a step that needs no state, is computed for all steps at
// once and handed to `step(projected, state)`; `output(state)` is the output that led to a state; `clone()` is a cell
// of the same options with variables of its own.
#pragma once

#include "tenon/create.h"
#include "tenon/initializers.h"
#include "tenon/nn/activations.h"

#include <optional>

namespace tenon::nn {

struct SimpleRNNCellOptions {
  Activation activation = nn::tanh;
  bool use_bias = true;
  Initializer kernel_initializer = initializers::glorot_uniform;
  Initializer recurrent_initializer = initializers::orthogonal;
  Initializer bias_initializer = initializers::zeros;
  double dropout = 0;           ///< of the inputs, in a layer that trains; the same elements in all steps
  double recurrent_dropout = 0; ///< of the states that the gates see, likewise; not 0: each gate drops others
  std::int64_t seed = -1;       ///< of the dropout's stream; -1: the next of those that tenon::set_seed starts
  std::string name = {};        ///< in messages
};
struct LSTMCellOptions {
  Activation activation = nn::tanh;
  Activation recurrent_activation = nn::sigmoid;
  bool use_bias = true;
  Initializer kernel_initializer = initializers::glorot_uniform;
  Initializer recurrent_initializer = initializers::orthogonal;
  Initializer bias_initializer = initializers::zeros;
  bool unit_forget_bias = true; ///< the forget gate's bias begins with ones (Jozefowicz et al., 2015)
  double dropout = 0;           ///< of the inputs, in a layer that trains; the same elements in all steps
  double recurrent_dropout = 0; ///< of the states that the gates see, likewise; not 0: each gate drops others
  std::int64_t seed = -1;       ///< of the dropout's stream; -1: the next of those that tenon::set_seed starts
  std::string name = {};
};
struct GRUCellOptions {
  Activation activation = nn::tanh;
  Activation recurrent_activation = nn::sigmoid;
  bool use_bias = true;
  Initializer kernel_initializer = initializers::glorot_uniform;
  Initializer recurrent_initializer = initializers::orthogonal;
  Initializer bias_initializer = initializers::zeros;
  bool reset_after = true;      ///< the reset gate acts on h recurrent_kernel, instead of on h (as cuDNN's)
  double dropout = 0;           ///< of the inputs, in a layer that trains; the same elements in all steps
  double recurrent_dropout = 0; ///< of the states that the gates see, likewise; not 0: each gate drops others
  std::int64_t seed = -1;       ///< of the dropout's stream; -1: the next of those that tenon::set_seed starts
  std::string name = {};
};

/// What a cell drops in all steps of a sequence: factors of its inputs [B,C] and states [B,units], 0 or 1 / (1 - rate);
/// for each gate [gates,B,...] where the cell has recurrent dropout, as in Keras.
struct Dropped {
  std::optional<Tensor> inputs = {}, states = {};
};

/// What the cells have in common: a handle, whose copies share its variables. These are made at the first step:
/// kernel [C,gates units], recurrent_kernel [units,gates units] and bias, of the dtype of the first argument; with
/// dropout also seed.state, where its stream stands, not trainable.
class RecurrentCell : public tenon::detail::Handle {
public:
  std::int64_t units() const;
  /// x kernel + bias, the part of a step that needs no state: x [...,C] -> [...,gates units].
  Tensor project(const Arg &x) const;
  /// With elements of x dropped; `time`: the axis of the steps in x, or -1 for a single one.
  Tensor project(const Arg &x, const Dropped &dropped, int time) const;
  /// Draws what is dropped where `call` trains: `x` [B,C] has the shape of one step's input.
  Dropped draw(const Arg &x, Call call) const;
  Variables variables() const;
  Variables trainable_variables() const { return variables().trainable(); }
  /// Freezes (false) or thaws its variables, also those it does not have yet.
  void set_trainable(bool trainable) const;
  void collect(Collector &collector, const std::string &path) const;

protected:
  struct Core; // lib/nn/rnn_cells.cpp
  struct Options;
  RecurrentCell(std::int64_t units, Options options, Location where);
  RecurrentCell(Core *core);
  Core &core() const;
};

/// h' = activation(x kernel + bias + h recurrent_kernel), which is also the output: x [B,C], h [B,units].
class SimpleRNNCell : public RecurrentCell {
public:
  explicit SimpleRNNCell(std::int64_t units, SimpleRNNCellOptions options = {}, Location where = Location::current());
  std::pair<Tensor, Tensor> operator()(const Arg &x, const Tensor &h) const { return step({project(x), x.where}, h); }
  std::pair<Tensor, Tensor> step(const Arg &projected, const Tensor &h, const Dropped &dropped = {}) const;
  Tensor zero_state(const Dim &batch, DType dtype = f32) const;
  const Tensor &output(const Tensor &h) const { return h; }
  SimpleRNNCell clone() const;

private:
  using RecurrentCell::RecurrentCell;
};

struct LSTMState {
  Tensor h, c; ///< [B,units]: the output and the cell
};

/// Long short-term memory with a forget gate (Gers et al., 2000). The gates stand in the order input, forget,
/// candidate, output: [i, f, g, o] = x kernel + bias + h recurrent_kernel,
///   c' = recurrent_activation(f) c + recurrent_activation(i) activation(g),
///   h' = recurrent_activation(o) activation(c'), which is also the output.
class LSTMCell : public RecurrentCell {
public:
  explicit LSTMCell(std::int64_t units, LSTMCellOptions options = {}, Location where = Location::current());
  std::pair<Tensor, LSTMState> operator()(const Arg &x, const LSTMState &state) const {
    return step({project(x), x.where}, state);
  }
  std::pair<Tensor, LSTMState> step(const Arg &projected, const LSTMState &state, const Dropped &dropped = {}) const;
  LSTMState zero_state(const Dim &batch, DType dtype = f32) const;
  const Tensor &output(const LSTMState &state) const { return state.h; }
  LSTMCell clone() const;

private:
  using RecurrentCell::RecurrentCell;
};

/// Gated recurrent unit (Cho et al., 2014). The gates stand in the order update, reset, candidate; s is the recurrent
/// activation, W, U and b the parts of kernel, recurrent_kernel and bias:
///   z = s(x Wz + h Uz + bz), r = s(x Wr + h Ur + br),
///   g = activation(x Wg + b0g + r (h Ug + b1g)), or with reset_after = false activation(x Wg + bg + (r h) Ug),
///   h' = z h + (1 - z) g, which is also the output.
/// With reset_after there are two biases, bias [2,3 units], else bias [3 units].
class GRUCell : public RecurrentCell {
public:
  explicit GRUCell(std::int64_t units, GRUCellOptions options = {}, Location where = Location::current());
  std::pair<Tensor, Tensor> operator()(const Arg &x, const Tensor &h) const { return step({project(x), x.where}, h); }
  std::pair<Tensor, Tensor> step(const Arg &projected, const Tensor &h, const Dropped &dropped = {}) const;
  Tensor zero_state(const Dim &batch, DType dtype = f32) const;
  const Tensor &output(const Tensor &h) const { return h; }
  GRUCell clone() const;

private:
  using RecurrentCell::RecurrentCell;
};

namespace detail {

template <class Cell>
using StateOf = std::decay_t<decltype(std::declval<Cell &>().zero_state(std::declval<const Tensor &>(), f32))>;
template <class Cell>
concept Projects =
    requires(Cell &cell, const Tensor &x, const StateOf<Cell> &state) { cell.step(cell.project(x), state); };
template <class Cell>
concept StateHasOutput = requires(Cell &cell, const StateOf<Cell> &state) { Tensor(cell.output(state)); };
template <class Cell>
concept Clones = requires(const Cell &cell) { Cell(cell.clone()); };

// What a cell draws once for all steps of a sequence: cells that have draw(x, call) or, on top of each other,
// draw(x, state, call).
struct NothingDrawn {};
template <class Cell>
auto draw(Cell &cell, const Tensor &x, [[maybe_unused]] const StateOf<Cell> &state, Call call, Location where) {
  if constexpr (requires { cell.draw(Arg(x, where), state, call); })
    return cell.draw(Arg(x, where), state, call);
  else if constexpr (requires { cell.draw(Arg(x, where), call); })
    return cell.draw(Arg(x, where), call);
  else
    return NothingDrawn();
}
template <class Cell>
using DrawnOf = decltype(draw(std::declval<Cell &>(), std::declval<const Tensor &>(),
                              std::declval<const StateOf<Cell> &>(), Call(), Location()));

// One step of any cell; `x` is projected where the cell projects. Cells that take an Arg are told the line.
template <class Cell>
std::pair<Tensor, StateOf<Cell>> step(Cell &cell, const Tensor &x, const StateOf<Cell> &state, Call call,
                                      [[maybe_unused]] const DrawnOf<Cell> &drawn, Location where) {
  if constexpr (Projects<Cell>) {
    if constexpr (requires { cell.step(Arg(x, where), state, call, drawn); })
      return cell.step(Arg(x, where), state, call, drawn);
    else if constexpr (requires { cell.step(Arg(x, where), state, drawn); })
      return cell.step(Arg(x, where), state, drawn);
    else if constexpr (requires { cell.step(Arg(x, where), state, call); })
      return cell.step(Arg(x, where), state, call);
    else if constexpr (requires { cell.step(Arg(x, where), state); })
      return cell.step(Arg(x, where), state);
    else
      return cell.step(x, state);
  } else if constexpr (requires { cell(x, state, call); }) {
    return cell(x, state, call);
  } else {
    return cell(x, state);
  }
}
template <class Cell>
Tensor project(Cell &cell, const Tensor &x, [[maybe_unused]] const DrawnOf<Cell> &drawn, [[maybe_unused]] int time,
               Location where) {
  if constexpr (!Projects<Cell>)
    return Tensor(x, where);
  else if constexpr (requires { cell.project(Arg(x, where), drawn, time); })
    return cell.project(Arg(x, where), drawn, time);
  else if constexpr (requires { cell.project(Arg(x, where)); })
    return cell.project(Arg(x, where));
  else
    return cell.project(x);
}

} // namespace detail

/// What nn::RNN can run.
template <class Cell>
concept CellLike = requires(Cell &cell, const Tensor &x, const detail::StateOf<Cell> &state) {
  std::pair<Tensor, detail::StateOf<Cell>>(cell(x, state));
} || requires(Cell &cell, const Tensor &x, const detail::StateOf<Cell> &state) {
  std::pair<Tensor, detail::StateOf<Cell>>(cell(x, state, Call()));
};

/// Cells on top of each other: the output of one is the input of the next, the last one's the output. The state is the
/// tuple of theirs. Variables are named by position: "0.kernel".
template <CellLike... Cells> class StackedRNNCells {
public:
  using State = std::tuple<detail::StateOf<Cells>...>;
  explicit StackedRNNCells(Cells... cells) : cells_(std::move(cells)...) {}

  using Drawn = std::tuple<detail::DrawnOf<Cells>...>;

  std::pair<Tensor, State> operator()(const Tensor &x, const State &state, Call call = {},
                                      Location where = Location::current()) {
    return step({detail::project(std::get<0>(cells_), x, {}, -1, where), where}, state, call);
  }
  Tensor project(const Arg &x, const Drawn &drawn = {}, int time = -1) {
    return detail::project(std::get<0>(cells_), *x.tensor, std::get<0>(drawn), time, x.where);
  }
  std::pair<Tensor, State> step(const Arg &projected, const State &state, Call call = {}, const Drawn &drawn = {}) {
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
      State next;
      Tensor x = *projected.tensor;
      const auto one = [&](auto index) {
        constexpr std::size_t i = decltype(index)::value;
        const auto &own = std::get<i>(drawn);
        const Tensor input = i == 0 ? x : detail::project(std::get<i>(cells_), x, own, -1, projected.where);
        const auto [y, s] = detail::step(std::get<i>(cells_), input, std::get<i>(state), call, own, projected.where);
        x = y;
        std::get<i>(next) = s;
      };
      (one(std::integral_constant<std::size_t, I>()), ...);
      return std::pair<Tensor, State>(x, next);
    }(std::index_sequence_for<Cells...>());
  }
  /// What each cell draws; the input of one has the shape of the output of the one below.
  Drawn draw(const Arg &x, const State &state, Call call) {
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
      Drawn drawn;
      Tensor input(*x.tensor, x.where);
      const auto one = [&](auto index) {
        constexpr std::size_t i = decltype(index)::value;
        auto &cell = std::get<i>(cells_);
        const auto &own = std::get<i>(state);
        std::get<i>(drawn) = detail::draw(cell, input, own, call, x.where);
        if constexpr (i + 1 < sizeof...(Cells)) {
          if constexpr (detail::StateHasOutput<std::tuple_element_t<i, std::tuple<Cells...>>>)
            input = cell.output(own);
          else // of which only the shape is used
            input = detail::step(cell, detail::project(cell, input, {}, -1, x.where), own, Call(), {}, x.where).first;
        }
      };
      (one(std::integral_constant<std::size_t, I>()), ...);
      return drawn;
    }(std::index_sequence_for<Cells...>());
  }
  State zero_state(const Dim &batch, DType dtype = f32) const {
    const Tensor size = batch.tensor ? *batch.tensor : Tensor(batch.number);
    return std::apply([&](const auto &...cells) { return State(cells.zero_state(size, dtype)...); }, cells_);
  }
  decltype(auto) output(const State &state) const
    requires(detail::StateHasOutput<std::tuple_element_t<sizeof...(Cells) - 1, std::tuple<Cells...>>>)
  {
    return std::get<sizeof...(Cells) - 1>(cells_).output(std::get<sizeof...(Cells) - 1>(state));
  }
  StackedRNNCells clone() const
    requires(detail::Clones<Cells> && ...)
  {
    return std::apply([](const auto &...cells) { return StackedRNNCells(cells.clone()...); }, cells_);
  }
  /// The cells, from the lowest.
  const std::tuple<Cells...> &cells() const { return cells_; }
  void collect(Collector &collector, const std::string &path) const { collector.member(path, cells_); }
  Variables variables() const { return tenon::variables(cells_); }
  Variables trainable_variables() const { return tenon::trainable_variables(cells_); }

private:
  std::tuple<Cells...> cells_;
};

} // namespace tenon::nn
