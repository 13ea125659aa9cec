// Pullbacks of contractions.
#include "compiler/Autodiff/Pullback.h"

using namespace mlir;
using namespace mlir::tenon;

static Term matmul(Pullback &p, Value lhs, Value rhs, bool transposeLhs, bool transposeRhs) {
  return p(MatmulOp::create(p, lhs, rhs, transposeLhs, transposeRhs));
}

/// [batch..., M, K] as [batch M, K]: a weight that all matrices share gets one contraction over all rows instead of a
/// sum of one each.
static Term flattenRows(Pullback &p, Value value) {
  auto type = cast<RankedTensorType>(value.getType());
  int64_t rank = type.getRank(), rows = 1;
  Value open;
  for (int64_t axis = 0; axis + 1 < rank; ++axis) {
    if (!type.isDynamicDim(axis))
      rows *= type.getDimSize(axis);
    else
      open = open ? Value(MulOp::create(p, open, p.dim(value, axis).value)) : p.dim(value, axis).value;
  }
  SmallVector<Value> dims;
  SmallVector<int64_t> shape{rows, type.getDimSize(rank - 1)};
  if (open) {
    dims.push_back(rows == 1 ? open : Value(MulOp::create(p, open, p.integer(rows).value)));
    shape[0] = ShapedType::kDynamic;
  }
  if (type.isDynamicDim(rank - 1))
    dims.push_back(p.dim(value, rank - 1));
  return p.reshape(value, shape, dims);
}

/// With r = A B: dA = g B', dB = A' g, and their transposes where an operand is stored transposed.
static LogicalResult pullMatmul(MatmulOp op, Pullback &p) {
  Term g = p.cotangent(), a = p(op.getLhs()), b = p(op.getRhs());
  bool ta = op.getTransposeLhs(), tb = op.getTransposeRhs();
  if (p.needs(a))
    p.add(a, ta ? matmul(p, b, g, tb, true) : matmul(p, g, b, false, !tb));
  if (!p.needs(b))
    return success();
  bool isShared = op.getRhs().getType().getRank() == 2 && op.getLhs().getType().getRank() > 2 && !ta;
  if (isShared) {
    a = flattenRows(p, a);
    g = flattenRows(p, g);
  }
  p.add(b, tb ? matmul(p, g, a, true, ta) : matmul(p, a, g, !ta, false));
  return success();
}

void tenon::attachLinearAlgebraPullbacks(MLIRContext &context) { attachPullback<MatmulOp, pullMatmul>(context); }
