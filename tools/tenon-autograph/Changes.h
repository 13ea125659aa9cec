// Changes: which C++ variable an expression changes. Tracing follows Tensors alone.
#pragma once

#include "clang/AST/ASTContext.h"
#include "clang/AST/ExprCXX.h"

#include <string>
#include <vector>

namespace autograph {

/// A change of something that is no Tensor.
struct Change {
  /// The variable whose object, element or pointee changes; null for a member of *this.
  const clang::VarDecl *Variable = nullptr;
  std::string Name;
  clang::QualType Type;
  clang::SourceLocation Where;
  /// The member function that makes a container grow or shrink, e.g. "push_back", or empty.
  std::string Growth;

  /// Whether the object outlives the function.
  bool isVisibleOutside() const;
};

/// What this expression itself changes, apart from its operands.
std::vector<Change> getChanges(const clang::Expr *E);

} // namespace autograph
