// Bytecode of the dialect: its version, and how modules of earlier versions are read.
#pragma once

#include "mlir/Bytecode/BytecodeImplementation.h"

namespace mlir::tenon {

/// The version of the dialect in a bytecode file. It goes up by 1 with each change after which older files would be
/// read wrongly: ODS writes an op's attributes by position, in the order of their names, so that adding, removing or
/// renaming one is such a change; so are an op's renaming or removal, and another meaning of an attribute.
///
/// 1  `relu` was an op; `print` had no `dtypes`.
/// 2  `relu` is `max` with 0; `print` has `dtypes`.
struct TenonVersion : DialectVersion {
  static constexpr uint64_t current = 2;
  explicit TenonVersion(uint64_t number) : number(number) {}
  uint64_t number;
};

/// The version that a file was written with; the current one where it does not say.
uint64_t getVersion(DialectBytecodeReader &reader);

/// Writes the current version; reads every earlier one and brings its ops up to date.
class TenonBytecodeInterface : public BytecodeDialectInterface {
public:
  explicit TenonBytecodeInterface(Dialect *dialect) : BytecodeDialectInterface(dialect) {}

  void writeVersion(DialectBytecodeWriter &writer) const override;
  std::unique_ptr<DialectVersion> readVersion(DialectBytecodeReader &reader) const override;
  LogicalResult upgradeFromVersion(Operation *topLevelOp, const DialectVersion &version) const override;
};

} // namespace mlir::tenon
