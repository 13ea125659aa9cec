// The JIT: results against numbers worked out by hand, what its caches share, what it says of bad modules.
#include "compiler/Pipelines/Register.h"
#include "compiler/Target/Jit.h"

#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <thread>
#include <unistd.h>

using namespace mlir;
using namespace mlir::tenon;
namespace fs = std::filesystem;

namespace {

constexpr const char *addSource = R"(
func.func @add(%a: tensor<2x3xf32> {tenon.name = "a"}, %b: tensor<2x3xf32> {tenon.name = "b"}) -> (tensor<2x3xf32> {tenon.name = "sum"}) {
  %0 = tenon.add %a, %b : tensor<2x3xf32>, tensor<2x3xf32>
  return %0 : tensor<2x3xf32>
}
)";

constexpr const char *openSource = R"(
func.func @twice(%x: tensor<?xf32> {tenon.name = "x", tenon.dims = ["n"]}) -> (tensor<?xf32> {tenon.name = "y", tenon.dims = ["n"]}) {
  %0 = tenon.add %x, %x : tensor<?xf32>, tensor<?xf32>
  return %0 : tensor<?xf32>
}
)";

struct JitTest : testing::Test {
  JitTest() : context(MLIRContext::Threading::DISABLED) {
    DialectRegistry registry;
    registerDialects(registry);
    context.appendDialectRegistry(registry);
    char name[] = "/tmp/tenon-jit-XXXXXX";
    root = ::mkdtemp(name);
    options.cache.directory = (root / "cache").string();
  }
  ~JitTest() override { fs::remove_all(root); }

  OwningOpRef<ModuleOp> parse(const std::string &source) {
    OwningOpRef<ModuleOp> module = parseSourceString<ModuleOp>(source, &context);
    EXPECT_TRUE(module);
    return module;
  }
  std::unique_ptr<Jit> createJit() {
    auto jit = Jit::create(options);
    EXPECT_TRUE(static_cast<bool>(jit)) << llvm::toString(jit.takeError());
    return std::move(*jit);
  }
  static std::shared_ptr<const CompiledFunction> compile(Jit &jit, ModuleOp module, StringRef entry) {
    auto function = jit.compile(module, entry);
    if (!function) {
      ADD_FAILURE() << llvm::toString(function.takeError());
      return nullptr;
    }
    return *function;
  }
  static void expectAdds(const CompiledFunction &function) {
    float a[6] = {1, 2, 3, 4, 5, 6}, b[6] = {10, 20, 30, 40, 50, 60}, sum[6] = {};
    void *buffers[] = {a, b, sum};
    ASSERT_EQ(function.call(nullptr, buffers, nullptr, nullptr, 0), 0);
    for (int i = 0; i < 6; ++i) EXPECT_EQ(sum[i], 11.0f * (i + 1));
  }

  MLIRContext context;
  fs::path root;
  JitOptions options;
};

TEST_F(JitTest, RunsAFunction) {
  auto module = parse(addSource);
  auto jit = createJit();
  auto function = compile(*jit, *module, "add");
  ASSERT_TRUE(function);
  EXPECT_EQ(function->signature.inputs[1].name, "b");
  EXPECT_EQ(function->getWorkspaceBytes(nullptr), 0u);
  expectAdds(*function);
}

TEST_F(JitTest, RunsAnOpenDimensionAtSeveralSizes) {
  auto module = parse(openSource);
  auto jit = createJit();
  auto function = compile(*jit, *module, "twice");
  ASSERT_TRUE(function);
  ASSERT_EQ(function->signature.dims.size(), 1u);
  EXPECT_EQ(function->signature.dims[0], "n");
  for (int64_t n : {0, 1, 7, 64, 1000}) {
    std::vector<float> x(n), y(n, -1);
    for (int64_t i = 0; i < n; ++i) x[i] = 0.5f * i;
    void *buffers[] = {x.data(), y.data()};
    ASSERT_EQ(function->call(nullptr, buffers, &n, nullptr, 0), 0);
    for (int64_t i = 0; i < n; ++i) ASSERT_EQ(y[i], 1.0f * i) << "n = " << n;
  }
}

TEST_F(JitTest, FindsAFunctionInMemoryThenOnDisk) {
  auto module = parse(addSource);
  {
    auto jit = createJit();
    auto first = compile(*jit, *module, "add");
    EXPECT_EQ(compile(*jit, *module, "add"), first);
    EXPECT_EQ(jit->getStatistics().compilations, 1u);
    EXPECT_EQ(jit->getStatistics().memoryHits, 1u);
  }
  auto jit = createJit();
  auto function = compile(*jit, *module, "add");
  ASSERT_TRUE(function);
  EXPECT_TRUE(function->fromCache);
  EXPECT_EQ(jit->getStatistics().compilations, 0u);
  expectAdds(*function);
}

TEST_F(JitTest, KeysFollowTheMeaningAndNotTheLocation) {
  auto jit = createJit();
  auto module = parse(addSource);
  CacheKey key = jit->getKey(*module, "add");
  EXPECT_EQ(jit->getKey(*parse(std::string("// moved down\n\n") + addSource), "add"), key);
  EXPECT_NE(jit->getKey(*module, "other"), key);
  std::string wider = addSource;
  for (size_t at; (at = wider.find("2x3")) != std::string::npos;) wider.replace(at, 3, "2x4");
  EXPECT_NE(jit->getKey(*parse(wider), "add"), key);
  options.reference = true;
  EXPECT_NE(createJit()->getKey(*module, "add"), key);
  options.reference = false;
  options.target.cpu = "x86-64-v2";
  EXPECT_NE(createJit()->getKey(*module, "add"), key);
}

