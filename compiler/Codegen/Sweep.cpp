// Reading structured operations as sweeps, and merging their dimensions.
#include "compiler/Codegen/Sweep.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;
using namespace mlir::tenon;

int64_t Sweep::getStaticExtent(int dim) const {
  return getConstantIntValue(extents[dim]).value_or(ShapedType::kDynamic);
}

bool Access::dependsOn(int dim) const {
  return llvm::is_contained(dims, dim) ||
         llvm::any_of(exprs, [&](AffineExpr expr) { return expr && expr.isFunctionOfDim(dim); });
}

bool Access::isContiguousIn(int dim) const {
  if (dims.empty() || dims.back() != dim || llvm::count(dims, dim) != 1)
    return false;
  if (llvm::any_of(exprs, [&](AffineExpr expr) { return expr && expr.isFunctionOfDim(dim); }))
    return false;
  return getType().isLastDimUnitStride();
}

// A sum of dimensions with constant factors, and constants.
static bool isLinear(AffineExpr expr) {
  if (isa<AffineDimExpr, AffineConstantExpr>(expr))
    return true;
  auto binary = dyn_cast<AffineBinaryOpExpr>(expr);
  if (!binary)
    return false;
  if (expr.getKind() == AffineExprKind::Mul)
    return isLinear(binary.getLHS()) && isa<AffineConstantExpr>(binary.getRHS());
  return expr.getKind() == AffineExprKind::Add && isLinear(binary.getLHS()) && isLinear(binary.getRHS());
}

// Replaces each dimension by `to[dim]`; kNone is index 0.
static void rename(Access &access, ArrayRef<int> to) {
  for (int &dim : access.dims)
    if (dim >= 0)
      dim = to[dim];
  for (AffineExpr &expr : access.exprs) {
    if (!expr)
      continue;
    SmallVector<AffineExpr> replacements = llvm::map_to_vector(to, [&](int dim) {
      return dim == kNone ? getAffineConstantExpr(0, expr.getContext()) : getAffineDimExpr(dim, expr.getContext());
    });
    expr = expr.replaceDims(replacements);
  }
}

FailureOr<Sweep> mlir::tenon::matchSweep(OpBuilder &builder, linalg::LinalgOp op) {
  if (!op.hasPureBufferSemantics() || op->getNumRegions() != 1 ||
      op.getBlock()->getNumArguments() != op->getNumOperands())
    return failure();
  Sweep sweep;
  sweep.op = op;
  sweep.body = op.getBlock();
  sweep.numInputs = op.getNumDpsInputs();
  SmallVector<utils::IteratorType> iterators = op.getIteratorTypesArray();

  // Which operand measures each dimension. A static size anywhere is as good as a constant.
  SmallVector<AffineMap> maps = op.getIndexingMapsArray();
  SmallVector<int64_t> sizes(iterators.size(), ShapedType::kDynamic);
  bool hasWindows = false;
  SmallVector<std::pair<Value, int64_t>> source(iterators.size(), {Value(), 0});
  for (auto [operand, map] : llvm::zip_equal(op->getOperands(), maps)) {
    Access access;
    access.source = operand;
    auto type = dyn_cast<MemRefType>(operand.getType());
    if (!type && (isa<ShapedType>(operand.getType()) || map.getNumResults() != 0))
      return failure();
    for (auto [position, expr] : llvm::enumerate(map.getResults())) {
      if (auto dim = dyn_cast<AffineDimExpr>(expr)) {
        int64_t size = type.getDimSize(position);
        if (!ShapedType::isDynamic(size))
          sizes[dim.getPosition()] = size;
        else if (!source[dim.getPosition()].first)
          source[dim.getPosition()] = {operand, position};
        access.dims.push_back(dim.getPosition());
      } else if (auto constant = dyn_cast<AffineConstantExpr>(expr); constant && constant.getValue() == 0) {
        access.dims.push_back(kNone);
      } else if (isLinear(expr)) {
        access.dims.push_back(kLinear);
        hasWindows = true;
      } else {
        return failure();
      }
      access.exprs.push_back(access.dims.back() == kLinear ? expr : AffineExpr());
    }
    sweep.operands.push_back(std::move(access));
  }

  // A reduction has lanes where its innermost dimension reduces. The operation alone decides that, not its sizes: a
  // dimension of extent 1 may be one that is open elsewhere, and the bits must be the same. The taps of a window, few,
  // go one after the other.
  SmallVector<Role> roles(iterators.size(), Role::Parallel);
  bool innermost = !hasWindows;
  for (int dim = iterators.size() - 1; dim >= 0; --dim) {
    innermost &= iterators[dim] == utils::IteratorType::reduction;
    if (iterators[dim] == utils::IteratorType::reduction)
      roles[dim] = innermost ? Role::Lanes : Role::Sequential;
  }

  // Dimensions of extent 1 go: their index is 0. One with lanes stays for a sequential reduction, which starts at the
  // identity there.
  bool needsLanes = llvm::is_contained(roles, Role::Sequential);
  for (auto [dim, size] : llvm::enumerate(sizes)) {
    if (roles[dim] == Role::Lanes && needsLanes)
      needsLanes = false;
    else if (size == 1) {
      sweep.dimOfIndex.push_back(kNone);
      continue;
    }
    if (ShapedType::isDynamic(size) && !source[dim].first)
      return failure();
    sweep.dimOfIndex.push_back(sweep.extents.size());
    sweep.roles.push_back(roles[dim]);
    if (ShapedType::isDynamic(size))
      sweep.extents.push_back(
          memref::DimOp::create(builder, op.getLoc(), source[dim].first, source[dim].second).getResult());
    else
      sweep.extents.push_back(builder.getIndexAttr(size));
  }
  for (Access &access : sweep.operands) rename(access, sweep.dimOfIndex);
  return sweep;
}

