// What passes decided about a model, in their words.
#pragma once

#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/Remarks.h"

#include <memory>
#include <string>
#include <vector>

namespace mlir::tenon {

struct Decision {
  std::string function;
  std::string text;
  std::string place; ///< "model.cpp:31", or empty
};

/// Collects the remarks of the category `fusion` that passes make in a context, from its construction to its
/// destruction. A context has one at a time.
class DecisionLog {
public:
  explicit DecisionLog(MLIRContext &context);
  ~DecisionLog();
  DecisionLog(const DecisionLog &) = delete;
  DecisionLog &operator=(const DecisionLog &) = delete;

  /// In the order in which they were made.
  const std::vector<Decision> &getDecisions() const { return *decisions; }

private:
  MLIRContext &context;
  std::shared_ptr<std::vector<Decision>> decisions = std::make_shared<std::vector<Decision>>();
};

} // namespace mlir::tenon
