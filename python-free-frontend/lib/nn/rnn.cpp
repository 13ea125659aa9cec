// nn::RNN: the loop over the steps of a sequence, and the layers of the usual cells.
#include "tenon/nn/rnn.h"
#include "tenon/tensor_array.h"
#include "trace.h"
#include "weights.h"

namespace tenon::nn {

using tenon::detail::type_of;

void detail::RecurrentState::check(const Tensor &x, Location where) const {
  check_argument(*this, x, 3, 16, options.time_major ? "[time,batch,channels]" : "[batch,time,channels]", where);
}

std::optional<Tensor> detail::RecurrentState::mask(const Tensor &x, const RNNCall &call, Location where) const {
  if (!call.mask && !call.lengths)
    return std::nullopt;
  const int time = options.time_major ? 0 : 1;
  const TensorType type = type_of(x, kind.c_str(), where);
  const auto same = [](std::int64_t a, std::int64_t b) { return a == b || a == open || b == open; };
  if (call.mask) {
    if (call.lengths)
      fail("called with a mask and with lengths", where, "give one of them");
    const TensorType given = type_of(*call.mask, kind.c_str(), where);
    if (given.dtype != boolean || given.dims.size() != 2 || !same(given.dims[0], type.dims[0]) ||
        !same(given.dims[1], type.dims[1]))
      fail("the mask is " + given.describe() + ", but " + TensorType{boolean, {type.dims[0], type.dims[1]}}.describe() +
               " is expected: one boolean for each step",
           where);
    return Tensor(*call.mask, where);
  }
  const TensorType given = type_of(*call.lengths, kind.c_str(), where);
  if (!is_integer(given.dtype) || given.dims.size() != 1 || !same(given.dims[0], type.dims[std::size_t(1 - time)]))
    fail("the lengths are " + given.describe() + ", but " +
             TensorType{i64, {type.dims[std::size_t(1 - time)]}}.describe() +
             " is expected: one integer for each sequence",
         where);
  const Tensor steps = arange(x.dim(time, where), where), lengths = cast(Arg(*call.lengths, where), i64);
  const Tensor of_steps = expand_dims(Arg(steps, where), 1 - time);
  const Tensor of_sequences = expand_dims(Arg(lengths, where), time);
  return Arg(of_steps, where) < Arg(of_sequences, where);
}

namespace {

// A mask of one step, [batch], beside a Tensor [batch,...].
Tensor align(const Tensor &mask, const Tensor &x, Location where) {
  Tensor result = mask;
  for (int rank = x.rank(where); rank > 1; --rank) result = expand_dims(Arg(result, where), -1);
  return result;
}
Tensor choose(const Tensor &mask, const Arg &x, const Tensor &otherwise, Location where) {
  const Tensor condition = align(mask, *x.tensor, where);
  return tenon::where(Arg(condition, where), x, Arg(otherwise, where));
}

} // namespace

Tensor detail::RecurrentState::loop(const Tensor &x, const std::optional<Tensor> &mask, std::span<Tensor *const> state,
                                    FnRef<Tensor(const Tensor &)> step, FnRef<Tensor()> output, RNNRun run,
                                    Location where) const {
  const int time = options.time_major ? 0 : 1;
  const Tensor count = x.dim(time, where);
  const bool sequences = options.return_sequences;
  const auto at = [&](const Tensor &of, const Tensor &t) -> Tensor {
    return time == 0 ? of[Index(t, where)] : of[{Index(all_, where), Index(t, where)}];
  };

  // The output before the first, where masks need one: what belongs to the state, else zeros of the shape that a step
  // on zeros gives, of which the compiler keeps only the shape.
  const bool keeps_output = mask && !run.zero_outputs;
  const auto first_output = [&]() -> Tensor {
    if (output)
      return output();
    std::vector<Tensor> before;
    for (const Tensor *part : state) before.emplace_back(*part, where);
    const Tensor no_time = sum(Arg(x, where), time);
    const Tensor y = step(zeros_like(Arg(no_time, where)));
    for (std::size_t i = 0; i < state.size(); ++i) *state[i] = before[i];
    return zeros_like(Arg(y, where));
  };
  Tensor previous;
  if (keeps_output)
    previous = first_output();

  // Step number i, in the order of computation.
  const auto advance = [&](const Tensor &i) -> Tensor {
    Tensor t = i;
    if (options.go_backwards) {
      const Tensor behind = Arg(count, where) - Arg(i, where);
      t = Arg(behind, where) - Arg(1, where);
    }
    const Tensor input = at(x, t);
    if (!mask)
      return step(input);
    std::vector<Tensor> before;
    for (const Tensor *part : state) before.emplace_back(*part, where);
    Tensor y = step(input);
    const Tensor counts = at(*mask, t);
    for (std::size_t k = 0; k < state.size(); ++k) *state[k] = choose(counts, Arg(*state[k], where), before[k], where);
    if (keeps_output) {
      y = choose(counts, Arg(y, where), previous, where);
      previous = y;
    } else {
      const Tensor zero = zeros_like(Arg(y, where));
      y = choose(counts, Arg(y, where), zero, where);
    }
    return y;
  };
  const bool reversed = options.go_backwards && run.input_order; // outputs go where their inputs are

  const std::int64_t known_steps = type_of(x, kind.c_str(), where).dims[std::size_t(time)];
  if (options.unroll) {
    if (known_steps == open)
      fail("the number of steps is open, so that they cannot be unrolled", where, "leave out .unroll = true");
    if (known_steps == 0)
      fail("a sequence without a step cannot be unrolled", where, "leave out .unroll = true");
    std::vector<Tensor> outputs;
    for (std::int64_t i = 0; i < known_steps; ++i) outputs.push_back(advance(Tensor(i, where)));
    if (!sequences)
      return outputs.back();
    if (reversed)
      std::reverse(outputs.begin(), outputs.end());
    return stack(outputs, time, where);
  }

  const DType dtype = x.dtype(where);
  if (known_steps == 0) { // no step can be traced
    const Tensor one = first_output();
    if (!sequences)
      return one;
    const Tensor row = expand_dims(Arg(one, where), time);
    return time == 0 ? row[Index(slice(0, 0), where)] : row[{Index(all_, where), Index(slice(0, 0), where)}];
  }
  if (sequences) {
    TensorArray outputs(dtype, Arg(count, where));
    for_range(
        range(Arg(count, where)),
        [&](const Tensor &i) {
          const Tensor y = advance(i);
          Tensor row = i;
          if (reversed) {
            const Tensor behind = Arg(count, where) - Arg(i, where);
            row = Arg(behind, where) - Arg(1, where);
          }
          outputs.write(Arg(row, where), Arg(y, where));
        },
        where);
    const Tensor all = outputs.stack(where);
    if (time == 0)
      return all;
    std::vector<std::int64_t> order{1, 0};
    for (int axis = 2; axis < all.rank(where); ++axis) order.push_back(axis);
    return transpose(Arg(all, where), order);
  }
  if (output && !(mask && run.zero_outputs)) { // the last state has the last output
    for_range(range(Arg(count, where)), [&](const Tensor &i) { advance(i); }, where);
    return output();
  }
  TensorArray last(dtype, Arg(1, where)); // its element is zeros where there is no step
  for_range(
      range(Arg(count, where)), [&](const Tensor &i) { last.write(Arg(0, where), Arg(advance(i), where)); }, where);
  return last.read(Arg(0, where));
}

void detail::RecurrentState::note(const Tensor &result, Location where) {
  const TensorType type = type_of(result, kind.c_str(), where);
  output_dtype = type.dtype;
  output_shape.assign(type.dims.begin(), type.dims.end());
  called = true;
}

static RNNOptions loop_options(const auto &o) {
  return {o.return_sequences, o.go_backwards, o.time_major, o.unroll, o.zero_output_for_mask, o.stateful, o.name};
}

SimpleRNN::SimpleRNN(std::int64_t units, SimpleRNNOptions o, Location where)
    : RNN(SimpleRNNCell(units,
                        {.activation = o.activation,
                         .use_bias = o.use_bias,
                         .kernel_initializer = o.kernel_initializer,
                         .recurrent_initializer = o.recurrent_initializer,
                         .bias_initializer = o.bias_initializer,
                         .dropout = o.dropout,
                         .recurrent_dropout = o.recurrent_dropout,
                         .seed = o.seed,
                         .name = o.name},
                        where),
          "SimpleRNN", loop_options(o), where) {}
LSTM::LSTM(std::int64_t units, LSTMOptions o, Location where)
    : RNN(LSTMCell(units,
                   {.activation = o.activation,
                    .recurrent_activation = o.recurrent_activation,
                    .use_bias = o.use_bias,
                    .kernel_initializer = o.kernel_initializer,
                    .recurrent_initializer = o.recurrent_initializer,
                    .bias_initializer = o.bias_initializer,
                    .unit_forget_bias = o.unit_forget_bias,
                    .dropout = o.dropout,
                    .recurrent_dropout = o.recurrent_dropout,
                    .seed = o.seed,
                    .name = o.name},
                   where),
          "LSTM", loop_options(o), where) {}
GRU::GRU(std::int64_t units, GRUOptions o, Location where)
    : RNN(GRUCell(units,
                  {.activation = o.activation,
                   .recurrent_activation = o.recurrent_activation,
                   .use_bias = o.use_bias,
                   .kernel_initializer = o.kernel_initializer,
                   .recurrent_initializer = o.recurrent_initializer,
                   .bias_initializer = o.bias_initializer,
                   .reset_after = o.reset_after,
                   .dropout = o.dropout,
                   .recurrent_dropout = o.recurrent_dropout,
                   .seed = o.seed,
                   .name = o.name},
                  where),
          "GRU", loop_options(o), where) {}

// ---- the state that stays -----------------------------------------------------------------------------------------

detail::RecurrentState::Outside::Outside() : pause(new tenon::detail::PauseTrace) {}
detail::RecurrentState::Outside::~Outside() { delete static_cast<tenon::detail::PauseTrace *>(pause); }

Tensor detail::RecurrentState::one_step(const Tensor &x, Location where) const {
  return sum(Arg(x, where), options.time_major ? 0 : 1);
}

std::int64_t detail::RecurrentState::known_batch(const Tensor &x, Location where) const {
  const std::int64_t size = type_of(x, kind.c_str(), where).dims[options.time_major ? 1 : 0];
  if (size == open)
    fail("it is stateful, and the size of the batch is open", where,
         "give the batch a size in the function's specification; fit does so with .run_eagerly = true");
  return size;
}

void detail::RecurrentState::make_kept(std::span<Tensor *const> zeros, std::span<const std::string> names) {
  const Outside outside;
  for (std::size_t i = 0; i < zeros.size(); ++i) {
    const std::string name = names[i].empty() ? "state" : "state." + names[i];
    kept_.emplace_back(*zeros[i], name, made);
    kept_.back().set_trainable(false);
  }
  batch_ = zeros.empty() ? 0 : zeros[0]->size(0, made);
}

void detail::RecurrentState::check_kept(const Tensor &x, Location where) const {
  if (const std::int64_t size = known_batch(x, where); size != batch_)
    fail("it is stateful with a batch of " + std::to_string(batch_) + ", but got " + std::to_string(size), where,
         "the state of a sequence belongs to its place in the batch: fill the batch up, or make another layer");
}

void detail::RecurrentState::read_kept(std::span<Tensor *const> state, Location where) const {
  for (std::size_t i = 0; i < state.size(); ++i) *state[i] = kept_[i].value(where);
}
void detail::RecurrentState::write_kept(std::span<Tensor *const> state, Location where) const {
  for (std::size_t i = 0; i < state.size(); ++i) kept_[i].assign(Arg(*state[i], where));
}

void detail::RecurrentState::reset_states(Location where) const {
  if (!options.stateful)
    fail("it is not stateful", where, "{.stateful = true}");
  for (const Variable &state : kept_) state.assign(Arg(zeros(state.shape(), state.dtype(), where), where));
}

void detail::RecurrentState::collect_kept(Collector &collector, const std::string &path) const {
  for (const Variable &state : kept_) collector.add(tenon::detail::join(path, state.name()), state);
}

// ---- two directions -----------------------------------------------------------------------------------------------

detail::BidirectionalState::BidirectionalState(const Layer &forward, const Layer &backward, BidirectionalOptions o,
                                               Location made)
    : LayerState("Bidirectional", o.name, made), options(std::move(o)), forward_(forward), backward_(backward) {
  const RNNOptions &a = static_cast<RecurrentState &>(*forward.state()).options;
  const RNNOptions &b = static_cast<RecurrentState &>(*backward.state()).options;
  if (a.go_backwards || !b.go_backwards)
    fail("the first layer has to go forwards and the second one backwards", made,
         "give the second one {.go_backwards = true}");
  if (a.return_sequences != b.return_sequences || a.time_major != b.time_major)
    fail("the two layers differ in return_sequences or time_major", made, "give both the same options");
}

Tensor detail::BidirectionalState::merge(const Tensor &forward, const Tensor &backward, Location where) const {
  const Arg x(forward, where), y(backward, where);
  switch (options.merge) {
  case Merge::concat: return concat({forward, backward}, -1, where);
  case Merge::sum: return x + y;
  case Merge::mul: return x * y;
  case Merge::ave: return Arg(x + y, where) / Arg(2, where);
  }
  throw InternalError("Bidirectional: an unknown merge");
}

void detail::BidirectionalState::collect(Collector &collector, const std::string &path) const {
  forward_.collect(collector, tenon::detail::join(path, "forward"));
  backward_.collect(collector, tenon::detail::join(path, "backward"));
}

template class detail::RecurrentStateOf<SimpleRNNCell>;
template class detail::RecurrentStateOf<LSTMCell>;
template class detail::RecurrentStateOf<GRUCell>;

} // namespace tenon::nn
