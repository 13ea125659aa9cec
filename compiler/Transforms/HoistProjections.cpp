// Products of one row each that the steps of a loop compute become one product of all rows before the loop.
#include "compiler/Transforms/Passes.h"
#include "dialects/Tenon/Dialect.h"
#include "dialects/Tenon/Shapes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Matchers.h"

namespace mlir::tenon {
#define GEN_PASS_DEF_HOISTPROJECTIONSPASS
#include "compiler/Transforms/Passes.h.inc"
} // namespace mlir::tenon

using namespace mlir;
using namespace mlir::tenon;

/// So many rows a step make its own product as fast as that of all steps.
static constexpr int64_t kEnoughRows = 8;
/// The results of all steps are kept at once: at most so many elements for each element of the rows they come from.
static constexpr int64_t kMaxGrowth = 16;

namespace {
/// What one step computes of its own row: a value with the elements, in row-major order, of the slice of size 1 at
/// `index` along `axis` of a tensor that is the same in all steps.
struct StepView {
  /// The slice that begins the chain.
  SliceOp slice;
  /// The tensor's shape; its last dimension is the value's.
  SmallVector<int64_t> shape;
  bool hasProduct = false;
};

class ProjectionHoister {
public:
  ProjectionHoister(ForOp loop, int64_t &numHoisted) : loop(loop), numHoisted(numHoisted) {}
  void run();

private:
  bool isInvariant(Value value) const { return !loop->isAncestor(value.getParentBlock()->getParentOp()); }
  std::optional<StepView> match(Operation *op);
  std::optional<StepView> matchSlice(SliceOp slice);
  std::optional<StepView> matchElementwise(Operation *op);
  std::optional<StepView> matchProduct(MatmulOp product);
  bool takesAllRows(SliceOp slice) const;
  /// The value of all steps, before the loop.
  Value buildAll(OpBuilder &builder, Value value);
  Value factorOf(Value value);
  void replace(Operation *op, StepView &view);

  ForOp loop;
  int64_t &numHoisted;
  DenseMap<Value, StepView> views;
  DenseMap<Value, Value> all;
};
} // namespace

static ArrayRef<int64_t> shapeOf(Value value) { return cast<RankedTensorType>(value.getType()).getShape(); }

static std::optional<int64_t> constantOf(Value scalar) {
  DenseElementsAttr value;
  if (!matchPattern(scalar, m_Constant(&value)))
    return std::nullopt;
  return value.getSplatValue<APInt>().getSExtValue();
}

/// Whether `scalar` is the size of dimension `axis` of `tensor`, which may be found behind what keeps it.
static bool isDimOf(Value scalar, Value tensor, int64_t axis) {
  auto dim = scalar.getDefiningOp<DimOp>();
  while (true) {
    if (dim && dim.getInput() == tensor && static_cast<int64_t>(dim.getAxis()) == axis)
      return true;
    auto result = dyn_cast<OpResult>(tensor);
    if (!result || result.getOwner()->getName().getDialectNamespace() != TenonDialect::getDialectNamespace())
      return false;
    DimSource source = sourceOfDim(result, axis);
    if (source.scalar)
      return source.scalar == scalar;
    if (!source.tensor)
      return false;
    tensor = source.tensor;
    axis = source.axis;
  }
}

/// Whether `scalar` differs by a constant from the size of that dimension.
static bool isNearDimOf(Value scalar, Value tensor, int64_t axis) {
  if (auto sub = scalar.getDefiningOp<SubOp>(); sub && constantOf(sub.getRhs()))
    scalar = sub.getLhs();
  else if (auto add = scalar.getDefiningOp<AddOp>(); add && constantOf(add.getRhs()))
    scalar = add.getLhs();
  return isDimOf(scalar, tensor, axis);
}

/// The dimension along which `slice` takes the one row at its only start that is an operand: the others are whole.
static std::optional<int64_t> getRowAxis(SliceOp slice) {
  std::optional<int64_t> axis;
  ArrayRef<int64_t> starts = slice.getStaticStarts(), sizes = slice.getStaticSizes();
  unsigned nextSize = 0;
  for (auto [dim, extent] : llvm::enumerate(shapeOf(slice.getInput()))) {
    Value size = ShapedType::isDynamic(sizes[dim]) ? slice.getSizes()[nextSize++] : Value();
    if (slice.getStrides()[dim] != 1)
      return std::nullopt;
    if (ShapedType::isDynamic(starts[dim])) {
      if (axis || sizes[dim] != 1)
        return std::nullopt;
      axis = dim;
      continue;
    }
    bool isWhole = size ? isDimOf(size, slice.getInput(), dim) : sizes[dim] == extent;
    if (starts[dim] != 0 || !isWhole)
      return std::nullopt;
  }
  return axis;
}

