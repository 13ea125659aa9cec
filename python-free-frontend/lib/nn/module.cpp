// Handles, the walk over a module's variables, and the check that it met them all.
#include "tenon/module.h"
#include "copy_log.h"
#include "state.h"
#include "trace.h"

#include "tenon/nn/layer.h"

#include "llvm/ADT/DenseSet.h"

namespace tenon {

namespace detail {

constinit thread_local CopyLog *copy_log = nullptr;

Handle::Handle(Shared *state) noexcept : state_(state) {
  if (state_)
    __atomic_fetch_add(&state_->references_, 1, __ATOMIC_RELAXED);
}
Handle::Handle(const Handle &other) noexcept : Handle(other.state_) {
  if (copy_log && state_)
    copy_log->shared.push_back(state_);
}
Handle::~Handle() {
  if (state_ && __atomic_fetch_sub(&state_->references_, 1, __ATOMIC_ACQ_REL) == 1)
    delete state_;
}

} // namespace detail

using namespace detail;

Variables Variables::trainable() const {
  Variables result;
  for (const NamedVariable &variable : *this)
    if (variable.trainable())
      result.push_back(variable);
  return result;
}

struct Collector::State {
  llvm::DenseSet<const void *> seen;
  llvm::SmallVector<std::size_t, 8> open_layers;
  CopyLog log;
  CopyLog *outer = nullptr;
  std::optional<PauseTrace> pause; // copies of Tensors would be recorded
};

Collector::Collector() : state_(new State) {}
Collector::~Collector() { delete state_; }

void Collector::add(const std::string &path, const Variable &variable) {
  VariableState *state = Access::state(variable);
  if (!state_->seen.insert(state).second)
    return;
  if (freeze >= 0)
    state->frozen = freeze != 0;
  if (path.size() > state->path.size())
    state->path = path;
  variables.emplace_back(variable, path);
}

bool Collector::enter(const Shared *state) { return state_->seen.insert(state).second; }

void Collector::enter_layer(const std::string &path, const nn::Layer &layer) {
  layers.push_back({path, layer.state(), int(state_->open_layers.size()), variables.size(), variables.size()});
  state_->open_layers.push_back(layers.size() - 1);
}
void Collector::leave_layer() { layers[state_->open_layers.pop_back_val()].last = variables.size(); }

void Collector::begin_copy() {
  state_->log = {};
  state_->outer = std::exchange(copy_log, &state_->log);
  state_->pause.emplace();
}

void Collector::end_copy(bool check, std::string_view type) {
  copy_log = state_->outer;
  state_->pause.reset();
  if (!check)
    return;
  std::string missed;
  for (const Shared *shared : state_->log.shared)
    if (!state_->seen.contains(shared) && shared->holds_variables())
      missed = shared->describe();
  for (const VariableState *variable : state_->log.variables)
    if (!state_->seen.contains(variable) && missed.empty())
      missed = "the Variable " + (variable->name.empty() ? "" : "'" + variable->name + "' ") +
               describe(variable->value->dtype, variable->value->shape());
  if (!missed.empty())
    throw Error("variables",
                std::string(type) + " holds " + missed +
                    " where its members do not show it: in a lambda's capture, a std::function or a std::variant, or "
                    "a member that TENON_MEMBERS does not list",
                Location(),
                "name every member with variables in TENON_MEMBERS(...), or make the lambda a struct: struct Block : "
                "nn::Module<Block> { nn::Dense fc{64}; Tensor operator()(const Tensor &x) { return fc(x); } };");
}

} // namespace tenon
