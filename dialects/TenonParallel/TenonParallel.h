// The `tenon_parallel` dialect in C++.
#pragma once

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "dialects/TenonParallel/TenonParallelDialect.h.inc"
#define GET_OP_CLASSES
#include "dialects/TenonParallel/TenonParallelOps.h.inc"
