// Which constants are packed, and their bytes in the new order.
#include "compiler/Codegen/ContractionPacking.h"
#include "compiler/Codegen/BufferOverlap.h"

#include "mlir/IR/DialectResourceBlobManager.h"

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

std::optional<unsigned> mlir::tenon::findConstantInput(const Contraction &contraction) {
  std::optional<unsigned> columns = getColumnLoop(contraction);
  if (!columns)
    return std::nullopt;
  const ContractionAccess *inputs[2] = {&contraction.lhs, &contraction.rhs};
  for (unsigned i : {0u, 1u}) {
    auto type = cast<MemRefType>(inputs[i]->memref.getType());
    if (!getConstant(*inputs[i]) || !type.hasStaticShape() || !type.getLayout().isIdentity() ||
        type.getElementTypeBitWidth() % 8 || type.getNumElements() * type.getElementTypeBitWidth() / 8 < kMinimumBytes)
      continue;
    SmallVector<unsigned> loops;
    for (auto [index, size] : llvm::zip_equal(inputs[i]->subscripts, type.getShape())) {
      std::optional<unsigned> loop = index.getPlainLoop();
      if (loop && !llvm::is_contained(loops, *loop) && contraction.extents[*loop] == size)
        loops.push_back(*loop);
    }
    auto isItsLoop = [&](unsigned loop) { return llvm::is_contained(loops, loop); };
    if (loops.size() == inputs[i]->subscripts.size() && isItsLoop(*columns) &&
        llvm::all_of(contraction.reduction, isItsLoop))
      return i;
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
