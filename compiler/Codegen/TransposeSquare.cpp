// Transposition by exchanging ever smaller off-diagonal quarters between two rows at a time.
#include "compiler/Codegen/TransposeSquare.h"

#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

SmallVector<Value> mlir::tenon::transposeSquare(OpBuilder &builder, Location loc, SmallVector<Value> rows) {
  int64_t width = rows.size();
  for (int64_t half = width / 2; half >= 1; half /= 2) {
    SmallVector<int64_t> upper(width), lower(width);
    for (int64_t column = 0; column < width; ++column) {
      bool isRight = column & half;
      upper[column] = isRight ? width + column - half : column;
      lower[column] = isRight ? width + column : column + half;
    }
    for (int64_t row = 0; row < width; ++row) {
      if (row & half)
        continue;
      Value first = rows[row], second = rows[row + half];
      rows[row] = vector::ShuffleOp::create(builder, loc, first, second, upper);
      rows[row + half] = vector::ShuffleOp::create(builder, loc, first, second, lower);
    }
  }
  return rows;
}
