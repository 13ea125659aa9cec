// Matrix products: contractions of fma chains, batch dimensions broadcast by their maps.
#include "compiler/Conversion/TenonToLinalg/Lowering.h"
#include "compiler/Conversion/TenonToLinalg/Patterns.h"

using namespace mlir;
using namespace mlir::tenon;

static LogicalResult lowerMatmul(MatmulOp op, MatmulOp::Adaptor adaptor, ConversionPatternRewriter &rewriter,
                                 ImplicitLocOpBuilder &b) {
  auto type = cast<RankedTensorType>(op.getResult().getType());
  int64_t batchRank = type.getRank() - 2;
  // Loops: the batch, then row and column of the result, then along both operands.
  int64_t numLoops = batchRank + 3;
  AffineExpr row = b.getAffineDimExpr(batchRank), column = b.getAffineDimExpr(batchRank + 1);
  AffineExpr inner = b.getAffineDimExpr(batchRank + 2);
  bool transposeLhs = op.getTransposeLhs(), transposeRhs = op.getTransposeRhs();

  SmallVector<Sizes> batchSizes(batchRank);
  auto getMap = [&](Value operand, AffineExpr first, AffineExpr second) {
    auto operandType = cast<RankedTensorType>(operand.getType());
    int64_t offset = type.getRank() - operandType.getRank();
    SmallVector<AffineExpr> exprs;
    for (int64_t dim = 0; dim < operandType.getRank() - 2; ++dim) {
      bool repeats = operandType.getDimSize(dim) == 1 && type.getDimSize(offset + dim) != 1;
      exprs.push_back(repeats ? b.getAffineConstantExpr(0) : b.getAffineDimExpr(offset + dim));
      if (!repeats)
        batchSizes[offset + dim].push_back(getSize(b, operand, dim));
    }
    exprs.append({first, second});
    return AffineMap::get(numLoops, 0, exprs, b.getContext());
  };
  Value lhs = adaptor.getLhs(), rhs = adaptor.getRhs();
  AffineMap lhsMap = transposeLhs ? getMap(lhs, inner, row) : getMap(lhs, row, inner);
  AffineMap rhsMap = transposeRhs ? getMap(rhs, column, inner) : getMap(rhs, inner, column);
  AffineMap resultMap = AffineMap::getMultiDimIdentityMap(numLoops, b.getContext()).dropResult(batchRank + 2);

  Sizes lhsMatrix = Sizes(ArrayRef(getSizes(b, lhs)).take_back(2)),
        rhsMatrix = Sizes(ArrayRef(getSizes(b, rhs)).take_back(2));
  requireSameSize(b, lhsMatrix[!transposeLhs], rhsMatrix[transposeRhs],
                  "matmul: the inner dimension is {} in the left operand and {} in the right");
  Sizes sizes;
  for (int64_t dim = 0; dim < batchRank; ++dim)
    sizes.push_back(mergeSizes(b, type.getDimSize(dim), batchSizes[dim],
                               "matmul: batch dimension " + Twine(dim) + " is {} in one operand and {} in the other"));
  sizes.push_back(lhsMatrix[transposeLhs]);
  sizes.push_back(rhsMatrix[!transposeRhs]);

  Value result = createContraction(b, type.getElementType(), {lhs, rhs}, {lhsMap, rhsMap, resultMap},
                                   getIterators(batchRank + 2, 1), sizes);
  rewriter.replaceOp(op, result);
  return success();
}

void mlir::tenon::populateLinearAlgebraPatterns(const TypeConverter &converter, RewritePatternSet &patterns) {
  patterns.add<FunctionPattern<MatmulOp>>(converter, patterns.getContext(), lowerMatmul);
}
