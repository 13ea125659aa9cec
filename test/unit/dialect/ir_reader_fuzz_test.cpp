// Mutated text and bytecode of the dialect: reader, verifiers and folds survive, and what they accept stays valid.
//
// The mutations are the same in every run. TENON_FUZZ_ROUNDS=n makes n of each kind, TENON_FUZZ_SEED another choice;
// the input at hand is in the temporary folder (tenon-fuzz-input), so that a crash leaves it there.
#include "dialects/Tenon/Dialect.h"

#include "mlir/Bytecode/BytecodeWriter.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/raw_ostream.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <gtest/gtest.h>
#include <new>
#include <random>
#include <regex>
#include <sstream>

using namespace mlir;

namespace {

uint64_t setting(const char *name, uint64_t otherwise) {
  const char *text = std::getenv(name);
  return text ? std::strtoull(text, nullptr, 10) : otherwise;
}

std::string readFile(const std::string &name) {
  std::ifstream file(std::string(TENON_LIT_DIALECT "/") + name, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

/// The functions of the dialect's lit tests, without comments.
std::vector<std::string> readSeeds() {
  std::vector<std::string> seeds;
  for (const char *name : {"ops.mlir", "canonicalize.mlir", "constant-folds.mlir", "invalid.mlir", "reify.mlir"}) {
    std::istringstream lines(readFile(name));
    std::string line, seed;
    auto finish = [&] {
      if (seed.size() > 1)
        seeds.push_back(seed);
      seed.clear();
    };
    while (std::getline(lines, line)) {
      if (line.rfind("func.func", 0) == 0 || line.rfind("tenon.variable", 0) == 0)
        finish();
      size_t start = line.find_first_not_of(' ');
      if (start != std::string::npos && line.compare(start, 2, "//") != 0)
        seed += line + "\n";
    }
    finish();
  }
  return seeds;
}

/// Text on which MLIR 22.1's own parser crashes before the dialect sees anything.
bool crashesUpstream(const std::string &text) {
  // A dense array of elements that are neither integers nor floats.
  static const std::regex array("array<\\s*(?!i\\d|si\\d|ui\\d|f\\d|bf16|tf32)");
  return std::regex_search(text, array);
}

class Mutator {
public:
  explicit Mutator(uint64_t seed) : random(seed) {}

  size_t below(size_t end) { return end == 0 ? 0 : random() % end; }

  /// One to four changes of tokens: dropped, doubled, exchanged, taken from `other`, or another number or dtype.
  std::string changeTokens(const std::string &text, const std::string &other) {
    std::vector<std::string> tokens = split(text), others = split(other);
    for (size_t left = 1 + below(4); left != 0 && !tokens.empty(); --left) {
      size_t at = below(tokens.size());
      switch (below(7)) {
      case 0: tokens.erase(tokens.begin() + at); break;
      case 1: tokens.insert(tokens.begin() + at, tokens[at]); break;
      case 2: std::swap(tokens[at], tokens[below(tokens.size())]); break;
      case 3: tokens[at] = others[below(others.size())]; break;
      case 4: tokens.resize(at); break;
      default: replaceNear(tokens, at);
      }
    }
    std::string result;
    for (const std::string &token : tokens) result += token;
    return result;
  }

  /// One to eight changed, dropped or repeated bytes, or an early end.
  std::string changeBytes(std::string bytes) {
    for (size_t left = 1 + below(8); left != 0 && !bytes.empty(); --left) {
      size_t at = below(bytes.size());
      switch (below(5)) {
      case 0: bytes[at] = static_cast<char>(below(256)); break;
      case 1: bytes[at] = static_cast<char>(bytes[at] ^ (1 << below(8))); break;
      case 2: bytes.erase(at, 1 + below(4)); break;
      case 3: bytes.insert(at, bytes.substr(below(bytes.size()), 1 + below(8))); break;
      default:
        if (below(4) == 0)
          bytes.resize(at);
      }
    }
    return bytes;
  }

private:
  /// Words, numbers and single other characters: `4x?xf32` is five.
  static std::vector<std::string> split(const std::string &text) {
    std::vector<std::string> tokens;
    for (size_t i = 0; i < text.size();) {
      size_t end = i + 1;
      auto is = [&](size_t at, auto predicate) {
        return at < text.size() && predicate(static_cast<unsigned char>(text[at]));
      };
      auto isWord = [](int c) { return std::isalpha(c) != 0 || c == '_' || c == '.'; };
      auto isDigit = [](int c) { return std::isdigit(c) != 0; };
      if (is(i, isDigit))
        while (is(end, isDigit)) ++end;
      else if (text[i] != 'x' && is(i, isWord)) // The x of a shape stays alone.
        while (is(end, [&](int c) { return isWord(c) || isDigit(c); })) ++end;
      tokens.push_back(text.substr(i, end - i));
      i = end;
    }
    return tokens;
  }

  /// Replaces the next number or dtype after `at`.
  void replaceNear(std::vector<std::string> &tokens, size_t at) {
    static const char *numbers[] = {"0",
                                    "1",
                                    "2",
                                    "3",
                                    "4",
                                    "7",
                                    "-1",
                                    "?",
                                    "64",
                                    "4294967296",
                                    "9223372036854775807",
                                    "-9223372036854775808",
                                    "18446744073709551616",
                                    "0x7FC00000",
                                    "1.0"};
    static const char *dtypes[] = {"f32", "f64", "f16", "bf16",  "i8", "i16", "i32",
                                   "i64", "ui8", "i1",  "index", "i7", "none"};
    for (; at < tokens.size(); ++at) {
      if (std::isdigit(static_cast<unsigned char>(tokens[at][0]))) {
        tokens[at] = numbers[below(std::size(numbers))];
        return;
      }
      for (const char *dtype : dtypes)
        if (tokens[at] == dtype) {
          tokens[at] = dtypes[below(std::size(dtypes))];
          return;
        }
    }
  }

  std::mt19937_64 random;
};

class IrReader : public testing::Test {
protected:
  IrReader() : context(MLIRContext::Threading::DISABLED) {
    context.loadDialect<arith::ArithDialect, func::FuncDialect, tensor::TensorDialect, tenon::TenonDialect>();
    context.getDiagEngine().registerHandler([this](Diagnostic &diagnostic) {
      if (diagnostic.getSeverity() == DiagnosticSeverity::Error)
        messages.push_back(diagnostic.str());
      return success();
    });
  }

  /// Reads, and canonicalizes what was read: true if there was something to read.
  bool accepts(const std::string &input) {
    std::ofstream(testing::TempDir() + "/tenon-fuzz-input", std::ios::binary) << input;
    messages.clear();
    OwningOpRef<ModuleOp> module = parseSourceString<ModuleOp>(input, &context);
    if (!module) {
      EXPECT_FALSE(messages.empty()) << "refused without a message:\n" << input;
      return false;
    }
    PassManager passes(&context);
    passes.addPass(createCanonicalizerPass());
    EXPECT_TRUE(succeeded(passes.run(*module))) << "became invalid:\n"
                                                << input << (messages.empty() ? "" : messages.front());
    return true;
  }

  static constexpr int exhaustedCode = 3;

  /// Runs `body` in a process of its own, with limits on memory and time; gives what waitpid says of it.
  static int inChild(llvm::function_ref<void()> body) {
    pid_t child = fork();
    if (child == 0) {
#if !defined(__SANITIZE_ADDRESS__) && !(defined(__has_feature) && __has_feature(address_sanitizer))
      rlimit memory{uint64_t(2) << 30, uint64_t(2) << 30};
      setrlimit(RLIMIT_AS, &memory);
#endif
      rlimit seconds{10, 10};
      setrlimit(RLIMIT_CPU, &seconds);
      llvm::install_bad_alloc_error_handler([](void *, const char *, bool) { _exit(exhaustedCode); });
      std::set_new_handler([] { _exit(exhaustedCode); });
      body();
      _exit(HasFailure() ? 1 : 0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return status;
  }

  MLIRContext context;
  std::vector<std::string> messages;
};

} // namespace

TEST_F(IrReader, SurvivesMutatedText) {
  std::vector<std::string> seeds = readSeeds();
  ASSERT_GT(seeds.size(), 100u);
  Mutator mutator(setting("TENON_FUZZ_SEED", 1));
  uint64_t rounds = setting("TENON_FUZZ_ROUNDS", 1500), accepted = 0;
  for (uint64_t round = 0; round < rounds; ++round) {
    const std::string &seed = seeds[mutator.below(seeds.size())];
    const std::string &other = seeds[mutator.below(seeds.size())];
    std::string input = mutator.below(4) == 0 ? mutator.changeBytes(seed) : mutator.changeTokens(seed, other);
    if (!crashesUpstream(input))
      accepted += accepts(input);
  }
  // Both ways are walked: a mutator whose every result is refused tests the lexer alone.
  EXPECT_GT(accepted, rounds / 100);
  EXPECT_LT(accepted, rounds / 2);
}

TEST_F(IrReader, SurvivesMutatedBytecode) {
  std::vector<std::string> files{readFile("Inputs/version-1.mlirbc"), readFile("Inputs/version-3.mlirbc")};
  for (const char *name : {"ops.mlir", "canonicalize.mlir"}) {
    OwningOpRef<ModuleOp> module = parseSourceString<ModuleOp>(readFile(name), &context);
    ASSERT_TRUE(module);
    llvm::raw_string_ostream stream(files.emplace_back());
    ASSERT_TRUE(succeeded(writeBytecodeToFile(*module, stream)));
  }
  ASSERT_TRUE(accepts(files[0]));
  Mutator mutator(setting("TENON_FUZZ_SEED", 1));
  uint64_t rounds = setting("TENON_FUZZ_ROUNDS", 600), upstream = 0;
  for (uint64_t round = 0; round < rounds; ++round) {
    std::string input = mutator.changeBytes(files[mutator.below(files.size())]);
    int status = inChild([&] { accepts(input); });
    // MLIR 22.1's bytecode reader is not hardened: it reserves and loops by counts that it does not compare with the
    // size of the file, and makes dense arrays that crash when they are printed. That is rare, and ends a process.
    bool crashed = WIFSIGNALED(status) || WEXITSTATUS(status) == exhaustedCode;
    upstream += crashed;
    ASSERT_TRUE(crashed || WEXITSTATUS(status) == 0) << "round " << round;
  }
  EXPECT_LE(upstream, rounds / 50);
}
