// What fit shows, and how Ctrl-C reaches it.
#pragma once

#include "tenon/callbacks.h"

#include <chrono>
#include <csignal>
#include <optional>

namespace tenon::detail {

/// One line an epoch on standard output; on a terminal it shows a bar that moves until then.
class Progress {
public:
  enum class Kind : std::uint8_t { silent, bar, lines };
  Progress(Kind kind, int epochs) : kind_(kind), epochs_(epochs) {}
  static bool on_terminal();

  /// `batches`: how many are to come; 0: not known.
  void begin(int epoch, std::int64_t batches);
  void step(std::int64_t batch, const Logs &logs);
  void end(std::int64_t batch, const Logs &logs);
  /// A sentence on a line of its own.
  void say(const std::string &sentence);

  /// "loss: 0.1234 - accuracy: 0.9876"
  static std::string numbers(const Logs &logs);
  /// "[=====>....]", `width` characters between the brackets.
  static std::string bar(std::int64_t done, std::int64_t all, int width);

private:
  using Clock = std::chrono::steady_clock;
  std::string head(std::int64_t batch) const;
  void show(std::string line, bool in_place);

  Kind kind_;
  int epochs_, epoch_ = 0;
  std::int64_t batches_ = 0;
  Clock::time_point began_, shown_;
  std::size_t width_ = 0; // of what stands on the line
};

/// While it lives, the first Ctrl-C is noted and the next one does what it did before. Where the program handles or
/// ignores SIGINT itself, nothing changes.
class Interrupts {
public:
  Interrupts();
  ~Interrupts();
  Interrupts(const Interrupts &) = delete;
  bool interrupted() const;

private:
  struct sigaction before_{};
  bool installed_ = false, noted_ = false;
};

} // namespace tenon::detail
