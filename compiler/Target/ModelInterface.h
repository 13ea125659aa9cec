// A whole model as its callers see it: its functions, and the layout of the state that they share.
#pragma once

#include "compiler/Target/Signature.h"

#include <vector>

namespace mlir::tenon {

/// A variable's place in `struct <model>_state`, whose fields are dense arrays in the module's order, as C lays them
/// out.
struct VariableLayout {
  ArgumentSignature argument;
  int64_t offset = 0;
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

  /// Reads a module at any stage between `--tenon-prepare-entry-points` and `--tenon-emit-entry-points`. Ahead of time
  /// the names become C symbols: an error says which one cannot.
  static FailureOr<ModelInterface> get(ModuleOp module, bool aheadOfTime);

  const VariableLayout *findVariable(StringRef name) const;
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
