// Optimizer updates on buffers: a variable and its slots are written where they lie, in one loop for all of them, and
// no parameter is copied.
#include "compiler/Target/Compile.h"

#include "compiler/Pipelines/Register.h"
#include "dialects/Tenon/Dialect.h"

#include <tenon/optim.h>
#include <tenon/tenon.h>

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Parser/Parser.h"

#include <gtest/gtest.h>

using namespace tenon;

namespace {

constexpr std::int64_t rows = 24, columns = 40;

struct Counted {
  int copies = 0;      // of anything of a parameter's size
  int temporaries = 0; // of a parameter's size
  int writes = 0;      // to variables of a parameter's size
  int loops = 0;       // that write at least one
  int variables = 0;   // of a parameter's size
};

bool is_parameter(mlir::Type type) {
  auto buffer = llvm::dyn_cast<mlir::MemRefType>(type);
  return buffer && buffer.hasStaticShape() && buffer.getNumElements() == rows * columns;
}

// A step with given gradients, down to buffers.
Counted count(const optim::Optimizer &optimizer) {
  Variable w(ones({rows, columns}), "w"), b(ones({columns}), "b");
  optim::Optimizer handle = optimizer;
  Program program("step");
  program.add("step", [&](Tensor dw, Tensor db) { handle.apply_gradients({dw, db}, {w, b}); },
              {arg("dw", spec<float>(rows, columns)), arg("db", spec<float>(columns))});

  mlir::DialectRegistry registry;
  mlir::tenon::registerDialects(registry);
  mlir::MLIRContext context(registry, mlir::MLIRContext::Threading::DISABLED);
  mlir::OwningOpRef<mlir::ModuleOp> module = mlir::parseSourceString<mlir::ModuleOp>(program.mlir(), &context);
  auto target = mlir::tenon::Target::create({.name = "x86-64-v3"});
  EXPECT_TRUE(module && target);
  EXPECT_TRUE(llvm::succeeded(mlir::tenon::lowerToStage(*module, *target, {}, mlir::tenon::Stage::Buffers)));

  Counted counted;
  module->walk([&](mlir::tenon::VariableOp op) {
    auto type = llvm::cast<mlir::RankedTensorType>(op.getType());
    counted.variables += type.getNumElements() == rows * columns;
  });
  module->walk([&](mlir::memref::AllocOp op) { counted.temporaries += is_parameter(op.getType()); });
  module->walk([&](mlir::linalg::LinalgOp op) {
    const int before = counted.writes;
    for (mlir::Value out : op.getDpsInits()) {
      if (!is_parameter(out.getType()))
        continue;
      counted.copies += llvm::isa<mlir::linalg::CopyOp>(op);
      counted.writes += llvm::isa<mlir::BlockArgument>(out);
    }
    counted.loops += counted.writes != before;
  });
  return counted;
}

void expect_in_place(const optim::Optimizer &optimizer) {
  const Counted counted = count(optimizer);
  EXPECT_EQ(counted.copies, 0) << optimizer.name();
  EXPECT_EQ(counted.temporaries, 0) << optimizer.name();
  EXPECT_EQ(counted.writes, counted.variables) << optimizer.name();
  EXPECT_EQ(counted.loops, 1) << optimizer.name();
}

TEST(InPlace, GradientDescent) {
  expect_in_place(optim::SGD(0.1));
  expect_in_place(optim::SGD(0.1, {.momentum = 0.9}));
  expect_in_place(optim::SGD(0.1, {.momentum = 0.9, .nesterov = true}));
}

TEST(InPlace, Adam) {
  expect_in_place(optim::Adam(0.001));
  expect_in_place(optim::Adam(0.001, {.amsgrad = true}));
  expect_in_place(optim::AdamW(0.001));
}

TEST(InPlace, RunningMeansOfGradients) {
  expect_in_place(optim::RMSProp(0.001));
  expect_in_place(optim::RMSProp(0.001, {.momentum = 0.9, .centered = true}));
  expect_in_place(optim::Adagrad(0.001));
}

TEST(InPlace, Clipping) {
  expect_in_place(optim::SGD(0.1, {.clipvalue = 0.5}));
  expect_in_place(optim::Adam(0.001, {.clipnorm = 1}));
  expect_in_place(optim::Adam(0.001, {.global_clipnorm = 1}));
}

} // namespace
