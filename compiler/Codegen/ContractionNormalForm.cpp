// Merging and dropping of a contraction's loops.
#include "compiler/Codegen/ContractionNormalForm.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;
using namespace mlir::tenon;

namespace {
class Normalizer {
public:
  Normalizer(OpBuilder &builder, Contraction &contraction, ContractionEpilogue *epilogue)
      : builder(builder), contraction(contraction) {
    accesses = {&contraction.lhs, &contraction.rhs, &contraction.out};
    if (!epilogue)
      return;
    for (ContractionAccess &access : epilogue->outs) accesses.push_back(&access);
    for (ContractionAccess &access : epilogue->arguments)
      if (access.memref)
        accesses.push_back(&access);
  }

  void run() {
    dropUnitLoops();
    dropTrailingUnits();
    // From the innermost pair outwards, so that a merged loop meets its next neighbour.
    for (size_t dim = contraction.out.subscripts.size(); dim >= 2; --dim) mergeOutputDims(dim - 2);
  }

private:
  void dropUnitLoops();
  void dropTrailingUnits();
  void mergeOutputDims(size_t dim);
  /// The dimension of `access` that is `outer` alone and followed by one that is `inner` alone, if the two are one
  /// stretch of memory.
  std::optional<size_t> findMergeable(const ContractionAccess &access, unsigned outer, unsigned inner) const;
  void collapse(ContractionAccess &access, size_t dim);

  OpBuilder &builder;
  Contraction &contraction;
  SmallVector<ContractionAccess *> accesses;
};
} // namespace

void Normalizer::dropUnitLoops() {
  auto isUnit = [&](unsigned loop) { return contraction.extents[loop] == 1; };
  for (ContractionAccess *access : accesses)
    for (LinearIndex &index : access->subscripts)
      for (unsigned loop = 0; loop < index.coefficients.size(); ++loop)
        if (isUnit(loop))
          index.coefficients[loop] = 0;
  llvm::erase_if(contraction.parallel, isUnit);
  llvm::erase_if(contraction.reduction, isUnit);
}

static SmallVector<ReassociationIndices> getReassociation(size_t rank, size_t dim) {
  SmallVector<ReassociationIndices> groups;
  for (size_t i = 0; i < rank; ++i) {
    if (i == dim + 1)
      groups.back().push_back(i);
    else
      groups.push_back({static_cast<int64_t>(i)});
  }
  return groups;
}

/// Merges dimensions `dim` and `dim + 1` of the memref and drops the subscript of the latter.
void Normalizer::collapse(ContractionAccess &access, size_t dim) {
  access.memref = memref::CollapseShapeOp::create(builder, contraction.op->getLoc(), access.memref,
                                                  getReassociation(access.subscripts.size(), dim));
  access.subscripts.erase(access.subscripts.begin() + dim + 1);
}

void Normalizer::dropTrailingUnits() {
  auto endsInUnit = [](const ContractionAccess &access) {
    auto type = cast<MemRefType>(access.memref.getType());
    return type.getRank() > 1 && type.getShape().back() == 1 &&
           memref::CollapseShapeOp::isGuaranteedCollapsible(type, getReassociation(type.getRank(), type.getRank() - 2));
  };
  // Only where vectors would lie along such a dimension.
  if (!endsInUnit(contraction.out))
    return;
  for (ContractionAccess *access : accesses)
    while (endsInUnit(*access)) collapse(*access, access->subscripts.size() - 2);
}

std::optional<size_t> Normalizer::findMergeable(const ContractionAccess &access, unsigned outer, unsigned inner) const {
  auto type = cast<MemRefType>(access.memref.getType());
  for (size_t dim = 0; dim + 1 < access.subscripts.size(); ++dim)
    if (access.subscripts[dim].getPlainLoop() == outer && access.subscripts[dim + 1].getPlainLoop() == inner) {
      // Elsewhere neither may appear, and the inner loop has to run over the whole dimension.
      for (auto [other, index] : llvm::enumerate(access.subscripts))
        if (other != dim && other != dim + 1 && (index.coefficients[outer] || index.coefficients[inner]))
          return std::nullopt;
      // An open loop that is a plain subscript runs over the whole of an open dimension.
      if (type.getDimSize(dim + 1) != contraction.extents[inner])
        return std::nullopt;
      if (memref::CollapseShapeOp::isGuaranteedCollapsible(type, getReassociation(type.getRank(), dim)))
        return dim;
    }
  return std::nullopt;
}

void Normalizer::mergeOutputDims(size_t dim) {
  std::optional<unsigned> outer = contraction.out.subscripts[dim].getPlainLoop();
  std::optional<unsigned> inner = contraction.out.subscripts[dim + 1].getPlainLoop();
  if (!outer || !inner)
    return;
  SmallVector<std::optional<size_t>> places;
  for (ContractionAccess *access : accesses) {
    bool varies = access->dependsOn(*outer) || access->dependsOn(*inner);
    places.push_back(varies ? findMergeable(*access, *outer, *inner) : std::nullopt);
    if (varies && !places.back())
      return;
  }
  for (auto [access, place] : llvm::zip(accesses, places))
    if (place)
      collapse(*access, *place);
  int64_t &extent = contraction.extents[*outer];
  bool isOpen = ShapedType::isDynamic(extent) || ShapedType::isDynamic(contraction.extents[*inner]);
  extent = isOpen ? ShapedType::kDynamic : extent * contraction.extents[*inner];
  contraction.extents[*inner] = 1;
  llvm::erase(contraction.parallel, *inner);
}

void mlir::tenon::normalizeContraction(OpBuilder &builder, Contraction &contraction, ContractionEpilogue *epilogue) {
  Normalizer(builder, contraction, epilogue).run();
}
