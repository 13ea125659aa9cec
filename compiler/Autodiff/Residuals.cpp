// What crosses from a forward nest of regions into its backward nest: computed again where that is cheap, yielded out
// of branches, kept for every iteration of loops: in an array where it is known before the nest runs how many there
// are, else in a list, which grows in the host's memory. A list is pushed to behind the value, and popped from at the
// begin of the block that mirrors its block.
//
// An array has one row for each time its block runs. Where the block is in nothing but counted loops, the row follows
// from their indices, and iterations stay independent; else a counter goes along, up in the forward and down in the
// backward nest. Blocks run backwards in exactly the reverse order, so the same number finds the row.
#include "compiler/Autodiff/Regions.h"
#include "compiler/Autodiff/Reverse.h"

#include "mlir/IR/IRMapping.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace mlir::tenon;

static RankedTensorType typeOf(Value value) { return cast<RankedTensorType>(value.getType()); }

namespace {
/// What is kept of the values of one block.
struct Track {
  Value value;  ///< the residual; null for a counter
  Block *block; ///< where it is defined
  Value state;  ///< the array, list, the value itself or the count, outside of the nest: before it, then after it
  SmallVector<Value> dims = {}; ///< the residual's open sizes, outside of the nest

  bool isList() const { return isa<ListType>(state.getType()); }
  /// Whether it changes on the way back too.
  bool isCarriedBack() const { return !value || isList(); }
};

class Nest {
public:
  Nest(const Mirror &mirror, Operation *forward, Operation *backward, Storage storage)
      : storage(storage), mirror(mirror), forward(forward), backward(backward), front(forward->getLoc(), forward) {}

  LogicalResult run() {
    recompute();
    llvm::SetVector<Value> values = crossing();
    if (values.empty())
      return success();
    for (Value value : values)
      if (failed(addTrack(value)))
        return failure();
    for (auto &[block, row] : rows)
      if (row.isCounted())
        tracks.push_back({Value(), block, integer(front, 0)});
    keep();
    return read();
  }

private:
  // ---- what crosses
  bool isInside(Block *block, Operation *root) const {
    Operation *parent = block->getParentOp();
    return root == parent || root->isProperAncestor(parent);
  }
  bool isInside(Value value) const { return isInside(value.getParentBlock(), forward); }

  llvm::SetVector<Value> crossing() const {
    llvm::SetVector<Value> values;
    backward->walk([&](Operation *op) {
      for (Value operand : op->getOperands())
        if (isInside(operand))
          values.insert(operand);
    });
    return values;
  }
  void replaceInBackward(Value value, Value by) {
    value.replaceUsesWithIf(by, [&](OpOperand &use) { return backward->isAncestor(use.getOwner()); });
  }

  // ---- what is computed again
  static bool isCheap(Operation *op) {
    if (!op || op->getNumRegions() || op->getNumResults() != 1)
      return false;
    if (isa<ConstantOp, DimOp, IotaOp, CompareOp, NotOp, AndOp, OrOp, XorOp, UndefOp>(op))
      return true;
    auto differentiable = dyn_cast<DifferentiableOpInterface>(op);
    return differentiable && differentiable.isCheap();
  }

