// Every op in every dtype it takes, compiled and compared with numbers from NumPy and SciPy: as vectors and as the
// scalar reference, which have to agree bit for bit.
#include "golden_file.h"

#include "compiler/Pipelines/Register.h"
#include "compiler/Target/Jit.h"

#include "mlir/Parser/Parser.h"
#include <cstdlib>
#include <filesystem>
#include <gtest/gtest.h>
#include <map>

using namespace tenon::test;
using mlir::tenon::CompiledFunction;
using mlir::tenon::Jit;

namespace {
struct Free {
  void operator()(void *pointer) const { std::free(pointer); }
};
using Memory = std::unique_ptr<void, Free>;
Memory allocate(size_t bytes) { return Memory(std::aligned_alloc(64, (bytes + 127) / 64 * 64)); }

/// Compiles with the caches of a test: in memory only.
class Compiler {
public:
  explicit Compiler(bool reference) {
    mlir::DialectRegistry registry;
    mlir::tenon::registerDialects(registry);
    context = std::make_unique<mlir::MLIRContext>(registry, mlir::MLIRContext::Threading::DISABLED);
    context->loadAllAvailableDialects();
    mlir::tenon::JitOptions options;
    options.reference = reference;
    options.persistent = false;
    auto created = Jit::create(options);
    if (!created)
      throw std::runtime_error(llvm::toString(created.takeError()));
    jit = std::move(*created);
  }

  /// Runs a case; the error is a sentence, empty for none.
  std::string run(const GoldenCase &golden, std::vector<Array> &results) {
    auto module = mlir::parseSourceString<mlir::ModuleOp>("module @m {\n" + golden.ir + "}\n", context.get());
    if (!module)
      return "the IR does not parse";
    auto function = jit->compile(*module, "f");
    if (!function)
      return llvm::toString(function.takeError());
    std::vector<Memory> memory;
    std::vector<void *> buffers;
    for (const Array &input : golden.inputs) {
      memory.push_back(allocate(input.bytes.size()));
      std::memcpy(memory.back().get(), input.bytes.data(), input.bytes.size());
      buffers.push_back(memory.back().get());
    }
    for (const Array &output : golden.outputs) {
      memory.push_back(allocate(output.bytes.size()));
      std::memset(memory.back().get(), 0xa5, output.bytes.size() + 1);
      buffers.push_back(memory.back().get());
    }
    size_t bytes = (*function)->getWorkspaceBytes(nullptr);
    Memory workspace = allocate(bytes);
    if (int32_t code = (*function)->call(nullptr, buffers.data(), nullptr, workspace.get(), bytes))
      return "the call returned code " + std::to_string(code);
    for (size_t i = 0; i < golden.outputs.size(); ++i) {
      Array result = golden.outputs[i];
      std::memcpy(result.bytes.data(), buffers[golden.inputs.size() + i], result.bytes.size());
      if (static_cast<unsigned char *>(buffers[golden.inputs.size() + i])[result.bytes.size()] != 0xa5)
        return "wrote past the end of output " + std::to_string(i);
      results.push_back(std::move(result));
    }
    return "";
  }

private:
  std::unique_ptr<mlir::MLIRContext> context;
  std::unique_ptr<Jit> jit;
};

/// TENON_NUMBERS_FILTER=text runs only the cases whose name holds the text.
bool selected(const std::string &name) {
  const char *filter = std::getenv("TENON_NUMBERS_FILTER");
  return !filter || name.find(filter) != std::string::npos;
}

class Numbers : public testing::TestWithParam<std::string> {};

TEST_P(Numbers, AgreeWithTheGoldensAndWithTheReference) {
  Compiler vectors(/*reference=*/false), scalars(/*reference=*/true);
  std::map<std::string, int> failures; // per op and dtype, so that one wrong op does not hide the others
  size_t ran = 0;
  for (const GoldenCase &golden : read_golden_file(GetParam())) {
    if (!selected(golden.name))
      continue;
    ++ran;
    std::string group = golden.name.substr(0, golden.name.rfind('/'));
    auto fail = [&](const std::string &sentence) {
      if (++failures[group] <= 2)
        ADD_FAILURE() << golden.name << ": " << sentence << "\n" << golden.ir;
    };
    std::vector<Array> fast, slow;
    if (std::string error = vectors.run(golden, fast); !error.empty()) {
      fail("vectors: " + error);
      continue;
    }
    if (std::string error = scalars.run(golden, slow); !error.empty()) {
      fail("reference: " + error);
      continue;
    }
    for (size_t i = 0; i < golden.outputs.size(); ++i) {
      std::string output = golden.outputs.size() > 1 ? "result " + std::to_string(i) + ", " : "";
      if (std::string sentence = compare(golden.outputs[i], fast[i], golden.rel, golden.abs); !sentence.empty())
        fail(output + sentence);
      else if (std::string different = compare(slow[i], fast[i], 0, 0); !different.empty())
        fail(output + "the reference has other bits: " + different);
    }
  }
  int failed = 0;
  for (auto &[group, count] : failures) failed += count;
  if (failed)
    std::cout << failed << " of " << ran << " cases failed, in " << failures.size() << " groups of op and dtype\n";
  RecordProperty("cases", static_cast<int>(ran));
}

std::vector<std::string> golden_files() {
  std::vector<std::string> files;
  for (auto &entry : std::filesystem::directory_iterator(TENON_GOLDEN_DIR)) files.push_back(entry.path().string());
  std::sort(files.begin(), files.end());
  return files;
}

INSTANTIATE_TEST_SUITE_P(Op, Numbers, testing::ValuesIn(golden_files()),
                         [](const testing::TestParamInfo<std::string> &info) {
                           return std::filesystem::path(info.param).stem().stem().string();
                         });
} // namespace