FailureOr<Sweep> mlir::tenon::matchSoftmax(OpBuilder &builder, linalg::SoftmaxOp op) {
  auto input = dyn_cast<MemRefType>(op.getInput().getType()), output = dyn_cast<MemRefType>(op.getOutput().getType());
  if (!input || !output || !(input.getElementType().isF32() || input.getElementType().isF64()))
    return failure();
  Sweep sweep;
  sweep.op = op;
  sweep.body = nullptr;
  sweep.numInputs = 1;
  int64_t rank = input.getRank(), axis = op.getDimension();
  Access access;
  for (int64_t dim = 0; dim < rank; ++dim) {
    int64_t size = input.isDynamicDim(dim) ? output.getDimSize(dim) : input.getDimSize(dim);
    access.dims.push_back(dim);
    access.exprs.emplace_back();
    sweep.roles.push_back(dim != axis ? Role::Parallel : axis == rank - 1 ? Role::Lanes : Role::Sequential);
    if (ShapedType::isDynamic(size))
      sweep.extents.push_back(memref::DimOp::create(builder, op.getLoc(), op.getInput(), dim).getResult());
    else
      sweep.extents.push_back(builder.getIndexAttr(size));
  }
  for (Value memref : {op.getInput(), op.getOutput()}) {
    access.source = memref;
    sweep.operands.push_back(access);
  }
  return sweep;
}

// The position in `access.dims` of a sweep's dimension, or kNone.
static int positionOf(const Access &access, int dim) {
  const int *it = llvm::find(access.dims, dim);
  return it == access.dims.end() ? kNone : it - access.dims.begin();
}

// Whether `access` walks `outer` and `inner` as one dimension: neither is used, or they are neighbours (dimensions of
// size 1 do not separate them) whose strides agree.
static bool canMerge(const Access &access, int outer, int inner) {
  if (access.isLinear() && (access.dependsOn(outer) || access.dependsOn(inner)))
    return false;
  int first = positionOf(access, outer), last = positionOf(access, inner);
  if (first == kNone && last == kNone)
    return true;
  if (first == kNone || last == kNone || first > last)
    return false;
  if (llvm::count(access.dims, outer) != 1 || llvm::count(access.dims, inner) != 1)
    return false;
  MemRefType type = access.getType();
  ReassociationIndices group;
  SmallVector<ReassociationIndices> groups;
  for (int i = 0; i < type.getRank(); ++i) {
    if (i > first && i < last && type.getDimSize(i) != 1)
      return false;
    // An open dimension and an empty one collapse to a type that the verifier does not take.
    if (type.getDimSize(i) == 0)
      return false;
    if (i <= first || i > last)
      groups.emplace_back();
    groups.back().push_back(i);
  }
  return memref::CollapseShapeOp::isGuaranteedCollapsible(type, groups);
}