  void recompute() {
    for (auto [index, mirrored] : mirror.indices)
      if (isInside(index))
        replaceInBackward(index, mirrored);
    llvm::SetVector<Value> values = crossing();
    llvm::SetVector<Operation *> chosen;
    std::function<bool(Value, int)> isAvailable = [&](Value value, int depth) {
      if (!isInside(value) || mirror.indices.contains(value) || values.contains(value))
        return true;
      Operation *op = value.getDefiningOp();
      if (op && chosen.contains(op))
        return true;
      return depth > 0 && isCheap(op) && mirror.blocks.contains(op->getBlock()) &&
             llvm::all_of(op->getOperands(), [&](Value operand) { return isAvailable(operand, depth - 1); });
    };
    std::function<void(Operation *)> choose = [&](Operation *op) {
      if (!chosen.insert(op))
        return;
      values.remove(op->getResult(0));
      for (Value operand : op->getOperands())
        if (isInside(operand) && !mirror.indices.contains(operand) && !values.contains(operand))
          choose(operand.getDefiningOp());
    };
    SmallVector<Value> latestFirst(values.rbegin(), values.rend());
    for (Value value : latestFirst) {
      Operation *op = value.getDefiningOp();
      if (!isCheap(op) || chosen.contains(op) || !mirror.blocks.contains(op->getBlock()))
        continue;
      values.remove(value); // it may not stand for itself
      bool ready = llvm::all_of(op->getOperands(), [&](Value operand) { return isAvailable(operand, 4); });
      values.insert(value);
      if (ready)
        choose(op);
    }
    // The last goes in first: each stands at the begin of its block, behind those it uses.
    SmallVector<Operation *> ordered;
    forward->walk<WalkOrder::PreOrder>([&](Operation *op) {
      if (chosen.contains(op))
        ordered.push_back(op);
    });
    for (Operation *op : llvm::reverse(ordered)) {
      OpBuilder builder = OpBuilder::atBlockBegin(mirror.blocks.lookup(op->getBlock()));
      Operation *again = builder.clone(*op);
      replaceInBackward(op->getResult(0), again->getResult(0));
    }
    for (auto [index, mirrored] : mirror.indices)
      if (isInside(index))
        replaceInBackward(index, mirrored);
  }

  // ---- where it is kept
  struct Row {
    bool byIndex = true;
    bool isBounded = true; ///< else there are no rows, but lists
    bool isCounted() const { return isBounded && !byIndex; }
    int64_t staticCount = 1; ///< how often the block runs at most
    Value openCount;
    std::optional<int64_t> limit; ///< what a loop was said to run at most
    std::optional<Location> loop; ///< the one whose iterations nobody knows
  };

  static Value integer(OpBuilder &builder, Location location, int64_t value) {
    return ConstantOp::create(builder, location,
                              DenseElementsAttr::get(RankedTensorType::get({}, builder.getI64Type()), value));
  }
  static Value integer(ImplicitLocOpBuilder &builder, int64_t value) {
    return integer(builder, builder.getLoc(), value);
  }

  /// The ops around `block`, from the nest's inwards.
  SmallVector<Operation *> path(Block *block) const {
    SmallVector<Operation *> ops;
    for (Operation *op = block->getParentOp();; op = op->getParentOp()) {
      ops.push_back(op);
      if (op == forward)
        break;
    }
    std::reverse(ops.begin(), ops.end());
    return ops;
  }

  /// An integer of the nest as a value before it; null where it is computed inside from what changes.
  Value hoisted(Value value) {
    if (!isInside(value))
      return value;
    Operation *op = value.getDefiningOp();
    if (!op || op->getNumRegions() || op->getNumResults() != 1 || !isa<TenonDialect>(op->getDialect()))
      return {};
    if (auto dim = dyn_cast<DimOp>(op)) {
      Value size = createDim(front, dim.getLoc(), dim.getInput(), dim.getAxis());
      return isInside(size) ? Value() : size;
    }
    if (!isa<ConstantOp, AddOp, SubOp, MulOp, DivOp, MaxOp, MinOp>(op))
      return {};
    IRMapping mapping;
    for (Value operand : op->getOperands()) {
      Value outside = hoisted(operand);
      if (!outside)
        return {};
      mapping.map(operand, outside);
    }
    return front.clone(*op, mapping)->getResult(0);
  }

  /// The bounds of a loop as values before the nest.
  bool boundsOf(ForOp loop, Value &lower, Value &upper) {
    lower = hoisted(loop.getLower());
    upper = hoisted(loop.getUpper());
    return lower && upper;
  }

