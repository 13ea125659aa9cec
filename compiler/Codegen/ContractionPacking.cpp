// Which constants are packed, and their bytes in the new order.
#include "compiler/Codegen/ContractionPacking.h"
#include "compiler/Codegen/BufferOverlap.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/Interfaces/ViewLikeInterface.h"

using namespace mlir;
using namespace mlir::tenon;

/// Smaller constants are in the first level of the cache, in whatever order.
static constexpr int64_t kMinimumBytes = 2 << 10;

int64_t PackedLayout::depth() const {
  int64_t steps = 1;
  for (const PackedAxis &axis : reduction) steps *= axis.extent;
  return steps;
}

static memref::GetGlobalOp getConstant(const ContractionAccess &access) {
  return getViewedBuffer(access.memref).getDefiningOp<memref::GetGlobalOp>();
}

/// The output's contiguous loop.
static std::optional<unsigned> getColumnLoop(const Contraction &contraction) {
  if (contraction.out.subscripts.empty())
    return std::nullopt;
  return contraction.out.subscripts.back().getPlainLoop();
}

/// Whether `access` is dense, and its dimensions are loops, with `columns` and all that reduce among them.
static bool canLieInPanels(const Contraction &contraction, const ContractionAccess &access, unsigned columns) {
  auto type = cast<MemRefType>(access.memref.getType());
  if (!type.hasStaticShape() || !type.getLayout().isIdentity() || type.getElementTypeBitWidth() % 8 ||
      type.getNumElements() * type.getElementTypeBitWidth() / 8 < kMinimumBytes)
    return false;
  SmallVector<unsigned> loops;
  for (auto [index, size] : llvm::zip_equal(access.subscripts, type.getShape())) {
    std::optional<unsigned> loop = index.getPlainLoop();
    if (!loop || llvm::is_contained(loops, *loop) || contraction.extents[*loop] != size)
      return false;
    loops.push_back(*loop);
  }
  auto isItsLoop = [&](unsigned loop) { return llvm::is_contained(loops, loop); };
  return isItsLoop(columns) && llvm::all_of(contraction.reduction, isItsLoop);
}

std::optional<unsigned> mlir::tenon::findConstantInput(const Contraction &contraction) {
  std::optional<unsigned> columns = getColumnLoop(contraction);
  if (!columns)
    return std::nullopt;
  for (unsigned i : {0u, 1u}) {
    const ContractionAccess &access = i == 0 ? contraction.lhs : contraction.rhs;
    if (getConstant(access) && canLieInPanels(contraction, access, *columns))
      return i;
  }
  return std::nullopt;
}

/// Whether an op inside of `loop` may write to `buffer`. Calls of the runtime see no buffers.
static bool isWrittenIn(scf::ForOp loop, Value buffer) {
  auto mayBeIt = [&](Value memref) { return isa<MemRefType>(memref.getType()) && !areDistinctBuffers(memref, buffer); };
  auto writes = [&](Operation *op) {
    if (auto linalgOp = dyn_cast<linalg::LinalgOp>(op))
      return llvm::any_of(linalgOp.getDpsInits(), mayBeIt);
    return !isa<memref::LoadOp, memref::DimOp, ViewLikeOpInterface>(op) && llvm::any_of(op->getOperands(), mayBeIt);
  };
  return loop.walk([&](Operation *op) { return writes(op) ? WalkResult::interrupt() : WalkResult::advance(); })
      .wasInterrupted();
}

/// The steps of `loop`, where its bounds are known.
static std::optional<int64_t> getSteps(scf::ForOp loop) {
  std::optional<int64_t> lower = getConstantIntValue(loop.getLowerBound());
  std::optional<int64_t> upper = getConstantIntValue(loop.getUpperBound()), step = getConstantIntValue(loop.getStep());
  if (!lower || !upper || !step || *step <= 0)
    return std::nullopt;
  return std::max<int64_t>(0, llvm::divideCeilSigned(*upper - *lower, *step));
}

