// What fit shows: plain lines, or one that is written over; and SIGINT while it runs.
#include "progress.h"

#include <algorithm>
#include <cstdio>
#include <unistd.h>

namespace tenon::detail {

bool Progress::on_terminal() { return isatty(STDOUT_FILENO); }

void Progress::begin(int epoch, std::int64_t batches) {
  epoch_ = epoch;
  batches_ = batches;
  began_ = shown_ = Clock::now();
}

std::string Progress::numbers(const Logs &logs) {
  std::string text;
  for (const auto &[name, value] : logs) {
    char number[32];
    std::snprintf(number, sizeof number, "%.4g", value);
    text += (text.empty() ? "" : " - ") + name + ": " + number;
  }
  return text;
}

std::string Progress::bar(std::int64_t done, std::int64_t all, int width) {
  const auto filled = std::size_t(std::clamp<std::int64_t>(all > 0 ? done * width / all : 0, 0, width));
  std::string text = "[" + std::string(filled, '=');
  if (filled < std::size_t(width))
    text += ">" + std::string(std::size_t(width) - filled - 1, '.');
  return text + "]";
}

std::string Progress::head(std::int64_t batch) const {
  const std::string known = batches_ > 0 ? "/" + std::to_string(batches_) : "";
  return "epoch " + std::to_string(epoch_ + 1) + "/" + std::to_string(epochs_) + " - " + std::to_string(batch) + known;
}

void Progress::show(std::string line, bool in_place) {
  const std::size_t width = line.size();
  if (kind_ == Kind::bar && line.size() < width_)
    line.append(width_ - line.size(), ' '); // over what stood there
  std::fputs(((kind_ == Kind::bar ? "\r" : "") + line + (in_place ? "" : "\n")).c_str(), stdout);
  std::fflush(stdout);
  width_ = in_place ? width : 0;
}

void Progress::step(std::int64_t batch, const Logs &logs) {
  using namespace std::chrono_literals;
  if (kind_ != Kind::bar || Clock::now() - shown_ < 100ms)
    return;
  shown_ = Clock::now();
  show(head(batch) + " " + bar(batch, batches_, 24) + " " + numbers(logs), true);
}

void Progress::end(std::int64_t batch, const Logs &logs) {
  if (kind_ == Kind::silent)
    return;
  const double seconds = std::chrono::duration<double>(Clock::now() - began_).count();
  char time[64];
  std::snprintf(time, sizeof time, " - %.1f s - %.3g ms/step - ", seconds, batch ? 1e3 * seconds / double(batch) : 0.0);
  show(head(batch) + time + numbers(logs), false);
}

void Progress::say(const std::string &sentence) {
  if (kind_ != Kind::silent)
    show(sentence, false);
}

// ---- Ctrl-C -------------------------------------------------------------------------------------------------------

static volatile std::sig_atomic_t interrupts = 0;

extern "C" {
static void on_interrupt(int signal) {
  if (interrupts == 0) {
    interrupts = 1;
    return;
  }
  std::signal(signal, SIG_DFL); // the second ends the program, as Ctrl-C does
  std::raise(signal);
}
}

Interrupts::Interrupts() {
  struct sigaction now{};
  if (sigaction(SIGINT, nullptr, &before_) != 0 || (before_.sa_flags & SA_SIGINFO))
    return;
  noted_ = before_.sa_handler == SIG_DFL || before_.sa_handler == on_interrupt; // the latter: of the fit around this
  if (before_.sa_handler != SIG_DFL)
    return;
  interrupts = 0;
  now.sa_handler = on_interrupt;
  now.sa_flags = SA_RESTART;
  sigemptyset(&now.sa_mask);
  installed_ = sigaction(SIGINT, &now, nullptr) == 0;
}
Interrupts::~Interrupts() {
  if (installed_)
    sigaction(SIGINT, &before_, nullptr);
}
bool Interrupts::interrupted() const { return noted_ && interrupts > 0; }

} // namespace tenon::detail
