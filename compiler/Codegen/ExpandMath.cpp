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

/// The formula of a function of one operand, or null.
static Expr (*unaryFormula(Operation *op))(MathBuilder &, Expr) {
  return llvm::TypeSwitch<Operation *, Expr (*)(MathBuilder &, Expr)>(op)
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
      .Default([](Operation *) { return nullptr; });
}

/// f16 and bf16 functions are computed in f32 and rounded once.
static Value expandFunction(Operation *op, Expr (*formula)(MathBuilder &, Expr), const MathTarget &target) {
  OpBuilder builder(op);
  Type type = op->getResult(0).getType(), element = getElementTypeOrSelf(type);
  MathBuilder given(builder, op->getLoc(), type, target);
  MathBuilder math = element.getIntOrFloatBitWidth() < 32 ? given.withFloat(builder.getF32Type()) : given;
  Expr x = math.convert(math.wrap(op->getOperand(0)), getElementTypeOrSelf(math.getFloatType()));
  return math.convert(formula(math, x), element);
}

namespace {
struct ExpandMathPass : tenon::impl::ExpandMathPassBase<ExpandMathPass> {
  using ExpandMathPassBase::ExpandMathPassBase;

  void runOnOperation() override {
    MathTarget target{fma, roundInstructions, halfConversions};
    SmallVector<Operation *> functions;
    getOperation()->walk([&](Operation *op) {
      if (unaryFormula(op))
        functions.push_back(op);
    });
    for (Operation *op : functions) {
      op->getResult(0).replaceAllUsesWith(expandFunction(op, unaryFormula(op), target));
      op->erase();
      ++numFunctions;
    }
  }
};
} // namespace
