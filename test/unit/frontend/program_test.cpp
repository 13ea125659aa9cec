// Programs: parameters and results with names, constants, variables, and what is refused.
#include "expect_error.h"
#include <tenon/tenon.h>

#include <cstdio>
#include <fstream>
#include <iterator>

using tenon::arg;
using tenon::spec;
using tenon::Tensor;

namespace {

#define EXPECT_IR(text, part) EXPECT_NE((text).find(part), std::string::npos) << (text)

struct State {
  Tensor h, c;
};

TEST(Program, NamesParametersAndResults) {
  Tensor w = tenon::ones({64, 10});
  auto predict = tenon::function([=](Tensor x) { return tenon::matmul(x, w); });
  tenon::Program program("digits");
  program.add("predict", predict, {arg("x", spec<float>("batch", 64))}, {{"scores"}});
  const std::string ir = program.mlir();
  EXPECT_IR(ir, "module @digits");
  EXPECT_IR(ir, "func.func @predict(%arg0: tensor<?x64xf32> {tenon.dims = [\"batch\", \"\"], tenon.name = \"x\"}) -> "
                "(tensor<?x10xf32> {");
  EXPECT_IR(ir, "tenon.name = \"scores\"");
  EXPECT_IR(ir, "tenon.constant dense<1.000000e+00> : tensor<64x10xf32>");
}

TEST(Program, StructuresGiveTheirNames) {
  tenon::Program program("rnn");
  program.add("step", [](Tensor x, State s, float rate) { return State{s.h + x * rate, s.c * 2}; },
              {arg("x", spec<float>(4)), arg("h", spec<float>(4)), arg("c", spec<float>(4)), arg("rate", 0.5)});
  const std::string ir = program.mlir();
  EXPECT_IR(ir, "tenon.name = \"x\"");
  EXPECT_IR(ir, "(tensor<4xf32> {tenon.name = \"h_out\"}, tensor<4xf32> {tenon.name = \"c_out\"})");
  EXPECT_IR(ir, "dense<5.000000e-01>");
}

TEST(Program, FunctionsShareVariables) {
  tenon::Variable v(tenon::ones({2}), "w");
  tenon::Program program("model");
  program.add("read", [&](Tensor x) { return x + v; }, {arg("x", spec<float>(2))});
  program.add("write", [&](Tensor x) { v.assign(x); }, {arg("x", spec<float>(2))});
  const std::string ir = program.mlir();
  EXPECT_IR(ir, "tenon.variable @w : tensor<2xf32> = dense<1.000000e+00>");
  EXPECT_EQ(ir.find("tenon.variable @w"), ir.rfind("tenon.variable @w"));
  EXPECT_IR(ir, "tenon.read @w");
  EXPECT_IR(ir, "tenon.assign @w");
}

TEST(Program, VariablesHaveNamesOfTheirOwn) {
  tenon::Variable a(tenon::ones({2}), "w"), b(tenon::zeros({2}), "w"), step(tenon::zeros({}), "step"),
      none(tenon::ones({3}));
  tenon::Program program("model");
  program.add("first", [&](Tensor x) { return x + a + b + step + none.value()[0]; }, {arg("x", spec<float>(2))});
  program.add("step", [&](Tensor x) { step.assign_add(1.f), b.assign(x); }, {arg("x", spec<float>(2))});
  const std::string ir = program.mlir();
  EXPECT_IR(ir, "tenon.variable @w : tensor<2xf32> = dense<1.000000e+00>");
  EXPECT_IR(ir, "tenon.variable @w_2 : tensor<2xf32> = dense<0.000000e+00>");
  EXPECT_IR(ir, "tenon.variable @step_2 : tensor<f32>");
  EXPECT_IR(ir, "tenon.variable @variable3 : tensor<3xf32>");
  EXPECT_IR(ir, "tenon.assign @step_2");
  EXPECT_IR(ir, "tenon.assign @w_2");
  EXPECT_EQ(ir, program.mlir());
}

// The lines of a file that a program writes.
std::string written(tenon::Program &program, const tenon::WriteOptions &options) {
  const std::string path = testing::TempDir() + "program_test_state.h";
  program.write(path, options);
  std::ifstream file(path);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  std::remove(path.c_str());
  return text;
}

TEST(Program, VariablesThatNothingAssignsAreConstants) {
  tenon::Variable trained(tenon::ones({2}), "trained"), fixed(tenon::ones({2}), "fixed");
  auto predict = [&](Tensor x) { return x * trained + fixed; };
  auto train_step = [&](Tensor x) { trained.assign(predict(x)); };
  tenon::Program inference("model"), training("model");
  inference.add("predict", predict, {arg("x", spec<float>(2))}, {{"y"}});
  training.add("predict", predict, {arg("x", spec<float>(2))}, {{"y"}});
  training.add("train_step", train_step, {arg("x", spec<float>(2))});
  EXPECT_EQ(written(inference, {}).find("struct model_state"), std::string::npos);
  const std::string with_state = written(training, {});
  EXPECT_IR(with_state, "struct model_state {\n  float trained[2];\n};");
  EXPECT_IR(
      with_state,
      "model_predict(const struct tenon_context *context, const float *x, const struct model_state *state, float *y,");
  EXPECT_IR(with_state,
            "model_train_step(const struct tenon_context *context, const float *x, struct model_state *state,");
  EXPECT_IR(written(inference, {.freeze_variables = false}),
            "struct model_state {\n  float trained[2];\n  float fixed[2];\n};");
}

TEST(Program, WritesThePresentValuesOfVariables) {
  tenon::Variable v(tenon::ones({2}), "v");
  tenon::Program program("model");
  program.add("f", [&](Tensor x) { return x + v; }, {arg("x", spec<float>(2))});
  v.assign(tenon::full({2}, 7.f));
  EXPECT_IR(program.mlir(), "tenon.variable @v : tensor<2xf32> = dense<7.000000e+00>");
}

TEST(Program, ALearningRateIsAConstantOrAnInput) {
  tenon::Variable w(tenon::ones({2}), "w");
  auto state_of = [&](bool given) {
    tenon::optim::SGD optimizer(0.5);
    tenon::Program program("model");
    program.add("step",
                [&](Tensor g, Tensor rate) {
                  if (given)
                    optimizer.set_learning_rate(rate);
                  optimizer.apply_gradients({g}, {w});
                },
                {arg("g", spec<float>(2)), arg("rate", spec<float>())});
    return written(program, {});
  };
  EXPECT_EQ(state_of(false).find("learning_rate"), std::string::npos);
  EXPECT_IR(state_of(true), "float sgd_learning_rate; /* sgd.learning_rate */");
}

TEST(Program, SaysWhatDoesNotFit) {
  tenon::Program program("p");
  auto f = [](Tensor x, Tensor y) { return x + y; };
  EXPECT_ERROR(program.add("f", f, {spec<float>(1)}),
               "Program::add: 'f': the function takes more Tensors than the 1 that are specified (program_test.cpp:");
  EXPECT_ERROR(program.add("f", f, {spec<float>(1), spec<float>(1), spec<float>(1)}),
               "3 parameters are specified, but the function takes 2");
  EXPECT_ERROR(program.add("f", f, {arg("x", spec<float>(1)), arg("x", spec<float>(1))}),
               "two parameters are called 'x'");
  EXPECT_ERROR(program.add("f", f, {arg("x", spec<float>(2)), arg("y", spec<float>(3))}),
               "add: shapes do not broadcast: lhs f32[2], rhs f32[3] (program_test.cpp:");
  EXPECT_ERROR(program.add("2f", f, {spec<float>(1), spec<float>(1)}), "expected a name that C accepts");
  EXPECT_ERROR(program.add("f", f, {spec<float>(1), spec<float>(1)}, {{"a", "b"}}),
               "2 results are named, but the function returns 1");
  EXPECT_ERROR(program.add("g", [](Tensor x, bool b) { return b ? x : -x; }, {spec<float>(1)}),
               "parameter 1 is a C++ value, which has to be given");
  EXPECT_ERROR(
      program.write("p.o"),
      "Program::write: 'p.o': the program has no functions: add one first"); // nothing of the refused ones stayed
  program.add("f", f, {arg("x", spec<float>(1)), arg("y", spec<float>(1))});
  EXPECT_ERROR(program.add("f", f, {spec<float>(1), spec<float>(1)}),
               "the program has a function of this name already");
  EXPECT_ERROR(program.write("/nowhere/p.o"), "/nowhere/p.o");
  EXPECT_ERROR(program.write("p.o", {.target = "z80"}), "z80");
  EXPECT_ERROR(program.write("p.o", {.target = "x86-64", .cpu = "v2,v3,v2"}), "CPU 'x86-64-v2' is listed twice");
  EXPECT_ERROR(tenon::Program("a b"), "expected a name that C accepts");
}

TEST(Program, WritesAnObjectAndHeaders) {
  const std::string stem = testing::TempDir() + "tenon_program_test";
  tenon::Program program("twice");
  program.add("f", [](Tensor x) { return x * 2; }, {arg("x", spec<float>("n"))}, {{"y"}});
  program.write(stem + ".o");
  std::ifstream header(stem + ".h");
  const std::string text{std::istreambuf_iterator<char>(header), {}};
  EXPECT_IR(text, "int32_t twice_f(");
  EXPECT_TRUE(std::ifstream(stem + ".o").good());
  EXPECT_TRUE(std::ifstream(stem + ".hpp").good());
  program.write(stem + ".h", {.target = "x86-64", .cpu = "v2,v3"});
  std::ifstream levels(stem + ".h");
  EXPECT_IR((std::string{std::istreambuf_iterator<char>(levels), {}}), "(x86-64-v3, x86-64-v2)");
  for (const char *ending : {".o", ".h", ".hpp"}) std::remove((stem + ending).c_str());
}

} // namespace