/// Whether the loop runs about as often as there are rows: no fewer than half of them, or from one end to the other but
/// for a constant.
bool ProjectionHoister::takesAllRows(SliceOp slice) const {
  ForOp counted = loop;
  int64_t axis = *getRowAxis(slice), rows = shapeOf(slice.getInput())[axis], step = counted.getStep();
  std::optional<int64_t> lower = constantOf(counted.getLower()), upper = constantOf(counted.getUpper());
  if (lower && upper) {
    int64_t distance = step > 0 ? *upper - *lower : *lower - *upper;
    return !ShapedType::isDynamic(rows) && distance > 0 && llvm::divideCeilSigned(distance, std::abs(step)) * 2 >= rows;
  }
  Value end = step > 0 ? counted.getUpper() : counted.getLower();
  return std::abs(step) == 1 && (step > 0 ? lower : upper) && isNearDimOf(end, slice.getInput(), axis);
}

std::optional<StepView> ProjectionHoister::matchSlice(SliceOp slice) {
  std::optional<int64_t> axis = getRowAxis(slice);
  ArrayRef<int64_t> shape = shapeOf(slice.getInput());
  if (!axis || *axis + 1 == static_cast<int64_t>(shape.size()) || !isInvariant(slice.getInput()) ||
      !llvm::all_of(slice.getSizes(), [&](Value size) { return isInvariant(size); }) || !takesAllRows(slice))
    return std::nullopt;
  return StepView{slice, SmallVector<int64_t>(shape)};
}

/// Each element of the result comes from those in its place. Shapes are what the operands broadcast to.
static bool isElementwise(Operation *op) {
  return isa<AddOp, SubOp, MulOp, DivOp, MaxOp, MinOp, NegOp, AbsOp, ExpOp, LogOp, SqrtOp, RsqrtOp, TanhOp, SigmoidOp,
             ErfOp, CastOp>(op);
}

/// What `value` repeats, where it says so.
static Value getRepeated(Value value) {
  auto broadcast = value.getDefiningOp<BroadcastOp>();
  return broadcast ? broadcast.getInput() : value;
}

/// One view and numbers or rows that are the same in all steps and repeat along everything else.
std::optional<StepView> ProjectionHoister::matchElementwise(Operation *op) {
  std::optional<StepView> view;
  ArrayRef<int64_t> shape = shapeOf(op->getResult(0));
  for (Value operand : op->getOperands()) {
    if (auto found = views.find(operand); found != views.end()) {
      // What the product is needed for besides would keep both for all steps.
      if (view || shapeOf(operand) != shape || (found->second.hasProduct && !operand.hasOneUse()))
        return std::nullopt;
      view = found->second;
      continue;
    }
    Value repeated = getRepeated(operand);
    ArrayRef<int64_t> row = shapeOf(repeated);
    auto isOne = [](int64_t size) { return size == 1; };
    if (!isInvariant(repeated) ||
        (!row.empty() && (!llvm::all_of(row.drop_back(), isOne) || ShapedType::isDynamic(row.back()))))
      return std::nullopt;
  }
  auto isShort = [&](Value operand) {
    return views.contains(operand) || shapeOf(getRepeated(operand)).size() <= view->shape.size();
  };
  if (!view || ShapedType::isDynamic(view->shape.back()) || !llvm::all_of(op->getOperands(), isShort))
    return std::nullopt;
  return view;
}

std::optional<StepView> ProjectionHoister::matchProduct(MatmulOp product) {
  auto found = views.find(product.getLhs());
  ArrayRef<int64_t> shape = shapeOf(product.getResult()), weights = shapeOf(product.getRhs());
  if (found == views.end() || product.getTransposeLhs() || !isInvariant(product.getRhs()) || weights.size() != 2 ||
      !product.getRhs().getType().hasStaticShape())
    return std::nullopt;
  StepView view = found->second;
  std::optional<int64_t> rows = elementCount(shape.drop_back());
  // Inner dimensions are known, so that the product checks nothing and may run where the loop has no step.
  int64_t depth = view.shape.back(), source = shapeOf(view.slice.getInput()).back(), columns = shape.back();
  if (ShapedType::isDynamic(depth) || (rows && *rows >= kEnoughRows) || columns > kMaxGrowth * source)
    return std::nullopt;
  view.shape.back() = columns;
  view.hasProduct = true;
  return view;
}

