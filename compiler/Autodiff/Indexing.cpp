// Pullbacks of gather, scatter and sorting.
#include "compiler/Autodiff/Pullback.h"

using namespace mlir;
using namespace mlir::tenon;

/// The cotangent's elements are added at the rows that they were taken from.
static LogicalResult pullGather(GatherOp op, Pullback &p) {
  if (!p.needs(op.getInput()))
    return success();
  RankedTensorType type = op.getInput().getType();
  int64_t rank = type.getRank(), axis = op.getAxis(), indices = op.getIndices().getType().getRank();
  if (axis == 0) { // into what has been accumulated, where there is something
    Value sum = p.context.getOrZeros(p, op.getInput());
    p.context.set(op.getInput(),
                  ScatterOp::create(p, type, ScatterKind::add, sum, op.getIndices(), p.cotangent().value));
    return success();
  }
  // Rows first: g is input[:axis] + indices + input[axis + 1:].
  SmallVector<int64_t> toFront, rows, back;
  llvm::append_range(toFront, llvm::seq(axis, axis + indices));
  llvm::append_range(toFront, llvm::seq<int64_t>(0, axis));
  llvm::append_range(toFront, llvm::seq(axis + indices, rank - 1 + indices));
  rows.push_back(axis);
  for (int64_t i = 0; i < rank; ++i)
    if (i != axis)
      rows.push_back(i);
  back.resize(rank);
  for (auto [to, from] : llvm::enumerate(rows)) back[from] = to;
  SmallVector<int64_t> shape;
  SmallVector<Value> dims;
  for (int64_t i : rows) {
    shape.push_back(type.getDimSize(i));
    if (type.isDynamicDim(i))
      dims.push_back(p.dim(op.getInput(), i));
  }
  auto rowsType = RankedTensorType::get(shape, type.getElementType());
  Value sum = ScatterOp::create(p, rowsType, ScatterKind::add, p.zeros(rowsType, dims).value, op.getIndices(),
                                p.transpose(p.cotangent(), toFront).value);
  p.add(op.getInput(), p.transpose(sum, back));
  return success();
}

/// The number of elements of `value` along `axes`, as an i64 scalar.
static Value sizeOf(Pullback &p, Value value, ArrayRef<int64_t> axes) {
  Value size = p.integer(1);
  for (int64_t axis : axes) size = MulOp::create(p, size, p.dim(value, axis).value);
  return size;
}

/// Whether each update is the one that its row has in the end: of several at one row the last wins.
static Value isLast(Pullback &p, ScatterOp op) {
  RankedTensorType indices = op.getIndices().getType();
  int64_t count = 1;
  for (int64_t size : indices.getShape())
    count = ShapedType::isDynamic(size) || ShapedType::isDynamic(count) ? ShapedType::kDynamic : count * size;
  SmallVector<Value> countDims, rowDims;
  if (ShapedType::isDynamic(count))
    countDims.push_back(sizeOf(p, op.getIndices(), llvm::to_vector(llvm::seq<int64_t>(0, indices.getRank()))));
  if (op.getInput().getType().isDynamicDim(0))
    rowDims.push_back(p.dim(op.getInput(), 0));
  Type i64 = p.getI64Type();
  Value numbers = IotaOp::create(p, RankedTensorType::get({count}, i64), 0, countDims);
  numbers = p.reshapeLike(numbers, op.getIndices());
  auto rows = RankedTensorType::get({op.getInput().getType().getDimSize(0)}, i64);
  Value none = SplatOp::create(p, rows, p.integer(-1).value, rowDims);
  Value winners = ScatterOp::create(p, rows, ScatterKind::update, none, op.getIndices(), numbers);
  return p.compare(ComparePredicate::eq, GatherOp::create(p, winners, op.getIndices(), 0), numbers);
}

