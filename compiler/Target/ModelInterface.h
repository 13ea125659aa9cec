// A whole model as its callers see it: its functions, and the layout of the state that they share.
#pragma once

#include "compiler/Target/Signature.h"

#include <vector>

namespace mlir::tenon {

/// A variable's place in `struct <model>_state`, whose members are dense arrays in the module's order. Gaps between
/// them are members, too, so that every C compiler lays out the same struct.
struct VariableLayout {
  ArgumentSignature argument;
  /// The member's name: the variable's with what C does not allow replaced, and different from the others.
  std::string member;
  /// A multiple of the element's size; of 64 where the variable has that many bytes.
  int64_t offset = 0;
  /// What the member occupies: an empty array has one element, because C has none of none.
  int64_t getMemberBytes() const;
  /// The first value; null: zeros.
  ElementsAttr initial;
};

struct ModelInterface {
  /// The module's name: the prefix of every symbol.
  std::string name;
  std::vector<FunctionSignature> functions;
  std::vector<VariableLayout> variables;
  int64_t stateBytes = 0;
  int64_t stateAlignment = 1;
  /// What `<model>_state_save` writes, and its hash of the variables' names, dtypes and dims: tenon/runtime/abi.h.
  int64_t savedBytes = 0;
  uint64_t stateHash = 0;

  /// Reads a module at any stage between `--tenon-prepare-entry-points` and `--tenon-emit-entry-points`. Ahead of time
  /// the names become C symbols: an error says which one cannot.
  static FailureOr<ModelInterface> get(ModuleOp module, bool aheadOfTime);

  const VariableLayout *findVariable(StringRef name) const;
  bool hasState() const { return !variables.empty(); }
  /// `<name>_<function><suffix>`.
  std::string getSymbol(const FunctionSignature &function, StringRef suffix = "") const {
    return name + "_" + function.name + suffix.str();
  }
};

/// Whether a function with this signature takes the model's state.
inline bool takesState(const FunctionSignature &function) { return !function.variables.empty(); }
/// Whether `text` is a C identifier that is no keyword of C or C++.
bool isCIdentifier(StringRef text);

} // namespace mlir::tenon
