// The emitters of sweeps, one per shape of loop nest.
#pragma once

#include "compiler/Codegen/Combiner.h"

namespace mlir::tenon {

/// Every dimension is parallel: element-wise operations, fills, copies, broadcasts. Vectors along the output's
/// innermost dimension where the operands allow it, else scalars. Always succeeds.
void emitParallelSweep(SweepBuilder &builder, const Sweep &sweep);

/// A parallel sweep in which inputs walk along another dimension than the output: square tiles of those inputs are
/// transposed in registers. Fails, having emitted nothing, where there is no such dimension.
LogicalResult emitTransposingSweep(SweepBuilder &builder, const Sweep &sweep, int vectorDim);

/// A reduction over innermost dimensions: element j in lane j mod 64, then the lanes fold as a tree. Always succeeds.
void emitLaneReduction(SweepBuilder &builder, const Sweep &sweep, const Combiner &combiner);

/// A reduction that keeps the innermost dimension: in increasing index, vectors along what is kept. Always succeeds.
void emitSequentialReduction(SweepBuilder &builder, const Sweep &sweep, const Combiner &combiner);

/// softmax(x) = e / sum(e), e = exp(x - max(x)), in rows: lanes along an innermost axis, else vectors along what is
/// inside the axis.
void emitSoftmax(SweepBuilder &builder, const Sweep &sweep);

} // namespace mlir::tenon
