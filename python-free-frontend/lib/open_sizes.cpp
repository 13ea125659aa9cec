// Where open sizes come from: a walk from value to operand, through what loops carry, to parameters and scalars.
#include "open_sizes.h"

#include "dialects/Tenon/Dialect.h"
#include "dialects/Tenon/Shapes.h"

#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "llvm/ADT/SetVector.h"

namespace tenon::detail {

using mlir::Value;
namespace {

/// One step back: dimension `axis` of `tensor`, or the number `scalar`.
struct Source {
  Value tensor;
  std::int64_t axis = 0;
  Value scalar;
};

/// A provisional argument of a loop that is open: what the variable held before it. What a loop carries keeps its size.
const Frame::Provisional *provisional(Trace &trace, Value value) {
  auto argument = llvm::dyn_cast<mlir::BlockArgument>(value);
  if (!argument)
    return nullptr;
  for (Frame *frame = trace.top(); frame; frame = frame->up)
    for (const auto &[number, entry] : frame->provisional)
      if (entry.argument == argument)
        return &entry;
  return nullptr;
}

/// Everything of which `value` has its size in dimension `axis`: one step back.
llvm::SmallVector<Source, 2> sources(Trace &trace, Value value, std::int64_t axis) {
  if (const Frame::Provisional *entry = provisional(trace, value))
    return {{entry->init.value, axis, {}}};
  auto result = llvm::dyn_cast<mlir::OpResult>(value);
  if (!result || result.getOwner()->getName().getDialectNamespace() != "tenon")
    return {};
  mlir::Operation *op = result.getOwner();
  llvm::SmallVector<Source, 2> found;
  if (auto loop = llvm::dyn_cast<mlir::tenon::WhileOp>(op)) { // the forwarded values are the carried ones
    Value forwarded = loop.getCondition().getValues()[result.getResultNumber()];
    if (auto argument = llvm::dyn_cast<mlir::BlockArgument>(forwarded);
        argument && argument.getOwner() == loop.beforeBlock())
      found.push_back({loop.getInits()[argument.getArgNumber()], axis, {}});
    return found;
  }
  if (auto branches = llvm::dyn_cast<mlir::tenon::IfOp>(op)) { // which agree
    for (mlir::Region &region : branches->getRegions()) {
      Value yielded = region.front().getTerminator()->getOperand(result.getResultNumber());
      if (!yielded.getDefiningOp<mlir::tenon::UndefOp>())
        found.push_back({yielded, axis, {}});
    }
    return found;
  }
  const mlir::tenon::DimSource one = mlir::tenon::sourceOfDim(result, axis);
  if (one.tensor || one.scalar)
    found.push_back({one.tensor, one.axis, one.scalar});
  // Operands that broadcast: where several are open, the running program has compared them.
  if (op->hasTrait<mlir::OpTrait::SameOperandsAndResultShape>() ||
      llvm::isa<mlir::tenon::AddOp, mlir::tenon::SubOp, mlir::tenon::MulOp, mlir::tenon::DivOp, mlir::tenon::RemOp,
                mlir::tenon::PowOp, mlir::tenon::MaxOp, mlir::tenon::MinOp, mlir::tenon::AndOp, mlir::tenon::OrOp,
                mlir::tenon::XorOp, mlir::tenon::CompareOp, mlir::tenon::SelectOp, mlir::tenon::ClampOp>(op)) {
    const std::int64_t rank = llvm::cast<mlir::RankedTensorType>(value.getType()).getRank();
    for (Value operand : op->getOperands()) {
      auto type = llvm::cast<mlir::RankedTensorType>(operand.getType());
      const std::int64_t at = axis - (rank - type.getRank());
      if (at >= 0 && type.isDynamicDim(unsigned(at)) && !(operand == one.tensor && at == one.axis))
        found.push_back({operand, at, {}});
    }
  }
  return found;
}

/// All that one size is known as.
struct Origins {
  llvm::SmallSetVector<std::pair<Value, std::int64_t>, 8> dims; // of tensors
  llvm::SmallVector<Value, 4> scalars;
  llvm::SmallVector<llvm::StringRef, 2> names;
  llvm::SmallVector<Value, 4> ends; // where the walk ended: what is computed here and nowhere before
};

void collect(Trace &trace, Value value, std::int64_t axis, Origins &origins) {
  if (!origins.dims.insert({value, axis}))
    return;
  if (llvm::StringRef name = trace.name_of(value, axis); !name.empty())
    origins.names.push_back(name);
  const auto next = sources(trace, value, axis);
  if (next.empty())
    origins.ends.push_back(value);
  for (const Source &source : next) {
    if (source.tensor) {
      collect(trace, source.tensor, source.axis, origins);
    } else if (auto dim = source.scalar.getDefiningOp<mlir::tenon::DimOp>()) {
      collect(trace, dim.getInput(), std::int64_t(dim.getAxis()), origins);
    } else {
      origins.scalars.push_back(source.scalar);
      origins.ends.push_back(source.scalar);
    }
  }
}

bool share(const Origins &a, const Origins &b);

/// Whether two scalars are the same arithmetic on the same sizes.
bool equivalent(Trace &trace, Value a, Value b, int depth = 0) {
  if (a == b)
    return true;
  mlir::Operation *x = a.getDefiningOp(), *y = b.getDefiningOp();
  if (!x || !y || depth > 16 || x->getName() != y->getName() || x->getNumOperands() != y->getNumOperands() ||
      x->getNumRegions() || !mlir::isPure(x) || x->getResultTypes() != y->getResultTypes() ||
      x->getAttrDictionary() != y->getAttrDictionary())
    return false;
  if (auto dim = llvm::dyn_cast<mlir::tenon::DimOp>(x)) {
    Origins of_a, of_b;
    collect(trace, dim.getInput(), std::int64_t(dim.getAxis()), of_a);
    collect(trace, llvm::cast<mlir::tenon::DimOp>(y).getInput(), std::int64_t(dim.getAxis()), of_b);
    return share(of_a, of_b);
  }
  for (auto [p, q] : llvm::zip(x->getOperands(), y->getOperands()))
    if (!equivalent(trace, p, q, depth + 1))
      return false;
  return true;
}

bool share(const Origins &a, const Origins &b) {
  for (const auto &dim : a.dims)
    if (b.dims.contains(dim))
      return true;
  for (llvm::StringRef name : a.names)
    if (llvm::is_contained(b.names, name))
      return true;
  return false;
}

/// Whether operations at the end of `frame` see `value`.
bool is_visible(Frame *frame, Value value) {
  for (; frame; frame = frame->up)
    if (frame->block == value.getParentBlock())
      return true;
  return false;
}

/// A scalar at the end of `frame`: itself, or its arithmetic again.
Value scalar_in_frame(Trace &trace, Frame *frame, Value scalar, int depth = 0) {
  if (is_visible(frame, scalar))
    return scalar;
  mlir::Operation *op = scalar.getDefiningOp();
  if (auto dim = llvm::dyn_cast_or_null<mlir::tenon::DimOp>(op))
    return size_in_frame(trace, frame, dim.getInput(), std::int64_t(dim.getAxis()));
  if (!op || depth > 16 || op->getNumRegions() || op->getNumResults() != 1 || !mlir::isPure(op))
    return {};
  mlir::IRMapping known;
  for (Value operand : op->getOperands()) {
    Value there = scalar_in_frame(trace, frame, operand, depth + 1);
    if (!there)
      return {};
    known.map(operand, there);
  }
  auto builder = trace.at_end(frame->block);
  return builder.clone(*op, known)->getResult(0);
}

} // namespace

Agreement same_size(Trace &trace, Value inside, Value outside, std::int64_t axis, mlir::Region &region) {
  Origins a, b;
  collect(trace, inside, axis, a);
  collect(trace, outside, axis, b);
  if (share(a, b))
    return Agreement::proved;
  for (Value p : a.scalars)
    for (Value q : b.scalars)
      if (equivalent(trace, p, q))
        return Agreement::proved;
  const auto inner = [&](Value end) { return is_inside(region, end.getParentRegion()); };
  return llvm::any_of(a.ends, inner) ? Agreement::unknown : Agreement::checked;
}

Agreement size_is(Trace &trace, Value inside, std::int64_t axis, std::int64_t size, mlir::Region &region) {
  Origins origins;
  collect(trace, inside, axis, origins);
  bool is_proved = false, differs = false;
  const auto known = [&](std::int64_t n) { (n == size ? is_proved : differs) = true; };
  for (const auto &[tensor, at] : origins.dims)
    if (auto type = llvm::cast<mlir::RankedTensorType>(tensor.getType()); !type.isDynamicDim(unsigned(at)))
      known(type.getDimSize(unsigned(at)));
  for (Value scalar : origins.scalars)
    if (auto constant = scalar.getDefiningOp<mlir::tenon::ConstantOp>())
      known((*constant.getValue().value_begin<llvm::APInt>()).getSExtValue());
  if (is_proved != differs)
    return is_proved ? Agreement::proved : Agreement::unknown;
  const auto inner = [&](Value end) { return is_inside(region, end.getParentRegion()); };
  return llvm::any_of(origins.ends, inner) ? Agreement::unknown : Agreement::checked;
}

Value size_in_frame(Trace &trace, Frame *frame, Value value, std::int64_t axis) {
  auto type = llvm::cast<mlir::RankedTensorType>(value.getType());
  auto builder = trace.at_end(frame->block);
  if (!type.isDynamicDim(unsigned(axis)))
    return mlir::tenon::ConstantOp::create(builder, value.getLoc(),
                                           to_mlir(Scalar(type.getDimSize(unsigned(axis))), i64, trace.context()));
  if (is_visible(frame, value))
    return mlir::tenon::DimOp::create(builder, value.getLoc(), value, std::uint64_t(axis));
  for (const Source &source : sources(trace, value, axis)) {
    Value found = source.tensor ? size_in_frame(trace, frame, source.tensor, source.axis)
                                : scalar_in_frame(trace, frame, source.scalar);
    if (found)
      return found;
  }
  return {};
}

} // namespace tenon::detail