std::optional<SteadyInput> mlir::tenon::findSteadyInput(const Contraction &contraction) {
  std::optional<unsigned> columns = getColumnLoop(contraction);
  if (!columns || contraction.reduction.size() != 1)
    return std::nullopt;
  for (unsigned i : {0u, 1u}) {
    const ContractionAccess &access = i == 0 ? contraction.lhs : contraction.rhs;
    if (access.subscripts.size() != 2 || !canLieInPanels(contraction, access, *columns))
      continue;
    // What is computed in some steps only does not decide for all of them.
    std::optional<SteadyInput> found;
    for (Operation *op = contraction.op->getParentOp(); auto loop = dyn_cast<scf::ForOp>(op); op = op->getParentOp()) {
      if (!loop.isDefinedOutsideOfLoop(access.memref) || isWrittenIn(loop, access.memref))
        break;
      std::optional<int64_t> steps = getSteps(loop);
      if (found && steps && found->steps)
        *steps *= *found->steps;
      found = SteadyInput{i, loop, found && !found->steps ? std::nullopt : steps};
    }
    if (found)
      return found;
  }
  return std::nullopt;
}

PackedLoops mlir::tenon::getPackedLoops(const Contraction &contraction, const ContractionAccess &access,
                                        unsigned columnLoop) {
  PackedLoops loops;
  for (unsigned loop : contraction.parallel)
    if (loop != columnLoop && access.dependsOn(loop))
      loops.outer.push_back(loop);
  for (unsigned loop : contraction.reduction)
    if (access.dependsOn(loop))
      loops.reduction.push_back(loop);
  return loops;
}

static PackedLayout getLayout(const Contraction &contraction, const ContractionTiling &tiling) {
  const ContractionAccess &access = *tiling.constant == 0 ? contraction.lhs : contraction.rhs;
  SmallVector<int64_t> strides;
  int64_t offset;
  LogicalResult known = cast<MemRefType>(access.memref.getType()).getStridesAndOffset(strides, offset);
  assert(succeeded(known) && "a constant is dense");
  (void)known;
  auto axisOf = [&](unsigned loop) {
    PackedAxis axis{contraction.extents[loop], 0};
    for (auto [index, stride] : llvm::zip_equal(access.subscripts, strides))
      axis.stride += index.coefficients[loop] * stride;
    return axis;
  };
  PackedLoops loops = getPackedLoops(contraction, access, *tiling.columnLoop);
  PackedLayout layout;
  layout.outer = llvm::map_to_vector(loops.outer, axisOf);
  layout.reduction = llvm::map_to_vector(loops.reduction, axisOf);
  layout.columns = axisOf(*tiling.columnLoop);
  layout.splits = splitColumns(layout.columns.extent, tiling);
  return layout;
}

/// Calls `visit` with the position of each element of `layout` in the original, in the new order.
static void forEachElement(const PackedLayout &layout, function_ref<void(int64_t)> visit) {
  auto along = [](auto &self, ArrayRef<PackedAxis> axes, int64_t position, function_ref<void(int64_t)> body) -> void {
    if (axes.empty())
      return body(position);
    for (int64_t i = 0; i < axes.front().extent; ++i)
      self(self, axes.drop_front(), position + i * axes.front().stride, body);
  };
  along(along, layout.outer, 0, [&](int64_t outer) {
    for (const ColumnSplit &split : layout.splits)
      for (int64_t first = split.lower; first < split.upper; first += split.width())
        along(along, layout.reduction, outer, [&](int64_t step) {
          for (int64_t column = first; column < std::min(split.upper, first + split.width()); ++column)
            visit(step + column * layout.columns.stride);
        });
  });
}

static bool isInOrder(const PackedLayout &layout) {
  bool inOrder = true;
  int64_t next = 0;
  // A walk over the panels' first rows would do; constants are small beside the time that compiling their users takes.
  forEachElement(layout, [&](int64_t position) { inOrder &= position == next++; });
  return inOrder;
}

bool mlir::tenon::liesInPanels(const Contraction &contraction, const ContractionTiling &tiling) {
  return isInOrder(getLayout(contraction, tiling));
}