  FailureOr<Row *> rowOf(Value value) {
    auto [found, isNew] = rows.insert({value.getParentBlock(), Row()});
    Row &row = found->second;
    if (!isNew)
      return &row;
    if (storage == Storage::Lists) {
      row.isBounded = false;
      row.loop = forward->getLoc();
      return &row;
    }
    for (Operation *op : path(value.getParentBlock())) {
      auto limit = op->getAttrOfType<IntegerAttr>("tenon.max_iterations");
      auto loop = dyn_cast<ForOp>(op);
      Value lower, upper;
      bool isByIndex = loop && boundsOf(loop, lower, upper);
      if (isByIndex) {
        Value count = createTripCount(front, lower, upper, loop.getStep());
        counts[op] = {lower, count};
        std::optional<int64_t> constant = constantCount(lower, upper, loop.getStep());
        if (constant) {
          row.staticCount *= *constant;
          continue;
        }
        if (!limit && isKnownAtEntry(lower) && isKnownAtEntry(upper)) {
          row.openCount = row.openCount ? MulOp::create(front, row.openCount, count).getResult() : count;
          continue;
        }
      }
      row.byIndex &= isByIndex;
      if (isa<IfOp>(op))
        continue;
      if (!limit) {
        if (storage == Storage::Arrays) {
          auto error =
              op->emitError(op->getName().stripDialect())
              << ": its gradient keeps values of every iteration, and how many there are is not known before it "
                 "runs; say `max_iterations` (in C++: set_loop_options in its body)";
          error.attachNote(value.getLoc()) << "such a value";
          return failure();
        }
        row.isBounded = false;
        row.loop = op->getLoc();
        continue;
      }
      row.staticCount *= limit.getInt();
      row.limit = row.limit ? *row.limit * limit.getInt() : limit.getInt();
    }
    return &row;
  }

  /// Whether a number follows from sizes of arguments: then the memory that it asks for can be planned.
  static bool isKnownAtEntry(Value value) {
    Operation *op = value.getDefiningOp();
    return op && (isa<ConstantOp, DimOp>(op) || (isa<AddOp, SubOp, MulOp, DivOp, MaxOp, MinOp>(op) &&
                                                 llvm::all_of(op->getOperands(), isKnownAtEntry)));
  }

  static std::optional<int64_t> constantCount(Value lower, Value upper, int64_t step) {
    DenseElementsAttr from, to;
    if (!matchPattern(lower, m_Constant(&from)) || !matchPattern(upper, m_Constant(&to)))
      return std::nullopt;
    int64_t distance = to.getSplatValue<int64_t>() - from.getSplatValue<int64_t>(), stride = std::abs(step);
    if (step < 0)
      distance = -distance;
    // Never 0: a row that a loop does not write still has to have a place.
    return std::max<int64_t>(1, (distance + stride - 1) / stride);
  }

  /// What the run says where it has no memory for a list.
  StringAttr listReason() { return front.getStringAttr("the gradient of a loop without `max_iterations`"); }

  /// In branches only, the value itself comes out; what the other branch yields is not read.
  bool isDirect(Block *block) const {
    return llvm::all_of(path(block), [](Operation *op) { return isa<IfOp>(op); });
  }

