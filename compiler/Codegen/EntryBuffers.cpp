// Origins of buffers: arguments, pieces of the workspace with their places, constants.
#include "compiler/Codegen/EntryBuffers.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/LoopLikeInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Interfaces/ViewLikeInterface.h"

using namespace mlir;
using namespace mlir::tenon;

EntryBuffers::EntryBuffers(func::FuncOp function, const FunctionSignature &signature)
    : function(function), flow(function) {
  // Behind the frame: inputs, variables, outputs.
  SmallVector<const ArgumentSignature *> arguments;
  for (const auto *group : {&signature.inputs, &signature.variables, &signature.outputs})
    for (const ArgumentSignature &argument : *group) arguments.push_back(&argument);
  SmallVector<Value> named(signature.dims.size());
  OpBuilder builder(function.getBody());
  for (auto [argument, buffer] : llvm::zip(arguments, function.getArguments().drop_front()))
    for (auto [index, dim] : llvm::enumerate(argument->dims)) {
      if (dim.kind != Dimension::Kind::Named)
        continue;
      if (!named[dim.value])
        named[dim.value] = memref::DimOp::create(builder, function.getLoc(), buffer, index);
      sizes[{buffer, unsigned(index)}] = named[dim.value];
    }
  function.walk([&](memref::DimOp op) {
    std::optional<int64_t> index = op.getConstantIndex();
    Value size = index ? sizes.lookup({op.getSource(), unsigned(*index)}) : Value();
    if (size && size != op)
      op.replaceAllUsesWith(size);
  });
}

Value EntryBuffers::getSize(Value buffer, unsigned dim) {
  if (auto view = buffer.getDefiningOp<memref::ViewOp>())
    return view.getSizes()[view.getType().getDynamicDimIndex(dim)];
  return sizes.lookup({buffer, dim});
}

const SetVector<Value> &EntryBuffers::getSources(Value buffer) {
  if (auto known = sources.find(buffer); known != sources.end())
    return known->second;
  SetVector<Value> all;
  SmallVector<Value> worklist{buffer};
  while (!worklist.empty())
    for (Value source : flow.resolveReverse(worklist.pop_back_val()))
      if (all.insert(source))
        // The analysis does not know casts of element types (a boolean's i1 as i8).
        if (auto cast = source.getDefiningOp<UnrealizedConversionCastOp>())
          llvm::append_range(worklist, cast.getOperands());
  return sources[buffer] = std::move(all);
}

/// Where the memory of `buffer` comes from: arguments, views of the workspace, allocations, constants, and what is not
/// known.
SmallVector<Value> EntryBuffers::getOrigins(Value buffer) {
  SmallVector<Value> origins;
  BlockArgument workspace = function.getArguments().back();
  for (Value source : getSources(buffer)) {
    // A piece of the workspace is known by its view.
    if (source == workspace && buffer != workspace)
      continue;
    if (auto argument = dyn_cast<BlockArgument>(source)) {
      if (argument.getOwner() == &function.front() ||
          !isa<RegionBranchOpInterface, LoopLikeOpInterface>(argument.getOwner()->getParentOp()))
        origins.push_back(source);
      continue;
    }
    Operation *op = source.getDefiningOp();
    bool isPiece = isa<memref::ViewOp>(op) && cast<memref::ViewOp>(op).getSource() == workspace;
    bool handsOn = isa<ViewLikeOpInterface, RegionBranchOpInterface, arith::SelectOp>(op) ||
                   (isa<UnrealizedConversionCastOp>(op) && isa<MemRefType>(op->getOperand(0).getType()));
    if (isPiece || !handsOn)
      origins.push_back(source);
  }
  return origins;
}

/// First byte of a piece of the workspace and the one behind the last, where both are known.
static std::optional<std::pair<int64_t, int64_t>> getRange(memref::ViewOp view) {
  std::optional<int64_t> offset = getConstantIntValue(view.getByteShift());
  MemRefType type = view.getType();
  if (!offset || !type.hasStaticShape())
    return std::nullopt;
  return std::pair(*offset, *offset + type.getNumElements() * llvm::divideCeil(type.getElementTypeBitWidth(), 8));
}

