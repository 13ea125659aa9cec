// Whether a body can still fail when it has begun to write its variables: the order of raises, loops and writes of
// buffers.
#include "compiler/Target/StateOnError.h"

#include "compiler/Target/Signature.h"
#include "dialects/Tenon/Dialect.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Interfaces/LoopLikeInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Interfaces/ViewLikeInterface.h"

using namespace mlir;
using namespace mlir::tenon;

/// Whether `buffer` may be one of the function's variables. A buffer of which it is not known where it comes from may.
static bool mayBeVariable(Value buffer, func::FuncOp function, unsigned firstVariable, unsigned numVariables) {
  while (Operation *op = buffer.getDefiningOp()) {
    if (hasEffect<MemoryEffects::Allocate>(op, buffer))
      return false;
    auto view = dyn_cast<ViewLikeOpInterface>(op);
    if (!view)
      return true;
    buffer = view.getViewSource();
  }
  auto argument = cast<BlockArgument>(buffer);
  if (argument.getOwner() != &function.front())
    return true;
  return argument.getArgNumber() >= firstVariable && argument.getArgNumber() < firstVariable + numVariables;
}

using StateOnError = FunctionSignature::StateOnError;

static StateOnError getStateOnError(func::FuncOp function, const FunctionSignature &signature) {
  const unsigned firstVariable = 1 + signature.inputs.size(), numVariables = signature.variables.size();
  StateOnError result = StateOnError::Kept;
  bool hasWritten = false;
  for (Operation &statement : function.front()) {
    bool writes = false, raises = false, isCancelled = false;
    statement.walk([&](Operation *op) {
      raises |= isa<RaiseOp>(op);
      isCancelled |= isa<LoopLikeOpInterface>(op);
      auto interface = dyn_cast<MemoryEffectOpInterface>(op);
      if (!interface)
        return;
      SmallVector<MemoryEffects::EffectInstance> effects;
      interface.getEffects(effects);
      for (const MemoryEffects::EffectInstance &effect : effects)
        writes |= isa<MemoryEffects::Write>(effect.getEffect()) && effect.getValue() &&
                  mayBeVariable(effect.getValue(), function, firstVariable, numVariables);
    });
    // In a loop or a branch the order of the two is not looked at.
    if (raises && (writes || hasWritten))
      return StateOnError::PartlyWritten;
    if (isCancelled && (writes || hasWritten))
      result = StateOnError::KeptUnlessCancelled;
    hasWritten |= writes;
  }
  return result;
}

void mlir::tenon::noteStateOnError(ModuleOp module) {
  for (auto function : module.getOps<func::FuncOp>()) {
    if (!function->hasAttr(FunctionSignature::attributeName))
      continue;
    FailureOr<FunctionSignature> signature = FunctionSignature::get(function);
    if (failed(signature) || signature->variables.empty())
      continue;
    signature->stateOnError = getStateOnError(function, *signature);
    signature->set(function);
  }
}
