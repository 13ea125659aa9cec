// Checks of variables and of effects on the host.
#include "dialects/Tenon/Dialect.h"
#include "dialects/Tenon/Shapes.h"

using namespace mlir;
using namespace mlir::tenon;

LogicalResult VariableOp::verify() {
  Checks check(*this);
  auto type = cast<RankedTensorType>(getType());
  if (!type.hasStaticShape()) // (C1)
    return check.error() << "expected a static shape, but got " << describe(type);
  if (std::optional<ElementsAttr> init = getInit(); init && init->getType() != type) // (C2)
    return check.error() << "expected an initial value " << describe(type) << ", but got " << describe(init->getType());
  return success();
}

/// The symbol is a variable of that type.
static LogicalResult verifyVariableUse(Operation *op, FlatSymbolRefAttr symbol, Type type,
                                       SymbolTableCollection &tables) {
  Checks check(op);
  Operation *target = tables.lookupNearestSymbolFrom(op, symbol);
  if (!target) // (C1)
    return check.error() << "no variable " << symbol;
  auto variable = dyn_cast<VariableOp>(target);
  if (!variable) { // (C1)
    InFlightDiagnostic diagnostic = check.error() << "expected " << symbol << " to be a variable";
    diagnostic.attachNote(target->getLoc()) << "declared here";
    return diagnostic;
  }
  if (variable.getType() != type) { // (C2)
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

LogicalResult PrintOp::verify() {
  Checks check(*this);
  if (size_t places = getFormat().count("{}"); places != getValues().size()) // (C1)
    return check.error() << "expected `format` to have one {} for each of " << getValues().size() << " values, but got "
                         << places;
  if (std::optional<ArrayAttr> dtypes = getDtypes(); dtypes && dtypes->size() != getValues().size()) // (C2)
    return check.error() << "expected one of `dtypes` for each of " << getValues().size() << " values, but got "
                         << dtypes->size();
  return success();
}

LogicalResult RaiseOp::verify() {
  // (C1) More of them may stand in what a user wrote in an `assert`.
  if (size_t places = getMessage().count("{}"); places < getValues().size())
    return Checks(*this).error() << "expected `message` to have a {} for each of " << getValues().size()
                                 << " values, but got " << places;
  return success();
}