bool EntryBuffers::areDistinctSources(Value lhs, Value rhs, bool liveTogether) {
  if (lhs == rhs)
    return false;
  auto isConstant = [](Value value) { return value.getDefiningOp<memref::GetGlobalOp>() != nullptr; };
  if (isConstant(lhs) || isConstant(rhs))
    return true;
  auto isArgument = [&](Value value) {
    auto argument = dyn_cast<BlockArgument>(value);
    return argument && argument.getOwner() == &function.front();
  };
  auto left = lhs.getDefiningOp<memref::ViewOp>(), right = rhs.getDefiningOp<memref::ViewOp>();
  BlockArgument workspace = function.getArguments().back();
  if (isArgument(lhs) && isArgument(rhs))
    return true;
  if ((isArgument(lhs) && lhs != workspace && right) || (isArgument(rhs) && rhs != workspace && left))
    return true;
  if (!left || !right)
    return false;
  auto a = getRange(left), b = getRange(right);
  if (a && b)
    return a->second <= b->first || b->second <= a->first;
  return liveTogether;
}

bool EntryBuffers::areDistinct(Value lhs, Value rhs, const DenseMap<Value, std::pair<unsigned, unsigned>> &uses) {
  // What is used by the same loop, or around each other's uses, was alive together when the workspace was planned. Of
  // what a loop made anew each time that is not known.
  auto liveTogether = [&](Value left, Value right) {
    auto a = uses.find(left), b = uses.find(right);
    return a != uses.end() && b != uses.end() && a->second.first <= b->second.second &&
           b->second.first <= a->second.second && !(hoisted.contains(left) && hoisted.contains(right));
  };
  SmallVector<Value> others = getOrigins(rhs);
  for (Value left : getOrigins(lhs))
    for (Value right : others)
      if (!areDistinctSources(left, right, liveTogether(left, right)))
        return false;
  return true;
}

SmallVector<bool> EntryBuffers::findUnshared(const KernelSegment &segment, ArrayRef<Value> buffers,
                                             ArrayRef<bool> written) {
  DenseMap<Value, std::pair<unsigned, unsigned>> uses;
  for (auto [position, member] : llvm::enumerate(segment.members))
    member->walk([&, position = unsigned(position)](Operation *op) {
      for (Value operand : op->getOperands()) {
        if (!isa<MemRefType>(operand.getType()))
          continue;
        for (Value source : getSources(operand)) {
          auto [use, isNew] = uses.try_emplace(source, position, position);
          if (!isNew)
            use->second.second = position;
        }
      }
    });
  SmallVector<bool> unshared(buffers.size(), true);
  for (size_t i = 0; i < buffers.size(); ++i)
    for (size_t j = 0; j < i; ++j)
      if ((written[i] || written[j]) && !areDistinct(buffers[i], buffers[j], uses))
        unshared[i] = unshared[j] = false;
  return unshared;
}

SmallVector<bool> EntryBuffers::findWritten(const KernelSegment &segment, ArrayRef<Value> buffers) {
  DenseSet<Value> targets;
  for (Operation *member : segment.members)
    member->walk([&](Operation *op) {
      auto interface = dyn_cast<MemoryEffectOpInterface>(op);
      if (!interface)
        return;
      SmallVector<MemoryEffects::EffectInstance> effects;
      interface.getEffects(effects);
      for (const MemoryEffects::EffectInstance &effect : effects)
        if (isa<MemoryEffects::Write>(effect.getEffect()) && effect.getValue())
          for (Value source : getSources(effect.getValue())) targets.insert(source);
    });
  return llvm::map_to_vector(buffers, [&](Value buffer) { return targets.contains(buffer); });
}

int64_t EntryBuffers::getAlignment(Value buffer) {
  constexpr int64_t planned = 64;
  auto type = cast<MemRefType>(buffer.getType());
  int64_t element = type.getElementType().isIntOrFloat() ? llvm::divideCeil(type.getElementTypeBitWidth(), 8) : 1;
  if (buffer == function.getArguments().back())
    return planned;
  if (auto view = buffer.getDefiningOp<memref::ViewOp>()) {
    // The planner puts everything at multiples of a line.
    std::optional<int64_t> offset = getConstantIntValue(view.getByteShift());
    bool isAligned = offset ? *offset % planned == 0 : view.getSource() == function.getArguments().back();
    return isAligned ? getAlignment(view.getSource()) : element;
  }
  if (auto constant = buffer.getDefiningOp<memref::GetGlobalOp>()) {
    auto global = SymbolTable::lookupNearestSymbolFrom<memref::GlobalOp>(constant, constant.getNameAttr());
    return global && global.getAlignment() ? *global.getAlignment() : element;
  }
  return element;
}
