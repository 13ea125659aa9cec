// Sorting: a stable bottom-up merge sort of each line, in scratch of two lines.
#include "compiler/Conversion/TenonToLinalg/Lowering.h"
#include "compiler/Conversion/TenonToLinalg/Patterns.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace mlir::tenon;

/// Whether `x` belongs strictly before `y`; a NaN belongs after every number.
static Value createIsBefore(ImplicitLocOpBuilder &b, Type dtype, bool descending, Value x, Value y) {
  x = widen(b, dtype, x);
  y = widen(b, dtype, y);
  Value before = createCompare(b, dtype, descending ? ComparePredicate::gt : ComparePredicate::lt, x, y);
  if (!isa<FloatType>(dtype))
    return before;
  Value isNumber = arith::CmpFOp::create(b, arith::CmpFPredicate::ORD, x, x);
  Value otherIsNaN = arith::CmpFOp::create(b, arith::CmpFPredicate::UNO, y, y);
  return arith::OrIOp::create(b, before, arith::AndIOp::create(b, isNumber, otherIsNaN));
}

namespace {
/// A line of keys and the places that they came from: two tensors of rank 1.
struct Line {
  Value keys, places;
};

class LineSorter {
public:
  LineSorter(Type dtype, bool descending, OpFoldResult size) : dtype(dtype), descending(descending), size(size) {}

  /// Sorts `line` with `spare` as scratch; both are given back, since loops carry them.
  std::pair<Line, Line> sort(ImplicitLocOpBuilder &b, Line line, Line spare) {
    // Each pass merges there and back, so that the result is always where the keys came from: tensors that changed
    // places between iterations would have to be copied.
    Value length = toIndex(b, size), one = createIndex(b, 1), two = createIndex(b, 2), zero = createIndex(b, 0);
    int64_t numPasses = 0;
    for (int64_t sorted = 1, end = getConstantIntValue(size).value_or(int64_t(1) << 30); sorted < end; sorted *= 4)
      ++numPasses;
    SmallVector<Value> sorted =
        createFor(b, zero, createIndex(b, numPasses), one, {line.keys, line.places, spare.keys, spare.places},
                  [&](ImplicitLocOpBuilder &b, Value pass, ValueRange carried) -> SmallVector<Value> {
                    Value width = arith::ShLIOp::create(b, one, arith::MulIOp::create(b, pass, two));
                    Value doubled = arith::MulIOp::create(b, width, two);
                    // Passes that an open size does not need have nothing to merge.
                    Value isNeeded = arith::CmpIOp::create(b, arith::CmpIPredicate::slt, width, length);
                    Value end = arith::SelectOp::create(b, isNeeded, length, zero);
                    Line there = merge(b, {carried[0], carried[1]}, {carried[2], carried[3]}, width, end);
                    Line back = merge(b, there, {carried[0], carried[1]}, doubled, end);
                    return {back.keys, back.places, there.keys, there.places};
                  });
    return {{sorted[0], sorted[1]}, {sorted[2], sorted[3]}};
  }

private:
  /// Merges neighbouring runs of `width` elements of `from` into runs of twice that in `to`.
  Line merge(ImplicitLocOpBuilder &b, Line from, Line to, Value width, Value end) {
    Value zero = createIndex(b, 0), one = createIndex(b, 1);
    Value last = arith::SubIOp::create(b, end, one);
    Value step = arith::MulIOp::create(b, width, createIndex(b, 2));
    SmallVector<Value> merged =
        createFor(b, zero, end, step, {to.keys, to.places},
                  [&](ImplicitLocOpBuilder &b, Value low, ValueRange outer) -> SmallVector<Value> {
                    Value middle = arith::MinSIOp::create(b, arith::AddIOp::create(b, low, width), end);
                    Value high = arith::MinSIOp::create(b, arith::AddIOp::create(b, low, step), end);
                    SmallVector<Value> run = createFor(
                        b, low, high, one, {outer[0], outer[1], low, middle},
                        [&](ImplicitLocOpBuilder &b, Value place, ValueRange carried) -> SmallVector<Value> {
                          Value left = carried[2], right = carried[3];
                          // A run that is used up is not read behind its end.
                          auto load = [&](Value tensor, Value index) -> Value {
                            return tensor::ExtractOp::create(b, tensor, Value(arith::MinSIOp::create(b, index, last)));
                          };
                          Value leftKey = load(from.keys, left), rightKey = load(from.keys, right);
                          Value leftIsUsed = arith::CmpIOp::create(b, arith::CmpIPredicate::sge, left, middle);
                          Value rightIsLeft = arith::CmpIOp::create(b, arith::CmpIPredicate::slt, right, high);
                          // On a tie the left one goes first: that makes it stable.
                          Value wins = arith::OrIOp::create(b, leftIsUsed,
                                                            createIsBefore(b, dtype, descending, rightKey, leftKey));
                          Value takeRight = arith::AndIOp::create(b, rightIsLeft, wins);
                          auto choose = [&](Value onRight, Value onLeft) -> Value {
                            return arith::SelectOp::create(b, takeRight, onRight, onLeft);
                          };
                          Value keys = tensor::InsertOp::create(b, choose(rightKey, leftKey), carried[0], place);
                          Value places = tensor::InsertOp::create(
                              b, choose(load(from.places, right), load(from.places, left)), carried[1], place);
                          return {keys, places, choose(left, arith::AddIOp::create(b, left, one)),
                                  choose(arith::AddIOp::create(b, right, one), right)};
                        });
                    return {run[0], run[1]};
                  });
    return {merged[0], merged[1]};
  }