// Collapses the memref's dimensions that the merged dimension `inner` (into `outer`) walks, and unit dimensions behind
// the last one.
static void collapse(OpBuilder &builder, Location loc, Access &access, const DenseMap<int, int> &mergedInto) {
  MemRefType type = access.getType();
  if (!type || type.getRank() < 2 || access.isLinear())
    return;
  auto root = [&](int dim) {
    for (auto it = mergedInto.find(dim); it != mergedInto.end(); it = mergedInto.find(dim)) dim = it->second;
    return dim;
  };
  SmallVector<ReassociationIndices> groups;
  SmallVector<int, 4> dims;
  // Unit dimensions wait until it is known whether they lie inside a group.
  SmallVector<int64_t> waiting;
  for (int64_t i = 0; i < type.getRank(); ++i) {
    int dim = access.dims[i] == kNone ? kNone : root(access.dims[i]);
    if (dim == kNone && type.getDimSize(i) == 1 && !groups.empty() && dims.back() != kNone) {
      waiting.push_back(i);
      continue;
    }
    if (dim != kNone && !dims.empty() && dims.back() == dim) {
      llvm::append_range(groups.back(), waiting);
      groups.back().push_back(i);
    } else {
      for (int64_t unit : waiting) {
        groups.push_back({unit});
        dims.push_back(kNone);
      }
      groups.push_back({i});
      dims.push_back(dim);
    }
    waiting.clear();
  }
  // Behind the last dimension that moves they would hide its unit stride.
  if (!waiting.empty()) {
    SmallVector<ReassociationIndices> trial = groups;
    llvm::append_range(trial.back(), waiting);
    if (memref::CollapseShapeOp::isGuaranteedCollapsible(type, trial)) {
      groups = std::move(trial);
    } else {
      for (int64_t unit : waiting) {
        groups.push_back({unit});
        dims.push_back(kNone);
      }
    }
  }
  if (groups.size() != static_cast<size_t>(type.getRank()))
    access.source = memref::CollapseShapeOp::create(builder, loc, access.source, groups);
  access.dims = std::move(dims);
  access.exprs.assign(access.dims.size(), AffineExpr());
}

// Renumbers the dimensions: dimension `order[i]` becomes `i`; those not named disappear.
static void renumber(Sweep &sweep, ArrayRef<int> order) {
  SmallVector<int, 4> to(sweep.getRank(), kNone);
  SmallVector<OpFoldResult, 4> extents;
  SmallVector<Role, 4> roles;
  for (auto [position, dim] : llvm::enumerate(order)) {
    to[dim] = position;
    extents.push_back(sweep.extents[dim]);
    roles.push_back(sweep.roles[dim]);
  }
  for (Access &access : sweep.operands) rename(access, to);
  for (int &dim : sweep.dimOfIndex) dim = dim == kNone ? kNone : to[dim];
  sweep.extents = std::move(extents);
  sweep.roles = std::move(roles);
}

void mlir::tenon::simplifySweep(OpBuilder &builder, Sweep &sweep) {
  if (sweep.isParallel()) {
    // The order in which the output lies in memory, so that a sweep whose operands are all permuted alike is not a
    // transpose.
    SmallVector<int> order;
    for (int dim : sweep.getOutput().dims)
      if (dim >= 0 && !llvm::is_contained(order, dim))
        order.push_back(dim);
    for (int dim = 0; dim < static_cast<int>(sweep.getRank()); ++dim)
      if (!llvm::is_contained(order, dim))
        order.push_back(dim);
    renumber(sweep, order);
  }
  // A body that asks for its position needs the dimensions apart.
  bool asksPosition =
      sweep.body && sweep.body->walk([](linalg::IndexOp) { return WalkResult::interrupt(); }).wasInterrupted();
  DenseMap<int, int> mergedInto;
  SmallVector<int> kept;
  if (asksPosition) {
    llvm::append_range(kept, llvm::seq<int>(0, sweep.getRank()));
  } else {
    Location loc = sweep.op->getLoc();
    for (int dim = 0; dim < static_cast<int>(sweep.getRank()); ++dim) {
      // Merging is tried on the neighbours as they are, so that three dimensions merge when each pair of neighbours
      // does.
      bool merges = dim > 0 && sweep.roles[dim] == sweep.roles[dim - 1] &&
                    llvm::all_of(sweep.operands, [&](const Access &access) { return canMerge(access, dim - 1, dim); });
      if (!merges) {
        kept.push_back(dim);
        continue;
      }
      int into = kept.back();
      mergedInto[dim] = into;
      std::optional<int64_t> a = getConstantIntValue(sweep.extents[into]), b = getConstantIntValue(sweep.extents[dim]);
      if (a && b) {
        sweep.extents[into] = builder.getIndexAttr(*a * *b);
      } else {
        auto value = [&](OpFoldResult extent) -> Value {
          if (auto constant = getConstantIntValue(extent))
            return arith::ConstantIndexOp::create(builder, loc, *constant);
          return cast<Value>(extent);
        };
        sweep.extents[into] =
            arith::MulIOp::create(builder, loc, value(sweep.extents[into]), value(sweep.extents[dim])).getResult();
      }
    }
  }
  for (Access &access : sweep.operands) collapse(builder, sweep.op->getLoc(), access, mergedInto);
  renumber(sweep, kept);
}
