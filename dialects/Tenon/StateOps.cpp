// Checks of variables and of effects on the host.
#include "dialects/Tenon/Dialect.h"
#include "dialects/Tenon/Shapes.h"

using namespace mlir;
using namespace mlir::tenon;

LogicalResult VariableOp::verify() {
  Checks check(*this);
  auto type = cast<RankedTensorType>(getType());
  if (!type.hasStaticShape())
    return check.error() << "expected a static shape, but got " << describe(type);
  if (std::optional<ElementsAttr> init = getInit(); init && init->getType() != type)
    return check.error() << "expected an initial value " << describe(type) << ", but got " << describe(init->getType());
  return success();
}

/// The symbol is a variable of that type.
static LogicalResult verifyVariableUse(Operation *op, FlatSymbolRefAttr symbol, Type type, SymbolTableCollection &tables) {
  Checks check(op);
  Operation *target = tables.lookupNearestSymbolFrom(op, symbol);
  if (!target)
    return check.error() << "no variable " << symbol;
  auto variable = dyn_cast<VariableOp>(target);
  if (!variable) {
    InFlightDiagnostic diagnostic = check.error() << "expected " << symbol << " to be a variable";
    diagnostic.attachNote(target->getLoc()) << "declared here";
    return diagnostic;
  }
  if (variable.getType() != type) {
    InFlightDiagnostic diagnostic = check.error() << "types differ: value " << describe(type) << ", variable " << symbol
                                                  << " " << describe(variable.getType());
    diagnostic.attachNote(target->getLoc()) << "declared here";
    return diagnostic;
  }
  return success();
}

LogicalResult ReadOp::verifySymbolUses(SymbolTableCollection &tables) {
  return verifyVariableUse(*this, getVariableAttr(), getResult().getType(), tables);
}

LogicalResult AssignOp::verifySymbolUses(SymbolTableCollection &tables) {
  return verifyVariableUse(*this, getVariableAttr(), getValue().getType(), tables);
}
