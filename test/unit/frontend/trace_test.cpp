// What tracing records: the IR text, captures, open dimensions, slots; and what it refuses.
#include "expect_error.h"
#include <tenon/tenon.h>

#include <map>
#include <optional>

using tenon::Tensor;

namespace {

#define EXPECT_IR(text, part) EXPECT_NE((text).find(part), std::string::npos) << (text)
#define EXPECT_NO_IR(text, part) EXPECT_EQ((text).find(part), std::string::npos) << (text)

TEST(Trace, RecordsWhatTheFunctionDoes) {
  auto f = tenon::function([](Tensor x, Tensor w) { return tenon::relu(tenon::matmul(x, w) + 1); });
  const std::string ir = f.mlir(tenon::ones({2, 3}), tenon::ones({3, 4}));
  EXPECT_IR(ir, "func.func @function(%arg0: tensor<2x3xf32>, %arg1: tensor<3x4xf32>) -> tensor<2x4xf32>");
  EXPECT_IR(ir, "%0 = tenon.matmul %arg0, %arg1 : tensor<2x3xf32>, tensor<3x4xf32>");
  EXPECT_IR(ir, "tenon.constant dense<1.000000e+00> : tensor<f32>");
  EXPECT_IR(ir, "tenon.max");
  EXPECT_EQ(f.trace_count(), 0u); // looking is not tracing for a call
}

TEST(Trace, PromotesWeakNumbersAndMixedDtypes) {
  auto f = tenon::function([](Tensor i, Tensor h, Tensor b) { return i * 2 + h + (b + 1) + i / 2.0; });
  const std::string ir =
      f.mlir(tenon::ones({2}, tenon::i32), tenon::ones({2}, tenon::f16), tenon::ones({2}, tenon::boolean));
  EXPECT_IR(ir, "tenon.constant dense<2> : tensor<i32>");
  EXPECT_IR(ir, "tenon.cast %1 : tensor<2xi32> to tensor<2xf16>");
  EXPECT_IR(ir, "tenon.cast %arg2 : tensor<2xi1> to tensor<2xi64>");
  EXPECT_IR(ir, "tenon.cast %arg0 : tensor<2xi32> to tensor<2xf32>");
}

TEST(Trace, AssignmentsChangeVariablesNotValues) {
  auto f = tenon::function([](Tensor x) {
    Tensor y = x;
    y += 1;
    Tensor z;
    z = y;
    std::swap(y, z);
    std::vector<Tensor> list{x, y};
    list.push_back(z);
    return list[0] + list[2];
  });
  const std::string ir = f.mlir(Tensor(1));
  EXPECT_IR(ir, "%1 = tenon.add %arg0, %0");
  EXPECT_IR(ir, "%2 = tenon.add %arg0, %1");
}

TEST(Trace, CapturedTensorsAreHiddenInputs) {
  Tensor w = tenon::ones({3});
  auto f = tenon::function([&](Tensor x) { return x * w + w; });
  const std::string ir = f.mlir(Tensor(2.0));
  EXPECT_IR(ir, "@function(%arg0: tensor<f32>, %arg1: tensor<3xf32> {tenon.capture})");
}

TEST(Trace, NamesOpenDimensions) {
  auto f = tenon::function(
      [](Tensor x, Tensor y) { return tenon::reshape(x, {-1, 8}) + y.dim(0); },
      {tenon::arg("x", tenon::spec<float>("batch", 4, 4)), tenon::spec<std::int64_t>("batch", tenon::dynamic)});
  const std::string ir = f.mlir(tenon::ones({2, 4, 4}), tenon::ones({2, 5}, tenon::i64));
  EXPECT_IR(ir, "%arg0: tensor<?x4x4xf32> {tenon.dims = [\"batch\", \"\", \"\"], tenon.name = \"x\"}");
  EXPECT_IR(ir, "%arg1: tensor<?x?xi64> {tenon.dims = [\"batch\", \"x1_1\"]}");
  EXPECT_IR(ir, "tenon.dim %arg0 {axis = 0 : i64}");
  EXPECT_IR(ir, "-> tensor<?x8xf32>");
}

TEST(Trace, KeepsStaticWhatIsStatic) {
  auto f =
      tenon::function([](Tensor x) { return tenon::reshape(x, {x.dim(0), -1}); }, {tenon::spec<float>("n", 8, 8, 3)});
  EXPECT_IR(f.mlir(tenon::ones({1, 8, 8, 3})), "-> tensor<?x192xf32>");
  auto g = tenon::function([](Tensor x) { return tenon::zeros({x.dim(0), x.dim(1)}); });
  EXPECT_IR(g.mlir(tenon::ones({2, 3})), "tenon.constant dense<0.000000e+00> : tensor<2x3xf32>");
}

TEST(Trace, SlicesAsNumPyDoes) {
  auto f = tenon::function([](Tensor x, Tensor i) {
    return std::array{x[1],
                      x[-1],
                      x[{tenon::all_, tenon::slice(1, -1)}],
                      x[{tenon::every(-2)}],
                      x[{tenon::ellipsis, 0}],
                      x[{tenon::newaxis, 2}],
                      x[i]};
  });
  const std::string ir = f.mlir(tenon::ones({4, 5}), Tensor(2));
  EXPECT_IR(ir, "tenon.slice %arg0 [1, 0] [1, 5]");
  EXPECT_IR(ir, "tenon.slice %arg0 [3, 0] [1, 5]");
  EXPECT_IR(ir, "tenon.slice %arg0 [0, 1] [4, 3]");
  EXPECT_IR(ir, "tenon.reverse %arg0 {axes = array<i64: 0>}");
  EXPECT_IR(ir, "tensor<4x1xf32> -> tensor<4xf32>");
  EXPECT_IR(ir, "tenon.slice %arg0 [2, 0] [1, 5]");
  EXPECT_IR(ir, "tenon.select");
}

TEST(Trace, OpenSlicesComputeTheirSizes) {
  auto f = tenon::function([](Tensor x) { return x[tenon::slice(1, -1)]; }, {tenon::spec<float>("n", 2)});
  EXPECT_IR(f.mlir(tenon::ones({4, 2})), "-> tensor<?x2xf32>");
}

TEST(Trace, VariablesAreReadAndAssignedInOrder) {
  tenon::Variable v(tenon::zeros({2}), "kernel"), unnamed(Tensor(1.0));
  auto f = tenon::function([&](Tensor x) {
    v.assign_add(x);
    Tensor y = v + unnamed;
    v.assign(y);
    return y;
  });
  const std::string ir = f.mlir(tenon::ones({2}));
  EXPECT_IR(ir, "tenon.variable @kernel : tensor<2xf32>");
  EXPECT_IR(ir, "tenon.variable @variable1 : tensor<f32>");
  const std::size_t first = ir.find("tenon.assign @kernel"), read = ir.find("tenon.read @kernel", first),
                    second = ir.find("tenon.assign @kernel", read);
  EXPECT_LT(first, read);
  EXPECT_LT(read, second);
  EXPECT_NE(second, std::string::npos);
  EXPECT_EQ(v.value().to_string(), "[0. 0.]"); // tracing changes nothing
}

TEST(Trace, EffectsAreRecorded) {
  auto f = tenon::function([](Tensor x) {
    tenon::print("x = {}", {x});
    tenon::check(x > 0, "x has to be positive");
  });
  const std::string ir = f.mlir(Tensor(1.0));
  EXPECT_IR(ir, "tenon.print \"x = {}\" %arg0 : tensor<f32>");
  EXPECT_IR(ir, "tenon.assert %1, \"x has to be positive\"");
}

TEST(Trace, LocationsAreTheUsers) {
  const std::string decides_line = std::to_string(__LINE__ + 1);
  auto decides = tenon::function([](Tensor x) { return x > 0 ? x : -x; });
  EXPECT_ERROR(decides.mlir(Tensor(1.0)),
               "bool: the value of a traced Tensor is not known yet, so no native if, while, for, ?:, && or || can "
               "depend on it (trace_test.cpp:" +
                   decides_line + ")\n  remedy: mark the function TENON_FUNCTION");
  const std::string multiplies_line = std::to_string(__LINE__ + 1);
  auto multiplies = tenon::function([](Tensor x) { return tenon::matmul(x, x); });
  EXPECT_ERROR(multiplies.mlir(tenon::ones({2, 3})), "matmul: inner dimensions differ: lhs f32[2,3], rhs f32[2,3] "
                                                     "(trace_test.cpp:" +
                                                         multiplies_line + ")");
}

TEST(Trace, NamesTheOperationAndTheOperands) {
  EXPECT_ERROR(tenon::ones({2, 3}) + tenon::ones({2, 4}),
               "add: shapes do not broadcast: lhs f32[2,3], rhs f32[2,4] (trace_test.cpp:");
  EXPECT_ERROR(tenon::concat({tenon::ones({2, 3}), tenon::ones({2, 4})}), "concat: ");
  EXPECT_ERROR(tenon::stack({tenon::ones({2, 3}), tenon::ones({2, 4})}), "stack: shapes differ: f32[2,3] and f32[2,4]");
  EXPECT_ERROR(tenon::sum(tenon::ones({2, 3}), 2), "sum: expected an axis in [-2, 2), but got 2");
  EXPECT_ERROR(tenon::sum(tenon::ones({2, 3}), {0, -2}), "sum: an axis is given twice");
  EXPECT_ERROR(tenon::transpose(tenon::ones({2, 3}), {0, 0}),
               "transpose: [0,0] is not a permutation of the 2 dimensions of f32[2,3]");
  EXPECT_ERROR(tenon::broadcast_to(tenon::ones({3}), {2}), "broadcast_to: f32[3] does not broadcast to [2]");
  EXPECT_ERROR((tenon::ones({2, 3})[{0, 3}]), "index: 3 is out of range for dimension 1 of f32[2,3] (trace_test.cpp:");
  EXPECT_ERROR((tenon::ones({2})[{0, 0}]), "index: 2 indices for the 1 dimensions of f32[2]");
  EXPECT_ERROR((tenon::ones({2})[tenon::slice(0, 1, 0)]), "index: the step of a slice cannot be 0");
  EXPECT_ERROR(tenon::conv(tenon::ones({2, 3}), tenon::ones({2, 3})), "conv: expected an input [N, spatial..., C]");
  EXPECT_ERROR(tenon::split(tenon::ones({5}), 2), "split: dimension 0 of f32[5] does not divide into 2 equal parts");
  EXPECT_ERROR(tenon::gather(tenon::ones({5}), Tensor(1.0)), "gather: indices have to be integers, but are f32[]");
  EXPECT_ERROR(tenon::one_hot(Tensor(1), -1), "one_hot: the depth cannot be negative, but got -1");
}

TEST(Trace, RefusesWhatAFunctionCannotDo) {
  Tensor outside = 1.0;
  auto assigns = tenon::function([&](Tensor x) { outside = x; });
  EXPECT_ERROR(assigns.mlir(Tensor(1.0)), "lives outside the traced function");
  auto looks = tenon::function([](Tensor x) { return x.item() > 0 ? x : -x; });
  EXPECT_ERROR(looks.mlir(Tensor(1.0)),
               "item: the function is being traced, so that values are not known yet (trace_test.cpp:");
  auto prints = tenon::function([](Tensor x) { return Tensor(double(x.to_string().size())); });
  EXPECT_ERROR(prints.mlir(Tensor(1.0)), "to_string: the function is being traced");
  std::vector<Tensor> kept;
  auto keeps = tenon::function([&](Tensor x) {
    kept.push_back(x + 1);
    return x;
  });
  (void)keeps.mlir(Tensor(1.0));
  EXPECT_ERROR(kept[0] + 1, "belongs to a function that is being or has been traced");
  auto unset = tenon::function([](Tensor x) {
    Tensor y;
    return x + y;
  });
  EXPECT_ERROR(unset.mlir(Tensor(1.0)), "use of a Tensor without a value (declared at trace_test.cpp:");
  auto variable = tenon::function([](Tensor x) { return tenon::Variable(x).value(); });
  EXPECT_ERROR(variable.mlir(Tensor(1.0)), "Variable: the first value is computed by a function that is being traced");
  EXPECT_EQ((outside + 0 == 1).dtype(), tenon::boolean); // a refused trace leaves nothing behind
}

struct State {
  Tensor h, c;
};

TEST(Trace, FlattensStructures) {
  auto f = tenon::function([](State s, std::vector<Tensor> v, std::map<std::string, Tensor> m, std::optional<Tensor> o,
                              std::pair<Tensor, int> p) {
    return std::tuple(s.h + s.c, v, std::map<int, Tensor>{{1, m["a"]}}, State{*o, p.first * p.second});
  });
  const std::string ir = f.mlir(State{1.0, 2.0}, std::vector<Tensor>{1, 2}, std::map<std::string, Tensor>{{"a", 1}},
                                std::optional<Tensor>(true), std::pair<Tensor, int>(3, 4));
  EXPECT_IR(ir, "(%arg0: tensor<f32>, %arg1: tensor<f32>, %arg2: tensor<i64>, %arg3: tensor<i64>, %arg4: tensor<i64>, "
                "%arg5: tensor<i1>, %arg6: tensor<i64>)"
                " -> (tensor<f32>, tensor<i64>, tensor<i64>, tensor<i64>, tensor<i1>, tensor<i64>)");
}

} // namespace
