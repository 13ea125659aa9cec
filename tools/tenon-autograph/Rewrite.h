// Rewrite: the edits that turn one function's statements into the frontend's statement macros.
#pragma once

#include "Diagnose.h"
#include "Edits.h"
#include "Regions.h"
#include "SourceText.h"

namespace autograph {

/// A body to rewrite, and what it returns.
struct Body {
  const clang::CompoundStmt *S;
  clang::QualType ReturnType;
  /// The return type as written, empty if it is deduced.
  clang::SourceRange ReturnTypeAsWritten;
};

/// The edits for one body. Lambdas and local classes in it are bodies of their own.
Edits rewrite(const Body &B, const Plan &P, clang::ASTContext &Context, Diagnose &D);

} // namespace autograph
