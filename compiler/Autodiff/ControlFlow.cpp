// Pullbacks of branches and loops.
#include "compiler/Autodiff/Pullback.h"

using namespace mlir;
using namespace mlir::tenon;

void tenon::attachControlFlowPullbacks(MLIRContext &) {}