  LogicalResult addTrack(Value value) {
    Block *block = value.getParentBlock();
    if (isDirect(block)) {
      tracks.push_back({value, block, UndefOp::create(front, value.getType())});
      return success();
    }
    FailureOr<Row *> row = rowOf(value);
    if (failed(row))
      return failure();
    SmallVector<int64_t> shape{(*row)->openCount ? ShapedType::kDynamic : (*row)->staticCount};
    SmallVector<Value> dims;
    if (Value open = (*row)->openCount; open && (*row)->isBounded)
      dims.push_back((*row)->staticCount == 1 ? open : MulOp::create(front, open, integer(front, (*row)->staticCount)));
    for (auto [axis, size] : llvm::enumerate(typeOf(value).getShape())) {
      shape.push_back(size);
      if (!ShapedType::isDynamic(size))
        continue;
      Value dim = createDim(front, value.getLoc(), value, axis);
      if (isInside(dim) || (dim.getDefiningOp<DimOp>() && isInside(dim.getDefiningOp<DimOp>().getInput()))) {
        auto error = forward->emitError(forward->getName().stripDialect())
                     << ": its gradient keeps a value of every iteration whose sizes are not known before it runs";
        error.attachNote(value.getLoc()) << "the value";
        return error;
      }
      dims.push_back(dim);
    }
    if (!(*row)->isBounded) {
      auto list = ListCreateOp::create(front, *(*row)->loop, ListType::get(front.getContext(), typeOf(value)));
      list->setAttr("tenon.reason", listReason());
      tracks.push_back({value, block, list, dims});
      return success();
    }
    auto type = RankedTensorType::get(shape, typeOf(value).getElementType());
    Value zero = ConstantOp::create(
        front, cast<ElementsAttr>(DenseElementsAttr::get(RankedTensorType::get({}, type.getElementType()),
                                                         front.getZeroAttr(type.getElementType()))));
    tracks.push_back({value, block, SplatOp::create(front, type, zero, dims)});
    return success();
  }

  /// The row of an array that a block writes or reads now, by the indices of the loops around it.
  Value rowByIndex(OpBuilder &builder, Block *block, bool mirrored) {
    Location location = forward->getLoc();
    Value row;
    for (Operation *op : path(block)) {
      auto loop = cast<ForOp>(op);
      Value index = loop.getIndex();
      if (mirrored)
        index = mirror.indices.lookup(index);
      auto [lower, count] = counts[op];
      Value number = SubOp::create(builder, location, index, lower);
      if (loop.getStep() != 1)
        number = DivOp::create(builder, location, number, integer(builder, location, loop.getStep()));
      if (row)
        number = AddOp::create(builder, location, MulOp::create(builder, location, row, count), number);
      row = number;
    }
    return row;
  }

  // ---- the forward nest
  using States = SmallVector<Value>;

  SmallVector<unsigned> tracksIn(Operation *op, bool mirrored) const {
    SmallVector<unsigned> inside;
    for (auto [i, track] : llvm::enumerate(tracks))
      if ((!mirrored || track.isCarriedBack()) &&
          isInside(mirrored ? mirror.blocks.lookup(track.block) : track.block, op))
        inside.push_back(i);
    return inside;
  }

  /// Carries the tracks in `op` through it. `visit` changes the states of a block.
  Operation *carry(Operation *op, States &states, bool mirrored, llvm::function_ref<void(Block &, States &)> visit) {
    SmallVector<unsigned> inside = tracksIn(op, mirrored);
    SmallVector<Value> extra, before(op->getResults());
    if (inside.empty())
      return op;
    for (unsigned i : inside) extra.push_back(states[i]);
    bool isForward = op == forward, isBackward = op == backward;
    auto &renamed = counts;
    std::optional<std::pair<Value, Value>> count;
    if (auto found = renamed.find(op); found != renamed.end())
      count = found->second;
    Operation *carrying = carryThrough(op, extra, [&](Block &block, ValueRange values) {
      Operation *parent = block.getParentOp();
      if (isForward)
        forward = parent;
      if (isBackward)
        backward = parent;
      if (count)
        counts[parent] = *count;
      States inner(states.size());
      for (auto [i, value] : llvm::zip_equal(inside, values)) inner[i] = value;
      visit(block, inner);
      SmallVector<Value> after;
      for (unsigned i : inside) after.push_back(inner[i]);
      return after;
    });
    for (Track &track : tracks)
      for (auto [k, result] : llvm::enumerate(before))
        if (track.value == result)
          track.value = carrying->getResult(k);
    for (auto [k, i] : llvm::enumerate(inside)) states[i] = carrying->getResult(before.size() + k);
    return carrying;
  }

  void keep() {
    States states;
    for (Track &track : tracks) states.push_back(track.state);
    forward = carry(forward, states, /*mirrored=*/false, [&](Block &block, States &s) { keepIn(block, s); });
    for (auto [track, state] : llvm::zip_equal(tracks, states)) track.state = state;
  }

