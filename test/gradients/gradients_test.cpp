// Gradients of each function in cases/*.mlir against central differences of the compiled function itself, in f64.
//
// A function is a case: arguments are random in [-1, 1], or in the range [low, high] of `test.range`, or the elements
// of `test.value`; open dimensions have the sizes of `test.dims`, one for each. What is differentiated is the sum of
// all its floating-point results, weighted by numbers that differ from element to element.
#include "compiled.h"

#include "compiler/Autodiff/Passes.h"
#include "compiler/Pipelines/Register.h"
#include "compiler/Target/Compile.h"
#include "dialects/Tenon/Dialect.h"

#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <gtest/gtest.h>
#include <map>
#include <random>

using namespace tenon::test;
using namespace mlir;
namespace dialect = mlir::tenon;

namespace {
/// TENON_GRADIENTS_FILTER=text runs only the functions whose name holds the text.
bool selected(StringRef name) {
  const char *filter = std::getenv("TENON_GRADIENTS_FILTER");
  return !filter || name.contains(filter);
}

bool isFloat(Type type) { return isa<FloatType>(cast<RankedTensorType>(type).getElementType()); }

Value number(ImplicitLocOpBuilder &b, double value) {
  auto type = RankedTensorType::get({}, b.getF64Type());
  return dialect::ConstantOp::create(b, DenseElementsAttr::get(type, value));
}

/// The sum over axes of sin(1.3 (axis + 1) i + 0.5), where i is an element's index along it.
Value createWeights(ImplicitLocOpBuilder &b, Value tensor) {
  auto type = cast<RankedTensorType>(tensor.getType());
  Value weights = number(b, 0.7);
  for (int64_t axis = 0; axis < type.getRank(); ++axis) {
    SmallVector<Value> dims;
    for (int64_t i = 0; i < type.getRank(); ++i)
      if (type.isDynamicDim(i))
        dims.push_back(dialect::DimOp::create(b, tensor, i));
    Value index = dialect::IotaOp::create(b, type, axis, dims);
    Value angle = dialect::MulOp::create(b, index, number(b, 1.3 * (axis + 1)));
    angle = dialect::AddOp::create(b, angle, number(b, 0.5));
    weights = dialect::AddOp::create(b, weights, dialect::SinOp::create(b, angle).getResult());
  }
  return weights;
}

/// Adds @loss, the weighted sum of what `function` returns.
func::FuncOp addLoss(func::FuncOp function) {
  ImplicitLocOpBuilder b(function.getLoc(), function->getContext());
  b.setInsertionPointAfter(function);
  auto scalar = RankedTensorType::get({}, b.getF64Type());
  auto loss = func::FuncOp::create(b, "loss", b.getFunctionType(function.getArgumentTypes(), scalar));
  for (unsigned i = 0; i < function.getNumArguments(); ++i)
    if (Attribute dims = function.getArgAttr(i, "tenon.dims"))
      loss.setArgAttr(i, "tenon.dims", dims);
  b.setInsertionPointToStart(loss.addEntryBlock());
  auto call = func::CallOp::create(b, function, loss.getArguments());
  Value sum = number(b, 0);
  for (Value result : call.getResults()) {
    if (!isFloat(result.getType()))
      continue;
    Value weighted = dialect::MulOp::create(b, result, createWeights(b, result));
    SmallVector<int64_t> axes;
    for (int64_t i = 0; i < cast<RankedTensorType>(result.getType()).getRank(); ++i) axes.push_back(i);
    sum = dialect::AddOp::create(
        b, sum, dialect::ReduceOp::create(b, dialect::ReduceKind::sum, weighted, axes, false).getResult());
  }
  func::ReturnOp::create(b, sum);
  function.setPrivate();
  return loss;
}

struct Inputs {
  std::vector<Tensor> tensors;
  std::vector<int64_t> dims;
  std::vector<unsigned> sources; // floating-point arguments
};

Inputs readInputs(func::FuncOp function, uint32_t seed) {
  Inputs inputs;
  std::mt19937 random(seed);
  std::map<std::string, int64_t> named;
  for (unsigned i = 0; i < function.getNumArguments(); ++i) {
    auto type = cast<RankedTensorType>(function.getArgumentTypes()[i]);
    auto sizes = function.getArgAttrOfType<DenseI64ArrayAttr>(i, "test.dims");
    auto names = function.getArgAttrOfType<ArrayAttr>(i, "tenon.dims");
    Tensor &tensor = inputs.tensors.emplace_back();
    size_t open = 0, count = 1;
    for (auto [axis, size] : llvm::enumerate(type.getShape())) {
      tensor.shape.push_back(ShapedType::isDynamic(size) ? sizes[open++] : size);
      count *= tensor.shape.back();
      std::string name = names ? cast<StringAttr>(names[axis]).str() : "";
      if (ShapedType::isDynamic(size) && (name.empty() || named.emplace(name, tensor.shape.back()).second))
        inputs.dims.push_back(tensor.shape.back());
    }
    double low = -1, high = 1;
    if (auto range = function.getArgAttrOfType<DenseF64ArrayAttr>(i, "test.range")) {
      low = range[0];
      high = range[1];
    }
    auto value = function.getArgAttrOfType<DenseF64ArrayAttr>(i, "test.value");
    std::uniform_real_distribution<double> distribution(low, high);
    for (size_t e = 0; e < count; ++e) tensor.elements.push_back(value ? value[e] : distribution(random));
    if (isFloat(type))
      inputs.sources.push_back(i);
  }
  return inputs;
}

class WithJit : public testing::Test {
protected:
  WithJit() {
    DialectRegistry registry;
    dialect::registerDialects(registry);
    context = std::make_unique<MLIRContext>(registry, MLIRContext::Threading::DISABLED);
    context->loadAllAvailableDialects();
    context->allowUnregisteredDialects();
    dialect::JitOptions options;
    options.persistent = false;
    auto created = dialect::Jit::create(options);
    if (!created)
      throw std::runtime_error(llvm::toString(created.takeError()));
    jit = std::move(*created);
  }

