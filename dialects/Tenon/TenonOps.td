// The ops of the `tenon` dialect, by family.
#ifndef TENON_OPS_TD
#define TENON_OPS_TD

include "TenonElementwiseOps.td"
include "TenonLinearAlgebraOps.td"
include "TenonReductionOps.td"
include "TenonShapeOps.td"
include "TenonIndexingOps.td"
include "TenonStateOps.td"
include "TenonControlFlowOps.td"
include "TenonListOps.td"
include "TenonAutodiffOps.td"

#endif
