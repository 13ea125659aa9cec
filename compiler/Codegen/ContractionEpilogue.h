// The element-wise op after a contraction, applied to a tile while it is in registers.
#pragma once

#include "compiler/Codegen/ContractionTiling.h"

namespace mlir::tenon {

/// An element-wise `linalg.generic` that reads the contraction's output, in the contraction's loops. It may have
/// several results, such as an optimizer's slots and its parameter, of which the contraction is the gradient.
struct ContractionEpilogue {
  linalg::GenericOp op;
  /// An access per argument of the body; one without a memref is the contraction's result.
  SmallVector<ContractionAccess> arguments;
  SmallVector<ContractionAccess> outs;
};

/// The op that can be applied to each tile of `contraction` in place of storing it: it is next in the block, cheap,
/// nothing else reads the contraction's output, and no element is stored before its last use.
std::optional<ContractionEpilogue> findEpilogue(const Contraction &contraction);

/// Whether `epilogue` can run in the vectors of `tiling`, when a tile is complete.
bool fitsTiling(const ContractionEpilogue &epilogue, const Contraction &contraction, const ContractionTiling &tiling,
                const TargetDescription &target);

} // namespace mlir::tenon
