// --tenon-expand-math: replaces what would become a call of the C math library by arithmetic.
#include "compiler/Codegen/ExpandMath.h"
#include "compiler/Codegen/Passes.h"

#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/ADT/TypeSwitch.h"

namespace mlir::tenon {
#define GEN_PASS_DEF_EXPANDMATHPASS
#include "compiler/Codegen/Passes.h.inc"
} // namespace mlir::tenon

using namespace mlir;
using namespace mlir::tenon;

static Expr expandRsqrt(MathBuilder &math, Expr x) { return 1.0 / math.sqrt(x); }

using UnaryFormula = Expr (*)(MathBuilder &, Expr);
using BinaryFormula = Expr (*)(MathBuilder &, Expr, Expr);

/// The formula of a function of one operand, or null.
static UnaryFormula unaryFormula(Operation *op) {
  return llvm::TypeSwitch<Operation *, UnaryFormula>(op)
      .Case([](math::ExpOp) { return expandExp; })
      .Case([](math::Exp2Op) { return expandExp2; })
      .Case([](math::ExpM1Op) { return expandExpm1; })
      .Case([](math::TanhOp) { return expandTanh; })
      .Case([](math::LogOp) { return expandLog; })
      .Case([](math::Log2Op) { return expandLog2; })
      .Case([](math::Log10Op) { return expandLog10; })
      .Case([](math::Log1pOp) { return expandLog1p; })
      .Case([](math::ErfOp) { return expandErf; })
      .Case([](math::RsqrtOp) { return expandRsqrt; })
      .Case([](math::SinOp) { return expandSin; })
      .Case([](math::CosOp) { return expandCos; })
      .Case([](math::TanOp) { return expandTan; })
      .Case([](math::RoundOp) { return expandRound; })
      .Default([](Operation *) { return nullptr; });
}

/// Functions of one operand that some targets have as an instruction.
static UnaryFormula roundingFormula(Operation *op) {
  return llvm::TypeSwitch<Operation *, UnaryFormula>(op)
      .Case([](math::FloorOp) { return expandFloor; })
      .Case([](math::CeilOp) { return expandCeil; })
      .Case([](math::TruncOp) { return expandTrunc; })
      .Case([](math::RoundEvenOp) { return expandRoundEven; })
      .Default([](Operation *) { return nullptr; });
}

static BinaryFormula binaryFormula(Operation *op) {
  return llvm::TypeSwitch<Operation *, BinaryFormula>(op)
      .Case([](math::PowFOp) { return expandPow; })
      .Case([](arith::RemFOp) { return expandRem; })
      .Default([](Operation *) { return nullptr; });
}

/// What replaces `op`, or null. f16 and bf16 functions are computed in f32 and rounded once.
static Value expand(Operation *op, const MathTarget &target) {
  UnaryFormula unary = unaryFormula(op);
  if (!unary && !target.roundInstructions)
    unary = roundingFormula(op);
  BinaryFormula binary = binaryFormula(op);
  if (!unary && !binary)
    return nullptr;
  OpBuilder builder(op);
  Type type = op->getResult(0).getType(), element = getElementTypeOrSelf(type);
  MathBuilder given(builder, op->getLoc(), type, target);
  MathBuilder math = element.getIntOrFloatBitWidth() < 32 ? given.withFloat(builder.getF32Type()) : given;
  auto operand = [&](unsigned i) {
    return math.convert(math.wrap(op->getOperand(i)), getElementTypeOrSelf(math.getFloatType()));
  };
  Expr result = unary ? unary(math, operand(0)) : binary(math, operand(0), operand(1));
  return math.convert(result, element);
}

namespace {
struct ExpandMathPass : tenon::impl::ExpandMathPassBase<ExpandMathPass> {
  using ExpandMathPassBase::ExpandMathPassBase;

  void runOnOperation() override {
    MathTarget target{fma, roundInstructions, halfConversions};
    SmallVector<Operation *> ops;
    getOperation()->walk([&](Operation *op) { ops.push_back(op); });
    for (Operation *op : ops) {
      Value result = expand(op, target);
      if (!result)
        continue;
      op->getResult(0).replaceAllUsesWith(result);
      op->erase();
      ++numFunctions;
    }
  }
};
} // namespace
