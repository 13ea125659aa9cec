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

/// The gradient of the result with respect to the reals of an input, as `reals` has them, by a tape that records op by
/// op.
std::vector<double> gradient_eagerly(const Program &program, const Input &input);
/// a, b, c and the vector's elements.
inline std::vector<double *> reals(Input &input) {
  std::vector<double *> all{&input.a, &input.b, &input.c};
  for (double &element : input.v) all.push_back(&element);
  return all;
}

/// As one tenon::function.
class TracedProgram {
public:
  explicit TracedProgram(const Program &program);
  ~TracedProgram();
  Outcome run(const Input &input);
  /// The same as gradient_eagerly, by a tape in another tenon::function.
  std::vector<double> gradient(const Input &input);
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
