// --tenon-expand-math: replaces what would become a call of the C math library by arithmetic.
#include "compiler/Codegen/ExpandMath.h"
#include "compiler/Codegen/Passes.h"
#include "dialects/TenonMath/TenonMath.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
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
  if (!isa<FloatType, VectorType>(type) || !(element.isF64() || element.isF32() || element.isF16() || element.isBF16()))
    return nullptr;
  MathBuilder given(builder, op->getLoc(), type, target);
  MathBuilder math = element.getIntOrFloatBitWidth() < 32 ? given.withFloat(builder.getF32Type()) : given;
  auto operand = [&](unsigned i) {
    return math.convert(math.wrap(op->getOperand(i)), getElementTypeOrSelf(math.getFloatType()));
  };
  Expr result = unary ? unary(math, operand(0)) : binary(math, operand(0), operand(1));
  return math.convert(result, element);
}

/// Operations of hardware, and what a later lowering turns into bit operations.
static bool hasInstruction(Operation *op) {
  return isa<math::AbsFOp, math::AbsIOp, math::CopySignOp, math::SqrtOp, math::FmaOp, math::CountLeadingZerosOp,
             math::CountTrailingZerosOp, math::CtPopOp, math::FloorOp, math::CeilOp, math::TruncOp, math::RoundEvenOp,
             math::IsFiniteOp, math::IsInfOp, math::IsNaNOp, math::IsNormalOp>(op);
}

/// A fused multiply-add of the program, where the target has none: a product and a sum, never a call.
static Value expandFma(Operation *op) {
  OpBuilder builder(op);
  Value a = op->getOperand(0), b = op->getOperand(1), c = op->getOperand(2);
  return arith::AddFOp::create(builder, op->getLoc(), arith::MulFOp::create(builder, op->getLoc(), a, b), c);
}

/// The number that is not NaN, or the larger (smaller) one: LLVM's maxnum and minnum are calls on some targets.
static Value expandNumber(Operation *op) {
  OpBuilder builder(op);
  MathBuilder math(builder, op->getLoc(), op->getResult(0).getType(), MathTarget());
  Expr a = math.wrap(op->getOperand(0)), b = math.wrap(op->getOperand(1));
  auto predicate = isa<arith::MaxNumFOp>(op) ? arith::CmpFPredicate::OGE : arith::CmpFPredicate::OLE;
  return math.select(math.compare(predicate, a, b) | math.isNaN(b), a, b);
}

namespace {
struct ExpandMathPass : tenon::impl::ExpandMathPassBase<ExpandMathPass> {
  using ExpandMathPassBase::ExpandMathPassBase;

  /// Replaces each op for which `expansion` has something; new ops are left for the next stage.
  void rewrite(llvm::function_ref<Value(Operation *)> expansion, Statistic &count) {
    SmallVector<Operation *> ops;
    getOperation()->walk([&](Operation *op) { ops.push_back(op); });
    for (Operation *op : ops) {
      Value result = expansion(op);
      if (!result)
        continue;
      op->getResult(0).replaceAllUsesWith(result);
      op->erase();
      ++count;
    }
  }

  void runOnOperation() override {
    MathTarget target{fma, roundInstructions, halfConversions, scaleInstructions};
    // Nothing folds from here to the end of the pass, and then no function is left.
    getOperation()->walk([](tenon_math::OpaqueOp op) {
      op.getResult().replaceAllUsesWith(op.getValue());
      op.erase();
    });
    // Functions first: those of f16 and bf16 leave conversions for the last stage.
    rewrite([&](Operation *op) { return expand(op, target); }, numFunctions);
    rewrite(
        [&](Operation *op) -> Value {
          if (!fma && isa<math::FmaOp, vector::FMAOp>(op))
            return expandFma(op);
          return isa<arith::MaxNumFOp, arith::MinNumFOp>(op) ? expandNumber(op) : nullptr;
        },
        numOperations);
    rewrite([&](Operation *op) { return expandHalf(op, target); }, numConversions);
    if (!wideIntegers)
      rewrite([&](Operation *op) { return expandFor32Bits(op, target); }, numOperations);

    getOperation()->walk([&](Operation *op) {
      if (!isa_and_nonnull<math::MathDialect>(op->getDialect()) || hasInstruction(op))
        return;
      op->emitOpError("has no formula on ")
          << op->getResult(0).getType() << ", and would become a call of the C math library";
      signalPassFailure();
    });
  }
};
} // namespace
