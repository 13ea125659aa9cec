// Bytecode of the dialect: its version, and how modules of earlier versions are read.
#include "dialects/Tenon/Bytecode.h"
#include "dialects/Tenon/ConstantFolds.h"
#include "dialects/Tenon/Dialect.h"

#include "mlir/IR/Builders.h"

using namespace mlir;
using namespace mlir::tenon;

void TenonBytecodeInterface::writeVersion(DialectBytecodeWriter &writer) const {
  writer.writeVarInt(TenonVersion::current);
}

std::unique_ptr<DialectVersion> TenonBytecodeInterface::readVersion(DialectBytecodeReader &reader) const {
  uint64_t number;
  if (failed(reader.readVarInt(number)))
    return nullptr;
  if (number == 0 || number > TenonVersion::current) {
    reader.emitError() << "bytecode has version " << number
                       << " of the tenon dialect, but this program reads versions 1 to " << TenonVersion::current
                       << (number == 0 ? "" : ": a newer Tenon wrote it");
    return nullptr;
  }
  return std::make_unique<TenonVersion>(number);
}

uint64_t tenon::getVersion(DialectBytecodeReader &reader) {
  FailureOr<const DialectVersion *> version = reader.getDialectVersion<TenonDialect>();
  return succeeded(version) ? static_cast<const TenonVersion *>(*version)->number : TenonVersion::current;
}

// ---- version 1: `relu`
// -----------------------------------------------------------------------------------------------

/// `relu %x` becomes `max %x, 0`. Nothing was verified yet.
static LogicalResult upgradeRelu(Operation *op) {
  auto type = op->getNumOperands() == 1 ? dyn_cast<RankedTensorType>(op->getOperand(0).getType()) : RankedTensorType();
  if (!type || op->getNumResults() != 1 || op->getResult(0).getType() != type || !type.getElementType().isIntOrFloat())
    return op->emitError("relu: expected an operand and a result of one tensor type");
  OpBuilder builder(op);
  auto scalar = RankedTensorType::get({}, type.getElementType());
  Value zero = ConstantOp::create(builder, op->getLoc(), cast<ElementsAttr>(zeroOf(scalar)));
  Value max = MaxOp::create(builder, op->getLoc(), op->getOperand(0), zero);
  op->replaceAllUsesWith(ValueRange(max));
  op->erase();
  return success();
}

LogicalResult TenonBytecodeInterface::upgradeFromVersion(Operation *topLevelOp, const DialectVersion &version) const {
  if (static_cast<const TenonVersion &>(version).number >= 2)
    return success();
  SmallVector<Operation *> relus;
  topLevelOp->walk([&](Operation *op) {
    if (op->getName().getStringRef() == "tenon.relu")
      relus.push_back(op);
  });
  for (Operation *relu : relus)
    if (failed(upgradeRelu(relu)))
      return failure();
  return success();
}

// ---- version 1: `print`
// ----------------------------------------------------------------------------------------------

LogicalResult PrintOp::readProperties(DialectBytecodeReader &reader, OperationState &state) {
  auto &properties = state.getOrAddProperties<Properties>();
  if (getVersion(reader) >= 2 && failed(reader.readOptionalAttribute(properties.dtypes)))
    return failure();
  return reader.readAttribute(properties.format);
}

void PrintOp::writeProperties(DialectBytecodeWriter &writer) {
  Properties &properties = getProperties();
  writer.writeOptionalAttribute(properties.dtypes);
  writer.writeAttribute(properties.format);
}
