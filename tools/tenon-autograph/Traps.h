// Traps: warnings for code that compiles and means something else than it looks like.
#pragma once

#include "Diagnose.h"

#include "clang/AST/ASTContext.h"

namespace autograph {

/// Warns of the traps in everything that the main file defines.
void warnOfTraps(const clang::Decl *Declaration, Diagnose &D);

} // namespace autograph
