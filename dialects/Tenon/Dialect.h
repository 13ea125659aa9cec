// The `tenon` dialect in C++: its class, enumerations and ops, as generated from the TableGen files beside it.
#pragma once

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/LoopLikeInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "dialects/Tenon/TenonDialect.h.inc"
#include "dialects/Tenon/TenonEnums.h.inc"

#define GET_ATTRDEF_CLASSES
#include "dialects/Tenon/TenonAttributes.h.inc"

#define GET_TYPEDEF_CLASSES
#include "dialects/Tenon/TenonTypes.h.inc"

namespace mlir::tenon {
/// The memory behind variables: what `read` reads and `assign` writes.
struct VariableResource : public SideEffects::Resource::Base<VariableResource> {
  StringRef getName() final { return "tenon.variable"; }
};
/// The host as seen through a call's context: prints and assertions are ordered against each other.
struct HostResource : public SideEffects::Resource::Base<HostResource> {
  StringRef getName() final { return "tenon.host"; }
};

/// The memory of lists: elements come and go in program order.
struct ListResource : public SideEffects::Resource::Base<ListResource> {
  StringRef getName() final { return "tenon.list"; }
};

/// The type of a list's elements; any other type as it is, so that inference leaves what is wrong to the verifier.
inline Type getListElement(Type type) {
  auto list = dyn_cast<ListType>(type);
  return list ? list.getElement() : type;
}

/// Whether an op may run where the program does not: not one that checks an index or a size (Speculation.cpp).
Speculation::Speculatability speculatability(Operation *op);
template <typename ConcreteOp>
struct ChecksDecideSpeculation : OpTrait::TraitBase<ConcreteOp, ChecksDecideSpeculation> {
  Speculation::Speculatability getSpeculatability() { return speculatability(this->getOperation()); }
};
} // namespace mlir::tenon

#define GET_OP_CLASSES
#include "dialects/Tenon/TenonOps.h.inc"
