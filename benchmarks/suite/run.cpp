// Calls compiled cases and says in lines of JSON how long that took.
//   bench_run [--threads N] [--seconds S] [--numbers DIR] CASE.so ...     a line for each
//   bench_run [--threads N] --serve                                       a line for each line that it reads:
//     load CASE.so FOLDER      takes a case in place of the last one
//     time SECONDS             times it
//     fma SECONDS              the peak of the machine
//     bandwidth SECONDS        of each level of its memory, for each of these measurements
// DIR/CASE or FOLDER holds input.NAME.npy of each input, and maybe expected.npy (by default DIR is where CASE.so is).
#include "library.h"
#include "machine.h"

#include <tenon/runtime/pool.h>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <sstream>

namespace {

double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

class Runner {
public:
  explicit Runner(int threads) : threads_(threads) {
    context_.struct_size = sizeof context_;
    context_.message = message_;
    context_.message_capacity = sizeof message_;
    if (threads > 1) {
      pool_.reset(tenon_pool_create(threads));
      if (tenon_pool_workers(pool_.get()) != threads)
        throw std::runtime_error("the system has no " + std::to_string(threads) + " threads for us");
      tenon_pool_lend(pool_.get(), &context_);
    }
  }

  /// Loads a case and calls it once; the fields that say what it is.
  std::string load(const std::string &path, const std::string &folder) {
    library_ = nullptr;
    library_ = std::make_unique<bench::Library>(path, folder);
    call();
    std::ostringstream fields;
    fields << "\"workspace_bytes\": " << library_->workspace_bytes()
           << ", \"state_bytes\": " << library_->state_bytes();
    if (const std::optional<double> difference = library_->max_abs_diff())
      fields << ", \"max_abs_diff\": " << *difference;
    return fields.str();
  }

  /// Batches of calls of two milliseconds: the best and the median.
  std::string time(double seconds) {
    if (!library_)
      throw std::runtime_error("no case is loaded");
    library_->reset();
    call();
    int inner = 1;
    for (;;) {
      const double taken = batch(inner);
      if (taken > 0.001 || inner > 1 << 24) {
        inner = std::max(1, int(inner * 0.002 / taken));
        break;
      }
      inner *= taken > 1e-4 ? 4 : 16;
    }
    std::vector<double> times;
    int steps = 0;
    for (const double end = now() + seconds; now() < end || times.size() < 5;) {
      times.push_back(batch(inner) / inner);
      // Training begins anew now and then, as it does not go on after nothing is left to learn.
      if ((steps += inner) > 100) {
        library_->reset();
        steps = 0;
      }
    }
    std::sort(times.begin(), times.end());
    std::ostringstream fields;
    fields.precision(6);
    fields << "\"best_us\": " << times[0] * 1e6 << ", \"median_us\": " << times[times.size() / 2] * 1e6;
    return fields.str();
  }

  std::string fma(double seconds) const {
    return "\"flops\": " + std::to_string(std::int64_t(bench::fma_peak(threads_, seconds)));
  }

  /// Half of a cache is well inside of it; four times the last one is well outside.
  std::string bandwidth(double seconds) const {
    std::ostringstream fields;
    fields.precision(6);
    std::size_t last = std::size_t(32) << 20;
    const char *separator = "";
    const auto level = [&](const std::string &name, std::size_t cache, std::size_t bytes) {
      fields << separator << '"' << name << "\": {\"bytes\": " << cache
             << ", \"read\": " << bench::read_bandwidth(threads_, bytes, seconds)
             << ", \"copy\": " << bench::copy_bandwidth(threads_, bytes, seconds) << "}";
      separator = ", ";
    };
    for (int cache = 1; cache <= 3; ++cache)
      if (const std::size_t bytes = bench::cache_bytes(cache)) {
        last = std::max(last, bytes);
        level("L" + std::to_string(cache), bytes, bytes / 2 / std::size_t(cache == 3 ? threads_ : 1));
      }
    level("DRAM", 0, 4 * last);
    return fields.str();
  }

private:
  void call() {
    if (const std::int32_t code = library_->call(&context_))
      throw std::runtime_error("code " + std::to_string(code) + ": " + message_);
  }
  double batch(int calls) {
    const double start = now();
    for (int i = 0; i < calls; ++i) call();
    return now() - start;
  }

  struct Destroy {
    void operator()(tenon_pool *pool) const { tenon_pool_destroy(pool); }
  };
  int threads_;
  std::unique_ptr<tenon_pool, Destroy> pool_;
  char message_[512] = "";
  tenon_context context_ = {};
  std::unique_ptr<bench::Library> library_;
};

std::string quoted(const std::string &text) {
  std::string result = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\')
      result += '\\';
    result += static_cast<unsigned char>(c) < ' ' ? ' ' : c;
  }
  return result + "\"";
}

std::string answer(Runner &runner, const std::string &line) try {
  std::istringstream words(line);
  std::string what, path, folder;
  double seconds = 0;
  words >> what;
  if (what == "load" && words >> path >> folder)
    return "{" + runner.load(path, folder) + "}";
  if (what == "time" && words >> seconds)
    return "{" + runner.time(seconds) + "}";
  if (what == "fma" && words >> seconds)
    return "{" + runner.fma(seconds) + "}";
  if (what == "bandwidth" && words >> seconds)
    return "{" + runner.bandwidth(seconds) + "}";
  throw std::runtime_error("expected load, time, fma or bandwidth, but got '" + line + "'");
} catch (const std::exception &error) {
  return "{\"error\": " + quoted(error.what()) + "}";
}

} // namespace

int main(int count, char **arguments) try {
  int threads = 1;
  double seconds = 1;
  bool serve = false;
  std::string numbers;
  std::vector<std::string> paths;
  for (int i = 1; i < count; ++i) {
    const std::string argument = arguments[i];
    if (argument == "--serve")
      serve = true;
    else if (argument == "--threads" && i + 1 < count)
      threads = std::stoi(arguments[++i]);
    else if (argument == "--seconds" && i + 1 < count)
      seconds = std::stod(arguments[++i]);
    else if (argument == "--numbers" && i + 1 < count)
      numbers = arguments[++i];
    else if (argument.starts_with("-"))
      throw std::invalid_argument("unknown option '" + argument +
                                  "'; expected --threads N, --seconds S, --numbers DIR, --serve or libraries");
    else
      paths.push_back(argument.find('/') == std::string::npos ? "./" + argument : argument);
  }
  Runner runner(threads);
  if (serve)
    for (std::string line; std::getline(std::cin, line);) std::cout << answer(runner, line) << std::endl;
  for (const std::string &path : paths) {
    const std::size_t slash = path.rfind('/');
    const std::string name = path.substr(slash + 1, path.rfind('.') - slash - 1);
    const std::string what = runner.load(path, (numbers.empty() ? path.substr(0, slash) : numbers) + "/" + name);
    std::cout << "{\"case\": \"" << name << "\", \"peer\": \"tenon\", \"threads\": " << threads << ", "
              << runner.time(seconds) << ", " << what << "}" << std::endl;
  }
  return 0;
} catch (const std::exception &error) {
  std::cerr << "bench_run: " << error.what() << '\n';
  return 1;
}
