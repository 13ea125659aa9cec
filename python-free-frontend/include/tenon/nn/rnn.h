// nn::RNN: a cell over a sequence; nn::SimpleRNN, nn::LSTM, nn::GRU; nn::Bidirectional.
//
//   nn::LSTM lstm(64, {.return_sequences = true});
//   Tensor h = lstm(x);                                    // x [batch,time,channels] -> [batch,time,64]
//   auto [y, state] = lstm(x, lstm.zero_state(x.dim(0)));  // with a state in and the last one out
//   Tensor z = lstm(x, {.lengths = n});                    // sequence i ends after n[i] steps
#pragma once

#include "tenon/control_flow.h"
#include "tenon/function.h"
#include "tenon/nn/rnn_cells.h"

namespace tenon::nn {

struct RNNOptions {
  bool return_sequences = false;     ///< the outputs of all steps, else the last one
  bool go_backwards = false;         ///< from the last step to the first; the outputs are in the order of computation
  bool time_major = false;           ///< arguments and sequences are [time,batch,...], masks [time,batch]
  bool unroll = false;               ///< one copy of the step for each, instead of a loop; the number of steps is known
  bool zero_output_for_mask = false; ///< where a mask is false the output is 0, instead of the one before
  bool stateful = false;             ///< a call begins where the one before ended, with a batch of the same size
  std::string name = {};             ///< in messages and summaries
};

/// How a recurrent layer is called.
struct RNNCall {
  bool training = false;
  /// Which steps count, [batch,time] of booleans: at others the state stays, and the output with it.
  std::optional<Tensor> mask = {};
  /// How many steps of each sequence count, [batch] of integers; instead of a mask.
  std::optional<Tensor> lengths = {};
};

namespace detail {

/// How a run of a recurrent layer differs from its options.
struct RNNRun {
  bool training = false, input_order = false, zero_outputs = false;
};

/// What handles of a recurrent layer share, whatever the cell.
class RecurrentState : public LayerState {
public:
  RecurrentState(std::string kind, RNNOptions options, Location made)
      : LayerState(std::move(kind), options.name, made), options(std::move(options)) {}
  const RNNOptions options;

  /// Throws Error unless x is a sequence.
  void check(const Tensor &x, Location where) const;
  /// The size of the batch.
  Tensor batch(const Tensor &x, Location where) const { return x.dim(options.time_major ? 1 : 0, where); }
  /// The steps that count, [batch,time] or [time,batch]: `call`'s mask, or from its lengths.
  std::optional<Tensor> mask(const Tensor &x, const RNNCall &call, Location where) const;
  /// Runs `step` for each part of x, which reads and assigns `state`. `output`, where it is there, gives the output
  /// that belongs to the present state.
  Tensor loop(const Tensor &x, const std::optional<Tensor> &mask, std::span<Tensor *const> state,
              FnRef<Tensor(const Tensor &)> step, FnRef<Tensor()> output, RNNRun run, Location where) const;
  /// Notes what the layer gave, for summaries.
  void note(const Tensor &result, Location where);
  /// A Tensor of the shape of one step's input.
  Tensor one_step(const Tensor &x, Location where) const;