  Type dtype;
  bool descending;
  OpFoldResult size;
};
} // namespace

/// Sorts along the axis and keeps the first `kept` elements of each line, and where they were.
static SmallVector<Value> createSort(ImplicitLocOpBuilder &b, Type dtype, Value input, int64_t axis, bool descending,
                                     OpFoldResult kept) {
  Type storage = getStorageType(dtype), i64 = b.getI64Type();
  Sizes sizes = getSizes(b, input), resultSizes = sizes, lines = sizes;
  OpFoldResult length = sizes[axis];
  resultSizes[axis] = kept;
  lines.erase(lines.begin() + axis);
  // Tensors of one type that one loop carries must be allocated apart: equal tensor.empty ops become one, and one-shot
  // bufferization then gives both places in the loop one buffer.
  auto allocate = [&](ArrayRef<OpFoldResult> sizes, Type elementType) -> Value {
    SmallVector<int64_t> shape;
    SmallVector<Value> open;
    dispatchIndexOpFoldResults(sizes, open, shape);
    return bufferization::AllocTensorOp::create(b, RankedTensorType::get(shape, elementType), open);
  };
  auto createLine = [&](Type elementType) { return allocate(length, elementType); };
  Value values = createEmpty(b, resultSizes, storage);
  Value places = storage == i64 ? allocate(resultSizes, i64) : createEmpty(b, resultSizes, i64);
  SmallVector<Value> carried{values,         places, createLine(storage), createLine(i64), createLine(storage),
                             createLine(i64)};
  Value zero = createIndex(b, 0), one = createIndex(b, 1);
  SmallVector<Value> results = createLoops(
      b, lines, carried, [&](ImplicitLocOpBuilder &b, ValueRange line, ValueRange carried) -> SmallVector<Value> {
        auto at = [&](Value place) {
          SmallVector<Value> position(line);
          position.insert(position.begin() + axis, place);
          return position;
        };
        SmallVector<Value> loaded = createFor(
            b, zero, toIndex(b, length), one, carried.slice(2, 2),
            [&](ImplicitLocOpBuilder &b, Value place, ValueRange x) -> SmallVector<Value> {
              Value key = tensor::ExtractOp::create(b, input, at(place));
              Value number = arith::IndexCastOp::create(b, i64, place);
              return {tensor::InsertOp::create(b, key, x[0], place), tensor::InsertOp::create(b, number, x[1], place)};
            });
        auto [sorted, spare] =
            LineSorter(dtype, descending, length).sort(b, {loaded[0], loaded[1]}, {carried[4], carried[5]});
        SmallVector<Value> stored =
            createFor(b, zero, toIndex(b, kept), one, carried.take_front(2),
                      [&](ImplicitLocOpBuilder &b, Value place, ValueRange x) -> SmallVector<Value> {
                        Value key = tensor::ExtractOp::create(b, sorted.keys, place),
                              number = tensor::ExtractOp::create(b, sorted.places, place);
                        return {tensor::InsertOp::create(b, key, x[0], at(place)),
                                tensor::InsertOp::create(b, number, x[1], at(place))};
                      });
        return {stored[0], stored[1], sorted.keys, sorted.places, spare.keys, spare.places};
      });
  return {results[0], results[1]};
}

static LogicalResult lowerSort(SortOp op, SortOp::Adaptor adaptor, ConversionPatternRewriter &rewriter,
                               ImplicitLocOpBuilder &b) {
  OpFoldResult length = getSize(b, adaptor.getInput(), op.getAxis());
  rewriter.replaceOp(
      op, createSort(b, getDtype(op.getInput()), adaptor.getInput(), op.getAxis(), op.getDescending(), length));
  return success();
}

static LogicalResult lowerTopK(TopKOp op, TopKOp::Adaptor adaptor, ConversionPatternRewriter &rewriter,
                               ImplicitLocOpBuilder &b) {
  int64_t axis = cast<RankedTensorType>(op.getInput().getType()).getRank() - 1;
  OpFoldResult length = getSize(b, adaptor.getInput(), axis);
  if (auto value = dyn_cast<Value>(length)) {
    Value k = createIndex(b, op.getK());
    Value enough = arith::CmpIOp::create(b, arith::CmpIPredicate::sle, k, value);
    RaiseOp::create(b, enough, RaiseCode::shape_mismatch, "top_k: {} of {} elements", ValueRange{k, value});
  }
  rewriter.replaceOp(op, createSort(b, getDtype(op.getInput()), adaptor.getInput(), axis, /*descending=*/true,
                                    b.getIndexAttr(op.getK())));
  return success();
}

void mlir::tenon::populateSortPatterns(const TypeConverter &converter, RewritePatternSet &patterns) {
  MLIRContext *context = patterns.getContext();
  patterns.add<FunctionPattern<SortOp>>(converter, context, lowerSort);
  patterns.add<FunctionPattern<TopKOp>>(converter, context, lowerTopK);
}
