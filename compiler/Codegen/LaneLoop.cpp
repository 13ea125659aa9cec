// The branch and the loop of patchRareLanes.
#include "compiler/Codegen/LaneLoop.h"

#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace mlir::tenon;

/// isRare ? rare(operands) : common, on scalars.
static SmallVector<Value> branch(MathBuilder &math, OpBuilder &builder, Value isRare, ValueRange operands,
                                 ValueRange common, RareCase rare) {
  auto branchOp = scf::IfOp::create(
      builder, math.getLoc(), isRare,
      [&](OpBuilder &then, Location loc) {
        MathBuilder scalar(then, loc, getElementTypeOrSelf(math.getFloatType()), math.getTarget());
        scf::YieldOp::create(then, loc, rare(scalar, operands));
      },
      [&](OpBuilder &otherwise, Location loc) { scf::YieldOp::create(otherwise, loc, common); });
  return branchOp.getResults();
}

/// A vector as one of rank 1.
static Value flatten(OpBuilder &builder, Location loc, Value value) {
  auto type = cast<VectorType>(value.getType());
  if (type.getRank() == 1)
    return value;
  return vector::ShapeCastOp::create(builder, loc, VectorType::get({type.getNumElements()}, type.getElementType()),
                                     value);
}

SmallVector<Value> mlir::tenon::patchRareLanes(MathBuilder &math, Expr isRare, ValueRange operands, ValueRange common,
                                               RareCase rare) {
  OpBuilder &builder = math.getBuilder();
  Location loc = math.getLoc();
  if (!isa<VectorType>(isRare.type()))
    return branch(math, builder, isRare, operands, common, rare);

  Value flatRare = flatten(builder, loc, isRare);
  Value any = vector::ReductionOp::create(builder, loc, vector::CombiningKind::OR, flatRare);
  auto patched = scf::IfOp::create(
      builder, loc, any,
      [&](OpBuilder &then, Location loc) {
        SmallVector<Value> flatOperands, flatCommon;
        for (Value operand : operands) flatOperands.push_back(flatten(then, loc, operand));
        for (Value value : common) flatCommon.push_back(flatten(then, loc, value));
        Value zero = arith::ConstantIndexOp::create(then, loc, 0);
        Value one = arith::ConstantIndexOp::create(then, loc, 1);
        Value count = arith::ConstantIndexOp::create(then, loc, cast<VectorType>(flatRare.getType()).getNumElements());
        auto lanes = scf::ForOp::create(
            then, loc, zero, count, one, flatCommon,
            [&](OpBuilder &body, Location loc, Value lane, ValueRange carried) {
              auto laneOf = [&](Value value) -> Value {
                return vector::ExtractOp::create(body, loc, value, ArrayRef<OpFoldResult>{lane});
              };
              SmallVector<Value> laneOperands, laneCommon;
              for (Value operand : flatOperands) laneOperands.push_back(laneOf(operand));
              for (Value value : carried) laneCommon.push_back(laneOf(value));
              SmallVector<Value> results = branch(math, body, laneOf(flatRare), laneOperands, laneCommon, rare);
              for (auto [result, value] : llvm::zip_equal(results, carried))
                result = vector::InsertOp::create(body, loc, result, value, ArrayRef<OpFoldResult>{lane});
              scf::YieldOp::create(body, loc, results);
            });
        SmallVector<Value> results;
        for (auto [result, value] : llvm::zip_equal(lanes.getResults(), common))
          results.push_back(
              result.getType() == value.getType()
                  ? Value(result)
                  : Value(vector::ShapeCastOp::create(then, loc, cast<VectorType>(value.getType()), result)));
        scf::YieldOp::create(then, loc, results);
      },
      [&](OpBuilder &otherwise, Location loc) { scf::YieldOp::create(otherwise, loc, common); });
  return patched.getResults();
}