  // The state that a stateful layer keeps from call to call.
  bool has_kept() const { return !kept_.empty(); }
  void reset_states(Location where) const;

protected:
  // Operations run at once while it lives, although a function is traced.
  struct Outside {
    Outside();
    ~Outside();
    Outside(const Outside &) = delete;
    void *pause;
  };
  std::int64_t known_batch(const Tensor &x, Location where) const;
  void make_kept(std::span<Tensor *const> zeros, std::span<const std::string> names);
  void check_kept(const Tensor &x, Location where) const;
  void read_kept(std::span<Tensor *const> state, Location where) const;
  void write_kept(std::span<Tensor *const> state, Location where) const;
  void collect_kept(Collector &collector, const std::string &path) const;

private:
  std::vector<Variable> kept_;
  std::int64_t batch_ = 0; // of the kept state
};

template <class Cell> class RecurrentStateOf final : public RecurrentState {
public:
  using State = StateOf<Cell>;
  Cell cell;

  RecurrentStateOf(Cell cell, std::string kind, RNNOptions options, Location made)
      : RecurrentState(std::move(kind), std::move(options), made), cell(std::move(cell)),
        compiled_(Steps{this}, {}, {.name = "nn::" + this->kind}, made) {}

  std::pair<Tensor, State> run(const Tensor &x, const State *initial, const RNNCall &call, RNNRun run, Location where) {
    check(x, where);
    const std::optional<Tensor> mask = this->mask(x, call, where);
    State first = initial            ? *initial
                  : options.stateful ? State()
                                     : State(cell.zero_state(batch(x, where), x.dtype(where)));
    if (options.stateful)
      restore(x, first, initial, where);
    run.training = call.training;
    run.zero_outputs |= options.zero_output_for_mask;
    std::pair<Tensor, State> result = is_tracing ? steps(x, first, mask, run, where) : compiled_(x, first, mask, run);
    note(result.first, where);
    if (options.stateful)
      keep(result.second, where);
    return result;
  }

  Tensor call(const Tensor &x, Call call, Location where) override {
    return run(x, nullptr, {.training = call.training, .mask = call.mask}, {}, where).first;
  }
  Masked call_masked(const Tensor &x, const Call &call, Location where) override {
    Tensor y = this->call(x, call, where);
    return {std::move(y), options.return_sequences ? call.mask : std::nullopt};
  }
  void collect(Collector &collector, const std::string &path) const override {
    collector.member(path, cell);
    collect_kept(collector, path);
  }

private:
  // The state of the call before; at the first call variables are made, for a batch of this size.
  void restore(const Tensor &x, State &state, bool given, Location where) {
    NamedLeaves leaves;
    if (!has_kept()) {
      State zero =
          zeros_now(x, where, [&](const Tensor &batch, DType dtype) -> State { return cell.zero_state(batch, dtype); });
      visit(leaves, zero);
      make_kept(leaves.tensors, leaves.names);
    }
    check_kept(x, where);
    if (given)
      return;
    Leaves into;
    visit(into, state);
    read_kept(into.tensors, where);
  }
  void keep(const State &state, Location where) {
    State copy(state);
    Leaves leaves;
    visit(leaves, copy);
    write_kept(leaves.tensors, where);
  }
  template <class Z> State zeros_now(const Tensor &x, Location where, Z &&zero) const {
    const std::int64_t size = known_batch(x, where);
    const DType dtype = x.dtype(where);
    const Outside outside;
    return zero(Tensor(size), dtype);
  }

  std::pair<Tensor, State> steps(const Tensor &x, const State &first, const std::optional<Tensor> &mask, RNNRun run,
                                 Location where) {
    State state = first;
    Leaves leaves;
    visit(leaves, state);
    const Call call{.training = run.training};
    const int time = options.time_major ? 0 : 1;
    const auto drawn = draw(cell, one_step(x, where), state, call, where);
    const Tensor inputs = project(cell, x, drawn, time, where);
    const auto one = [&](const Tensor &input) -> Tensor {
      const auto [y, next] = step(cell, input, state, call, drawn, where);
      state = next; // assigns each Tensor of it
      return y;
    };
    Tensor output;
    if constexpr (StateHasOutput<Cell>)
      output = loop(inputs, mask, leaves.tensors, one, [&]() -> Tensor { return cell.output(state); }, run, where);
    else
      output = loop(inputs, mask, leaves.tensors, one, {}, run, where);
    return {output, state};
  }

  // Called outside of a trace all steps are one traced function, of the same bits: a loop of its own, which a tape
  // differentiates as a loop.
  struct Steps {
    RecurrentStateOf *self;
    std::pair<Tensor, State> operator()(const Tensor &x, const State &first, const std::optional<Tensor> &mask,
                                        RNNRun run) const {
      return self->steps(x, first, mask, run, self->made);
    }
  };
  Function<Steps> compiled_;
};

} // namespace detail

/// Runs a cell over a sequence, x [batch,time,channels...]: a layer. A handle, whose copies share the cell.
///
/// The result is the last output, or with return_sequences those of all steps, [batch,time,units...]. A call with a
/// state begins with it and gives the last state, too. Where it is traced, the steps are one loop in the IR, so that
/// the number of steps may be open; with `unroll` each step is a copy of its own. Of Keras's RNN but for this: the cell
/// is any object as rnn_cells.h says, lengths stand beside masks, and a masked first step gives the output that belongs
/// to the first state (0 for a cell that does not say it). Variables have the cell's paths: "kernel".
///
/// A stateful layer keeps its last state in Variables, "state" or "state.h", not trainable: a call without a state
/// begins there, until reset_states(). Its batch has one known size. In a Program they are part of the caller's state.
template <CellLike Cell> class RNN : public Layer {
public:
  using State = detail::StateOf<Cell>;
  explicit RNN(Cell cell, RNNOptions options = {}, Location where = Location::current())
      : RNN(std::move(cell), "RNN", std::move(options), where) {}

  Tensor operator()(const Arg &x, const RNNCall &call = {}) const {
    return shared_state().run(*x.tensor, nullptr, call, {}, x.where).first;
  }
  Tensor operator()(const Arg &x, std::same_as<Call> auto call) const { return Layer::operator()(x, call); }
  /// From `initial`: the output, and the state after the last step.
  std::pair<Tensor, State> operator()(const Arg &x, const State &initial, const RNNCall &call = {}) const {
    return shared_state().run(*x.tensor, &initial, call, {}, x.where);
  }
  State zero_state(const Dim &batch, DType dtype = f32) const {
    return cell().zero_state(batch.tensor ? *batch.tensor : Tensor(batch.number), dtype);
  }
  /// A stateful layer begins from zeros at its next call. Also in a traced function.
  void reset_states(Location where = Location::current()) const { shared_state().reset_states(where); }
  Cell &cell() const { return shared_state().cell; }
  const RNNOptions &options() const { return shared_state().options; }
  detail::RecurrentStateOf<Cell> &shared_state() const {
    return static_cast<detail::RecurrentStateOf<Cell> &>(*state());
  }

protected:
  RNN(Cell cell, std::string kind, RNNOptions options, Location where)
      : Layer(new detail::RecurrentStateOf<Cell>(std::move(cell), std::move(kind), std::move(options), where)) {}
};

struct SimpleRNNOptions {
  Activation activation = nn::tanh;
  bool use_bias = true;
  Initializer kernel_initializer = initializers::glorot_uniform;
  Initializer recurrent_initializer = initializers::orthogonal;
  Initializer bias_initializer = initializers::zeros;
  double dropout = 0; ///< these as in the cell's options
  double recurrent_dropout = 0;
  std::int64_t seed = -1;
  bool return_sequences = false; ///< these as in RNNOptions
  bool go_backwards = false;
  bool time_major = false;
  bool unroll = false;
  bool zero_output_for_mask = false;
  bool stateful = false;
  std::string name = {};
};
struct LSTMOptions {
  Activation activation = nn::tanh;
  Activation recurrent_activation = nn::sigmoid;
  bool use_bias = true;
  Initializer kernel_initializer = initializers::glorot_uniform;
  Initializer recurrent_initializer = initializers::orthogonal;
  Initializer bias_initializer = initializers::zeros;
  bool unit_forget_bias = true;
  double dropout = 0; ///< these as in the cell's options
  double recurrent_dropout = 0;
  std::int64_t seed = -1;
  bool return_sequences = false; ///< these as in RNNOptions
  bool go_backwards = false;
  bool time_major = false;
  bool unroll = false;
  bool zero_output_for_mask = false;
  bool stateful = false;
  std::string name = {};
};
struct GRUOptions {
  Activation activation = nn::tanh;
  Activation recurrent_activation = nn::sigmoid;
  bool use_bias = true;
  Initializer kernel_initializer = initializers::glorot_uniform;
  Initializer recurrent_initializer = initializers::orthogonal;
  Initializer bias_initializer = initializers::zeros;
  bool reset_after = true;
  double dropout = 0; ///< these as in the cell's options
  double recurrent_dropout = 0;
  std::int64_t seed = -1;
  bool return_sequences = false; ///< these as in RNNOptions
  bool go_backwards = false;
  bool time_major = false;
  bool unroll = false;
  bool zero_output_for_mask = false;
  bool stateful = false;
  std::string name = {};
};

/// An RNN of a SimpleRNNCell. Its state is a Tensor [batch,units].
class SimpleRNN : public RNN<SimpleRNNCell> {
public:
  explicit SimpleRNN(std::int64_t units, SimpleRNNOptions options = {}, Location where = Location::current());
  template <std::same_as<bool> B> SimpleRNN(std::int64_t, B) = delete; // say which: {.return_sequences = true}
};
/// An RNN of an LSTMCell. Its state is an LSTMState.
class LSTM : public RNN<LSTMCell> {
public:
  explicit LSTM(std::int64_t units, LSTMOptions options = {}, Location where = Location::current());
  template <std::same_as<bool> B> LSTM(std::int64_t, B) = delete;
};
/// An RNN of a GRUCell. Its state is a Tensor [batch,units].
class GRU : public RNN<GRUCell> {
public:
  explicit GRU(std::int64_t units, GRUOptions options = {}, Location where = Location::current());
  template <std::same_as<bool> B> GRU(std::int64_t, B) = delete;
};

/// How the outputs of two directions become one: side by side in the last dimension, or element by element.
enum class Merge : std::uint8_t { concat, sum, mul, ave };

struct BidirectionalOptions {
  Merge merge = Merge::concat;
  std::string name = {};
};

namespace detail {
/// What handles of a Bidirectional share, whatever the cells.
class BidirectionalState : public LayerState {
public:
  BidirectionalState(const Layer &forward, const Layer &backward, BidirectionalOptions options, Location made);
  Tensor merge(const Tensor &forward, const Tensor &backward, Location where) const;
  void collect(Collector &collector, const std::string &path) const override;
  const BidirectionalOptions options;

protected:
  const Layer forward_, backward_;
};

template <class Cell> class BidirectionalStateOf final : public BidirectionalState {
public:
  using State = std::pair<StateOf<Cell>, StateOf<Cell>>;
  using BidirectionalState::BidirectionalState;
  RecurrentStateOf<Cell> &forward() const { return static_cast<RecurrentStateOf<Cell> &>(*forward_.state()); }
  RecurrentStateOf<Cell> &backward() const { return static_cast<RecurrentStateOf<Cell> &>(*backward_.state()); }

  std::pair<Tensor, State> run(const Tensor &x, const State *initial, const RNNCall &call, Location where) {
    // As Keras: what a mask leaves out of a sequence is 0 in both directions.
    const RNNRun flags{.input_order = true, .zero_outputs = forward().options.return_sequences};
    auto [y, state] = forward().run(x, initial ? &initial->first : nullptr, call, flags, where);
    auto [reversed, reversed_state] = backward().run(x, initial ? &initial->second : nullptr, call, flags, where);
    return {merge(y, reversed, where), {state, reversed_state}};
  }
  Tensor call(const Tensor &x, Call call, Location where) override {
    return run(x, nullptr, {.training = call.training, .mask = call.mask}, where).first;
  }
  Masked call_masked(const Tensor &x, const Call &call, Location where) override {
    Tensor y = this->call(x, call, where);
    return {std::move(y), forward().options.return_sequences ? call.mask : std::nullopt};
  }
};
} // namespace detail

/// Runs a recurrent layer forwards and another one like it backwards, and merges their outputs, in the order of the
/// steps. The backward layer has the options of the forward one with variables of its own, or is given.
/// Variables: "forward.kernel", "backward.kernel", ...
template <CellLike Cell> class Bidirectional : public Layer {
public:
  using State = std::pair<detail::StateOf<Cell>, detail::StateOf<Cell>>; ///< of the forward and the backward layer
  explicit Bidirectional(const RNN<Cell> &forward, BidirectionalOptions options = {},
                         Location where = Location::current())
      : Bidirectional(forward, mirrored(forward, where), std::move(options), where) {
    static_assert(detail::Clones<Cell>, "tenon: this cell has no clone(); give the backward layer, too");
  }
  Bidirectional(const RNN<Cell> &forward, const RNN<Cell> &backward, BidirectionalOptions options = {},
                Location where = Location::current())
      : Layer(new detail::BidirectionalStateOf<Cell>(forward, backward, std::move(options), where)) {}

  Tensor operator()(const Arg &x, const RNNCall &call = {}) const {
    return shared_state().run(*x.tensor, nullptr, call, x.where).first;
  }
  Tensor operator()(const Arg &x, std::same_as<Call> auto call) const { return Layer::operator()(x, call); }
  std::pair<Tensor, State> operator()(const Arg &x, const State &initial, const RNNCall &call = {}) const {
    return shared_state().run(*x.tensor, &initial, call, x.where);
  }
  State zero_state(const Dim &batch, DType dtype = f32) const {
    const Tensor size = batch.tensor ? *batch.tensor : Tensor(batch.number);
    return {shared_state().forward().cell.zero_state(size, dtype),
            shared_state().backward().cell.zero_state(size, dtype)};
  }

private:
  static RNN<Cell> mirrored(const RNN<Cell> &forward, Location where) {
    RNNOptions options = forward.options();
    options.go_backwards = !options.go_backwards;
    return RNN<Cell>(forward.cell().clone(), std::move(options), where);
  }
  detail::BidirectionalStateOf<Cell> &shared_state() const {
    return static_cast<detail::BidirectionalStateOf<Cell> &>(*state());
  }
};
template <class Cell> Bidirectional(const RNN<Cell> &, BidirectionalOptions = {}) -> Bidirectional<Cell>;
template <class Cell>
Bidirectional(const RNN<Cell> &, const RNN<Cell> &, BidirectionalOptions = {}) -> Bidirectional<Cell>;

namespace detail {
extern template class RecurrentStateOf<SimpleRNNCell>;
extern template class RecurrentStateOf<LSTMCell>;
extern template class RecurrentStateOf<GRUCell>;
} // namespace detail

} // namespace tenon::nn
