// Captures of a segment, sorted into what stands inside of its function and what is passed.
#include "compiler/Codegen/KernelFunction.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Interfaces/ViewLikeInterface.h"

using namespace mlir;
using namespace mlir::tenon;

namespace mlir::tenon {
/// Makes one KernelFunction.
class KernelBuilder {
public:
  KernelBuilder(KernelFunction &kernel, EntryBuffers &entryBuffers)
      : kernel(kernel), entryBuffers(entryBuffers), builder(kernel.segment.members.front()->getContext()) {
    for (Operation *member : kernel.segment.members)
      for (Value result : member->getResults()) inside.insert(result);
  }

  LogicalResult build();

private:
  using Argument = KernelFunction::Argument;

  void hoistViews();
  bool isInside(Value value);
  LogicalResult findResults();
  LogicalResult capture(Value value);
  LogicalResult captureBuffer(Value buffer);
  bool standsInside(Operation *op);
  Value addArgument(Argument argument, Type type);
  void describePointers();

  KernelFunction &kernel;
  EntryBuffers &entryBuffers;
  OpBuilder builder;
  func::FuncOp function;
  Block *body = nullptr;
  IRMapping mapping;
  DenseSet<Value> inside;
  SmallVector<Value> buffers;      // that are passed
  SmallVector<unsigned> positions; // of their pointers among the arguments
};
} // namespace mlir::tenon

/// Pieces of the workspace that a loop of the kernel asks for are asked for before it: their places are arguments.
void KernelBuilder::hoistViews() {
  Operation *front = kernel.segment.members.front();
  for (Operation *member : kernel.segment.members) {
    SmallVector<memref::ViewOp> views;
    member->walk([&](memref::ViewOp view) { views.push_back(view); });
    for (memref::ViewOp view : views) {
      auto isBefore = [&](Value operand) {
        Operation *op = operand.getDefiningOp();
        return !isInside(operand) || (op && op->hasTrait<OpTrait::ConstantLike>());
      };
      if (view->getBlock() == front->getBlock() || !llvm::all_of(view->getOperands(), isBefore))
        continue;
      for (Value operand : view->getOperands())
        if (isInside(operand))
          operand.getDefiningOp()->moveBefore(front);
      view->moveBefore(front);
      entryBuffers.noteHoisted(view);
    }
  }
}

/// Whether a member, or a region of one, defines `value`.
bool KernelBuilder::isInside(Value value) {
  if (inside.contains(value))
    return true;
  Block *block = kernel.segment.members.front()->getBlock();
  Operation *top = block->findAncestorOpInBlock(*value.getParentBlock()->getParentOp());
  return value.getParentBlock() != block && top && llvm::is_contained(kernel.segment.members, top);
}

/// What is used behind the segment is returned: scalars only, vectors and buffers have no place for that.
LogicalResult KernelBuilder::findResults() {
  DenseSet<Operation *> members(llvm::from_range, kernel.segment.members);
  for (Operation *member : kernel.segment.members)
    for (Value result : member->getResults())
      if (llvm::any_of(result.getUsers(), [&](Operation *user) {
            Operation *top = member->getBlock()->findAncestorOpInBlock(*user);
            return !top || !members.contains(top);
          })) {
        if (!result.getType().isIntOrIndexOrFloat())
          return failure();
        kernel.results.push_back(result);
      }
  return success();
}

Value KernelBuilder::addArgument(Argument argument, Type type) {
  kernel.arguments.push_back(argument);
  return body->addArgument(type, argument.value.getLoc());
}

/// Constants, vectors made of scalars, and views: what costs nothing to make again, and shapes the code.
bool KernelBuilder::standsInside(Operation *op) {
  if (op->hasTrait<OpTrait::ConstantLike>())
    return true;
  if (op->getNumRegions() || op->getNumResults() != 1)
    return false;
  if (isa<memref::AllocaOp>(op))
    return llvm::all_of(op->getUsers(), [&](Operation *user) {
      Operation *top = op->getBlock()->findAncestorOpInBlock(*user);
      return top && llvm::is_contained(kernel.segment.members, top);
    });
  if (!isMemoryEffectFree(op))
    return false;
  if (isa<VectorType>(op->getResult(0).getType()))
    return true;
  if (auto cast = dyn_cast<UnrealizedConversionCastOp>(op))
    return isa<MemRefType>(cast.getOperand(0).getType());
  return isa<ViewLikeOpInterface>(op) && !isa<memref::ViewOp>(op);
}

/// Makes `value`, which stands before the segment, known inside.
LogicalResult KernelBuilder::capture(Value value) {
  if (mapping.contains(value) || isInside(value))
    return success();
  if (Operation *op = value.getDefiningOp(); op && standsInside(op)) {
    for (Value operand : op->getOperands())
      if (failed(capture(operand)))
        return failure();
    builder.clone(*op, mapping);
    return success();
  }
  if (isa<MemRefType>(value.getType()))
    return captureBuffer(value);
  if (!value.getType().isIntOrIndexOrFloat() && !isa<LLVM::LLVMPointerType>(value.getType()))
    return failure();
  mapping.map(value, addArgument({Argument::Kind::Scalar, value}, value.getType()));
  return success();
}

