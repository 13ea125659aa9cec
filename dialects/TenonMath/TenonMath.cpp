// The `tenon_math` dialect: registration.
#include "dialects/TenonMath/TenonMath.h"

using namespace mlir;

#include "dialects/TenonMath/TenonMathDialect.cpp.inc"
#define GET_OP_CLASSES
#include "dialects/TenonMath/TenonMathOps.cpp.inc"

void tenon_math::TenonMathDialect::initialize() {
  addOperations<
#define GET_OP_LIST
#include "dialects/TenonMath/TenonMathOps.cpp.inc"
      >();
}
