// Random programs with nested control flow mean the same as C++ numbers, eagerly, traced and ahead of time.
//
// The environment chooses more of them: TENON_RANDOM_PROGRAMS (how many; 100), TENON_RANDOM_INPUTS (runs of each; 20),
// TENON_RANDOM_SEED (the first one's seed; the others follow). A failure prints the program, made small;
// TENON_RANDOM_SEED=<its seed> TENON_RANDOM_PROGRAMS=1 runs it alone; with TENON_RANDOM_SHOW=1 as well, its text and
// its MLIR are printed first, for where compiling it crashes.
#include "../random/folder.h"
#include "run.h"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <gtest/gtest.h>
#include <map>
#include <unistd.h>

using namespace tenon::test::programs;
using tenon::test::TemporaryFolder;

namespace {

constexpr int batch_size = 25; // programs of one library

std::uint64_t number_from(const char *variable, std::uint64_t otherwise) {
  const char *text = std::getenv(variable);
  return text && *text ? std::strtoull(text, nullptr, 10) : otherwise;
}
std::uint64_t program_count() { return number_from("TENON_RANDOM_PROGRAMS", 100); }
std::uint64_t first_seed() { return number_from("TENON_RANDOM_SEED", 1); }
int input_count() { return int(number_from("TENON_RANDOM_INPUTS", 20)); }

// What runs now: a crash in compiled code, or a loop without an end, prints it.
char current[1 << 16];
void begin(const char *path, const Program &program) {
  const std::string text = std::string(path) + ", seed " + std::to_string(program.seed) + ":\n" +
                           to_string(program, "program", Syntax::native);
  std::strncpy(current, text.c_str(), sizeof current - 1);
  alarm(60);
}
void on_crash(int signal) {
  const char intro[] = "\nended in ";
  (void)!write(2, intro, sizeof intro - 1);
  (void)!write(2, current, std::strlen(current));
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

enum class Path { eager, traced, library };
const char *name(Path path) {
  return path == Path::eager ? "eagerly" : path == Path::traced ? "traced" : "ahead of time";
}

/// A run that native code ends in time.
struct Case {
  Input input;
  Outcome expected;
};
std::vector<Case> cases_of(const Program &program) {
  std::vector<Case> cases;
  for (const Input &input : inputs(program.seed, input_count()))
    if (const std::optional<Outcome> expected = run_native(program, input))
      cases.push_back({input, *expected});
  return cases;
}

std::string difference(const Case &run, const Outcome &got) {
  if (run.expected == got)
    return "";
  char text[256];
  std::snprintf(text, sizeof text, "returns %.17g (memory %.17g) instead of %.17g (%.17g) for ", got.result, got.memory,
                run.expected.result, run.expected.memory);
  return text + to_string(run.input);
}

template <class F> std::string first_error(const std::vector<Case> &cases, F &&f) {
  try {
    for (const Case &run : cases)
      if (std::string error = f(run); !error.empty())
        return error;
  } catch (const std::exception &error) {
    return std::string("throws: ") + error.what();
  }
  return "";
}

/// Runs a program on one path; the error is a sentence.
std::string check(const Program &program, Path path, const std::vector<Case> &cases, const TemporaryFolder &folder) {
  begin(name(path), program);
  switch (path) {
  case Path::eager:
    return first_error(cases, [&](const Case &run) { return difference(run, run_eagerly(program, run.input)); });
  case Path::traced: {
    std::optional<TracedProgram> traced;
    return first_error(cases, [&](const Case &run) {
      if (!traced)
        traced.emplace(program);
      return difference(run, traced->run(run.input));
    });
  }
  case Path::library: {
    std::optional<CompiledPrograms> library;
    return first_error(cases, [&](const Case &run) {
      if (!library)
        library.emplace(std::span(&program, 1), folder.path());
      Outcome outcome;
      const std::string error = library->run(0, run.input, outcome);
      return error.empty() ? difference(run, outcome) : error;
    });
  }
  }
  return "";
}

class RandomPrograms : public testing::Test {
protected:
  void fail(const Program &program, Path path, const std::string &error) {
    const bool threw = error.starts_with("throws");
    const auto fails = [&](const Program &candidate) {
      const std::string e = check(candidate, path, cases_of(candidate), folder);
      return !e.empty() && e.starts_with("throws") == threw;
    };
    const Program small = reduce(program, fails);
    ADD_FAILURE() << "program " << program.seed << " " << name(path) << " " << error << "\nmade small, it "
                  << check(small, path, cases_of(small), folder) << "\n"
                  << to_string(small, "program", Syntax::native) << mlir_of(small);
  }
  static std::string mlir_of(const Program &program) {
    try {
      return TracedProgram(program).mlir();
    } catch (const std::exception &error) {
      return std::string("its trace throws: ") + error.what() + "\n";
    }
  }
  void run(std::uint64_t first, std::uint64_t count);
  TemporaryFolder folder;
};

void RandomPrograms::run(std::uint64_t first, std::uint64_t count) {
  std::vector<Program> programs;
  std::vector<std::vector<Case>> cases;
  int runs = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    programs.push_back(generate(first + i));
    if (number_from("TENON_RANDOM_SHOW", 0))
      std::fprintf(stderr, "%s%s", to_string(programs.back(), "program", Syntax::native).c_str(),
                   mlir_of(programs.back()).c_str());
    cases.push_back(cases_of(programs.back()));
    runs += int(cases.back().size());
    for (const Path path : {Path::eager, Path::traced})
      if (const std::string error = check(programs.back(), path, cases.back(), folder); !error.empty())
        fail(programs.back(), path, error);
  }
  std::optional<CompiledPrograms> library;
  try {
    begin("compiling a library from", programs.front());
    library.emplace(programs, folder.path());
  } catch (const std::exception &error) {
    bool found = false;
    for (std::size_t i = 0; i < programs.size(); ++i)
      if (const std::string own = check(programs[i], Path::library, cases[i], folder); !own.empty())
        fail(programs[i], Path::library, own), found = true;
    if (!found)
      ADD_FAILURE() << "programs " << programs.front().seed
                    << " on compile one by one, but not together: " << error.what();
    return;
  }
  for (std::size_t i = 0; i < programs.size(); ++i) {
    begin(name(Path::library), programs[i]);
    const std::string error = first_error(cases[i], [&](const Case &run) {
      Outcome outcome;
      const std::string e = library->run(i, run.input, outcome);
      return e.empty() ? difference(run, outcome) : e;
    });
    if (!error.empty())
      fail(programs[i], Path::library, error);
  }
  alarm(0);
  RecordProperty("runs", runs);
}

class RandomBatch : public RandomPrograms, public testing::WithParamInterface<int> {};

TEST_P(RandomBatch, MeanTheSameOnEveryPath) {
  const std::uint64_t start = std::uint64_t(GetParam()) * batch_size;
  run(first_seed() + start, std::min<std::uint64_t>(batch_size, program_count() - start));
}

TEST_F(RandomPrograms, NestingsMeanTheSameOnEveryPath) { run(first_nesting, nesting_count() / 2); } // each pair twice

INSTANTIATE_TEST_SUITE_P(Batch, RandomBatch, testing::Range(0, int((program_count() + batch_size - 1) / batch_size)));

// ---- texts ----------------------------------------------------------------------------------------------------------

/// What is compiled from a text means what the program means that it was written from.
void check_texts(const std::vector<TextRun> &texts) {
  for (const TextRun &text : texts) {
    const Program program = generate(text.seed);
    begin(text.name.c_str(), program);
    const std::vector<Case> cases = cases_of(program);
    for (const auto &[way, run] : {std::pair("", text.eager), std::pair("traced ", text.traced)})
      if (const std::string error =
              first_error(cases, [&](const Case &one) { return difference(one, run(one.input)); });
          !error.empty())
        ADD_FAILURE() << "program " << text.seed << " " << text.name << " " << way << error << "\n"
                      << to_string(program, "program", Syntax::macros);
  }
  alarm(0);
}
TEST(RandomProgramTexts, MeanTheSameAsCppNumbers) { check_texts(native_text_runs()); }
TEST(RandomProgramTexts, MeanTheSameAsTensors) { check_texts(traced_text_runs()); }

// ---- the generator --------------------------------------------------------------------------------------------------

void count(const Block &block, std::map<Statement::Kind, int> &kinds) {
  for (const Statement &s : block) {
    ++kinds[s.kind];
    count(s.block, kinds);
    for (const Arm &arm : s.arms) count(arm.block, kinds);
  }
}

TEST(RandomProgramsGenerator, WritesEveryStatementAndProgramsThatEnd) {
  std::map<Statement::Kind, int> kinds;
  int ended = 0, statements = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    const Program program = generate(seed);
    EXPECT_TRUE(is_well_formed(program)) << to_string(program, "program", Syntax::native);
    statements += size_of(program.body);
    count(program.body, kinds);
    for (const Input &input : inputs(seed, 10)) ended += run_native(program, input).has_value();
  }
  for (int kind = 0; kind <= Statement::return_; ++kind) EXPECT_GT(kinds[Statement::Kind(kind)], 50) << kind;
  EXPECT_GT(ended, 2700);
  EXPECT_GT(statements, 300 * 12);
}