  std::unique_ptr<MLIRContext> context;
  std::unique_ptr<dialect::Jit> jit;
};

class Gradients : public WithJit, public testing::WithParamInterface<std::string> {
protected:
  /// A module with the function under test, the private ones, and @loss.
  OwningOpRef<ModuleOp> extract(ModuleOp cases, StringRef name) {
    OwningOpRef<ModuleOp> module(ModuleOp::create(cases.getLoc(), "m"));
    OpBuilder builder(module->getBodyRegion());
    func::FuncOp function;
    for (auto candidate : cases.getOps<func::FuncOp>())
      if (candidate.getName() == name || candidate.isPrivate()) {
        auto copy = cast<func::FuncOp>(builder.clone(*candidate));
        for (unsigned i = 0; i < copy.getNumArguments(); ++i)
          for (StringRef attribute : {"test.range", "test.value", "test.dims"}) copy.removeArgAttr(i, attribute);
        if (copy.getName() == name)
          function = copy;
      }
    addLoss(function);
    return module;
  }

  /// The relative error of each gradient, as a sentence where it is too large.
  std::string check(ModuleOp cases, func::FuncOp function) {
    Inputs inputs = readInputs(function, 7);
    OwningOpRef<ModuleOp> module = extract(cases, function.getName());
    Compiled loss(*jit, *module, "loss");
    dialect::DiagnosticCollector diagnostics(context.get());
    PassManager pm(context.get());
    dialect::GradPassOptions options;
    options.function = "loss";
    options.name = "gradients";
    pm.addPass(dialect::createGradPass(options));
    if (failed(pm.run(*module)))
      return diagnostics.take("tenon-grad failed");
    module->lookupSymbol<func::FuncOp>("loss").setPrivate();
    Compiled gradients(*jit, *module, "gradients");
    std::vector<std::vector<int64_t>> shapes{{}};
    for (unsigned source : inputs.sources) shapes.push_back(inputs.tensors[source].shape);
    std::vector<Tensor> results = gradients(inputs.tensors, inputs.dims, shapes);
    auto evaluate = [&] { return loss(inputs.tensors, inputs.dims, {{}})[0].elements[0]; };
    if (double value = evaluate(); !(std::abs(value - results[0].elements[0]) <= 1e-12 * (1 + std::abs(value))))
      return "the value is " + std::to_string(results[0].elements[0]) + ", expected " + std::to_string(value);
    constexpr double step = 1e-5;
    for (auto [i, source] : llvm::enumerate(inputs.sources))
      for (size_t e = 0; e < inputs.tensors[source].elements.size(); ++e) {
        double &element = inputs.tensors[source].elements[e], saved = element;
        element = saved + step;
        double above = evaluate();
        element = saved - step;
        double below = evaluate();
        element = saved;
        double expected = (above - below) / (2 * step), got = results[1 + i].elements[e];
        ++compared;
        if (!(std::abs(got - expected) <= 1e-6 * std::max(1.0, std::abs(expected))))
          return "argument " + std::to_string(source) + ", element " + std::to_string(e) + ": got " +
                 std::to_string(got) + ", central differences " + std::to_string(expected);
      }
    return "";
  }

