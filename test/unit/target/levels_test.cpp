// Several CPU levels: in which order they are tried, and what becomes of sizes and constants when their code is joined.
#include "compiler/Pipelines/Register.h"
#include "compiler/Target/Levels.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"

#include <gtest/gtest.h>

using namespace mlir;
using namespace mlir::tenon;

namespace {

SmallVector<Target, 1> create(const char *target, const char *cpus) {
  auto levels = Target::createLevels({.name = target, .cpu = cpus});
  if (levels)
    return std::move(*levels);
  ADD_FAILURE() << llvm::toString(levels.takeError());
  return {};
}

std::string order(const char *target, const char *cpus) {
  std::string text;
  for (const Target &level : create(target, cpus)) text += (text.empty() ? "" : " ") + level.getCPU().str();
  return text;
}

TEST(Levels, TheMostCapableIsTriedFirst) {
  EXPECT_EQ(order("x86-64", "x86-64-v2,v3,v4"), "x86-64-v4 x86-64-v3 x86-64-v2");
  EXPECT_EQ(order("x86-64", "v4,v1,v3"), "x86-64-v4 x86-64-v3 x86-64");
  EXPECT_EQ(order("x86-64", "znver5,v3,alderlake"), "znver5 alderlake x86-64-v3");
  EXPECT_EQ(order("aarch64", "generic,cortex-a76,neoverse-v1"), "neoverse-v1 cortex-a76 generic");
}

TEST(Levels, OfTwoThatNeitherExceedsTheLaterNamedIsTriedFirst) {
  // Zen 4 has sse4a, Sapphire Rapids has FP16.
  EXPECT_EQ(order("x86-64", "znver4,sapphirerapids,v3"), "sapphirerapids znver4 x86-64-v3");
  EXPECT_EQ(order("x86-64", "sapphirerapids,znver4,v3"), "znver4 sapphirerapids x86-64-v3");
}

TEST(Levels, OneIsWhatTheTargetIs) {
  EXPECT_EQ(order("x86-64-v3", ""), "x86-64-v3");
  EXPECT_EQ(order("wasm32", ""), "generic");
  EXPECT_EQ(order("x86-64", "v4"), "x86-64-v4");
  SmallVector<Target, 1> host = create("host", "host");
  ASSERT_EQ(host.size(), 1u);
  EXPECT_EQ(host.front().getKey(), create("host", "").front().getKey());
}

TEST(Levels, EntryPointsAreCompiledForTheBase) {
  EXPECT_EQ(create("x86-64", "v3").front().getBaselineCPU(), "x86-64");
  EXPECT_EQ(create("x86-64", "").front().getBaselineCPU(), "");
  EXPECT_EQ(create("aarch64", "neoverse-v1").front().getBaselineCPU(), "generic");
  EXPECT_EQ(create("aarch64", "").front().getBaselineCPU(), "");
  auto vectors = Target::create({.name = "riscv64", .features = "+v"});
  ASSERT_TRUE(static_cast<bool>(vectors));
  EXPECT_EQ(vectors->getBaselineFeatures(), "+m,+a,+f,+d,+c");
}

/// A level's module, with `workspace` for its signature, and a constant that not all levels share.
std::string source(const char *workspace, const char *constant, const char *function) {
  return std::string(R"(
    llvm.mlir.global internal constant @shared(dense<[1.0, 2.0]> : tensor<2xf32>) {alignment = 64 : i64} : !llvm.array<2 x f32>
    llvm.mlir.global internal constant @packed(dense<)") +
         constant + R"(> : tensor<2xf32>) : !llvm.array<2 x f32>
    llvm.func @helper(%p: !llvm.ptr) { llvm.return }
    llvm.func @f.body() attributes {tenon.signature = {name = "f", dims = ["n"], inputs = [], variables = [], outputs = [], )" +
         workspace + R"(}} {
      %0 = llvm.mlir.addressof @shared : !llvm.ptr
      %1 = llvm.mlir.addressof @packed : !llvm.ptr
      llvm.call @helper(%0) : (!llvm.ptr) -> ()
      llvm.call @helper(%1) : (!llvm.ptr) -> ()
      llvm.return
    })" + function;
}

constexpr const char *openWorkspace = "llvm.func @f.workspace(%n: i64) -> i64 { llvm.return %n : i64 }";

struct JoinTest : testing::Test {
  JoinTest() : context(MLIRContext::Threading::DISABLED) {
    DialectRegistry registry;
    registerDialects(registry);
    context.appendDialectRegistry(registry);
    context.loadDialect<LLVM::LLVMDialect>();
  }
  void join(std::vector<std::string> sources) {
    SmallVector<OwningOpRef<ModuleOp>> lowered;
    for (const std::string &source : sources) lowered.push_back(parseSourceString<ModuleOp>(source, &context));
    module = ModuleOp::create(UnknownLoc::get(&context));
    ASSERT_TRUE(succeeded(joinLevels(*module, lowered, create("x86-64", "v2,v3"))));
    ASSERT_TRUE(succeeded(verify(*module)));
  }
  FunctionSignature signature(const char *body) {
    return *FunctionSignature::get(module->lookupSymbol(body));
  }
  std::string text(const char *function) {
    std::string result;
    llvm::raw_string_ostream(result) << *module->lookupSymbol(function);
    return result;
  }