  unsigned counterOfBlock(Block *block) const {
    for (auto [i, track] : llvm::enumerate(tracks))
      if (!track.value && track.block == block)
        return i;
    llvm_unreachable("a block without rows by index has a counter");
  }

  void keepIn(Block &block, States &states) {
    Value row;
    OpBuilder builder = OpBuilder::atBlockBegin(&block);
    auto found = rows.find(&block);
    bool isCounted = found != rows.end() && found->second.isCounted();
    if (found != rows.end() && found->second.isBounded)
      row = isCounted ? states[counterOfBlock(&block)] : rowByIndex(builder, &block, /*mirrored=*/false);
    if (row && found->second.limit) {
      Location location = forward->getLoc();
      Value limit = integer(builder, location, found->second.staticCount);
      if (found->second.openCount)
        limit = MulOp::create(builder, location, limit, found->second.openCount);
      Value fits = CompareOp::create(builder, location, ComparePredicate::lt, row, limit);
      AssertOp::create(builder, location, fits,
                       builder.getStringAttr("a loop ran past its max_iterations, " +
                                             std::to_string(*found->second.limit) + ", on which its gradient relies"));
    }
    auto store = [&](unsigned i) {
      Track &track = tracks[i];
      if (track.isList()) {
        auto push = ListPushOp::create(builder, *found->second.loop, track.value, states[i]);
        push->setAttr("tenon.reason", listReason());
        states[i] = push;
      } else {
        states[i] = row ? insertRow(builder, track.value, states[i], row) : track.value;
      }
    };
    for (unsigned i = 0; i < tracks.size(); ++i)
      if (tracks[i].block == &block && tracks[i].value && isa<BlockArgument>(tracks[i].value))
        store(i);
    for (Operation *op = &block.front(), *next; op; op = next) {
      next = op->getNextNode();
      if (op->getNumRegions())
        op = carry(op, states, /*mirrored=*/false, [&](Block &inner, States &s) { keepIn(inner, s); });
      builder.setInsertionPointAfter(op);
      for (unsigned i = 0; i < tracks.size(); ++i)
        if (tracks[i].block == &block && tracks[i].value && tracks[i].value.getDefiningOp() == op)
          store(i);
    }
    if (isCounted) {
      builder.setInsertionPoint(block.getTerminator());
      unsigned counter = counterOfBlock(&block);
      states[counter] =
          AddOp::create(builder, forward->getLoc(), states[counter], integer(builder, forward->getLoc(), 1));
    }
  }

  static SmallVector<Value> openSizes(OpBuilder &builder, Value value) {
    SmallVector<Value> dims;
    for (auto [axis, size] : llvm::enumerate(typeOf(value).getShape()))
      if (ShapedType::isDynamic(size))
        dims.push_back(createDim(builder, value.getLoc(), value, axis));
    return dims;
  }
  static RankedTensorType rowType(Value value) {
    SmallVector<int64_t> shape{1};
    llvm::append_range(shape, typeOf(value).getShape());
    return RankedTensorType::get(shape, typeOf(value).getElementType());
  }

  static Value insertRow(OpBuilder &builder, Value value, Value array, Value row) {
    Location location = value.getLoc();
    Value update = ReshapeOp::create(builder, location, rowType(value), value, openSizes(builder, value));
    SmallVector<int64_t> starts(typeOf(array).getRank(), 0);
    starts[0] = ShapedType::kDynamic;
    return InsertOp::create(builder, location, update, array, row, starts);
  }

  Value readRow(OpBuilder &builder, Value value, Value array, Value row) {
    Location location = value.getLoc();
    RankedTensorType type = rowType(value);
    SmallVector<int64_t> starts(type.getRank(), 0), strides(type.getRank(), 1);
    starts[0] = ShapedType::kDynamic;
    SmallVector<Value> sizes;
    for (auto [axis, size] : llvm::enumerate(typeOf(value).getShape()))
      if (ShapedType::isDynamic(size))
        sizes.push_back(createDim(builder, location, array, axis + 1));
    Value part = SliceOp::create(builder, location, array, row, sizes, builder.getDenseI64ArrayAttr(starts),
                                 builder.getDenseI64ArrayAttr(type.getShape()), builder.getDenseI64ArrayAttr(strides));
    return ReshapeOp::create(builder, location, value.getType(), part, sizes);
  }

