// Callbacks of fit: stopping early, the best weights, the learning rate; and the numbers they look at.
#include "tenon/callbacks.h"
#include "tenon/model.h"
#include "tenon/weights.h"

#include <algorithm>
#include <cmath>

namespace tenon {

// ---- numbers with names -------------------------------------------------------------------------------------------

template <class E> static auto named(E &entries, std::string_view name) {
  return std::find_if(entries.begin(), entries.end(), [&](const auto &entry) { return entry.first == name; });
}
template <class E> [[noreturn]] static void not_there(const char *what, const E &entries, std::string_view name) {
  std::string known;
  for (const auto &entry : entries) known += (known.empty() ? "" : ", ") + entry.first;
  throw Error(what, "there is no '" + std::string(name) + "', but: " + (known.empty() ? "nothing" : known), Location());
}

double Logs::operator[](std::string_view name) const {
  const auto found = named(entries_, name);
  if (found == entries_.end())
    not_there("Logs", entries_, name);
  return found->second;
}
bool Logs::contains(std::string_view name) const { return named(entries_, name) != entries_.end(); }
void Logs::set(std::string_view name, double value) {
  const auto found = named(entries_, name);
  if (found == entries_.end())
    entries_.emplace_back(name, value);
  else
    found->second = value;
}

namespace nn {
const std::vector<double> &History::operator[](std::string_view name) const {
  const auto found = named(values_, name);
  if (found == values_.end())
    not_there("History", values_, name);
  return found->second;
}
bool History::contains(std::string_view name) const { return named(values_, name) != values_.end(); }
std::vector<std::string> History::names() const {
  std::vector<std::string> names;
  for (const auto &[name, values] : values_) names.push_back(name);
  return names;
}
// A number that comes later than the first epoch has NaN for the epochs before.
void History::add(const Logs &logs) {
  for (const auto &[name, value] : logs) {
    auto found = named(values_, name);
    if (found == values_.end())
      found = values_.insert(values_.end(), {name, {}});
    found->second.resize(std::size_t(epochs_), std::nan(""));
    found->second.push_back(value);
  }
  ++epochs_;
  for (auto &[name, values] : values_) values.resize(std::size_t(epochs_), std::nan(""));
}
} // namespace nn

namespace callbacks {

namespace {

// Follows one number from epoch to epoch.
struct Monitor : Listener {
  Monitor(std::string name, Mode mode, double min_delta) : name(std::move(name)), min_delta(std::fabs(min_delta)) {
    if (mode == Mode::automatic)
      for (const char *larger : {"acc", "auc", "precision", "recall"})
        if (this->name.find(larger) != std::string::npos)
          mode = Mode::max;
    grows = mode == Mode::max;
  }
  void train_begin(Run &) override {
    best = grows ? -INFINITY : INFINITY;
    best_epoch = -1;
  }
  double read(const Run &run) const {
    if (!run.logs.contains(name))
      throw Error("callback",
                  "the epoch has no number '" + name + "' to monitor" +
                      (name.starts_with("val_") ? ": there is no validation data" : ""),
                  Location(), "it has: " + known(run));
    return run.logs[name];
  }
  static std::string known(const Run &run) {
    std::string text;
    for (const auto &[name, value] : run.logs) text += (text.empty() ? "" : ", ") + name;
    return text;
  }
  bool improve(double value, int epoch) {
    const bool better = grows ? value - min_delta > best : value + min_delta < best;
    if (better)
      best = value, best_epoch = epoch;
    return better;
  }
  const std::string name;
  const double min_delta;
  bool grows;
  double best = 0;
  int best_epoch = -1;
};

// The values of variables, to put back later. Values never change, so keeping them copies nothing.
struct Snapshot {
  void take(const Variables &all) {
    variables = all;
    values.clear();
    for (const Variable &variable : variables) values.push_back(variable.value());
  }
  void restore() const {
    for (std::size_t i = 0; i < values.size(); ++i) variables[i].assign(values[i]);
  }
  Variables variables;
  std::vector<Tensor> values;
};

struct Stopping final : Monitor {
  explicit Stopping(const EarlyStoppingOptions &o) : Monitor(o.monitor, o.mode, o.min_delta), options(o) {}
  void train_begin(Run &run) override {
    Monitor::train_begin(run);
    waited = 0;
    best_weights = {};
  }
  void epoch_end(Run &run) override {
    if (run.epoch < options.start_from_epoch)
      return;
    const bool better = improve(read(run), run.epoch);
    if (options.restore_best_weights && (better || best_weights.values.empty()))
      best_weights.take(run.variables);
    waited = better ? 0 : waited + 1;
    if (waited >= std::max(options.patience, 1))
      run.stop(name + " has not improved for " + std::to_string(waited) + (waited == 1 ? " epoch" : " epochs"));
  }
  void train_end(Run &) override { best_weights.restore(); }
  EarlyStoppingOptions options;
  int waited = 0;
  Snapshot best_weights;
};

struct Best final : Monitor {
  explicit Best(const BestWeightsOptions &o) : Monitor(o.monitor, o.mode, 0), path(o.path) {}
  void train_begin(Run &run) override {
    Monitor::train_begin(run);
    weights = {};
  }
  void epoch_end(Run &run) override {
    if (!improve(read(run), run.epoch))
      return;
    weights.take(run.variables);
    if (!path.empty())
      save_weights(path, run.variables);
  }
  void train_end(Run &) override { weights.restore(); }
  const std::string path;
  Snapshot weights;
};

struct Plateau final : Monitor {
  explicit Plateau(const ReduceLROnPlateauOptions &o) : Monitor(o.monitor, o.mode, o.min_delta), options(o) {
    if (!(o.factor > 0 && o.factor < 1))
      throw Error("ReduceLROnPlateau", "expected factor in (0, 1), but got " + std::to_string(o.factor), Location());
  }
  void train_begin(Run &run) override {
    Monitor::train_begin(run);
    waited = cooling = 0;
  }
  void epoch_end(Run &run) override {
    const double rate = run.optimizer.learning_rate().item<float>();
    run.logs.set("learning_rate", rate);
    const bool better = improve(read(run), run.epoch);
    if (cooling > 0) {
      --cooling;
      waited = 0;
    }
    if (better) {
      waited = 0;
    } else if (cooling == 0 && ++waited >= options.patience && rate > options.min_learning_rate) {
      run.optimizer.set_learning_rate(std::max(rate * options.factor, options.min_learning_rate));
      cooling = options.cooldown;
      waited = 0;
    }
  }
  ReduceLROnPlateauOptions options;
  int waited = 0, cooling = 0;
};

} // namespace

EarlyStopping::EarlyStopping(const EarlyStoppingOptions &options) : Callback(new Stopping(options)) {}
int EarlyStopping::best_epoch() const { return as<Monitor>().best_epoch; }
double EarlyStopping::best() const { return as<Monitor>().best; }
BestWeights::BestWeights(const BestWeightsOptions &options) : Callback(new Best(options)) {}
int BestWeights::best_epoch() const { return as<Monitor>().best_epoch; }
double BestWeights::best() const { return as<Monitor>().best; }
ReduceLROnPlateau::ReduceLROnPlateau(const ReduceLROnPlateauOptions &options) : Callback(new Plateau(options)) {}

} // namespace callbacks
} // namespace tenon