  MLIRContext context;
  OwningOpRef<ModuleOp> module;
};

TEST_F(JoinTest, EqualConstantsAreThereOnce) {
  join({source("workspace = 0 : i64", "[3.0, 4.0]", ""), source("workspace = 0 : i64", "[3.0, 5.0]", "")});
  EXPECT_EQ(llvm::range_size(module->getOps<LLVM::GlobalOp>()), 3);
  EXPECT_NE(text("f.body.x86-64-v3").find("@shared :"), std::string::npos);
  EXPECT_NE(text("f.body.x86-64-v2").find("@shared :"), std::string::npos);
  EXPECT_NE(text("f.body.x86-64-v3").find("@packed :"), std::string::npos);
  EXPECT_NE(text("f.body.x86-64-v2").find("@\"packed.x86-64-v2\" :"), std::string::npos) << text("f.body.x86-64-v2");
}

TEST_F(JoinTest, FunctionsAreEachLevelsOwn) {
  join({source("workspace = 0 : i64", "[3.0, 4.0]", ""), source("workspace = 0 : i64", "[3.0, 4.0]", "")});
  for (const char *cpu : {"x86-64-v2", "x86-64-v3"}) {
    auto body = module->lookupSymbol<LLVM::LLVMFuncOp>(std::string("f.body.") + cpu);
    EXPECT_EQ(body.getTargetCpu(), StringRef(cpu));
    EXPECT_NE(text(("f.body." + std::string(cpu)).c_str()).find("@\"helper." + std::string(cpu) + "\"("),
              std::string::npos);
  }
  EXPECT_FALSE(module->lookupSymbol("helper"));
}

TEST_F(JoinTest, TheWorkspaceIsTheLargest) {
  join({source("workspace = 64 : i64", "[3.0, 4.0]", ""), source("workspace = 192 : i64", "[3.0, 4.0]", "")});
  EXPECT_EQ(signature("f.body.x86-64-v2").workspaceBytes, 192);
  EXPECT_EQ(signature("f.body.x86-64-v3").workspaceBytes, 192);
  EXPECT_FALSE(module->lookupSymbol("f.workspace"));
}

TEST_F(JoinTest, AnOpenWorkspaceIsComputedForAllLevels) {
  join({source("workspace", "[3.0, 4.0]", openWorkspace), source("workspace", "[3.0, 4.0]", openWorkspace)});
  EXPECT_EQ(signature("f.body.x86-64-v3").workspaceBytes, std::nullopt);
  std::string sizes = text("f.workspace");
  EXPECT_NE(sizes.find("@\"f.workspace.x86-64-v3\"("), std::string::npos) << sizes;
  EXPECT_NE(sizes.find("@\"f.workspace.x86-64-v2\"("), std::string::npos) << sizes;
  EXPECT_NE(sizes.find("umax"), std::string::npos) << sizes;
}

TEST_F(JoinTest, AFixedWorkspaceBesideAnOpenOneIsABound) {
  join({source("workspace = 320 : i64", "[3.0, 4.0]", ""), source("workspace", "[3.0, 4.0]", openWorkspace)});
  EXPECT_EQ(signature("f.body.x86-64-v3").workspaceBytes, std::nullopt);
  EXPECT_NE(text("f.workspace").find("llvm.mlir.constant(320 : i64)"), std::string::npos) << text("f.workspace");
}

} // namespace