  /// Whether the gradients are the same bits with everything that loops keep in lists.
  std::string checkLists(ModuleOp cases, func::FuncOp function) {
    Inputs inputs = readInputs(function, 7);
    std::vector<std::vector<int64_t>> shapes{{}};
    for (unsigned source : inputs.sources) shapes.push_back(inputs.tensors[source].shape);
    std::vector<Tensor> results[2];
    for (bool lists : {false, true}) {
      OwningOpRef<ModuleOp> module = extract(cases, function.getName());
      dialect::DiagnosticCollector diagnostics(context.get());
      PassManager pm(context.get());
      dialect::GradPassOptions options;
      options.function = "loss";
      options.name = "gradients";
      pm.addPass(dialect::createGradPass(options));
      pm.addPass(createInlinerPass({}, [](OpPassManager &) {}));
      dialect::ExpandGradientsPassOptions expand;
      expand.lists = lists;
      pm.addNestedPass<func::FuncOp>(dialect::createExpandGradientsPass(expand));
      if (failed(pm.run(*module)))
        return diagnostics.take("the gradient does not expand");
      module->lookupSymbol<func::FuncOp>("loss").setPrivate();
      Compiled gradients(*jit, *module, "gradients");
      results[lists] = gradients(inputs.tensors, inputs.dims, shapes);
      if (lists)
        allocations += gradients.allocations;
    }
    for (auto [array, list] : llvm::zip_equal(results[0], results[1])) {
      if (array.elements != list.elements)
        return "arrays and lists differ";
      compared += array.elements.size();
    }
    return "";
  }

  size_t compared = 0;
  int allocations = 0;
};

TEST_P(Gradients, AgreeWithCentralDifferences) {
  auto cases = parseSourceFile<ModuleOp>(GetParam(), context.get());
  ASSERT_TRUE(cases) << GetParam() << " does not parse";
  for (auto function : cases->getOps<func::FuncOp>()) {
    if (function.isPrivate() || !selected(function.getName()))
      continue;
    try {
      std::string problem = check(*cases, function);
      EXPECT_EQ(problem, "") << function.getName().str();
    } catch (const std::runtime_error &error) {
      ADD_FAILURE() << function.getName().str() << ": " << error.what();
    }
  }
  EXPECT_GT(compared, 0u);
}

using Lists = Gradients;

TEST_P(Lists, GiveTheBitsOfArrays) {
  auto cases = parseSourceFile<ModuleOp>(GetParam(), context.get());
  ASSERT_TRUE(cases);
  for (auto function : cases->getOps<func::FuncOp>()) {
    if (function.isPrivate() || !selected(function.getName()))
      continue;
    try {
      EXPECT_EQ(checkLists(*cases, function), "") << function.getName().str();
    } catch (const std::runtime_error &error) {
      ADD_FAILURE() << function.getName().str() << ": " << error.what();
    }
  }
  EXPECT_GT(compared, 0u);
  EXPECT_GT(allocations, 0);
}
INSTANTIATE_TEST_SUITE_P(OfLoops, Lists, testing::Values(TENON_GRADIENT_CASES "/cases/control-flow.mlir"));

using GradientOfALoop = WithJit;

// Within the bound the gradient is right; beyond it the call ends with an error, and nothing is written past the array.
TEST_F(GradientOfALoop, EndsTheCallWhereItRunsPastMaxIterations) {
  auto module = parseSourceString<ModuleOp>(R"mlir(
    func.func @f(%x: tensor<f64>, %n: tensor<i64>) -> tensor<f64> {
      %zero = tenon.constant dense<0> : tensor<i64>
      %y = tenon.for %zero to %n step 1 (%x : tensor<f64>) -> tensor<f64> attributes {tenon.max_iterations = 3 : i64} {
      ^bb0(%i: tensor<i64>, %a: tensor<f64>):
        %s = tenon.sin %a : tensor<f64>
        %b = tenon.mul %s, %a : tensor<f64>, tensor<f64>
        tenon.yield %b : tensor<f64>
      }
      %g = tenon.gradient %y wrt %x : tensor<f64> wrt tensor<f64>
      return %g : tensor<f64>
    })mlir",
                                            context.get());
  ASSERT_TRUE(module);
  Compiled f(*jit, *module, "f");
  auto gradient = [&](double n) { return f({{{}, {0.5}}, {{}, {n}}}, {}, {{}})[0].elements[0]; };
  EXPECT_EQ(gradient(0), 1.0);
  EXPECT_NEAR(gradient(1), std::sin(0.5) + 0.5 * std::cos(0.5), 1e-15);
  EXPECT_NO_THROW(gradient(3));
  try {
    gradient(4);
    ADD_FAILURE() << "four iterations ran with a bound of three";
  } catch (const std::runtime_error &error) {
    EXPECT_STREQ(error.what(), "code 6: _f: a loop ran past its max_iterations, 3, on which its gradient relies (-:4)");
  }
}