static LogicalResult pullScatter(ScatterOp op, Pullback &p) {
  Term g = p.cotangent();
  bool adds = op.getKind() == ScatterKind::add;
  if (p.needs(op.getInput()))
    p.add(op.getInput(), adds ? g.value
                              : ScatterOp::create(p, op.getInput().getType(), ScatterKind::update, g.value,
                                                  op.getIndices(), p.zeros(op.getUpdates()).value)
                                    .getResult());
  if (!p.needs(op.getUpdates()))
    return success();
  Value updates = GatherOp::create(p, g.value, op.getIndices(), 0);
  if (!adds) {
    // The mask has the shape of the indices, which the updates begin with.
    RankedTensorType type = op.getUpdates().getType(), indices = op.getIndices().getType();
    SmallVector<int64_t> shape(indices.getShape());
    shape.resize(type.getRank(), 1);
    Value mask = p.reshape(isLast(p, op), shape, p.dims(op.getIndices()));
    updates = p.select(mask, updates, p.number(0, type));
  }
  p.add(op.getUpdates(), updates);
  return success();
}

/// The cotangents of values that came from `indices` along `axis` of `input` go back there. Places are numbered in a
/// flat tensor, whose elements `scatter` reaches.
static void pullOrder(Pullback &p, Value input, Value values, Value indices, int64_t axis) {
  auto type = cast<RankedTensorType>(input.getType()), sorted = cast<RankedTensorType>(values.getType());
  int64_t rank = type.getRank();
  SmallVector<int64_t> last, back(rank);
  for (int64_t i = 0; i < rank; ++i)
    if (i != axis)
      last.push_back(i);
  last.push_back(axis);
  for (auto [to, from] : llvm::enumerate(last)) back[from] = to;

  auto sizes = [&](Value value) { // rows and elements a row, static or as dims
    auto shaped = cast<RankedTensorType>(value.getType());
    int64_t rows = 1;
    for (int64_t i : ArrayRef<int64_t>(last).drop_back()) {
      int64_t size = shaped.getDimSize(i);
      rows = ShapedType::isDynamic(size) || ShapedType::isDynamic(rows) ? ShapedType::kDynamic : rows * size;
    }
    return std::pair(rows, shaped.getDimSize(axis));
  };
  auto [rows, length] = sizes(input);
  int64_t taken = sorted.getDimSize(axis);
  Value rowCount = sizeOf(p, input, ArrayRef<int64_t>(last).drop_back()), rowLength = p.dim(input, axis);
  SmallVector<Value> takenDims, flatDims, tableDims;
  if (ShapedType::isDynamic(rows))
    takenDims.push_back(rowCount);
  if (ShapedType::isDynamic(taken))
    takenDims.push_back(p.dim(values, axis));

  Type i64 = p.getI64Type();
  Value places = p.reshape(p.transpose(indices, last), {rows, taken}, takenDims);
  Value row = IotaOp::create(p, RankedTensorType::get({rows, taken}, i64), 0, takenDims);
  places = AddOp::create(p, places, MulOp::create(p, row, rowLength).getResult());
  Value cotangent = p.reshape(p.transpose(p.cotangent(), last), {rows, taken}, takenDims);

  bool isOpen = ShapedType::isDynamic(rows) || ShapedType::isDynamic(length);
  int64_t all = isOpen ? ShapedType::kDynamic : rows * length;
  if (isOpen)
    flatDims.push_back(MulOp::create(p, rowCount, rowLength));
  auto flat = RankedTensorType::get({all}, type.getElementType());
  Value sum = ScatterOp::create(p, flat, ScatterKind::update, p.zeros(flat, flatDims).value, places, cotangent);
  SmallVector<int64_t> shape;
  for (int64_t i : last) {
    shape.push_back(type.getDimSize(i));
    if (type.isDynamicDim(i))
      tableDims.push_back(p.dim(input, i));
  }
  p.add(input, p.transpose(p.reshape(sum, shape, tableDims), back));
}

static LogicalResult pullSort(SortOp op, Pullback &p) {
  if (p.needs(op.getInput()) && p.cotangent())
    pullOrder(p, op.getInput(), op.getValues(), op.getIndices(), op.getAxis());
  return success();
}
static LogicalResult pullTopK(TopKOp op, Pullback &p) {
  if (p.needs(op.getInput()) && p.cotangent())
    pullOrder(p, op.getInput(), op.getValues(), op.getIndices(), op.getInput().getType().getRank() - 1);
  return success();
}

void tenon::attachIndexingPullbacks(MLIRContext &context) {
  attachPullback<GatherOp, pullGather>(context);
  attachPullback<ScatterOp, pullScatter>(context);
  attachPullback<SortOp, pullSort>(context);
  attachPullback<TopKOp, pullTopK>(context);
}