/// A buffer of a known shape is a pointer; of another a pointer, and what of its shape is open.
LogicalResult KernelBuilder::captureBuffer(Value buffer) {
  auto type = cast<MemRefType>(buffer.getType());
  SmallVector<int64_t> strides;
  int64_t offset;
  if (failed(type.getStridesAndOffset(strides, offset)) || type.getMemorySpace())
    return failure();
  positions.push_back(kernel.arguments.size());
  buffers.push_back(buffer);
  if (type.hasStaticShape() && !ShapedType::isDynamic(offset) && !llvm::any_of(strides, ShapedType::isDynamic)) {
    mapping.map(buffer, addArgument({Argument::Kind::Buffer, buffer}, type));
    return success();
  }
  Location loc = buffer.getLoc();
  Type index = builder.getIndexType();
  Value base = addArgument({Argument::Kind::Base, buffer}, MemRefType::get({}, type.getElementType()));
  SmallVector<OpFoldResult> sizes, steps;
  for (auto [dim, size] : llvm::enumerate(type.getShape())) {
    Value known = ShapedType::isDynamic(size) ? entryBuffers.getSize(buffer, dim) : Value();
    if (known && failed(capture(known)))
      return failure();
    if (known)
      sizes.push_back(mapping.lookup(known));
    else
      sizes.push_back(ShapedType::isDynamic(size)
                          ? OpFoldResult(addArgument({Argument::Kind::Size, buffer, unsigned(dim)}, index))
                          : builder.getIndexAttr(size));
  }
  OpFoldResult start = ShapedType::isDynamic(offset)
                           ? OpFoldResult(addArgument({Argument::Kind::Offset, buffer}, index))
                           : builder.getIndexAttr(offset);
  if (type.getLayout().isIdentity()) {
    OpFoldResult step = builder.getIndexAttr(1);
    for (int64_t dim = type.getRank() - 1; dim >= 0; --dim) {
      steps.insert(steps.begin(), ShapedType::isDynamic(strides[dim]) ? step : builder.getIndexAttr(strides[dim]));
      if (dim == 0 || !ShapedType::isDynamic(strides[dim - 1]))
        continue;
      auto value = [&](OpFoldResult size) { return getValueOrCreateConstantIndexOp(builder, loc, size); };
      step = arith::MulIOp::create(builder, loc, value(steps.front()), value(sizes[dim])).getResult();
    }
  } else {
    for (auto [dim, stride] : llvm::enumerate(strides))
      steps.push_back(ShapedType::isDynamic(stride)
                          ? OpFoldResult(addArgument({Argument::Kind::Stride, buffer, unsigned(dim)}, index))
                          : builder.getIndexAttr(stride));
  }
  mapping.map(buffer, memref::ReinterpretCastOp::create(builder, loc, type, base, start, sizes, steps).getResult());
  return success();
}

/// What LLVM may know of the pointers.
void KernelBuilder::describePointers() {
  SmallVector<bool> written = entryBuffers.findWritten(kernel.segment, buffers),
                    unshared = entryBuffers.findUnshared(kernel.segment, buffers, written);
  Attribute unit = builder.getUnitAttr();
  kernel.alignments.assign(kernel.arguments.size(), 0);
  for (auto [i, buffer] : llvm::enumerate(buffers)) {
    unsigned position = positions[i];
    if (unshared[i])
      function.setArgAttr(position, LLVM::LLVMDialect::getNoAliasAttrName(), unit);
    if (!written[i])
      function.setArgAttr(position, LLVM::LLVMDialect::getReadonlyAttrName(), unit);
    kernel.alignments[position] = entryBuffers.getAlignment(buffer);
    // Loads may be moved to where the loop might not have come.
    auto type = cast<MemRefType>(buffer.getType());
    if (kernel.arguments[position].kind == Argument::Kind::Buffer && type.getLayout().isIdentity() &&
        type.getNumElements() > 0)
      function.setArgAttr(
          position, LLVM::LLVMDialect::getDereferenceableAttrName(),
          builder.getI64IntegerAttr(type.getNumElements() * llvm::divideCeil(type.getElementTypeBitWidth(), 8)));
  }
}

/// About how many instructions `op` becomes.
static unsigned getSize(Operation *op) {
  constexpr unsigned function = 16; // one that is written out later, a polynomial at least
  if (op->hasTrait<OpTrait::ConstantLike>() || isa<ViewLikeOpInterface, memref::GetGlobalOp>(op))
    return 0;
  return isa<math::MathDialect>(op->getDialect()) && !isa<math::FmaOp, math::AbsFOp, math::SqrtOp>(op) ? function : 1;
}

