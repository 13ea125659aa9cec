// The ways a random program is run.
#pragma once

#include "program.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <span>

namespace tenon::test::programs {

/// What a program returns, and the variable's value after it.
struct Outcome {
  double result = 0, memory = 0;
  friend bool operator==(const Outcome &, const Outcome &) = default;
};

/// On C++ numbers; nothing where it takes too many steps to be tried otherwise.
std::optional<Outcome> run_native(const Program &program, const Input &input);

/// Op by op on Tensors.
Outcome run_eagerly(const Program &program, const Input &input);

/// As one tenon::function.
class TracedProgram {
public:
  explicit TracedProgram(const Program &program);
  ~TracedProgram();
  Outcome run(const Input &input);
  std::string mlir();

private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Ahead of time: programs compiled into one shared library.
class CompiledPrograms {
public:
  CompiledPrograms(std::span<const Program> programs, const std::filesystem::path &folder);
  ~CompiledPrograms();
  /// The error is a sentence; empty for none.
  std::string run(std::size_t index, const Input &input, Outcome &outcome) const;

private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Programs that were compiled from their texts, by the seed that they come from.
struct TextRun {
  std::uint64_t seed;
  std::string name;                                    ///< of the syntax
  std::function<Outcome(const Input &)> eager, traced; ///< the same for C++ numbers
};
std::vector<TextRun> native_text_runs();
std::vector<TextRun> traced_text_runs();

} // namespace tenon::test::programs