  // ---- the backward nest
  LogicalResult read() {
    States states;
    for (Track &track : tracks) states.push_back(track.state);
    for (Track &track : tracks)
      if (track.value && isDirect(track.block))
        replaceInBackward(track.value, track.state);
    // Blocks by index need nothing carried; those that count down or pop are met on the way.
    for (auto &[block, row] : rows)
      if (row.isBounded && row.byIndex)
        readIn(block, {});
    backward = carry(backward, states, /*mirrored=*/true, [&](Block &block, States &s) { countDown(block, s); });
    return success();
  }

  /// Reads the rows of a forward block at the begin of the block that mirrors it.
  void readIn(Block *block, Value row) {
    OpBuilder builder = OpBuilder::atBlockBegin(mirror.blocks.lookup(block));
    if (row)
      builder.setInsertionPointAfterValue(row);
    else
      row = rowByIndex(builder, block, /*mirrored=*/true);
    for (Track &track : tracks)
      if (track.block == block && track.value)
        replaceInBackward(track.value, readRow(builder, track.value, track.state, row));
  }

  /// Takes what a forward block kept last off its lists.
  void popIn(Block *forwardBlock, Block &block, States &states) {
    OpBuilder builder = OpBuilder::atBlockBegin(&block);
    for (auto [i, track] : llvm::enumerate(tracks)) {
      if (track.block != forwardBlock || !track.value)
        continue;
      auto pop = ListPopOp::create(builder, track.value.getLoc(), states[i].getType(), track.value.getType(), states[i],
                                   track.dims);
      states[i] = pop.getResult();
      replaceInBackward(track.value, pop.getValue());
    }
  }

  void countDown(Block &block, States &states) {
    for (auto &[forwardBlock, row] : rows) {
      if (mirror.blocks.lookup(forwardBlock) != &block)
        continue;
      if (!row.isBounded)
        popIn(forwardBlock, block, states);
      if (!row.isCounted())
        continue;
      unsigned counter = counterOfBlock(forwardBlock);
      OpBuilder builder = OpBuilder::atBlockBegin(&block);
      Location location = forward->getLoc();
      Value one = integer(builder, location, 1);
      states[counter] = SubOp::create(builder, location, states[counter], one);
      readIn(forwardBlock, states[counter]);
    }
    for (Operation *op = &block.front(), *next; op; op = next) {
      next = op->getNextNode();
      if (op->getNumRegions())
        carry(op, states, /*mirrored=*/true, [&](Block &inner, States &s) { countDown(inner, s); });
    }
  }

  Storage storage;
  const Mirror &mirror;
  Operation *forward, *backward;
  ImplicitLocOpBuilder front;
  SmallVector<Track> tracks;
  llvm::MapVector<Block *, Row> rows;
  DenseMap<Operation *, std::pair<Value, Value>> counts; ///< lower bound and count of a loop, before the nest
};
} // namespace

/// The op around `block` that stands in a block around `inner`.
static Operation *outermost(Block *block, Operation *inner) {
  Operation *op = block->getParentOp();
  while (!op->getParentOp()->isAncestor(inner)) op = op->getParentOp();
  return op;
}

LogicalResult tenon::keepResiduals(Mirror &mirror, Operation *at, Storage storage) {
  llvm::SmallSetVector<std::pair<Operation *, Operation *>, 4> nests;
  for (auto [forward, backward] : mirror.blocks) nests.insert({outermost(forward, at), outermost(backward, at)});
  for (auto [forward, backward] : nests)
    if (failed(Nest(mirror, forward, backward, storage).run()))
      return failure();
  return success();
}