std::optional<StepView> ProjectionHoister::match(Operation *op) {
  if (auto slice = dyn_cast<SliceOp>(op))
    return matchSlice(slice);
  if (auto reshape = dyn_cast<ReshapeOp>(op)) {
    // The last dimension stays, and what is before it is not looked at.
    auto found = views.find(reshape.getInput());
    ArrayRef<int64_t> shape = shapeOf(reshape.getResult());
    if (found == views.end() || found->second.hasProduct || shape.empty() || ShapedType::isDynamic(shape.back()) ||
        shape.back() != found->second.shape.back())
      return std::nullopt;
    return found->second;
  }
  if (auto product = dyn_cast<MatmulOp>(op))
    return matchProduct(product);
  return isElementwise(op) ? matchElementwise(op) : std::nullopt;
}

Value ProjectionHoister::buildAll(OpBuilder &builder, Value value) {
  auto view = views.find(value);
  if (view == views.end())
    return getRepeated(value);
  Operation *op = value.getDefiningOp();
  if (auto slice = dyn_cast<SliceOp>(op))
    return slice.getInput();
  if (auto reshape = dyn_cast<ReshapeOp>(op))
    return buildAll(builder, reshape.getInput());
  if (auto built = all.find(value); built != all.end())
    return built->second;
  SmallVector<Value> operands = llvm::map_to_vector(op->getOperands(), [&](Value v) { return buildAll(builder, v); });
  auto type = RankedTensorType::get(view->second.shape, getElementTypeOrSelf(value.getType()));
  Operation *copy = builder.create(op->getLoc(), op->getName().getIdentifier(), operands, type, op->getAttrs());
  return all[value] = copy->getResult(0);
}

/// What is multiplied in a chain with a product: all its dimensions but the last are those of `value`.
Value ProjectionHoister::factorOf(Value value) {
  while (views.find(value)->second.hasProduct)
    value =
        *llvm::find_if(value.getDefiningOp()->getOperands(), [&](Value operand) { return views.contains(operand); });
  return value;
}

/// The step takes its rows of what is computed before the loop.
void ProjectionHoister::replace(Operation *op, StepView &view) {
  OpBuilder builder(loop);
  Value value = op->getResult(0), tensor = buildAll(builder, value);
  builder.setInsertionPoint(op);
  SliceOp from = view.slice;
  SmallVector<int64_t> sizes(from.getStaticSizes());
  sizes.back() = view.shape.back();
  // An index that is not in the sequence is an error where it was one.
  Value row = SliceOp::create(builder, from.getLoc(), tensor, from.getStarts(), from.getSizes(), from.getStaticStarts(),
                              sizes, from.getStrides());
  auto type = cast<RankedTensorType>(value.getType());
  if (row.getType() != type) {
    SmallVector<Value> dims;
    for (int64_t dim = 0; dim < type.getRank(); ++dim)
      if (type.isDynamicDim(dim))
        dims.push_back(builder.createOrFold<DimOp>(op->getLoc(), factorOf(value), dim));
    row = ReshapeOp::create(builder, op->getLoc(), type, row, dims);
  }
  value.replaceAllUsesWith(row);
  ++numHoisted;
}

void ProjectionHoister::run() {
  SmallVector<Operation *> products;
  // A branch may not be taken, so only what stands in the loop itself is computed in each step.
  for (Operation &op : loop.bodyBlock()->without_terminator())
    if (std::optional<StepView> view = match(&op)) {
      products.push_back(&op);
      views.try_emplace(op.getResult(0), std::move(*view));
    }
  for (Operation *op : products) {
    StepView &view = views.find(op->getResult(0))->second;
    auto goesOn = [&](Operation *user) { return user->getNumResults() == 1 && views.contains(user->getResult(0)); };
    if (view.hasProduct && !llvm::all_of(op->getUsers(), goesOn))
      replace(op, view);
  }
}

namespace {
struct HoistProjectionsPass : tenon::impl::HoistProjectionsPassBase<HoistProjectionsPass> {
  using Base::Base;

  void runOnOperation() override {
    // From the inside outwards: the product of a row's rows may itself be one of an outer loop's.
    getOperation()->walk([&](ForOp loop) {
      int64_t hoisted = 0;
      ProjectionHoister(loop, hoisted).run();
      numHoisted += hoisted;
    });
  }
};
} // namespace
