// Refusals: what cannot be rewritten with the meaning that it has as C++, and what to write instead.
#pragma once

#include "Diagnose.h"
#include "Regions.h"

namespace autograph {

/// Reports everything in a function's (or lambda's) body that tracing would change the meaning of.
void refuse(const clang::Stmt *Body, const Plan &P, clang::ASTContext &Context, Diagnose &D);

/// Whether a generic lambda has control flow that may depend on a Tensor, once its types are known.
bool mayDependOnTensor(const clang::Stmt *Body);

} // namespace autograph
