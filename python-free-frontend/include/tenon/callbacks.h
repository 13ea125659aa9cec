// Callbacks: what happens between the steps and epochs of fit.
#pragma once

#include "tenon/optim.h"

#include <string_view>

namespace tenon {

/// Numbers with names, in order: what an epoch or an evaluation gave.
class Logs {
public:
  /// The number called `name`; an Error lists what there is.
  double operator[](std::string_view name) const;
  bool contains(std::string_view name) const;
  /// Adds it, or gives it another value.
  void set(std::string_view name, double value);
  auto begin() const { return entries_.begin(); }
  auto end() const { return entries_.end(); }
  std::size_t size() const { return entries_.size(); }

private:
  std::vector<std::pair<std::string, double>> entries_;
};

namespace callbacks {

/// What a callback sees of fit, and can change.
class Run {
public:
  int epoch = 0;          ///< the present one, from 0
  int epochs = 0;         ///< how many there will be
  std::int64_t step = 0;  ///< steps taken in this call of fit
  std::int64_t batch = 0; ///< steps taken in this epoch
  double loss = 0;        ///< of the last batch
  /// At the end of an epoch: "loss", the metrics, and "val_" of each. What a callback adds goes into the history.
  Logs logs;
  optim::Optimizer optimizer;
  Variables variables; ///< all of the model, from the first step on

  /// Ends fit after this step.
  void stop(std::string why) { stopped = true, reason = std::move(why); }
  bool stopped = false;
  std::string reason;

  explicit Run(optim::Optimizer optimizer) : optimizer(std::move(optimizer)) {}
};

/// Derive from it for a callback of one's own, and give fit `new Mine(...)`. An exception ends fit.
class Listener : public detail::Shared {
public:
  virtual void train_begin(Run &) {}
  virtual void epoch_begin(Run &) {}
  virtual void batch_end(Run &) {}
  virtual void epoch_end(Run &) {}
  /// Also after an interrupt, and before fit throws because of a loss that is not finite.
  virtual void train_end(Run &) {}
  bool holds_variables() const override { return false; }
};

/// A callback. A handle: a copy shares its state.
class Callback {
public:
  /// Owns the listener.
  Callback(Listener *listener) : listener_(listener) {}
  Listener *operator->() const { return listener_.get(); }

protected:
  template <class L> L &as() const { return static_cast<L &>(*listener_); }

private:
  detail::Shares<Listener> listener_;
};

namespace detail {
template <class F> struct EachEpoch final : Listener {
  explicit EachEpoch(F f) : f(std::move(f)) {}
  void epoch_end(Run &run) override { f(run); }
  F f;
};
template <class F> struct EachBatch final : Listener {
  explicit EachBatch(F f) : f(std::move(f)) {}
  void batch_end(Run &run) override { f(run); }
  F f;
};
template <class F> struct Rate final : Listener {
  explicit Rate(F f) : f(std::move(f)) {}
  void epoch_begin(Run &run) override {
    run.optimizer.set_learning_rate(f(run.epoch, double(run.optimizer.learning_rate().template item<float>())));
  }
  void epoch_end(Run &run) override {
    run.logs.set("learning_rate", run.optimizer.learning_rate().template item<float>());
  }
  F f;
};
} // namespace detail

/// Calls f(Run &) after each epoch.
template <class F> Callback each_epoch(F f) { return new detail::EachEpoch<F>(std::move(f)); }
/// Calls f(Run &) after each step.
template <class F> Callback each_batch(F f) { return new detail::EachBatch<F>(std::move(f)); }
/// Sets the learning rate before each epoch to f(epoch, the rate now). The optimizer has no schedule.
template <class F> Callback learning_rate_scheduler(F f) { return new detail::Rate<F>(std::move(f)); }

/// Which way a number improves.
enum class Mode : std::uint8_t {
  automatic, ///< larger where the name has acc, auc, precision or recall, else smaller
  min,
  max,
};

struct EarlyStoppingOptions {
  std::string monitor = "val_loss";
  double min_delta = 0; ///< less than this is no improvement
  int patience = 0;     ///< epochs without improvement after which fit ends
  Mode mode = Mode::automatic;
  bool restore_best_weights = false; ///< the model's variables at the end are those of the best epoch
  int start_from_epoch = 0;
};
/// Ends fit once a number has stopped improving.
class EarlyStopping : public Callback {
public:
  explicit EarlyStopping(const EarlyStoppingOptions &options = {});
  int best_epoch() const;
  double best() const;
};

struct BestWeightsOptions {
  std::string monitor = "val_loss";
  Mode mode = Mode::automatic;
  std::string path = {}; ///< where save_weights() writes them at each improvement; empty: nowhere
};
/// Keeps the model's variables of the best epoch, and puts them back at the end.
class BestWeights : public Callback {
public:
  explicit BestWeights(const BestWeightsOptions &options = {});
  int best_epoch() const;
  double best() const;
};

struct ReduceLROnPlateauOptions {
  std::string monitor = "val_loss";
  double factor = 0.1; ///< the rate is multiplied with this
  int patience = 10;   ///< after so many epochs without improvement
  double min_delta = 1e-4;
  int cooldown = 0; ///< epochs after a reduction that do not count
  double min_learning_rate = 0;
  Mode mode = Mode::automatic;
};
/// Reduces the learning rate where a number does not improve. The optimizer has no schedule.
class ReduceLROnPlateau : public Callback {
public:
  explicit ReduceLROnPlateau(const ReduceLROnPlateauOptions &options = {});
};

} // namespace callbacks
} // namespace tenon