void ConstantPacker::request(const Contraction &contraction, const ContractionTiling &tiling) {
  const ContractionAccess &access = *tiling.constant == 0 ? contraction.lhs : contraction.rhs;
  StringAttr name = getConstant(access).getNameAttr().getAttr();
  PackedLayout layout = getLayout(contraction, tiling);
  Constant &constant = constants[name];
  if (!constant.requests++)
    constant.layout = std::move(layout);
  else
    constant.agreed &= constant.layout == layout;
  names[contraction.op] = name;
}

/// The elements as they lie in memory; none where one value stands for all of them, or they are not numbers of whole
/// bytes.
static ArrayRef<char> getBytes(memref::GlobalOp global) {
  std::optional<Attribute> value = global.getInitialValue();
  if (!value || !global.getConstant())
    return {};
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(*value)) {
    AsmResourceBlob *blob = resource.getRawHandle().getBlob();
    return blob ? blob->getData() : ArrayRef<char>();
  }
  auto dense = dyn_cast<DenseElementsAttr>(*value);
  return dense && !dense.isSplat() ? dense.getRawData() : ArrayRef<char>();
}

/// Users of the elements that `reads` give, through views of contractions.
static unsigned countUsers(ArrayRef<memref::GetGlobalOp> reads) {
  unsigned count = 0;
  SmallVector<Operation *> views(reads.begin(), reads.end());
  while (!views.empty())
    for (Operation *user : views.pop_back_val()->getUsers()) {
      if (isa<memref::CollapseShapeOp>(user))
        views.push_back(user);
      else
        ++count;
    }
  return count;
}

void ConstantPacker::pack() {
  symbols.getOp()->walk([&](memref::GetGlobalOp read) {
    if (auto it = constants.find(read.getNameAttr().getAttr()); it != constants.end())
      it->second.reads.push_back(read);
  });
  for (auto &[name, constant] : constants) {
    auto global = cast<memref::GlobalOp>(symbols.lookup(name));
    ArrayRef<char> bytes = getBytes(global);
    if (!constant.agreed || countUsers(constant.reads) != constant.requests || bytes.empty() ||
        isInOrder(constant.layout))
      continue;
    Type element = global.getType().getElementType();
    const int64_t size = element.getIntOrFloatBitWidth() / 8, count = bytes.size() / size;
    AsmResourceBlob blob = HeapAsmResourceBlob::allocate(bytes.size(), 64);
    char *to = blob.getMutableData().data();
    forEachElement(constant.layout, [&](int64_t position) {
      std::memcpy(to, bytes.data() + position * size, size);
      to += size;
    });
    OpBuilder builder(global);
    auto value = DenseResourceElementsAttr::get(RankedTensorType::get({count}, element), name, std::move(blob));
    constant.packed =
        memref::GlobalOp::create(builder, global.getLoc(), (name.getValue() + "_packed").str(),
                                 builder.getStringAttr("private"), MemRefType::get({count}, element), value,
                                 /*constant=*/true, global.getAlignmentAttr());
    symbols.insert(constant.packed);
  }
}

bool ConstantPacker::isPacked(const Contraction &contraction) const {
  auto it = constants.find(names.lookup(contraction.op));
  return it != constants.end() && it->second.packed;
}

Value ConstantPacker::get(OpBuilder &builder, const Contraction &contraction) const {
  memref::GlobalOp global = constants.find(names.lookup(contraction.op))->second.packed;
  return memref::GetGlobalOp::create(builder, contraction.op->getLoc(), global.getType(), global.getSymName());
}

void ConstantPacker::eraseOriginals() {
  for (auto &[name, constant] : constants) {
    if (!constant.packed)
      continue;
    // Views first, of views.
    SmallVector<Operation *> dead(constant.reads.begin(), constant.reads.end());
    for (size_t i = 0; i < dead.size(); ++i) llvm::append_range(dead, dead[i]->getUsers());
    for (Operation *op : llvm::reverse(dead)) op->erase();
    symbols.erase(symbols.lookup(name));
  }
}
