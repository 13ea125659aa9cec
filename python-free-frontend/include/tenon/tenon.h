// Everything of Tenon that a program uses. Standard headers only: no compiler type is visible.
#pragma once

#include "tenon/control_flow.h"
#include "tenon/create.h"
#include "tenon/dtype.h"
#include "tenon/error.h"
#include "tenon/function.h"
#include "tenon/losses.h"
#include "tenon/metrics.h"
#include "tenon/nn.h"
#include "tenon/ops.h"
#include "tenon/optim.h"
#include "tenon/program.h"
#include "tenon/random.h"
#include "tenon/schedules.h"
#include "tenon/tensor.h"
#include "tenon/tensor_array.h"
#include "tenon/variable.h"
