// Registers what the `tenon` dialect consists of.
#include "dialects/Tenon/Dialect.h"
#include "dialects/Tenon/Bytecode.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "mlir/Transforms/InliningUtils.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace mlir::tenon;

#include "dialects/Tenon/TenonDialect.cpp.inc"
#include "dialects/Tenon/TenonEnums.cpp.inc"

#define GET_ATTRDEF_CLASSES
#include "dialects/Tenon/TenonAttributes.cpp.inc"

#define GET_TYPEDEF_CLASSES
#include "dialects/Tenon/TenonTypes.cpp.inc"

#define GET_OP_CLASSES
#include "dialects/Tenon/TenonOps.cpp.inc"

namespace {
/// Functions of tenon ops may be inlined, into regions too.
struct TenonInlinerInterface : DialectInlinerInterface {
  using DialectInlinerInterface::DialectInlinerInterface;
  bool isLegalToInline(Operation *, Region *, bool, IRMapping &) const final { return true; }
  bool isLegalToInline(Region *, Region *, bool, IRMapping &) const final { return true; }
};
} // namespace

void TenonDialect::initialize() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "dialects/Tenon/TenonAttributes.cpp.inc"
      >();
  addTypes<
#define GET_TYPEDEF_LIST
#include "dialects/Tenon/TenonTypes.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "dialects/Tenon/TenonOps.cpp.inc"
      >();
  addInterfaces<TenonBytecodeInterface, TenonInlinerInterface>();
}

Operation *TenonDialect::materializeConstant(OpBuilder &builder, Attribute value, Type type, Location loc) {
  if (auto elements = dyn_cast<ElementsAttr>(value))
    return ConstantOp::create(builder, loc, type, elements);
  return nullptr;
}