LogicalResult KernelBuilder::build() {
  if (failed(findResults()))
    return failure();
  hoistViews();
  Location loc = kernel.segment.members.front()->getLoc();
  builder.clearInsertionPoint();
  kernel.function = func::FuncOp::create(loc, "kernel", builder.getFunctionType({}, {}));
  function = *kernel.function;
  function.setPrivate();
  body = function.addEntryBlock();
  builder.setInsertionPointToStart(body);

  WalkResult captured = WalkResult::advance();
  for (Operation *member : kernel.segment.members) {
    captured = member->walk<WalkOrder::PreOrder>([&](Operation *op) {
      kernel.size += getSize(op);
      for (Value operand : op->getOperands())
        if (failed(capture(operand)))
          return WalkResult::interrupt();
      return WalkResult::advance();
    });
    if (captured.wasInterrupted())
      return failure();
  }
  for (Operation *member : kernel.segment.members) builder.clone(*member, mapping);
  SmallVector<Value> returned =
      llvm::map_to_vector(kernel.results, [&](Value result) { return mapping.lookup(result); });
  func::ReturnOp::create(builder, loc, returned);
  function.setFunctionType(builder.getFunctionType(body->getArgumentTypes(), ValueRange(returned).getTypes()));
  // Pointers alone, where a memref's shape is in its type.
  function->setAttr("llvm.bareptr", builder.getUnitAttr());
  describePointers();

  function.walk([&](Operation *op) {
    if (op != function)
      kernel.hash =
          llvm::hash_combine(kernel.hash, OperationEquivalence::computeHash(op, OperationEquivalence::ignoreHashValue,
                                                                            OperationEquivalence::ignoreHashValue,
                                                                            OperationEquivalence::IgnoreLocations));
  });
  return success();
}

FailureOr<KernelFunction> KernelFunction::create(KernelSegment segment, EntryBuffers &entryBuffers) {
  KernelFunction kernel;
  kernel.segment = std::move(segment);
  if (failed(KernelBuilder(kernel, entryBuffers).build()))
    return failure();
  return kernel;
}

bool KernelFunction::isEquivalentTo(const KernelFunction &other) const {
  func::FuncOp lhs = getFunction(), rhs = other.getFunction();
  return hash == other.hash && lhs.getFunctionType() == rhs.getFunctionType() &&
         lhs.getArgAttrsAttr() == rhs.getArgAttrsAttr() &&
         OperationEquivalence::isRegionEquivalentTo(&lhs.getBody(), &rhs.getBody(),
                                                    OperationEquivalence::IgnoreLocations);
}

Location KernelFunction::getLoc() const { return segment.members.front()->getLoc(); }

/// The operand for one argument.
Value KernelFunction::materialize(OpBuilder &builder, Argument argument, const IRMapping &results) const {
  Location loc = getLoc();
  Value buffer = argument.value;
  switch (argument.kind) {
  case Argument::Kind::Scalar: return results.lookupOrDefault(buffer);
  case Argument::Kind::Buffer: return buffer;
  case Argument::Kind::Base: {
    auto type = cast<MemRefType>(buffer.getType());
    Value base = buffer;
    if (!type.getLayout().isIdentity())
      base = memref::ExtractStridedMetadataOp::create(builder, loc, buffer).getBaseBuffer();
    auto scalar = MemRefType::get({}, type.getElementType());
    if (base.getType() == scalar)
      return base;
    return memref::ReinterpretCastOp::create(builder, loc, scalar, base, /*offset=*/0, ArrayRef<int64_t>(),
                                             ArrayRef<int64_t>());
  }
  case Argument::Kind::Size: return memref::DimOp::create(builder, loc, buffer, argument.dim);
  case Argument::Kind::Offset: return memref::ExtractStridedMetadataOp::create(builder, loc, buffer).getOffset();
  case Argument::Kind::Stride:
    return memref::ExtractStridedMetadataOp::create(builder, loc, buffer).getStrides()[argument.dim];
  }
  llvm_unreachable("every kind returns");
}

func::CallOp KernelFunction::replaceSegment(func::FuncOp callee, IRMapping &replaced) {
  // Behind everything that stands between the members and is passed.
  OpBuilder builder(segment.members.back());
  SmallVector<Value> operands =
      llvm::map_to_vector(arguments, [&](Argument argument) { return materialize(builder, argument, replaced); });
  auto call = func::CallOp::create(builder, getLoc(), callee, operands);
  for (auto [result, replacement] : llvm::zip_equal(results, call.getResults())) {
    result.replaceAllUsesWith(replacement);
    replaced.map(result, replacement);
  }
  for (Operation *member : llvm::reverse(segment.members)) member->erase();
  segment.members.clear();
  return call;
}

void KernelFunction::relaxAlignments(func::FuncOp callee) const {
  StringRef name = LLVM::LLVMDialect::getAlignAttrName();
  for (auto [position, alignment] : llvm::enumerate(alignments)) {
    if (!alignment)
      continue;
    auto known = callee.getArgAttrOfType<IntegerAttr>(position, name);
    int64_t least = known ? std::min(known.getInt(), alignment) : alignment;
    callee.setArgAttr(position, name, IntegerAttr::get(IntegerType::get(callee.getContext(), 64), least));
  }
}