TEST(RandomProgramsGenerator, MakesAFailingProgramSmall) {
  // As if whatever puts a `continue` into a loop over rows failed.
  const std::function<bool(const Block &, bool)> has = [&](const Block &block, bool in_rows) {
    for (const Statement &s : block) {
      if (in_rows && s.kind == Statement::continue_)
        return true;
      const bool loops = s.kind >= Statement::while_ && s.kind <= Statement::unroll;
      if (has(s.block, loops ? s.kind == Statement::for_rows : in_rows))
        return true;
      for (const Arm &arm : s.arms)
        if (has(arm.block, in_rows))
          return true;
    }
    return false;
  };
  int found = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    const Program program = generate(seed);
    if (!has(program.body, false))
      continue;
    ++found;
    const Program small = reduce(program, [&](const Program &candidate) { return has(candidate.body, false); });
    EXPECT_LE(size_of(small.body), 2) << to_string(small, "small", Syntax::native);
  }
  EXPECT_GT(found, 5);
}

} // namespace

int main(int argc, char **argv) {
  const TemporaryFolder cache; // compiled anew, and nothing is left behind
  setenv("TENON_CACHE_DIR", cache.path().c_str(), 1);
  static char stack[1 << 16]; // of its own: a compiler that recurses without an end has used up the other
  stack_t alternative{};
  alternative.ss_sp = stack, alternative.ss_size = sizeof stack;
  sigaltstack(&alternative, nullptr);
  struct sigaction action{};
  action.sa_handler = on_crash, action.sa_flags = SA_ONSTACK;
  for (int signal : {SIGSEGV, SIGABRT, SIGFPE, SIGILL, SIGBUS, SIGALRM}) sigaction(signal, &action, nullptr);
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
