// The emitters of sweeps, one per shape of loop nest.
#pragma once

#include "compiler/Codegen/SweepBuilder.h"

namespace mlir::tenon {

/// Every dimension is parallel: element-wise operations, fills, copies, broadcasts. Vectors along the output's innermost dimension
/// where the operands allow it, else scalars. Always succeeds.
void emitParallelSweep(SweepBuilder &builder, const Sweep &sweep);

} // namespace mlir::tenon