// Large constants are hashed as bytes and not printed: which stands where has to count all the same.
TEST_F(JitTest, KeysTellLargeConstantsApart) {
  auto jit = createJit();
  auto makeModule = [&](StringRef first, StringRef second, StringRef third) {
    auto constant = [](StringRef hex) {
      std::string bytes;
      for (int i = 0; i < 40; ++i) bytes += hex.str() + (i == 3 ? "FF" : "00");
      return "\"0x" + bytes + "\"";
    };
    return parse("func.func @f() -> (tensor<20xi32>, tensor<20xi32>, tensor<20xi32>) {\n"
                 "%0 = tenon.constant dense<" +
                 constant(first) +
                 "> : tensor<20xi32>\n"
                 "%1 = tenon.constant dense<" +
                 constant(second) +
                 "> : tensor<20xi32>\n"
                 "%2 = tenon.constant dense<" +
                 constant(third) +
                 "> : tensor<20xi32>\n"
                 "return %0, %1, %2 : tensor<20xi32>, tensor<20xi32>, tensor<20xi32> }");
  };
  CacheKey key = jit->getKey(*makeModule("01", "02", "01"), "f");
  EXPECT_EQ(jit->getKey(*makeModule("01", "02", "01"), "f"), key);
  EXPECT_NE(jit->getKey(*makeModule("01", "02", "02"), "f"), key);
  EXPECT_NE(jit->getKey(*makeModule("01", "03", "01"), "f"), key);
}

TEST_F(JitTest, CompilesAgainWhereTheCacheIsDamaged) {
  auto module = parse(addSource);
  compile(*createJit(), *module, "add");
  for (const auto &item : fs::directory_iterator(options.cache.directory))
    fs::resize_file(item.path(), fs::file_size(item.path()) - 5);
  auto jit = createJit();
  auto function = compile(*jit, *module, "add");
  ASSERT_TRUE(function);
  EXPECT_FALSE(function->fromCache);
  expectAdds(*function);
}

TEST_F(JitTest, WorksWithoutACache) {
  fs::create_directory(options.cache.directory);
  fs::permissions(options.cache.directory, fs::perms::all);
  auto module = parse(addSource);
  auto jit = createJit();
  EXPECT_FALSE(jit->getCache().isEnabled());
  auto function = compile(*jit, *module, "add");
  ASSERT_TRUE(function);
  expectAdds(*function);
}

TEST_F(JitTest, ServesThreadsWithContextsOfTheirOwn) {
  auto jit = createJit();
  std::vector<std::thread> threads;
  std::vector<std::shared_ptr<const CompiledFunction>> functions(4);
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      MLIRContext mine(MLIRContext::Threading::DISABLED);
      DialectRegistry registry;
      registerDialects(registry);
      mine.appendDialectRegistry(registry);
      auto module = parseSourceString<ModuleOp>(addSource, &mine);
      auto function = jit->compile(*module, "add");
      if (function)
        functions[t] = *function;
      else
        llvm::consumeError(function.takeError());
    });
  for (std::thread &thread : threads) thread.join();
  for (auto &function : functions) {
    ASSERT_TRUE(function);
    EXPECT_EQ(function, functions[0]);
    expectAdds(*function);
  }
}

TEST_F(JitTest, SaysWhatIsWrong) {
  auto module = parse(addSource);
  auto jit = createJit();
  auto missing = jit->compile(*module, "subtract");
  ASSERT_FALSE(static_cast<bool>(missing));
  EXPECT_EQ(llvm::toString(missing.takeError()), "the module has no function 'subtract' to compile");
}

TEST_F(JitTest, RefusesATargetThatDoesNotExist) {
  options.target.name = "pdp11";
  auto jit = Jit::create(options);
  ASSERT_FALSE(static_cast<bool>(jit));
  EXPECT_EQ(llvm::toString(jit.takeError()),
            "unknown target 'pdp11'; the known ones are host, x86-64, x86-64-v2, x86-64-v3, "
            "x86-64-v4, aarch64, armv7, riscv64, wasm32");
}

// Not a benchmark: a guard against an accident that makes every new signature slow.
TEST_F(JitTest, IsQuick) {
  auto jit = createJit();
  auto warm = parse(openSource);
  compile(*jit, *warm, "twice");
  auto milliseconds = [&](Jit &jit, ModuleOp module) {
    auto start = std::chrono::steady_clock::now();
    compile(jit, module, "add");
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
  };
  auto module = parse(addSource);
  double cold = milliseconds(*jit, *module);
  auto second = createJit();
  compile(*second, *warm, "twice");
  double cached = milliseconds(*second, *module);
  double memory = milliseconds(*second, *module);
  RecordProperty("cold_ms", std::to_string(cold));
  std::printf("new signature: cold %.2f ms, from the persistent cache %.2f ms, from memory %.3f ms\n", cold, cached,
              memory);
  EXPECT_EQ(second->getStatistics().cacheHits, 2u);
  EXPECT_LT(cold, 200);
  EXPECT_LT(cached, 20);
}

} // namespace