// Whenever the host has no memory the call ends, and what there was is given back.
TEST_F(GradientOfALoop, EndsTheCallWhereTheHostHasNoMemory) {
  auto module = parseSourceString<ModuleOp>(R"mlir(
    func.func @f(%x: tensor<200xf64>, %n: tensor<i64>) -> tensor<200xf64> {
      %zero = tenon.constant dense<0> : tensor<i64>
      %y = tenon.for %zero to %n step 1 (%x : tensor<200xf64>) -> tensor<200xf64> {
      ^bb0(%i: tensor<i64>, %a: tensor<200xf64>):
        %s = tenon.exp %a : tensor<200xf64>
        %b = tenon.sin %s : tensor<200xf64>
        tenon.yield %b : tensor<200xf64>
      }
      %g = tenon.gradient %y wrt %x : tensor<200xf64> wrt tensor<200xf64>
      return %g : tensor<200xf64>
    })mlir",
                                            context.get());
  ASSERT_TRUE(module);
  Compiled f(*jit, *module, "f");
  Tensor x{{200}, std::vector<double>(200, 0.5)};
  Tensor expected = f({x, {{}, {20}}}, {}, {{200}})[0];
  const int allocations = f.allocations;
  EXPECT_GE(allocations, 4); // a list and several chunks
  EXPECT_LE(allocations, 24) << "chunks do not grow";
  for (f.failing = 0; f.failing < allocations; ++f.failing) try {
      f({x, {{}, {20}}}, {}, {{200}});
      ADD_FAILURE() << "allocation " << f.failing << " failed, and nobody said so";
    } catch (const std::runtime_error &error) {
      EXPECT_STREQ(error.what(),
                   "code 11: _f: the gradient of a loop without `max_iterations` needs memory from the host, "
                   "but its `allocate` gave none (-:4)");
    }
  EXPECT_EQ(f({x, {{}, {20}}}, {}, {{200}})[0].elements, expected.elements);
  EXPECT_EQ(f.allocations, allocations);
}

std::vector<std::string> caseFiles() {
  std::vector<std::string> files;
  for (auto &entry : std::filesystem::directory_iterator(TENON_GRADIENT_CASES "/cases"))
    files.push_back(entry.path().string());
  std::sort(files.begin(), files.end());
  return files;
}

INSTANTIATE_TEST_SUITE_P(Op, Gradients, testing::ValuesIn(caseFiles()), [](const auto &info) {
  std::string name = std::filesystem::path(info.param).stem().string();
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});
} // namespace
