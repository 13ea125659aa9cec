// The compiler as a story: what each phase does, in order, and why.
#include "compiler/Pipelines/Pipelines.h"
#include "compiler/Pipelines/Register.h"

void mlir::tenon::registerPipelines() {}
